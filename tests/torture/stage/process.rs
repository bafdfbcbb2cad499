//! A process of ours: signalled at will, and gone when dropped or when this program is killed.

use std::ffi::OsStr;
use std::fs::File;
use std::path::Path;
use std::process::Stdio;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};

/// Runs its arguments, says as which process, and ends them when standard input closes: that happens however this
/// program ends. One that is stopped must be woken to end.
const GUARD: &str = r#"
exec 3<&0
"$@" </dev/null 3<&- >&2 &
pid=$!
echo "$pid"
( read -r _ <&3; kill -TERM "$pid" 2>/dev/null; kill -CONT "$pid" 2>/dev/null ) >/dev/null &
reader=$!
exec 3<&- >/dev/null
wait "$pid"
status=$?
kill "$reader" 2>/dev/null
exit "$status"
"#;

/// Whom a process runs as.
#[derive(Clone, Copy, Debug)]
pub struct Account {
    pub uid: u32,
    pub gid: u32,
}

pub struct Process {
    shell: Child,
    _pipe: Option<ChildStdin>,
    pid: Pid,
    /// What ends it at once.
    last: Signal,
}

impl Process {
    /// With nothing of our environment but `PATH`. What it says is added to a log.
    pub async fn start<S: AsRef<OsStr>>(
        command: &[S],
        environment: &[(&str, String)],
        account: Option<Account>,
        log: &Path,
        last: Signal,
    ) -> Self {
        let log = File::options().create(true).append(true).open(log).expect("a log can be written");
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", GUARD, "callbackd-torture"]).args(command);
        shell.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        shell.envs(environment.iter().map(|(name, value)| (name, value)));
        shell.current_dir(std::env::temp_dir()).process_group(0);
        shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        if let Some(account) = account {
            shell.uid(account.uid).gid(account.gid);
        }
        let mut shell = shell.spawn().expect("a shell starts");
        let pipe = shell.stdin.take();
        let mut line = String::new();
        let stdout = shell.stdout.take().expect("it is a pipe");
        BufReader::new(stdout).read_line(&mut line).await.expect("the guard answers");
        let pid = Pid::from_raw(line.trim().parse().expect("the guard names a process"));
        Self { shell, _pipe: pipe, pid, last }
    }

    pub fn signal(&self, signal: Signal) {
        // It may have ended by itself, which is for others to judge.
        let _ = kill(self.pid, signal);
    }

    pub async fn ended(&mut self) {
        let ended = tokio::time::timeout(crate::support::PATIENCE, self.shell.wait()).await;
        ended.expect("a process ends in time").expect("it can be waited for");
    }

    pub fn has_ended(&mut self) -> bool {
        !matches!(self.shell.try_wait(), Ok(None))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if !self.has_ended() {
            self.signal(self.last);
        }
    }
}

//! A process of ours, and its end: when asked to, when dropped, and when this program is killed.

use std::{ffi::OsStr, fs::File, path::Path, process::Stdio, time::Duration};

use anyhow::Context as _;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{ChildStdin, Command},
};

/// Runs its arguments as a process, says which, and asks it to end when standard input closes: that
/// happens however this program ends.
const GUARD: &str = r#"
exec 3<&0
"$@" </dev/null 3<&- >&2 &
pid=$!
echo "$pid"
( read -r _ <&3; kill -TERM "$pid" 2>/dev/null ) >/dev/null &
reader=$!
exec 3<&- >/dev/null
wait "$pid"
status=$?
kill "$reader" 2>/dev/null
exit "$status"
"#;

/// A server that ends in order; its PostgreSQL too, where it has one.
const STOP_WAIT: Duration = Duration::from_secs(30);

pub struct Child {
    shell: tokio::process::Child,
    pipe: Option<ChildStdin>,
    pub pid: i32,
}

impl Child {
    /// With nothing of this program's environment but where programs are. Logs go to a file.
    pub async fn start<'a>(
        program: &Path,
        arguments: impl IntoIterator<Item = &'a OsStr>,
        environment: &[(&str, &str)],
        log: &Path,
    ) -> anyhow::Result<Self> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", GUARD, "callbackd-bench"]).arg(program).args(arguments);
        command.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command.envs(environment.iter().copied());
        // No settings file of whoever runs the bench is read.
        command.current_dir(std::env::temp_dir()).process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(File::create(log)?);
        let mut shell = command.spawn()?;
        let pipe = shell.stdin.take();
        let stdout = shell.stdout.take().context("standard output is a pipe")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).await?;
        Ok(Self { shell, pipe, pid: line.trim().parse().context("the guard names the process")? })
    }

    pub fn has_ended(&mut self) -> bool {
        !matches!(self.shell.try_wait(), Ok(None))
    }

    /// In order; after a while by force.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        drop(self.pipe.take());
        if tokio::time::timeout(STOP_WAIT, self.shell.wait()).await.is_err() {
            kill(Pid::from_raw(self.pid), Signal::SIGKILL)?;
            anyhow::bail!("process {} did not end by itself", self.pid);
        }
        Ok(())
    }
}

//! The real program, as long as it runs: what it says line by line, and how it ends.

use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

use super::{PATIENCE, eventually, secrets};

/// Killed when dropped.
pub struct Running {
    child: Child,
    out: Lines,
    err: Lines,
}

impl Running {
    /// `callbackd` with these arguments, nothing in its environment but these variables, and this working folder.
    pub fn start(line: &str, environment: &[(&str, &str)], folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_callbackd"))
            .args(line.split_whitespace())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(environment.iter().copied())
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the program starts");
        secrets::register_settings(environment.iter().copied());
        let out = Lines::of(child.stdout.take().expect("it is a pipe"));
        let err = Lines::of(child.stderr.take().expect("it is a pipe"));
        Self { child, out, err }
    }

    pub fn out(&self) -> Vec<String> {
        self.out.all()
    }

    pub fn err(&self) -> String {
        self.err.all().join("\n")
    }

    /// Waits until so many lines are on standard output.
    pub async fn lines(&self, count: usize) -> Vec<String> {
        eventually(&format!("there are {count} lines; {}", self.err()), async || self.out().len() >= count)
            .await;
        self.out()
    }

    /// Waits until standard error says this.
    pub async fn says(&self, text: &str) {
        eventually(&format!("it says {text:?}"), async || self.err().contains(text)).await;
    }

    /// Nobody reads its standard output any more.
    pub fn close_out(&mut self) {
        self.out.reading.abort();
    }

    /// Ctrl-C.
    pub fn interrupt(&self) {
        let pid = self.child.id().expect("it has not been waited for");
        kill(Pid::from_raw(i32::try_from(pid).expect("a pid fits")), Signal::SIGINT).expect("it is our own");
    }

    /// Its exit status.
    pub async fn ended(&mut self) -> i32 {
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        let status = ended.unwrap_or_else(|_| panic!("it ends in time: {}", self.err.all().join("\n")));
        // What it said last is read.
        let _ = (&mut self.err.reading).await;
        status.expect("it can be waited for").code().unwrap_or(-1)
    }
}

struct Lines {
    lines: Arc<Mutex<Vec<String>>>,
    reading: JoinHandle<()>,
}

impl Lines {
    fn of(pipe: impl AsyncRead + Unpin + Send + 'static) -> Self {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = lines.clone();
        let reading = tokio::spawn(async move {
            let mut pipe = BufReader::new(pipe).lines();
            while let Ok(Some(line)) = pipe.next_line().await {
                secrets::look_at_log(line.as_bytes());
                kept.lock().expect("nobody panicked over it").push(line);
            }
        });
        Self { lines, reading }
    }

    fn all(&self) -> Vec<String> {
        self.lines.lock().expect("nobody panicked over it").clone()
    }
}

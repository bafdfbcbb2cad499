//! The real program, run to its end with an environment of its own.

use std::process::Stdio;

use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::{PATIENCE, secrets};

/// What a command said, and how it ended.
#[derive(Debug)]
pub struct Program {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Runs `callbackd` with these arguments and nothing in its environment but these variables and `PATH`. Killed if it
/// takes too long.
pub async fn run(line: &str, environment: &[(&str, &str)]) -> Program {
    run_with_input(line, environment, "").await
}

/// The same with something on standard input.
pub async fn run_with_input(line: &str, environment: &[(&str, &str)], input: &str) -> Program {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let mut child = Command::new(env!("CARGO_BIN_EXE_callbackd"))
        .args(line.split_whitespace())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(environment.iter().copied())
        // No settings file and no data folder lie there.
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("it is a pipe");
    // Whoever reads nothing has closed it.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    let output = tokio::time::timeout(PATIENCE, child.wait_with_output()).await;
    let output = output.expect("it ends in time").expect("it can be waited for");
    secrets::register_settings(environment.iter().copied());
    secrets::refuse_in(&format!("standard output of {line}"), &output.stdout);
    secrets::refuse_in(&format!("standard error of {line}"), &output.stderr);
    Program {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

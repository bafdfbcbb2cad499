//! Processor time and memory of a server with all of its processes, from Linux' `/proc`.

use std::{fs, time::Duration};

use super::usage::process;

/// A process and its children.
pub struct Processes(Vec<i32>);

impl Processes {
    pub fn of(pid: i32) -> Self {
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        let children = children.split_whitespace().filter_map(|pid| pid.parse().ok());
        Self([pid].into_iter().chain(children).collect())
    }

    /// Used so far.
    pub fn time(&self) -> Duration {
        self.0.iter().map(|pid| process(&pid.to_string())).sum()
    }

    /// What they hold together, in bytes: what they share counts once.
    pub fn memory(&self) -> f64 {
        self.0.iter().map(|pid| bytes(*pid, "smaps_rollup", "Pss:")).sum()
    }

    /// From now on `peak` is that of what comes.
    pub fn forget_peak(&self) -> std::io::Result<()> {
        self.0.iter().try_for_each(|pid| fs::write(format!("/proc/{pid}/clear_refs"), "5"))
    }

    /// The most that each has ever held, in bytes.
    pub fn peak(&self) -> f64 {
        self.0.iter().map(|pid| bytes(*pid, "status", "VmHWM:")).sum()
    }
}

fn bytes(pid: i32, file: &str, name: &str) -> f64 {
    let text = fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let kb = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kb.unwrap_or_default() * 1_024.0
}

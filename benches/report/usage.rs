//! Processor time and memory, from Linux' `/proc`; zero where there is none.

use std::{fs, time::Duration};

/// A tick of `/proc`: 100 a second on every Linux.
const TICK: Duration = Duration::from_millis(10);

/// Processor time used so far.
#[derive(Clone, Copy, Default)]
pub struct Usage {
    server: Duration,
    generator: Duration,
    machine: Duration,
}

/// What a piece of work has cost, in microseconds of processor time.
#[derive(Clone, Copy, Default)]
pub struct Cost {
    pub server: f64,
    pub generator: f64,
    /// Mostly PostgreSQL and its part of the kernel.
    pub rest: f64,
}

impl Usage {
    pub fn now(server_pid: i32) -> Self {
        Self {
            server: process(&server_pid.to_string()),
            generator: process("self"),
            machine: machine().unwrap_or_default(),
        }
    }

    /// Since then, for each of `count` pieces.
    pub fn each_since(self, earlier: Self, count: usize) -> Cost {
        let count = callbackd::telemetry::count(count.max(1));
        let each = |time: Duration| time.as_secs_f64() * 1e6 / count;
        let server = self.server.saturating_sub(earlier.server);
        let generator = self.generator.saturating_sub(earlier.generator);
        let machine = self.machine.saturating_sub(earlier.machine);
        Cost {
            server: each(server),
            generator: each(generator),
            rest: each(machine.saturating_sub(server + generator)),
        }
    }
}

pub(super) fn process(pid: &str) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // Behind the name, which may hold anything: user and system time are the 12th and 13th.
    let behind = stat.rsplit_once(')').map_or("", |(_, behind)| behind);
    ticks(behind.split_whitespace().skip(11).take(2))
}

/// Everything but idling and waiting for a disk.
fn machine() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    let mut fields = stat.lines().next()?.split_whitespace().skip(1);
    let before_idle = ticks(fields.by_ref().take(3));
    Some(before_idle + ticks(fields.skip(2).take(2)))
}

fn ticks<'a>(fields: impl Iterator<Item = &'a str>) -> Duration {
    let ticks: u32 = fields.filter_map(|field| field.parse::<u32>().ok()).sum();
    TICK * ticks
}

/// Resident memory of a process, in MB.
pub fn resident_mb(pid: i32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kb = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kb.unwrap_or_default() * 1_024.0 / 1e6
}

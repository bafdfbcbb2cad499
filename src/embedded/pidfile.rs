//! `postmaster.pid`: who runs a cluster, and whether that is still true.
//!
//! The decision worth arguing about: a stale file is never removed, for PostgreSQL also uses it to find processes that
//! still hold the old shared memory. A pid that was taken over is instead named to PostgreSQL as one to disregard.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{Error, POLL};

/// The shell of a killed server shuts PostgreSQL down at once; after this we do it ourselves.
const LET_IT_END: Duration = Duration::from_secs(2);
/// And after this we give up.
const MAKE_IT_END: Duration = Duration::from_secs(30);

/// The lines of the file that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PidFile {
    pub pid: i32,
    /// Part of the socket's name, whether or not PostgreSQL listens on it.
    pub port: u16,
    pub ready: bool,
}

impl PidFile {
    pub fn read(cluster: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(cluster.join("postmaster.pid")).ok()?)
    }

    /// Line 1 is the process, line 4 the port, line 8 the state.
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let pid = lines.next()?.trim().parse().ok().filter(|pid| *pid > 1)?;
        let port = lines.nth(2).and_then(|port| port.trim().parse().ok()).unwrap_or_default();
        let ready = lines.nth(3).is_some_and(|state| state.trim() == "ready");
        Some(Self { pid, port, ready })
    }
}

/// Waits for, and then ends, a PostgreSQL that outlived its server: the caller holds the folder's lock, so nobody
/// needs it. Returns a pid that PostgreSQL should disregard: it is in the file, but belongs to no PostgreSQL.
pub(super) async fn clear(cluster: &Path) -> Result<Option<i32>, Error> {
    let begun = tokio::time::Instant::now();
    let mut told = false;
    loop {
        let Some(PidFile { pid, .. }) = PidFile::read(cluster) else { return Ok(None) };
        if kill(Pid::from_raw(pid), None) == Err(Errno::ESRCH) {
            return Ok(None);
        }
        if !is_postgres(pid) {
            return Ok(Some(pid));
        }
        if begun.elapsed() > MAKE_IT_END {
            return Err(Error::Orphan { pid });
        }
        if begun.elapsed() > LET_IT_END && !told {
            tracing::warn!(pid, "stopping a PostgreSQL that an earlier server left behind");
            // A failure shows as the process still being there.
            let _ = kill(Pid::from_raw(pid), Signal::SIGINT);
            told = true;
        }
        tokio::time::sleep(POLL).await;
    }
}

/// Whether a process lives (a zombie does not) and is a PostgreSQL.
pub(super) fn is_postgres(pid: i32) -> bool {
    let state = match fs::read_to_string(format!("/proc/{pid}/stat")) {
        Ok(stat) => from_proc(&stat),
        Err(_) if Path::new("/proc/self/stat").exists() => None,
        Err(_) => from_ps(pid),
    };
    state.is_some_and(|(state, name)| state != 'Z' && name.starts_with("postgres"))
}

/// `123 (postgres) S 1 …`: the name may hold anything, so the last parenthesis counts.
fn from_proc(stat: &str) -> Option<(char, String)> {
    let (from, to) = (stat.find('(')?, stat.rfind(')')?);
    let state = stat.get(to + 2..)?.chars().next()?;
    Some((state, stat.get(from + 1..to)?.to_owned()))
}

/// For systems without `/proc`, such as macOS.
fn from_ps(pid: i32) -> Option<(char, String)> {
    let output = Command::new("ps").args(["-o", "stat=,comm=", "-p", &pid.to_string()]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (state, path) = text.trim().split_once(char::is_whitespace)?;
    let name = Path::new(path.trim()).file_name()?.to_str()?;
    Some((state.chars().next()?, name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pid_file_is_read_while_it_is_being_written() {
        let whole = "4711\n/data\n1700000000\n5432\n/run\n\n  123  456\nready   \n";
        assert_eq!(PidFile::parse(whole), Some(PidFile { pid: 4711, port: 5432, ready: true }));
        assert_eq!(PidFile::parse("4711\n/data\n"), Some(PidFile { pid: 4711, port: 0, ready: false }));
        for broken in ["", "\n", "0\n", "1\n", "-5\n", "x\n"] {
            assert_eq!(PidFile::parse(broken), None, "{broken:?}");
        }
    }

    #[test]
    fn a_process_is_known_by_its_name_and_state() {
        assert_eq!(from_proc("7 (postgres) S 1 7"), Some(('S', "postgres".to_owned())));
        assert_eq!(from_proc("7 (a) b) Z 1 7"), Some(('Z', "a) b".to_owned())));
        assert!(!is_postgres(i32::try_from(std::process::id()).unwrap()));
    }
}

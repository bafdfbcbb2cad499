//! A lock file: held by one process at a time, free again whatever happens to that process, and it says who holds it.

use std::{
    fs::{self, File},
    io::{self, Seek as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use nix::fcntl::{Flock, FlockArg};

/// Held for as long as it lives.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "it is the open file that holds the lock")] Flock<File>);

#[derive(Debug)]
pub enum NotLocked {
    /// By whom, as it has said itself.
    Held(String),
    Failed(io::Error),
}

/// Never waits.
pub fn lock(path: &Path) -> Result<Lock, NotLocked> {
    let options = File::options().create(true).truncate(false).write(true).read(true).mode(0o600).open(path);
    let file = options.map_err(NotLocked::Failed)?;
    match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
        Ok(lock) => note_holder(&lock).map(|()| Lock(lock)).map_err(NotLocked::Failed),
        Err(_) => Err(NotLocked::Held(holder(path))),
    }
}

/// For the words of whoever comes second. A full disk is no reason not to hold it.
fn note_holder(mut lock: &File) -> io::Result<()> {
    lock.set_len(0)?;
    lock.rewind()?;
    match writeln!(lock, "process {}", std::process::id()) {
        Err(error) if error.kind() == io::ErrorKind::StorageFull => Ok(()),
        noted => noted,
    }
}

fn holder(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    if text.trim().is_empty() { "another process".to_owned() } else { text.trim().to_owned() }
}

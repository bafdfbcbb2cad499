//! A look at the folder from outside, while a server may be using it: changes nothing, and takes no lock.

use std::{fs, path::Path};

use nix::{sys::signal::kill, unistd::Pid};

use super::{
    folder::{Error, names},
    log::Contents,
};

/// What lies there.
#[derive(Debug)]
pub struct Look {
    pub callbacks: usize,
    pub bytes: u64,
    /// The process that uses it.
    pub process: Option<i32>,
    /// Files that somebody should look at: what the database has refused, and what is damaged.
    pub refused: usize,
    pub damaged: usize,
}

/// Fails where a server would not start.
pub fn look(folder: &Path) -> Result<Look, Error> {
    let mut look = Look {
        callbacks: 0,
        bytes: 0,
        process: process(&folder.join("lock")),
        refused: files(&folder.join("refused")),
        damaged: files(&folder.join("damaged")),
    };
    for name in names(folder)? {
        // One that is gone meanwhile was drained.
        let Ok(bytes) = fs::read(folder.join(name.to_string())) else { continue };
        look.callbacks += Contents::of(&bytes, name).entries.len();
        look.bytes += bytes.len() as u64;
    }
    Ok(look)
}

/// As it has noted itself, if it still lives.
fn process(lock: &Path) -> Option<i32> {
    let pid = fs::read_to_string(lock).ok()?.trim().strip_prefix("process ")?.parse().ok()?;
    kill(Pid::from_raw(pid), None).is_ok().then_some(pid)
}

fn files(folder: &Path) -> usize {
    fs::read_dir(folder).map_or(0, Iterator::count)
}

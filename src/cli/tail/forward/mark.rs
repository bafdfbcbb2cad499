//! Where handing on has got to: kept for each server, target and filter, so that the next start goes on there.
//!
//! A mark is written after the answer. Whoever is stopped in between sends one callback twice, never none.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use nix::fcntl::{Flock, FlockArg};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::{callback::Cursor, replay::outgoing, source::hex};

/// What a mark is kept for, and where it stands. What is not compared is for people who look at the file.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    server: String,
    forward: String,
    filter: Vec<(String, String)>,
    cursor: Option<Cursor>,
}

#[derive(Debug)]
pub struct Mark {
    path: PathBuf,
    kept: Kept,
    /// Nobody else sends the same callbacks there meanwhile.
    _lock: Flock<File>,
}

impl Mark {
    pub fn open(folder: &Path, server: &Url, forward: &Url, filter: &[(&str, &str)]) -> anyhow::Result<Self> {
        let filter = filter.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let (server, forward) = (server.origin().ascii_serialization(), outgoing::shown(forward));
        let mut kept = Kept { server, forward, filter, cursor: None };
        let name = hex(&Sha256::digest(serde_json::to_vec(&kept)?)[..8]);
        let path = folder.join(format!("{name}.json"));
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        let lock = lock(&path.with_extension("lock"), &kept)?;
        match fs::read(&path) {
            Ok(text) => {
                let found: Kept = serde_json::from_slice(&text).with_context(|| {
                    format!("{} is damaged: remove it, and say with --after where to begin", path.display())
                })?;
                kept.cursor = found.cursor;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        }
        Ok(Self { path, kept, _lock: lock })
    }

    pub fn cursor(&self) -> Option<Cursor> {
        self.kept.cursor
    }

    /// Everything up to here has been handed on.
    pub fn set(&mut self, cursor: Cursor) -> anyhow::Result<()> {
        if self.kept.cursor == Some(cursor) {
            return Ok(());
        }
        self.kept.cursor = Some(cursor);
        // Written aside and renamed: whoever is stopped in between leaves the old one.
        let aside = self.path.with_extension("new");
        let written = fs::write(&aside, serde_json::to_vec_pretty(&self.kept)?);
        written.and_then(|()| fs::rename(&aside, &self.path)).with_context(|| self.path.display().to_string())
    }
}

fn lock(path: &Path, kept: &Kept) -> anyhow::Result<Flock<File>> {
    let file =
        File::options().create(true).append(true).open(path).with_context(|| path.display().to_string())?;
    match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
        Ok(lock) => Ok(lock),
        Err((_, nix::errno::Errno::EWOULDBLOCK)) => {
            bail!("another callbackd tail forwards these callbacks to {} already", kept.forward)
        }
        Err((_, error)) => Err(error).with_context(|| path.display().to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_kept_for_each_target_and_filter_by_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let url = |text: &str| text.parse::<Url>().unwrap();
        let open = |forward: &str, filter: &[(&str, &str)]| {
            Mark::open(folder.path(), &url("http://127.0.0.1:8080"), &url(forward), filter)
        };
        let mut mark = open("http://localhost:3000/a", &[]).unwrap();
        assert_eq!(mark.cursor(), None);
        mark.set(Cursor::from_seq(7)).unwrap();
        let second = open("http://localhost:3000/a", &[]).unwrap_err();
        assert!(second.to_string().contains("another callbackd tail"), "{second}");
        drop(mark);
        assert_eq!(open("http://localhost:3000/a", &[]).unwrap().cursor(), Some(Cursor::from_seq(7)));
        assert_eq!(open("http://localhost:3000/b", &[]).unwrap().cursor(), None);
        assert_eq!(open("http://localhost:3000/a", &[("source", "llm")]).unwrap().cursor(), None);
    }
}

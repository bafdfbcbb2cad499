//! The files of the spool: entries go to the end of the last one, and are read from the first.
//!
//! The decision worth arguing about: a file is written by one process alone, and only for as long as everything went
//! well with it. After a write or a sync that failed, and after every start, the next entry goes to a new file: what the
//! system has kept of the old file's end is anybody's guess, and is never built upon.

mod segment;

use std::{
    collections::VecDeque,
    fs::{self, File},
    io,
    os::unix::fs::FileExt as _,
    path::PathBuf,
};

use chrono::{DateTime, Utc};

pub use self::segment::{Contents, Segment};
use super::{
    folder::{Error, Folder, Name},
    record,
};

/// A file is closed when it has become as long. What is drained is given back a file at a time, and what is read is one
/// file: 4 MiB is little of either.
const FILE_BYTES: u64 = 4 * 1024 * 1024;

#[derive(Debug)]
pub struct Log {
    folder: Folder,
    /// In the order in which they were written; nothing is added to them any more.
    closed: VecDeque<Segment>,
    open: Option<(File, Segment)>,
    /// Not needed any more, and still there: the disk did not let them go.
    left: Vec<Segment>,
    next: u64,
    /// When the first one that was found at the start had been received.
    pub since: Option<DateTime<Utc>>,
}

impl Log {
    /// Reads everything that is there.
    pub fn open(folder: Folder) -> Result<Self, Error> {
        let names = folder.names()?;
        let next = names.last().map_or(1, |name| name.number + 1);
        let mut log =
            Self { folder, closed: VecDeque::new(), open: None, left: Vec::new(), next, since: None };
        for name in names {
            let path = log.folder.path(name);
            let failed = |source| Error::Folder { path: path.clone(), source };
            let bytes = fs::read(&path).map_err(failed)?;
            let Contents { entries, damaged, unfinished } = Contents::of(&bytes, name);
            if unfinished > 0 {
                tracing::warn!(file = %path.display(), bytes = unfinished, "the end of a spooled file was not finished, and is cut");
            }
            log.since = log.since.or_else(|| entries.first().map(|entry| entry.received_at));
            if entries.is_empty() && damaged == 0 {
                fs::remove_file(&path).map_err(failed)?;
            } else {
                log.closed.push_back(Segment { name, bytes: bytes.len() as u64, entries: entries.len() });
            }
        }
        Ok(log)
    }

    pub fn entries(&self) -> usize {
        self.closed.iter().chain(self.open.as_ref().map(|(_, segment)| segment)).map(|it| it.entries).sum()
    }

    pub fn bytes(&self) -> u64 {
        self.closed.iter().chain(self.open.as_ref().map(|(_, segment)| segment)).map(|it| it.bytes).sum()
    }

    /// They are on disk, all of them, when this returns well. When it does not, none of them counts.
    pub fn append(&mut self, payloads: &[Vec<u8>]) -> io::Result<()> {
        if self.open.as_ref().is_some_and(|(_, segment)| segment.bytes >= FILE_BYTES) {
            self.close();
        }
        if self.open.is_none() {
            self.open = Some(self.new_file()?);
        }
        let (file, segment) = self.open.as_mut().expect("it was just opened");
        let mut bytes = Vec::new();
        for payload in payloads {
            record::write(&mut bytes, segment.name.salt, segment.bytes, payload);
        }
        let written = file.write_all_at(&bytes, segment.bytes).and_then(|()| file.sync_data());
        if written.is_err() {
            // Best effort: the disk may be full of it.
            let _ = file.set_len(segment.bytes);
            self.close();
        } else {
            segment.bytes += bytes.len() as u64;
            segment.entries += payloads.len();
        }
        written
    }

    /// The first file with entries, to which none will be added any more.
    pub fn oldest(&mut self) -> Option<Segment> {
        if self.closed.is_empty() {
            self.close();
        }
        self.closed.front().cloned()
    }

    /// All that can be read of it.
    pub fn read(&self, segment: &Segment) -> io::Result<Contents> {
        let mut bytes = fs::read(self.path(segment))?;
        bytes.truncate(usize::try_from(segment.bytes).unwrap_or(usize::MAX));
        Ok(Contents::of(&bytes, segment.name))
    }

    /// The first one is not needed any more: all of it is in the database. It is not read again, even if it stays.
    pub fn remove(&mut self, segment: &Segment) -> io::Result<()> {
        self.closed.retain(|other| other.name != segment.name);
        let removed = self.delete(segment);
        if removed.is_err() {
            self.left.push(segment.clone());
        }
        removed
    }

    /// Tries again to remove what would not go. Whether nothing of it is left.
    pub fn clear_away(&mut self) -> bool {
        let left = std::mem::take(&mut self.left);
        self.left = left.into_iter().filter(|segment| self.delete(segment).is_err()).collect();
        self.left.is_empty()
    }

    /// One that is gone already is as good.
    fn delete(&self, segment: &Segment) -> io::Result<()> {
        fs::remove_file(self.path(segment)).or_else(|error| match error.kind() {
            io::ErrorKind::NotFound => Ok(()),
            _ => Err(error),
        })
    }

    /// Keeps the first one for somebody to look at.
    pub fn set_aside(&mut self, segment: &Segment) -> io::Result<PathBuf> {
        self.closed.retain(|other| other.name != segment.name);
        self.folder.set_aside(segment.name)
    }

    pub fn keep_refused(&self, name: &str, text: &[u8]) -> io::Result<PathBuf> {
        self.folder.keep_refused(name, text)
    }

    fn path(&self, segment: &Segment) -> PathBuf {
        self.folder.path(segment.name)
    }

    fn new_file(&mut self) -> io::Result<(File, Segment)> {
        let name = Name { number: self.next, salt: rand::random() };
        // A number is never used again, whatever became of it.
        self.next += 1;
        let file = self.folder.create(name)?;
        Ok((file, Segment { name, bytes: 0, entries: 0 }))
    }

    fn close(&mut self) {
        let Some((_, segment)) = self.open.take() else { return };
        if segment.entries > 0 {
            self.closed.push_back(segment);
        } else {
            // Nothing in it was promised; the next start would remove it.
            let _ = fs::remove_file(self.path(&segment));
        }
    }
}

#[cfg(test)]
mod tests;

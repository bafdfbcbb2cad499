//! The files of the spool: entries go to the end of the last one, and are read from the first.
//!
//! The decision worth arguing about: a file is written by one process alone, and only for as long as everything went
//! well with it. After a write or a sync that failed, and after every start, the next entry goes to a new file: what the
//! system has kept of the old file's end is anybody's guess, and is never built upon.

use std::{
    collections::VecDeque,
    fs::{self, File},
    io,
    os::unix::fs::FileExt as _,
    path::PathBuf,
};

use chrono::{DateTime, Utc};

use super::{
    entry::{self, Entry},
    folder::{Error, Folder, Name},
    record::{self, Scan},
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

/// One file of entries.
#[derive(Debug, Clone)]
pub struct Segment {
    name: Name,
    /// What is known to be on disk; whatever lies behind it was promised to nobody.
    pub bytes: u64,
    pub entries: usize,
}

/// What a file holds.
#[derive(Debug, Default)]
pub struct Contents {
    pub entries: Vec<Entry>,
    /// Callbacks that were acknowledged and cannot be read: at least so many.
    pub damaged: usize,
    /// Bytes of writes that did not come to their end.
    pub unfinished: usize,
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
            let Contents { entries, damaged, unfinished } = contents(&bytes, name);
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
        Ok(contents(&bytes, segment.name))
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

pub(super) fn contents(bytes: &[u8], name: Name) -> Contents {
    let Scan { payloads, damaged, unfinished } = record::scan(bytes, name.salt);
    let mut contents =
        Contents { entries: Vec::with_capacity(payloads.len()), damaged: damaged.len(), unfinished };
    for payload in payloads {
        match entry::decode(payload) {
            Ok(entry) => contents.entries.push(entry),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, %name, "a spooled entry cannot be read");
                contents.damaged += 1;
            }
        }
    }
    contents
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{entry::tests::callback, *};

    fn open(path: &Path) -> Log {
        Log::open(Folder::open(path).unwrap()).unwrap()
    }

    fn payload(n: u64) -> Vec<u8> {
        entry::encode(&callback(&format!("{{\"n\":{n}}}")), Utc::now())
    }

    /// Everything, in order, and nothing left.
    fn drain(log: &mut Log) -> Vec<u64> {
        let mut all = Vec::new();
        while let Some(segment) = log.oldest() {
            let contents = log.read(&segment).unwrap();
            all.extend(contents.entries.iter().map(|entry| number(&entry.new.body)));
            log.remove(&segment).unwrap();
        }
        assert_eq!((log.entries(), log.bytes()), (0, 0));
        all
    }

    fn number(body: &[u8]) -> u64 {
        serde_json::from_slice::<serde_json::Value>(body).unwrap()["n"].as_u64().unwrap()
    }

    fn files(path: &Path) -> Vec<PathBuf> {
        let all = fs::read_dir(path).unwrap().map(|found| found.unwrap().path());
        let mut files: Vec<_> = all.filter(|path| path.extension().is_some()).collect();
        files.sort();
        files
    }

    #[test]
    fn what_was_appended_is_there_after_a_start_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = open(folder.path());
        log.append(&[payload(1), payload(2)]).unwrap();
        log.append(&[payload(3)]).unwrap();
        drop(log);
        let mut log = open(folder.path());
        assert_eq!(log.entries(), 3);
        log.append(&[payload(4)]).unwrap();
        assert_eq!(files(folder.path()).len(), 2, "a file of another life is not added to");
        assert_eq!(drain(&mut log), [1, 2, 3, 4]);
        assert_eq!(files(folder.path()), [] as [PathBuf; 0]);
    }

    #[test]
    fn a_file_that_is_long_enough_is_followed_by_another() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = open(folder.path());
        let large = |n: u64| {
            entry::encode(&callback(&format!("{{\"n\":{n},\"x\":\"{}\"}}", "x".repeat(1 << 20))), Utc::now())
        };
        for n in 0..10 {
            log.append(&[large(n)]).unwrap();
        }
        assert_eq!(files(folder.path()).len(), 3);
        assert_eq!(drain(&mut log), (0..10).collect::<Vec<_>>());
    }

    #[test]
    fn after_a_failed_sync_a_file_is_never_written_again_and_its_end_is_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = open(folder.path());
        log.append(&[payload(1)]).unwrap();
        // Takes every write and refuses every sync.
        let null = File::options().write(true).open("/dev/null").unwrap();
        log.open.as_mut().unwrap().0 = null;
        assert!(log.append(&[payload(2)]).is_err());
        assert_eq!(log.entries(), 1);
        log.append(&[payload(3)]).unwrap();
        let [first, second] = &files(folder.path())[..] else { panic!("two files") };
        assert!(first < second);
        assert_eq!(drain(&mut log), [1, 3]);
    }

    #[test]
    fn a_full_disk_refuses_and_a_disk_with_room_again_takes() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = open(folder.path());
        log.append(&[payload(1)]).unwrap();
        log.open.as_mut().unwrap().0 = File::options().write(true).open("/dev/full").unwrap();
        let error = log.append(&[payload(2)]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        log.append(&[payload(3)]).unwrap();
        assert_eq!(drain(&mut log), [1, 3]);
    }

    #[test]
    fn whatever_becomes_of_the_last_write_what_was_acknowledged_before_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = open(folder.path());
        log.append(&[payload(1), payload(2)]).unwrap();
        let acknowledged = usize::try_from(log.bytes()).unwrap();
        log.append(&[payload(3)]).unwrap();
        drop(log);
        let file = files(folder.path()).remove(0);
        let whole = fs::read(&file).unwrap();
        // Each byte is tried with the records alone; here it is that files are opened so.
        for at in (acknowledged..whole.len()).step_by(31) {
            let mut flipped = whole.clone();
            flipped[at] ^= 0x10;
            for bytes in [&whole[..at], &flipped] {
                fs::write(&file, bytes).unwrap();
                let mut log = open(folder.path());
                assert_eq!(log.read(&log.closed[0].clone()).unwrap().damaged, 0);
                assert_eq!(drain(&mut log), [1, 2], "cut or flipped at {at}");
            }
        }
    }

    #[test]
    fn damage_in_the_middle_costs_one_entry_and_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = open(folder.path());
        for n in 1..=3 {
            log.append(&[payload(n)]).unwrap();
        }
        drop(log);
        let file = files(folder.path()).remove(0);
        let mut bytes = fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&file, bytes).unwrap();
        let mut log = open(folder.path());
        let segment = log.oldest().unwrap();
        let contents = log.read(&segment).unwrap();
        assert_eq!((contents.entries.len(), contents.damaged), (2, 1));
        let kept = log.set_aside(&segment).unwrap();
        assert!(kept.is_file() && log.oldest().is_none());
    }

    #[test]
    fn a_drained_file_that_stays_is_not_read_again_and_goes_when_it_can() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = open(folder.path());
        log.append(&[payload(1)]).unwrap();
        let segment = log.oldest().unwrap();
        // Also root cannot remove a folder as if it were a file.
        let file = files(folder.path()).remove(0);
        fs::remove_file(&file).unwrap();
        fs::create_dir(&file).unwrap();
        log.remove(&segment).unwrap_err();
        assert!(log.oldest().is_none() && !log.clear_away());
        assert_eq!((log.entries(), log.bytes()), (0, 0));
        log.append(&[payload(2)]).unwrap();
        assert_eq!(drain(&mut log), [2], "others are drained meanwhile");
        fs::remove_dir(&file).unwrap();
        fs::write(&file, "it can be removed again").unwrap();
        assert!(log.clear_away() && !file.exists());
    }

    #[test]
    fn a_drained_file_that_somebody_has_removed_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = open(folder.path());
        log.append(&[payload(1)]).unwrap();
        let segment = log.oldest().unwrap();
        fs::remove_file(&files(folder.path())[0]).unwrap();
        log.remove(&segment).unwrap();
        assert!(log.clear_away());
    }

    #[test]
    fn a_folder_has_one_process_and_one_format() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spool");
        let first = Folder::open(&path).unwrap();
        let error = Folder::open(&path).unwrap_err().to_string();
        assert!(error.contains(&format!("process {}", std::process::id())), "{error}");
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o700);
        drop(first);
        fs::write(path.join(format!("{:016x}-{:016x}.v2", 1, 2)), "from the future").unwrap();
        let error = Log::open(Folder::open(&path).unwrap()).unwrap_err().to_string();
        assert!(error.contains("its format is 2") && error.contains("reads 1"), "{error}");
    }
}

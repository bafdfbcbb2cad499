//! The folder of the spool: private, of one process, and what its files are called.
//!
//! A file's name holds what must be known to read it: its number, its salt, the version of the format. A name is not
//! damaged with a file's bytes.

use std::{
    fs::{self, DirBuilder, File, Permissions},
    io,
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use super::record::Salt;
use crate::lock::{self, Lock, NotLocked};

/// Of what is in a file. A later one must be told apart by its name.
pub const VERSION: u32 = 1;

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("spool_dir {}", path.display())]
    Folder { path: PathBuf, source: io::Error },
    #[error("spool_dir {} is in use by {holder}: each server needs a folder of its own", path.display())]
    Held { path: PathBuf, holder: String },
    #[error(
        "{} was written by another version of callbackd: its format is {version}, and this version reads {VERSION}. Run \
         that version once more, until its spool is empty; or move the file away, which keeps its callbacks out of the \
         database although they were acknowledged",
        path.display()
    )]
    Version { path: PathBuf, version: u32 },
}

/// What a file of the spool is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    pub number: u64,
    pub salt: Salt,
}

impl Name {
    /// Its number, its salt, the version of its format.
    fn read(text: &str) -> Option<(Self, u32)> {
        let (stem, version) = text.rsplit_once(".v")?;
        let (number, salt) = stem.split_once('-')?;
        let hex = |text: &str| u64::from_str_radix(text, 16).ok().filter(|_| text.len() == 16);
        Some((Self { number: hex(number)?, salt: hex(salt)?.to_be_bytes() }, version.parse().ok()?))
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}-{:016x}.v{VERSION}", self.number, u64::from_be_bytes(self.salt))
    }
}

#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    _lock: Lock,
}

impl Folder {
    /// Makes it, or takes it over as it was left.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let failed = |source| Error::Folder { path: path.to_owned(), source };
        make_private(path).map_err(failed)?;
        match lock::lock(&path.join("lock")) {
            Ok(lock) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(NotLocked::Held(holder)) => Err(Error::Held { path: path.to_owned(), holder }),
            Err(NotLocked::Failed(source)) => Err(failed(source)),
        }
    }

    pub fn path(&self, name: Name) -> PathBuf {
        self.path.join(name.to_string())
    }

    pub fn names(&self) -> Result<Vec<Name>, Error> {
        names(&self.path)
    }

    /// A new file, which will still be there after a crash of the machine.
    pub fn create(&self, name: Name) -> io::Result<File> {
        let file = File::options().write(true).create_new(true).mode(0o600).open(self.path(name))?;
        sync(&self.path)?;
        Ok(file)
    }

    /// Moves a file into the folder `damaged`, for somebody to look at.
    pub fn set_aside(&self, name: Name) -> io::Result<PathBuf> {
        let place = self.room("damaged")?.join(name.to_string());
        fs::rename(self.path(name), &place)?;
        sync(&self.path)?;
        Ok(place)
    }

    /// Writes what the database has refused into the folder `refused`. It is there for good when this returns.
    pub fn keep_refused(&self, name: &str, text: &[u8]) -> io::Result<PathBuf> {
        let room = self.room("refused")?;
        let place = room.join(name);
        let mut file = File::options().write(true).create(true).truncate(true).mode(0o600).open(&place)?;
        io::Write::write_all(&mut file, text)?;
        file.sync_all()?;
        sync(&room)?;
        Ok(place)
    }

    fn room(&self, name: &str) -> io::Result<PathBuf> {
        let room = self.path.join(name);
        make_private(&room)?;
        sync(&self.path)?;
        Ok(room)
    }
}

/// Of the files of entries, in the order in which they were written.
pub fn names(folder: &Path) -> Result<Vec<Name>, Error> {
    let failed = |source| Error::Folder { path: folder.to_owned(), source };
    let mut names = Vec::new();
    for found in fs::read_dir(folder).map_err(failed)? {
        let found = found.map_err(failed)?;
        match found.file_name().to_str().and_then(Name::read) {
            Some((name, VERSION)) => names.push(name),
            Some((_, version)) => return Err(Error::Version { path: found.path(), version }),
            None => {}
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Payloads lie there in plain text: nobody else may enter.
fn make_private(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    let metadata = fs::metadata(path)?;
    if metadata.uid() != nix::unistd::Uid::effective().as_raw() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it belongs to somebody else"));
    }
    if metadata.mode() & 0o077 != 0 {
        fs::set_permissions(path, Permissions::from_mode(0o700))?;
    }
    // So that a new folder is still there after a crash of the machine.
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).map_or(Ok(()), sync)
}

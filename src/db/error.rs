//! What can go wrong with the database, and what a caller should do about it.
//!
//! Callers decide by [`Class`], never by SQLSTATE. The decision worth arguing about: a cancelled statement and a full
//! disk count as "unavailable", since the same request may well succeed a moment later.

use deadpool_postgres::PoolError;
use tokio_postgres::error::DbError;

/// What an error asks of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The database is away, starting, stopping, read-only, or out of a resource: try again later.
    /// Whether a statement took effect is unknown.
    Unavailable,
    /// Rolled back because of others (serialization, deadlock): try again at once.
    Conflict,
    /// The data was refused (SQLSTATE classes 22, 23, and 54 for values too large): trying again changes nothing.
    Refused,
    /// The queue of notifications is full: repeat without `pg_notify`.
    NotificationQueueFull,
    /// A lock was not granted within `lock_timeout`.
    LockTimeout,
    /// Anything else: a fault of ours.
    Bug,
}

/// An error of the database or of the way there. Its text never holds a password.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// PostgreSQL, or the connection to it, failed.
    #[error("the database failed")]
    Postgres(#[from] tokio_postgres::Error),
    /// No connection within the time allowed.
    #[error("no connection to the database within {seconds} s")]
    Timeout {
        /// How long was waited.
        seconds: u64,
    },
    /// The pool was closed: the server is stopping.
    #[error("the database pool is closed")]
    Closed,
    /// The connection string cannot be used. The text says why and never repeats it.
    #[error("the database URL {0}")]
    Url(String),
    /// Certificates could not be loaded.
    #[error("TLS to the database: {0}")]
    Tls(String),
    /// The database stores text in another encoding.
    #[error(
        "the database's encoding is {0}, but callbackd needs UTF8: create one with `create database callbackd encoding 'UTF8' template template0`"
    )]
    Encoding(String),
    /// The server is too old.
    #[error("the database runs PostgreSQL {major}, but callbackd needs 14 or newer")]
    TooOld {
        /// Its major version.
        major: i32,
    },
}

impl Error {
    /// What this error asks of its caller.
    pub fn class(&self) -> Class {
        match self {
            Self::Postgres(error) => class(error),
            Self::Timeout { .. } | Self::Closed => Class::Unavailable,
            Self::Url(_) | Self::Tls(_) | Self::Encoding(_) | Self::TooOld { .. } => Class::Bug,
        }
    }
}

impl From<PoolError> for Error {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) => Self::Postgres(error),
            PoolError::Timeout(_) => Self::Timeout { seconds: super::POOL_WAIT.as_secs() },
            PoolError::Closed => Self::Closed,
            PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
                unreachable!("the pool has a runtime and no hook after creation")
            }
        }
    }
}

/// What an error of PostgreSQL asks of its caller.
pub fn class(error: &tokio_postgres::Error) -> Class {
    error.as_db_error().map_or_else(|| class_without_code(error), class_of_code)
}

/// Errors that PostgreSQL did not send: a closed or broken connection, or values of ours that do not fit a statement.
fn class_without_code(error: &tokio_postgres::Error) -> Class {
    let io = std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<std::io::Error>);
    // A connect that timed out or met only unfit hosts has no code and no kind of its own to match on.
    let connecting =
        error.to_string().starts_with("error connecting") || error.to_string().contains("timeout");
    if error.is_closed() || io || connecting { Class::Unavailable } else { Class::Bug }
}

fn class_of_code(error: &DbError) -> Class {
    let code = error.code().code();
    match (code.get(..2).unwrap_or_default(), code) {
        (_, "55P03") => Class::LockTimeout,
        // 26000: a pooler gave the next statement another connection, which knows no statement of ours.
        (_, "25006" | "26000" | "57014" | "57P01" | "57P02" | "57P03" | "57P04" | "57P05")
        | ("08" | "53" | "58", _) => Class::Unavailable,
        ("40", _) => Class::Conflict,
        // Index rows that are too large have the same code; the routine tells them apart in every language.
        ("54", "54000") if is_notification_queue(error) => Class::NotificationQueueFull,
        ("22" | "23" | "54", _) => Class::Refused,
        _ => Class::Bug,
    }
}

fn is_notification_queue(error: &DbError) -> bool {
    error.routine() == Some("PreCommit_Notify") || error.message().contains("NOTIFY")
}

/// The name of the constraint that refused, from which a store makes an error of its domain.
pub fn constraint(error: &Error) -> Option<&str> {
    match error {
        Error::Postgres(error) => error.as_db_error()?.constraint(),
        _ => None,
    }
}

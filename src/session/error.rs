//! Why somebody does not get in. Knows no HTTP; the answers are made in `api::answers`.

use std::{sync::Arc, time::Duration};

use super::{external, password, people};
use crate::db;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No credential, or one that is unknown, expired or revoked: which of them is nobody's business.
    #[error("nobody is signed in")]
    NoSession,
    /// Too often; possible again after this long.
    #[error("too many requests")]
    TooMany(Duration),
    #[error("e-mail address or password is wrong")]
    WrongPassword,
    #[error("the current password is wrong")]
    WrongCurrentPassword,
    #[error("this person has no password")]
    NoPassword,
    #[error("the link is unknown, used or too old")]
    BadLink,
    #[error("links are taken in development mode only")]
    NoLinks,
    #[error("the link was opened from another machine")]
    NotThisMachine,
    #[error("no external issuer is configured")]
    NoIssuer,
    #[error("the external account leads to nobody")]
    NoAccount,
    /// Looked up together with others, so the cause is shared.
    #[error("the look-up failed")]
    Lookup(#[source] Arc<db::Error>),
    #[error("the look-up took too long")]
    LookupTimeout,
    #[error(transparent)]
    Database(#[from] db::Error),
    #[error(transparent)]
    Password(#[from] password::Error),
    #[error(transparent)]
    External(#[from] external::Error),
    #[error(transparent)]
    People(#[from] people::Error),
}

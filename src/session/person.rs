//! Who somebody is, and by what they got in.
//!
//! The role stands here and nowhere in a token: it is read from the database on every request, so that taking it away
//! works at once.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What somebody may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, clap::ValueEnum)]
#[serde(rename_all = "UPPERCASE")]
pub enum Role {
    /// All callbacks, and everything else.
    Admin,
    /// Verified callbacks of their own.
    Member,
}

impl Role {
    /// As the database and JSON write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "ADMIN",
            Self::Member => "MEMBER",
        }
    }

    /// The reverse of [`Role::as_str`]. A role that this version does not know gives the least.
    pub(super) fn from_database(text: &str) -> Self {
        if text == "ADMIN" { Self::Admin } else { Self::Member }
    }
}

/// Somebody with a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub id: Uuid,
    /// In lower case.
    pub email: String,
    pub role: Role,
}

/// What a credential is still worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Valid(Role),
    /// Taken back, by its owner or by an admin.
    Revoked,
    /// Expired, or gone with its owner.
    Ended,
}

/// What a request was let in by. Holds no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Credential {
    /// A browser's session, and when it ends if it is not used again.
    Session { id: Uuid, expires_at: DateTime<Utc> },
    /// A program's token, which ends only when it is revoked.
    ApiToken { id: Uuid },
}

impl Credential {
    pub fn id(&self) -> Uuid {
        match self {
            Self::Session { id, .. } | Self::ApiToken { id } => *id,
        }
    }

    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Session { expires_at, .. } => Some(*expires_at),
            Self::ApiToken { .. } => None,
        }
    }
}

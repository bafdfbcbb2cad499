//! People: made, listed, promoted, removed; for the console, the command line and the first start alike.
//!
//! The last admin cannot go, by any way: the rule is kept under locks in the database, so two nodes cannot break it
//! together. Knows no HTTP.

mod store;

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Person, Role,
    password::{self, Hasher},
};
use crate::db::{self, Db};

pub(super) use self::store::person;
pub use self::store::{
    find_external, find_with_password, list, oldest_admin, password_hash, preferences, remove, set_password,
    set_preferences, set_role,
};

/// In bytes, from RFC 5321.
const EMAIL_BYTES_MAX: usize = 254;

/// Who development mode signs in when there is nobody yet.
const DEVELOPMENT_ADMIN: &str = "admin@localhost";

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0:?} is no e-mail address")]
    Email(String),
    #[error("somebody has this e-mail address already")]
    EmailTaken,
    #[error("somebody has this external account already")]
    ExternalTaken,
    #[error("there is nobody with this id or address")]
    Unknown,
    #[error("this is the last admin")]
    LastAdmin,
    #[error(transparent)]
    Password(#[from] password::Error),
    #[error(transparent)]
    Database(#[from] db::Error),
}

/// An address in the one form that is stored: trimmed, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Only what would do harm is refused: whether an address exists, only mail can tell.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let email = text.trim().to_lowercase();
        let parts = email
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
        let plain = !email.chars().any(|c| c.is_whitespace() || c.is_control());
        if parts && plain && email.len() <= EMAIL_BYTES_MAX {
            return Ok(Self(email));
        }
        Err(Error::Email(text.chars().take(EMAIL_BYTES_MAX).collect()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A person as lists show them.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Person)]
pub struct Profile {
    pub id: Uuid,
    pub email: String,
    pub role: Role,
    pub created_at: DateTime<Utc>,
}

/// Somebody who is to be made.
#[derive(Debug)]
pub struct NewPerson {
    pub email: Email,
    pub role: Role,
    /// Without one, only a link, an external account or an API token lets them in.
    pub password: Option<SecretString>,
    /// Issuer and subject of an external account.
    pub external: Option<(String, String)>,
}

/// Makes a person, who starts at the head of all callbacks.
pub async fn create(db: &Db, hasher: &Hasher, new: NewPerson) -> Result<Profile, Error> {
    let hash = match new.password {
        Some(password) => Some(hasher.hash(password).await?),
        None => None,
    };
    let made = store::create(db, &new.email, new.role, hash, new.external).await?;
    made.ok_or(Error::EmailTaken)
}

/// Gives a person another password, without asking for the one before, and ends all their sessions.
pub async fn reset_password(db: &Db, hasher: &Hasher, id: Uuid, password: SecretString) -> Result<(), Error> {
    let hash = hasher.hash(password).await?;
    let is_set = set_password(db, id, &hash, None, Uuid::nil()).await?;
    if is_set { Ok(()) } else { Err(Error::Unknown) }
}

pub(super) async fn ensure_development_admin(db: &Db) -> Result<Person, Error> {
    if let Some(admin) = store::oldest_admin(db).await? {
        return Ok(admin);
    }
    let email = Email(DEVELOPMENT_ADMIN.to_owned());
    let made = store::create(db, &email, Role::Admin, None, None).await?;
    // A member has this address: an operator's doing, and not to be undone by a restart.
    let Profile { id, email, role, .. } = made.ok_or(Error::EmailTaken)?;
    Ok(Person { id, email, role })
}

pub(super) async fn ensure_first_admin(
    db: &Db,
    hasher: &Hasher,
    email: &str,
    password: &SecretString,
) -> Result<bool, Error> {
    let email = Email::parse(email)?;
    if find_with_password(db, &email).await?.is_some() {
        return Ok(false);
    }
    let hash = hasher.hash(password.clone()).await?;
    // Another node may have been faster: then it made the same person.
    Ok(store::create(db, &email, Role::Admin, Some(hash), None).await?.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_one_form() {
        assert_eq!(Email::parse(" Ada@Example.ORG ").unwrap().as_str(), "ada@example.org");
        assert!(Email::parse("admin@localhost").is_ok());
        let long = format!("{}@x", "a".repeat(EMAIL_BYTES_MAX));
        for bad in ["", "ada", "@x", "ada@", "a b@x", "a\0@x", "a@b@c", "a\u{7}@x", &long] {
            assert!(Email::parse(bad).is_err(), "{bad:?}");
        }
    }
}

//! The ways in: a password, a one-time link, an external token. Each ends in a session that did not exist before.
//!
//! What keeps guessing slow is the same for accounts that exist and that do not, and for right and wrong passwords:
//! first the address's rate, then the account's wait, then the price of one argon2id.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;
use uuid::Uuid;

use super::{Error, Person, Sessions, address, external, opaque, people};

/// Whom a session is opened for, as far as the connection tells: shown in the list of sessions.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub address: IpAddr,
    pub user_agent: String,
}

/// A new session. The token is handed out here and never again.
#[derive(Debug)]
pub struct Opened {
    pub token: SecretString,
    pub id: Uuid,
    pub person: Person,
    pub expires_at: DateTime<Utc>,
}

impl Sessions {
    /// Opens a session for a person who has proved enough; it ends at `end` at the latest.
    pub async fn open(
        &self,
        person: Person,
        visitor: &Visitor,
        end: Option<DateTime<Utc>>,
    ) -> Result<Opened, Error> {
        let (id, token) = (Uuid::now_v7(), opaque::Fresh::new(""));
        let expires_at = self.shared.store.open(id, &token.hash, person.id, visitor, end).await?;
        Ok(Opened { token: token.text, id, person, expires_at })
    }

    pub(super) async fn open_with_password(
        &self,
        email: &str,
        password: SecretString,
        visitor: &Visitor,
    ) -> Result<Opened, Error> {
        self.take_sign_in(visitor)?;
        let email = people::Email::parse(email).ok();
        // An address that cannot be is treated as one that is not there.
        let name = email.as_ref().map_or("", people::Email::as_str);
        let account: opaque::Hash = Sha256::digest(name).into();
        self.slow_down(account).await?;
        let found = match &email {
            Some(email) => people::find_with_password(self.shared.store.db(), email).await?,
            None => None,
        };
        let (person, hash) = found.map_or((None, None), |(person, hash)| (Some(person), hash));
        let right = self.shared.hasher.verify(password, hash).await?;
        match person {
            Some(person) if right => {
                self.shared.accounts.succeeded(&account);
                self.open(person, visitor, None).await
            }
            _ => {
                tracing::info!(address = %visitor.address, "a sign-in was refused");
                Err(Error::WrongPassword)
            }
        }
    }

    pub(super) async fn open_with_link(
        &self,
        token: &SecretString,
        visitor: &Visitor,
    ) -> Result<Opened, Error> {
        self.take_sign_in(visitor)?;
        let link = opaque::hash_of("", token.expose_secret()).ok_or(Error::BadLink)?;
        let (id, token) = (Uuid::now_v7(), opaque::Fresh::new(""));
        let opened = self.shared.store.open_with_link(&link, id, &token.hash, visitor).await?;
        let (person, expires_at) = opened.ok_or(Error::BadLink)?;
        Ok(Opened { token: token.text, id, person, expires_at })
    }

    pub(super) async fn open_with_external(
        &self,
        token: &SecretString,
        visitor: &Visitor,
    ) -> Result<Opened, Error> {
        self.take_sign_in(visitor)?;
        let issuer = self.shared.issuer.as_ref().ok_or(Error::NoIssuer)?;
        let external::Proof { issuer, subject, expires_at } = issuer.verify(token).await?;
        let person = people::find_external(self.shared.store.db(), &issuer, &subject).await?;
        self.open(person.ok_or(Error::NoAccount)?, visitor, Some(expires_at)).await
    }

    fn take_sign_in(&self, visitor: &Visitor) -> Result<(), Error> {
        let from = address::neighbourhood(visitor.address);
        self.shared.sign_ins.take(from, Instant::now()).map_err(Error::TooMany)
    }

    async fn slow_down(&self, account: opaque::Hash) -> Result<(), Error> {
        let wait = self.shared.accounts.attempt(account, Instant::now());
        if !wait.is_zero() {
            let _place = self.shared.slowed.try_acquire().map_err(|_| Error::TooMany(wait))?;
            tokio::time::sleep(wait).await;
        }
        Ok(())
    }
}

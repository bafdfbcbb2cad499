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

use super::{Error, Person, Sessions, SignedIn, address, external, opaque, password, people};

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
        self.open_if(person, visitor, end, None).await?.ok_or(Error::NoAccount)
    }

    /// The same, but `None` when the person is gone, or no longer has the password that `password_hash` is of.
    async fn open_if(
        &self,
        person: Person,
        visitor: &Visitor,
        end: Option<DateTime<Utc>>,
        password_hash: Option<&str>,
    ) -> Result<Option<Opened>, Error> {
        let (id, token) = (Uuid::now_v7(), opaque::Fresh::new(""));
        let opened = self.shared.store.open(id, &token.hash, person.id, visitor, end, password_hash).await?;
        Ok(opened.map(|expires_at| Opened { token: token.text, id, person, expires_at }))
    }

    pub(super) async fn open_with_password(
        &self,
        email: &str,
        password: SecretString,
        visitor: &Visitor,
    ) -> Result<Opened, Error> {
        self.take_sign_in(visitor.address)?;
        let email = people::Email::parse(email).ok();
        // An address that cannot be is treated as one that is not there.
        let name = email.as_ref().map_or("", people::Email::as_str);
        let account = account(name);
        self.slow_down(account).await?;
        let found = match &email {
            Some(email) => people::find_with_password(self.shared.store.db(), email).await?,
            None => None,
        };
        let (person, hash) = found.map_or((None, None), |(person, hash)| (Some(person), hash));
        let right = self.shared.hasher.verify(password, hash.clone()).await?;
        let opened = match person {
            Some(person) if right => self.open_if(person, visitor, None, hash.as_deref()).await?,
            _ => None,
        };
        let Some(opened) = opened else {
            tracing::info!(address = %visitor.address, "a sign-in was refused");
            return Err(Error::WrongPassword);
        };
        self.shared.accounts.succeeded(&account);
        Ok(opened)
    }

    pub(super) async fn open_with_link(
        &self,
        token: &SecretString,
        visitor: &Visitor,
    ) -> Result<Opened, Error> {
        self.take_sign_in(visitor.address)?;
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
        self.take_sign_in(visitor.address)?;
        let issuer = self.shared.issuer.as_ref().ok_or(Error::NoIssuer)?;
        let external::Proof { issuer, subject, expires_at } = issuer.verify(token).await?;
        let person = people::find_external(self.shared.store.db(), &issuer, &subject).await?;
        self.open(person.ok_or(Error::NoAccount)?, visitor, Some(expires_at)).await
    }

    /// Guessing is as slow here as at the door, and counts together with it: whoever has found an open session must
    /// not find the password by it.
    pub(super) async fn change_password(
        &self,
        caller: &SignedIn,
        address: IpAddr,
        current: SecretString,
        new: SecretString,
    ) -> Result<(), Error> {
        password::check(&new)?;
        self.take_sign_in(address)?;
        let account = account(&caller.person.email);
        self.slow_down(account).await?;
        let (db, hasher) = (self.shared.store.db(), &self.shared.hasher);
        let hash = people::password_hash(db, caller.person.id).await?.ok_or(Error::NoPassword)?;
        if !hasher.verify(current, Some(hash.clone())).await? {
            tracing::info!(%address, person = %caller.person.id, "a change of password was refused");
            return Err(Error::WrongCurrentPassword);
        }
        self.shared.accounts.succeeded(&account);
        let new = hasher.hash(new).await?;
        let id = caller.person.id;
        if people::set_password(db, id, &new, Some(&hash), caller.credential.id()).await? {
            Ok(())
        } else {
            Err(Error::WrongCurrentPassword)
        }
    }

    fn take_sign_in(&self, from: IpAddr) -> Result<(), Error> {
        let from = address::neighbourhood(from);
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

/// Under which an account's failures are counted, whether it exists or not.
fn account(email: &str) -> opaque::Hash {
    Sha256::digest(email).into()
}

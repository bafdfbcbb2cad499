//! Sessions and links in the database, and who has a token. Times are the database's, so that all nodes agree on an end.

use std::{collections::HashMap, net::IpAddr, time::Duration};

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    Credential, Person, Role, Standing,
    extract::SignedIn,
    opaque::{Fresh, Hash},
    people,
    sign_in::Visitor,
};
use crate::db::{Db, Error};

/// Sessions shown of one person: the latest.
const SESSIONS_LISTED_MAX: i64 = 200;

#[derive(Clone, Debug)]
pub(super) struct Store {
    db: Db,
    /// Seconds, as `make_interval` takes them.
    idle: f64,
    longest: f64,
}

/// Who has a token, and whether its last use should be noted.
#[derive(Debug)]
pub(super) struct Found {
    pub signed_in: SignedIn,
    pub stale: bool,
}

/// A session that still works.
#[derive(Debug)]
pub(super) struct Session {
    pub id: Uuid,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub user_agent: String,
    pub address: IpAddr,
}

impl Store {
    pub fn new(db: Db, idle: Duration, longest: Duration) -> Self {
        Self { db, idle: idle.as_secs_f64(), longest: longest.as_secs_f64() }
    }

    pub fn db(&self) -> &Db {
        &self.db
    }

    /// `None` when the person is gone, or has another password than the one of this hash by now.
    pub async fn open(
        &self,
        id: Uuid,
        hash: &Hash,
        profile: Uuid,
        visitor: &Visitor,
        end: Option<DateTime<Utc>>,
        password_hash: Option<&str>,
    ) -> Result<Option<DateTime<Utc>>, Error> {
        let sql = include_str!("../../sql/queries/session/open.sql");
        let Visitor { address, user_agent } = visitor;
        let hash = hash.as_slice();
        let row = self
            .db
            .query_opt(
                sql,
                &[&id, &hash, &profile, &self.longest, &end, user_agent, address, &self.idle, &password_hash],
            )
            .await?;
        row.map(|row| Ok(row.try_get("expires_at")?)).transpose()
    }

    pub async fn open_with_link(
        &self,
        link: &Hash,
        id: Uuid,
        hash: &Hash,
        visitor: &Visitor,
    ) -> Result<Option<(Person, DateTime<Utc>)>, Error> {
        let sql = include_str!("../../sql/queries/link/open.sql");
        let Visitor { address, user_agent } = visitor;
        let (link, hash) = (link.as_slice(), hash.as_slice());
        let row = self
            .db
            .query_opt(sql, &[&link, &id, &self.longest, user_agent, address, &self.idle, &hash])
            .await?;
        row.map(|row| Ok((people::person(&row)?, row.try_get("expires_at")?))).transpose()
    }

    pub async fn find(&self, hashes: &[&[u8]]) -> Result<HashMap<Hash, Found>, Error> {
        let rows =
            self.db.query(include_str!("../../sql/queries/session/find.sql"), &[&hashes, &self.idle]).await?;
        let found = rows.iter().map(found).collect::<Result<Vec<_>, _>>()?;
        Ok(found.into_iter().flatten().collect())
    }

    pub async fn touch(&self, credentials: &[Credential]) -> Result<(), Error> {
        let (sessions, tokens) = split(credentials);
        if !sessions.is_empty() {
            self.db.execute(include_str!("../../sql/queries/session/touch.sql"), &[&sessions]).await?;
        }
        if !tokens.is_empty() {
            self.db.execute(include_str!("../../sql/queries/token/touch.sql"), &[&tokens]).await?;
        }
        Ok(())
    }

    /// What is not in it has expired, or lost its owner.
    pub async fn standing(&self, credentials: &[Credential]) -> Result<HashMap<Uuid, Standing>, Error> {
        let (sessions, tokens) = split(credentials);
        let sql = include_str!("../../sql/queries/session/still_valid.sql");
        let rows = self.db.query(sql, &[&sessions, &tokens, &self.idle]).await?;
        let standing = |role: Option<&str>| {
            role.map_or(Standing::Revoked, |role| Standing::Valid(Role::from_database(role)))
        };
        rows.iter().map(|row| Ok((row.try_get("id")?, standing(row.try_get("role")?)))).collect()
    }

    pub async fn sessions(&self, profile: Uuid) -> Result<Vec<Session>, Error> {
        let sql = include_str!("../../sql/queries/session/list.sql");
        let rows = self.db.query(sql, &[&profile, &self.idle, &SESSIONS_LISTED_MAX]).await?;
        rows.iter().map(session).collect()
    }

    /// Whether there was such a session.
    pub async fn revoke_session(&self, id: Uuid, profile: Uuid) -> Result<bool, Error> {
        let sql = include_str!("../../sql/queries/session/revoke.sql");
        Ok(self.db.query_opt(sql, &[&id, &profile]).await?.is_some())
    }

    /// How many there were. `kept` may be none of the person's sessions; then all of them end.
    pub async fn revoke_other_sessions(&self, profile: Uuid, kept: Uuid) -> Result<i64, Error> {
        let sql = include_str!("../../sql/queries/session/revoke_others.sql");
        Ok(self.db.query_one(sql, &[&profile, &kept]).await?.try_get("revoked")?)
    }

    pub async fn sign_out(&self, hash: &Hash) -> Result<(), Error> {
        let hash = hash.as_slice();
        self.db.query_opt(include_str!("../../sql/queries/session/sign_out.sql"), &[&hash]).await?;
        Ok(())
    }

    pub async fn make_link(&self, profile: Uuid) -> Result<SecretString, Error> {
        let Fresh { text, hash } = Fresh::new("");
        let hash = hash.as_slice();
        self.db.execute(include_str!("../../sql/queries/link/make.sql"), &[&hash, &profile]).await?;
        Ok(text)
    }

    pub async fn sweep_sessions(&self, most: i64) -> Result<u64, Error> {
        self.db.execute(include_str!("../../sql/queries/session/sweep.sql"), &[&most]).await
    }

    pub async fn sweep_links_and_tokens(&self) -> Result<u64, Error> {
        let links = self.db.execute(include_str!("../../sql/queries/link/sweep.sql"), &[]).await?;
        let tokens = self.db.execute(include_str!("../../sql/queries/token/sweep.sql"), &[]).await?;
        Ok(links + tokens)
    }
}

fn split(credentials: &[Credential]) -> (Vec<Uuid>, Vec<Uuid>) {
    let (sessions, tokens): (Vec<Credential>, Vec<Credential>) =
        credentials.iter().partition(|credential| matches!(credential, Credential::Session { .. }));
    let ids = |credentials: Vec<Credential>| credentials.iter().map(Credential::id).collect();
    (ids(sessions), ids(tokens))
}

fn found(row: &Row) -> Result<Option<(Hash, Found)>, Error> {
    let Ok(hash) = Hash::try_from(row.try_get::<_, &[u8]>("token_hash")?) else { return Ok(None) };
    let id = row.try_get("id")?;
    let credential = match row.try_get("expires_at")? {
        Some(expires_at) => Credential::Session { id, expires_at },
        None => Credential::ApiToken { id },
    };
    let person = Person {
        id: row.try_get("profile_id")?,
        email: row.try_get("email")?,
        role: Role::from_database(row.try_get("role")?),
    };
    let signed_in = SignedIn { person, credential, has_password: row.try_get("has_password")? };
    Ok(Some((hash, Found { signed_in, stale: row.try_get("stale")? })))
}

fn session(row: &Row) -> Result<Session, Error> {
    Ok(Session {
        id: row.try_get("id")?,
        created_at: row.try_get("created_at")?,
        last_seen_at: row.try_get("last_seen_at")?,
        expires_at: row.try_get("expires_at")?,
        user_agent: row.try_get("user_agent")?,
        address: row.try_get("address")?,
    })
}

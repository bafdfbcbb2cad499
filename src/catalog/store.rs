//! Sources and their sealed secrets in the database. Every change is told to all nodes, by the transaction that makes it.

use chrono::{DateTime, Utc};
use deadpool_postgres::Transaction;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio_postgres::{Row, types::Json};
use uuid::Uuid;

use super::{SECRETS_MAX, SOURCES_MAX, vault::Sealed};
use crate::{
    db::{Db, Error},
    signal::{self, Signal},
};

/// A source as an admin has described it.
#[derive(Serialize, Deserialize)]
pub struct SourceRow {
    pub name: String,
    pub settings: Map<String, Value>,
    pub enabled: bool,
    pub version: i64,
    /// Newest first.
    pub secrets: Vec<SecretRow>,
    /// What it fetches objects with.
    pub fetch_key: Option<NewSecret>,
}

#[derive(Serialize, Deserialize)]
pub struct SecretRow {
    pub id: Uuid,
    pub sealed: Sealed,
    pub until: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// A secret that is to be stored.
#[derive(Serialize, Deserialize)]
pub struct NewSecret {
    pub id: Uuid,
    pub sealed: Sealed,
}

pub async fn all(db: &Db) -> Result<Vec<SourceRow>, Error> {
    let rows = db.query(include_str!("../../sql/queries/source/list.sql"), &[&SOURCES_MAX]).await?;
    let mut sources = rows.iter().map(source).collect::<Result<Vec<_>, Error>>()?;
    for row in db.query(include_str!("../../sql/queries/source/secrets.sql"), &[]).await? {
        let of: &str = row.try_get("source")?;
        // Added between the two questions: its own signal brings it.
        let Some(source) = sources.iter_mut().find(|source| source.name == of) else { continue };
        source.secrets.push(secret(&row)?);
    }
    for row in db.query(include_str!("../../sql/queries/source/fetch_keys.sql"), &[]).await? {
        let of: &str = row.try_get("source")?;
        let Some(source) = sources.iter_mut().find(|source| source.name == of) else { continue };
        source.fetch_key = Some(NewSecret { id: row.try_get("id")?, sealed: sealed(&row)? });
    }
    Ok(sources)
}

/// Whether it was added: not where the name is taken, nor beyond the number of sources.
pub async fn add(
    db: &Db,
    name: &str,
    settings: &Map<String, Value>,
    enabled: bool,
    new: Option<&NewSecret>,
    fetch_key: Option<&NewSecret>,
    by: Uuid,
) -> Result<bool, Error> {
    let mut client = db.get().await?;
    let change = begin(&mut client).await?;
    let sql = include_str!("../../sql/queries/source/add.sql");
    if change.execute(sql, &[&name, &Json(settings), &enabled, &by, &SOURCES_MAX]).await? == 0 {
        return Ok(false);
    }
    if let Some(new) = new {
        put_secret(&change, name, new, by).await?;
    }
    if let Some(key) = fetch_key {
        put_fetch_key(&change, name, key, by).await?;
    }
    commit(change).await?;
    Ok(true)
}

/// The version that it has now; `None` where it is gone, or another than `version`.
pub async fn change(
    db: &Db,
    name: &str,
    version: i64,
    settings: &Map<String, Value>,
    enabled: bool,
    by: Uuid,
) -> Result<Option<i64>, Error> {
    let mut client = db.get().await?;
    let change = begin(&mut client).await?;
    let sql = include_str!("../../sql/queries/source/change.sql");
    let row = change.query_opt(sql, &[&name, &version, &Json(settings), &enabled, &by]).await?;
    let Some(row) = row else { return Ok(None) };
    let version = row.try_get("version")?;
    commit(change).await?;
    Ok(Some(version))
}

/// Whether there was one.
pub async fn remove(db: &Db, name: &str) -> Result<bool, Error> {
    let mut client = db.get().await?;
    let change = begin(&mut client).await?;
    let removed = change.execute(include_str!("../../sql/queries/source/remove.sql"), &[&name]).await?;
    commit(change).await?;
    Ok(removed > 0)
}

/// Whether it was added: not beyond the number of secrets. All others end at `others_until`, where it is said.
pub async fn add_secret(
    db: &Db,
    source: &str,
    new: &NewSecret,
    others_until: Option<DateTime<Utc>>,
    by: Uuid,
) -> Result<bool, Error> {
    let mut client = db.get().await?;
    let change = begin(&mut client).await?;
    if !put_secret(&change, source, new, by).await? {
        return Ok(false);
    }
    if let Some(until) = others_until {
        let sql = include_str!("../../sql/queries/source/retire_others.sql");
        change.execute(sql, &[&source, &new.id, &until]).await?;
    }
    commit(change).await?;
    Ok(true)
}

/// Whether there was one.
pub async fn remove_secret(db: &Db, source: &str, id: Uuid) -> Result<bool, Error> {
    let mut client = db.get().await?;
    let change = begin(&mut client).await?;
    let sql = include_str!("../../sql/queries/source/remove_secret.sql");
    let removed = change.execute(sql, &[&source, &id]).await?;
    commit(change).await?;
    Ok(removed > 0)
}

/// In place of the one before.
pub async fn set_fetch_key(db: &Db, source: &str, new: &NewSecret, by: Uuid) -> Result<(), Error> {
    let mut client = db.get().await?;
    let change = begin(&mut client).await?;
    put_fetch_key(&change, source, new, by).await?;
    commit(change).await
}

/// Whether there was one.
pub async fn remove_fetch_key(db: &Db, source: &str) -> Result<bool, Error> {
    let mut client = db.get().await?;
    let change = begin(&mut client).await?;
    let sql = include_str!("../../sql/queries/source/remove_fetch_key.sql");
    let removed = change.execute(sql, &[&source]).await?;
    commit(change).await?;
    Ok(removed > 0)
}

/// Another seal in the place of `outdated`. Nobody need be told: it is the same secret.
pub async fn seal_again(db: &Db, new: &NewSecret, outdated: &str) -> Result<(), Error> {
    let sql = include_str!("../../sql/queries/source/seal_again.sql");
    let Sealed { key_id, nonce, bytes } = &new.sealed;
    db.execute(sql, &[&new.id, key_id, nonce, bytes, &outdated]).await?;
    Ok(())
}

/// The same for what a source fetches with.
pub async fn seal_fetch_key_again(
    db: &Db,
    source: &str,
    new: &NewSecret,
    outdated: &str,
) -> Result<(), Error> {
    let sql = include_str!("../../sql/queries/source/seal_fetch_key_again.sql");
    let Sealed { key_id, nonce, bytes } = &new.sealed;
    db.execute(sql, &[&source, &new.id, key_id, nonce, bytes, &outdated]).await?;
    Ok(())
}

async fn put_fetch_key(
    change: &Transaction<'_>,
    source: &str,
    new: &NewSecret,
    by: Uuid,
) -> Result<(), Error> {
    let sql = include_str!("../../sql/queries/source/set_fetch_key.sql");
    let Sealed { key_id, nonce, bytes } = &new.sealed;
    change.execute(sql, &[&source, &new.id, key_id, nonce, bytes, &by]).await?;
    Ok(())
}

async fn put_secret(
    change: &Transaction<'_>,
    source: &str,
    new: &NewSecret,
    by: Uuid,
) -> Result<bool, Error> {
    let sql = include_str!("../../sql/queries/source/add_secret.sql");
    let Sealed { key_id, nonce, bytes } = &new.sealed;
    let added = change.execute(sql, &[&new.id, &source, key_id, nonce, bytes, &by, &SECRETS_MAX]).await?;
    Ok(added > 0)
}

async fn begin(client: &mut deadpool_postgres::Client) -> Result<Transaction<'_>, Error> {
    let change = client.transaction().await?;
    change.execute(include_str!("../../sql/queries/source/lock_all.sql"), &[]).await?;
    Ok(change)
}

async fn commit(change: Transaction<'_>) -> Result<(), Error> {
    signal::send(&change, &Signal::Sources).await?;
    change.commit().await?;
    Ok(())
}

fn source(row: &Row) -> Result<SourceRow, Error> {
    let Json(settings) = row.try_get("settings")?;
    Ok(SourceRow {
        name: row.try_get("name")?,
        settings,
        enabled: row.try_get("enabled")?,
        version: row.try_get("version")?,
        secrets: Vec::new(),
        fetch_key: None,
    })
}

fn secret(row: &Row) -> Result<SecretRow, Error> {
    Ok(SecretRow {
        id: row.try_get("id")?,
        sealed: sealed(row)?,
        until: row.try_get("until")?,
        created_at: row.try_get("created_at")?,
    })
}

fn sealed(row: &Row) -> Result<Sealed, Error> {
    Ok(Sealed { key_id: row.try_get("key_id")?, nonce: row.try_get("nonce")?, bytes: row.try_get("sealed")? })
}

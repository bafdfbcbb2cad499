//! API tokens in the database.

use secrecy::SecretString;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{ApiToken, Name};
use crate::{
    db::{Db, Error},
    session::opaque::{API_TOKEN_PREFIX, Fresh},
};

/// API tokens that one person may have.
const OWNED_MAX: i64 = 100;

/// API tokens that the command line lists of everybody.
const LISTED_MAX: i64 = 10_000;

/// Makes an API token; `None` when the person has as many as they may.
pub async fn create(db: &Db, profile: Uuid, name: &Name) -> Result<Option<(Uuid, SecretString)>, Error> {
    let (id, Fresh { text, hash }) = (Uuid::now_v7(), Fresh::new(API_TOKEN_PREFIX));
    let (sql, hash) = (include_str!("../../../sql/queries/token/create.sql"), hash.as_slice());
    let made = db.execute(sql, &[&id, &hash, &profile, &name.0, &OWNED_MAX]).await?;
    Ok((made > 0).then_some((id, text)))
}

/// The tokens of one person, or of everybody.
pub async fn list(db: &Db, profile: Option<Uuid>) -> Result<Vec<ApiToken>, Error> {
    let sql = include_str!("../../../sql/queries/token/list.sql");
    let rows = db.query(sql, &[&profile, &LISTED_MAX]).await?;
    rows.iter().map(api_token).collect()
}

/// Revokes a token, of this person or of anybody. Whether there was one.
pub async fn revoke(db: &Db, id: Uuid, profile: Option<Uuid>) -> Result<bool, Error> {
    let row = db.query_opt(include_str!("../../../sql/queries/token/revoke.sql"), &[&id, &profile]).await?;
    Ok(row.is_some())
}

fn api_token(row: &Row) -> Result<ApiToken, Error> {
    Ok(ApiToken {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        created_at: row.try_get("created_at")?,
        last_used_at: row.try_get("last_used_at")?,
        email: row.try_get("email")?,
    })
}

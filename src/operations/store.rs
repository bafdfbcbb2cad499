//! What only the database can say of how the server is doing.

use crate::{
    callback::Cursor,
    db::{Db, Error},
};

/// Callbacks that are counted beyond a node's head; more is "far behind", however many.
const BEHIND_MAX: i64 = 10_000;

/// The database, and how far a node is behind it.
#[derive(Debug)]
pub(super) struct State {
    /// PostgreSQL's own.
    pub version: String,
    pub name: String,
    /// On disk, with indexes.
    pub bytes: i64,
    pub schema_version: i32,
    /// The lowest position from which everything can still be replayed.
    pub floor: Cursor,
    /// Stored and not published yet, at most [`BEHIND_MAX`].
    pub behind: i64,
    /// The age of the oldest of them; zero when there is none.
    pub behind_seconds: f64,
}

pub(super) async fn state(db: &Db, head: Cursor) -> Result<State, Error> {
    let sql = include_str!("../../sql/queries/operations/state.sql");
    let row = db.query_one(sql, &[&head.seq(), &BEHIND_MAX]).await?;
    Ok(State {
        version: row.try_get("version")?,
        name: row.try_get("name")?,
        bytes: row.try_get("bytes")?,
        schema_version: row.try_get("schema_version")?,
        floor: Cursor::from_seq(row.try_get("floor_seq")?),
        behind: row.try_get("behind")?,
        behind_seconds: row.try_get("behind_seconds")?,
    })
}

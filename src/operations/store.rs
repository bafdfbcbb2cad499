//! What only the database can say of how the server is doing.

use std::{collections::HashMap, time::Duration};

use chrono::{DateTime, Utc};
use tokio_postgres::Row;
use uuid::Uuid;

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

/// How far back a source's traffic is counted.
const COUNTED: Duration = Duration::from_hours(24);

/// Counts are exact up to 1,000; one more stands for "more than that". Of each source, and each some ten microseconds.
const COUNTED_MAX: i64 = 1_001;

/// What one source has sent.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Traffic {
    /// The latest callback that is still there, and when it was received.
    pub last: Option<(Uuid, DateTime<Utc>)>,
    /// What was recorded in the last 24 hours: callbacks, also deleted ones, and rejects; at most [`COUNTED_MAX`].
    pub received: i64,
    /// Rejects among them that are still there.
    pub rejects: i64,
}

/// By the sources' names.
pub(super) async fn traffic(db: &Db, sources: &[&str]) -> Result<HashMap<String, Traffic>, Error> {
    let sql = include_str!("../../sql/queries/operations/traffic.sql");
    let rows = db.query(sql, &[&sources, &COUNTED.as_secs_f64(), &COUNTED_MAX]).await?;
    let traffic = |row: &Row| {
        let last: (Option<Uuid>, Option<DateTime<Utc>>) = (row.try_get("id")?, row.try_get("created_at")?);
        let (received, rejects) = (row.try_get("received")?, row.try_get("rejects")?);
        Ok((row.try_get("name")?, Traffic { last: last.0.zip(last.1), received, rejects }))
    };
    rows.iter().map(traffic).collect()
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

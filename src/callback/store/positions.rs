//! Rows by position, for whoever follows the order of commits: the listener, replay, and times as cursors.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{Store, rows};
use crate::{
    callback::{Cursor, Item, Search},
    db,
};

/// A position as a follower finds it.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "nearly all rows are live")]
pub enum Row {
    Live(Item),
    /// Deleted or pruned: nothing to show, but a position that has been passed.
    Gone(Cursor),
}

impl Row {
    pub fn cursor(&self) -> Cursor {
        match self {
            Self::Live(item) => item.cursor,
            Self::Gone(cursor) => *cursor,
        }
    }

    pub fn live(self) -> Option<Item> {
        match self {
            Self::Live(item) => Some(item),
            Self::Gone(_) => None,
        }
    }
}

/// Lives of the database that are told apart: a restart of PostgreSQL is one.
const GAPS_MAX: i64 = 1_000;

/// Which cursors a reader can go on from: not from below what was pruned, nor from what was lost with a life of the
/// database.
#[derive(Debug)]
pub struct Extent {
    floor: Cursor,
    /// Nothing above the first and up to the second is there, or will be.
    gaps: Vec<(Cursor, Cursor)>,
}

impl Extent {
    pub fn holds(&self, cursor: Cursor) -> bool {
        cursor >= self.floor
            && !self.gaps.iter().any(|(after, through)| *after < cursor && cursor <= *through)
    }
}

impl Store {
    /// At most `limit` rows above `after`, up to and including `through`, in order of position; rejects included.
    pub async fn page_after(
        &self,
        after: Cursor,
        through: Option<Cursor>,
        limit: i64,
    ) -> Result<Vec<Row>, db::Error> {
        let sql = include_str!("../../../sql/queries/callback/page_after.sql");
        let through = through.map_or(i64::MAX, Cursor::seq);
        let found = self.db.query(sql, &[&after.seq(), &through, &limit]).await?;
        let row = |row: &tokio_postgres::Row| {
            Ok(if row.try_get("gone")? {
                Row::Gone(Cursor::from_seq(row.try_get("seq")?))
            } else {
                Row::Live(rows::item(row)?)
            })
        };
        Ok(rows::all(&found, row)?)
    }

    /// How full the cluster's notification queue is, 0 to 1.
    pub async fn notification_queue_usage(&self) -> Result<f64, db::Error> {
        let row = self.db.query_one(include_str!("../../../sql/queries/signal/queue_usage.sql"), &[]).await?;
        Ok(row.try_get("usage")?)
    }

    /// The highest position there is.
    pub async fn head(&self) -> Result<Cursor, db::Error> {
        let row = self.db.query_one(include_str!("../../../sql/queries/callback/head.sql"), &[]).await?;
        Ok(Cursor::from_seq(row.try_get("head")?))
    }

    /// The highest position at or below `cursor` that there still is. Lower than one that was shown only after a failover
    /// or a restore that has lost rows: of all others the last one stays.
    pub async fn kept(&self, cursor: Cursor) -> Result<Cursor, db::Error> {
        let sql = include_str!("../../../sql/queries/callback/kept.sql");
        let row = self.db.query_one(sql, &[&cursor.seq()]).await?;
        Ok(Cursor::from_seq(row.try_get("kept")?))
    }

    /// Which cursors a reader can go on from.
    pub async fn extent(&self) -> Result<Extent, db::Error> {
        let row =
            self.db.query_one(include_str!("../../../sql/queries/callback/extent.sql"), &[&GAPS_MAX]).await?;
        let (afters, throughs): (Vec<i64>, Vec<i64>) = (row.try_get("afters")?, row.try_get("throughs")?);
        let cursors = |(after, through)| (Cursor::from_seq(after), Cursor::from_seq(through));
        Ok(Extent {
            floor: Cursor::from_seq(row.try_get("floor_seq")?),
            gaps: afters.into_iter().zip(throughs).map(cursors).collect(),
        })
    }

    /// The lowest cursor from which everything can still be replayed. A reader below it has missed what was pruned.
    pub async fn floor(&self) -> Result<Cursor, db::Error> {
        let row = self.db.query_one(include_str!("../../../sql/queries/callback/floor.sql"), &[]).await?;
        Ok(Cursor::from_seq(row.try_get("floor_seq")?))
    }

    /// The last position at or before a time: as exact as the database's clock was steady.
    pub async fn cursor_at(&self, time: DateTime<Utc>) -> Result<Cursor, db::Error> {
        let sql = include_str!("../../../sql/queries/callback/cursor_at.sql");
        match self.db.query_opt(sql, &[&time]).await? {
            Some(row) => Ok(Cursor::from_seq(row.try_get("seq")?)),
            None => Ok(Cursor::START),
        }
    }

    /// A search for what was received at or after `from` and before `to`.
    pub async fn between(
        &self,
        from: Option<DateTime<Utc>>,
        to: Option<DateTime<Utc>>,
    ) -> Result<Search, db::Error> {
        let mut search = Search::default();
        if let Some(time) = from {
            search.above = self.cursor_at(just_before(time)).await?;
        }
        if let Some(time) = to {
            let last = self.cursor_at(just_before(time)).await?;
            search.below = Some(Cursor::from_seq(last.seq().saturating_add(1)));
        }
        Ok(search)
    }

    /// The callbacks of these ids that still are there, in order of position.
    pub async fn items(&self, ids: &[Uuid]) -> Result<Vec<Item>, db::Error> {
        let found = self.db.query(include_str!("../../../sql/queries/callback/items.sql"), &[&ids]).await?;
        Ok(rows::all(&found, rows::item)?)
    }
}

/// The moment before a time, as far as the database can tell times apart.
fn just_before(time: DateTime<Utc>) -> DateTime<Utc> {
    time.checked_sub_signed(TimeDelta::microseconds(1)).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

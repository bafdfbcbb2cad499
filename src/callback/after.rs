//! Where to go on from, as a parameter says it: a cursor, or a time, which is only as exact as clocks.

use chrono::{DateTime, Utc};

use super::{Cursor, Store};
use crate::{
    db,
    problem::{Problem, Result},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    Cursor(Cursor),
    Time(DateTime<Utc>),
}

impl After {
    /// Of the parameter `after`.
    pub fn of_parameter(text: &str) -> Result<Self> {
        let cursor = text.parse().ok().map(Self::Cursor);
        let after = cursor.or_else(|| rfc3339(text).map(Self::Time));
        after.ok_or_else(|| {
            Problem::parameter(
                "after",
                "a cursor (decimal digits, as an event's id or nextCursor gave them) or an RFC 3339 time",
            )
        })
    }

    pub async fn cursor(self, store: &Store) -> std::result::Result<Cursor, db::Error> {
        match self {
            Self::Cursor(cursor) => Ok(cursor),
            Self::Time(time) => store.cursor_at(time).await,
        }
    }
}

/// A `+` that was not escaped arrives as a space: an offset is understood all the same.
pub fn rfc3339(text: &str) -> Option<DateTime<Utc>> {
    let time = DateTime::parse_from_rfc3339(&text.replace(' ', "+")).ok()?;
    Some(time.to_utc())
}

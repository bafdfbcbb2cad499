//! Where a stream begins.

use axum::http::HeaderMap;

use super::bounds::Bounds;
use crate::{
    callback::{After, Cursor, Store},
    db,
    hub::Hub,
    problem::Result,
};

/// What the client asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Neither header nor parameter: from now on.
    Now,
    After(After),
    /// A `Last-Event-ID` that is no cursor. Never a 4xx: `EventSource` would stop for good.
    Nonsense,
}

impl Asked {
    /// `Last-Event-ID` wins over `?after=`: it is what the browser itself has seen last.
    pub fn of(headers: &HeaderMap, after: Option<&str>) -> Result<Self> {
        if let Some(last) = headers.get("last-event-id") {
            let cursor = last.to_str().ok().and_then(|text| text.parse().ok());
            return Ok(cursor.map_or(Self::Nonsense, |cursor| Self::After(After::Cursor(cursor))));
        }
        match after.filter(|text| !text.is_empty()) {
            None => Ok(Self::Now),
            Some(text) => After::of_parameter(text).map(Self::After),
        }
    }
}

/// Where it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// Everything after here, replayed first.
    After(Cursor),
    /// The client cannot be caught up: it is told to reload, and goes on from here.
    Reset(Cursor),
}

/// Asks the database only for cursors that memory cannot judge.
pub async fn start(
    asked: Asked,
    hub: &Hub,
    store: &Store,
    bounds: &Bounds,
) -> std::result::Result<Start, db::Error> {
    let head = hub.head();
    let cursor = match asked {
        Asked::Now => return Ok(Start::After(head)),
        Asked::Nonsense => return Ok(Start::Reset(head)),
        Asked::After(After::Cursor(cursor)) => cursor,
        // A position that is found now: always one to start from.
        Asked::After(time) => return Ok(Start::After(time.cursor(store).await?)),
    };
    let known = cursor == Cursor::START || hub.has_shown(cursor);
    if known {
        return Ok(Start::After(cursor));
    }
    // Above this node's head but not above the database's: the listener is about to bring it.
    let kept = bounds.holds(cursor).await? && (cursor <= head || bounds.reaches(cursor).await?);
    Ok(if kept { Start::After(cursor) } else { Start::Reset(hub.head()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_event_id_wins_and_is_never_refused() {
        let asked = |last: Option<&'static str>, after: Option<&str>| {
            let mut headers = HeaderMap::new();
            if let Some(last) = last {
                headers.insert("last-event-id", last.parse().unwrap());
            }
            Asked::of(&headers, after).map_err(|problem| problem.status().as_u16())
        };
        let cursor = |seq| Ok(Asked::After(After::Cursor(Cursor::from_seq(seq))));
        assert_eq!(asked(None, None), Ok(Asked::Now));
        assert_eq!(asked(None, Some("")), Ok(Asked::Now));
        assert_eq!(asked(None, Some("7")), cursor(7));
        assert_eq!(asked(Some("9"), Some("7")), cursor(9));
        assert_eq!(asked(Some("9"), Some("x")), cursor(9));
        let time = "2026-01-31T12:00:00Z";
        assert_eq!(asked(None, Some(time)), Ok(Asked::After(After::Time(time.parse().unwrap()))));
        for nonsense in ["x", "-1", "", " 7", "007", time, "99999999999999999999"] {
            assert_eq!(asked(Some(nonsense), None), Ok(Asked::Nonsense), "{nonsense:?}");
        }
        for nonsense in ["x", "-1", " 7", "+7", "99999999999999999999"] {
            assert_eq!(asked(None, Some(nonsense)), Err(400), "{nonsense:?}");
        }
    }
}

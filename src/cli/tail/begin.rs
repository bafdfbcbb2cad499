//! Where to begin, as a person says it.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::callback::{Cursor, rfc3339};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begin {
    Now,
    After(Cursor),
    Since(DateTime<Utc>),
}

impl Begin {
    /// A cursor, a time, or how long ago.
    pub fn parse(text: &str) -> Result<Self, String> {
        let ago = |ago: Duration| Utc::now().checked_sub_signed(chrono::Duration::from_std(ago).ok()?);
        let cursor = || text.parse().ok().map(Self::After);
        let time = || rfc3339(text).map(Self::Since);
        let duration = || humantime::parse_duration(text).ok().and_then(ago).map(Self::Since);
        cursor().or_else(time).or_else(duration).ok_or_else(|| {
            "must be a cursor such as 4711 (0 is the beginning), a time such as 2026-01-31T12:00:00Z, or how long ago, \
             such as 10m"
                .to_owned()
        })
    }

    /// The parameter `after` of a stream.
    pub fn parameter(self) -> Option<String> {
        match self {
            Self::Now => None,
            Self::After(cursor) => Some(cursor.to_string()),
            Self::Since(time) => Some(time.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_a_time_and_how_long_ago_are_told_apart() {
        assert_eq!(Begin::parse("0"), Ok(Begin::After(Cursor::START)));
        assert_eq!(Begin::parse("4711"), Ok(Begin::After(Cursor::from_seq(4711))));
        let time = "2026-01-31T12:00:00Z";
        assert_eq!(Begin::parse(time), Ok(Begin::Since(time.parse().unwrap())));
        let Ok(Begin::Since(ago)) = Begin::parse("10m") else { panic!("10m is no time") };
        assert!((595..=605).contains(&(Utc::now() - ago).num_seconds()), "{ago}");
        for nonsense in ["", "yesterday", "-1", "007", "2026-01-31", "99999999999999999999"] {
            assert!(Begin::parse(nonsense).is_err(), "{nonsense:?}");
        }
    }
}

//! When a request was signed, so that one that somebody has captured is of no use later.

use std::time::Duration;

use axum::http::HeaderMap;
use chrono::{DateTime, TimeDelta, Utc};

use super::{
    line::{Hole, Line},
    rejection::Rejection,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timestamp {
    /// Its own header, or a signature's that holds it.
    pub lines: Vec<Line>,
    pub unit: Unit,
    /// Either way: clocks differ.
    pub tolerance: Duration,
    /// Where the signed body repeats it, for schemes that do not sign the header itself: a JSON pointer.
    pub in_body: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Seconds,
    Milliseconds,
}

impl Timestamp {
    /// As the sender wrote it, which is what is signed.
    pub fn presented<'a>(&'a self, headers: &'a HeaderMap) -> Option<&'a [u8]> {
        self.lines.iter().find_map(|line| line.presented(headers, Hole::Timestamp).next())
    }

    pub fn check(&self, presented: Option<&[u8]>, body: &[u8], now: DateTime<Utc>) -> Result<(), Rejection> {
        let text = presented.ok_or(Rejection::MissingTimestamp)?;
        let number = number(text).ok_or(Rejection::UnreadableTimestamp)?;
        let at = self.unit.read(number).ok_or(Rejection::UnreadableTimestamp)?;
        let ahead = at - now;
        if ahead.abs() > TimeDelta::from_std(self.tolerance).unwrap_or(TimeDelta::MAX) {
            return Err(Rejection::StaleTimestamp { ahead_ms: ahead.num_milliseconds() });
        }
        if self.in_body.as_deref().is_some_and(|pointer| is_foreign(body, pointer, number)) {
            return Err(Rejection::ForeignTimestamp);
        }
        Ok(())
    }

    /// The time that a request with this body must carry: the body's own where it repeats it.
    pub fn write(&self, body: &[u8], now: DateTime<Utc>) -> String {
        let of_body = self.in_body.as_deref().and_then(|pointer| in_body(body, pointer).ok()?);
        of_body.unwrap_or_else(|| self.unit.write(now)).to_string()
    }
}

impl Unit {
    pub fn write(self, at: DateTime<Utc>) -> i64 {
        match self {
            Self::Seconds => at.timestamp(),
            Self::Milliseconds => at.timestamp_millis(),
        }
    }

    fn read(self, number: i64) -> Option<DateTime<Utc>> {
        match self {
            Self::Seconds => DateTime::from_timestamp(number, 0),
            Self::Milliseconds => DateTime::from_timestamp_millis(number),
        }
    }
}

/// Digits and nothing else: a sign or a fraction is something that no sender writes.
fn number(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// Of a body that is no JSON nothing is said here: it will be refused for that.
fn is_foreign(body: &[u8], pointer: &str, number: i64) -> bool {
    in_body(body, pointer).is_ok_and(|found| found != Some(number))
}

fn in_body(body: &[u8], pointer: &str) -> serde_json::Result<Option<i64>> {
    let body: serde_json::Value = serde_json::from_slice(body)?;
    let found = body.pointer(pointer);
    Ok(found.and_then(|value| value.as_i64().or_else(|| self::number(value.as_str()?.as_bytes()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_705_314_600_000;

    fn check(unit: Unit, in_body: Option<&str>, presented: &str, body: &str) -> Result<(), Rejection> {
        let timestamp = Timestamp {
            lines: Vec::new(),
            unit,
            tolerance: Duration::from_mins(5),
            in_body: in_body.map(str::to_owned),
        };
        let now = DateTime::from_timestamp_millis(NOW).unwrap();
        timestamp.check(Some(presented.as_bytes()), body.as_bytes(), now)
    }

    #[test]
    fn it_is_missing_unreadable_or_off_and_each_is_told_apart() {
        let stale = |ahead_ms| Err(Rejection::StaleTimestamp { ahead_ms });
        for (unit, presented, expected) in [
            (Unit::Seconds, "1705314600", Ok(())),
            (Unit::Seconds, "1705314900", Ok(())),
            (Unit::Seconds, "1705314901", stale(301_000)),
            (Unit::Seconds, "1705314300", Ok(())),
            (Unit::Seconds, "1705314299", stale(-301_000)),
            (Unit::Milliseconds, "1705314899999", Ok(())),
            (Unit::Milliseconds, "1705314900001", stale(300_001)),
            (Unit::Milliseconds, "1705314600", stale(1_705_314_600 - NOW)),
            (Unit::Seconds, "1705314600000", stale(1_705_314_600_000_000 - NOW)),
            (Unit::Seconds, "1705314600000000", Err(Rejection::UnreadableTimestamp)),
            (Unit::Seconds, "", Err(Rejection::UnreadableTimestamp)),
            (Unit::Seconds, "-1705314600", Err(Rejection::UnreadableTimestamp)),
            (Unit::Seconds, "1705314600.5", Err(Rejection::UnreadableTimestamp)),
            (Unit::Seconds, "2024-01-15T10:30:00Z", Err(Rejection::UnreadableTimestamp)),
            (Unit::Seconds, "99999999999999999999", Err(Rejection::UnreadableTimestamp)),
        ] {
            assert_eq!(check(unit, None, presented, ""), expected, "{unit:?} {presented}");
        }
    }

    #[test]
    fn one_that_only_the_body_signs_must_be_the_bodys() {
        let text = NOW.to_string();
        let in_body = |body: &str| check(Unit::Milliseconds, Some("/timestamp"), &text, body);
        assert_eq!(in_body(&format!("{{\"timestamp\":{text}}}")), Ok(()));
        assert_eq!(in_body(&format!("{{\"timestamp\":\"{text}\"}}")), Ok(()));
        for other in ["{\"timestamp\":1705314599999}", "{\"timestamp\":null}", "{}", "[]"] {
            assert_eq!(in_body(other), Err(Rejection::ForeignTimestamp), "{other}");
        }
        assert_eq!(in_body("no JSON"), Ok(()), "it is refused for that");
    }
}

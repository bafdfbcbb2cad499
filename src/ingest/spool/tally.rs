//! What is in the spool, counted with what is on its way there, and what was last said of it. Knows neither disk nor
//! database.

use std::time::Duration;

use chrono::{DateTime, Utc};
use metrics::gauge;
use serde::Serialize;
use tokio::time::Instant;
use utoipa::ToSchema;

use crate::telemetry::count;

/// From here on somebody should know: hundredths of the limit.
const FILLING_PERCENT: u64 = 80;
/// For so long a disk that has failed is taken for one that does. Then somebody must try: it may have room again.
const FAILED_FOR: Duration = Duration::from_secs(10);

/// What lies on this server's own disk, until it is in the database.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SystemSpool)]
pub struct Load {
    pub callbacks: usize,
    /// Of its files.
    pub bytes: u64,
    pub bytes_max: u64,
    /// The age of the first one in it; null when there is none.
    #[schema(required)]
    pub oldest_seconds: Option<f64>,
    /// Whether it is in use: what comes now goes there.
    pub active: bool,
}

/// How alarming it is. What is more so is said once, until it is empty.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    #[default]
    Empty,
    Spooling,
    Filling,
    Full,
}

#[derive(Debug)]
pub struct Tally {
    pub entries: usize,
    pub bytes: u64,
    pub bytes_max: u64,
    /// When the first one of them was received.
    since: Option<DateTime<Utc>>,
    /// Brought to the database since it was last empty.
    drained: u64,
    said: Level,
    failed_at: Option<Instant>,
}

impl Tally {
    /// Of what was found at the start.
    pub fn of(entries: usize, bytes: u64, since: Option<DateTime<Utc>>, bytes_max: u64) -> Self {
        Self { entries, bytes, bytes_max, since, drained: 0, said: Level::Empty, failed_at: None }
    }

    pub fn load(&self, active: bool) -> Load {
        let seconds = |since: DateTime<Utc>| (Utc::now() - since).to_std().unwrap_or_default().as_secs_f64();
        Load {
            callbacks: self.entries,
            bytes: self.bytes,
            bytes_max: self.bytes_max,
            oldest_seconds: self.since.map(seconds),
            active,
        }
    }

    /// There is room, and the disk has not refused anything just now.
    pub fn takes(&self) -> bool {
        let has_failed = self.failed_at.is_some_and(|at| at.elapsed() < FAILED_FOR);
        self.bytes < self.bytes_max && !has_failed
    }

    pub fn has_room(&self, bytes: u64) -> bool {
        self.bytes.saturating_add(bytes) <= self.bytes_max
    }

    pub fn reserve(&mut self, bytes: u64, received_at: DateTime<Utc>) {
        self.bytes += bytes;
        self.entries += 1;
        self.since.get_or_insert(received_at);
    }

    /// A file holds more than was counted: somebody has put another in its place.
    pub fn found(&mut self, entries: usize) {
        self.entries += entries;
    }

    /// So many bytes are there no longer. Files can be changed by hand: a count may be wrong, and never turns over.
    pub fn free(&mut self, bytes: u64) {
        self.bytes = self.bytes.saturating_sub(bytes);
    }

    /// The disk takes, or does not.
    pub fn disk_works(&mut self, works: bool) {
        self.failed_at = (!works).then(Instant::now);
    }

    /// So many are in the database; `since` is when the next one was received, if that is known.
    pub fn drained(&mut self, entries: usize, since: Option<DateTime<Utc>>) {
        self.drained += entries as u64;
        self.since = since.or(self.since);
    }

    /// So many are there no longer. When that was the last of them: how many were drained, if anything was said of them.
    pub fn remove(&mut self, entries: usize) -> Option<u64> {
        self.entries = self.entries.saturating_sub(entries);
        if self.entries > 0 {
            return None;
        }
        self.since = None;
        let was_said = std::mem::take(&mut self.said) != Level::Empty;
        was_said.then(|| std::mem::take(&mut self.drained))
    }

    /// What is to be said of it now, if that is more alarming than what was said before.
    pub fn news(&mut self) -> Option<Level> {
        self.rises_to(match self.entries {
            0 => Level::Empty,
            _ if self.bytes >= self.bytes_max / 100 * FILLING_PERCENT => Level::Filling,
            _ => Level::Spooling,
        })
    }

    pub fn rises_to(&mut self, level: Level) -> Option<Level> {
        let rises = level > self.said;
        self.said = self.said.max(level);
        rises.then_some(level)
    }

    pub fn measure(&self) {
        gauge!("callbackd_spool_callbacks").set(count(self.entries));
        gauge!("callbackd_spool_bytes").set(count(usize::try_from(self.bytes).unwrap_or(usize::MAX)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_more_alarming_is_said_once_until_it_is_empty() {
        let mut tally = Tally::of(0, 0, None, 1_000);
        let mut add = |bytes| {
            tally.reserve(bytes, Utc::now());
            tally.news()
        };
        assert_eq!([add(10), add(10)], [Some(Level::Spooling), None]);
        assert_eq!([add(780), add(10)], [Some(Level::Filling), None]);
        assert_eq!([tally.rises_to(Level::Full), tally.rises_to(Level::Full)], [Some(Level::Full), None]);
        tally.drained(4, None);
        assert_eq!([tally.remove(3), tally.remove(1)], [None, Some(4)]);
        tally.bytes = 0;
        tally.reserve(10, Utc::now());
        assert_eq!(tally.news(), Some(Level::Spooling));
    }

    #[test]
    fn files_that_were_changed_by_hand_turn_no_count_over() {
        let mut tally = Tally::of(1, 10, Some(Utc::now()), 1_000);
        tally.free(11);
        tally.remove(2);
        assert_eq!((tally.entries, tally.bytes), (0, 0));
        assert!(!tally.has_room(u64::MAX) && tally.takes());
        tally.reserve(10, Utc::now());
        tally.found(1);
        tally.remove(1);
        assert_eq!((tally.entries, tally.load(true).oldest_seconds.is_some()), (1, true), "one is left");
    }

    #[test]
    fn the_age_is_that_of_the_first_which_is_still_there() {
        let (long_ago, now) = (Utc::now() - chrono::TimeDelta::hours(1), Utc::now());
        let mut tally = Tally::of(1, 10, Some(long_ago), 1_000);
        tally.reserve(10, now);
        assert!(tally.load(true).oldest_seconds >= Some(3_600.0));
        tally.drained(1, Some(now));
        tally.remove(1);
        assert!(tally.load(true).oldest_seconds < Some(3_600.0));
        tally.drained(1, None);
        tally.remove(1);
        assert_eq!(tally.load(false).oldest_seconds, None);
    }
}

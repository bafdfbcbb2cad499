//! How long a new submission would wait, from how fast rows have lately been written.
//!
//! A queue that is always full answers everybody late. Under a flood it is better to refuse some at once, who come
//! again after `Retry-After`, than to answer all of them slowly.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// Beyond this expected wait a submission is refused: it keeps the answers of the accepted ones under 200 ms.
const WAIT_MAX: Duration = Duration::from_millis(100);
/// Smaller batches say little about how fast a full one would be: they only ever make the estimate better.
const TELLING_ROWS: usize = 64;
/// A stall (a checkpoint, a failover) is not a pace: no estimate is slower than this.
const SLOWEST_NANOS: u64 = 200_000;
/// A writer with work that has neither sent nor finished a batch for so long is not slow but stopped: the largest batch
/// takes a tenth of it.
const STILL: Duration = Duration::from_millis(500);

#[derive(Debug)]
pub struct Pace {
    nanos_per_row: AtomicU64,
    moved_at: Mutex<Instant>,
}

impl Default for Pace {
    fn default() -> Self {
        Self { nanos_per_row: AtomicU64::default(), moved_at: Mutex::new(Instant::now()) }
    }
}

impl Pace {
    /// Takes a committed batch into the estimate: a moving average over about eight batches.
    pub fn measured(&self, rows: usize, elapsed: Duration) {
        let rows = u64::try_from(rows.max(1)).unwrap_or(u64::MAX);
        let sample = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX) / rows;
        let old = self.nanos_per_row.load(Ordering::Relaxed);
        let telling = rows >= TELLING_ROWS as u64 || sample < old;
        if telling {
            let new = if old == 0 { sample } else { old - old / 8 + sample / 8 };
            self.nanos_per_row.store(new.min(SLOWEST_NANOS), Ordering::Relaxed);
        }
    }

    /// A batch was sent, or has come to its end.
    pub fn moved(&self) {
        *self.moved_at.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Asked only while something waits.
    pub fn stands_still(&self) -> bool {
        self.moved_at.lock().unwrap_or_else(PoisonError::into_inner).elapsed() > STILL
    }

    pub fn is_too_long(&self, queued: usize) -> bool {
        let wait = self.nanos_per_row.load(Ordering::Relaxed).saturating_mul(queued as u64);
        Duration::from_nanos(wait) > WAIT_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_refused_and_a_stall_is_not_taken_for_a_pace() {
        let pace = Pace::default();
        assert!(!pace.is_too_long(10_000), "nothing is known yet");
        pace.measured(100, Duration::from_millis(10));
        assert!(!pace.is_too_long(500));
        assert!(pace.is_too_long(2_000), "at 100 µs a row, 2,000 rows are 200 ms");
        for _ in 0..50 {
            pace.measured(256, Duration::from_secs(3));
        }
        assert!(!pace.is_too_long(400), "after a stall a moderate queue is still let in");
        pace.measured(8, Duration::from_micros(400));
        pace.measured(1, Duration::from_secs(1));
        assert!(!pace.is_too_long(500), "a slow single row says nothing");
    }
}

//! What came of asking.

use std::time::Duration;

/// One run of a generator, or a part of it.
#[derive(Default)]
pub struct Run {
    /// How long each measured answer took, shortest first once the run is over.
    pub answers: Vec<Duration>,
    /// The time in which they came.
    pub time: Duration,
    /// The cursor of every acknowledged callback, measured or not.
    pub cursors: Vec<i64>,
    /// Answers other than 200.
    pub refused: usize,
}

impl Run {
    pub fn join(&mut self, other: Self) {
        self.answers.extend(other.answers);
        self.time = self.time.max(other.time);
        self.cursors.extend(other.cursors);
        self.refused += other.refused;
    }

    pub fn sort(&mut self) {
        self.answers.sort_unstable();
        self.cursors.sort_unstable();
    }

    pub fn rate(&self) -> f64 {
        callbackd::telemetry::count(self.answers.len()) / self.time.as_secs_f64()
    }

    /// Of the answers, in milliseconds.
    pub fn percentile_ms(&self, per_mille: usize) -> f64 {
        percentile(&self.answers, per_mille).as_secs_f64() * 1e3
    }
}

/// By nearest rank, of what is sorted; zero of nothing.
pub fn percentile(sorted: &[Duration], per_mille: usize) -> Duration {
    let rank = (sorted.len() * per_mille).div_ceil(1_000);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

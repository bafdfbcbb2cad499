//! When an attempt follows another.

use std::time::Duration;

use super::once::{Failure, Outcome};

/// Before the second attempt; then twice as long each time.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The longest wait of our own.
const WAIT_MAX: Duration = Duration::from_mins(30);
/// An object that a callback names is there, or about to be: who has asked so often is told the truth.
const MISSING_ATTEMPTS: u32 = 5;

/// After how long the next attempt comes, `jitter` being from 0 to 1; `None`: never. `attempts` were made.
pub fn wait(outcome: &Outcome, attempts: u32, attempts_max: u32, jitter: f64) -> Option<Duration> {
    let (at_most, asked) = match outcome {
        Outcome::Later(_, after) => (attempts_max, *after),
        Outcome::Missing(_) => (attempts_max.min(MISSING_ATTEMPTS), None),
        Outcome::Fetched { .. } | Outcome::Never(_) => return None,
    };
    let doubled = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(attempts.saturating_sub(1)));
    // Many that failed together must not come again together; nor earlier than they were told to.
    let own = doubled.min(WAIT_MAX).mul_f64(0.8 + 0.4 * jitter);
    (attempts < at_most).then(|| asked.map_or(own, |asked| asked.mul_f64(1.0 + 0.2 * jitter)))
}

/// The failure as it is told when it was the last.
pub fn final_words(failure: Failure, attempts: u32) -> Failure {
    let error = match attempts {
        0 | 1 => failure.error,
        many => format!("{}; it was tried {many} times", failure.error),
    };
    Failure { error, ..failure }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn later(after: Option<u64>) -> Outcome {
        Outcome::Later(Failure::new("away"), after.map(Duration::from_secs))
    }

    #[test]
    fn waits_double_to_a_cap_and_end() {
        let waits: Vec<_> = (1..=14).map(|attempts| wait(&later(None), attempts, 14, 0.5)).collect();
        let seconds: Vec<_> = waits.iter().flatten().map(Duration::as_secs).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1800, 1800]);
        assert_eq!(waits.last(), Some(&None));
        let (low, high) = (wait(&later(None), 3, 14, 0.0), wait(&later(None), 3, 14, 1.0));
        assert_eq!((low, high), (Some(Duration::from_millis(3_200)), Some(Duration::from_millis(4_800))));
        assert!(wait(&later(None), u32::MAX - 1, u32::MAX, 1.0).is_some_and(|wait| wait.as_secs() < 2_200));
    }

    #[test]
    fn whoever_is_told_when_to_come_never_comes_earlier() {
        assert_eq!(wait(&later(Some(20)), 1, 14, 0.0), Some(Duration::from_secs(20)));
        assert_eq!(wait(&later(Some(0)), 9, 14, 1.0), Some(Duration::ZERO));
        assert_eq!(wait(&later(Some(20)), 14, 14, 0.0), None);
    }

    #[test]
    fn what_is_missing_is_asked_for_a_few_times_and_what_is_final_never() {
        let missing = Outcome::Missing(Failure::new("404"));
        assert!(wait(&missing, 4, 14, 0.0).is_some() && wait(&missing, 5, 14, 0.0).is_none());
        assert_eq!(wait(&Outcome::Never(Failure::new("401")), 1, 14, 0.0), None);
    }
}

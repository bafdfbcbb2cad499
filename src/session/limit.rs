//! How often something may happen, and how long to wait before a sign-in. Bounded memory, no clock of its own.
//!
//! Accounts are slowed down and never locked: a lock would let anybody keep anybody else out.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// Keys remembered by one limit: 64 bytes each at most, so 4 MiB.
const KEYS_MAX: usize = 65_536;

/// How often a full memory is searched for what may go.
const PRUNE_EVERY: Duration = Duration::from_secs(1);

/// What is remembered of each key, until it no longer matters.
#[derive(Debug)]
struct Memory<K, V> {
    entries: HashMap<K, V>,
    pruned: Option<Instant>,
}

impl<K: Eq + Hash + Clone, V: Copy> Memory<K, V> {
    fn new() -> Self {
        Self { entries: HashMap::new(), pruned: None }
    }

    /// Beyond [`KEYS_MAX`] some key is forgotten: one of the innocent gains nothing, and an attacker with so many
    /// addresses still meets every other limit.
    fn put(&mut self, key: K, value: V, now: Instant, matters: impl Fn(&V) -> bool) {
        if self.entries.len() >= KEYS_MAX && !self.entries.contains_key(&key) {
            if self.pruned.is_none_or(|pruned| now.duration_since(pruned) >= PRUNE_EVERY) {
                self.entries.retain(|_, value| matters(value));
                self.pruned = Some(now);
            }
            if self.entries.len() >= KEYS_MAX
                && let Some(some) = self.entries.keys().next().cloned()
            {
                self.entries.remove(&some);
            }
        }
        self.entries.insert(key, value);
    }
}

/// At most `burst` at once and `per_minute` on average, for each key.
///
/// The generic cell rate algorithm: one time a key, namely when everything taken so far has been paid for.
#[derive(Debug)]
pub(super) struct Rate<K> {
    interval: Duration,
    tolerance: Duration,
    memory: Mutex<Memory<K, Instant>>,
}

impl<K: Eq + Hash + Clone> Rate<K> {
    /// Both at least 1; a zero counts as one.
    pub fn new(per_minute: u32, burst: u32) -> Self {
        let interval = Duration::from_mins(1) / per_minute.max(1);
        Self { interval, tolerance: interval * (burst.max(1) - 1), memory: Mutex::new(Memory::new()) }
    }

    /// Takes one, or says how long to wait for it.
    pub fn take(&self, key: K, now: Instant) -> Result<(), Duration> {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let paid = memory.entries.get(&key).map_or(now, |paid| (*paid).max(now));
        let ahead = paid.duration_since(now);
        if ahead > self.tolerance {
            return Err(ahead.saturating_sub(self.tolerance));
        }
        memory.put(key, paid + self.interval, now, |paid| *paid > now);
        Ok(())
    }
}

/// Attempts on an account that cost nothing: people mistype.
const FREE_FAILURES: u32 = 3;

/// The first wait; it doubles with each failure.
const FIRST_WAIT: Duration = Duration::from_millis(250);

/// The longest wait, below the time limit of any client: beyond it an account would be locked in effect.
const LONGEST_WAIT: Duration = Duration::from_secs(8);

/// Failures are forgotten after this long without another.
const FORGET_AFTER: Duration = Duration::from_mins(15);

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    last: Instant,
}

/// How long an attempt must wait for the failures before it, for each account, whether it exists or not.
#[derive(Debug)]
pub(super) struct Slowdown<K> {
    memory: Mutex<Memory<K, Failures>>,
}

impl<K: Eq + Hash + Clone> Slowdown<K> {
    pub fn new() -> Self {
        Self { memory: Mutex::new(Memory::new()) }
    }

    /// Counts an attempt as failed until [`Slowdown::succeeded`], so that many at once do not share one wait; returns
    /// how long to wait before it is looked at, right or wrong.
    pub fn attempt(&self, key: K, now: Instant) -> Duration {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let before = memory.entries.get(&key).filter(|failures| remembered(failures, now));
        let before = before.map_or(0, |failures| failures.count);
        let failures = Failures { count: before.saturating_add(1), last: now };
        memory.put(key, failures, now, |failures| remembered(failures, now));
        match before.saturating_sub(FREE_FAILURES) {
            0 => Duration::ZERO,
            costly => FIRST_WAIT.saturating_mul(2_u32.saturating_pow(costly - 1)).min(LONGEST_WAIT),
        }
    }

    pub fn succeeded(&self, key: &K) {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).entries.remove(key);
    }
}

fn remembered(failures: &Failures, now: Instant) -> bool {
    now.duration_since(failures.last) < FORGET_AFTER
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_lets_a_burst_through_and_then_one_an_interval() {
        let rate = Rate::new(60, 3);
        let start = Instant::now();
        for _ in 0..3 {
            assert_eq!(rate.take("a", start), Ok(()));
        }
        assert_eq!(rate.take("a", start), Err(Duration::from_secs(1)));
        assert_eq!(rate.take("b", start), Ok(()), "keys do not share");
        let later = start + Duration::from_secs(1);
        assert_eq!(rate.take("a", later), Ok(()));
        assert!(rate.take("a", later).is_err());
    }

    #[test]
    fn memory_stays_bounded_however_many_keys_come() {
        let (rate, slowdown) = (Rate::new(1, 1), Slowdown::new());
        let now = Instant::now();
        for key in 0..KEYS_MAX + 100 {
            let _ = rate.take(key, now);
            slowdown.attempt(key, now);
        }
        assert_eq!(rate.memory.lock().unwrap().entries.len(), KEYS_MAX);
        assert_eq!(slowdown.memory.lock().unwrap().entries.len(), KEYS_MAX);
        let later = now + Duration::from_hours(1);
        rate.take(0, later).unwrap();
        slowdown.attempt(KEYS_MAX * 2, later);
        assert_eq!(slowdown.memory.lock().unwrap().entries.len(), 1, "what no longer matters goes first");
    }

    #[test]
    fn an_account_slows_down_to_a_cap_and_never_locks() {
        let slowdown = Slowdown::new();
        let now = Instant::now();
        let waits: Vec<_> = (0..12).map(|_| slowdown.attempt("a", now).as_millis()).collect();
        assert_eq!(waits, [0, 0, 0, 0, 250, 500, 1000, 2000, 4000, 8000, 8000, 8000]);
        assert_eq!(slowdown.attempt("b", now), Duration::ZERO, "accounts do not share");
        assert_eq!(slowdown.attempt("a", now + FORGET_AFTER), Duration::ZERO, "failures are forgotten");
        slowdown.attempt("c", now);
        for _ in 0..9 {
            slowdown.attempt("c", now);
        }
        slowdown.succeeded(&"c");
        assert_eq!(slowdown.attempt("c", now), Duration::ZERO, "the right password clears them");
    }
}

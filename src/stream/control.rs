//! How a stream is ended from outside, and how it is seen that nobody reads it.

use std::sync::{
    OnceLock,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use bytes::Bytes;
use serde::Serialize;
use tokio::{sync::Notify, time::Instant};

use crate::hub::event;

/// Why a stream ends. Its text is the reason in the last event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bye {
    SessionExpired,
    SignedOut,
    RoleRemoved,
    ShuttingDown,
    MaxAge,
    Slow,
}

impl Bye {
    pub fn bytes(self) -> Bytes {
        #[derive(Serialize)]
        struct Data {
            reason: Bye,
        }
        event("bye", None, &Data { reason: self })
    }
}

/// Shared between a stream and whoever watches over it.
#[derive(Debug)]
pub struct Control {
    bye: OnceLock<Bye>,
    cut: AtomicBool,
    wake: Notify,
    born: Instant,
    /// Milliseconds from birth to when the connection had no room for what it was given; 0 while it has room.
    given: AtomicU64,
}

impl Default for Control {
    fn default() -> Self {
        let (bye, cut, wake) = (OnceLock::new(), AtomicBool::new(false), Notify::new());
        Self { bye, cut, wake, born: Instant::now(), given: AtomicU64::new(0) }
    }
}

impl Control {
    /// The first reason counts.
    pub fn end(&self, bye: Bye) {
        if self.bye.set(bye).is_ok() {
            self.wake.notify_one();
        }
    }

    /// Ends it without a word, also while it waits for its reader.
    pub fn cut(&self) {
        self.cut.store(true, Ordering::Release);
        self.wake.notify_one();
    }

    /// Waits until it is cut. For one waiter, as `ended`.
    pub async fn is_cut(&self) {
        while !self.cut.load(Ordering::Acquire) {
            self.wake.notified().await;
        }
    }

    /// Waits until the stream is to end. For one waiter.
    pub async fn ended(&self) -> Bye {
        loop {
            if let Some(bye) = self.bye.get() {
                return *bye;
            }
            self.wake.notified().await;
        }
    }

    /// The connection has taken what it was given.
    pub fn taken(&self) {
        self.given.store(0, Ordering::Relaxed);
    }

    /// The connection has no room for what it was given.
    pub fn given(&self) {
        self.given.store(self.age_ms().max(1), Ordering::Relaxed);
    }

    /// How long the connection has not taken what it was given, in milliseconds.
    pub fn unread_ms(&self) -> u64 {
        match self.given.load(Ordering::Relaxed) {
            0 => 0,
            given => self.age_ms().saturating_sub(given),
        }
    }

    fn age_ms(&self) -> u64 {
        u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

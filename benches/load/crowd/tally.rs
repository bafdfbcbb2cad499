//! What a crowd has seen.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{sync::mpsc, time::Instant};

/// Between the crowd's thread and who sends.
#[derive(Default)]
pub(super) struct Shared {
    stopped: AtomicBool,
    opened: AtomicUsize,
    /// When each message was sent.
    sent: Mutex<Vec<Option<Instant>>>,
}

/// A message that everybody who reads has.
#[derive(Clone, Copy)]
pub struct Complete {
    /// From when it was sent to when the last had it.
    pub last: Duration,
}

/// All that was seen.
#[derive(Default)]
pub struct Seen {
    /// Of each message, what those who read have waited for it.
    pub waited: Vec<Vec<Duration>>,
    /// Of each stream that reads, how many messages it got.
    pub frames: Vec<usize>,
    /// Streams that read and had a lower position after a higher one, or the same twice.
    pub unordered: usize,
    /// Streams that read and were closed by the server.
    pub lost: usize,
    /// Streams that do not read, or too slowly, and were closed by the server.
    pub cut: usize,
}

impl Seen {
    /// What all waited for these messages together, shortest first.
    pub fn waited(&self, numbers: std::ops::Range<usize>) -> Vec<Duration> {
        let mut waited: Vec<_> = self.waited.get(numbers).unwrap_or_default().concat();
        waited.sort_unstable();
        waited
    }
}

impl Shared {
    pub fn sending(&self, number: usize) {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        if sent.len() <= number {
            sent.resize(number + 1, None);
        }
        sent[number] = Some(Instant::now());
    }

    fn sent(&self, number: usize) -> Option<Instant> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).get(number).copied().flatten()
    }

    pub fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
    }

    pub fn stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    pub fn note_open(&self) {
        self.opened.fetch_add(1, Ordering::SeqCst);
    }

    pub fn opened(&self) -> usize {
        self.opened.load(Ordering::SeqCst)
    }
}

/// Counts who has what; of the crowd's thread alone.
pub(super) struct Tally {
    /// Those who read.
    readers: usize,
    messages: Vec<Message>,
    complete: mpsc::UnboundedSender<Complete>,
}

#[derive(Default)]
struct Message {
    sent: Option<Instant>,
    waited: Vec<Duration>,
}

impl Tally {
    pub fn new(readers: usize, complete: mpsc::UnboundedSender<Complete>) -> Self {
        Self { readers, messages: Vec::new(), complete }
    }

    pub fn note(&mut self, number: usize, now: Instant, shared: &Shared) {
        if self.messages.len() <= number {
            self.messages.resize_with(number + 1, Message::default);
        }
        let message = &mut self.messages[number];
        if message.sent.is_none() {
            message.sent = Some(shared.sent(number).unwrap_or(now));
            message.waited.reserve_exact(self.readers);
        }
        let last = now - message.sent.unwrap_or(now);
        message.waited.push(last);
        if message.waited.len() == self.readers {
            // Whoever has left does not listen.
            let _ = self.complete.send(Complete { last });
        }
    }

    pub fn into_waited(self) -> Vec<Vec<Duration>> {
        self.messages.into_iter().map(|message| message.waited).collect()
    }
}

//! Station 4: fan-out. Frames encoded once, the broadcast, the ring of recent frames.
//!
//! The listener is the only one who publishes, in cursor order, so everything here is a prefix of the table's order.
//! A stream subscribes first and reads the ring afterwards: what was published in between reaches it twice, never not
//! at all, and it drops what is at or below the last cursor that it sent.

mod alerts;
mod frame;
mod ring;

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError, Weak,
    atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;
use tokio::sync::broadcast;
use uuid::Uuid;

use self::ring::Ring;
use crate::{
    callback::{Cursor, Item},
    config,
    signal::DeletedRow,
};

pub use self::{
    alerts::{Alert, Alerts, Severity},
    frame::{Batch, Frame, PIECE_BYTES_MAX, event},
};

/// Events that a stream may be behind before it goes back to replay. What an event of callbacks points to lives only as
/// long as the last batches are kept, so that a stream that does not take its events keeps little in memory.
const BROADCAST_CAPACITY: usize = 1024;

/// What streams hear of.
#[derive(Debug, Clone)]
pub enum Event {
    /// New callbacks, in order, with nothing missing between one of these and the next.
    Callbacks(Published),
    /// A callback that changed. Has no position.
    Updated(Arc<Frame>),
    /// For the streams of one person: finished bytes.
    Personal {
        person: Uuid,
        bytes: Bytes,
    },
    /// For one forwarding `tail`: finished bytes.
    Replay {
        tail: Uuid,
        bytes: Bytes,
    },
    Deleted(Arc<Vec<DeletedRow>>),
    /// The database has lost everything that was published after here.
    Lost {
        kept: Cursor,
    },
    /// For all admins: finished bytes.
    Admins(Bytes),
}

/// A batch on its way. Whoever finds it gone replays instead.
#[derive(Debug, Clone)]
pub struct Published {
    pub through: Cursor,
    pub batch: Weak<Batch>,
}

/// A handle, cheap to clone.
#[derive(Debug, Clone)]
pub struct Hub {
    ring: Arc<Mutex<Ring>>,
    sender: broadcast::Sender<Event>,
    alerts: Alerts,
    generation: Arc<AtomicU64>,
}

impl Hub {
    pub fn new(settings: &config::Streams) -> Self {
        let (sender, _) = broadcast::channel(BROADCAST_CAPACITY);
        let ring = Ring::new(settings.ring_frames_max, settings.ring_bytes_max);
        Self {
            ring: Arc::new(Mutex::new(ring)),
            alerts: Alerts::new(sender.clone()),
            sender,
            generation: Arc::default(),
        }
    }

    pub fn alerts(&self) -> &Alerts {
        &self.alerts
    }

    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.sender.subscribe()
    }

    /// Everything up to here has been published.
    pub fn head(&self) -> Cursor {
        self.ring().head()
    }

    /// Where the listener begins: what is at or below is never published here, only replayed from the table.
    pub fn begin_at(&self, cursor: Cursor) {
        self.ring().begin_at(cursor);
    }

    /// Publishes what follows the head: `items` in order, and with them every position up to `through`.
    pub fn publish(&self, items: Vec<Item>, through: Cursor) {
        let frames: Vec<Arc<Frame>> = items.into_iter().map(|item| Arc::new(Frame::callback(item))).collect();
        let batch = Arc::new(Batch::new(frames, through));
        let published = Published { through, batch: Arc::downgrade(&batch) };
        let mut ring = self.ring();
        ring.push(batch);
        // Under the ring's lock, so that whoever reads the head afterwards has subscribed to what follows it.
        self.send(Event::Callbacks(published));
    }

    /// Whoever opens a stream from now on is shown the callback as it is now.
    pub fn updated(&self, item: &Item) {
        self.generation.fetch_add(1, Ordering::Relaxed);
        let frame = Arc::new(Frame::updated(item.clone()));
        self.ring().replace(item);
        self.send(Event::Updated(frame));
    }

    /// What concerns one person alone: finished bytes.
    pub fn personal(&self, person: Uuid, bytes: Bytes) {
        self.send(Event::Personal { person, bytes });
    }

    /// What all admins are told: finished bytes.
    pub fn for_admins(&self, bytes: Bytes) {
        self.send(Event::Admins(bytes));
    }

    /// What one forwarding `tail` is asked to do: finished bytes.
    pub fn replay(&self, tail: Uuid, bytes: Bytes) {
        self.send(Event::Replay { tail, bytes });
    }

    /// Deleted callbacks leave the ring too: no replay may bring them back.
    pub fn deleted(&self, rows: Vec<DeletedRow>) {
        self.generation.fetch_add(1, Ordering::Relaxed);
        self.ring().remove(&rows);
        self.send(Event::Deleted(Arc::new(rows)));
    }

    /// A failover or a restore has lost what came after `kept`: no replay shows it any more, and streams are told.
    pub fn lost(&self, kept: Cursor) {
        self.generation.fetch_add(1, Ordering::Relaxed);
        let mut ring = self.ring();
        ring.begin_at(kept);
        // Under the ring's lock, as what is published.
        self.send(Event::Lost { kept });
    }

    /// What is at or below was pruned: no replay shows it any more.
    pub fn forget(&self, floor: Cursor) {
        self.ring().forget(floor);
    }

    /// What follows `after`, if memory reaches back so far: as much as is said at once. Frames before it may be in it,
    /// since others who are behind by about as much are given the same.
    pub fn recent(&self, after: Cursor) -> Option<Arc<Batch>> {
        self.ring().after(after)
    }

    /// Whether `cursor` is one that was published here, and everything after it is in memory.
    pub fn has_shown(&self, cursor: Cursor) -> bool {
        self.ring().has_shown(cursor)
    }

    /// Whether everything after `cursor` is in memory.
    pub fn reaches_back_to(&self, cursor: Cursor) -> bool {
        self.ring().reaches_back_to(cursor)
    }

    /// How many deletions and changes have been told: what was read under another number may show what was before.
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Relaxed)
    }

    /// Frames and bytes in the ring, and the streams that listen.
    pub fn load(&self) -> (usize, usize, usize) {
        let (frames, bytes) = self.ring().size();
        (frames, bytes, self.sender.receiver_count())
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        // A panic while the lock was held leaves at worst a frame missing at one end: still a consistent ring.
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, event: Event) {
        // Nobody listening is no error.
        let _ = self.sender.send(event);
    }
}

#[cfg(test)]
mod tests;

//! The outage spool: what cannot reach the database is kept on this machine's own disk, and stored when it is back.
//!
//! The LLM service gives up for good after 65 seconds. With `spool_dir` set, a callback that the writer cannot bring into
//! the database is appended to a log here, synced, and only then answered 202.
//!
//! The decision worth arguing about: the spool is first in, first out for the whole node. As long as there is anything
//! in it, whatever comes is put behind it, also while the database is back and the spool is being drained; so nothing
//! that is sent after a 202 is ever stored before it. Only while the last of it is being stored do those who come wait
//! for a moment, since a spool that is emptied as fast as it is filled would never be empty.
//!
//! A log of our own, since nothing more is needed: entries are appended, read once in order, and removed by the file.
//! An embedded store would sync more than once for a commit, and keep space that was given back.

mod append;
mod drain;
mod entry;
mod fate;
mod folder;
mod log;
mod look;
mod record;
mod tally;
mod teller;

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::Utc;
use tokio::{
    sync::{Notify, mpsc, oneshot, watch},
    time::Instant,
};

use self::{append::Append, folder::Folder, log::Log, tally::Tally};
pub use self::{
    append::Appender,
    drain::Drain,
    folder::Error,
    look::{Look, look},
    tally::Load,
    teller::Teller,
};
use crate::{callback::NewCallback, hub::Alerts};

/// Appends that wait for the disk; each holds a body.
const WAITING_MAX: usize = 10_000;

/// Where a callback goes that comes now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// To the database: the spool is empty.
    Database,
    /// Behind those that are in the spool.
    Spool,
    /// The last of the spool is being stored: in a moment it is known.
    Soon,
}

/// Why a callback was not spooled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotSpooled {
    Full,
    /// The disk has refused it.
    Failed,
    /// The disk has not taken it in time. It may still.
    Late,
}

/// A handle, cheap to clone.
#[derive(Debug, Clone)]
pub struct Spool(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// Used on threads that may block, and held while the disk works.
    log: Mutex<Log>,
    /// Never held for longer than it takes to count.
    tally: Mutex<Tally>,
    way: watch::Sender<Way>,
    appends: mpsc::Sender<Append>,
    /// Something has been added to the log.
    added: Notify,
    alerts: Alerts,
}

impl Spool {
    /// Opens the folder, and finds what was left there.
    pub fn open(path: &Path, bytes_max: u64, alerts: Alerts) -> Result<(Self, Appender), Error> {
        let log = Log::open(Folder::open(path)?)?;
        let (appends, waiting) = mpsc::channel(WAITING_MAX);
        let (callbacks, bytes) = (log.entries(), log.bytes());
        let spool = Self(Arc::new(Shared {
            way: watch::Sender::new(if callbacks > 0 { Way::Spool } else { Way::Database }),
            tally: Mutex::new(Tally::of(callbacks, bytes, log.since, bytes_max)),
            log: Mutex::new(log),
            appends,
            added: Notify::new(),
            alerts,
        }));
        spool.say_what_was_found();
        if callbacks > 0 {
            tracing::info!(callbacks, bytes, "the spool is not empty: its callbacks are stored first");
        }
        Ok((spool.clone(), Appender::new(spool, waiting)))
    }

    /// How full it is.
    pub fn load(&self) -> Load {
        self.tally().load(self.is_in_use())
    }

    /// At the end of this process.
    pub fn tell_what_is_left(&self) {
        let Load { callbacks, bytes, .. } = self.load();
        if callbacks > 0 {
            tracing::warn!(
                callbacks,
                bytes,
                "the spool is not empty: it is kept, and stored after the next start"
            );
        }
    }

    /// Whether it takes callbacks: there is room, and the disk has not refused one just now.
    pub fn takes(&self) -> bool {
        self.tally().takes()
    }

    /// Whether there is anything in it.
    pub fn is_in_use(&self) -> bool {
        *self.0.way.borrow() == Way::Spool
    }

    /// Where a callback goes; waits for that while it is about to change.
    pub async fn way(&self, deadline: Instant) -> Way {
        let way = *self.0.way.borrow();
        if way != Way::Soon {
            return way;
        }
        let mut watched = self.0.way.subscribe();
        let known = watched.wait_for(|way| *way != Way::Soon);
        tokio::time::timeout_at(deadline, known)
            .await
            .map_or(Way::Spool, |known| known.map_or(Way::Spool, |way| *way))
    }

    /// Returns well when it is on disk.
    pub async fn append(&self, new: &NewCallback, deadline: Instant) -> Result<(), NotSpooled> {
        let received_at = Utc::now();
        let payload = entry::encode(new, received_at);
        let size = record::size(&payload);
        self.reserve(size, received_at)?;
        let (reply, answer) = oneshot::channel();
        if self.0.appends.try_send(Append { payload, reply }).is_err() {
            self.give_back(1, size);
            return Err(NotSpooled::Full);
        }
        match tokio::time::timeout_at(deadline, answer).await {
            Ok(Ok(true)) => Ok(()),
            Ok(_) => Err(NotSpooled::Failed),
            Err(_) => Err(NotSpooled::Late),
        }
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.0.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// On a thread that may block.
    async fn with_log<T: Send + 'static>(&self, work: impl FnOnce(&mut Log) -> T + Send + 'static) -> T {
        let shared = self.0.clone();
        let work = move || work(&mut shared.log.lock().unwrap_or_else(PoisonError::into_inner));
        tokio::task::spawn_blocking(work).await.expect("nothing in the log panics")
    }
}

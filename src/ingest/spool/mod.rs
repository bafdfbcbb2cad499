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
mod folder;
mod log;
mod look;
mod record;

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use metrics::{counter, gauge};
use tokio::{
    sync::{Notify, mpsc, oneshot, watch},
    time::Instant,
};

use self::{
    append::Append,
    folder::Folder,
    log::{Log, Segment},
};
pub use self::{
    append::Appender,
    drain::Drain,
    folder::Error,
    look::{Look, look},
};
use crate::{
    callback::NewCallback,
    hub::{Alert, Alerts},
    telemetry::count,
};

/// Appends that wait for the disk; each holds a body.
const WAITING_MAX: usize = 10_000;
/// From here on somebody should know: hundredths of the limit.
const FILLING_PERCENT: u64 = 80;
/// For so long a disk that has failed is taken for one that does. Then somebody must try: it may have room again.
const FAILED_FOR: Duration = Duration::from_secs(10);

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
    bytes_max: u64,
    /// Used on threads that may block, and held while the disk works.
    log: Mutex<Log>,
    /// Never held for longer than it takes to count.
    state: Mutex<State>,
    way: watch::Sender<Way>,
    appends: mpsc::Sender<Append>,
    /// Something has been added to the log.
    added: Notify,
    alerts: Alerts,
}

/// What is in it, with what is on its way there.
#[derive(Debug, Default)]
struct State {
    entries: usize,
    bytes: u64,
    /// When the first one of them was received.
    since: Option<DateTime<Utc>>,
    /// Brought to the database since it was last empty.
    drained: u64,
    /// What was last said of it: more alarming things are said once, until it is empty.
    level: Level,
    failed_at: Option<Instant>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    #[default]
    Empty,
    Spooling,
    Filling,
    Full,
}

/// How full it is.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    pub callbacks: usize,
    pub bytes: u64,
    pub bytes_max: u64,
    /// The age of the first one; `None` when there is none.
    pub oldest: Option<Duration>,
}

impl Spool {
    /// Opens the folder, and finds what was left there.
    pub fn open(path: &Path, bytes_max: u64, alerts: Alerts) -> Result<(Self, Appender), Error> {
        let log = Log::open(Folder::open(path)?)?;
        let (appends, waiting) = mpsc::channel(WAITING_MAX);
        let state =
            State { entries: log.entries(), bytes: log.bytes(), since: log.since, ..State::default() };
        let spool = Self(Arc::new(Shared {
            bytes_max,
            way: watch::Sender::new(if state.entries > 0 { Way::Spool } else { Way::Database }),
            log: Mutex::new(log),
            state: Mutex::new(state),
            appends,
            added: Notify::new(),
            alerts,
        }));
        spool.say(&mut spool.state());
        let Load { callbacks, bytes, .. } = spool.load();
        if callbacks > 0 {
            tracing::info!(callbacks, bytes, "the spool is not empty: its callbacks are stored first");
        }
        Ok((spool.clone(), Appender::new(spool, waiting)))
    }

    pub fn load(&self) -> Load {
        let state = self.state();
        let age = |since: DateTime<Utc>| (Utc::now() - since).to_std().unwrap_or_default();
        Load {
            callbacks: state.entries,
            bytes: state.bytes,
            bytes_max: self.0.bytes_max,
            oldest: state.since.map(age),
        }
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
        let state = self.state();
        let failed = state.failed_at.is_some_and(|at| at.elapsed() < FAILED_FOR);
        state.bytes < self.0.bytes_max && !failed
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

    fn reserve(&self, size: u64, received_at: DateTime<Utc>) -> Result<(), NotSpooled> {
        let mut state = self.state();
        if state.bytes + size > self.0.bytes_max {
            counter!("callbackd_spool_refused_total").increment(1);
            if state.level < Level::Full {
                state.level = Level::Full;
                self.0.alerts.raise(Alert::spool_full(self.0.bytes_max));
            }
            return Err(NotSpooled::Full);
        }
        state.bytes += size;
        state.entries += 1;
        state.since.get_or_insert(received_at);
        self.0
            .way
            .send_if_modified(|way| *way == Way::Database && std::mem::replace(way, Way::Spool) != *way);
        measure(&state);
        Ok(())
    }

    /// They are on disk.
    fn appended(&self, entries: usize) {
        counter!("callbackd_spool_spooled_total").increment(entries as u64);
        let mut state = self.state();
        state.failed_at = None;
        self.0.alerts.clear(Alert::SPOOL_FAILED);
        self.say(&mut state);
        self.0.added.notify_one();
    }

    /// They are not.
    fn not_appended(&self, entries: usize, bytes: u64, error: &std::io::Error) {
        counter!("callbackd_spool_failures_total").increment(1);
        self.state().failed_at = Some(Instant::now());
        self.give_back(entries, bytes);
        self.0.alerts.raise(Alert::spool_failed(&error.to_string()));
    }

    /// Takes back what was reserved and did not come to be.
    fn give_back(&self, entries: usize, bytes: u64) {
        let mut state = self.state();
        state.bytes -= bytes;
        self.less(&mut state, entries);
    }

    /// So many are in the database; `since` is when the next one was received, if that is known.
    fn drained(&self, entries: usize, since: Option<DateTime<Utc>>) {
        counter!("callbackd_spool_drained_total").increment(entries as u64);
        let mut state = self.state();
        state.drained += entries as u64;
        state.since = since.or(state.since);
        self.less(&mut state, entries);
    }

    fn less(&self, state: &mut State, entries: usize) {
        state.entries -= entries;
        if state.entries > 0 {
            return measure(state);
        }
        state.since = None;
        self.0.way.send_replace(Way::Database);
        if std::mem::take(&mut state.level) != Level::Empty {
            let drained = std::mem::take(&mut state.drained);
            self.0.alerts.end(&Alert::spool_drained(drained));
        }
        measure(state);
    }

    /// So many were there and cannot be found any more.
    fn missed(&self, entries: usize) {
        self.less(&mut self.state(), entries);
    }

    /// All of a file is in the database.
    async fn remove(&self, segment: Segment) {
        let bytes = segment.bytes;
        match self.with_log(move |log| log.remove(&segment)).await {
            Ok(()) => self.freed(bytes),
            // It is brought again after the next start, and found to be known.
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a drained file cannot be removed");
            }
        }
    }

    /// Not all of a file could be read.
    async fn set_aside(&self, segment: Segment) {
        let bytes = segment.bytes;
        match self.with_log(move |log| log.set_aside(&segment)).await {
            Ok(place) => {
                self.freed(bytes);
                self.0.alerts.raise(Alert::spool_damaged(&place));
            }
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "a damaged file cannot be moved away"
                );
            }
        }
    }

    /// Whether what the database has refused is kept beside the spool.
    async fn keep_refused(&self, name: String, text: Vec<u8>) -> bool {
        match self.with_log(move |log| log.keep_refused(&name, &text)).await {
            Ok(place) => {
                counter!("callbackd_spool_set_aside_total").increment(1);
                self.0.alerts.raise(Alert::spool_refused(&place));
                true
            }
            Err(error) => {
                self.0.alerts.raise(Alert::spool_failed(&error.to_string()));
                false
            }
        }
    }

    /// Whether an entry, which is still counted where it was, is at the end now.
    async fn put_back(&self, payload: Vec<u8>) -> bool {
        let size = record::size(&payload);
        // There would be nothing that it lets pass.
        if self.state().entries == 1 {
            return false;
        }
        self.state().bytes += size;
        let appended = self.with_log(move |log| log.append(&[payload])).await;
        if let Err(error) = &appended {
            self.freed(size);
            self.0.alerts.raise(Alert::spool_failed(&error.to_string()));
        }
        appended.is_ok()
    }

    fn freed(&self, bytes: u64) {
        let mut state = self.state();
        state.bytes -= bytes;
        measure(&state);
    }

    /// Whether these are the last ones: then whoever comes now waits until they are stored.
    fn ends_with(&self, entries: usize) {
        let state = self.state();
        if state.entries == entries {
            self.0.way.send_replace(Way::Soon);
        }
    }

    /// They were not stored: nobody waits for that any longer.
    fn goes_on(&self) {
        let _state = self.state();
        self.0
            .way
            .send_if_modified(|way| *way == Way::Soon && std::mem::replace(way, Way::Spool) == Way::Soon);
    }

    fn say(&self, state: &mut State) {
        measure(state);
        let level = match state.entries {
            0 => Level::Empty,
            _ if state.bytes >= self.0.bytes_max / 100 * FILLING_PERCENT => Level::Filling,
            _ => Level::Spooling,
        };
        if level <= state.level {
            return;
        }
        state.level = level;
        self.0.alerts.raise(match level {
            Level::Filling | Level::Full => Alert::spool_filling(state.bytes, self.0.bytes_max),
            Level::Spooling | Level::Empty => Alert::spooling(),
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// On a thread that may block.
    async fn with_log<T: Send + 'static>(&self, work: impl FnOnce(&mut Log) -> T + Send + 'static) -> T {
        let shared = self.0.clone();
        let work = move || work(&mut shared.log.lock().unwrap_or_else(PoisonError::into_inner));
        tokio::task::spawn_blocking(work).await.expect("nothing in the log panics")
    }
}

fn measure(state: &State) {
    gauge!("callbackd_spool_callbacks").set(count(state.entries));
    gauge!("callbackd_spool_bytes").set(count(usize::try_from(state.bytes).unwrap_or(usize::MAX)));
}

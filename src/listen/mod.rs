//! Station 3: "there is more".
//!
//! One dedicated connection that listens. A notification is only a wake-up: rows are read from the table, by position,
//! after the last one published. So a notification that is lost, doubled or late changes when a row is seen, never
//! whether. The same holds for what the writer of this node hands over, which is only used where nobody else's rows can
//! lie before it.

mod checks;
mod link;
mod wake;

use std::time::Duration;

use metrics::{counter, histogram};
use rand::RngExt as _;
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::{
    checks::Echo,
    link::{Heard, Link},
    wake::Wake,
};
use crate::{
    callback::{Cursor, Item, Row, Store},
    db::{self, Db},
    hub::Hub,
    ingest::Handed,
    signal::{DeletedRow, Signal},
};

/// Rows of one read. A longer gap is read in several.
const PAGE_ROWS: i64 = 500;
/// How often the table is read while notifications do not arrive.
const POLLING_INTERVAL: Duration = Duration::from_secs(1);
/// How long the writer's hand-over may come after its notification before the table is read instead.
const HAND_OVER_WAIT: Duration = Duration::from_millis(25);

/// How long a callback that the timer has seen may go without a notification before it counts as lost: under load
/// there are always some that are only just on their way.
const NOTIFICATION_WAIT: Duration = Duration::from_millis(250);

/// How new callbacks are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// No connection yet, or none any more: the table is read every second.
    Connecting,
    /// Notifications arrive.
    Listening,
    /// Connected, but notifications do not arrive: the table is read every second.
    Polling,
}

impl Mode {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Listening => "listening",
            Self::Polling => "polling",
        }
    }
}

/// What the streams are told apart from callbacks.
#[derive(Debug)]
pub enum News {
    Signal(Signal),
    /// Signals may have been lost: whatever they would have said must be looked up.
    Gap,
}

/// What the listener stands on.
pub struct Parts {
    /// The connection that listens; its own address where the pool goes through a pooler.
    pub settings: db::Settings,
    pub db: Db,
    pub store: Store,
    pub hub: Hub,
    pub handed: mpsc::Receiver<Handed>,
    pub news: mpsc::Sender<News>,
    /// This server, as its writer names it in notifications.
    pub node: Uuid,
    pub poll_interval: Duration,
}

/// The task.
pub struct Listener {
    link: Link,
    db: Db,
    store: Store,
    hub: Hub,
    handed: mpsc::Receiver<Handed>,
    news: mpsc::Sender<News>,
    node: Uuid,
    poll_interval: Duration,
    mode: watch::Sender<Mode>,
    /// Everything up to here has been published.
    position: Cursor,
    /// Our own writer has said that it committed up to here, and will hand it over by then.
    promised: Option<(Cursor, Instant)>,
    /// The timer has seen that there is something up to here, which is to be notified by then.
    suspected: Option<(Cursor, Instant)>,
    echo: Echo,
    next_poll: Instant,
}

impl Listener {
    /// Fixes where the streams of this node begin, so that it is known before the first of them opens.
    pub async fn new(parts: Parts) -> Result<(Self, watch::Receiver<Mode>), db::Error> {
        let (mode, watched) = watch::channel(Mode::Connecting);
        let position = parts.store.head().await?;
        parts.hub.begin_at(position);
        let listener = Self {
            link: Link::new(parts.settings, parts.node),
            db: parts.db,
            store: parts.store,
            hub: parts.hub,
            handed: parts.handed,
            news: parts.news,
            node: parts.node,
            poll_interval: parts.poll_interval,
            mode,
            position,
            promised: None,
            suspected: None,
            echo: Echo::Returned,
            next_poll: Instant::now() + POLLING_INTERVAL,
        };
        Ok((listener, watched))
    }

    /// Runs until `shutdown`. Never fails for the database being away: then it waits, and catches up.
    pub async fn run(mut self, shutdown: CancellationToken) -> Result<(), db::Error> {
        loop {
            let promise = self.promised.map_or_else(far_away, |(_, until)| until);
            let suspicion = self.suspected.map_or_else(far_away, |(_, until)| until);
            tokio::select! {
                biased;
                () = shutdown.cancelled() => return Ok(()),
                // Times before messages: a flood of those must not put them off.
                () = sleep_until(promise) => self.promise_broken().await,
                () = sleep_until(suspicion) => self.recover().await,
                () = sleep_until(self.next_poll) => self.poll().await,
                heard = self.link.next() => self.hear(heard).await,
                Some(handed) = self.handed.recv() => self.take(handed).await,
            }
        }
    }

    async fn hear(&mut self, heard: Heard) {
        match heard {
            Heard::Connected => self.connected().await,
            Heard::Disconnected => {
                self.set_mode(Mode::Connecting);
                self.next_poll = Instant::now() + POLLING_INTERVAL;
            }
            Heard::Echo => {
                self.echo = Echo::Returned;
                self.set_mode(Mode::Listening);
                self.hub.alerts().clear("listener_polling");
            }
            Heard::Callbacks(wake) => self.wake(wake).await,
            Heard::Signal(Signal::Deleted { rows }) => self.deleted(rows).await,
            Heard::Signal(signal) => self.tell(signal),
        }
    }

    /// It listens already: whatever was committed before is read now, whatever comes later will be heard.
    async fn connected(&mut self) {
        self.send_echo().await;
        self.tell_gap();
        if let Err(error) = self.check_loss().await {
            self.could_not_read(&error);
        }
        self.catch_up().await;
        self.next_poll = Instant::now() + self.interval();
    }

    async fn wake(&mut self, wake: Wake) {
        if wake.last <= self.position {
            return;
        }
        if wake.node == self.node {
            self.promised = Some((wake.last, Instant::now() + HAND_OVER_WAIT));
        } else {
            self.catch_up().await;
        }
    }

    /// Rows of our own writer. Only if nobody else's can lie between our position and them.
    async fn take(&mut self, handed: Handed) {
        let (Some(first), Some(last)) = (handed.items.first(), handed.items.last()) else { return };
        if last.cursor <= self.position {
            return;
        }
        if handed.previous <= self.position && self.position < first.cursor {
            let through = last.cursor;
            self.publish(handed.items, through, "handed");
        } else {
            self.catch_up().await;
        }
    }

    async fn promise_broken(&mut self) {
        self.promised = None;
        counter!("callbackd_listener_hand_overs_missed_total").increment(1);
        self.catch_up().await;
    }

    async fn poll(&mut self) {
        self.next_poll = far_away();
        if self.is_notified() {
            self.suspect().await;
        } else {
            self.catch_up().await;
        }
        self.check_floor().await;
        self.check_echo().await;
        self.check_queue().await;
        self.tell_gap();
        // A read that failed has asked for an earlier one.
        self.next_poll = self.next_poll.min(Instant::now() + self.interval());
    }

    /// Whether there is something that no notification has announced so far.
    async fn suspect(&mut self) {
        match self.store.head().await {
            Ok(head) if head > self.position && self.suspected.is_none() => {
                self.suspected = Some((head, Instant::now() + NOTIFICATION_WAIT));
            }
            Ok(_) => {}
            Err(error) => self.could_not_read(&error),
        }
    }

    /// What only the timer finds was notified to nobody: it is counted, so that somebody asks why.
    async fn recover(&mut self) {
        if self.suspected.take().is_none_or(|(head, _)| head <= self.position) {
            return;
        }
        let found = self.catch_up().await;
        if found > 0 {
            counter!("callbackd_listener_recovered_callbacks_total").increment(found);
            tracing::warn!(callbacks = found, "found callbacks that no notification had announced");
        }
    }

    /// Reads everything after the position; returns how many callbacks were new.
    async fn catch_up(&mut self) -> u64 {
        let mut found = 0;
        loop {
            match self.read_page().await {
                Ok((new, true)) => found += new,
                Ok((new, false)) => return found + new,
                Err(error) => {
                    self.could_not_read(&error);
                    return found;
                }
            }
        }
    }

    /// How many callbacks of the next page were new, and whether there may be another.
    async fn read_page(&mut self) -> Result<(u64, bool), db::Error> {
        let rows = self.store.page_after(self.position, None, PAGE_ROWS).await?;
        let ends = (rows.first().map(Row::cursor), rows.last().map(Row::cursor));
        let (Some(first), Some(through)) = ends else { return Ok((0, false)) };
        // A gap is another life of the database, which may have begun before ours had come so far.
        if !self.position.is_followed_at_once_by(first) && self.check_loss().await? {
            return Ok((0, true));
        }
        let more = rows.len() >= usize::try_from(PAGE_ROWS).unwrap_or(usize::MAX);
        let items: Vec<Item> = rows.into_iter().filter_map(Row::live).collect();
        let new = items.len() as u64;
        self.publish(items, through, "read");
        Ok((new, more))
    }

    fn could_not_read(&mut self, error: &db::Error) {
        tracing::warn!(
            error = error as &dyn std::error::Error,
            "new callbacks could not be read, trying again"
        );
        self.next_poll = Instant::now() + POLLING_INTERVAL;
    }

    fn publish(&mut self, items: Vec<Item>, through: Cursor, way: &'static str) {
        counter!("callbackd_listener_published_total", "way" => way).increment(items.len() as u64);
        let (now, lag) = (chrono::Utc::now(), histogram!("callbackd_listener_lag_seconds"));
        for item in &items {
            lag.record((now - item.created_at).as_seconds_f64().max(0.0));
        }
        self.hub.publish(items, through);
        self.position = through;
        if self.promised.is_some_and(|(promised, _)| promised <= through) {
            self.promised = None;
        }
    }

    /// Told from here and not by way of the news: it must not overtake rows that are being published. Nor those that
    /// our own writer is still handing over: read from the table they are gone, and what is handed over comes too late.
    async fn deleted(&mut self, rows: Vec<DeletedRow>) {
        if self.promised.is_some() || !self.handed.is_empty() {
            self.catch_up().await;
        }
        self.hub.deleted(rows);
    }

    fn tell(&mut self, signal: Signal) {
        if self.news.try_send(News::Signal(signal)).is_err() {
            self.next_poll = Instant::now();
        }
    }

    /// If there is no room, the next poll tells again.
    fn tell_gap(&self) {
        let _ = self.news.try_send(News::Gap);
    }

    fn set_mode(&self, mode: Mode) {
        // While notifications do not arrive a new connection is only one more attempt.
        let keeps = *self.mode.borrow() == Mode::Polling && mode == Mode::Connecting;
        if !keeps && self.mode.send_replace(mode) != mode {
            tracing::info!(mode = mode.as_str(), "listener");
        }
    }

    /// Whether notifications are to be expected.
    fn is_notified(&self) -> bool {
        *self.mode.borrow() == Mode::Listening && !self.hub.alerts().is_active("notification_queue_full")
    }

    fn interval(&self) -> Duration {
        if self.is_notified() {
            self.poll_interval.mul_f64(rand::rng().random_range(0.8..1.2))
        } else {
            POLLING_INTERVAL
        }
    }
}

fn far_away() -> Instant {
    Instant::now() + Duration::from_hours(24)
}

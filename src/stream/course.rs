//! What a stream says, in order: greeting, replay, ready, and then whatever comes.

use std::{sync::Arc, time::Duration};

use bytes::{BufMut as _, Bytes, BytesMut};
use chrono::{DateTime, Utc};
use metrics::counter;
use rand::RngExt as _;
use serde::Serialize;
use tokio::sync::broadcast::{
    Receiver,
    error::{RecvError, TryRecvError},
};
use uuid::Uuid;

use super::{
    api::Shared,
    resume::{Asked, Start, start},
};
use crate::{
    callback::{Cursor, Filter, Scope, Viewer},
    db,
    hub::{Batch, Event, Frame, event},
    signal::DeletedRow,
};

/// How long a client waits before it comes back; different for each, so that not all come back at once.
const RETRY_MS: std::ops::Range<u32> = 1_000..4_000;
/// Between attempts to read while the database is away; heartbeats go on meanwhile.
const DATABASE_RETRY: Duration = Duration::from_secs(1);
/// What is written together at most, if it is there at once.
const JOINED_BYTES_MAX: usize = 64 * 1024;

pub struct Course {
    shared: Arc<Shared>,
    viewer: Viewer,
    filter: Filter,
    events: Receiver<Event>,
    /// Everything up to here has been sent, or was not this stream's to send.
    position: Cursor,
    phase: Phase,
}

#[derive(Clone, Copy)]
enum Phase {
    Greeting(Asked),
    Beginning(Asked),
    Replaying { through: Cursor },
    Announcing,
    Live,
}

impl Course {
    /// Subscribes at once: what is published from now on cannot be missed.
    pub fn new(shared: Arc<Shared>, viewer: Viewer, filter: Filter, asked: Asked) -> Self {
        let events = shared.hub.subscribe();
        Self { shared, viewer, filter, events, position: Cursor::START, phase: Phase::Greeting(asked) }
    }

    /// The next bytes. Safe to be cancelled: nothing is taken that is not also kept or returned.
    pub async fn next(&mut self) -> Bytes {
        loop {
            let said = match self.phase {
                Phase::Greeting(asked) => Ok(self.greet(asked)),
                Phase::Beginning(asked) => self.begin(asked).await,
                Phase::Replaying { through } => self.replay(through).await,
                Phase::Announcing => self.announce().await,
                Phase::Live => Ok(self.live().await),
            };
            match said {
                Ok(bytes) if bytes.is_empty() => {}
                Ok(bytes) => return bytes,
                Err(error) => {
                    tracing::debug!(
                        error = &error as &dyn std::error::Error,
                        "a stream waits for the database"
                    );
                    tokio::time::sleep(DATABASE_RETRY).await;
                }
            }
        }
    }

    /// At once, so that proxies and clients see that the stream is open.
    fn greet(&mut self, asked: Asked) -> Bytes {
        self.phase = Phase::Beginning(asked);
        format!("retry: {}\n\n", rand::rng().random_range(RETRY_MS)).into()
    }

    async fn begin(&mut self, asked: Asked) -> Result<Bytes, db::Error> {
        let start = start(asked, &self.shared.hub, &self.shared.store).await?;
        let (cursor, said) = match start {
            Start::After(cursor) => (cursor, Bytes::new()),
            Start::Reset(head) => (head, event("reset", Some(head), &Reset { cursor: head })),
        };
        self.position = cursor;
        self.phase = Phase::Replaying { through: self.shared.hub.head() };
        Ok(said)
    }

    async fn replay(&mut self, through: Cursor) -> Result<Bytes, db::Error> {
        if self.position >= through {
            self.phase = Phase::Announcing;
            return Ok(Bytes::new());
        }
        let page = self.shared.pages.next(self.position, through).await?;
        Ok(self.callbacks(&page))
    }

    async fn announce(&mut self) -> Result<Bytes, db::Error> {
        let unviewed_count = self.shared.counts.unviewed(&self.viewer).await?;
        self.phase = Phase::Live;
        let ready = Ready { cursor: self.position, unviewed_count, server_time: Utc::now() };
        let ready = event("ready", Some(self.position), &ready);
        if self.viewer.scope != Scope::All {
            return Ok(ready);
        }
        Ok([ready, self.shared.hub.alerts().active_bytes()].concat().into())
    }

    /// Waits for an event, and takes along those that are there already.
    async fn live(&mut self) -> Bytes {
        let first = match self.events.recv().await {
            Ok(event) => self.render(&event),
            Err(RecvError::Lagged(_)) => return self.lagged(),
            // The hub lives as long as the server: then the stream is ended by its control.
            Err(RecvError::Closed) => std::future::pending().await,
        };
        if self.events.is_empty() {
            return first;
        }
        let mut joined = BytesMut::from(first.as_ref());
        while joined.len() < JOINED_BYTES_MAX {
            match self.events.try_recv() {
                Ok(event) => joined.put(self.render(&event)),
                Err(TryRecvError::Lagged(_)) => {
                    // Nothing more may be taken now: the replay covers only what was published up to here.
                    joined.put(self.lagged());
                    break;
                }
                Err(_) => break,
            }
        }
        joined.freeze()
    }

    /// Behind by more than the broadcast holds: not an error, but another replay.
    fn lagged(&mut self) -> Bytes {
        counter!("callbackd_stream_lagged_total").increment(1);
        self.phase = Phase::Replaying { through: self.shared.hub.head() };
        Bytes::new()
    }

    fn render(&mut self, event: &Event) -> Bytes {
        match event {
            Event::Callbacks(batch) => self.callbacks(batch),
            Event::Updated(frame) if self.wants(frame) => frame.bytes.clone(),
            Event::Viewed { person, bytes } if *person == self.viewer.profile => bytes.clone(),
            Event::Deleted(rows) => self.deleted(rows),
            Event::Alert(bytes) if self.viewer.scope == Scope::All => bytes.clone(),
            Event::Updated(_) | Event::Viewed { .. } | Event::Alert(_) => Bytes::new(),
        }
    }

    /// What of a batch is new to this stream and meant for it. A filtered stream moves its position on all the same,
    /// with an id that stands alone.
    fn callbacks(&mut self, batch: &Batch) -> Bytes {
        let position = self.position;
        if batch.through <= position {
            return Bytes::new();
        }
        self.position = batch.through;
        let unfiltered = self.viewer.scope == Scope::All && self.filter.is_empty();
        if unfiltered && batch.frames.first().is_none_or(|frame| frame.cursor > position) {
            return batch.bytes();
        }
        let mut said = BytesMut::new();
        let mut last = None;
        for frame in batch.frames.iter().filter(|frame| frame.cursor > position && self.wants(frame)) {
            said.put_slice(&frame.bytes);
            last = Some(frame.cursor);
        }
        if !unfiltered && last != Some(batch.through) {
            said.put_slice(format!("id: {}\n\n", batch.through).as_bytes());
        }
        said.freeze()
    }

    fn wants(&self, frame: &Frame) -> bool {
        let theirs = match &self.viewer.scope {
            Scope::All => true,
            Scope::Owner(owner) => frame.facets.signature_valid && frame.facets.owner.as_ref() == Some(owner),
        };
        theirs && self.filter.matches(&frame.facets)
    }

    fn deleted(&self, rows: &[DeletedRow]) -> Bytes {
        let theirs = |row: &&DeletedRow| match &self.viewer.scope {
            Scope::All => true,
            Scope::Owner(owner) => row.1.as_ref() == Some(owner),
        };
        let ids: Vec<Uuid> = rows.iter().filter(theirs).map(|row| row.0).collect();
        if ids.is_empty() { Bytes::new() } else { event("deleted", None, &Deleted { ids }) }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ready {
    cursor: Cursor,
    unviewed_count: i64,
    server_time: DateTime<Utc>,
}

#[derive(Serialize)]
struct Reset {
    cursor: Cursor,
}

#[derive(Serialize)]
struct Deleted {
    ids: Vec<Uuid>,
}

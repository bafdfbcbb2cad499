//! What a stream says, in order: greeting, replay, ready, and then whatever comes.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use bytes::{BufMut as _, Bytes, BytesMut};
use chrono::{DateTime, Utc};
use metrics::counter;
use rand::RngExt as _;
use serde::Serialize;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use uuid::Uuid;

use super::{
    api::Shared,
    resume::{Asked, Start, start},
};
use crate::{
    callback::{Cursor, Filter, Scope, Viewer},
    db,
    hub::{Batch, Event, Frame, PIECE_BYTES_MAX, Published, event},
    signal::DeletedRow,
};

/// How long a client waits before it comes back; different for each, so that not all come back at once.
const RETRY_MS: std::ops::Range<u32> = 1_000..4_000;
/// Between attempts to read while the database is away; heartbeats go on meanwhile.
const DATABASE_RETRY: Duration = Duration::from_secs(1);

pub struct Course {
    shared: Arc<Shared>,
    viewer: Viewer,
    filter: Filter,
    /// What it is asked for by, if it is that of a forwarding `tail`.
    tail: Option<Uuid>,
    events: Receiver<Event>,
    /// Everything up to here has been sent, or was not this stream's to send.
    position: Cursor,
    /// Of what is live, a batch that was too long to be said at once. Not kept alive for a reader who does not read.
    unfinished: Option<Weak<Batch>>,
    phase: Phase,
}

#[derive(Clone, Copy)]
enum Phase {
    Greeting(Asked),
    Beginning(Asked),
    /// Up to there; to be announced, unless nothing but callbacks can have been missed.
    Replaying {
        through: Cursor,
        announced: bool,
    },
    Announcing,
    Live,
}

impl Course {
    /// Subscribes at once: what is published from now on cannot be missed.
    pub fn new(
        shared: Arc<Shared>,
        viewer: Viewer,
        filter: Filter,
        tail: Option<Uuid>,
        asked: Asked,
    ) -> Self {
        let events = shared.hub.subscribe();
        let (position, phase) = (Cursor::START, Phase::Greeting(asked));
        Self { shared, viewer, filter, tail, events, position, unfinished: None, phase }
    }

    /// The next bytes: whole events. Safe to be cancelled: nothing is taken that is not also kept or returned.
    pub async fn next(&mut self) -> Bytes {
        loop {
            let said = match self.phase {
                Phase::Greeting(asked) => Ok(self.greet(asked)),
                Phase::Beginning(asked) => Box::pin(self.begin(asked)).await,
                Phase::Replaying { through, announced } => Box::pin(self.replay(through, announced)).await,
                Phase::Announcing => Box::pin(self.announce()).await,
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
                    Box::pin(tokio::time::sleep(DATABASE_RETRY)).await;
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
        let Shared { hub, store, bounds, .. } = &*self.shared;
        let start = start(asked, hub, store, bounds).await?;
        let said = match start {
            Start::After(cursor) => {
                self.position = cursor;
                Bytes::new()
            }
            Start::Reset(head) => self.reset(head),
        };
        self.phase = Phase::Replaying { through: self.shared.hub.head(), announced: false };
        Ok(said)
    }

    /// The client cannot be caught up from where it was: it is to reload, and goes on from here.
    fn reset(&mut self, cursor: Cursor) -> Bytes {
        self.position = cursor;
        event("reset", Some(cursor), &Reset { cursor })
    }

    async fn replay(&mut self, through: Cursor, announced: bool) -> Result<Bytes, db::Error> {
        // The head goes back when the database has lost rows.
        if self.position >= through.min(self.shared.hub.head()) {
            self.phase = if announced { Phase::Live } else { Phase::Announcing };
            return Ok(Bytes::new());
        }
        let page = self.shared.pages.next(self.position, through).await?;
        Ok(self.callbacks(&page))
    }

    async fn announce(&mut self) -> Result<Bytes, db::Error> {
        let unviewed_count = self.shared.counts.unviewed(&self.viewer, self.position).await?;
        self.phase = Phase::Live;
        let ready = Ready { cursor: self.position, unviewed_count, server_time: Utc::now() };
        let ready = event("ready", Some(self.position), &ready);
        if self.viewer.scope != Scope::All {
            return Ok(ready);
        }
        Ok([ready, self.shared.hub.alerts().active_bytes()].concat().into())
    }

    /// Waits for an event. When others wait behind it the stream is a little behind, and what it has not said is taken
    /// from the ring, in pieces that all streams share: else each would join the same frames for itself.
    async fn live(&mut self) -> Bytes {
        if let Some(unfinished) = self.unfinished.take() {
            return match unfinished.upgrade() {
                Some(batch) => self.live_callbacks(&batch),
                None => self.lagged(),
            };
        }
        match self.events.recv().await {
            Ok(Event::Callbacks(published)) if self.is_a_little_behind(&published) => {
                self.phase = Phase::Replaying { through: self.shared.hub.head(), announced: true };
                Bytes::new()
            }
            Ok(event) => self.render(&event),
            Err(RecvError::Lagged(_)) => self.lagged(),
            // The hub lives as long as the server: then the stream is ended by its control.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }

    fn is_a_little_behind(&self, published: &Published) -> bool {
        published.through > self.position
            && !self.events.is_empty()
            && self.shared.hub.reaches_back_to(self.position)
    }

    /// Behind by more than the broadcast holds: not an error, but another replay.
    fn lagged(&mut self) -> Bytes {
        counter!("callbackd_stream_lagged_total").increment(1);
        self.phase = Phase::Replaying { through: self.shared.hub.head(), announced: false };
        Bytes::new()
    }

    fn render(&mut self, event: &Event) -> Bytes {
        match event {
            Event::Callbacks(published) if published.through <= self.position => Bytes::new(),
            Event::Callbacks(published) => match published.batch.upgrade() {
                Some(batch) => self.live_callbacks(&batch),
                None => self.lagged(),
            },
            Event::Updated(frame) if self.wants(frame) => frame.bytes.clone(),
            Event::Personal { person, bytes } if *person == self.viewer.profile => bytes.clone(),
            Event::Replay { tail, bytes } if self.tail == Some(*tail) && self.viewer.scope == Scope::All => {
                bytes.clone()
            }
            Event::Deleted(rows) => self.deleted(rows),
            Event::Lost { kept } if *kept < self.position => self.reset(*kept),
            Event::Admins(bytes) if self.viewer.scope == Scope::All => bytes.clone(),
            Event::Updated(_)
            | Event::Personal { .. }
            | Event::Replay { .. }
            | Event::Admins(_)
            | Event::Lost { .. } => Bytes::new(),
        }
    }

    fn live_callbacks(&mut self, batch: &Arc<Batch>) -> Bytes {
        let said = self.callbacks(batch);
        if self.position < batch.through {
            self.unfinished = Some(Arc::downgrade(batch));
        }
        said
    }

    /// What of a batch is new to this stream and meant for it, as much as is said at once; the position moves on with it.
    fn callbacks(&mut self, batch: &Batch) -> Bytes {
        if batch.through <= self.position {
            return Bytes::new();
        }
        if self.viewer.scope == Scope::All && self.filter.is_empty() {
            let (said, through) = batch.after(self.position);
            self.position = through;
            return said;
        }
        self.chosen(batch)
    }

    /// A filtered stream moves its position on also past what is not for it, with an id that stands alone.
    fn chosen(&mut self, batch: &Batch) -> Bytes {
        let (mut said, mut last) = (BytesMut::new(), None);
        let first = batch.frames.partition_point(|frame| frame.cursor <= self.position);
        for frame in &batch.frames[first..] {
            if self.wants(frame) {
                if !said.is_empty() && said.len() + frame.bytes.len() > PIECE_BYTES_MAX {
                    return said.freeze();
                }
                said.put_slice(&frame.bytes);
                last = Some(frame.cursor);
            }
            self.position = frame.cursor;
        }
        self.position = batch.through;
        if last != Some(batch.through) {
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

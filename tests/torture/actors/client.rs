//! A browser with a stream: it is cut, sleeps, goes away, comes back to any node, and resumes by what it has seen last.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};

use super::{Phase, Place, pause};
use crate::model::{Change, Fact, Reader};
use crate::support::sse::{ADMIN_STREAM, Event, Stream};

/// Servers here send a heartbeat a second: a connection without any is dead.
const SILENCE_MAX: Duration = Duration::from_secs(4);
/// A proxy that lets nothing through keeps a request open for ever.
const OPEN_WAIT: Duration = Duration::from_secs(4);

pub struct Client {
    reader: Reader,
    place: Place,
    /// What it resumes by; none before it has seen any position.
    last: Option<String>,
    /// Whether it asked for a position at first, rather than for now.
    from_start: bool,
    rng: StdRng,
}

/// What a client does with its connection once it has read for a while.
enum Whim {
    Cut,
    /// Reads nothing for a while, with the connection open.
    Sleep,
    Leave,
    Stay,
}

/// Why reading has ended.
enum End {
    /// The connection has, or is as good as dead.
    Gone,
    /// The time until the next whim is over, or the phase has changed.
    Time,
}

impl Client {
    pub fn new(reader: Reader, seed: u64, place: Place, from_start: bool) -> Self {
        Self { reader, place, last: None, from_start, rng: StdRng::seed_from_u64(seed) }
    }

    pub async fn run(mut self, mut phase: watch::Receiver<Phase>) {
        while *phase.borrow_and_update() != Phase::Over {
            match self.open().await {
                Some(stream) => self.follow(stream, &mut phase).await,
                None => pause(&mut self.rng, 50..400).await,
            }
        }
    }

    async fn open(&mut self) -> Option<Stream> {
        let first = if self.from_start && self.last.is_none() { "?after=0" } else { "" };
        let url = self.place.url(&mut self.rng, &format!("{ADMIN_STREAM}{first}"));
        let after = self.last.as_deref().or(self.from_start.then_some("0"));
        let after = after.map(|last| last.parse().expect("a position is a number"));
        self.place.recorder.note(Fact::Opened { reader: self.reader, after });
        let request = self.place.http.get(url).bearer_auth(&self.place.token);
        let request = self.last.iter().fold(request, |request, last| request.header("last-event-id", last));
        timeout(OPEN_WAIT, Stream::try_of(request)).await.ok().flatten()
    }

    async fn follow(&mut self, mut stream: Stream, phase: &mut watch::Receiver<Phase>) {
        loop {
            let until = Instant::now() + Duration::from_millis(self.rng.random_range(100..5_000));
            if let End::Gone = self.read(&mut stream, until, phase).await {
                return;
            }
            match *phase.borrow_and_update() {
                Phase::Over => return,
                Phase::Settling => continue,
                Phase::Running => {}
            }
            match self.whim() {
                Whim::Cut => return,
                Whim::Sleep => pause(&mut self.rng, 200..5_000).await,
                Whim::Leave => {
                    drop(stream);
                    return pause(&mut self.rng, 100..3_000).await;
                }
                Whim::Stay => {}
            }
        }
    }

    fn whim(&mut self) -> Whim {
        match self.rng.random_range(0..10) {
            0..3 => Whim::Cut,
            3..5 => Whim::Sleep,
            5..7 => Whim::Leave,
            _ => Whim::Stay,
        }
    }

    async fn read(&mut self, stream: &mut Stream, until: Instant, phase: &mut watch::Receiver<Phase>) -> End {
        let (mut heard, mut silence) = (stream.comments, Instant::now() + SILENCE_MAX);
        loop {
            let next = tokio::select! {
                next = timeout_at(until.min(silence), stream.advance()) => next,
                _ = phase.changed() => return End::Time,
            };
            match next {
                Ok(Some(event)) => self.take(&event),
                Ok(None) => return End::Gone,
                Err(_) if stream.comments == heard && Instant::now() >= silence => return End::Gone,
                Err(_) if Instant::now() >= until => return End::Time,
                Err(_) => {}
            }
            if stream.last_id.is_some() {
                self.last.clone_from(&stream.last_id);
            }
            (heard, silence) = (stream.comments, Instant::now() + SILENCE_MAX);
        }
    }

    fn take(&mut self, event: &Event) {
        let reader = self.reader;
        let cursor = || event.id.as_deref().and_then(|id| id.parse().ok()).expect("it has a position");
        let fact = match event.name.as_str() {
            "callback" => Fact::Saw { reader, cursor: cursor(), id: uuid(&event.data["id"]) },
            "ready" => Fact::Passed { reader, cursor: cursor() },
            "reset" => Fact::Reset { reader, cursor: cursor() },
            "viewed" => Fact::Told { reader, change: Change::Viewed, ids: uuids(&event.data["ids"]) },
            "deleted" => Fact::Told { reader, change: Change::Deleted, ids: uuids(&event.data["ids"]) },
            _ => return,
        };
        self.place.recorder.note(fact);
    }
}

pub fn uuid(value: &Value) -> uuid::Uuid {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{value} is no id"))
}

fn uuids(value: &Value) -> Vec<uuid::Uuid> {
    value.as_array().into_iter().flatten().map(uuid).collect()
}

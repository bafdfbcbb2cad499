//! Everybody who watches: many streams, what each has seen, and when the last of them had seen it all.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::ensure;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::{sync::Notify, task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;

use super::events::{Event, Events};

/// Streams that are being opened at the same time.
const OPENING_MAX: usize = 64;
/// To open one.
const OPEN_WAIT: Duration = Duration::from_secs(20);
/// Without any frame for so long, no more will come.
const STALLED: Duration = Duration::from_secs(3);

pub struct Audience {
    streams: JoinSet<anyhow::Result<Vec<i64>>>,
    tally: Arc<Tally>,
    leave: CancellationToken,
    /// When they began to expect something, as the tally counts.
    since: Duration,
}

/// Counted by all streams together. Times are nanoseconds since `epoch`.
struct Tally {
    epoch: Instant,
    frames: AtomicUsize,
    wanted: AtomicUsize,
    first: AtomicU64,
    last: AtomicU64,
    complete: Notify,
}

/// When the first and the last of the expected frames were read, from when they were expected, and how many were.
#[derive(Clone, Copy)]
pub struct Seen {
    pub first: Duration,
    pub last: Duration,
    pub frames: usize,
}

impl Audience {
    pub async fn gather(address: SocketAddr, path: &str, token: &str, size: usize) -> anyhow::Result<Self> {
        let opening = stream::iter(0..size)
            .map(|_| async { tokio::time::timeout(OPEN_WAIT, Events::open(address, path, token)).await? });
        let opened: Vec<Events> = opening.buffer_unordered(OPENING_MAX).try_collect().await?;
        let tally = Arc::new(Tally {
            epoch: Instant::now(),
            frames: AtomicUsize::new(0),
            wanted: AtomicUsize::new(usize::MAX),
            first: AtomicU64::new(u64::MAX),
            last: AtomicU64::new(0),
            complete: Notify::new(),
        });
        let leave = CancellationToken::new();
        let mut streams = JoinSet::new();
        for events in opened {
            streams.spawn(watch(events, tally.clone(), leave.clone()));
        }
        Ok(Self { streams, tally, leave, since: Duration::ZERO })
    }

    /// From now on `callbacks` are awaited by each.
    pub fn expect(&mut self, callbacks: usize) {
        let tally = &self.tally;
        tally.frames.store(0, Ordering::SeqCst);
        tally.first.store(u64::MAX, Ordering::SeqCst);
        tally.last.store(0, Ordering::SeqCst);
        tally.wanted.store(callbacks * self.streams.len(), Ordering::SeqCst);
        self.since = tally.epoch.elapsed();
    }

    /// Until all have seen what they expect, or until nothing comes any more.
    pub async fn seen(&mut self) -> anyhow::Result<Seen> {
        loop {
            let before = self.tally.seen();
            tokio::select! {
                () = self.tally.complete.notified() => break,
                Some(ended) = self.streams.join_next() => {
                    ended??;
                    anyhow::bail!("a stream ended");
                }
                () = tokio::time::sleep(STALLED) => {
                    if self.tally.seen().frames == before.frames {
                        break;
                    }
                }
            }
        }
        let seen = self.tally.seen();
        let since = |time: Duration| time.saturating_sub(self.since);
        Ok(Seen { first: since(seen.first), last: since(seen.last), frames: seen.frames })
    }

    /// Everybody leaves; what each has seen, in the order in which it came.
    pub async fn leave(mut self) -> anyhow::Result<Vec<Vec<i64>>> {
        self.leave.cancel();
        let mut all = Vec::new();
        while let Some(seen) = self.streams.join_next().await {
            all.push(seen??);
        }
        ensure!(!all.is_empty(), "nobody watched");
        Ok(all)
    }
}

impl Tally {
    fn count(&self, frames: usize) {
        let now = u64::try_from(self.epoch.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.first.fetch_min(now, Ordering::SeqCst);
        self.last.fetch_max(now, Ordering::SeqCst);
        let all = self.frames.fetch_add(frames, Ordering::SeqCst) + frames;
        if all == self.wanted.load(Ordering::SeqCst) {
            self.complete.notify_one();
        }
    }

    fn seen(&self) -> Seen {
        Seen {
            first: Duration::from_nanos(self.first.load(Ordering::SeqCst)),
            last: Duration::from_nanos(self.last.load(Ordering::SeqCst)),
            frames: self.frames.load(Ordering::SeqCst),
        }
    }
}

async fn watch(mut events: Events, tally: Arc<Tally>, leave: CancellationToken) -> anyhow::Result<Vec<i64>> {
    let mut seen = Vec::new();
    loop {
        let before = seen.len();
        let mut note = |event| {
            if let Event::Callback(cursor) = event {
                seen.push(cursor);
            }
        };
        tokio::select! {
            biased;
            read = events.read(&mut note) => read?,
            () = leave.cancelled() => return Ok(seen),
        }
        if seen.len() > before {
            tally.count(seen.len() - before);
        }
    }
}

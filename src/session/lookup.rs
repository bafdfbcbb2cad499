//! Who has this token? Asked by every request, answered by one query for all who ask at the same moment.
//!
//! There is no cache: somebody who was just signed out is refused. While one query is under way the next batch gathers;
//! when many come back at once it gathers for a moment longer, so that ten thousand browsers that come back after a
//! restart cost some twenty queries. That they were used is noted once a second.

use std::{collections::HashSet, sync::Arc, time::Duration};

use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;

use super::{Credential, error::Error, extract::SignedIn, opaque::Hash, store::Store};
use crate::db;

/// Tokens in one query: an array of 64 kB.
const BATCH_MAX: usize = 2_048;

/// After so many at once who had not been there for a while, the next query waits for those who will have come by then.
const MANY: usize = 32;
const GATHER: Duration = Duration::from_millis(100);

/// Between two notes of who was there, and how many are noted at once.
const NOTE_EVERY: Duration = Duration::from_secs(1);
const NOTED_MAX: usize = 4_096;

/// Requests that wait for their turn. Beyond it a request waits to be let in, within [`WAIT`].
const QUEUE_MAX: usize = 4_096;

/// From the question to the answer; beyond it 503.
const WAIT: Duration = Duration::from_secs(5);

struct Ask {
    hash: Hash,
    answer: oneshot::Sender<Result<Option<SignedIn>, Arc<db::Error>>>,
}

/// The side that asks.
#[derive(Clone, Debug)]
pub(super) struct Lookup {
    asks: mpsc::Sender<Ask>,
}

/// The side that answers: a task.
pub struct Lookups {
    store: Store,
    asks: mpsc::Receiver<Ask>,
}

pub(super) fn new(store: Store) -> (Lookup, Lookups) {
    let (sender, receiver) = mpsc::channel(QUEUE_MAX);
    (Lookup { asks: sender }, Lookups { store, asks: receiver })
}

impl Lookup {
    pub async fn find(&self, hash: Hash) -> Result<Option<SignedIn>, Error> {
        let (answer, answered) = oneshot::channel();
        let asking = async {
            self.asks.send(Ask { hash, answer }).await.ok()?;
            answered.await.ok()
        };
        match tokio::time::timeout(WAIT, asking).await {
            Ok(Some(found)) => found.map_err(Error::Lookup),
            Ok(None) | Err(_) => Err(Error::LookupTimeout),
        }
    }
}

impl Lookups {
    /// Answers until `shutdown`, which must come after the requests in flight: they ask here.
    pub async fn run(mut self, shutdown: CancellationToken) {
        let mut used = Used::default();
        loop {
            let mut batch = Vec::new();
            tokio::select! {
                () = shutdown.cancelled() => return,
                received = self.asks.recv_many(&mut batch, BATCH_MAX) => if received == 0 { return },
                () = sleep_until(used.due), if !used.credentials.is_empty() => {}
            }
            // Whoever has gone away meanwhile costs nothing.
            batch.retain(|ask| !ask.answer.is_closed());
            let back = self.answer(batch).await;
            let many = back.len() >= MANY;
            used.credentials.extend(back);
            self.note(&mut used).await;
            if many {
                tokio::time::sleep(GATHER).await;
            }
        }
    }

    /// Returns those whose use is to be noted.
    async fn answer(&self, batch: Vec<Ask>) -> Vec<Credential> {
        let hashes: HashSet<Hash> = batch.iter().map(|ask| ask.hash).collect();
        if hashes.is_empty() {
            return Vec::new();
        }
        let hashes: Vec<&[u8]> = hashes.iter().map(Hash::as_slice).collect();
        let found = match tokio::time::timeout(WAIT, self.store.find(&hashes)).await {
            Ok(found) => found.map_err(Arc::new),
            Err(_) => Err(Arc::new(db::Error::Timeout { seconds: WAIT.as_secs() })),
        };
        for ask in batch {
            let answer = match &found {
                Ok(found) => Ok(found.get(&ask.hash).map(|found| found.signed_in.clone())),
                Err(error) => Err(Arc::clone(error)),
            };
            // A closed channel is a request that was given up.
            let _ = ask.answer.send(answer);
        }
        let found = found.unwrap_or_default();
        found.values().filter(|found| found.stale).map(|found| found.signed_in.credential).collect()
    }

    /// Notes that they were used, if it is time. Nobody waits for it, and if it fails their next request tries again.
    async fn note(&self, used: &mut Used) {
        let now = Instant::now();
        if used.credentials.is_empty() || now < used.due {
            return;
        }
        used.due = now + NOTE_EVERY;
        let left = used.credentials.split_off(used.credentials.len().min(NOTED_MAX));
        let noted = std::mem::replace(&mut used.credentials, left);
        match tokio::time::timeout(WAIT, self.store.touch(&noted)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the last use of sessions could not be noted"),
            Err(_) => tracing::warn!("noting the last use of sessions took too long"),
        }
    }
}

/// Whose use is still to be noted, and when.
struct Used {
    credentials: Vec<Credential>,
    due: Instant,
}

impl Default for Used {
    fn default() -> Self {
        Self { credentials: Vec::new(), due: Instant::now() }
    }
}

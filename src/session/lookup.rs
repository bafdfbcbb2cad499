//! Who has this token? Asked by every request, answered by one query for all who ask at the same moment.
//!
//! There is no timer and no cache: while one query is under way the next batch gathers. Ten thousand browsers that come
//! back at once cost some twenty queries, and somebody who was just signed out is refused.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::{
    error::Error,
    extract::SignedIn,
    opaque::Hash,
    store::{Found, Store},
};
use crate::db;

/// Tokens in one query: an array of 16 kB.
const BATCH_MAX: usize = 512;

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
        loop {
            let mut batch = Vec::new();
            tokio::select! {
                () = shutdown.cancelled() => return,
                received = self.asks.recv_many(&mut batch, BATCH_MAX) => if received == 0 { return },
            }
            // Whoever has gone away meanwhile costs nothing.
            batch.retain(|ask| !ask.answer.is_closed());
            self.answer(batch).await;
        }
    }

    async fn answer(&self, batch: Vec<Ask>) {
        let hashes: HashSet<Hash> = batch.iter().map(|ask| ask.hash).collect();
        if hashes.is_empty() {
            return;
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
        if let Ok(found) = found {
            self.touch(&found).await;
        }
    }

    /// Notes that they were used. Nobody waits for it, and if it fails the next request tries again.
    async fn touch(&self, found: &HashMap<Hash, Found>) {
        let stale: Vec<_> =
            found.values().filter(|found| found.stale).map(|found| found.signed_in.credential).collect();
        if stale.is_empty() {
            return;
        }
        match tokio::time::timeout(WAIT, self.store.touch(&stale)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the last use of sessions could not be noted"),
            Err(_) => tracing::warn!("noting the last use of sessions took too long"),
        }
    }
}

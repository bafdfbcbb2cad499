//! Watches over all streams: ends those that must end, cuts off those that nobody reads, passes on what has no
//! position.

use std::{collections::HashMap, sync::Arc, time::Duration};

use metrics::{counter, gauge};
use serde::Serialize;
use tokio::{
    sync::{Notify, mpsc},
    time::MissedTickBehavior,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{api::Streams, control::Bye, registry::Entry};
use crate::{
    callback::Cursor,
    db,
    hub::event,
    listen::News,
    session::{Credential, Standing},
    signal::{Seen, Signal},
    telemetry::count,
};

/// News that wait; beyond it the listener says "gap" instead, and everything is looked up.
pub const NEWS_MAX: usize = 1_024;
/// Between looks at all streams: an eighth of the time that a reader may stall, within these bounds.
const SWEEP: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(5));
/// Credentials of one look-up.
const CREDENTIALS_MAX: usize = 5_000;

/// The task.
pub struct Watch {
    streams: Streams,
    news: mpsc::Receiver<News>,
    stall: Duration,
    /// Rung when the sources may have changed.
    sources: Arc<Notify>,
}

impl Watch {
    pub fn new(streams: Streams, news: mpsc::Receiver<News>, sources: Arc<Notify>) -> Self {
        let stall = streams.shared.settings.stall;
        Self { streams, news, stall, sources }
    }

    /// From `soft` on it says goodbye to every stream, also to those that were just opening; ends at `hard`.
    pub async fn run(mut self, soft: CancellationToken, hard: CancellationToken) -> Result<(), db::Error> {
        let mut sweep = tokio::time::interval((self.stall / 8).clamp(SWEEP.0, SWEEP.1));
        sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = hard.cancelled() => {
                    self.streams.shared.registry.cut_all();
                    return Ok(());
                }
                () = soft.cancelled() => {
                    self.streams.shared.registry.end(|_| Some(Bye::ShuttingDown));
                    tokio::time::sleep(SWEEP.0).await;
                }
                Some(news) = self.news.recv() => self.hear(news).await,
                _ = sweep.tick() => self.sweep(),
            }
        }
    }

    async fn hear(&self, news: News) {
        let done = match news {
            News::Signal(signal) => self.pass_on(signal).await,
            News::Gap => {
                self.sources.notify_one();
                self.check(|_| true).await
            }
        };
        if let Err(error) = done {
            // The next gap, at the latest at the next tick of the listener, looks everything up again.
            tracing::warn!(error = &error as &dyn std::error::Error, "streams could not be told some news");
        }
    }

    async fn pass_on(&self, signal: Signal) -> Result<(), db::Error> {
        match signal {
            Signal::Viewed { admin, what } => self.viewed(admin, what).await,
            Signal::Updated { ids } => self.updated(&ids).await,
            Signal::SessionRevoked { sessions } => {
                self.sign_out(&sessions);
                Ok(())
            }
            Signal::TokenRevoked { tokens } => {
                self.sign_out(&tokens);
                Ok(())
            }
            Signal::RoleChanged { profiles } => {
                self.streams.shared.registry.tell(&profiles);
                self.check(|entry| profiles.contains(&entry.viewer.profile)).await
            }
            Signal::Replay { tail, attempt, callback } => {
                let bytes = event("replay", None, &Replay { attempt, id: callback });
                self.streams.shared.hub.replay(tail, bytes);
                Ok(())
            }
            Signal::Sources => {
                self.sources.notify_one();
                Ok(())
            }
            Signal::Preferences { person } => {
                // What they are now is asked for by whoever shows or obeys them.
                self.streams.shared.hub.personal(person, event("preferences", None, &Preferences {}));
                Ok(())
            }
            // The listener has passed it on already, in order with the callbacks.
            Signal::Deleted { .. } => Ok(()),
        }
    }

    fn sign_out(&self, credentials: &[Uuid]) {
        let registry = &self.streams.shared.registry;
        registry.tell(credentials);
        registry.end(|entry| credentials.contains(&entry.credential.id()).then_some(Bye::SignedOut));
    }

    async fn viewed(&self, person: Uuid, what: Seen) -> Result<(), db::Error> {
        let shared = &self.streams.shared;
        shared.counts.forget(person);
        let Some(viewer) = shared.registry.viewer(person) else { return Ok(()) };
        let unviewed_count = shared.counts.unviewed(&viewer, shared.hub.head()).await?;
        let bytes = match what {
            Seen::Ids(ids) => event("viewed", None, &ViewedIds { ids, unviewed_count }),
            Seen::Through(through) => event("viewed", None, &ViewedThrough { through, unviewed_count }),
        };
        shared.hub.personal(person, bytes);
        Ok(())
    }

    async fn updated(&self, ids: &[Uuid]) -> Result<(), db::Error> {
        for item in self.streams.shared.store.items(ids).await? {
            self.streams.shared.hub.updated(&item);
        }
        Ok(())
    }

    /// Ends the chosen streams whose session or role is gone. One query for thousands of them.
    async fn check(&self, chosen: impl Fn(&Entry) -> bool) -> Result<(), db::Error> {
        let shared = &self.streams.shared;
        for credentials in shared.registry.credentials(&chosen).chunks(CREDENTIALS_MAX) {
            let standing = shared.sessions.standing(credentials).await?;
            let standing: HashMap<Uuid, Standing> =
                credentials.iter().map(Credential::id).zip(standing).collect();
            shared.registry.end(|entry| entry.verdict(*standing.get(&entry.credential.id())?));
        }
        Ok(())
    }

    fn sweep(&self) {
        let shared = &self.streams.shared;
        let cut = shared.registry.cut_stalled(self.stall);
        counter!("callbackd_streams_cut_total").increment(cut as u64);
        gauge!("callbackd_streams").set(count(shared.registry.len()));
        let (frames, bytes, _) = shared.hub.load();
        gauge!("callbackd_ring_frames").set(count(frames));
        gauge!("callbackd_ring_bytes").set(count(bytes));
    }
}

#[derive(Serialize)]
struct Preferences {}

#[derive(Serialize)]
struct Replay {
    attempt: Uuid,
    /// The callback.
    id: Uuid,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ViewedIds {
    ids: Vec<Uuid>,
    unviewed_count: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ViewedThrough {
    through: Cursor,
    unviewed_count: i64,
}

//! Rejected requests are looked into, one after the other, behind everything else.
//!
//! What is recorded waits here for its diagnosis. One at a time, on a thread that no request waits for, and with a rest
//! after each: whoever floods the server with bad signatures takes at most a tenth of one processor. What finds no place
//! is not diagnosed by itself; an admin can still ask for it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::http::HeaderMap;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use metrics::counter;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    authenticate,
    diagnosis::{Case, Token, diagnose},
    sources::{Enabled, Sources},
};
use crate::{
    callback::{Diagnosis, Store},
    db,
    source::Source,
};

/// Requests that wait; each may hold a body of 1 MiB.
const WAITING_MAX: usize = 32;
/// Each rests so many times as long as it took.
const REST: u32 = 9;
/// The database may be away, and then there is nothing to wait for.
const RECORD_WAIT: Duration = Duration::from_secs(10);

/// One recorded request, as it came.
pub struct Examination {
    pub id: Uuid,
    pub enabled: Arc<Enabled>,
    pub headers: HeaderMap,
    pub body: Option<Bytes>,
    pub received_at: DateTime<Utc>,
    pub token: Token,
}

/// The recorder's end.
#[derive(Clone)]
pub struct Examinations(mpsc::Sender<Examination>);

impl Examinations {
    /// Never waits.
    pub fn examine(&self, examination: Examination) {
        let source = examination.enabled.source.name.to_string();
        if self.0.try_send(examination).is_err() {
            counter!("callbackd_rejects_not_examined_total", "source" => source).increment(1);
        }
    }
}

/// The task.
pub struct Examiner {
    store: Store,
    sources: Sources,
    waiting: mpsc::Receiver<Examination>,
}

impl Examiner {
    pub fn new(store: Store, sources: Sources) -> (Self, Examinations) {
        let (sender, waiting) = mpsc::channel(WAITING_MAX);
        (Self { store, sources, waiting }, Examinations(sender))
    }

    pub async fn run(mut self, shutdown: CancellationToken) -> Result<(), db::Error> {
        loop {
            let next = tokio::select! {
                next = self.waiting.recv() => next,
                () = shutdown.cancelled() => None,
            };
            let Some(examination) = next else { return Ok(()) };
            let (id, started) = (examination.id, Instant::now());
            if let Some(diagnosis) = examined(examination, &self.sources).await {
                self.record(id, &diagnosis).await;
            }
            tokio::select! {
                () = tokio::time::sleep(started.elapsed() * REST) => {}
                () = shutdown.cancelled() => return Ok(()),
            }
        }
    }

    async fn record(&self, id: Uuid, diagnosis: &Diagnosis) {
        match tokio::time::timeout(RECORD_WAIT, self.store.record_diagnosis(id, diagnosis)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a diagnosis was not recorded");
            }
            Err(_) => tracing::warn!("a diagnosis was not recorded: the database did not answer"),
        }
    }
}

/// The diagnosis with the settings of now; `None` if it cannot be made.
pub async fn examined(examination: Examination, sources: &Sources) -> Option<Diagnosis> {
    let published = authenticate::published(&examination.enabled).await;
    let all = sources.all();
    let work = move || {
        let source = &examination.enabled.source;
        let others: Vec<&Source> =
            all.iter().map(|enabled| &enabled.source).filter(|other| other.name != source.name).collect();
        diagnose(&Case {
            source,
            published: &published,
            others: &others,
            headers: &examination.headers,
            body: examination.body.as_deref(),
            received_at: examination.received_at,
            token: examination.token,
        })
    };
    let done = tokio::task::spawn_blocking(work).await;
    done.inspect_err(|error| tracing::error!(%error, "a diagnosis failed")).ok()
}

//! The record of requests that failed authentication.
//!
//! It is made off the answering path, one at a time, by a pooled connection: at the rates allowed here it never
//! competes with verified callbacks. It is best effort and bounded in every direction: whoever floods the server with
//! bad signatures fills at most the rows and bytes of one source.

use std::{net::IpAddr, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use metrics::counter;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    diagnosis::Token,
    examine::{Examination, Examinations},
    extract::{self, Request},
    headers,
    rate::RejectRates,
    sources::{Enabled, Sources},
    store::{self, Call},
};
use crate::{
    callback::NewCallback,
    config,
    db::{self, Db},
    source::{Secret, Verdict},
};

/// Records that wait; each may hold a body of 1 MiB. Beyond it rejects are only counted.
const WAITING_MAX: usize = 32;
/// How long one record may take: the database may be away, and then there is nothing to wait for.
const RECORD_WAIT: Duration = Duration::from_secs(10);

struct Rejected {
    enabled: Arc<Enabled>,
    request: Request,
    verdict: Verdict,
    received_at: DateTime<Utc>,
}

impl Rejected {
    fn examination(self, id: Uuid) -> Examination {
        let Self { enabled, request, received_at, .. } = self;
        // Refused by its headers: whatever body it had was not read.
        let unread = enabled.source.scheme.check_headers(&request.headers).is_err();
        let (headers, body) = (request.headers, (!unread).then_some(request.body));
        Examination { id, enabled, headers, body, received_at, token: Token::Presented }
    }
}

/// The handlers' end.
#[derive(Clone)]
pub struct Rejects {
    rates: Arc<RejectRates>,
    sender: mpsc::Sender<Rejected>,
}

impl Rejects {
    /// Never waits. What is over a limit is counted and dropped.
    pub fn record(&self, enabled: &Arc<Enabled>, from: IpAddr, request: Request, verdict: Verdict) {
        let source = &enabled.source;
        let rejected = Rejected { enabled: enabled.clone(), request, verdict, received_at: Utc::now() };
        if !self.rates.admits(&source.name, from) || self.sender.try_send(rejected).is_err() {
            counter!("callbackd_rejects_not_recorded_total", "source" => source.name.to_string())
                .increment(1);
        }
    }
}

/// The task.
pub struct Recorder {
    db: Db,
    settings: config::Rejects,
    sources: Sources,
    examinations: Examinations,
    waiting: mpsc::Receiver<Rejected>,
}

impl Recorder {
    pub fn new(
        db: Db,
        settings: config::Rejects,
        sources: Sources,
        examinations: Examinations,
    ) -> (Self, Rejects) {
        let (sender, waiting) = mpsc::channel(WAITING_MAX);
        let rejects = Rejects { rates: Arc::new(RejectRates::new(&settings)), sender };
        (Self { db, settings, sources, examinations, waiting }, rejects)
    }

    /// Runs until `shutdown`; what waits then is dropped, as it was never promised to anybody.
    pub async fn run(mut self, shutdown: CancellationToken) -> Result<(), db::Error> {
        loop {
            let rejected = tokio::select! {
                rejected = self.waiting.recv() => rejected,
                () = shutdown.cancelled() => None,
            };
            let Some(rejected) = rejected else { return Ok(()) };
            let Rejected { enabled, request, verdict, .. } = &rejected;
            let new = extract::rejected(&enabled.source, self.redacted(request), *verdict);
            match tokio::time::timeout(RECORD_WAIT, self.store(&new)).await {
                Ok(Ok(())) => self.examinations.examine(rejected.examination(new.id)),
                Ok(Err(error)) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "a rejected request was not recorded"
                    );
                }
                Err(_) => tracing::warn!("a rejected request was not recorded: the database did not answer"),
            }
        }
    }

    /// What is kept of it: no secret of any source, wherever it was put.
    fn redacted(&self, request: &Request) -> Request {
        let all = self.sources.all();
        let secrets: Vec<&Secret> = all.iter().flat_map(|enabled| &enabled.source.secrets).collect();
        let mut kept = request.clone();
        headers::redact(&mut kept.headers, &secrets);
        kept
    }

    async fn store(&self, new: &NewCallback) -> Result<(), db::Error> {
        let client = self.db.get().await?;
        let statement = store::prepare_cached(&client).await?;
        let call = Call { notify: true, row_lock_wait: "1s", node: Uuid::nil(), enters: true };
        store::store(&client, &statement, &[new], call).await?;
        store::trim_rejects(&client, &new.source, &self.settings).await
    }
}

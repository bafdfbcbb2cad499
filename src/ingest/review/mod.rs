//! An admin's second look at a rejected request: why it did not verify, by the settings of now, and whether it is to
//! count all the same.
//!
//! The decision worth arguing about: an accepted request does not become verified by being accepted. Its callback says
//! `signatureValid` only if every proof holds when it is checked again, by the settings of now and the clock of when it
//! was received; then it is the same callback as the sender's own retry. Otherwise it stays unverified, with who accepted
//! it, and can never stand in for a verified one.

mod api;
mod stored;

use axum::http::StatusCode;
use uuid::Uuid;

use self::stored::Stored;
use super::{
    api::Ingest,
    diagnosis, examine,
    extract::{self, Unusable},
    receive::{not_kept, unread},
    writer::Receipt,
};
use crate::{
    callback::{Cause, Diagnosis, Store, Viewer},
    problem::{Problem, Result},
    source::{Source, Verdict},
};

pub use self::api::routes;

/// What an accepted request became.
pub struct Acceptance {
    pub receipt: Receipt,
    pub callback_id: String,
    pub verified: bool,
}

impl Ingest {
    /// The diagnosis by the settings of now, kept with the request.
    pub async fn check_again(&self, store: &Store, id: Uuid) -> Result<Diagnosis> {
        let stored = Stored::load(self, store, id).await?;
        let before = stored.diagnosis.clone();
        let found = {
            let _turn = self.station.second_look.lock().await;
            examine::examined(stored.examination(), self.sources()).await
        };
        let found = found.ok_or_else(|| Problem::internal("the diagnosis failed"))?;
        let diagnosis = keep_what_cannot_be_seen_again(before, found);
        store.record_diagnosis(id, &diagnosis).await?;
        Ok(diagnosis)
    }

    /// Stores a rejected request as a callback. Accepted twice it is the same callback.
    pub async fn accept(&self, store: &Store, id: Uuid, person: Uuid) -> Result<Acceptance> {
        let stored = Stored::load(self, store, id).await?;
        let viewer = Viewer::admin(person);
        if let Some(callback) = stored.accepted_as {
            let known = store.detail(&viewer, callback).await?.ok_or_else(gone)?.item;
            let receipt = Receipt { id: known.id, cursor: known.cursor, duplicate: true };
            return Ok(Acceptance {
                receipt,
                callback_id: known.callback_id,
                verified: known.signature_valid,
            });
        }
        let body = stored.body.clone().ok_or_else(body_not_kept)?;
        let verdict = self.verdict(&stored).await;
        let verified = diagnosis::holds(&stored.enabled.source, &verdict);
        let acceptance = self.store_accepted(&stored, body, verified.then_some(verdict), person).await?;
        if store.detail(&viewer, acceptance.receipt.id).await?.is_none() {
            return Err(gone());
        }
        store.record_acceptance(id, acceptance.receipt.id, person).await?;
        Ok(acceptance)
    }

    async fn verdict(&self, stored: &Stored) -> Verdict {
        let published = super::authenticate::published(&stored.enabled).await;
        let examination = stored.examination();
        diagnosis::verdict(&diagnosis::Case {
            source: &stored.enabled.source,
            published: &published,
            others: &[],
            headers: &examination.headers,
            body: examination.body.as_deref(),
            received_at: examination.received_at,
            token: examination.token,
        })
    }

    async fn store_accepted(
        &self,
        stored: &Stored,
        body: bytes::Bytes,
        verdict: Option<Verdict>,
        person: Uuid,
    ) -> Result<Acceptance> {
        let (station, source) = (&self.station, &stored.enabled.source);
        let wait = station.settings.ack_deadline;
        let share = station.budget.take(body.len(), wait).await.map_err(unread)?;
        let request = extract::Request { headers: stored.headers.clone(), body };
        let mut new = extract::accepted(source, request, verdict).map_err(|why| unusable(source, &why))?;
        new.id = stored.id_when_accepted();
        new.accepted_by = Some(person);
        let (callback_id, verified) = (new.callback_id.clone(), new.signature_valid);
        let receipt = station.keep.store(new, share, wait).await.map_err(not_kept)?;
        Ok(Acceptance { receipt, callback_id, verified })
    }
}

/// A wrong token is never kept. What was found out about it while it was there stays.
fn keep_what_cannot_be_seen_again(before: Option<Diagnosis>, mut found: Diagnosis) -> Diagnosis {
    let known = before.into_iter().flat_map(|before| before.findings);
    let mut known = known.filter(|finding| finding.code.is_of_token());
    for finding in found.findings.iter_mut().filter(|finding| finding.code == Cause::TokenNotKept) {
        if let Some(known) = known.next() {
            *finding = known;
        }
    }
    if let Some(first) = found.findings.first() {
        found.code = first.code;
    }
    found
}

fn unusable(source: &Source, why: &Unusable) -> Problem {
    let detail = match why {
        Unusable::Malformed(malformed) => malformed.to_string(),
        Unusable::JobId(why) => format!("{} is required: {why}", source.job_id_field()),
    };
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not_acceptable", "It cannot become a callback", detail)
}

fn body_not_kept() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "body_not_kept",
        "There is no body to accept",
        "the request was refused by its headers, before its body was read; have the sender send it again",
    )
}

fn gone() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "deleted",
        "It was deleted",
        "the same callback is there already and was deleted; it stays hidden for 30 days, whoever sends or accepts it",
    )
}

//! The way of one request, from its head to what it is answered with.

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use bytes::Bytes;
use metrics::counter;

use super::{
    api::Station,
    authenticate,
    body::{self, BODY_BYTES_MAX, Share, Unread},
    dedupe::DedupeKey,
    extract::{self, Unusable},
    keep::{Kept, NotKept},
    sources::Enabled,
    spool::NotSpooled,
    writer::Receipt,
};
use crate::{
    callback::NewCallback,
    hub::Alert,
    problem::{Problem, Result},
    source::{Rejection, Source, Verdict},
};

/// When to come again after 503: the sender's own second attempt comes after five.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// A callback that is durable.
pub struct Received {
    pub source: Arc<str>,
    pub kept: Kept,
    pub callback_id: String,
    pub verified: bool,
}

/// The way of every webhook.
pub async fn receive(ingest: &Station, from: IpAddr, head: Parts, body: Body) -> Result<Received> {
    let Accepted { enabled, new, share, verified } = accepted(ingest, from, head, body).await?;
    let (callback_id, dedupe_key) = (new.callback_id.clone(), new.dedupe_key);
    let kept = ingest.keep.keep(new, share, ingest.settings.ack_deadline).await.map_err(not_kept)?;
    if let (Kept::Stored(receipt), Some(key)) = (kept, dedupe_key) {
        look_at(ingest, &enabled, &key, receipt);
    }
    Ok(Received { source: enabled.source.name.clone(), kept, callback_id, verified })
}

/// The same into the database alone, for whom it is to prove the way to there.
pub async fn receive_and_store(
    ingest: &Station,
    from: IpAddr,
    head: Parts,
    body: Body,
) -> Result<(Receipt, String)> {
    let Accepted { enabled, new, share, .. } = accepted(ingest, from, head, body).await?;
    let (callback_id, dedupe_key) = (new.callback_id.clone(), new.dedupe_key);
    let receipt = ingest.keep.store(new, share, ingest.settings.ack_deadline).await.map_err(not_kept)?;
    if let Some(key) = dedupe_key {
        look_at(ingest, &enabled, &key, receipt);
    }
    Ok((receipt, callback_id))
}

/// What is to be made durable.
struct Accepted {
    enabled: Arc<Enabled>,
    new: NewCallback,
    share: Share,
    verified: bool,
}

async fn accepted(ingest: &Station, from: IpAddr, head: Parts, body: Body) -> Result<Accepted> {
    let enabled = enabled(ingest, &head)?;
    let source = &enabled.source;
    refuse_encoded(&head.headers)?;
    let open = !source.has_keys();
    if !open && let Err(verdict) = source.scheme.check_headers(&head.headers) {
        let request = extract::Request { headers: head.headers, body: Bytes::new() };
        return Err(reject(ingest, &enabled, from, request, verdict));
    }
    let (request, share) = read(ingest, head.headers, body).await?;
    let verdict = if open { None } else { Some(verify(&enabled, &request).await?) };
    if let Some(verdict) = verdict.filter(|verdict| verdict.result().is_err()) {
        return Err(reject(ingest, &enabled, from, request, verdict));
    }
    let new = extract::accepted(source, request, verdict).map_err(|why| unusable(source, &why))?;
    if open {
        ingest.alerts.raise(Alert::unsigned(&source.name));
    }
    Ok(Accepted { enabled, new, share, verified: !open })
}

fn look_at(ingest: &Station, enabled: &Enabled, key: &DedupeKey, receipt: Receipt) {
    if !receipt.duplicate {
        ingest.deliveries.look_at(&enabled.source.name, key, receipt.id);
    }
}

fn enabled(ingest: &Station, head: &Parts) -> Result<Arc<Enabled>> {
    let enabled = ingest.sources.at(head.uri.path()).ok_or_else(|| {
        Problem::not_found("no source is enabled at this path; /api/admin/sources lists them")
    })?;
    let name = &enabled.source.name;
    ingest.rates.check(name).map_err(|wait| {
        Problem::too_many(format!("{name} sends more than webhook_rate_per_source allows"), wait)
    })?;
    Ok(enabled)
}

/// Never 401 for a fault that is not the sender's.
async fn verify(enabled: &Enabled, request: &extract::Request) -> Result<Verdict> {
    authenticate::verify(enabled, &request.headers, &request.body)
        .await
        .map_err(|_| busy("the service's published keys cannot be fetched; send it again"))
}

/// The signature is over the bytes as sent: bytes that must be decoded first cannot be kept exactly.
fn refuse_encoded(headers: &HeaderMap) -> Result<()> {
    let encoded = headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .any(|value| !value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity"));
    if !encoded {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_encoding",
        "Unsupported Content-Encoding",
        "send the body as it is, without Content-Encoding",
    ))
}

async fn read(ingest: &Station, headers: HeaderMap, body: Body) -> Result<(extract::Request, Share)> {
    let declared = body::declared(&headers).map_err(unread)?;
    let (wait, deadline) = (ingest.settings.ack_deadline, ingest.settings.body_deadline);
    let (body, share) = body::read(body, declared, &ingest.budget, wait, deadline).await.map_err(unread)?;
    Ok((extract::Request { headers, body }, share))
}

pub(super) fn unread(why: Unread) -> Problem {
    match why {
        Unread::TooLarge => Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            "Body too large",
            format!("a body may have at most {BODY_BYTES_MAX} bytes"),
        ),
        Unread::NoRoom => busy("too many bodies are being read or wait to be written"),
        Unread::TooSlow => Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "body_too_slow",
            "Request timeout",
            "the body did not arrive within body_deadline",
        ),
        Unread::Broken => {
            Problem::bad_request("Incomplete body", "the body ended before its declared length")
        }
    }
}

/// The answer goes out at once; the record is made behind it.
fn reject(
    ingest: &Station,
    enabled: &Arc<Enabled>,
    from: IpAddr,
    request: extract::Request,
    verdict: Verdict,
) -> Problem {
    let rejection = verdict.result().err().unwrap_or(Rejection::InvalidSignature);
    let source = &enabled.source;
    counter!("callbackd_rejects_total", "source" => source.name.to_string(), "cause" => rejection.code())
        .increment(1);
    ingest.rejects.record(enabled, from, request, verdict);
    Problem::unauthorized(rejection.code(), rejection.error(), source.scheme.advice(rejection))
}

fn unusable(source: &Source, why: &Unusable) -> Problem {
    match why {
        Unusable::Malformed(malformed) => Problem::bad_request("Invalid JSON body", malformed.to_string()),
        Unusable::JobId(why) => {
            let field = source.job_id_field();
            Problem::bad_request(format!("Missing {field}"), format!("{field} is required: {why}"))
        }
    }
}

pub(super) fn not_kept(why: NotKept) -> Problem {
    match why {
        NotKept::Refused => Problem::internal("the database refused the row"),
        NotKept::Locked => busy("a row of the same callback is held by somebody else; send it again"),
        NotKept::Away => busy("the database did not confirm the callback in time; send it again"),
        NotKept::Busy => busy("more callbacks are waiting than can be written soon; send it again"),
        NotKept::NotSpooled(NotSpooled::Full) => {
            busy("the database is away and the spool is full; send it again")
        }
        NotKept::NotSpooled(NotSpooled::Failed) => {
            busy("the database is away and the spool could not be written; send it again")
        }
        NotKept::NotSpooled(NotSpooled::Late) => {
            busy("neither the database nor the spool's disk did confirm the callback in time; send it again")
        }
    }
}

fn busy(detail: &'static str) -> Problem {
    Problem::unavailable(detail, RETRY_AFTER)
}

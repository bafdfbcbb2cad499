//! The way of one request, from its head to what it is answered with.

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use bytes::Bytes;
use metrics::counter;
use tokio::time::Instant;

use super::{
    api::Station,
    body::{self, BODY_BYTES_MAX, Share, Unread},
    extract::{self, Unusable},
    scheme::Rejection,
    source::Source,
    writer::{Outcome, Receipt},
};
use crate::{
    hub::Alert,
    problem::{Problem, Result},
};

/// When to come again after 503: the sender's own second attempt comes after five.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// A callback that is durable.
pub struct Received {
    pub source: Arc<str>,
    pub receipt: Receipt,
    pub callback_id: String,
    pub verified: bool,
}

pub async fn receive(ingest: &Station, from: IpAddr, head: Parts, body: Body) -> Result<Received> {
    let source = source(ingest, &head)?;
    refuse_encoded(&head.headers)?;
    let open = source.secrets.is_empty();
    if !open && let Err(rejection) = source.scheme.check_headers(&head.headers) {
        return Err(reject(
            ingest,
            &source,
            from,
            extract::Request { headers: head.headers, body: Bytes::new() },
            rejection,
        ));
    }
    let (request, share) = read(ingest, head.headers, body).await?;
    let deadline = Instant::now() + ingest.settings.ack_deadline;
    if !open && let Err(rejection) = source.scheme.verify(&request.headers, &request.body, &source.secrets) {
        return Err(reject(ingest, &source, from, request, rejection));
    }
    let new = extract::accepted(&source, request, !open).map_err(|why| unusable(&source, &why))?;
    let callback_id = new.callback_id.clone();
    let receipt = durable(ingest.queue.submit(new, share, deadline).await)?;
    if open {
        ingest.alerts.raise(Alert::unsigned(&source.name));
    }
    Ok(Received { source: source.name.clone(), receipt, callback_id, verified: !open })
}

fn source(ingest: &Station, head: &Parts) -> Result<Arc<Source>> {
    let source = ingest.sources.at(head.uri.path()).ok_or_else(|| {
        Problem::not_found("no source is enabled at this path; /api/admin/sources lists them")
    })?;
    ingest.rates.check(&source.name).map_err(|wait| {
        Problem::too_many(format!("{} sends more than webhook_rate_per_source allows", source.name), wait)
    })?;
    Ok(source)
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

fn unread(why: Unread) -> Problem {
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
    source: &Arc<Source>,
    from: IpAddr,
    request: extract::Request,
    rejection: Rejection,
) -> Problem {
    counter!("callbackd_rejects_total", "source" => source.name.to_string(), "cause" => rejection.code())
        .increment(1);
    ingest.rejects.record(source, from, request, rejection);
    Problem::unauthorized(rejection.code(), rejection.error(), source.scheme.advice(rejection))
}

fn unusable(source: &Source, why: &Unusable) -> Problem {
    match why {
        Unusable::Malformed(malformed) => Problem::bad_request("Invalid JSON body", malformed.to_string()),
        Unusable::JobId(why) => {
            let name = source.job_id_name();
            Problem::bad_request(format!("Missing {name} in payload"), format!("{name} is required: {why}"))
        }
    }
}

fn durable(outcome: Outcome) -> Result<Receipt> {
    match outcome {
        Outcome::Durable(receipt) => Ok(receipt),
        Outcome::Refused => Err(Problem::internal("the database refused the row")),
        Outcome::Away => Err(busy("the database did not confirm the callback in time; send it again")),
        Outcome::Busy => Err(busy("more callbacks are waiting than can be written soon; send it again")),
    }
}

fn busy(detail: &'static str) -> Problem {
    Problem::unavailable(detail, RETRY_AFTER)
}

//! A made-up callback of a source, sent to ourselves as its sender would: a proof that the way from a signed request to
//! every open browser works, without the sender.
//!
//! It is the source's own sample, signed with its own secret, and then received like any other. A header says that it is
//! a trial, so that nobody asks its service for what it names.

use std::net::IpAddr;

use axum::{
    body::Body,
    http::{HeaderValue, Request, StatusCode, header, request::Builder},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{api::Ingest, receive::receive_and_store, writer::Receipt};
use crate::{
    problem::{Problem, Result},
    source::{
        Source,
        scheme::{Envelope, Header},
        test_mark,
    },
};

impl Ingest {
    /// Receives a made-up callback of the source of this name. It gives what the sender would be told, and the callback
    /// id.
    pub async fn send_trial(&self, source: &str, from: IpAddr) -> Result<(Receipt, String)> {
        let known = self.sources().all();
        let enabled = known.iter().find(|enabled| *enabled.source.name == *source);
        let enabled = enabled.ok_or_else(|| Problem::not_found("there is no source of this name"))?;
        let (head, body) = request(&enabled.source, Utc::now())?.into_parts();
        receive_and_store(&self.station, from, head, body).await
    }
}

/// As its sender would send it at that time. Where there is nothing to verify with, unsigned callbacks are accepted, and
/// this is one.
fn request(source: &Source, at: DateTime<Utc>) -> Result<Request<Body>> {
    let job = Uuid::new_v4();
    let sample = source.sample(&job.to_string(), None);
    let body = source.body_at(&sample.body, at);
    let id = format!("msg_{}", job.simple());
    let proofs = match source.secrets.iter().find(|secret| secret.is_active(at)) {
        Some(secret) => source.scheme.sign(secret, Envelope { id: &id, at }, &body),
        None if source.has_keys() => return Err(unsignable()),
        None => Vec::new(),
    };
    let request = Request::post(source.path.as_str())
        .header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))
        .header(header::CONTENT_LENGTH, HeaderValue::from(body.len()))
        .header(header::USER_AGENT, HeaderValue::from_static("callbackd test"));
    let put = |request: Builder, header: &Header| request.header(&header.name, &header.value);
    let request = sample.headers.iter().chain([&test_mark()]).chain(&proofs).fold(request, put);
    request.body(Body::from(body)).map_err(Problem::internal)
}

fn unsignable() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "no_secret",
        "Nothing to sign with",
        "this source has no active secret: its service signs with a key that only the service has, or all secrets here have ended",
    )
}

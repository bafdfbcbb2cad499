//! From a verified body to the fields that lists, filters and toasts need.
//!
//! A field that is missing or of another type is left out: only the job id is required. Senders' own timestamps are
//! not read at all; they are shown with the payload and never trusted.

use axum::http::HeaderMap;
use bytes::Bytes;
use chrono::Utc;
use uuid::Uuid;

use super::{
    dedupe::dedupe_key,
    headers,
    payload::{self, Malformed, Object, Payload},
    scheme::Rejection,
    source::{Fields, Source},
};
use crate::callback::{NewCallback, Status};

/// A job id is an index key, and longer ones are no ids.
const JOB_ID_BYTES_MAX: usize = 512;
/// Names are index keys too; a longer one is cut.
const NAME_BYTES_MAX: usize = 512;
/// Enough to read what went wrong; the whole text is in the payload.
const ERROR_BYTES_MAX: usize = 4 * 1024;
/// An owner is an id; a longer one is nobody's.
const OWNER_BYTES_MAX: usize = 128;
const PREVIEW_CHARS: usize = 200;
/// What is kept of a signature header; the longest real one has a tenth.
const SIGNATURE_BYTES_MAX: usize = 1024;

/// Why a verified body is not stored.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    #[error(transparent)]
    Malformed(#[from] Malformed),
    #[error("{0}")]
    JobId(&'static str),
}

/// A request with its whole body.
#[derive(Debug, Clone)]
pub struct Request {
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// A callback that is to be acknowledged. `verified` is false only where no secret is configured.
pub fn accepted(source: &Source, request: Request, verified: bool) -> Result<NewCallback, Unusable> {
    // Shared, not copied: the fields are read from the same bytes that are stored.
    let body = request.body.clone();
    let Payload { text, plain } = Payload::parse(&body)?;
    let object = Object::of(text);
    let job_id = job_id(&object, source.fields.job_id)?;
    let dedupe_key = dedupe_key(text, source.ignored);
    let mut new = blank(source, request);
    new.dedupe_key = Some(dedupe_key);
    new.signature_valid = verified;
    new.verified_at = verified.then(Utc::now);
    new.body_is_json = true;
    new.payload_plain = plain;
    new.callback_id.clone_from(&job_id);
    new.external_job_id = Some(job_id);
    fill(&mut new, &source.fields, text, &object);
    Ok(new)
}

/// The record of a request that failed authentication. Its fields are read for display only.
pub fn rejected(source: &Source, request: Request, rejection: Rejection) -> NewCallback {
    let body = request.body.clone();
    let preview = preview(&String::from_utf8_lossy(&body));
    let mut new = blank(source, request);
    new.rejection = Some(rejection.code());
    new.payload_preview = preview;
    new.callback_id = format!("rejected-{}", new.id);
    if let Some((text, plain)) = payload::json_text(&body) {
        let object = Object::of(text);
        new.body_is_json = true;
        new.payload_plain = plain;
        if let Ok(job_id) = job_id(&object, source.fields.job_id) {
            new.callback_id.clone_from(&job_id);
            new.external_job_id = Some(job_id);
        }
        fill(&mut new, &source.fields, text, &object);
    }
    new
}

fn blank(source: &Source, request: Request) -> NewCallback {
    NewCallback {
        id: Uuid::now_v7(),
        source: source.name.clone(),
        callback_id: String::new(),
        dedupe_key: None,
        signature_valid: false,
        signature_header: source
            .scheme
            .presented(&request.headers)
            .map(|text| cut(text, SIGNATURE_BYTES_MAX)),
        verified_at: None,
        request_headers: headers::kept(&request.headers),
        body: request.body,
        body_is_json: false,
        payload_plain: true,
        payload_preview: String::new(),
        external_job_id: None,
        workflow_name: None,
        event_type: None,
        status: Status::Received,
        error_message: None,
        subject_user_id: None,
        cost_usd: None,
        total_tokens: None,
        duration_ms: None,
        rejection: None,
        accepted_by: None,
    }
}

fn fill(new: &mut NewCallback, fields: &Fields, text: &str, object: &Object<'_>) {
    let name = |pointers: &[&str]| first(object, pointers, |value| payload::text(value, NAME_BYTES_MAX));
    new.event_type = name(fields.event);
    new.workflow_name = name(fields.workflow);
    new.status = status(fields, new.event_type.as_deref());
    new.error_message = first(object, fields.error_message, |value| payload::text(value, ERROR_BYTES_MAX));
    new.subject_user_id = first(object, fields.owner, owner);
    new.cost_usd = first(object, fields.cost_usd, payload::float);
    new.total_tokens = first(object, fields.total_tokens, payload::integer);
    new.duration_ms = first(object, fields.duration_ms, payload::integer);
    new.payload_preview = preview(text);
}

fn first<T>(object: &Object<'_>, pointers: &[&str], read: impl Fn(&str) -> Option<T>) -> Option<T> {
    pointers.iter().find_map(|pointer| read(object.find(pointer)?))
}

/// A string or a number, as the sender wrote it.
fn job_id(object: &Object<'_>, pointer: &str) -> Result<String, Unusable> {
    let value = object.find(pointer).ok_or(Unusable::JobId("it is missing"))?;
    let id = match value.as_bytes().first() {
        Some(b'"') => payload::text(value, usize::MAX).unwrap_or_default(),
        Some(b'-' | b'0'..=b'9') => value.to_owned(),
        _ => return Err(Unusable::JobId("it must be a string or a number")),
    };
    match id.len() {
        0 => Err(Unusable::JobId("it is empty")),
        1..=JOB_ID_BYTES_MAX => Ok(id),
        _ => Err(Unusable::JobId("it is longer than 512 bytes")),
    }
}

/// A uuid has several spellings; profiles have one.
fn owner(value: &str) -> Option<String> {
    let text = payload::text(value, OWNER_BYTES_MAX + 1)
        .filter(|text| (1..=OWNER_BYTES_MAX).contains(&text.len()))?;
    Some(Uuid::parse_str(&text).map_or(text, |uuid| uuid.to_string()))
}

fn status(fields: &Fields, event: Option<&str>) -> Status {
    let outcome = fields.outcomes.iter().find(|(name, _)| Some(*name) == event);
    outcome.map_or(Status::Received, |(_, status)| *status)
}

fn preview(text: &str) -> String {
    text.trim_start()
        .chars()
        .take(PREVIEW_CHARS)
        .map(|c| if c == '\0' { char::REPLACEMENT_CHARACTER } else { c })
        .collect()
}

fn cut(mut text: String, bytes_max: usize) -> String {
    text.truncate(text.floor_char_boundary(bytes_max));
    text
}

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
};
use crate::{
    callback::{NewCallback, Status},
    source::{DurationUnit, Fields, Place, Rejection, Source, Verdict},
};

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

/// A callback that is to be acknowledged. Without a verdict it was not verified, because no secret is configured.
pub fn accepted(
    source: &Source,
    request: Request,
    verdict: Option<Verdict>,
) -> Result<NewCallback, Unusable> {
    // Shared, not copied: the fields are read from the same bytes that are stored.
    let body = request.body.clone();
    let Payload { text, plain } = Payload::parse(&body)?;
    let found = Found { object: Object::of(text), headers: request.headers };
    let id = found.job_id(&source.fields.job_id)?;
    let delivery = source.scheme.signs_id().then(|| source.scheme.presented(&found.headers).id).flatten();
    let dedupe_key = dedupe_key(text, &source.ignored, delivery);
    let mut new = blank(source, &found.headers, request.body, verdict.unwrap_or_default());
    new.dedupe_key = Some(dedupe_key);
    new.signature_valid = verdict.is_some();
    new.verified_at = verdict.map(|_| Utc::now());
    new.body_is_json = true;
    new.payload_plain = plain;
    name(&mut new, id);
    fill(&mut new, &source.fields, text, &found);
    Ok(new)
}

/// The record of a request that failed authentication. Its fields are read for display only.
pub fn rejected(source: &Source, request: Request, verdict: Verdict) -> NewCallback {
    let body = request.body.clone();
    let preview = preview(&String::from_utf8_lossy(&body));
    let mut new = blank(source, &request.headers, request.body, verdict);
    new.rejection = verdict.result().err().map(Rejection::code);
    new.payload_preview = preview;
    new.callback_id = format!("rejected-{}", new.id);
    if let Some((text, plain)) = payload::json_text(&body) {
        let found = Found { object: Object::of(text), headers: request.headers };
        new.body_is_json = true;
        new.payload_plain = plain;
        if let Ok(id) = found.job_id(&source.fields.job_id) {
            name(&mut new, id);
        }
        fill(&mut new, &source.fields, text, &found);
    }
    new
}

fn blank(source: &Source, headers: &HeaderMap, body: Bytes, verdict: Verdict) -> NewCallback {
    NewCallback {
        id: Uuid::now_v7(),
        source: source.name.clone(),
        callback_id: String::new(),
        dedupe_key: None,
        signature_valid: false,
        signature_header: source
            .scheme
            .signature
            .as_ref()
            .and_then(|signature| signature.presented(headers).map(|text| cut(text, SIGNATURE_BYTES_MAX))),
        verified_at: None,
        request_headers: headers::kept(headers, &source.scheme, verdict.token),
        body,
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

/// A delivery's name is no job: nothing else belongs to it.
fn name(new: &mut NewCallback, id: Id) {
    match id {
        Id::Job(job) => {
            new.callback_id.clone_from(&job);
            new.external_job_id = Some(job);
        }
        Id::Delivery(delivery) => new.callback_id = delivery,
    }
}

fn fill(new: &mut NewCallback, fields: &Fields, text: &str, found: &Found<'_>) {
    let name = |places: &[Place]| found.text(places, NAME_BYTES_MAX);
    let word = found.first(&fields.event, word);
    new.status = status(fields, found.first(&fields.status, self::word).as_deref(), word.as_deref());
    new.event_type = word.map(|word| event(fields, word));
    new.workflow_name = name(&fields.workflow);
    new.error_message = found.text(&fields.error, ERROR_BYTES_MAX);
    new.subject_user_id = found.first(&fields.owner, owner);
    new.cost_usd = found.first(&fields.cost_usd, payload::float);
    new.total_tokens = found.first(&fields.total_tokens, payload::integer);
    new.duration_ms = found.first(&fields.duration, |value| duration_ms(value, fields.duration_unit));
    new.payload_preview = preview(text);
}

/// Where values are looked for.
struct Found<'a> {
    object: Object<'a>,
    headers: HeaderMap,
}

/// What names a callback.
enum Id {
    Job(String),
    Delivery(String),
}

impl Found<'_> {
    /// The first place that holds something that `read` can use. What comes from a header is read as a JSON string.
    fn first<T>(&self, places: &[Place], read: impl Fn(&str) -> Option<T>) -> Option<T> {
        places.iter().find_map(|place| match place {
            Place::Body(pointer) => read(self.object.find(pointer.tokens())?),
            Place::Header(name) => {
                let text = String::from_utf8_lossy(self.headers.get(name)?.as_bytes());
                read(&serde_json::Value::from(text).to_string())
            }
        })
    }

    fn text(&self, places: &[Place], bytes_max: usize) -> Option<String> {
        self.first(places, |value| payload::text(value, bytes_max))
    }

    /// A string or a number, as the sender wrote it, from the first place that holds one.
    fn job_id(&self, places: &[Place]) -> Result<Id, Unusable> {
        let mut why = "it is missing";
        for place in places {
            match self.first(std::slice::from_ref(place), |value| Some(id(value))) {
                None => {}
                Some(Err(unusable)) => why = unusable,
                Some(Ok(id)) => {
                    return Ok(match place {
                        Place::Body(_) => Id::Job(id),
                        Place::Header(_) => Id::Delivery(id),
                    });
                }
            }
        }
        Err(Unusable::JobId(why))
    }
}

fn id(value: &str) -> Result<String, &'static str> {
    let id = match value.as_bytes().first() {
        Some(b'"') => payload::text(value, usize::MAX).unwrap_or_default(),
        Some(b'-' | b'0'..=b'9') => value.to_owned(),
        _ => return Err("it must be a string or a number"),
    };
    match id.len() {
        0 => Err("it is empty"),
        1..=JOB_ID_BYTES_MAX => Ok(id),
        _ => Err("it is longer than 512 bytes"),
    }
}

/// A sender's word: a string, or what it wrote instead of one.
fn word(value: &str) -> Option<String> {
    match value.as_bytes().first()? {
        b'"' => payload::text(value, NAME_BYTES_MAX),
        b't' | b'f' | b'-' | b'0'..=b'9' => Some(cut(value.to_owned(), NAME_BYTES_MAX)),
        _ => None,
    }
}

fn event(fields: &Fields, word: String) -> String {
    fields.events.iter().find(|(known, _)| *known == word).map_or(word, |(_, name)| name.clone())
}

/// The status says it, else the event, by the sender's word or by its name here.
fn status(fields: &Fields, status: Option<&str>, event: Option<&str>) -> Status {
    let renamed = event.and_then(|word| fields.events.iter().find(|(known, _)| known == word));
    let words = [status, event, renamed.map(|(_, name)| name.as_str())];
    words.into_iter().flatten().find_map(|word| fields.outcomes.of(word)).unwrap_or(fields.otherwise)
}

fn duration_ms(value: &str, unit: DurationUnit) -> Option<i64> {
    match unit {
        DurationUnit::Milliseconds => payload::integer(value),
        DurationUnit::Seconds => payload::integer(&(payload::float(value)? * 1000.0).to_string()),
    }
}

/// A uuid has several spellings; profiles have one.
fn owner(value: &str) -> Option<String> {
    let text = payload::text(value, OWNER_BYTES_MAX + 1)
        .filter(|text| (1..=OWNER_BYTES_MAX).contains(&text.len()))?;
    Some(Uuid::parse_str(&text).map_or(text, |uuid| uuid.to_string()))
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

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
    callback::{Complete, NewCallback, Status},
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
    let found = Found::new(text, request.headers);
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
        let found = Found::new(text, request.headers);
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
    let Complete {
        workflow_name,
        status,
        error_message,
        subject_user_id,
        cost_usd,
        total_tokens,
        duration_ms,
    } = found.complete(fields);
    new.event_type = found.first(&fields.event, word).map(|word| event(fields, word));
    new.workflow_name = workflow_name;
    new.status = status;
    new.error_message = error_message;
    new.subject_user_id = subject_user_id;
    new.cost_usd = cost_usd;
    new.total_tokens = total_tokens;
    new.duration_ms = duration_ms;
    new.payload_preview = preview(text);
}

/// The fields of a stored callback, now that the object is there that it names.
pub fn completed(source: &Source, headers: HeaderMap, text: &str, object: &str) -> Complete {
    let fetched = Some(Object::of(object));
    Found { fetched, ..Found::new(text, headers) }.complete(&source.fields)
}

/// What stands at the first of these places of a stored callback that holds an id.
pub fn object_id(places: &[Place], headers: HeaderMap, text: &str) -> Option<String> {
    match Found::new(text, headers).job_id(places).ok()? {
        Id::Job(id) | Id::Delivery(id) => Some(id),
    }
}

/// Where values are looked for.
struct Found<'a> {
    object: Object<'a>,
    /// What the callback names, once it was fetched.
    fetched: Option<Object<'a>>,
    headers: HeaderMap,
}

/// What names a callback.
enum Id {
    Job(String),
    Delivery(String),
}

impl<'a> Found<'a> {
    fn new(text: &'a str, headers: HeaderMap) -> Self {
        Self { object: Object::of(text), fetched: None, headers }
    }

    fn complete(&self, fields: &Fields) -> Complete {
        let (status, event) = (self.first(&fields.status, word), self.first(&fields.event, word));
        Complete {
            workflow_name: self.text(&fields.workflow, NAME_BYTES_MAX),
            status: self::status(fields, status.as_deref(), event.as_deref()),
            error_message: self.text(&fields.error, ERROR_BYTES_MAX),
            subject_user_id: self.first(&fields.owner, owner),
            cost_usd: self.first(&fields.cost_usd, payload::float),
            total_tokens: self.first(&fields.total_tokens, payload::integer),
            duration_ms: self.first(&fields.duration, |value| duration_ms(value, fields.duration_unit)),
        }
    }

    /// The first place that holds something that `read` can use. What comes from a header is read as a JSON string.
    fn first<T>(&self, places: &[Place], read: impl Fn(&str) -> Option<T>) -> Option<T> {
        places.iter().find_map(|place| match place {
            Place::Body(pointer) => read(self.object.find(pointer.tokens())?),
            Place::Object(pointer) => read(self.fetched.as_ref()?.find(pointer.tokens())?),
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
                        Place::Body(_) | Place::Object(_) => Id::Job(id),
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
    words.into_iter().flatten().find_map(|word| fields.outcomes.of(word)).copied().unwrap_or(fields.otherwise)
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

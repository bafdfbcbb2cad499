//! A callback as the sender would send it: for the command that people paste, and for `callbackd send`.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::{
    Source,
    fields::{Place, Pointer, element},
    scheme::{Envelope, Header},
};

/// Marks a callback that was made up: what it names is nobody's, and is not asked for.
pub const TEST_HEADER: &str = "x-callbackd-test";

/// One callback that was made up.
#[derive(Debug, Clone)]
pub struct Sample {
    /// With its signature's timestamp still to be written, where the body repeats that.
    pub body: Map<String, Value>,
    /// Fields that the sender puts into headers.
    pub headers: Vec<Header>,
    pub event: Option<String>,
}

impl Source {
    /// The sample body with this job, and with this event in place of its own.
    pub fn sample(&self, job: &str, event: Option<&str>) -> Sample {
        let mut sample = Sample { body: self.sample.clone(), headers: Vec::new(), event: None };
        // A delivery's id is made up by whoever sends, for each delivery.
        let is_id = |place: &Place| matches!(place, Place::Header(name) if self.scheme.id.contains(name));
        if let Some(place) = self.fields.job_id.first().filter(|place| !is_id(place)) {
            sample.put(place, Value::from(job));
        }
        let word = event.map(|event| self.sender_word(event));
        if let (Some(place), Some(word)) = (self.fields.event.first(), word) {
            sample.put(place, word);
        }
        if let (Some(Place::Header(name)), None) = (self.fields.event.first(), event) {
            sample.headers.push(Header::open(name.as_str(), "ping".to_owned()));
        }
        sample.event = event.map(str::to_owned);
        sample
    }

    /// The bytes of `body` as they are sent at that time.
    pub fn body_at(&self, body: &Map<String, Value>, at: DateTime<Utc>) -> Vec<u8> {
        let timestamp = self.scheme.timestamp.as_ref();
        let place = timestamp.and_then(|timestamp| Pointer::parse(timestamp.in_body.as_deref()?).ok());
        let mut body = body.clone();
        if let (Some(place), Some(timestamp)) = (place, timestamp) {
            insert(&mut body, &place, Value::from(timestamp.unit.write(at)));
        }
        Value::Object(body).to_string().into_bytes()
    }

    /// A command that sends one callback, signed with the newest secret, which it does not show. Each has a job id of
    /// its own, so that none is taken for a retry of another.
    pub fn example(&self, url: &str, job: &str, at: DateTime<Utc>) -> Option<String> {
        let secret = self.secrets.first()?;
        let sample = self.sample(job, None);
        let body = self.body_at(&sample.body, at);
        let id = format!("msg_{}", job.replace('-', ""));
        let headers = self.scheme.sign(secret, Envelope { id: &id, at }, &body);
        let mut command = format!("curl {url}{} \\\n  -H 'Content-Type: application/json'", self.path);
        let mark = self.is_thin().then(test_mark);
        for header in sample.headers.iter().chain(&mark).chain(&headers) {
            let value = if header.is_secret { self.placeholder(&header.value) } else { header.value.clone() };
            let quote = if header.is_secret { '"' } else { '\'' };
            let _ = write!(command, " \\\n  -H {quote}{}: {value}{quote}", header.name);
        }
        // A quote ends the text, is written, and begins it again.
        let body = String::from_utf8_lossy(&body).replace('\'', r"'\''");
        Some(format!("{command} \\\n  -d '{body}'"))
    }

    /// The word by which the sender calls what is called `event` here.
    fn sender_word(&self, event: &str) -> Value {
        let known = self.fields.events.iter().find(|(_, name)| name == event).map(|(word, _)| word.as_str());
        match known.unwrap_or(event) {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            word => Value::from(word),
        }
    }

    /// In place of a secret: a variable of the shell, for whoever runs the command to set.
    fn placeholder(&self, value: &str) -> String {
        let scheme = value.split_once(' ').map(|(scheme, _)| format!("{scheme} ")).unwrap_or_default();
        let name = self.name.to_ascii_uppercase().replace('-', "_");
        match scheme.as_str() {
            "Basic " => format!("Basic $(printf %s \"${name}_SECRET\" | base64 | tr -d '\\n')"),
            scheme => format!("{scheme}${name}_SECRET"),
        }
    }
}

/// See [`TEST_HEADER`].
pub fn test_mark() -> Header {
    Header::open("X-Callbackd-Test", "1".to_owned())
}

impl Sample {
    fn put(&mut self, place: &Place, value: Value) {
        match place {
            Place::Body(pointer) => insert(&mut self.body, pointer, value),
            Place::Header(name) => {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                self.headers.push(Header::open(name.as_str(), text));
            }
            Place::Object(_) => {}
        }
    }
}

/// What leads nowhere on the way is replaced by an object.
fn insert(object: &mut Map<String, Value>, pointer: &Pointer, value: Value) {
    let mut tokens = pointer.tokens();
    let Some(first) = tokens.next() else { return };
    *tokens.fold(object.entry(first).or_insert(Value::Null), child) = value;
}

fn child<'a>(value: &'a mut Value, token: &str) -> &'a mut Value {
    let at = element(token).filter(|at| value.get(*at).is_some());
    if at.is_none() && !value.is_object() {
        *value = Value::Object(Map::new());
    }
    match at {
        Some(at) => &mut value[at],
        None => &mut value[token],
    }
}

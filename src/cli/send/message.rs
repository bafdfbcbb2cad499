//! What is sent: a callback as its service shapes it, or the bytes of a file.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::llm::{self, Event};
use crate::source::{LLM, Place, Source, element, scheme::Header, test_mark};

/// One callback, from which each attempt's body is made.
#[derive(Debug, Clone)]
pub struct Message {
    content: Content,
    pub job_id: Option<String>,
    /// The same in every attempt, for schemes that name deliveries.
    pub delivery_id: String,
    /// Besides those that prove who sends.
    pub headers: Vec<Header>,
}

fn child<'a>(value: &'a Value, token: &str) -> Option<&'a Value> {
    element(token).and_then(|at| value.get(at)).or_else(|| value.get(token))
}

#[derive(Debug, Clone)]
enum Content {
    Verbatim(Vec<u8>),
    /// Built again for each attempt.
    Llm(Value),
    /// The same in each attempt, with the time at which it was made where it holds one.
    Sample(Map<String, Value>, DateTime<Utc>),
}

impl Message {
    /// Whatever the bytes are; event and job are told from them if they can be.
    pub fn verbatim(source: &Source, bytes: Vec<u8>) -> Self {
        let value: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let text = |places: &[Place]| {
            let found = places.iter().find_map(|place| match place {
                Place::Body(pointer) => pointer.tokens().try_fold(&value, child),
                Place::Header(_) | Place::Object(_) => None,
            });
            found.and_then(Value::as_str).map(str::to_owned)
        };
        let (job_id, event) = (text(&source.fields.job_id), text(&source.fields.event));
        let mut message = Self::new(source, Content::Verbatim(bytes), job_id, event.as_deref());
        message.headers.extend(source.sample(&Uuid::new_v4().to_string(), None).headers);
        message
    }

    /// A job of its own. Without an event it is the one that the source's sample has.
    pub fn made_up(source: &Source, event: Option<&str>) -> anyhow::Result<Self> {
        let job = Uuid::new_v4().to_string();
        if &*source.name == LLM {
            let event = event.map_or(Ok(Event::WorkflowCompleted), Event::parse)?;
            let content = Content::Llm(llm::made_up(event, &job));
            return Ok(Self::new(source, content, Some(job), Some(event.name())));
        }
        let sample = source.sample(&job, event);
        let mut message = Self::new(source, Content::Sample(sample.body, Utc::now()), Some(job), event);
        message.headers.extend(sample.headers);
        message.headers.extend(source.is_thin().then(test_mark));
        Ok(message)
    }

    fn new(source: &Source, content: Content, job_id: Option<String>, event: Option<&str>) -> Self {
        // A header cannot hold everything that a body can.
        let event = event.filter(|event| event.bytes().all(|byte| byte.is_ascii_graphic()));
        let names_event = &*source.name == LLM;
        let header =
            event.filter(|_| names_event).map(|event| Header::open("X-Webhook-Event", event.to_owned()));
        let delivery_id = format!("msg_{}", Uuid::new_v4().simple());
        Self { content, job_id, delivery_id, headers: header.into_iter().collect() }
    }

    /// The bytes of an attempt made now.
    pub fn body(&self, source: &Source, now: DateTime<Utc>) -> Vec<u8> {
        match &self.content {
            Content::Verbatim(bytes) => bytes.clone(),
            Content::Llm(content) => llm::body(content, now),
            Content::Sample(body, made) => source.body_at(body, *made),
        }
    }
}

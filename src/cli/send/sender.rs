//! One callback on its way: signed, sent, and sent again until it is acknowledged or given up.

use std::time::Duration;

use reqwest::{StatusCode, header::CONTENT_TYPE};
use serde::Deserialize;
use tokio::time::Instant;
use url::Url;

use super::{message::Message, report::Screen};
use crate::{
    client,
    source::{Secret, Source, scheme::Envelope},
};

/// What the LLM service waits for an answer.
const ANSWER_WAIT: Duration = Duration::from_secs(30);
/// Of an answer; more than any of ours has.
const ANSWER_BYTES_SHOWN: usize = 200;

/// How it proves who it is.
pub enum Proof {
    Secret(Box<Secret>),
    None,
}

pub struct Sender {
    client: reqwest::Client,
    url: Url,
    source: Source,
    proof: Proof,
    waits: Vec<Duration>,
}

/// What became of one callback.
#[derive(Debug)]
pub struct Delivery {
    pub job_id: Option<String>,
    pub attempts: usize,
    pub outcome: Outcome,
    /// Of the last attempt alone.
    pub took: Duration,
}

#[derive(Debug)]
pub enum Outcome {
    Acknowledged(StatusCode, Acknowledgement),
    /// Any other answer.
    Refused(StatusCode, String),
    /// No answer at all.
    Unanswered(String),
}

/// The members of an acknowledgement that are shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Acknowledgement {
    pub id: Option<String>,
    pub cursor: Option<String>,
    pub duplicate: bool,
    /// It is on the server's own disk, until the database is back.
    pub spooled: bool,
    pub warning: Option<String>,
}

impl Sender {
    pub fn new(url: Url, source: Source, proof: Proof, waits: Vec<Duration>) -> anyhow::Result<Self> {
        let builder = client::builder_for(&url)?
            .user_agent(concat!("callbackd-send/", env!("CARGO_PKG_VERSION")))
            .timeout(ANSWER_WAIT);
        Ok(Self { client: builder.build()?, url, source, proof, waits })
    }

    /// Scheme, host and port, for messages.
    pub fn server(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// Sends until it is acknowledged, or until another attempt would change nothing.
    pub async fn deliver(&self, message: &Message, screen: &Screen) -> Delivery {
        let mut waits = self.waits.iter();
        let mut attempts = 0;
        loop {
            attempts += 1;
            let start = Instant::now();
            let outcome = self.attempt(message).await;
            let took = start.elapsed();
            match waits.next().filter(|_| outcome.may_change()) {
                Some(wait) => {
                    screen.retrying(&outcome, attempts, *wait);
                    tokio::time::sleep(*wait).await;
                }
                None => return Delivery { job_id: message.job_id.clone(), attempts, outcome, took },
            }
        }
    }

    async fn attempt(&self, message: &Message) -> Outcome {
        let at = chrono::Utc::now();
        let body = message.body(&self.source, at);
        let proofs = match &self.proof {
            Proof::Secret(secret) => {
                self.source.scheme.sign(secret, Envelope { id: &message.delivery_id, at }, &body)
            }
            Proof::None => Vec::new(),
        };
        let request = self.client.post(self.url.clone()).header(CONTENT_TYPE, "application/json");
        let headers = message.headers.iter().chain(&proofs);
        let request = headers.fold(request, |request, header| request.header(&header.name, &header.value));
        let answer = match request.body(body).send().await {
            Ok(answer) => answer,
            Err(error) => return Outcome::Unanswered(self.why(&error)),
        };
        let status = answer.status();
        match answer.bytes().await {
            Ok(bytes) if status.is_success() => {
                Outcome::Acknowledged(status, serde_json::from_slice(&bytes).unwrap_or_default())
            }
            Ok(bytes) => Outcome::Refused(status, reason(&bytes)),
            Err(error) => Outcome::Unanswered(self.why(&error)),
        }
    }

    fn why(&self, error: &reqwest::Error) -> String {
        let server = self.server();
        if error.is_timeout() {
            return format!("no answer from {server} within {} s", ANSWER_WAIT.as_secs());
        }
        let cause = client::cause(error);
        if error.is_connect() {
            return format!("no server answers at {server} ({cause}): start it with `callbackd serve`");
        }
        format!("the connection to {server} broke: {cause}")
    }
}

impl Outcome {
    /// Whether sending again may end otherwise: a refusal of what was sent will not.
    fn may_change(&self) -> bool {
        match self {
            Self::Acknowledged(..) => false,
            Self::Unanswered(_) => true,
            Self::Refused(status, _) => {
                !status.is_client_error()
                    || matches!(*status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS)
            }
        }
    }
}

/// What a problem says, or the beginning of whatever else was answered.
fn reason(body: &[u8]) -> String {
    let problem: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let member = |name: &str| problem.get(name).and_then(serde_json::Value::as_str);
    match (member("error"), member("detail")) {
        (Some(error), Some(detail)) => format!("{error}: {detail}"),
        (Some(text), None) | (None, Some(text)) => text.to_owned(),
        (None, None) => {
            let text = String::from_utf8_lossy(body.get(..ANSWER_BYTES_SHOWN).unwrap_or(body)).into_owned();
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        }
    }
}

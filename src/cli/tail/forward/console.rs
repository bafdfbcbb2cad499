//! What is asked of callbackd for each callback that is handed on: its bytes and headers; and what it is told.

use std::time::Duration;

use anyhow::bail;
use bytes::Bytes;
use rand::RngExt as _;
use reqwest::{RequestBuilder, Response, StatusCode, header};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use url::Url;
use uuid::Uuid;

use crate::{
    callback::Ended,
    cli::tail::screen::{Colour, Screen},
    client,
};

/// For a callback of a megabyte over a slow line.
const ANSWER_WAIT: Duration = Duration::from_secs(30);
/// Between attempts: doubled each time up to the second, with jitter.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(15));

/// How often it is tried to report one attempt: enough for a server that asks for a minute's patience.
const REPORTS_MAX: u32 = 5;

pub struct Console {
    client: reqwest::Client,
    server: Url,
    token: SecretString,
}

/// A request as it was received.
pub struct Received {
    pub source: String,
    /// JSON: `[[name, value], …]`.
    pub headers: String,
    pub body: Bytes,
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    callback: Detail<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail<'a> {
    source: String,
    #[serde(borrow)]
    request_headers: &'a RawValue,
}

/// What was sent, and what was answered.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
    target: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    duration_ms: i64,
    answer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Report {
    pub fn new(id: Option<Uuid>, target: String, ended: &Ended) -> Self {
        let duration_ms = ended.duration_ms;
        match ended.answer.clone() {
            Ok((status, answer)) => {
                Self { id, target, status: Some(status), duration_ms, answer, error: None }
            }
            Err(error) => {
                Self { id, target, status: None, duration_ms, answer: String::new(), error: Some(error) }
            }
        }
    }
}

impl Console {
    pub fn new(server: Url, token: SecretString) -> anyhow::Result<Self> {
        let client = client::builder_for(&server)?.timeout(ANSWER_WAIT).build()?;
        Ok(Self { client, server, token })
    }

    /// The request as it came; nothing if it is not there any more, or had no body. A server that is away is waited for.
    pub async fn received(&self, id: Uuid, screen: &Screen) -> anyhow::Result<Option<Received>> {
        let Some(detail) = self.get(&self.url(id, "")?, screen).await? else { return Ok(None) };
        let Some(body) = self.get(&self.url(id, "/raw")?, screen).await? else { return Ok(None) };
        let Answer { callback: Detail { source, request_headers } } = serde_json::from_slice(&detail)?;
        Ok(Some(Received { source, headers: request_headers.get().to_owned(), body }))
    }

    /// The list of sources, as JSON; nothing from a server that has none.
    pub async fn sources(&self, screen: &Screen) -> anyhow::Result<Option<Bytes>> {
        self.get(&self.server.join("/api/admin/sources")?, screen).await
    }

    /// Tells what became of it. Whoever hands on faster than the server lets one token ask waits here.
    pub async fn report(&self, id: Uuid, report: &Report) -> anyhow::Result<()> {
        let url = self.url(id, "/attempts")?;
        let mut wait = BACK_OFF.0;
        for attempt in 1.. {
            let answer = self.send(self.client.post(url.clone()).json(report)).await?;
            let status = answer.status();
            match status {
                status if status.is_success() => break,
                // Deleted meanwhile: then nothing is listed anywhere.
                StatusCode::NOT_FOUND => break,
                status if may_change(status) && attempt < REPORTS_MAX => {}
                status => bail!("it answered {status}"),
            }
            tokio::time::sleep(wait.max(retry_after(&answer)).mul_f64(jitter())).await;
            wait = (wait * 2).min(BACK_OFF.1);
        }
        Ok(())
    }

    async fn get(&self, url: &Url, screen: &Screen) -> anyhow::Result<Option<Bytes>> {
        let (mut wait, mut said) = (BACK_OFF.0, false);
        loop {
            let why = match self.fetch(url).await {
                Ok((StatusCode::OK, bytes, _)) => return Ok(Some(bytes)),
                Ok((StatusCode::NOT_FOUND, ..)) => return Ok(None),
                Ok((status, _, after))
                    if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() =>
                {
                    wait = wait.max(after);
                    format!("callbackd answered {status}")
                }
                Ok((StatusCode::UNAUTHORIZED, ..)) => bail!("the API token was revoked, or has expired"),
                Ok((status, ..)) => bail!("{url} answered {status}"),
                Err(error) => format!("callbackd does not answer ({})", client::cause(&error)),
            };
            if !said {
                screen.say(Colour::Yellow, &format!("{why}; trying again until it does"));
                said = true;
            }
            tokio::time::sleep(wait.mul_f64(jitter())).await;
            wait = (wait * 2).min(BACK_OFF.1);
        }
    }

    async fn fetch(&self, url: &Url) -> reqwest::Result<(StatusCode, Bytes, Duration)> {
        let answer = self.send(self.client.get(url.clone())).await?;
        let after = retry_after(&answer);
        let status = answer.status();
        Ok((status, answer.bytes().await?, after))
    }

    async fn send(&self, request: RequestBuilder) -> reqwest::Result<Response> {
        request.bearer_auth(self.token.expose_secret()).send().await
    }

    fn url(&self, id: Uuid, rest: &str) -> anyhow::Result<Url> {
        Ok(self.server.join(&format!("/api/admin/llm-callbacks/{id}{rest}"))?)
    }
}

/// Whether the same request may be answered otherwise a moment later.
fn may_change(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
}

fn retry_after(answer: &Response) -> Duration {
    let header = answer.headers().get(header::RETRY_AFTER);
    let seconds = header.and_then(|value| value.to_str().ok()?.parse().ok());
    Duration::from_secs(seconds.unwrap_or_default())
}

/// What a server asks for is waited for whole, and a little more.
fn jitter() -> f64 {
    rand::rng().random_range(1.0..1.5)
}

//! One attempt: asks for the object, within all limits, and says what is to follow from the answer.
//!
//! The answer is somebody else's: it is bounded in time and size, leads nowhere else, and must be a JSON object. The key
//! goes to the address of the settings alone and comes back to nobody: an answer that repeats it is not kept.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::{StatusCode, header};
use secrecy::ExposeSecret as _;
use url::Url;

use crate::{client, ingest::payload::Payload, source::Fetch};

/// Characters of an answer that was no object, which are kept to be read.
const ANSWER_KEPT_MAX: usize = 1_000;
/// What the service may ask us to wait at most; whoever asks for longer is asked again earlier.
const RETRY_AFTER_MAX: Duration = Duration::from_hours(1);
const AGENT: &str = concat!("callbackd/", env!("CARGO_PKG_VERSION"));

/// What one attempt brought.
#[derive(Debug)]
pub enum Outcome {
    Fetched {
        status: u16,
        object: String,
    },
    /// It may come later; at the earliest after the time that the service has named.
    Later(Failure, Option<Duration>),
    /// It is not there, as far as the service knows: shortly after an event that need not last.
    Missing(Failure),
    /// Asking again would be answered the same.
    Never(Failure),
}

/// Why it did not come. Never holds the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub status: Option<u16>,
    pub error: String,
    /// How the answer began.
    pub answer: Option<String>,
}

impl Failure {
    pub fn new(error: impl Into<String>) -> Self {
        Self { status: None, error: error.into(), answer: None }
    }
}

pub async fn attempt(client: &reqwest::Client, fetch: &Fetch, url: &Url) -> Outcome {
    let asked = tokio::time::timeout(fetch.timeout, ask(client, fetch, url)).await;
    asked.unwrap_or_else(|_| {
        let wait = humantime::format_duration(fetch.timeout);
        Outcome::Later(Failure::new(format!("no whole answer within {wait}")), None)
    })
}

async fn ask(client: &reqwest::Client, fetch: &Fetch, url: &Url) -> Outcome {
    let Some((name, value)) = fetch.header() else {
        return Outcome::Never(Failure::new("the key is no header"));
    };
    let request = client
        .get(url.clone())
        .header(name, value)
        .header(header::ACCEPT, "application/json")
        .header(header::USER_AGENT, AGENT);
    let answer = match request.send().await {
        Ok(answer) => answer,
        Err(error) => return unanswered(&error),
    };
    let (status, after) = (answer.status(), retry_after(answer.headers(), Utc::now()));
    let body = read(answer, fetch.bytes_max).await;
    let failure = |error: String| Failure {
        status: Some(status.as_u16()),
        error,
        answer: body.as_ref().ok().and_then(|body| beginning(body, fetch)),
    };
    match (status, &body) {
        (status, _) if status.is_redirection() => Outcome::Never(failure(format!(
            "the service redirects ({status}), and redirects are not followed"
        ))),
        (StatusCode::NOT_FOUND, _) => {
            Outcome::Missing(failure("the service knows no such object (404)".to_owned()))
        }
        (StatusCode::TOO_MANY_REQUESTS, _) => {
            Outcome::Later(failure("the service has had too many requests (429)".to_owned()), after)
        }
        (StatusCode::REQUEST_TIMEOUT, _) => {
            Outcome::Later(failure(format!("the service answers {status}")), after)
        }
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => {
            Outcome::Never(failure(format!("the service refuses the key ({status})")))
        }
        (status, _) if status.is_server_error() => {
            Outcome::Later(failure(format!("the service answers {status}")), after)
        }
        (status, _) if status != StatusCode::OK => {
            Outcome::Never(failure(format!("the service answers {status}")))
        }
        (_, Err(Unread::Broken(why))) => {
            Outcome::Later(failure(format!("the answer broke off ({why})")), after)
        }
        (_, Err(Unread::TooLong)) => {
            Outcome::Never(failure(format!("the object is over {} bytes", fetch.bytes_max)))
        }
        (_, Ok(body)) => object(body, fetch).map_or_else(
            |why| Outcome::Never(failure(why)),
            |object| Outcome::Fetched { status: status.as_u16(), object },
        ),
    }
}

/// Names of hosts and causes are told; the address itself has the id in it, and stands beside.
fn unanswered(error: &reqwest::Error) -> Outcome {
    if let Some(refused) = client::refused(error) {
        return Outcome::Never(Failure::new(refused.to_string()));
    }
    let cause = client::cause(error);
    let said = if error.is_connect() { "the service cannot be reached" } else { "the connection broke" };
    Outcome::Later(Failure::new(format!("{said} ({cause})")), None)
}

enum Unread {
    Broken(String),
    TooLong,
}

async fn read(mut answer: reqwest::Response, bytes_max: usize) -> Result<Vec<u8>, Unread> {
    let declared = answer.content_length().unwrap_or_default();
    if usize::try_from(declared).is_ok_and(|bytes| bytes > bytes_max) {
        return Err(Unread::TooLong);
    }
    let mut body = Vec::new();
    loop {
        match answer.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= bytes_max => body.extend_from_slice(&chunk),
            Ok(Some(_)) => return Err(Unread::TooLong),
            Ok(None) => return Ok(body),
            Err(error) => return Err(Unread::Broken(client::cause(&error))),
        }
    }
}

fn object(body: &[u8], fetch: &Fetch) -> Result<String, String> {
    let payload =
        Payload::parse(body).map_err(|malformed| format!("the answer is no object: {malformed}"))?;
    if payload.text.contains(fetch.key.expose_secret()) {
        return Err("the answer holds the key, and is not kept".to_owned());
    }
    Ok(payload.text.to_owned())
}

fn beginning(body: &[u8], fetch: &Fetch) -> Option<String> {
    let text = String::from_utf8_lossy(body)
        .replace('\0', "\u{fffd}")
        .replace(fetch.key.expose_secret(), "(the key)");
    let text: String = text.trim().chars().take(ANSWER_KEPT_MAX).collect();
    (!text.is_empty()).then_some(text)
}

/// Seconds, or a time (RFC 9110, 10.2.3).
fn retry_after(headers: &header::HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let until = || (DateTime::parse_from_rfc2822(text).ok()?.to_utc() - now).to_std().ok();
    let wait = text.parse().ok().map(Duration::from_secs).or_else(until)?;
    Some(wait.min(RETRY_AFTER_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_says_in_seconds_or_as_a_time_when_to_come_again() {
        let now = "2026-11-24T12:00:00Z".parse().unwrap();
        let said = |text: &str| {
            let headers = header::HeaderMap::from_iter([(header::RETRY_AFTER, text.parse().unwrap())]);
            retry_after(&headers, now).map(|wait| wait.as_secs())
        };
        assert_eq!(said("7"), Some(7));
        assert_eq!(said("Tue, 24 Nov 2026 12:00:30 GMT"), Some(30));
        assert_eq!(said("Tue, 24 Nov 2026 11:00:00 GMT"), None);
        assert_eq!(said("999999"), Some(3600));
        assert_eq!(said("soon"), None);
    }
}

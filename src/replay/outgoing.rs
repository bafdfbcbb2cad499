//! A received request, sent once more: byte for byte, with the headers that it had.
//!
//! The server and `callbackd tail --forward` send in the same way. Left out is what belongs to one connection, and what
//! was not kept: credentials, and the values of headers that carried a token.

use std::time::{Duration, Instant};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use bytes::Bytes;
use url::Url;

use crate::{callback::Ended, client};

/// To connect and to be answered; services wait 10 to 30 seconds themselves.
pub const ANSWER_WAIT: Duration = Duration::from_secs(15);
/// Of an answer, before the connection is let go: whoever is sent a callback has little to say.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// Characters of an answer that are kept.
const ANSWER_KEPT_MAX: usize = 2_000;

/// What is said of one connection, or of the way to this server, and means nothing on another.
const LEFT_OUT: [&str; 16] = [
    "connection",
    "content-length",
    "expect",
    "forwarded",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
];

/// In place of the value of a header that carried a token; see `ingest::headers`.
const WITHHELD: &str = "(not kept: ";

/// The headers to send, of `[[name, value], …]` as it is stored.
pub fn headers(stored: &str) -> HeaderMap {
    let pairs: Vec<(String, String)> = serde_json::from_str(stored).unwrap_or_default();
    // The header Connection names others that belong to the connection.
    let named: Vec<String> = pairs
        .iter()
        .filter(|(name, _)| name == "connection")
        .flat_map(|(_, value)| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        let left_out =
            LEFT_OUT.contains(&name.as_str()) || named.contains(&name) || value.starts_with(WITHHELD);
        let parsed = (HeaderName::try_from(name), HeaderValue::try_from(value));
        if let (false, (Ok(name), Ok(value))) = (left_out, parsed) {
            headers.append(name, value);
        }
    }
    headers
}

/// A client that goes nowhere else than it is sent.
pub fn client(target: &Url) -> Result<reqwest::Client, client::Error> {
    Ok(client::builder_for(target)?.timeout(ANSWER_WAIT).build()?)
}

/// One attempt.
pub async fn send(client: &reqwest::Client, target: &Url, headers: HeaderMap, body: Bytes) -> Ended {
    let started = Instant::now();
    let answer = match client.post(target.clone()).headers(headers).body(body).send().await {
        Ok(answer) => Ok((answer.status().as_u16(), beginning(answer).await)),
        Err(error) if error.is_timeout() => Err(format!("no answer within {} s", ANSWER_WAIT.as_secs())),
        Err(error) if error.is_connect() => Err(format!("nobody answers there ({})", client::cause(&error))),
        Err(error) => Err(format!("the connection broke ({})", client::cause(&error))),
    };
    let duration_ms = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
    Ended { answer, duration_ms }
}

/// How it begins, as text. An answer that breaks off was an answer all the same.
async fn beginning(mut answer: reqwest::Response) -> String {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() >= ANSWER_BYTES_MAX {
            break;
        }
    }
    String::from_utf8_lossy(&bytes).chars().take(ANSWER_KEPT_MAX).collect()
}

/// An address without what lets somebody in.
pub fn shown(target: &Url) -> String {
    let mut target = target.clone();
    let _ = target.set_username("");
    let _ = target.set_password(None);
    target.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_a_connection_stays_with_it() {
        let stored = r#"[["host","a"],["content-type","application/json"],["connection","close, X-Hop"],["x-hop","1"],
            ["x-many","1"],["x-many","2"],["dg-token","(not kept: valid)"],["content-length","2"],["bad name","x"]]"#;
        let headers = headers(stored);
        let kept: Vec<_> =
            headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
        assert_eq!(kept, [("content-type", "application/json"), ("x-many", "1"), ("x-many", "2")]);
    }

    #[test]
    fn an_address_is_shown_without_its_password() {
        let url = "http://ada:secret@127.0.0.1:3000/hook?a=1".parse().unwrap();
        assert_eq!(shown(&url), "http://127.0.0.1:3000/hook?a=1");
    }
}

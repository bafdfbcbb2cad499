//! The request's headers as they are kept: in order, without credentials, bounded.

use std::borrow::Cow;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use memchr::memmem;

use crate::source::{
    Rejection, Scheme, Secret,
    scheme::{Outcome, Token},
};

/// What is kept of one request's headers; a request with more keeps its first ones.
const KEPT_BYTES_MAX: usize = 16 * 1024;

/// Credentials, which a stored row must not give away.
const NEVER_KEPT: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "set-cookie"];

/// JSON text: an array of `[name, value]`. Bytes that are no UTF-8 become U+FFFD. Of a header that carries the source's
/// token only what came of it is kept.
///
/// # Panics
///
/// Never: an array of strings is always JSON.
pub fn kept(headers: &HeaderMap, scheme: &Scheme, token: Outcome) -> String {
    let is_token =
        |name: &HeaderName| scheme.token.as_ref().is_some_and(|token| token.headers().any(|own| own == name));
    let mut kept: Vec<(&str, Cow<'_, str>)> = Vec::new();
    let mut bytes = 0;
    for (name, value) in headers {
        let value = if is_token(name) {
            Cow::Borrowed(withheld(token))
        } else if NEVER_KEPT.contains(&name.as_str()) {
            continue;
        } else {
            String::from_utf8_lossy(value.as_bytes())
        };
        bytes += name.as_str().len() + value.len();
        if bytes > KEPT_BYTES_MAX {
            break;
        }
        kept.push((name.as_str(), value));
    }
    serde_json::to_string(&kept).expect("an array of strings is always JSON")
}

const WITHHELD: &[u8] = b"(not kept: ";
/// In place of a value that holds a secret, whatever header it is in.
pub const HELD_A_SECRET: &str = "(not kept: it holds a secret)";
const VALID: &str = "(not kept: valid)";
const INVALID: &str = "(not kept: invalid)";

fn withheld(outcome: Outcome) -> &'static str {
    match outcome {
        Some(Ok(())) => VALID,
        Some(Err(_)) => INVALID,
        None => "(not kept: not looked at)",
    }
}

/// Takes away what a record must not give away: secrets that were sent in clear, and what a sender has written to look as
/// if it had been put here.
pub fn redact(headers: &mut HeaderMap, secrets: &[&Secret]) {
    let holds = |value: &HeaderValue| {
        secrets.iter().any(|secret| memmem::find(value.as_bytes(), secret.expose().as_bytes()).is_some())
    };
    for value in headers.values_mut() {
        if value.as_bytes().starts_with(WITHHELD) {
            *value = HeaderValue::from_static("");
        } else if holds(value) {
            *value = HeaderValue::from_static(HELD_A_SECRET);
        }
    }
}

/// What came of the token of a request whose headers were kept.
pub fn withheld_outcome(kept: &HeaderMap, scheme: &Scheme) -> Outcome {
    let mut names = scheme.token.iter().flat_map(Token::headers);
    match names.find_map(|name| kept.get(name))?.as_bytes() {
        value if value == VALID.as_bytes() => Some(Ok(())),
        value if value == INVALID.as_bytes() => Some(Err(Rejection::InvalidToken)),
        _ => None,
    }
}

//! The request's headers as they are kept: in order, without credentials, bounded.

use std::borrow::Cow;

use axum::http::{HeaderMap, HeaderName};

use crate::source::{Scheme, scheme::Outcome};

/// What is kept of one request's headers; a request with more keeps its first ones.
const KEPT_BYTES_MAX: usize = 16 * 1024;

/// Credentials, which a stored row must not give away.
const NEVER_KEPT: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "set-cookie"];

/// JSON text: an array of `[name, value]`. Bytes that are no UTF-8 become U+FFFD. Of a header that carries the source's
/// token only what came of it is kept.
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

fn withheld(outcome: Outcome) -> &'static str {
    match outcome {
        Some(Ok(())) => "(not kept: valid)",
        Some(Err(_)) => "(not kept: invalid)",
        None => "(not kept: not looked at)",
    }
}

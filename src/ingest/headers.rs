//! The request's headers as they are kept: in order, without credentials, bounded.

use std::borrow::Cow;

use axum::http::HeaderMap;

/// What is kept of one request's headers; a request with more keeps its first ones.
const KEPT_BYTES_MAX: usize = 16 * 1024;

/// Credentials, which a stored row must not give away.
const NEVER_KEPT: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "set-cookie"];

/// JSON text: an array of `[name, value]`. Bytes that are no UTF-8 become U+FFFD.
pub fn kept(headers: &HeaderMap) -> String {
    let mut kept: Vec<(&str, Cow<'_, str>)> = Vec::new();
    let mut bytes = 0;
    for (name, value) in headers.iter().filter(|(name, _)| !NEVER_KEPT.contains(&name.as_str())) {
        bytes += name.as_str().len() + value.len();
        if bytes > KEPT_BYTES_MAX {
            break;
        }
        kept.push((name.as_str(), String::from_utf8_lossy(value.as_bytes())));
    }
    serde_json::to_string(&kept).expect("an array of strings is always JSON")
}

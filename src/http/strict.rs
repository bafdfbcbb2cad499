//! Heads that somebody in front of this server may have read in another way: refused, since two readings of one request
//! are how a second one is smuggled past a proxy.
//!
//! What is no HTTP at all hyper refuses by itself: lengths that differ, folded lines, spaces before a colon, encodings
//! other than chunked. Of a chunked body with a length beside it it reads the chunks and hides the length, so that one
//! cannot be told from the other: after any chunked body the connection is closed.

use axum::{
    http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Version, header},
    response::IntoResponse as _,
};

use crate::problem::Problem;

/// Why a head is not taken, if it is not.
pub fn ambiguous<B>(request: &Request<B>) -> Option<Problem> {
    let hosts = request.headers().get_all(header::HOST).iter().count();
    let why = if hosts > 1 {
        "a request names one host"
    } else if hosts == 0 && request.version() == Version::HTTP_11 {
        "a request of HTTP/1.1 names its host"
    } else {
        return None;
    };
    Some(Problem::new(StatusCode::BAD_REQUEST, "ambiguous_request", "Ambiguous request", why))
}

pub fn is_chunked(headers: &HeaderMap) -> bool {
    headers.contains_key(header::TRANSFER_ENCODING)
}

/// The answer after which the connection is closed.
pub fn last<B>(mut answer: Response<B>) -> Response<B> {
    answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    answer
}

pub fn refusal(problem: Problem) -> axum::response::Response {
    last(problem.into_response())
}

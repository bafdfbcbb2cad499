//! What a request carries, parsed at the edge: JSON bodies, query strings, ids in the path.
//!
//! axum has extractors for all three, but they refuse in plain text and do not name what was wrong; here every refusal
//! is a [`Problem`]. A NUL in a query string is refused for all parameters at once: PostgreSQL's `text` cannot hold
//! it, so that a search for it could only fail.

use std::time::Duration;

use axum::{
    body::to_bytes,
    extract::{FromRequest, FromRequestParts, RawPathParams, Request},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use serde::de::DeserializeOwned;
use tokio::time::timeout;
use uuid::Uuid;

use crate::problem::Problem;

/// The largest JSON body of the API, in bytes: 500 ids take 20 kB. Beyond it the answer is 413.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// For such a body to come, then 408: nobody may hold a connection with one that never ends.
const BODY_WAIT: Duration = Duration::from_secs(30);

/// A JSON body of at most 64 KiB.
#[derive(Debug, Clone, Copy)]
pub struct JsonBody<T>(pub T);

/// The query string.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

/// The one uuid in the path.
#[derive(Debug, Clone, Copy)]
pub struct PathId(pub Uuid);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !says_json(request.headers()) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "Body is not JSON",
                "send the body as JSON with the header Content-Type: application/json",
            ));
        }
        let body = timeout(BODY_WAIT, to_bytes(request.into_body(), BODY_BYTES_MAX)).await;
        let body = body.map_err(|_| too_slow())?.map_err(|error| unread(&error))?;
        serde_json::from_slice(&body).map(Self).map_err(|error| {
            Problem::bad_request("Invalid JSON body", format!("the body is refused: {error}"))
        })
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        refuse_nul(parts.uri.query().unwrap_or_default())?;
        axum::extract::Query::try_from_uri(&parts.uri).map(|query| Self(query.0)).map_err(|rejection| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "invalid_parameter",
                "Invalid query string",
                rejection.body_text(),
            )
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PathId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let malformed = || Problem::parameter("id", "a uuid");
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| malformed())?;
        let (_, text) = params.iter().next().ok_or_else(malformed)?;
        Uuid::try_parse(text).map(Self).map_err(|_| malformed())
    }
}

/// `application/json` and its relatives. A page of another origin cannot send them without asking first, and a form
/// cannot send them at all.
fn says_json(headers: &HeaderMap) -> bool {
    let Some(Ok(text)) = headers.get(header::CONTENT_TYPE).map(|value| value.to_str()) else { return false };
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn unread(error: &axum::Error) -> Problem {
    let limited = std::error::Error::source(error)
        .is_some_and(<dyn std::error::Error>::is::<http_body_util::LengthLimitError>);
    if limited {
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            "Body too large",
            format!("a body may have {BODY_BYTES_MAX} bytes"),
        )
    } else {
        Problem::bad_request("Body incomplete", "the body ended before its end")
    }
}

fn too_slow() -> Problem {
    Problem::new(
        StatusCode::REQUEST_TIMEOUT,
        "body_too_slow",
        "Request timeout",
        format!("a body must arrive within {} seconds", BODY_WAIT.as_secs()),
    )
}

/// In a query string every `%` begins an escape, so that `%00` is nothing but a NUL.
fn refuse_nul(query: &str) -> Result<(), Problem> {
    let Some(place) = query.find("%00") else { return Ok(()) };
    let pair = query[..place].rsplit('&').next().unwrap_or_default();
    let name = pair.split('=').next().unwrap_or_default();
    Err(Problem::parameter(name, "text without a NUL character"))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Wanted {
        name: Option<String>,
    }

    fn request(content_type: &str, body: impl Into<Body>) -> Request {
        Request::builder().header(header::CONTENT_TYPE, content_type).body(body.into()).expect("a request")
    }

    #[tokio::test]
    async fn a_body_that_cannot_be_taken_says_why() {
        let json = "application/json; charset=utf-8";
        let cases = [
            (request(json, "{}"), None),
            (request("application/merge-patch+json", "{}"), None),
            (request("application/x-www-form-urlencoded", "{}"), Some(415)),
            (request("text/plain", "{}"), Some(415)),
            (request(json, ""), Some(400)),
            (request(json, "{\"name\": 1}"), Some(400)),
            (request(json, "[]x"), Some(400)),
            (request(json, " ".repeat(BODY_BYTES_MAX - 2) + "{}"), None),
            (request(json, " ".repeat(BODY_BYTES_MAX - 1) + "{}"), Some(413)),
        ];
        for (place, (request, status)) in cases.into_iter().enumerate() {
            let answer = JsonBody::<Wanted>::from_request(request, &()).await;
            assert_eq!(answer.err().map(|problem| problem.status().as_u16()), status, "case {place}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_ends_is_given_up() {
        let endless = Body::from_stream(futures_util::stream::pending::<Result<&str, std::io::Error>>());
        let answer = JsonBody::<Wanted>::from_request(request("application/json", endless), &()).await;
        assert_eq!(answer.err().map(|problem| problem.status().as_u16()), Some(408));
    }

    #[tokio::test]
    async fn a_query_string_is_refused_by_the_name_of_its_parameter() {
        let cases = [
            ("/?name=x", None),
            ("/?name=a%2500b&other=1", None),
            ("/?other=1&name=a%00b", Some("Invalid name")),
            ("/?name=x&name=y", Some("Invalid query string")),
        ];
        for (uri, error) in cases {
            let (mut parts, ()) = Request::builder().uri(uri).body(()).expect("a request").into_parts();
            let answer = Query::<Wanted>::from_request_parts(&mut parts, &()).await;
            if error.is_none() {
                assert!(answer.as_ref().is_ok_and(|query| query.0.name.is_some()), "{uri}");
            }
            assert_eq!(answer.err().map(|problem| problem.error().to_owned()).as_deref(), error, "{uri}");
        }
    }
}

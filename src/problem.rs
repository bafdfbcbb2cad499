//! RFC 9457: the only error that becomes a response.
//!
//! A problem has a stable `code`, a short public `error`, a `detail` that says what to do, and a cause that is logged
//! and never sent. Nothing below this file knows HTTP statuses.

use std::{borrow::Cow, error::Error as StdError, sync::Arc, time::Duration};

use axum::{
    Json,
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::db;

/// What a handler returns.
pub type Result<T> = std::result::Result<T, Problem>;

type Cause = Arc<dyn StdError + Send + Sync>;

/// An answer that is not a success.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    error: Cow<'static, str>,
    detail: Cow<'static, str>,
    retry_after: Option<Duration>,
    cause: Option<Cause>,
}

/// The body of every error: RFC 9457, with the extra members `error` and `code`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody<'a> {
    /// A name for this kind of problem, `urn:callbackd:problem:<code>`.
    #[serde(rename = "type")]
    #[schema(example = "urn:callbackd:problem:invalid_signature")]
    kind: String,
    /// The status's own name.
    title: &'a str,
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong, and what to do about it.
    detail: &'a str,
    /// The same in a few words.
    error: &'a str,
    /// Stable: programs may compare it.
    code: &'a str,
}

/// The cause of a problem, handed to the request layer, which logs it once.
#[derive(Debug, Clone)]
pub struct LoggedCause(pub Cause);

impl Problem {
    pub fn new(
        status: StatusCode,
        code: &'static str,
        error: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { status, code, error: error.into(), detail: detail.into(), retry_after: None, cause: None }
    }

    /// 400: something in the request is wrong; `detail` names it.
    pub fn bad_request(error: impl Into<Cow<'static, str>>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", error, detail)
    }

    /// 400: the parameter `name` is malformed; `allowed` says what it may be.
    pub fn parameter(name: &str, allowed: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "invalid_parameter",
            format!("Invalid {name}"),
            format!("{name} must be {allowed}"),
        )
    }

    pub fn unauthorized(
        code: &'static str,
        error: &'static str,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, error, detail)
    }

    pub fn forbidden(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "Forbidden", detail)
    }

    pub fn not_found(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "Not found", detail)
    }

    pub fn method_not_allowed(method: &Method) -> Self {
        let detail = format!("{method} is not allowed here; the header Allow names what is");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Method not allowed", detail)
    }

    pub fn too_many(detail: impl Into<Cow<'static, str>>, retry_after: Duration) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "Too many requests", detail)
            .retry_after(retry_after)
    }

    /// 503: not now, but it may go well after `retry_after`.
    pub fn unavailable(detail: impl Into<Cow<'static, str>>, retry_after: Duration) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Service unavailable", detail)
            .retry_after(retry_after)
    }

    /// 500: a fault of our own. The cause is logged, the sender learns only that.
    pub fn internal(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Internal error",
            "callbackd failed; its log says why, under this response's x-request-id",
        )
        .caused_by(cause)
    }

    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.cause = Some(Arc::from(cause.into()));
        self
    }

    pub fn status(&self) -> StatusCode {
        self.status
    }

    pub fn code(&self) -> &'static str {
        self.code
    }

    pub fn error(&self) -> &str {
        &self.error
    }
}

/// A database that is away is 503: the same request may go well soon. Everything else is a fault of ours, for what a
/// request can get wrong is refused before it reaches the database.
impl From<db::Error> for Problem {
    fn from(error: db::Error) -> Self {
        match error.class() {
            db::Class::Unavailable
            | db::Class::Conflict
            | db::Class::LockTimeout
            | db::Class::NotificationQueueFull => {
                Self::unavailable("the database cannot answer now; try again", jittered_wait())
                    .caused_by(error)
            }
            db::Class::Refused | db::Class::Bug => Self::internal(error),
        }
    }
}

impl From<tokio_postgres::Error> for Problem {
    fn from(error: tokio_postgres::Error) -> Self {
        db::Error::from(error).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = ProblemBody {
            kind: format!("urn:callbackd:problem:{}", self.code),
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: &self.detail,
            error: &self.error,
            code: self.code,
        };
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(wait) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(cause) = self.cause {
            response.extensions_mut().insert(LoggedCause(cause));
        }
        response
    }
}

/// Rounded up: whole seconds are all that `Retry-After` can say, and zero would mean at once.
fn whole_seconds(wait: Duration) -> u64 {
    let partial = u64::from(wait.subsec_nanos() > 0);
    (wait.as_secs() + partial).max(1)
}

/// One to five seconds: equal waits would bring all clients back in the same moment.
fn jittered_wait() -> Duration {
    Duration::from_secs(rand::random_range(1..=5))
}

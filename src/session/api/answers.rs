//! What the answers have in common: errors as problems, and their place in the API's description.

use std::time::Duration;

use axum::http::StatusCode;
use utoipa::IntoResponses;

use crate::{
    problem::{Problem, ProblemBody},
    session::{Error, external, password, people},
};

/// Passwords wait in a short queue: soon there is room again.
const BUSY_WAIT: Duration = Duration::from_secs(2);

/// The issuer's keys may be asked for again after ten seconds.
const KEYS_WAIT: Duration = Duration::from_secs(10);

/// What every request of somebody signed in may be answered instead.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the variants only describe")]
pub(super) enum Refused {
    /// Nobody is signed in: no session or token, or one that has expired or was revoked.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthorized(ProblemBody<'static>),
    /// Too many requests of this session or token; `Retry-After` says when to try again.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(ProblemBody<'static>),
    /// The database is away; `Retry-After` says when to try again.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(ProblemBody<'static>),
}

/// What every sign-in may be answered instead.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the variants only describe")]
pub(super) enum RefusedSignIn {
    /// Too many sign-ins from this address; `Retry-After` says when to try again.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(ProblemBody<'static>),
    /// The database or the issuer is away, or too many people sign in at once; `Retry-After` says when to try again.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(ProblemBody<'static>),
}

/// What every change may be answered instead.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the variants only describe")]
pub(super) enum RefusedChange {
    /// The role does not suffice, or a page of another origin made this request.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(ProblemBody<'static>),
    /// The body or a parameter is malformed; the detail names it.
    #[response(status = 400, content_type = "application/problem+json")]
    BadRequest(ProblemBody<'static>),
}

/// What the body of a request may be refused for.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the variants only describe")]
pub(super) enum RefusedBody {
    /// The body is too large.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(ProblemBody<'static>),
    /// The body is not sent as JSON.
    #[response(status = 415, content_type = "application/problem+json")]
    NotJson(ProblemBody<'static>),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NoSession => Self::unauthorized(
                "no_session",
                "Not signed in",
                "sign in first, or send an API token as Authorization: Bearer cbd_…",
            ),
            Error::TooMany(wait) => Self::too_many("wait for as long as Retry-After says", wait),
            Error::WrongPassword => Self::unauthorized(
                "wrong_password",
                "E-mail or password wrong",
                "no account has this e-mail address with this password",
            ),
            Error::BadLink => Self::unauthorized(
                "bad_link",
                "Link not valid",
                "a sign-in link works once and for ten minutes; start the server again for a new one",
            ),
            Error::NoLinks => Self::not_found("sign-in links are for development mode only"),
            Error::NotThisMachine => {
                Self::forbidden("a sign-in link works only on the machine that the server runs on")
            }
            Error::NoIssuer => Self::not_found("no external issuer is configured: set external_issuer"),
            Error::NoAccount => Self::unauthorized(
                "no_account",
                "No account",
                "the token is good, but nobody here has this account; an admin must add it",
            ),
            Error::Lookup(cause) => away(cause),
            Error::LookupTimeout => away(Error::LookupTimeout),
            Error::Database(error) => error.into(),
            Error::Password(error) => error.into(),
            Error::External(error) => error.into(),
            Error::People(error) => error.into(),
        }
    }
}

/// Whatever goes wrong while looking up who somebody is, they are not signed out by it.
fn away(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Problem {
    Problem::unavailable("who is signed in cannot be looked up now; try again", Duration::from_secs(1))
        .caused_by(cause)
}

impl From<password::Error> for Problem {
    fn from(error: password::Error) -> Self {
        match error {
            password::Error::TooShort | password::Error::TooLong => {
                Self::bad_request("Invalid password", error.to_string())
            }
            password::Error::Busy => {
                Self::unavailable("too many people are signing in; try again", BUSY_WAIT).caused_by(error)
            }
            password::Error::Argon2(_) => Self::internal(error),
        }
    }
}

impl From<external::Error> for Problem {
    fn from(error: external::Error) -> Self {
        match error {
            external::Error::Refused(_) => Self::unauthorized(
                "bad_token",
                "Token not valid",
                "the external token does not verify, has expired, or is not meant for this server",
            )
            .caused_by(error),
            external::Error::Keys(_) => {
                Self::unavailable("the issuer's keys cannot be fetched now; try again", KEYS_WAIT)
                    .caused_by(error)
            }
        }
    }
}

impl From<people::Error> for Problem {
    fn from(error: people::Error) -> Self {
        let conflict = |code, short: &'static str, detail: &'static str| {
            Self::new(StatusCode::CONFLICT, code, short, detail)
        };
        match error {
            people::Error::Email(_) => Self::parameter("email", "an e-mail address, such as ada@example.org"),
            people::Error::EmailTaken => {
                conflict("email_taken", "E-mail address taken", "somebody has this e-mail address already")
            }
            people::Error::ExternalTaken => {
                conflict("external_taken", "Account taken", "somebody has this external account already")
            }
            people::Error::Unknown => Self::not_found("there is nobody with this id"),
            people::Error::LastAdmin => conflict(
                "last_admin",
                "Last admin",
                "make somebody else an admin first: this is the last one",
            ),
            people::Error::Password(error) => error.into(),
            people::Error::Database(error) => error.into(),
        }
    }
}

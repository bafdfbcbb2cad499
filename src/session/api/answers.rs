//! Why somebody does not get in, as problems.

use std::time::Duration;

use axum::http::StatusCode;

use crate::{
    problem::Problem,
    session::{Error, external, password, people},
};

/// Passwords wait in a short queue: soon there is room again.
const BUSY_WAIT: Duration = Duration::from_secs(2);

/// The issuer's keys may be asked for again after ten seconds.
const KEYS_WAIT: Duration = Duration::from_secs(10);

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
            Error::WrongCurrentPassword => Self::new(
                StatusCode::FORBIDDEN,
                "wrong_password",
                "Current password wrong",
                "currentPassword is not your password",
            ),
            Error::NoPassword => Self::new(
                StatusCode::CONFLICT,
                "no_password",
                "No password",
                "you sign in in another way; another admin, or `callbackd admin password`, can give you one",
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

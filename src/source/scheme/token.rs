//! A shared secret that is sent as it is: `Authorization: Bearer …`, or a header of the service's own.
//!
//! It proves who sends, and nothing about what is sent. Its header is never stored.

use axum::http::{HeaderMap, HeaderName};
use base64::Engine as _;
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq as _};

use super::{
    line::{Hole, Line},
    rejection::Rejection,
};
use crate::source::secret::{BASE64, Secret};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Where it may stand; the first is what instructions show.
    pub lines: Vec<Line>,
}

impl Token {
    /// Whether it is basic authentication (RFC 7617), whose secret is a user and a password with a colon between them.
    pub fn is_basic(&self) -> bool {
        let of_basic = |line: &Line| line.prefix(Hole::Base64).trim_end().eq_ignore_ascii_case("basic");
        self.lines.first().is_some_and(of_basic)
    }

    pub fn headers(&self) -> impl Iterator<Item = &HeaderName> {
        self.lines.iter().map(|line| &line.header)
    }

    pub fn is_there(&self, headers: &HeaderMap) -> bool {
        self.headers().any(|name| headers.contains_key(name))
    }

    /// Digests are compared, so that not even the length of a secret can be measured.
    pub fn check(
        &self,
        headers: &HeaderMap,
        secrets: &[Secret],
        now: DateTime<Utc>,
    ) -> Result<(), Rejection> {
        if !self.is_there(headers) {
            return Err(Rejection::MissingToken);
        }
        let mut valid = Choice::from(0);
        for line in &self.lines {
            for presented in line.whole(headers) {
                let digest: [u8; 32] = if line.has(Hole::Base64) {
                    Sha256::digest(BASE64.decode(presented).unwrap_or_default()).into()
                } else {
                    Sha256::digest(presented).into()
                };
                for secret in secrets.iter().filter(|secret| secret.is_active(now)) {
                    valid |= digest.ct_eq(secret.digest());
                }
            }
        }
        if bool::from(valid) { Ok(()) } else { Err(Rejection::InvalidToken) }
    }

    /// The first line's value for this secret.
    pub fn write(line: &Line, secret: &str) -> String {
        line.fill(|hole| if hole == Hole::Base64 { BASE64.encode(secret) } else { secret.to_owned() })
    }
}

//! How a sender proves that a request is its own.
//!
//! A scheme is data: which headers carry what, how it is written, what is signed. One piece of code reads that data to
//! check a request, to sign one, and to explain to a sender what to do; there is no code for a particular service. So
//! everything that a signature depends on can be varied, and tried again, by whoever wants to know why one failed.

mod advice;
mod content;
mod key;
mod line;
mod rejection;
mod sign;
mod signature;
mod timestamp;
mod token;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use chrono::{DateTime, Utc};

pub use self::{
    content::{Content, Part},
    key::{Algorithm, Key, Tag},
    line::{Hole, Line, header_name},
    rejection::{Outcome, Rejection, Verdict},
    sign::{Envelope, Header},
    signature::{Keys, Signature, Signed, encoding},
    timestamp::{Timestamp, Unit},
    token::Token,
};

/// All proofs that a request must bring; at least a token or a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    pub token: Option<Token>,
    pub signature: Option<Signature>,
    pub timestamp: Option<Timestamp>,
    /// Headers of the sender's own name for one delivery, the same in each of its retries.
    pub id: Vec<HeaderName>,
}

/// What a request says about itself in headers, as written there.
#[derive(Debug, Clone, Copy, Default)]
pub struct Presented<'a> {
    pub id: Option<&'a [u8]>,
    pub timestamp: Option<&'a [u8]>,
}

impl Scheme {
    /// The name under which documents and the console show it, such as `bearer+hmac-sha256-hex`.
    pub fn name(&self) -> String {
        let token = self.token.as_ref().map(|_| "token".to_owned());
        let signature = self.signature.as_ref().map(|signature| {
            let base64 = signature.lines.first().is_some_and(|line| line.has(Hole::Base64));
            format!("{}-{}", signature.algorithm.name(), if base64 { "base64" } else { "hex" })
        });
        token.into_iter().chain(signature).collect::<Vec<_>>().join("+")
    }

    /// The line that proves most, for instructions.
    pub fn line(&self) -> Option<&Line> {
        let signature = self.signature.as_ref().map(|signature| &signature.lines);
        let token = self.token.as_ref().map(|token| &token.lines);
        signature.or(token)?.first()
    }

    /// Whether the delivery's id is signed: only then does it identify anything.
    pub fn signs_id(&self) -> bool {
        self.signature.as_ref().is_some_and(|signature| signature.content.has(&Part::Id))
    }

    /// Whether the headers that it needs are there: all that can be known before the body is read.
    pub fn check_headers(&self, headers: &HeaderMap) -> Result<(), Verdict> {
        let missing = |there: bool, rejection| (!there).then_some(Err(rejection));
        let signature = self.signature.as_ref().and_then(|signature| {
            let signed = self.signs_id().then(|| self.id(headers).is_some()).into_iter();
            let signed = signed.chain(signature.content.headers().map(|name| headers.contains_key(name)));
            missing(signature.is_there(headers), Rejection::MissingSignature)
                .or_else(|| missing(signed.into_iter().all(|there| there), Rejection::MissingHeader))
        });
        let token =
            self.token.as_ref().and_then(|token| missing(token.is_there(headers), Rejection::MissingToken));
        let own =
            |timestamp: &Timestamp| timestamp.lines.iter().any(|line| headers.contains_key(&line.header));
        let timestamp = self
            .timestamp
            .as_ref()
            .and_then(|timestamp| missing(own(timestamp), Rejection::MissingTimestamp));
        if signature.or(token).or(timestamp).is_none() {
            return Ok(());
        }
        Err(Verdict { token, signature, timestamp })
    }

    /// Looks at every proof, whatever the first one says.
    pub fn verify(&self, headers: &HeaderMap, body: &[u8], keys: Keys<'_>, now: DateTime<Utc>) -> Verdict {
        let presented = self.presented(headers);
        let request = Signed { presented, headers, body };
        Verdict {
            token: self.token.as_ref().map(|token| token.check(headers, keys.secrets, now)),
            signature: self.signature.as_ref().map(|signature| signature.check(request, keys, now)),
            timestamp: self
                .timestamp
                .as_ref()
                .map(|timestamp| timestamp.check(presented.timestamp, body, now)),
        }
    }

    pub fn presented<'a>(&'a self, headers: &'a HeaderMap) -> Presented<'a> {
        let timestamp = self.timestamp.as_ref().and_then(|timestamp| timestamp.presented(headers));
        Presented { id: self.id(headers), timestamp }
    }

    fn id<'a>(&self, headers: &'a HeaderMap) -> Option<&'a [u8]> {
        self.id.iter().find_map(|name| headers.get(name)).map(HeaderValue::as_bytes)
    }
}

//! The other way round: the headers that a request must carry. One implementation for `callbackd send`, for the
//! commands that are shown to people, and for tests.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use chrono::{DateTime, Utc};

use super::{Hole, Presented, Scheme, Signature, Signed, Token, encoding, signature};
use crate::source::secret::Secret;

/// What a sender makes up for one attempt.
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'a> {
    /// Of the delivery: the same in each of its retries. Visible ASCII.
    pub id: &'a str,
    pub at: DateTime<Utc>,
}

/// One header line of a signed request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    pub name: String,
    pub value: String,
    /// The value holds the secret itself, and must not be shown.
    pub is_secret: bool,
}

impl Scheme {
    /// All headers with which `body` is accepted, in the form that instructions show.
    pub fn sign(&self, secret: &Secret, envelope: Envelope<'_>, body: &[u8]) -> Vec<Header> {
        let time = self.timestamp.as_ref().map(|timestamp| timestamp.write(body, envelope.at));
        let mut headers = self.named(envelope.id);
        let map = map(&headers);
        let presented =
            Presented { id: Some(envelope.id.as_bytes()), timestamp: time.as_deref().map(str::as_bytes) };
        headers.extend(self.token_header(secret));
        if let Some(signature) = &self.signature {
            let request = Signed { presented, headers: &map, body };
            headers.extend(signature.header(secret, request, time.as_deref()));
        }
        headers.extend(time.as_deref().and_then(|time| self.timestamp_header(time)));
        headers
    }

    /// The delivery's id, and whatever else is signed by its name.
    fn named(&self, id: &str) -> Vec<Header> {
        let signed = self.signature.iter().flat_map(|signature| signature.content.headers());
        let names = self.id.first().into_iter().chain(signed);
        names.map(|name| Header::open(name.as_str(), id.to_owned())).collect()
    }

    fn token_header(&self, secret: &Secret) -> Option<Header> {
        let line = self.token.as_ref()?.lines.first()?;
        let value = Token::write(line, secret.expose());
        Some(Header { name: line.name().to_owned(), value, is_secret: true })
    }

    /// Nothing where the signature's own header carries the time.
    fn timestamp_header(&self, time: &str) -> Option<Header> {
        let line = self.timestamp.as_ref()?.lines.first()?;
        let is_shared = encoding(line).is_some();
        (!is_shared).then(|| Header::open(line.name(), line.fill(|_| time.to_owned())))
    }
}

impl Signature {
    fn header(&self, secret: &Secret, request: Signed<'_>, time: Option<&str>) -> Option<Header> {
        let tag = self.sign(secret, request);
        let line = self.lines.first()?;
        let value = line.fill(|hole| match hole {
            Hole::Timestamp => time.unwrap_or_default().to_owned(),
            hole => signature::write(&tag, hole),
        });
        Some(Header::open(line.name(), value))
    }
}

impl Header {
    pub fn open(name: &str, value: String) -> Self {
        Self { name: name.to_owned(), value, is_secret: false }
    }
}

fn map(headers: &[Header]) -> HeaderMap {
    let pair = |header: &Header| {
        let name = header.name.parse::<HeaderName>().ok()?;
        Some((name, HeaderValue::from_str(&header.value).ok()?))
    };
    headers.iter().filter_map(pair).collect()
}

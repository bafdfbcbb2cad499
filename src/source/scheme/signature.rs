//! A signature over what is sent: where it stands, how it is written, with what it is made, and over what.

use axum::http::HeaderMap;
use base64::Engine as _;
use chrono::{DateTime, Utc};
use ed25519_dalek::VerifyingKey;
use subtle::Choice;

use super::{
    Presented,
    content::Content,
    key::{Algorithm, Sink, Tag},
    line::{Hole, Line},
    rejection::Rejection,
};
use crate::source::{
    hex,
    secret::{BASE64, Secret},
    unhex_into,
};

/// Signatures of one request that are looked at. While a secret is rotated a service sends two; more than a few are
/// somebody's attempt to make the server work.
const SIGNATURES_MAX: usize = 16;
/// Of one made by key pairs: each takes a processor as long as a whole request, and no service sends a second.
const PAIR_SIGNATURES_MAX: usize = 2;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Where it may stand; the first is what instructions show.
    pub lines: Vec<Line>,
    pub algorithm: Algorithm,
    pub content: Content,
}

impl Signature {
    pub fn is_there(&self, headers: &HeaderMap) -> bool {
        self.lines.iter().any(|line| headers.contains_key(&line.header))
    }

    /// The first signature header's text, as it is stored.
    pub fn presented(&self, headers: &HeaderMap) -> Option<String> {
        let value = self.lines.iter().find_map(|line| headers.get(&line.header))?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    }

    /// Every secret is tried and every comparison looks at all bytes: how long an answer takes tells nothing about a
    /// secret, nor which of several matched.
    pub fn check(&self, request: Signed<'_>, keys: Keys<'_>, now: DateTime<Utc>) -> Result<(), Rejection> {
        if !self.is_there(request.headers) {
            return Err(Rejection::MissingSignature);
        }
        let tags = self.tags(request.headers);
        let active = keys.secrets.iter().filter(|secret| secret.is_active(now));
        let valid = if self.algorithm == Algorithm::Ed25519 {
            let message = self.content.message(request);
            let own = active.filter_map(|secret| secret.key.published());
            let mut all = own.chain(keys.published.iter().copied());
            all.any(|key| tags.iter().take(PAIR_SIGNATURES_MAX).any(|tag| tag.is_signed_by(&key, &message)))
        } else {
            let valid = active.fold(Choice::from(0), |valid, secret| {
                let expected = self.sign(secret, request);
                tags.iter().fold(valid, |valid, tag| valid | tag.ct_eq(&expected))
            });
            bool::from(valid)
        };
        if valid { Ok(()) } else { Err(Rejection::InvalidSignature) }
    }

    pub fn sign(&self, secret: &Secret, request: Signed<'_>) -> Tag {
        secret.key.sign(&mut |sink| self.feed(request, sink))
    }

    fn feed(&self, request: Signed<'_>, sink: Sink<'_>) {
        self.content.feed(&request.presented, request.headers, request.body, sink);
    }

    fn tags(&self, headers: &HeaderMap) -> Vec<Tag> {
        let of = |line| encoding(line).into_iter().flat_map(move |hole| tags(line, headers, hole));
        self.lines.iter().flat_map(of).take(SIGNATURES_MAX).collect()
    }
}

/// What a signature is checked over.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    pub presented: Presented<'a>,
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
}

/// What it is checked with.
#[derive(Debug, Clone, Copy)]
pub struct Keys<'a> {
    pub secrets: &'a [Secret],
    /// Those that the service has published.
    pub published: &'a [VerifyingKey],
}

/// How the signature is written in this line.
pub fn encoding(line: &Line) -> Option<Hole> {
    [Hole::Hex, Hole::Base64].into_iter().find(|hole| line.has(*hole))
}

pub fn write(tag: &Tag, hole: Hole) -> String {
    if hole == Hole::Base64 { BASE64.encode(tag.bytes()) } else { hex(tag.bytes()) }
}

fn tags<'a>(line: &'a Line, headers: &'a HeaderMap, hole: Hole) -> impl Iterator<Item = Tag> {
    line.presented(headers, hole).filter_map(move |text| {
        Tag::read(|bytes| match hole {
            Hole::Base64 => BASE64.decode_slice(text, bytes).ok(),
            _ => unhex_into(text, bytes),
        })
    })
}

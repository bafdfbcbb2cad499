//! What may be a signature in a request's headers: anything that can be read as the bytes of one.

use axum::http::{HeaderMap, HeaderName};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::Case;
use crate::{
    callback::{Cause, Finding},
    source::{
        BASE64,
        scheme::{Hole, Line, Signature, Tag, encoding},
        unhex,
    },
};

/// Readings that are compared with each computed signature. A request has a handful.
const CANDIDATES_MAX: usize = 128;
/// Bytes of what may be a signature: fewer prove nothing, and none has more.
const BYTES: std::ops::RangeInclusive<usize> = 8..=Tag::BYTES_MAX;
/// The longest text of a signature: 64 bytes in hex, and that once more in base64.
const TEXT_BYTES_MAX: usize = 176;
/// These hold other things, and too many of them.
const NEVER: [&str; 3] = ["cookie", "user-agent", "host"];

/// One reading of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate<'a> {
    header: &'a HeaderName,
    prefix: &'a str,
    written: Written,
    pub bytes: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    Hex,
    Base64,
    Base64Url,
    /// Base64 of the hex text.
    HexInBase64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    Whole,
    Beginning { bytes: usize, of: usize },
}

/// Those that are as configured first.
pub fn candidates<'a>(headers: &'a HeaderMap, signature: &Signature) -> Vec<Candidate<'a>> {
    let mut found: Vec<Candidate<'a>> = Vec::new();
    let named = headers.iter().filter(|(name, _)| !NEVER.contains(&name.as_str()));
    for (header, value) in named.filter_map(|(name, value)| Some((name, value.to_str().ok()?))) {
        for (prefix, text) in pieces(value) {
            let readings = readings(text).into_iter().flatten();
            let readings = readings.filter(|(_, bytes)| BYTES.contains(&bytes.len()));
            found.extend(readings.map(|(written, bytes)| Candidate { header, prefix, written, bytes }));
        }
    }
    found.sort_by_key(|candidate| candidate.differences(signature));
    found.dedup();
    found.truncate(CANDIDATES_MAX);
    found
}

/// A header's value, its parts between separators, and what stands behind a `=`, `:` or `,` in these: each with what
/// stands in front.
fn pieces(value: &str) -> impl Iterator<Item = (&str, &str)> {
    let whole = std::iter::once(value.trim());
    let parts = value.split_ascii_whitespace().chain(value.split([',', ';']).map(str::trim));
    whole.chain(parts).flat_map(|piece| {
        let cuts = piece.match_indices(['=', ':', ',', ' ', '"']).map(|(at, sign)| at + sign.len());
        std::iter::once(0).chain(cuts).filter_map(|at| piece.split_at_checked(at))
    })
}

fn readings(text: &str) -> [Option<(Written, Vec<u8>)>; 4] {
    let text = text.trim_end_matches('"').trim();
    if text.is_empty() || text.len() > TEXT_BYTES_MAX {
        return [const { None }; 4];
    }
    // A digit too few is a signature that was cut.
    let even = text.get(..text.len() & !1).unwrap_or_default();
    let fours = text.get(..text.len() & !3).unwrap_or_default();
    let decoded = BASE64.decode(text).or_else(|_| BASE64.decode(fours)).ok();
    let in_base64 = decoded.as_deref().and_then(unhex);
    let url = text.contains(['-', '_']).then(|| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok());
    [
        unhex(even.as_bytes()).map(|bytes| (Written::Hex, bytes)),
        decoded.map(|bytes| (Written::Base64, bytes)),
        url.flatten().map(|bytes| (Written::Base64Url, bytes)),
        in_base64.map(|bytes| (Written::HexInBase64, bytes)),
    ]
}

impl Candidate<'_> {
    /// For keys that are looked at with the signature itself.
    pub fn tag(&self) -> Option<Tag> {
        Tag::read(|bytes| {
            bytes.get_mut(..self.bytes.len())?.copy_from_slice(&self.bytes);
            Some(self.bytes.len())
        })
    }

    pub fn header(&self) -> &HeaderName {
        self.header
    }

    /// How it differs from what is configured, and whether it is whole.
    pub fn findings(&self, case: &Case<'_>, how: Match) -> Vec<Finding> {
        let Some(signature) = &case.source.scheme.signature else { return Vec::new() };
        let Some(line) = self.nearest(signature) else { return Vec::new() };
        let [header, written, prefix] = self.differs(line);
        let found = [
            header.then(|| self.other_header(line)),
            written.then(|| self.other_encoding(line)),
            prefix.then(|| self.other_prefix(line)),
            cut(how),
        ];
        found.into_iter().flatten().collect()
    }

    fn differences(&self, signature: &Signature) -> usize {
        self.nearest(signature).map_or(usize::MAX, |line| self.count(line))
    }

    fn nearest<'l>(&self, signature: &'l Signature) -> Option<&'l Line> {
        signature.lines.iter().min_by_key(|line| self.count(line))
    }

    fn count(&self, line: &Line) -> usize {
        self.differs(line).into_iter().filter(|differs| *differs).count()
    }

    /// In header, encoding and prefix.
    fn differs(&self, line: &Line) -> [bool; 3] {
        let hole = encoding(line).unwrap_or(Hole::Hex);
        let written = if hole == Hole::Base64 { Written::Base64 } else { Written::Hex };
        [*self.header != line.header, self.written != written, self.prefix != line.prefix(hole)]
    }

    fn other_header(&self, line: &Line) -> Finding {
        Finding::new(
            Cause::SignatureHeader,
            format!("The signature is in {}; this source looks for it in {}.", self.header, line.name()),
            format!("Have the sender use {}, or set signature for this source.", line.name()),
        )
        .figure("Expected", line)
    }

    fn other_encoding(&self, line: &Line) -> Finding {
        let found = match self.written {
            Written::Hex => "hex",
            Written::Base64 => "base64",
            Written::Base64Url => "base64url (with - and _)",
            Written::HexInBase64 => "base64 of its hex text",
        };
        let expected = if line.has(Hole::Base64) { "base64" } else { "hex" };
        Finding::new(
            Cause::SignatureEncoding,
            format!("The signature is written as {found}; this source expects {expected}."),
            format!(
                "Have the sender write the signature's bytes as {expected}, or set signature for this source."
            ),
        )
        .figure("Expected", line)
    }

    fn other_prefix(&self, line: &Line) -> Finding {
        let expected = line.prefix(encoding(line).unwrap_or(Hole::Hex));
        let found = match self.prefix {
            "" => "has no prefix".to_owned(),
            prefix => format!("has {prefix} in front"),
        };
        let wanted = if expected.is_empty() { "none".to_owned() } else { expected.to_owned() };
        Finding::new(
            Cause::SignaturePrefix,
            format!("The signature {found}; this source expects {wanted}."),
            format!("Have the sender write {line}, or set signature for this source."),
        )
        .figure("Expected", line)
    }
}

fn cut(how: Match) -> Option<Finding> {
    let Match::Beginning { bytes, of } = how else { return None };
    let finding = Finding::new(
        Cause::SignatureTruncated,
        format!("The signature is right but cut off: {bytes} of {of} bytes have arrived."),
        "Have the sender send all of it; a column, a log or a fixed buffer that is too short has cut it.",
    );
    Some(finding.figure("Received", &format!("{bytes} of {of} bytes")))
}

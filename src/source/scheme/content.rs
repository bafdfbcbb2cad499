//! What is signed, as a template: `{body}`, `{timestamp}.{body}`, `{id}.{timestamp}.{body}`.

use std::fmt;

use axum::http::{HeaderMap, HeaderName};
use sha2::{Digest as _, Sha256};

use super::{Presented, Signed, key::Sink, line::header_name};
use crate::source::hex;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Literal(String),
    /// The raw bytes, as received.
    Body,
    /// Their SHA-256, in lower-case hex.
    BodySha256,
    Id,
    /// As written in its header, whatever it means.
    Timestamp,
    Header(HeaderName),
}

impl Content {
    /// The error says what a template may hold.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((literal, behind)) = rest.split_once('{') {
            let (name, after) = behind.split_once('}').ok_or_else(|| allowed(behind))?;
            parts.extend(literal_part(literal));
            parts.push(Part::parse(name)?);
            rest = after;
        }
        parts.extend(literal_part(rest));
        let content = Self(parts);
        if content.has(&Part::Body) || content.has(&Part::BodySha256) {
            Ok(content)
        } else {
            Err("must hold {body} or {body_sha256}: else anything could be sent under a captured signature"
                .to_owned())
        }
    }

    pub fn has(&self, part: &Part) -> bool {
        self.0.contains(part)
    }

    /// Headers that are signed by name.
    pub fn headers(&self) -> impl Iterator<Item = &HeaderName> {
        self.0.iter().filter_map(|part| match part {
            Part::Header(name) => Some(name),
            _ => None,
        })
    }

    /// The signed bytes, for algorithms that need them in one piece.
    pub fn message(&self, request: Signed<'_>) -> Vec<u8> {
        let mut message = Vec::new();
        self.feed(&request.presented, request.headers, request.body, &mut |bytes| {
            message.extend_from_slice(bytes);
        });
        message
    }

    /// Hands the signed bytes over, piece by piece: a body is never copied to be signed.
    pub fn feed(&self, presented: &Presented<'_>, headers: &HeaderMap, body: &[u8], sink: Sink<'_>) {
        for part in &self.0 {
            match part {
                Part::Literal(text) => sink(text.as_bytes()),
                Part::Body => sink(body),
                Part::BodySha256 => sink(hex(&Sha256::digest(body)).as_bytes()),
                Part::Id => sink(presented.id.unwrap_or_default()),
                Part::Timestamp => sink(presented.timestamp.unwrap_or_default()),
                Part::Header(name) => sink(headers.get(name).map_or(&[], |value| value.as_bytes())),
            }
        }
    }
}

/// For people: "the raw body", or the template itself.
impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == [Part::Body] {
            return write!(f, "the raw body");
        }
        self.0.iter().try_for_each(|part| match part {
            Part::Literal(text) => write!(f, "{}", text.replace('\n', "\\n")),
            Part::Body => write!(f, "{{body}}"),
            Part::BodySha256 => write!(f, "{{body_sha256}}"),
            Part::Id => write!(f, "{{id}}"),
            Part::Timestamp => write!(f, "{{timestamp}}"),
            Part::Header(name) => write!(f, "{{header:{name}}}"),
        })
    }
}

impl Part {
    fn parse(name: &str) -> Result<Self, String> {
        match name {
            "body" => Ok(Self::Body),
            "body_sha256" => Ok(Self::BodySha256),
            "id" => Ok(Self::Id),
            "timestamp" => Ok(Self::Timestamp),
            _ => match name.strip_prefix("header:") {
                Some(header) => header_name(header).map(Self::Header),
                None => Err(allowed(name)),
            },
        }
    }
}

fn literal_part(text: &str) -> Option<Part> {
    (!text.is_empty()).then(|| Part::Literal(text.to_owned()))
}

fn allowed(name: &str) -> String {
    format!(
        "{{{name} is unknown: {{body}}, {{body_sha256}}, {{id}}, {{timestamp}} and {{header:Name}} may stand in it"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_fed_in_its_order() {
        let content = Content::parse("{id}.{timestamp}\n{header:X-User}|{body_sha256}|{body}").unwrap();
        let headers = HeaderMap::from_iter([("x-user".parse().unwrap(), "me".parse().unwrap())]);
        let presented = Presented { id: Some(b"m1"), timestamp: Some(b"17") };
        let mut fed = Vec::new();
        content.feed(&presented, &headers, b"{}", &mut |bytes| fed.extend_from_slice(bytes));
        let digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
        assert_eq!(String::from_utf8(fed).unwrap(), format!("m1.17\nme|{digest}|{{}}"));
        assert_eq!(Content::parse("{body}").unwrap().to_string(), "the raw body");
        assert_eq!(content.to_string(), "{id}.{timestamp}\\n{header:x-user}|{body_sha256}|{body}");
    }

    #[test]
    fn a_bad_template_is_refused_with_what_is_allowed() {
        for (text, part) in [
            ("{timestamp}", "must hold {body}"),
            ("", "must hold {body}"),
            ("{boby}", "{boby is unknown"),
            ("{body", "is unknown"),
            ("{header:a b}{body}", "no name of a header"),
        ] {
            let why = Content::parse(text).unwrap_err();
            assert!(why.contains(part), "{text}: {why}");
        }
    }
}

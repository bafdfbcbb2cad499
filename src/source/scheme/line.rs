//! A header line as a template, `X-Webhook-Signature: sha256={hex}`: read one way it finds what a request presents,
//! read the other way it says what a sender must send.
//!
//! A line with two holes, such as `Stripe-Signature: t={timestamp},v1={hex}`, is a list of items separated by commas.
//! With one hole the value may be a list separated by white space, as Standard Webhooks does while a secret is rotated.

use std::fmt;

use axum::http::{HeaderMap, HeaderName};

/// What stands in a line for something that differs from request to request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hole {
    Hex,
    Base64,
    /// Whole seconds or milliseconds since 1970.
    Timestamp,
    /// The secret itself.
    Secret,
}

impl Hole {
    const ALL: [Self; 4] = [Self::Hex, Self::Base64, Self::Timestamp, Self::Secret];

    fn name(self) -> &'static str {
        match self {
            Self::Hex => "hex",
            Self::Base64 => "base64",
            Self::Timestamp => "timestamp",
            Self::Secret => "secret",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub header: HeaderName,
    /// The header as its service writes it, for messages and instructions.
    spelling: String,
    items: Vec<Item>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Item {
    prefix: String,
    hole: Hole,
}

impl Line {
    /// The error says what a line looks like.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (spelling, template) =
            text.split_once(':').ok_or("must be a header line, such as X-Signature: sha256={hex}")?;
        let header = header_name(spelling)?;
        let template = template.trim();
        let pieces = if template.matches('{').count() > 1 {
            template.split(',').map(str::trim).collect()
        } else {
            vec![template]
        };
        let items = pieces.into_iter().map(Item::parse).collect::<Result<_, _>>()?;
        Ok(Self { header, spelling: spelling.trim().to_owned(), items })
    }

    /// The header as its service writes it.
    pub fn name(&self) -> &str {
        &self.spelling
    }

    /// Whether it has one hole.
    pub fn is_single(&self) -> bool {
        self.items.len() == 1
    }

    pub fn has(&self, hole: Hole) -> bool {
        self.items.iter().any(|item| item.hole == hole)
    }

    /// What stands in front of `hole`.
    pub fn prefix(&self, hole: Hole) -> &str {
        self.items.iter().find(|item| item.hole == hole).map_or("", |item| item.prefix.as_str())
    }

    /// What stands in `hole` in a request with these headers: every candidate, in the order of the headers.
    pub fn presented<'a>(&'a self, headers: &'a HeaderMap, hole: Hole) -> impl Iterator<Item = &'a [u8]> {
        let is_list = self.items.len() > 1;
        let pieces = headers
            .get_all(&self.header)
            .iter()
            .flat_map(move |value| value.as_bytes().split(move |byte| is_separator(*byte, is_list)));
        let items = self.items.iter().filter(move |item| item.hole == hole);
        let pairs = pieces.flat_map(move |piece| items.clone().map(move |item| (piece.trim_ascii(), item)));
        pairs.filter_map(|(piece, item)| piece.strip_prefix(item.prefix.as_bytes()))
    }

    /// What follows the prefix, whatever it is: for lines whose prefix holds white space, such as `Bearer {secret}`.
    /// Names of authentication schemes are the same in upper and lower case.
    pub fn whole<'a>(&'a self, headers: &'a HeaderMap) -> impl Iterator<Item = &'a [u8]> {
        let prefix = self.items.first().map_or("", |item| item.prefix.as_str()).as_bytes();
        headers.get_all(&self.header).iter().filter_map(move |value| {
            let (start, rest) = value.as_bytes().trim_ascii().split_at_checked(prefix.len())?;
            start.eq_ignore_ascii_case(prefix).then(|| rest.trim_ascii())
        })
    }

    /// The value with its holes filled.
    pub fn fill(&self, text: impl Fn(Hole) -> String) -> String {
        let items = self.items.iter().map(|item| format!("{}{}", item.prefix, text(item.hole)));
        items.collect::<Vec<_>>().join(",")
    }
}

/// As a sender's developer is told: `X-Webhook-Signature: sha256=<hex>`.
impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.spelling, self.fill(|hole| format!("<{}>", hole.name())))
    }
}

impl Item {
    fn parse(text: &str) -> Result<Self, String> {
        let allowed = || {
            let holes = Hole::ALL.map(|hole| format!("{{{}}}", hole.name())).join(", ");
            format!("each part of the value must end with one of {holes}")
        };
        let (prefix, rest) = text.split_once('{').ok_or_else(allowed)?;
        let name = rest.strip_suffix('}').ok_or_else(allowed)?;
        let hole = Hole::ALL.into_iter().find(|hole| hole.name() == name).ok_or_else(allowed)?;
        Ok(Self { prefix: prefix.to_owned(), hole })
    }
}

fn is_separator(byte: u8, is_list: bool) -> bool {
    if is_list { byte == b',' } else { byte.is_ascii_whitespace() }
}

pub fn header_name(text: &str) -> Result<HeaderName, String> {
    text.trim().parse().map_err(|_| format!("{:?} is no name of a header", text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn presented(line: &str, values: &[&str], hole: Hole) -> Vec<String> {
        let line = Line::parse(line).unwrap();
        let headers: HeaderMap =
            values.iter().map(|value| (line.header.clone(), value.parse().unwrap())).collect();
        line.presented(&headers, hole).map(|found| String::from_utf8_lossy(found).into_owned()).collect()
    }

    #[test]
    fn what_a_request_presents_is_found_behind_its_prefix() {
        let plain = "X-Signature: sha256={hex}";
        assert_eq!(presented(plain, &["sha256=ab", " sha256=cd "], Hole::Hex), ["ab", "cd"]);
        assert_eq!(presented(plain, &["ab", "sha1=cd", ""], Hole::Hex), [""; 0]);
        assert_eq!(presented(plain, &["sha256=ab"], Hole::Base64), [""; 0]);

        let list = "webhook-signature: v1,{base64}";
        assert_eq!(presented(list, &["v1,aa= v1a,bb= v1,cc="], Hole::Base64), ["aa=", "cc="]);

        let pairs = "Stripe-Signature: t={timestamp},v1={hex}";
        let values = ["t=12, v1=aa,v0=bb,v1=cc"];
        assert_eq!(presented(pairs, &values, Hole::Hex), ["aa", "cc"]);
        assert_eq!(presented(pairs, &values, Hole::Timestamp), ["12"]);
    }

    #[test]
    fn a_prefix_with_white_space_is_taken_whole_and_in_any_case() {
        let line = Line::parse("Authorization: Bearer {secret}").unwrap();
        let whole = |value: &str| {
            let headers = HeaderMap::from_iter([(line.header.clone(), value.parse().unwrap())]);
            line.whole(&headers).map(|found| String::from_utf8_lossy(found).into_owned()).collect::<Vec<_>>()
        };
        assert_eq!(whole("bearer  two words "), ["two words"]);
        assert_eq!(whole("Basic two"), [""; 0]);
        assert_eq!(whole("Bear"), [""; 0]);
    }

    #[test]
    fn what_is_filled_in_is_found_again() {
        for (text, filled) in [
            ("X-Signature: {hex}", "hex"),
            ("Signature: t={timestamp},v1={hex}", "t=timestamp,v1=hex"),
            ("Authorization: Basic {base64}", "Basic base64"),
        ] {
            let line = Line::parse(text).unwrap();
            assert_eq!(line.fill(|hole| hole.name().to_owned()), filled);
            assert_eq!(line.to_string().replace('<', "{").replace('>', "}"), text);
        }
    }

    #[test]
    fn a_bad_line_is_refused_with_what_is_allowed() {
        for (text, part) in [
            ("X-Signature", "a header line"),
            ("X Signature: {hex}", "no name of a header"),
            ("X-Signature: sha256=", "{hex}, {base64}, {timestamp}, {secret}"),
            ("X-Signature: {md5}", "{hex}, {base64}"),
            ("X-Signature: {hex} and more", "must end with"),
        ] {
            let why = Line::parse(text).unwrap_err();
            assert!(why.contains(part), "{text}: {why}");
        }
    }
}

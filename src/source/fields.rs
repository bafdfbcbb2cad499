//! Where a sender's fields are, and what its words for an outcome mean.

use std::fmt;

use axum::http::HeaderName;

use super::scheme::header_name;
use crate::callback::Status;

/// The places of each field, in the order in which they are tried.
#[derive(Debug, Clone)]
pub struct Fields {
    pub job_id: Vec<Place>,
    pub event: Vec<Place>,
    pub workflow: Vec<Place>,
    pub status: Vec<Place>,
    pub error: Vec<Place>,
    pub owner: Vec<Place>,
    pub cost_usd: Vec<Place>,
    pub total_tokens: Vec<Place>,
    pub duration: Vec<Place>,
    pub duration_unit: DurationUnit,
    /// A sender's word for an event, and the name that it gets here; others keep their own.
    pub events: Vec<(String, String)>,
    pub outcomes: Outcomes,
    /// What any other word means, or none at all.
    pub otherwise: Status,
}

/// Where one value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Body(Pointer),
    Header(HeaderName),
    /// In the object that was fetched, once it is there.
    Object(Pointer),
}

/// A JSON pointer (RFC 6901), taken apart once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer(Vec<String>);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DurationUnit {
    #[default]
    Milliseconds,
    Seconds,
}

/// Something for each of a sender's words: exact words first, then patterns, the longest first.
#[derive(Debug, Clone)]
pub struct ByWord<T>(Vec<(Pattern, T)>);

/// How a job went, by the sender's word for it.
pub type Outcomes = ByWord<Status>;

/// A word, in which one `*` stands for anything.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    start: String,
    /// What follows the `*`, if there is one.
    end: Option<String>,
}

impl Place {
    /// `/data/id`, `header:X-GitHub-Event`, or `object:/usage/total_tokens`.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("header", name)) => header_name(name).map(Self::Header),
            Some(("object", pointer)) => Pointer::parse(pointer).map(Self::Object),
            _ => Pointer::parse(text).map(Self::Body),
        }
    }
}

/// For messages: the sender's own name for the field, and where it is.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body(pointer) => write!(f, "{} in payload", pointer.0.join("/")),
            Self::Header(name) => write!(f, "{name} header"),
            Self::Object(pointer) => write!(f, "{} in the fetched object", pointer.0.join("/")),
        }
    }
}

impl Pointer {
    pub fn parse(text: &str) -> Result<Self, String> {
        let tokens = text.strip_prefix('/').filter(|rest| !rest.is_empty());
        let tokens =
            tokens.ok_or("must be a JSON pointer, such as /data/id, or header:Name, or object:/id")?;
        Ok(Self(tokens.split('/').map(|token| token.replace("~1", "/").replace("~0", "~")).collect()))
    }

    pub fn tokens(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

/// The element of an array that a token of a pointer names, counted from 0, if it can name one.
pub fn element(token: &str) -> Option<usize> {
    let is_number =
        token.bytes().all(|byte| byte.is_ascii_digit()) && (token == "0" || !token.starts_with('0'));
    token.parse().ok().filter(|_| is_number)
}

impl<T> ByWord<T> {
    pub fn new(pairs: impl IntoIterator<Item = (String, T)>) -> Self {
        let mut known: Vec<_> = pairs.into_iter().map(|(word, it)| (Pattern::of(&word), it)).collect();
        known.sort_by_key(|(pattern, _)| (pattern.end.is_some(), std::cmp::Reverse(pattern.length())));
        Self(known)
    }

    pub fn of(&self, word: &str) -> Option<&T> {
        self.0.iter().find(|(pattern, _)| pattern.fits(word)).map(|(_, it)| it)
    }

    pub fn all(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|(_, it)| it)
    }
}

impl Pattern {
    fn of(word: &str) -> Self {
        match word.split_once('*') {
            Some((start, end)) => Self { start: start.to_owned(), end: Some(end.to_owned()) },
            None => Self { start: word.to_owned(), end: None },
        }
    }

    fn length(&self) -> usize {
        self.start.len() + self.end.as_ref().map_or(0, String::len)
    }

    fn fits(&self, word: &str) -> bool {
        match &self.end {
            None => self.start == word,
            Some(end) => {
                word.strip_prefix(self.start.as_str()).is_some_and(|rest| rest.ends_with(end.as_str()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exact_word_wins_over_patterns_and_a_longer_pattern_over_a_shorter() {
        let pairs = [
            ("*", Status::Received),
            ("*.completed", Status::Processed),
            ("batch.*", Status::Error),
            ("batch.completed", Status::Received),
        ];
        let outcomes = Outcomes::new(pairs.map(|(word, status)| (word.to_owned(), status)));
        for (word, expected) in [
            ("batch.completed", Status::Received),
            ("response.completed", Status::Processed),
            ("batch.failed", Status::Error),
            ("other", Status::Received),
            (".completed", Status::Processed),
        ] {
            assert_eq!(outcomes.of(word), Some(&expected), "{word}");
        }
        assert_eq!(Outcomes::new([]).of("completed"), None);
    }

    #[test]
    fn an_element_is_written_in_one_way_alone() {
        assert_eq!(["0", "7", "10"].map(element), [Some(0), Some(7), Some(10)]);
        for none in ["", "00", "01", "-", "-1", "+1", "1.0", "1e3", " 1", "99999999999999999999999"] {
            assert_eq!(element(none), None, "{none}");
        }
    }

    #[test]
    fn a_pointer_is_taken_apart_and_unescaped() {
        let Place::Body(pointer) = Place::parse("/a~1b/m~0n/").unwrap() else { panic!("it is in the body") };
        assert_eq!(pointer.tokens().collect::<Vec<_>>(), ["a/b", "m~n", ""]);
        assert_eq!(Place::parse("header:X-Event").unwrap(), Place::Header("x-event".parse().unwrap()));
        for bad in ["job_id", "", "/", "header:a b"] {
            assert!(Place::parse(bad).is_err(), "{bad}");
        }
    }
}

//! The body as JSON text, read without ever being decoded into a tree.
//!
//! A model can emit anything that is valid JSON: `\u0000`, lone surrogates, duplicate keys, numbers of a thousand
//! digits. All of it is accepted and kept exactly, so this folder works on the text: `serde_json` decides what is
//! valid, and what follows only walks over tokens that it has already found good.

mod canonical;
mod decode;
mod numbers;
mod restyle;
mod scan;

use serde_json::value::RawValue;

pub use self::{
    canonical::canonical,
    decode::{float, integer, text},
    numbers::{Notation, Number, numbers, renumber},
    restyle::{Escapes, Spacing, Style, restyle},
    scan::{Member, Object, members},
};

/// How deep a body may nest: deeper ones are refused, before anything recurses over them.
pub const DEPTH_MAX: usize = 128;

/// Why a body is not one that can be stored. The text is public: it goes to the sender.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("the body is empty")]
    Empty,
    #[error("the body is not UTF-8: byte {at} begins no valid character")]
    NotUtf8 { at: usize },
    #[error("the body is not JSON: {problem} at line {line}, column {column}")]
    NotJson { problem: String, line: usize, column: usize },
    #[error("the body nests deeper than {DEPTH_MAX} levels, at byte {at}")]
    TooDeep { at: usize },
    #[error("the body must be a JSON object, not {found}")]
    NotObject { found: &'static str },
}

/// A body known to be one JSON object.
#[derive(Debug, Clone, Copy)]
pub struct Payload<'a> {
    /// The whole text as received, white space around it included.
    pub text: &'a str,
    /// Whether PostgreSQL's JSON operators work on it: no `\u0000`, no lone surrogate, no number beyond measure.
    pub plain: bool,
}

impl<'a> Payload<'a> {
    pub fn parse(body: &'a [u8]) -> Result<Self, Malformed> {
        let text = valid_json(body)?;
        let plain = scan::check_depth(text).map_err(|at| Malformed::TooDeep { at })?;
        match text.trim_start().as_bytes().first() {
            Some(b'{') => Ok(Self { text, plain }),
            Some(b'[') => Err(Malformed::NotObject { found: "an array" }),
            Some(b'"') => Err(Malformed::NotObject { found: "a string" }),
            Some(b't' | b'f') => Err(Malformed::NotObject { found: "a boolean" }),
            Some(b'n') => Err(Malformed::NotObject { found: "null" }),
            _ => Err(Malformed::NotObject { found: "a number" }),
        }
    }
}

/// Whether a body is JSON text of any kind, for the record of a rejected request.
pub fn json_text(body: &[u8]) -> Option<(&str, bool)> {
    let text = valid_json(body).ok()?;
    Some((text, scan::check_depth(text).ok()?))
}

fn valid_json(body: &[u8]) -> Result<&str, Malformed> {
    if body.is_empty() {
        return Err(Malformed::Empty);
    }
    let text = std::str::from_utf8(body).map_err(|error| Malformed::NotUtf8 { at: error.valid_up_to() })?;
    match serde_json::from_str::<&RawValue>(text) {
        Ok(_) => Ok(text),
        Err(error) => {
            Err(Malformed::NotJson { problem: reason(&error), line: error.line(), column: error.column() })
        }
    }
}

/// The parser's reason without the place, which is told apart from it.
fn reason(error: &serde_json::Error) -> String {
    let whole = error.to_string();
    whole.split(" at line ").next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests;

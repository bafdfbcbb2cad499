//! Walking over JSON text that is known to be valid: members, values, pointers, depth.
//!
//! Nothing here checks syntax again; on text that was not checked before, results are meaningless but still in bounds.

use super::{DEPTH_MAX, decode};
use crate::source::element;

/// One member of an object: its key and its value as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member<'a> {
    /// Between the quotes, escapes as written.
    pub raw_key: &'a str,
    pub value: &'a str,
}

/// The members of an object in the order written. Anything else has none.
pub fn members(object: &str) -> impl Iterator<Item = Member<'_>> {
    let mut at = skip_space(object, 0);
    let mut open = object.as_bytes().get(at) == Some(&b'{');
    at += 1;
    std::iter::from_fn(move || {
        if !open {
            return None;
        }
        at = skip_space(object, at);
        if object.as_bytes().get(at) == Some(&b',') {
            at = skip_space(object, at + 1);
        }
        if object.as_bytes().get(at) != Some(&b'"') {
            open = false;
            return None;
        }
        let key_end = string_end(object, at);
        let raw_key = object.get(at + 1..key_end - 1)?;
        // Over the colon.
        let start = skip_space(object, skip_space(object, key_end) + 1);
        at = value_end(object, start);
        Some(Member { raw_key, value: object.get(start..at)? })
    })
}

/// The elements of an array in the order written. Anything else has none.
pub fn elements(array: &str) -> impl Iterator<Item = &str> {
    let mut at = skip_space(array, 0);
    let mut open = array.as_bytes().get(at) == Some(&b'[');
    at += 1;
    std::iter::from_fn(move || {
        if !open {
            return None;
        }
        at = skip_space(array, at);
        if array.as_bytes().get(at) == Some(&b',') {
            at = skip_space(array, at + 1);
        }
        let start = at;
        at = value_end(array, start);
        let element = array.get(start..at).filter(|element| !element.is_empty());
        open = element.is_some();
        element
    })
}

/// An object whose members were found once, to be asked for several.
#[derive(Debug)]
pub struct Object<'a> {
    members: Vec<Member<'a>>,
}

impl<'a> Object<'a> {
    pub fn of(text: &'a str) -> Self {
        Self { members: members(text).collect() }
    }

    /// What a JSON pointer (RFC 6901), taken apart, leads to, as written. Of equal keys the last counts, as
    /// for every parser that a sender is likely to have tried its payload with.
    pub fn find<'p>(&self, pointer: impl IntoIterator<Item = &'p str>) -> Option<&'a str> {
        let mut tokens = pointer.into_iter();
        let first = last_of(self.members.iter().copied(), tokens.next()?)?;
        tokens.try_fold(first, child)
    }
}

fn child<'a>(value: &'a str, token: &str) -> Option<&'a str> {
    if value.starts_with('[') {
        return elements(value).nth(element(token)?);
    }
    last_of(members(value), token)
}

fn last_of<'a>(members: impl Iterator<Item = Member<'a>>, token: &str) -> Option<&'a str> {
    members.filter(|member| decode::is_key(member.raw_key, token)).last().map(|member| member.value)
}

/// Checks the nesting; says whether the text is free of escapes and numbers that PostgreSQL's JSON operators fail on.
/// The error is where it became too deep.
pub fn check_depth(text: &str) -> Result<bool, usize> {
    let bytes = text.as_bytes();
    let (mut at, mut depth, mut plain) = (0, 0_usize, true);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let end = string_end(text, at);
                plain = plain && decode::is_plain(text.get(at + 1..end - 1).unwrap_or_default());
                at = end;
                continue;
            }
            b'{' | b'[' => {
                depth += 1;
                if depth > DEPTH_MAX {
                    return Err(at);
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'-' | b'0'..=b'9' => {
                let end = value_end(text, at);
                plain = plain && decode::is_plain_number(text.get(at..end).unwrap_or_default());
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    Ok(plain)
}

pub fn skip_space(text: &str, from: usize) -> usize {
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    from + rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count()
}

/// Behind the string whose opening quote is at `from`.
pub fn string_end(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = from + 1;
    while let Some(found) = memchr::memchr2(b'"', b'\\', bytes.get(at..).unwrap_or_default()) {
        at += found;
        if bytes.get(at) == Some(&b'"') {
            return at + 1;
        }
        at += 2;
    }
    bytes.len()
}

/// Behind the value that begins at `from`.
pub fn value_end(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (from, 0_usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = string_end(text, at);
                if depth == 0 {
                    return at;
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => return if depth == 0 { at } else { at + 1 },
            b'}' | b']' => depth -= 1,
            b',' | b' ' | b'\t' | b'\n' | b'\r' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    at
}

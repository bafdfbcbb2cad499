//! The canonical form: by it a retry is recognised although it was built again.
//!
//! It works on tokens: no white space, strings and numbers byte for byte as written, members sorted by their raw key,
//! equal keys in their order of appearance. `1.0` and `1` stay different: a false "different" shows a callback twice,
//! a false "same" would lose one. Changing a rule here changes the version of the dedupe key.

use super::scan::{members, skip_space, string_end, value_end};

/// The canonical bytes of an object, less the top-level members named in `ignored`.
pub fn canonical(object: &str, ignored: &[impl AsRef<str>]) -> Vec<u8> {
    let mut out = Vec::with_capacity(object.len());
    let start = skip_space(object, 0);
    write_object(&mut out, object.get(start..).unwrap_or_default(), |key| {
        ignored.iter().any(|name| name.as_ref() == key)
    });
    out
}

fn write_value(out: &mut Vec<u8>, value: &str) {
    match value.as_bytes().first() {
        Some(b'{') => write_object(out, value, |_| false),
        Some(b'[') => write_array(out, value),
        _ => out.extend_from_slice(value.as_bytes()),
    }
}

/// Members are written as they come; only when they were not in order is the written part put in order.
/// Senders mostly sort, so the common case copies every byte once.
fn write_object(out: &mut Vec<u8>, object: &str, is_ignored: impl Fn(&str) -> bool) {
    out.push(b'{');
    let first = out.len();
    let mut written: Vec<(&str, usize, usize)> = Vec::new();
    let mut sorted = true;
    for member in members(object).filter(|member| !is_ignored(member.raw_key)) {
        let start = out.len();
        out.push(b'"');
        out.extend_from_slice(member.raw_key.as_bytes());
        out.extend_from_slice(b"\":");
        write_value(out, member.value);
        out.push(b',');
        sorted = sorted && written.last().is_none_or(|(key, ..)| *key <= member.raw_key);
        written.push((member.raw_key, start, out.len()));
    }
    if !sorted {
        // Stable: equal keys keep their order of appearance.
        written.sort_by_key(|(key, ..)| *key);
        let ordered: Vec<u8> = written
            .iter()
            .flat_map(|(_, start, end)| out.get(*start..*end).unwrap_or_default())
            .copied()
            .collect();
        out.truncate(first);
        out.extend_from_slice(&ordered);
    }
    close(out, b'}');
}

fn write_array(out: &mut Vec<u8>, array: &str) {
    out.push(b'[');
    let mut at = skip_space(array, 1);
    while let Some(byte) = array.as_bytes().get(at) {
        match byte {
            b']' => break,
            b',' => at = skip_space(array, at + 1),
            _ => {
                let end = if *byte == b'"' { string_end(array, at) } else { value_end(array, at) };
                write_value(out, array.get(at..end).unwrap_or_default());
                out.push(b',');
                at = skip_space(array, end);
            }
        }
    }
    close(out, b']');
}

/// The last comma, if anything was written, makes room for the bracket.
fn close(out: &mut Vec<u8>, bracket: u8) {
    if out.last() == Some(&b',') {
        out.pop();
    }
    out.push(bracket);
}

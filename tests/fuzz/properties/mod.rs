//! What must hold for every parser of foreign bytes, whatever comes.
//!
//! A property is a function of bytes that panics where it does not hold. Fuzzing looks for bytes for which one does not;
//! `tests/it/corpus.rs` tries at every run of the tests what fuzzing has kept, in `tests/fuzz/corpus/<property>/`.

mod access;
mod body;
mod position;
mod proof;
mod text;

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// Panics where it does not hold.
pub type Property = fn(&[u8]);

pub const PROPERTIES: [(&str, Property); 14] = [
    ("body", body::is_kept_and_has_one_canonical_form),
    ("extraction", body::becomes_a_row_that_the_database_takes),
    ("proof", proof::verifies_only_as_it_was_signed),
    ("request", proof::foreign_requests_are_refused_and_kept_without_secrets),
    ("diagnosis", proof::a_diagnosis_is_always_the_same_and_bounded),
    ("cursor", position::a_cursor_has_one_text),
    ("resume", position::a_last_event_id_is_never_refused),
    ("query", position::a_filter_says_what_was_asked_for),
    ("events", position::events_are_whole_wherever_the_bytes_are_cut),
    ("credential", access::only_what_can_be_a_token_is_looked_up),
    ("token", access::no_foreign_token_proves_anything),
    ("address", access::only_trusted_proxies_are_believed),
    ("sealed", access::what_was_changed_does_not_open),
    ("text", text::nothing_foreign_controls_a_terminal),
];

/// Lines of `name: value`, and what is behind an empty one.
fn request(bytes: &[u8]) -> (HeaderMap, &[u8]) {
    let (head, body) = match bytes.windows(2).position(|pair| pair == b"\n\n") {
        Some(end) => (&bytes[..end], &bytes[end + 2..]),
        None => (bytes, &[][..]),
    };
    let mut headers = HeaderMap::new();
    // As many as the server takes.
    for line in head.split(|byte| *byte == b'\n').take(100) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value)) {
            headers.append(name, value);
        }
    }
    (headers, body)
}

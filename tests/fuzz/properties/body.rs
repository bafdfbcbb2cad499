//! Bodies: JSON text that is never decoded into a tree.

use callbackd::ingest::payload::{Escapes, Payload, Spacing, Style, canonical, restyle};
use callbackd::parsers::{Request, accepted, dedupe_key};
use serde_json::Value;

use super::{proof, request};

const NOTHING: [&str; 0] = [];

pub fn is_kept_and_has_one_canonical_form(bytes: &[u8]) {
    let Ok(payload) = Payload::parse(bytes) else {
        let is_small = bytes.iter().filter(|byte| matches!(byte, b'{' | b'[')).count() < 128;
        let is_object = serde_json::from_slice::<Value>(bytes).is_ok_and(|value| value.is_object());
        assert!(!(is_small && is_object), "a good object was refused");
        return;
    };
    assert_eq!(payload.text.as_bytes(), bytes, "it is kept as it came");

    let once = canonical(payload.text, &NOTHING);
    let again = Payload::parse(&once).expect("the canonical form is a body as well");
    assert_eq!(canonical(again.text, &NOTHING), once, "there is one canonical form");
    assert_eq!(again.plain, payload.plain);
    let tree = |text: &str| serde_json::from_str::<Value>(text).ok();
    // Members are sorted by their keys as written: of one that is written in two ways the last may become another.
    if !payload.text.contains('\\') {
        assert_eq!(tree(payload.text), tree(again.text), "it says the same");
    }

    let key = dedupe_key(payload.text, &[], None);
    for spacing in [Spacing::Compact, Spacing::Spaced, Spacing::Indented("\t")] {
        let styled = restyle(payload.text, Style { spacing, escapes: Escapes::Kept, sorted: false });
        let styled = str::from_utf8(&styled).expect("it is text");
        assert_eq!(dedupe_key(styled, &[], None), key, "white space makes no other callback");
    }
    assert_ne!(dedupe_key(payload.text, &[], Some(b"id")), key);
    if payload.plain {
        // Of larger numbers than serde can hold PostgreSQL holds some.
        assert!(!tree(payload.text).is_some_and(|value| holds_nul(&value)), "PostgreSQL cannot hold it");
    }
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(holds_nul),
        Value::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)),
        _ => false,
    }
}

pub fn becomes_a_row_that_the_database_takes(bytes: &[u8]) {
    let (headers, body) = request(bytes);
    for source in proof::sources() {
        let request = Request { headers: headers.clone(), body: body.to_vec().into() };
        let Ok(new) = accepted(source, request, None) else { continue };
        assert!(!new.callback_id.is_empty() && new.callback_id.len() <= 512);
        assert!(new.payload_preview.chars().count() <= 200);
        let columns = [
            Some(&new.callback_id),
            Some(&new.payload_preview),
            new.external_job_id.as_ref(),
            new.workflow_name.as_ref(),
            new.event_type.as_ref(),
            new.error_message.as_ref(),
            new.subject_user_id.as_ref(),
        ];
        assert!(columns.into_iter().flatten().all(|text| !text.contains('\0')), "text holds no NUL");
    }
}

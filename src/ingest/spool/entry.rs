//! A callback as it lies in the spool: what a row needs, as JSON, and the body's own bytes behind it.
//!
//! Extracted fields are kept, not found again when it is stored: a source may have changed, or be gone, by then.

use std::borrow::Cow;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    callback::{NewCallback, Status},
    source::hex,
};

/// A callback that was read back.
#[derive(Debug, Clone)]
pub struct Entry {
    pub new: NewCallback,
    pub received_at: DateTime<Utc>,
}

/// Why bytes that are whole are no entry: another version wrote them, and did not say so.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("it is shorter than it says")]
    Short,
    #[error("its fields cannot be read")]
    Fields(#[from] serde_json::Error),
    #[error("its dedupe key is none")]
    Key,
}

#[derive(Debug, Serialize, Deserialize)]
struct Fields<'a> {
    id: Uuid,
    received_at: DateTime<Utc>,
    source: Cow<'a, str>,
    callback_id: Cow<'a, str>,
    /// In hex.
    dedupe_key: Option<String>,
    signature_valid: bool,
    signature_header: Option<Cow<'a, str>>,
    verified_at: Option<DateTime<Utc>>,
    body_is_json: bool,
    payload_plain: bool,
    payload_preview: Cow<'a, str>,
    external_job_id: Option<Cow<'a, str>>,
    workflow_name: Option<Cow<'a, str>>,
    event_type: Option<Cow<'a, str>>,
    status: Status,
    error_message: Option<Cow<'a, str>>,
    subject_user_id: Option<Cow<'a, str>>,
    /// The bits of it: decimal text may not be the same number.
    cost_usd: Option<u64>,
    total_tokens: Option<i64>,
    duration_ms: Option<i64>,
    request_headers: Cow<'a, str>,
}

/// What is kept of a callback. Rejects and accepted ones never come here: nobody was promised them.
pub fn encode(new: &NewCallback, received_at: DateTime<Utc>) -> Vec<u8> {
    let fields = serde_json::to_vec(&fields(new, received_at)).expect("text and numbers are always JSON");
    let length = u32::try_from(fields.len()).expect("fields are cut, and headers are at most 16 KiB");
    [&length.to_le_bytes()[..], &fields, &new.body].concat()
}

/// The same for people: one JSON text, with the body in it.
pub fn readable(new: &NewCallback, received_at: DateTime<Utc>) -> Vec<u8> {
    let body = String::from_utf8_lossy(&new.body);
    let text = serde_json::json!({ "callback": fields(new, received_at), "body": body });
    format!("{text:#}\n").into_bytes()
}

fn fields(new: &NewCallback, received_at: DateTime<Utc>) -> Fields<'_> {
    fn text(text: Option<&String>) -> Option<Cow<'_, str>> {
        text.map(|text| Cow::from(text.as_str()))
    }
    Fields {
        id: new.id,
        received_at,
        source: Cow::from(&*new.source),
        callback_id: Cow::from(new.callback_id.as_str()),
        dedupe_key: new.dedupe_key.as_ref().map(|key| hex(key)),
        signature_valid: new.signature_valid,
        signature_header: text(new.signature_header.as_ref()),
        verified_at: new.verified_at,
        body_is_json: new.body_is_json,
        payload_plain: new.payload_plain,
        payload_preview: Cow::from(new.payload_preview.as_str()),
        external_job_id: text(new.external_job_id.as_ref()),
        workflow_name: text(new.workflow_name.as_ref()),
        event_type: text(new.event_type.as_ref()),
        status: new.status,
        error_message: text(new.error_message.as_ref()),
        subject_user_id: text(new.subject_user_id.as_ref()),
        cost_usd: new.cost_usd.map(f64::to_bits),
        total_tokens: new.total_tokens,
        duration_ms: new.duration_ms,
        request_headers: Cow::from(new.request_headers.as_str()),
    }
}

pub fn decode(bytes: &[u8]) -> Result<Entry, Unreadable> {
    let (length, rest) = bytes.split_first_chunk().ok_or(Unreadable::Short)?;
    let (fields, body) =
        rest.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or(Unreadable::Short)?;
    let fields: Fields<'_> = serde_json::from_slice(fields)?;
    let owned = |text: Option<Cow<'_, str>>| text.map(Cow::into_owned);
    let new = NewCallback {
        id: fields.id,
        source: fields.source.into(),
        callback_id: fields.callback_id.into_owned(),
        dedupe_key: fields.dedupe_key.map(|key| unhex(&key).ok_or(Unreadable::Key)).transpose()?,
        signature_valid: fields.signature_valid,
        signature_header: owned(fields.signature_header),
        verified_at: fields.verified_at,
        body: Bytes::copy_from_slice(body),
        body_is_json: fields.body_is_json,
        payload_plain: fields.payload_plain,
        payload_preview: fields.payload_preview.into_owned(),
        external_job_id: owned(fields.external_job_id),
        workflow_name: owned(fields.workflow_name),
        event_type: owned(fields.event_type),
        status: fields.status,
        error_message: owned(fields.error_message),
        subject_user_id: owned(fields.subject_user_id),
        cost_usd: fields.cost_usd.map(f64::from_bits),
        total_tokens: fields.total_tokens,
        duration_ms: fields.duration_ms,
        request_headers: fields.request_headers.into_owned(),
        rejection: None,
        accepted_by: None,
    };
    Ok(Entry { new, received_at: fields.received_at })
}

fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let pairs = text.as_bytes().chunks_exact(2);
    if text.len() != 2 * N {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(pairs) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn callback(body: &str) -> NewCallback {
        NewCallback {
            id: Uuid::now_v7(),
            source: "llm".into(),
            callback_id: "job \u{1F980}".to_owned(),
            dedupe_key: Some([0xA7; 33]),
            signature_valid: true,
            signature_header: Some("sha256=00".to_owned()),
            verified_at: Some(Utc::now()),
            body: Bytes::copy_from_slice(body.as_bytes()),
            body_is_json: true,
            payload_plain: false,
            payload_preview: body.chars().take(200).collect(),
            external_job_id: Some("job".to_owned()),
            workflow_name: None,
            event_type: Some("workflow.completed".to_owned()),
            status: Status::Processed,
            error_message: Some(String::new()),
            subject_user_id: None,
            cost_usd: Some(0.1 + 0.2),
            total_tokens: Some(i64::MAX),
            duration_ms: Some(-1),
            request_headers: "[[\"a\",\"b\"]]".to_owned(),
            rejection: None,
            accepted_by: None,
        }
    }

    #[test]
    fn a_callback_is_read_back_as_it_was_written() {
        for body in ["{}", "{\"a\":\"\\u0000\\ud800\"}", &"x".repeat(1 << 20)] {
            let new = callback(body);
            let entry = decode(&encode(&new, Utc::now())).unwrap();
            assert_eq!(format!("{:?}", entry.new), format!("{new:?}"));
        }
    }

    #[test]
    fn numbers_that_decimal_text_cannot_hold_are_kept() {
        for cost in [f64::INFINITY, 5e-324, 0.1 + 0.2, -0.0] {
            let new = NewCallback { cost_usd: Some(cost), ..callback("{}") };
            let entry = decode(&encode(&new, Utc::now())).unwrap();
            assert_eq!(entry.new.cost_usd.map(f64::to_bits), Some(cost.to_bits()));
        }
    }

    #[test]
    fn what_is_no_entry_is_refused_and_nothing_panics() {
        let whole = encode(&callback("{}"), Utc::now());
        for length in 0..whole.len() - 2 {
            assert!(decode(&whole[..length]).is_err(), "cut to {length}");
        }
        proptest::proptest!(|(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200))| {
            assert!(decode(&bytes).is_err());
        });
    }
}

//! A callback as a line of a spreadsheet.
//!
//! What senders wrote must not become a formula that runs at whoever opens the file: such a text is given an apostrophe
//! in front, as OWASP advises for CSV injection. Numbers and times are ours and stay as they are.

use std::borrow::Cow;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::value::RawValue;

use super::row::Exported;

/// The names of the columns: those of the members in JSON.
pub const NAMES: [&str; 22] = [
    "id",
    "cursor",
    "source",
    "callbackId",
    "jobId",
    "workflowName",
    "eventType",
    "status",
    "errorMessage",
    "signatureValid",
    "rejection",
    "cause",
    "accepted",
    "payloadPreview",
    "costUsd",
    "totalTokens",
    "durationMs",
    "deliveryCount",
    "createdAt",
    "subjectUserId",
    "verifiedAt",
    "updatedAt",
];

/// The further ones where payloads were asked for.
pub const BODY_NAMES: [&str; 3] = ["payload", "rawBody", "object"];

/// What begins a formula in one spreadsheet or another, in the full-width forms too. White space is among them because
/// some pass over it when they look for a formula.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

pub type Cell<'a> = Cow<'a, str>;

/// In the order of [`NAMES`]; what there is not is an empty cell.
pub fn cells(row: &Exported) -> [Cell<'_>; 22] {
    let item = &row.item;
    [
        item.id.to_string().into(),
        item.cursor.to_string().into(),
        text(&item.source),
        text(&item.callback_id),
        optional(item.job_id.as_deref()),
        optional(item.workflow_name.as_deref()),
        optional(item.event_type.as_deref()),
        item.status.as_str().into(),
        optional(item.error_message.as_deref()),
        truth(item.signature_valid),
        optional(item.rejection.as_deref()),
        item.cause.map_or(Cow::default(), |cause| cause.code().into()),
        truth(item.accepted),
        text(&item.payload_preview),
        number(item.cost_usd),
        number(item.total_tokens),
        number(item.duration_ms),
        item.delivery_count.to_string().into(),
        time(Some(item.created_at)),
        optional(row.subject_user_id.as_deref()),
        time(row.verified_at),
        time(Some(row.updated_at)),
    ]
}

/// In the order of [`BODY_NAMES`].
pub fn body_cells(row: &Exported) -> [Cell<'_>; 3] {
    [json(row.payload.as_deref()), optional(row.raw_body.as_deref()), json(row.object.as_deref())]
}

fn json(value: Option<&RawValue>) -> Cell<'_> {
    let written = value.map(|value| value.get().trim_start()).filter(|json| *json != "null");
    written.map_or(Cow::default(), text)
}

pub fn text(text: &str) -> Cell<'_> {
    if text.starts_with(FORMULA) { format!("'{text}").into() } else { text.into() }
}

fn optional(value: Option<&str>) -> Cell<'_> {
    value.map_or(Cow::default(), text)
}

fn truth(value: bool) -> Cell<'static> {
    if value { "true" } else { "false" }.into()
}

fn number<T: ToString>(value: Option<T>) -> Cell<'static> {
    value.map_or(Cow::default(), |value| value.to_string().into())
}

fn time(time: Option<DateTime<Utc>>) -> Cell<'static> {
    time.map_or(Cow::default(), |time| time.to_rfc3339_opts(SecondsFormat::AutoSi, true).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::callback::{Cursor, Item, RawBody, Status};

    fn row(callback_id: &str) -> Exported {
        let item = Item {
            id: uuid::Uuid::nil(),
            cursor: Cursor::from_seq(7),
            source: "llm".into(),
            callback_id: callback_id.into(),
            job_id: None,
            workflow_name: Some(String::new()),
            event_type: None,
            status: Status::Error,
            error_message: None,
            signature_valid: true,
            rejection: None,
            cause: None,
            accepted: false,
            payload_preview: String::new(),
            cost_usd: Some(-0.5),
            total_tokens: Some(-3),
            duration_ms: None,
            delivery_count: 1,
            created_at: DateTime::UNIX_EPOCH,
            subject_user_id: None,
        };
        let (payload, raw_body, object) = (None, None, None);
        let row = Exported {
            item,
            subject_user_id: None,
            verified_at: None,
            updated_at: DateTime::UNIX_EPOCH,
            payload,
            raw_body,
            object,
        };
        row.with_body(RawBody::Other(b"=1+1".to_vec())).with_object(Some(b"{}".to_vec()))
    }

    #[test]
    fn columns_are_named_as_the_members_of_the_object_in_their_order() {
        let object = serde_json::to_string(&row("x")).unwrap();
        let places = NAMES.iter().chain(&BODY_NAMES).map(|name| object.find(&format!("\"{name}\":")));
        let places: Vec<usize> = places.map(Option::unwrap).collect();
        assert!(places.is_sorted(), "{object}");
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&object).unwrap().as_object().unwrap().len(),
            25
        );
    }

    #[test]
    fn what_would_begin_a_formula_is_made_text_and_numbers_stay_numbers() {
        for begins in FORMULA {
            let hostile = format!("{begins}HYPERLINK(\"https://evil.example\")");
            assert_eq!(cells(&row(&hostile))[3], format!("'{hostile}"), "{begins:?}");
        }
        for harmless in ["plain", " =1", "'=1", "a=1", ""] {
            assert_eq!(cells(&row(harmless))[3], harmless);
        }
        let cells = cells(&row("x")).map(Cow::into_owned);
        assert_eq!((cells[14].as_str(), cells[15].as_str(), cells[16].as_str()), ("-0.5", "-3", ""));
        assert_eq!(cells[18], "1970-01-01T00:00:00Z");
    }
}

//! One callback as an export writes it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::callback::{Item, RawBody};

/// A list item, and what a file has room for besides.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExportedCallback)]
pub struct Exported {
    #[serde(flatten)]
    pub item: Item,
    /// Whose callback it is, as the payload says.
    #[schema(required)]
    pub subject_user_id: Option<String>,
    #[schema(required)]
    pub verified_at: Option<DateTime<Utc>>,
    pub updated_at: DateTime<Utc>,
    /// The JSON that was received: keys, numbers and escapes as they were, line breaks between them as spaces, nothing around. Null if
    /// the body was not JSON. Left out where payloads were not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object, nullable)]
    pub payload: Option<Box<RawValue>>,
    /// The body of a rejected request that was not JSON, in base64; else left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub raw_body: Option<String>,
    /// The object that the callback names, written as the payload is; left out where none was fetched, and where payloads
    /// were not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object, nullable = false)]
    pub object: Option<Box<RawValue>>,
}

impl Exported {
    #[must_use]
    pub fn with_object(self, text: Option<Vec<u8>>) -> Self {
        Self { object: text.map(one_line), ..self }
    }

    #[must_use]
    pub fn with_body(mut self, body: RawBody) -> Self {
        match body {
            RawBody::Json(text) => self.payload = Some(one_line(text)),
            RawBody::Other(bytes) => {
                self.payload = Some(RawValue::NULL.to_owned());
                self.raw_body = Some(STANDARD.encode(bytes));
            }
            RawBody::NeverRead => self.payload = Some(RawValue::NULL.to_owned()),
        }
        self
    }
}

/// A line break inside a string of JSON is always escaped, so one that stands as such is white space between tokens.
fn one_line(mut text: Vec<u8>) -> Box<RawValue> {
    for byte in &mut text {
        if matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    let text = String::from_utf8(text).expect("the database's encoding is UTF-8");
    RawValue::from_string(text).expect("a json column holds JSON")
}

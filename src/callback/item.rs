//! One callback as lists and streams show it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Cause, Cursor, NewCallback};

/// How the work went that a callback reports on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// A step, or an event that does not end a job.
    Received,
    Processed,
    Error,
}

impl Status {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Processed => "processed",
            Self::Error => "error",
        }
    }

    /// From the database's own text, which a constraint keeps to these three.
    pub fn from_column(text: &str) -> Self {
        match text {
            "processed" => Self::Processed,
            "error" => Self::Error,
            _ => Self::Received,
        }
    }
}

/// A callback as lists and streams show it: everything but its payload and headers.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ListItem)]
pub struct Item {
    pub id: Uuid,
    /// Its position; decimal text.
    #[schema(value_type = String, example = "4711")]
    pub cursor: Cursor,
    pub source: String,
    /// The sender's own name for it, usually the job id.
    pub callback_id: String,
    #[schema(required)]
    pub job_id: Option<String>,
    #[schema(required)]
    pub workflow_name: Option<String>,
    #[schema(required)]
    pub event_type: Option<String>,
    pub status: Status,
    #[schema(required)]
    pub error_message: Option<String>,
    pub signature_valid: bool,
    /// Why the request failed authentication: a stable code such as `invalid_signature`.
    #[schema(required)]
    pub rejection: Option<String>,
    /// Why it did not verify, once that was found out.
    #[schema(required)]
    pub cause: Option<Cause>,
    /// An admin has made it a callback; it had been rejected.
    pub accepted: bool,
    /// The first 200 characters of the payload.
    pub payload_preview: String,
    #[schema(required)]
    pub cost_usd: Option<f64>,
    #[schema(required)]
    pub total_tokens: Option<i64>,
    #[schema(required)]
    pub duration_ms: Option<i64>,
    /// How often it was received: 1, and one more for each retry of the sender.
    pub delivery_count: i32,
    pub created_at: DateTime<Utc>,
    /// Whose callback it is; decides who else may see it, and is not part of the list.
    #[serde(skip)]
    pub subject_user_id: Option<String>,
}

impl Item {
    /// What the writer has just stored, without reading it back.
    pub fn stored(new: NewCallback, cursor: Cursor, created_at: DateTime<Utc>) -> Self {
        Self {
            id: new.id,
            cursor,
            source: new.source.to_string(),
            callback_id: new.callback_id,
            job_id: new.external_job_id,
            workflow_name: new.workflow_name,
            event_type: new.event_type,
            status: new.status,
            error_message: new.error_message,
            signature_valid: new.signature_valid,
            rejection: new.rejection.map(str::to_owned),
            cause: None,
            accepted: new.accepted_by.is_some(),
            payload_preview: new.payload_preview,
            cost_usd: new.cost_usd,
            total_tokens: new.total_tokens,
            duration_ms: new.duration_ms,
            delivery_count: 1,
            created_at,
            subject_user_id: new.subject_user_id,
        }
    }
}

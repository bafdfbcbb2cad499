//! A callback that is about to be stored.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Status;

/// One row to be. Text fields hold nothing that PostgreSQL's `text` cannot.
#[derive(Debug, Clone)]
pub struct NewCallback {
    /// Version 7; made once, so that a repeated attempt to store it recognises its own row.
    pub id: Uuid,
    pub source: Arc<str>,
    pub callback_id: String,
    /// `None` for rejects: they collide with nothing.
    pub dedupe_key: Option<[u8; 33]>,
    pub signature_valid: bool,
    pub signature_header: Option<String>,
    pub verified_at: Option<DateTime<Utc>>,
    pub body: Bytes,
    /// Whether `body` is JSON text and goes to `payload`; else it goes to `raw_body`.
    pub body_is_json: bool,
    /// Whether PostgreSQL's JSON operators work on it.
    pub payload_plain: bool,
    pub payload_preview: String,
    pub external_job_id: Option<String>,
    pub workflow_name: Option<String>,
    pub event_type: Option<String>,
    pub status: Status,
    pub error_message: Option<String>,
    pub subject_user_id: Option<String>,
    pub cost_usd: Option<f64>,
    pub total_tokens: Option<i64>,
    pub duration_ms: Option<i64>,
    /// JSON text: an array of `[name, value]`.
    pub request_headers: String,
    pub rejection: Option<&'static str>,
    pub accepted_by: Option<Uuid>,
}

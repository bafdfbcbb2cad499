//! An attempt to hand a callback on: where it was sent again, and what was answered.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Of one callback the newest attempts are kept: more than somebody makes who mends a receiver.
pub const KEPT_MAX: i64 = 50;
/// Of an attempt that was begun something is heard within this time, or whoever made it is taken to be gone: a node waits
/// 15 seconds for an answer, a `tail` five times as long at most, unless its local server is away.
pub const SILENT: Duration = Duration::from_mins(2);
/// What is said of it then. A report that comes all the same takes its place.
pub const GONE: &str =
    "nothing was heard of it for 2 minutes: the tail went away, or still waits for its local server";

/// Sending a callback again, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    pub id: Uuid,
    /// The address that it was sent to.
    pub target: String,
    /// E-mail of whoever asked for it, or whose program did it; null once that person is gone.
    #[schema(required)]
    pub by: Option<String>,
    pub started_at: DateTime<Utc>,
    /// Null until it is known how it ended.
    #[schema(required)]
    pub ended_at: Option<DateTime<Utc>>,
    /// HTTP status of the answer; null where there was none.
    #[schema(required)]
    pub status: Option<i32>,
    #[schema(required)]
    pub duration_ms: Option<i64>,
    /// How the answer begins: at most 2,000 characters of it.
    #[schema(required)]
    pub answer: Option<String>,
    /// Why there was no answer.
    #[schema(required)]
    pub error: Option<String>,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Status and beginning of the answer, or why there was none.
    pub answer: Result<(u16, String), String>,
    pub duration_ms: i64,
}

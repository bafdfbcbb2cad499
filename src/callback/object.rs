//! The object that a thin callback names: how its fetching stands, and what it adds to the callback.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::Status;

/// How the fetching of an object stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FetchState {
    /// It is being tried, or will be.
    Pending,
    Fetched,
    /// It is not tried any more, unless somebody asks for it.
    Failed,
}

/// The object that a callback names, and how its fetching stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FetchedObject {
    #[schema(inline)]
    pub state: FetchState,
    /// How often it was tried.
    pub attempts: i32,
    /// Where it was asked for; null before the first attempt. Only for admins, as what follows.
    #[schema(required)]
    pub url: Option<String>,
    #[schema(required)]
    pub tried_at: Option<DateTime<Utc>>,
    /// When it is tried next; null when it is not.
    #[schema(required)]
    pub next_at: Option<DateTime<Utc>>,
    /// HTTP status of the last answer; null where there was none.
    #[schema(required)]
    pub status: Option<i32>,
    /// Why the last attempt did not bring it.
    #[schema(required)]
    pub error: Option<String>,
    /// How the last answer began, where it did not bring it.
    #[schema(required)]
    pub answer: Option<String>,
    #[schema(required)]
    pub fetched_at: Option<DateTime<Utc>>,
    /// The exact JSON text that was answered.
    #[schema(required)]
    pub body: Option<String>,
}

/// The fields that are read from callback and object together.
#[derive(Debug, Clone, PartialEq)]
pub struct Complete {
    pub workflow_name: Option<String>,
    pub status: Status,
    pub error_message: Option<String>,
    pub subject_user_id: Option<String>,
    pub cost_usd: Option<f64>,
    pub total_tokens: Option<i64>,
    pub duration_ms: Option<i64>,
}

impl FetchState {
    /// The column holds nothing else.
    pub fn from_column(text: &str) -> Self {
        match text {
            "pending" => Self::Pending,
            "fetched" => Self::Fetched,
            _ => Self::Failed,
        }
    }
}

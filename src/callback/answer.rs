//! What the console is answered: shapes it relies on.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Cursor, Diagnosis, FetchedObject, Item};

/// A list item, and whether the person who asks has seen it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ViewedItem {
    #[serde(flatten)]
    pub item: Item,
    pub viewed_by_current_user: bool,
}

/// A page of history, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistoryPage {
    pub callbacks: Vec<ViewedItem>,
    /// What to ask for as `before` next; null on the last page.
    #[schema(value_type = Option<String>, example = "4686", required)]
    pub next_cursor: Option<Cursor>,
    /// Where a search for what is rare stopped before it had a full page; null where the page is full or nothing else
    /// matches.
    #[schema(required)]
    pub searched_to: Option<SearchedTo>,
}

/// Everything up to here was looked at; ask on from here for the rest of the page.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SearchedTo {
    /// What to ask for as `before`, or as `after` where the page was asked for by `after`.
    #[schema(value_type = String, example = "4686")]
    pub cursor: Cursor,
    /// When what lies there was received.
    pub received_at: DateTime<Utc>,
}

/// What came after a cursor, oldest first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckPage {
    pub items: Vec<ViewedItem>,
    /// The cursor of the last item; null when there is none. After a reset never null: then it is where to go on.
    #[schema(value_type = Option<String>, example = "4711", required)]
    pub next_cursor: Option<Cursor>,
    /// Whether there is more right now.
    pub has_more: bool,
    /// Whether there is no going on from `after`: something behind it was pruned, or it was lost in a failover or a
    /// restore, and what the reader has seen of late with it. Reload what you show.
    pub reset: bool,
}

/// Everything about one callback, and its job.
#[derive(Debug, Serialize, ToSchema)]
pub struct DetailAnswer {
    pub callback: Detail,
    /// The callbacks of the same source and job, this one among them, in order; the newest 200.
    pub job: Vec<Item>,
}

/// Everything about one callback.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CallbackDetail)]
pub struct Detail {
    #[serde(flatten)]
    pub item: Item,
    pub viewed_by_current_user: bool,
    #[schema(required)]
    pub signature_header: Option<String>,
    #[schema(required)]
    pub verified_at: Option<DateTime<Utc>>,
    pub updated_at: DateTime<Utc>,
    /// The exact JSON text that was received; null if the body was not JSON, or was never read.
    #[schema(required)]
    pub payload: Option<String>,
    /// False if the payload holds `\u0000` or a lone surrogate.
    pub payload_plain: bool,
    /// `[name, value]` in the order received, without credentials.
    #[schema(value_type = Vec<Vec<String>>)]
    pub request_headers: Box<RawValue>,
    /// Whether it was made up for a test, as its header `X-Callbackd-Test` says. What a test names is not fetched.
    pub test: bool,
    /// Why it did not verify, and what to change.
    #[schema(value_type = Option<Diagnosis>, required)]
    pub diagnosis: Option<Box<RawValue>>,
    #[schema(required)]
    pub accepted_by: Option<Uuid>,
    /// Theirs, while they are there; only for admins.
    #[schema(required)]
    pub accepted_by_email: Option<String>,
    #[schema(required)]
    pub accepted_at: Option<DateTime<Utc>>,
    /// Of a rejected request that was accepted: the callback that it became.
    #[schema(required)]
    pub accepted_as: Option<Uuid>,
    /// Of a callback that was accepted: the rejected request.
    #[schema(required)]
    pub accepted_from: Option<Uuid>,
    #[schema(required)]
    pub subject_user_id: Option<String>,
    /// The object that it names; null where its source fetches none for this event, or has not begun to.
    #[schema(required)]
    pub object: Option<FetchedObject>,
    /// How many bytes were received.
    #[schema(minimum = 0)]
    pub raw_bytes: i64,
}

/// The bytes of one callback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RawBody {
    Json(Vec<u8>),
    Other(Vec<u8>),
    /// The request was refused before its body was read, or had none.
    NeverRead,
}

impl RawBody {
    /// From the two columns that may hold it.
    pub fn new(payload: Option<String>, raw_body: Option<Vec<u8>>) -> Self {
        match (payload, raw_body) {
            (Some(text), _) => Self::Json(text.into_bytes()),
            (None, Some(bytes)) => Self::Other(bytes),
            (None, None) => Self::NeverRead,
        }
    }
}

/// What marking as viewed did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marked {
    /// How many of the ids there are, for this person.
    pub known: usize,
    pub unviewed: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MarkedAnswer {
    /// Always true.
    pub success: bool,
    /// What is left; exact up to 10,000, beyond it 10,001.
    #[schema(minimum = 0, maximum = 10_001)]
    pub unviewed_count: i64,
}

/// What there is to filter by: at most 200 values each, sorted.
#[derive(Debug, Serialize, ToSchema)]
pub struct FacetValues {
    pub sources: Vec<String>,
    pub workflows: Vec<String>,
    pub events: Vec<String>,
}

/// A count that is exact up to 10,000; 10,001 stands for more.
#[derive(Debug, Serialize, ToSchema)]
pub struct Count {
    #[schema(minimum = 0, maximum = 10_001)]
    pub count: i64,
}

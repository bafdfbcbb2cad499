//! What somebody has set in the console: a document of the console's, kept as it is.

use axum::{Json, extract::State, http::StatusCode};
use serde_json::Value;

use crate::{
    extract::JsonBody,
    problem::{Problem, Result},
    refusals::{Refusals, RefusedBody},
    session::{Sessions, SignedIn, people},
};

/// One's own preferences; an empty object at first.
#[utoipa::path(get, path = "/api/me/preferences", tag = "Preferences", operation_id = "getPreferences",
    responses((status = 200, description = "What was put last", body = Object), Refusals))]
pub(super) async fn get(State(sessions): State<Sessions>, caller: SignedIn) -> Result<Json<Value>> {
    let document = people::preferences(sessions.shared.store.db(), caller.person.id).await?;
    Ok(Json(document.unwrap_or_else(|| Value::Object(serde_json::Map::new()))))
}

/// Replaces one's own preferences: any JSON object of at most 64 KiB. One's streams are told by `preferences`.
#[utoipa::path(put, path = "/api/me/preferences", tag = "Preferences", operation_id = "putPreferences", request_body = Object,
    responses((status = 204, description = "Kept"), Refusals, RefusedBody))]
pub(super) async fn put(
    State(sessions): State<Sessions>,
    caller: SignedIn,
    JsonBody(document): JsonBody<Value>,
) -> Result<StatusCode> {
    if !document.is_object() {
        return Err(Problem::bad_request("Invalid preferences", "preferences must be a JSON object"));
    }
    people::set_preferences(sessions.shared.store.db(), caller.person.id, &document).await?;
    Ok(StatusCode::NO_CONTENT)
}

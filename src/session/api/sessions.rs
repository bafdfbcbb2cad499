//! One's own sessions: where am I signed in, and ending one of them.

use std::net::IpAddr;

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    extract::PathId,
    problem::{Problem, ProblemBody, Result},
    refusals::Refusals,
    session::{Sessions, SignedIn},
};

#[derive(Serialize, ToSchema)]
pub(super) struct SessionList {
    sessions: Vec<Session>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Session {
    id: Uuid,
    created_at: DateTime<Utc>,
    /// To the minute.
    last_seen_at: DateTime<Utc>,
    /// When it ends if it is not used again.
    expires_at: DateTime<Utc>,
    user_agent: String,
    #[schema(value_type = String, example = "192.0.2.1")]
    address: IpAddr,
    /// Whether this request was made with it.
    current: bool,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Revoked {
    /// How many sessions were ended.
    revoked: i64,
}

/// The sessions of whoever asks that still work, the latest used first; at most 200.
#[utoipa::path(get, path = "/api/auth/sessions", tag = "Signing in", operation_id = "listSessions",
    responses((status = 200, description = "One's own sessions", body = SessionList), Refusals))]
pub(super) async fn list(State(sessions): State<Sessions>, caller: SignedIn) -> Result<Json<SessionList>> {
    let stored = sessions.shared.store.sessions(caller.person.id).await?;
    let current = caller.credential.id();
    let sessions = stored.into_iter().map(|session| Session {
        id: session.id,
        created_at: session.created_at,
        last_seen_at: session.last_seen_at,
        expires_at: session.expires_at,
        user_agent: session.user_agent,
        address: session.address,
        current: session.id == current,
    });
    Ok(Json(SessionList { sessions: sessions.collect() }))
}

/// Ends one of one's own sessions, on every node at once.
#[utoipa::path(delete, path = "/api/auth/sessions/{id}", tag = "Signing in", operation_id = "revokeSession",
    params(("id" = Uuid, Path)),
    responses(
        (status = 204, description = "It works no more"),
        (status = 404, description = "No such session", body = ProblemBody, content_type = "application/problem+json"),
        Refusals,
    ))]
pub(super) async fn revoke(
    State(sessions): State<Sessions>,
    caller: SignedIn,
    PathId(id): PathId,
) -> Result<StatusCode> {
    if sessions.shared.store.revoke_session(id, caller.person.id).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::not_found("you have no session with this id, or it was revoked already"))
}

/// Ends all of one's own sessions but the one that asks, on every node at once.
#[utoipa::path(delete, path = "/api/auth/sessions", tag = "Signing in", operation_id = "revokeOtherSessions",
    responses((status = 200, description = "They work no more", body = Revoked), Refusals))]
pub(super) async fn revoke_others(
    State(sessions): State<Sessions>,
    caller: SignedIn,
) -> Result<Json<Revoked>> {
    let store = &sessions.shared.store;
    let revoked = store.revoke_other_sessions(caller.person.id, caller.credential.id()).await?;
    Ok(Json(Revoked { revoked }))
}

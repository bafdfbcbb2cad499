//! `POST …/{id}/verify` and `…/{id}/accept`, for admins.

use axum::{
    Json,
    extract::{FromRef, State},
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::Acceptance;
use crate::{
    callback::{Cursor, Diagnosis, Store},
    extract::PathId,
    ingest::api::Ingest,
    problem::Result,
    refusals::{NoSuchCallback, NotReviewed, Refusals},
    session::{Admin, Sessions},
};

pub fn routes<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Ingest: FromRef<S>,
    Store: FromRef<S>,
    Sessions: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(verify_callback)).routes(routes!(accept_callback))
}

/// What an accepted request became.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AcceptedAnswer {
    /// The callback that it is stored as.
    id: Uuid,
    callback_id: String,
    #[schema(value_type = String, example = "4711")]
    cursor: Cursor,
    /// True when that callback was there already: accepted before, or received by itself.
    duplicate: bool,
    /// Whether every proof holds by the settings of now. If not, the callback stays unverified, with who accepted it.
    signature_valid: bool,
}

/// Check a rejected request again
///
/// By the settings of now, and the clock of when it was received: after a secret was added, say. The diagnosis is kept
/// with the request, and streams are told.
#[utoipa::path(
    post,
    path = "/api/admin/llm-callbacks/{id}/verify",
    tag = "Callbacks",
    operation_id = "verifyCallback",
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, description = "Why it does not verify, or that it does now", body = Diagnosis),
        Refusals,
        NoSuchCallback,
        NotReviewed,
    )
)]
async fn verify_callback(
    State(ingest): State<Ingest>,
    State(store): State<Store>,
    _: Admin,
    PathId(id): PathId,
) -> Result<Json<Diagnosis>> {
    ingest.check_again(&store, id).await.map(Json)
}

/// Accept a rejected request
///
/// It is stored as a callback, with a new cursor, and streams get it; the reject stays and names it. The callback is
/// verified only if every proof holds by the settings of now. Idempotent: it is the same callback each time, and the
/// same as the sender's own retry, if that was received.
#[utoipa::path(
    post,
    path = "/api/admin/llm-callbacks/{id}/accept",
    tag = "Callbacks",
    operation_id = "acceptCallback",
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, description = "The callback that it is stored as", body = AcceptedAnswer),
        Refusals,
        NoSuchCallback,
        NotReviewed,
    )
)]
async fn accept_callback(
    State(ingest): State<Ingest>,
    State(store): State<Store>,
    admin: Admin,
    PathId(id): PathId,
) -> Result<Json<AcceptedAnswer>> {
    let Acceptance { receipt, callback_id, verified } = ingest.accept(&store, id, admin.person.id).await?;
    Ok(Json(AcceptedAnswer {
        id: receipt.id,
        callback_id,
        cursor: receipt.cursor,
        duplicate: receipt.duplicate,
        signature_valid: verified,
    }))
}

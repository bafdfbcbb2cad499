//! `/healthz`: this process answers. `/readyz`: it can do its work.
//!
//! Apart on purpose: while the database is away a restart would help nobody and end every stream, so only readiness
//! fails.

use std::time::Duration;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::Operations;
use crate::listen::Mode;

/// A database that takes longer to answer is no use to a sender.
const DATABASE_WAIT: Duration = Duration::from_secs(2);

#[derive(Serialize, ToSchema)]
pub struct Health {
    #[schema(example = "ok")]
    status: &'static str,
}

/// Whether the process answers
#[utoipa::path(get, path = "/healthz", tag = "Operations", operation_id = "health", security(()), responses((status = 200, description = "It does", body = Health)))]
pub async fn healthz() -> Json<Health> {
    Json(Health { status: "ok" })
}

#[derive(Serialize, ToSchema)]
pub struct Readiness {
    ready: bool,
    /// `ok`, or what is wrong.
    #[schema(example = "ok")]
    database: &'static str,
    /// `listening`, `polling` or `connecting`.
    #[schema(example = "listening")]
    listener: &'static str,
    /// Whether the server is about to stop.
    stopping: bool,
}

/// Whether callbacks can be received and pushed
///
/// The schema is brought up to date before the server answers at all, so a reachable database has it.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "Operations",
    operation_id = "readiness",
    security(()),
    responses(
        (status = 200, description = "They can", body = Readiness),
        (status = 503, description = "They cannot; the body says what is missing", body = Readiness),
    )
)]
pub async fn readyz(State(operations): State<Operations>) -> Response {
    let parts = &operations.0;
    let mode = *parts.mode.borrow();
    let database = match tokio::time::timeout(DATABASE_WAIT, parts.db.check()).await {
        Ok(Ok(())) => "ok",
        Ok(Err(_)) => "unreachable",
        Err(_) => "does not answer",
    };
    let stopping = parts.shutdown.soft.is_cancelled();
    let ready = database == "ok" && mode != Mode::Connecting && !stopping;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { ready, database, listener: mode.as_str(), stopping })).into_response()
}

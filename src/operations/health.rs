//! `/healthz`: this process answers. `/readyz`: it can do its work.
//!
//! Apart on purpose: while the database is away a restart would help nobody and end every stream, so only readiness
//! fails. With an outage spool callbacks are taken all the same, which is what `/readyz/receiving` says.

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
use crate::{ingest::Spool, listen::Mode};

/// A database that takes longer to answer is no use to a sender.
const DATABASE_WAIT: Duration = Duration::from_secs(2);
const NOWHERE: &str = "nowhere";

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
    /// Where callbacks go that come now: `database`, `spool` or `nowhere`.
    #[schema(example = "database")]
    receiving: &'static str,
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
    let database = operations.database().await;
    let stopping = parts.shutdown.soft.is_cancelled();
    let ready = database == "ok" && mode != Mode::Connecting && !stopping;
    let receiving = operations.receiving(database == "ok");
    let state = Readiness { ready, database, listener: mode.as_str(), receiving, stopping };
    (status(ready), Json(state)).into_response()
}

#[derive(Serialize, ToSchema)]
pub struct Receiving {
    /// Where callbacks go that come now: `database`, `spool` or `nowhere`.
    #[schema(example = "spool")]
    receiving: &'static str,
}

/// Whether callbacks are taken
///
/// For the balancer in front of the webhooks, where there is an outage spool: while the database is away a node is not
/// ready, and takes callbacks all the same.
#[utoipa::path(
    get,
    path = "/readyz/receiving",
    tag = "Operations",
    operation_id = "receiving",
    security(()),
    responses(
        (status = 200, description = "They are: stored, or spooled", body = Receiving),
        (status = 503, description = "They are not", body = Receiving),
    )
)]
pub async fn receiving(State(operations): State<Operations>) -> Response {
    // What is spooled need not ask the database, and a balancer does not wait for long.
    let spools = operations.0.ingest.spool().is_some_and(Spool::takes);
    let receiving = operations.receiving(!spools && operations.database().await == "ok");
    (status(receiving != NOWHERE), Json(Receiving { receiving })).into_response()
}

/// The same three while a server takes callbacks alone, because its database was away when it started.
pub fn incomplete(path: &str, spool: Option<&Spool>, stopping: bool) -> Option<Response> {
    let takes = !stopping && spool.is_some_and(Spool::takes);
    let receiving = if takes { "spool" } else { NOWHERE };
    match path {
        "/healthz" => Some(Json(Health { status: "ok" }).into_response()),
        "/readyz" => {
            let (database, listener) = ("unreachable", Mode::Connecting.as_str());
            let state = Readiness { ready: false, database, listener, receiving, stopping };
            Some((status(false), Json(state)).into_response())
        }
        "/readyz/receiving" => Some((status(takes), Json(Receiving { receiving })).into_response()),
        _ => None,
    }
}

impl Operations {
    async fn database(&self) -> &'static str {
        match tokio::time::timeout(DATABASE_WAIT, self.0.db.check()).await {
            Ok(Ok(())) => "ok",
            Ok(Err(_)) => "unreachable",
            Err(_) => "does not answer",
        }
    }

    fn receiving(&self, database_answers: bool) -> &'static str {
        if self.0.shutdown.soft.is_cancelled() {
            return NOWHERE;
        }
        let ingest = &self.0.ingest;
        match ingest.spool() {
            Some(spool) if ingest.is_spooling() => {
                if spool.takes() {
                    "spool"
                } else {
                    NOWHERE
                }
            }
            None if !database_answers => NOWHERE,
            _ => "database",
        }
    }
}

fn status(is_well: bool) -> StatusCode {
    if is_well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}

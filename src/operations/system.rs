//! `GET /api/admin/system`: how it is doing, for the console.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Operations, store};
use crate::{callback::Cursor, problem::Result, refusals::Refusals, session::Admin};

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct System {
    version: &'static str,
    /// Whether it runs a PostgreSQL of its own.
    development: bool,
    database: Database,
    /// `listening`, `polling` or `connecting`.
    listener: &'static str,
    /// Everything up to here has been published.
    #[schema(value_type = String, example = "4711")]
    head: Cursor,
    lag: Lag,
    streams: usize,
    queue: Queue,
    ring: Ring,
    alerts: Vec<SystemAlert>,
}

#[derive(Serialize, ToSchema)]
struct Database {
    /// PostgreSQL's own version.
    #[schema(example = "17.2")]
    version: String,
    connections: usize,
    free: usize,
}

/// What is stored and not published by this node yet.
#[derive(Serialize, ToSchema)]
struct Lag {
    /// Exact up to 10,000.
    callbacks: i64,
    /// The age of the oldest of them; zero when there is none.
    seconds: f64,
}

#[derive(Serialize, ToSchema)]
struct Queue {
    /// Waiting to be written.
    callbacks: usize,
    /// Bodies being read or waiting to be written.
    bytes: usize,
}

#[derive(Serialize, ToSchema)]
struct Ring {
    callbacks: usize,
    bytes: usize,
}

#[derive(Serialize, ToSchema)]
struct SystemAlert {
    kind: &'static str,
    title: &'static str,
    detail: String,
    at: chrono::DateTime<chrono::Utc>,
}

/// How the server is doing
#[utoipa::path(
    get,
    path = "/api/admin/system",
    tag = "Operations",
    operation_id = "systemState",
    responses(
        (status = 200, description = "Its state", body = System),
        Refusals,
    )
)]
pub async fn system(_: Admin, State(operations): State<Operations>) -> Result<Json<System>> {
    let parts = &operations.0;
    let head = parts.hub.head();
    let stored = store::state(&parts.db, head).await?;
    let (connections, free) = parts.db.occupancy();
    let (callbacks, bytes) = parts.ingest.load();
    let (ring_callbacks, ring_bytes, _) = parts.hub.load();
    let alert = |alert: crate::hub::Alert| SystemAlert {
        kind: alert.kind,
        title: alert.title,
        detail: alert.detail,
        at: alert.at,
    };
    Ok(Json(System {
        version: env!("CARGO_PKG_VERSION"),
        development: parts.development,
        database: Database { version: stored.version, connections, free },
        listener: parts.mode.borrow().as_str(),
        head,
        lag: Lag { callbacks: stored.behind, seconds: stored.behind_seconds },
        streams: parts.streams.open(),
        queue: Queue { callbacks, bytes },
        ring: Ring { callbacks: ring_callbacks, bytes: ring_bytes },
        alerts: parts.hub.alerts().list().into_iter().map(alert).collect(),
    }))
}

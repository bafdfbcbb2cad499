//! `GET /api/admin/system`: how it is doing, for the console.

use std::time::Duration;

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Operations, store};
use crate::{
    callback::Cursor, config::Config, ingest::SpoolLoad, problem::Result, refusals::Refusals, session::Admin,
};

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct System {
    version: &'static str,
    /// Since when this process runs.
    started_at: DateTime<Utc>,
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
    /// The outage spool; null: there is none, and senders get 503 while the database is away.
    #[schema(required)]
    spool: Option<SpoolLoad>,
    ring: Ring,
    retention: Retention,
    limits: Limits,
    alerts: Vec<SystemAlert>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Database {
    /// PostgreSQL's own version.
    #[schema(example = "17.2")]
    version: String,
    name: String,
    /// On disk, with indexes.
    bytes: i64,
    /// The last migration that was applied.
    schema_version: i32,
    /// Pooled ones that are open; the writer and the listener have their own.
    connections: usize,
    free: usize,
}

/// What is kept, and for how long.
#[derive(Serialize, ToSchema)]
struct Retention {
    /// Callbacks older than this are removed; null: none are.
    #[schema(required)]
    days: Option<f64>,
    /// The lowest cursor from which everything can still be replayed; what pruning has moved up.
    #[schema(value_type = String, example = "0")]
    floor: Cursor,
}

/// How much of each there may be on this node, as configured.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SystemLimits)]
pub struct Limits {
    streams: usize,
    streams_per_person: usize,
    streams_per_address: usize,
    queue_callbacks: usize,
    queue_bytes: usize,
    ring_callbacks: usize,
    ring_bytes: usize,
    connections: usize,
}

impl From<&Config> for Limits {
    fn from(config: &Config) -> Self {
        let (streams, ingest) = (&config.streams, &config.ingest);
        Self {
            streams: streams.max,
            streams_per_person: streams.per_admin_max,
            streams_per_address: streams.per_address_max,
            queue_callbacks: ingest.queue_callbacks_max,
            queue_bytes: ingest.queue_bytes_max,
            ring_callbacks: streams.ring_frames_max,
            ring_bytes: streams.ring_bytes_max,
            connections: config.database.pool_max,
        }
    }
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
    at: DateTime<Utc>,
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
        started_at: parts.started_at,
        development: parts.development,
        database: Database {
            version: stored.version,
            name: stored.name,
            bytes: stored.bytes,
            schema_version: stored.schema_version,
            connections,
            free,
        },
        listener: parts.mode.borrow().as_str(),
        head,
        lag: Lag { callbacks: stored.behind, seconds: stored.behind_seconds },
        streams: parts.streams.open(),
        queue: Queue { callbacks, bytes },
        spool: parts.ingest.spool_load(),
        ring: Ring { callbacks: ring_callbacks, bytes: ring_bytes },
        retention: Retention { days: parts.retention.map(days), floor: stored.floor },
        limits: parts.limits.clone(),
        alerts: parts.hub.alerts().list().into_iter().map(alert).collect(),
    }))
}

fn days(kept: Duration) -> f64 {
    kept.as_secs_f64() / 86_400.0
}

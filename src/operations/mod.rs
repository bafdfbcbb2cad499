//! What an operator and a supervisor look at: health, readiness, metrics, the state of the system, the sources.

mod health;
mod instructions;
mod metrics;
mod sources;
mod store;
mod system;

use std::{sync::Arc, time::Duration};

use axum::extract::FromRef;
use chrono::{DateTime, Utc};
use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::SecretString;
use tokio::sync::watch;
use utoipa_axum::{router::OpenApiRouter, routes};

pub use self::{health::incomplete, system::Limits};
use crate::{
    catalog::Catalog, db::Db, hub::Hub, ingest::Ingest, listen::Mode, session::Sessions, shutdown::Shutdown,
    stream::Streams,
};

/// What it looks at.
pub struct Parts {
    pub db: Db,
    pub mode: watch::Receiver<Mode>,
    pub metrics: PrometheusHandle,
    pub ingest: Ingest,
    pub catalog: Catalog,
    pub streams: Streams,
    pub hub: Hub,
    pub shutdown: Shutdown,
    /// Where senders and people reach the server.
    pub url: String,
    pub development: bool,
    pub metrics_token: Option<SecretString>,
    pub limits: Limits,
    /// How long callbacks are kept; `None`: for ever.
    pub retention: Option<Duration>,
    pub started_at: DateTime<Utc>,
}

/// A handle, cheap to clone.
#[derive(Clone)]
pub struct Operations(Arc<Parts>);

impl Operations {
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

/// For supervisors.
pub fn routes<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Operations: FromRef<S>,
    Sessions: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(health::receiving))
        .routes(routes!(metrics::metrics))
}

/// For admins.
pub fn admin_routes<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Operations: FromRef<S>,
    Sessions: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(sources::sources))
        .routes(routes!(sources::test))
        .routes(routes!(system::system))
}

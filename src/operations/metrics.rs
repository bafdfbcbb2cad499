//! `/metrics`: for Prometheus.
//!
//! Not for everybody: counts of rejects and workflows are nobody else's business. A scraper has a token of its own.

use axum::{
    extract::{FromRef, FromRequestParts, State},
    http::{HeaderMap, header, request::Parts},
};
use metrics::gauge;
use secrecy::ExposeSecret as _;
use subtle::ConstantTimeEq as _;

use super::Operations;
use crate::{
    listen::Mode,
    problem::{Problem, Result},
    refusals::Refusals,
    session::{Admin, Sessions},
    telemetry::count,
};

/// Whoever may read metrics: the scraper's token, or an admin.
pub struct Reader;

impl<S> FromRequestParts<S> for Reader
where
    S: Send + Sync,
    Operations: FromRef<S>,
    Sessions: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let operations = Operations::from_ref(state);
        if operations.has_metrics_token(&parts.headers) {
            return Ok(Self);
        }
        Admin::from_request_parts(parts, state).await.map(|_| Self)
    }
}

impl Operations {
    fn has_metrics_token(&self, headers: &HeaderMap) -> bool {
        let Some(token) = &self.0.metrics_token else { return false };
        let presented = headers.get(header::AUTHORIZATION).map_or(&b""[..], |value| value.as_bytes());
        let expected = format!("Bearer {}", token.expose_secret());
        presented.ct_eq(expected.as_bytes()).into()
    }
}

/// Metrics for Prometheus
///
/// With the bearer token of `metrics_token`, or as an admin.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "Operations",
    operation_id = "metrics",
    responses(
        (status = 200, description = "The text format of Prometheus", body = String, content_type = "text/plain"),
        Refusals,
    )
)]
pub async fn metrics(_: Reader, State(operations): State<Operations>) -> String {
    let parts = &operations.0;
    let mode = *parts.mode.borrow();
    for each in [Mode::Connecting, Mode::Listening, Mode::Polling] {
        gauge!("callbackd_listener_mode", "mode" => each.as_str()).set(if each == mode { 1.0 } else { 0.0 });
    }
    let (open, free) = parts.db.occupancy();
    gauge!("callbackd_pool_connections", "state" => "open").set(count(open));
    gauge!("callbackd_pool_connections", "state" => "free").set(count(free));
    let (queued, bytes) = parts.ingest.load();
    gauge!("callbackd_ingest_queue_callbacks").set(count(queued));
    gauge!("callbackd_ingest_bytes").set(count(bytes));
    if let Some(load) = parts.ingest.spool_load() {
        gauge!("callbackd_spool_oldest_seconds").set(load.oldest_seconds.unwrap_or_default());
    }
    gauge!("callbackd_connections").set(count(parts.shutdown.connections()));
    gauge!("callbackd_streams").set(count(parts.streams.open()));
    parts.metrics.render()
}

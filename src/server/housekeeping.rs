//! What runs beside, for the sake of memory and disk: nothing that is answered depends on it.

use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;

use super::infallible;
use crate::{callback::Retention, session::Sessions, shutdown::Shutdown};

/// Between sweeps of expired sessions and links.
const SWEEP_INTERVAL: Duration = Duration::from_hours(1);
/// Between two foldings of measured times into their histograms. They are kept one by one until then, whether anybody
/// asks for metrics or not.
const METRICS_INTERVAL: Duration = Duration::from_secs(5);

pub fn start(retention: Retention, sessions: Sessions, metrics: PrometheusHandle, shutdown: &Shutdown) {
    shutdown.task("retention", retention.run(shutdown.hard.clone()));
    shutdown.task("sweep", infallible(sweep(sessions, shutdown.clone())));
    shutdown.task("metrics", infallible(fold_metrics(metrics, shutdown.clone())));
}

/// Removes what has expired. Best effort: nothing depends on it but the size of tables.
async fn sweep(sessions: Sessions, shutdown: Shutdown) {
    loop {
        tokio::select! {
            () = shutdown.hard.cancelled() => return,
            () = tokio::time::sleep(SWEEP_INTERVAL) => {}
        }
        if let Err(error) = sessions.sweep().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "expired sessions were not removed");
        }
    }
}

async fn fold_metrics(metrics: PrometheusHandle, shutdown: Shutdown) {
    loop {
        tokio::select! {
            () = shutdown.hard.cancelled() => return,
            () = tokio::time::sleep(METRICS_INTERVAL) => metrics.run_upkeep(),
        }
    }
}

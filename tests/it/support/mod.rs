//! What the tests stand on: a database each, and a proxy that misbehaves.

pub mod app;
pub mod chaos;
pub mod cluster;
pub mod gate;
pub mod inbox;
pub mod json_forms;
pub mod load;
pub mod pooler;
pub mod postgres;
pub mod program;
pub mod publisher;
pub mod receiver;
pub mod rows;
pub mod running;
pub mod secrets;
pub mod service;
pub mod site;
pub mod sse;
pub mod thin;
pub mod wire;

use std::time::Duration;

/// Far above what anything here takes on a busy machine; a test that reaches it has failed.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until a condition holds: asked again every few milliseconds, never for a fixed time.
pub async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while !holds().await {
        assert!(tokio::time::Instant::now() < deadline, "waited {PATIENCE:?} in vain until {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

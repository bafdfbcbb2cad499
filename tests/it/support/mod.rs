//! What the tests stand on: a database each, and a proxy that misbehaves.

#[expect(dead_code, reason = "the tests that use the rest come next")]
pub mod app;
pub mod chaos;
pub mod inbox;
#[expect(dead_code, reason = "the tests that use the rest come next")]
pub mod load;
pub mod postgres;
pub mod rows;
#[expect(dead_code, reason = "the tests that use the rest come next")]
pub mod site;
#[expect(dead_code, reason = "the tests that use the rest come next")]
pub mod sse;

use std::future::Future;
use std::time::Duration;

/// Far above what anything here takes on a busy machine; a test that reaches it has failed.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until a condition holds: asked again every few milliseconds, never for a fixed time.
pub async fn eventually<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while !holds().await {
        assert!(tokio::time::Instant::now() < deadline, "waited {PATIENCE:?} in vain until {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

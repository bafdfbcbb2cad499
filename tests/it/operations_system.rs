//! What an admin reads of the state of the server.

use serde_json::json;

use crate::support::app::TestApp;
use crate::support::eventually;
use crate::support::rows::{self, NewRow};
use crate::support::site::llm;

#[tokio::test]
async fn the_lag_is_what_is_stored_and_not_published() {
    // No timer, so that only a notification brings the listener to the table.
    let app = TestApp::with(&[("CALLBACKD_LISTENER_POLL_INTERVAL", "1h")]).await;
    app.listening().await;
    let admin = app.admin().await;
    let state = async || app.get(&admin, "/api/admin/system").await.json;
    let before = state().await;
    assert_eq!(before["lag"], json!({"callbacks": 0, "seconds": 0.0}));
    let version: String = app.client.query_one("show server_version", &[]).await.expect("an answer").get(0);
    assert_eq!(before["database"]["version"], version);

    rows::store_silently(&app.client, &[NewRow::new("one"), NewRow::new("two")]).await;
    let behind = state().await;
    assert_eq!((&behind["head"], &behind["lag"]["callbacks"]), (&before["head"], &json!(2)));
    assert!(behind["lag"]["seconds"].as_f64().is_some_and(|seconds| seconds > 0.0), "{behind}");

    app.store(llm("workflow.completed", "three")).await;
    eventually("it has caught up", async || state().await["lag"]["callbacks"] == 0).await;
}

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

#[tokio::test]
async fn the_limits_in_force_stand_beside_what_is_used() {
    let settings = [
        ("CALLBACKD_STREAMS_MAX", "7"),
        ("CALLBACKD_QUEUE_CALLBACKS_MAX", "123"),
        ("CALLBACKD_RING_FRAMES_MAX", "45"),
        ("CALLBACKD_DATABASE_POOL_MAX", "6"),
        ("CALLBACKD_RETENTION_DAYS", "30"),
    ];
    let app = TestApp::with(&settings).await;
    let admin = app.admin().await;
    app.client.execute("update cursor_epoch set floor_seq = 17", &[]).await.expect("it is moved");
    let state = app.get(&admin, "/api/admin/system").await.json;
    let limit = |name: &str| state["limits"][name].as_u64().expect("a limit");
    assert_eq!((limit("streams"), limit("streamsPerPerson"), limit("streamsPerAddress")), (7, 20, 200));
    assert_eq!((limit("queueCallbacks"), limit("queueBytes")), (123, 67_108_864));
    assert_eq!((limit("ringCallbacks"), limit("connections")), (45, 6));
    assert_eq!(state["retention"], json!({ "days": 30.0, "floor": "17" }));

    let database = &state["database"];
    assert_eq!(database["name"], app.database.name());
    let sql = "select max(version) from refinery_schema_history";
    let version: i32 = app.client.query_one(sql, &[]).await.expect("an answer").get(0);
    assert_eq!(database["schemaVersion"], version);
    assert!(database["bytes"].as_i64().is_some_and(|bytes| bytes > 1_000_000), "{database}");
    let started: chrono::DateTime<chrono::Utc> =
        state["startedAt"].as_str().expect("a time").parse().expect("RFC 3339");
    assert!(started <= chrono::Utc::now());
    let kept = TestApp::start().await;
    assert_eq!(
        kept.get(&kept.admin().await, "/api/admin/system").await.json["retention"]["days"],
        serde_json::Value::Null
    );
}

//! The server as a process: killed in the middle of a load, and asked to stop.

use std::collections::BTreeMap;

use crate::support::app::{TestApp, TestProcess};
use crate::support::load::Load;
use crate::support::sse::Stream;

#[tokio::test]
async fn whatever_was_acknowledged_survives_sigkill() {
    let mut process = TestProcess::start(&[]).await;
    let load = Load::start(&process, 8);
    load.acknowledged(200).await;
    process.kill().await;
    let acknowledged = load.stop().await;
    assert!(acknowledged.len() >= 200);

    let sql = "select callback_id, delivery_count from llm_callbacks order by seq";
    let rows = process.client.query(sql, &[]).await.expect("the database is as before");
    let kept: BTreeMap<String, i32> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(kept.len(), rows.len(), "none is there twice");
    for job in acknowledged.keys() {
        assert_eq!(kept.get(job), Some(&1), "{job}");
    }

    let next = TestApp::beside(&process.database, &[]).await;
    let mut stream =
        Stream::open(&next, &next.admin().await, "/api/admin/llm-callbacks/stream?after=0", None).await;
    let replayed = stream.until("ready").await;
    assert_eq!(replayed.len(), rows.len() + 1, "the next server shows them all");
}

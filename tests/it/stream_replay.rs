//! Where a replay comes from, what it costs, and what happens to a stream that falls behind.

use std::sync::Arc;

use tokio::task::JoinSet;

use crate::support::app::{TestApp, TestProcess};
use crate::support::chaos::ChaosProxy;
use crate::support::postgres::TestDatabase;
use crate::support::rows::{self, NewRow};
use crate::support::sse::{ADMIN_STREAM, Stream, cursors};

const REPLAYS: &str = "callbackd_stream_replays_total";

fn many(count: usize) -> Vec<NewRow> {
    (0..count).map(|n| NewRow::new(&format!("job-{n}"))).collect()
}

#[tokio::test]
async fn recent_callbacks_replay_while_the_database_is_away() {
    let proxy = ChaosProxy::before_postgres().await;
    let database = Arc::new(TestDatabase::new().await);
    let app = TestApp::through(&proxy.database_url(database.name()), &database, &[]).await;
    let token = app.admin().await;
    let stored = rows::store(&app.client, &many(3)).await;
    let mut stream = Stream::ready(&app, &token).await;
    let last = stored[2].seq.to_string();
    if stream.last_id.as_deref() != Some(&*last) {
        stream.until_event(|event| event.id.as_deref() == Some(&*last)).await;
    }
    let path = format!("{ADMIN_STREAM}?after=0");
    let mut replaying = Stream::open(&app, &token, &path, None).await;
    proxy.stall();
    let events = replaying.until_event(|event| event.id.as_deref() == Some(&*last)).await;
    assert_eq!(cursors(&events).len(), 3);
}

#[tokio::test]
async fn a_thousand_who_come_back_together_cost_the_database_a_handful_of_pages() {
    let app = TestProcess::start(&[
        ("CALLBACKD_RING_FRAMES_MAX", "4"),
        ("CALLBACKD_STREAMS_PER_ADMIN_MAX", "1000"),
        ("CALLBACKD_STREAMS_PER_ADDRESS_MAX", "1000"),
    ])
    .await;
    let token = app.admin().await;
    app.listening().await;
    let stored = rows::store(&app.client, &many(700)).await;
    Stream::ready(&app, &token).await.position(stored[699].seq, &mut Vec::new()).await;
    let mut clients = JoinSet::new();
    for _ in 0..100 {
        let request = app.request(reqwest::Method::GET, &format!("{ADMIN_STREAM}?after=0"));
        let request = request.bearer_auth(&token);
        clients.spawn(async move { cursors(&Stream::of(request).await.until("ready").await) });
    }
    let expected: Vec<i64> = stored.iter().map(|row| row.seq).collect();
    while let Some(seen) = clients.join_next().await {
        assert_eq!(seen.expect("a client"), expected);
    }
    let pages = app.counter(&token, REPLAYS, "database").await;
    assert!((2..40).contains(&pages), "{pages} pages for 100 replays of two pages each");
    assert_eq!(app.counter(&token, REPLAYS, "ring").await, 0);
}

#[tokio::test]
async fn what_memory_holds_is_not_read_again() {
    let app = TestProcess::start(&[]).await;
    let token = app.admin().await;
    app.listening().await;
    let stored = rows::store(&app.client, &many(700)).await;
    Stream::ready(&app, &token).await.position(stored[699].seq, &mut Vec::new()).await;
    let events =
        Stream::open(&app, &token, &format!("{ADMIN_STREAM}?after=0"), None).await.until("ready").await;
    assert_eq!(cursors(&events).len(), 700);
    assert!(app.counter(&token, REPLAYS, "ring").await >= 2, "in pieces");
    assert_eq!(app.counter(&token, REPLAYS, "database").await, 0);
}

/// More than the sockets between server and client hold.
async fn more_than_sockets_hold(app: &TestApp) -> Vec<i64> {
    let fat = NewRow { preview: "x".repeat(200_000), ..NewRow::new("fat") };
    let mut stored = Vec::new();
    for turn in 0..8 {
        let rows = vec![fat.clone(); 10].into_iter().enumerate().map(|(n, row)| NewRow {
            id: uuid::Uuid::now_v7(),
            dedupe_key: Some(vec![turn, u8::try_from(n).expect("below ten")]),
            ..row
        });
        stored.extend(rows::store(&app.client, &rows.collect::<Vec<_>>()).await.iter().map(|row| row.seq));
    }
    stored
}

#[tokio::test]
async fn a_stream_that_falls_behind_the_broadcast_is_replayed_and_told_so() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    app.listening().await;
    let mut behind = Stream::ready(&app, &token).await;
    let mut stored = more_than_sockets_hold(&app).await;
    // One event each, more than the broadcast holds.
    let signals = "select pg_notify('callbackd_signals', json_build_object('kind', 'deleted', 'rows',
        json_build_array(json_build_array(gen_random_uuid(), null)))::text) from generate_series(1, 1500)";
    app.client.execute(signals, &[]).await.expect("signals");
    stored.extend(rows::store(&app.client, &many(3)).await.iter().map(|row| row.seq));
    let last = stored[stored.len() - 1].to_string();
    let mut other = Stream::open(&app, &token, ADMIN_STREAM, Some("0")).await;
    other.until_event(|event| event.id.as_deref() == Some(&*last)).await;
    let mut events = behind.until_event(|event| event.id.as_deref() == Some(&*last)).await;
    assert_eq!(cursors(&events), stored, "nothing missed, nothing twice");
    if events.last().is_none_or(|event| event.name != "ready") {
        events.extend(behind.until("ready").await);
    }
    let readies = events.iter().filter(|event| event.name == "ready").count();
    assert!(readies >= 1, "news may have been lost, so the count is told again");
}

//! The server as a process: killed in the middle of a load, and asked to stop.

use std::sync::Arc;

use crate::support::app::{TestApp, TestProcess};
use crate::support::chaos::ChaosProxy;
use crate::support::eventually;
use crate::support::gate;
use crate::support::load::{self, Load};
use crate::support::postgres::TestDatabase;
use crate::support::site::{SIGNATURE, Site, llm};
use crate::support::sse::{ADMIN_STREAM, Stream};
use crate::support::wire::Wire;

#[tokio::test]
async fn whatever_was_acknowledged_survives_sigkill() {
    let mut process = TestProcess::start(&[]).await;
    let load = Load::start(&process, 8);
    load.acknowledged(200).await;
    process.kill().await;
    let acknowledged = load.stop().await;
    assert!(acknowledged.len() >= 200);
    let kept = load::kept_once(&process.database, &acknowledged).await;

    let next = TestApp::beside(&process.database, &[]).await;
    let path = format!("{ADMIN_STREAM}?after=0");
    let mut stream = Stream::open(&next, &next.admin().await, &path, None).await;
    let replayed = stream.until("ready").await;
    assert_eq!(replayed.len(), kept.len() + 1, "the next server shows them all");
}

#[tokio::test]
async fn on_sigterm_requests_in_flight_are_finished_and_streams_are_told() {
    let mut process = TestProcess::start(&[]).await;
    let token = process.admin().await;
    let mut stream = Stream::ready(&process, &token).await;
    let body = llm("workflow.completed", "in-flight");
    let headers =
        [format!("{SIGNATURE}: {}", process.sign(&body)), format!("Content-Length: {}", body.len())];
    let mut in_flight = Wire::webhook(&process, &headers).await;
    in_flight.send(&body.as_bytes()[..10]).await.expect("it is read");
    gate::reading(&process, &token, body.len()).await;
    process.store(llm("workflow.completed", "before")).await;

    process.terminate();
    let said = stream.rest().await;
    assert_eq!(said.last().expect("a last event").data["reason"], "shutting_down");
    let late = Site::new(process.address, &process.secret);
    assert!(late.try_deliver(llm("workflow.completed", "late")).await.is_err(), "nothing new is taken");
    in_flight.send(&body.as_bytes()[10..]).await.expect("it is read");
    let (status, answer) = in_flight.answer().await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(process.ended().await.code(), Some(0));

    let rows = process.client.query("select callback_id from llm_callbacks order by seq", &[]).await;
    let rows: Vec<String> = rows.expect("rows").iter().map(|row| row.get(0)).collect();
    assert_eq!(rows, ["before", "in-flight"]);
}

#[tokio::test]
async fn a_request_that_never_ends_does_not_keep_the_server() {
    let mut process = TestProcess::start(&[("CALLBACKD_SHUTDOWN_DEADLINE", "200ms")]).await;
    let headers = [format!("{SIGNATURE}: sha256=00"), "Content-Length: 10".to_owned()];
    let mut never_ends = Wire::webhook(&process, &headers).await;
    never_ends.send(b"{").await.unwrap();
    gate::reading(&process, &process.admin().await, 10).await;
    process.terminate();
    assert_eq!(process.ended().await.code(), Some(0));
}

#[tokio::test]
async fn a_server_whose_database_is_away_ends_in_order_all_the_same() {
    let database = Arc::new(TestDatabase::new().await);
    let proxy = ChaosProxy::before_postgres().await;
    let url = proxy.database_url(database.name());
    let settings = [("DATABASE_URL", url.as_str()), ("CALLBACKD_ACK_DEADLINE", "300ms")];
    let mut process = TestProcess::beside(&database, &settings).await;
    proxy.refuse();
    assert_eq!(process.deliver(llm("workflow.completed", "job")).await.status, 503);
    let away = "the writer cannot reach the database";
    eventually("the writer is without a connection", async || process.log().contains(away)).await;
    process.terminate();
    assert_eq!(process.ended().await.code(), Some(0));
    assert!(!process.log().contains("did not end in time"), "{}", process.log());
}

#[tokio::test]
async fn a_read_that_failed_is_tried_again_soon_however_seldom_the_timer_comes_round() {
    let writing = TestApp::start().await;
    let (database, proxy) = (&writing.database, ChaosProxy::before_postgres().await);
    let (direct, shaky) = (database.url(), proxy.database_url(database.name()));
    let settings = [
        ("DATABASE_URL", shaky.as_str()),
        ("CALLBACKD_LISTENER_DATABASE_URL", &direct),
        ("CALLBACKD_LISTENER_POLL_INTERVAL", "1h"),
    ];
    let process = TestProcess::beside(database, &settings).await;
    let mut stream = Stream::ready(&process, &process.admin().await).await;
    proxy.refuse();
    let stored = writing.store(llm("workflow.completed", "job")).await;
    let failed = "new callbacks could not be read";
    eventually("it has failed to read again and again", async || process.log().matches(failed).count() > 2)
        .await;
    proxy.resume();
    let events = stream.until("callback").await;
    assert_eq!(events.last().expect("it is shown").data["id"], stored["id"]);
}

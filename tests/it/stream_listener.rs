//! From commit to stream: several nodes, lost connections, lost notifications, and a listener that hears nothing.

use std::sync::Arc;

use serde_json::json;

use crate::support::app::{TestApp, TestProcess};
use crate::support::chaos::ChaosProxy;
use crate::support::load::Load;
use crate::support::postgres::TestDatabase;
use crate::support::rows::{self, NewRow};
use crate::support::site::llm;
use crate::support::sse::{ADMIN_STREAM, Stream, cursors};
use crate::support::{PATIENCE, eventually};

const RECOVERED: &str = "callbackd_listener_recovered_callbacks_total";
/// So that nothing is found by the timer.
const NO_TIMER: (&str, &str) = ("CALLBACKD_LISTENER_POLL_INTERVAL", "1h");

/// Two nodes over one database, and a stream of each.
async fn two_nodes() -> ([TestApp; 2], [Stream; 2]) {
    let one = TestApp::with(&[NO_TIMER]).await;
    let two = TestApp::beside(&one.database, &[NO_TIMER]).await;
    one.listening().await;
    two.listening().await;
    let token = one.admin().await;
    let streams = [Stream::ready(&one, &token).await, Stream::ready(&two, &token).await];
    ([one, two], streams)
}

#[tokio::test]
async fn what_one_node_receives_every_node_streams_with_the_same_cursors() {
    let ([one, two], mut streams) = two_nodes().await;
    let mut sent = Vec::new();
    for turn in 0..20 {
        let app = if turn % 2 == 0 { &one } else { &two };
        let stored = app.store(llm("workflow.completed", &format!("job-{turn}"))).await;
        sent.push(stored["cursor"].as_str().and_then(|text| text.parse::<i64>().ok()).expect("a cursor"));
    }
    for stream in &mut streams {
        let mut events = Vec::new();
        stream.position(sent[19], &mut events).await;
        assert_eq!(cursors(&events), sent);
    }
}

#[tokio::test]
async fn two_nodes_under_load_stream_everything_once_and_in_order() {
    let ([one, two], mut streams) = two_nodes().await;
    let loads = [Load::start(&one, 3), Load::start(&two, 3)];
    loads[0].acknowledged(100).await;
    let [first, second] = loads;
    first.stop().await;
    second.stop().await;
    let found = one.client.query("select seq from llm_callbacks order by seq", &[]).await.expect("rows");
    let all: Vec<i64> = found.iter().map(|row| row.get(0)).collect();
    for stream in &mut streams {
        let mut events = Vec::new();
        stream.position(all[all.len() - 1], &mut events).await;
        assert_eq!(cursors(&events), all);
    }
}

#[tokio::test]
async fn streams_stay_open_while_the_listener_connects_again_and_catches_up() {
    let app = TestApp::with(&[NO_TIMER]).await;
    app.listening().await;
    let mut stream = Stream::ready(&app, &app.admin().await).await;
    for turn in 0..3 {
        let listening = "from pg_stat_activity where datname = current_database() and query like '%listen callbackd%' and pid <> pg_backend_pid()";
        let sql = format!("select count(pg_terminate_backend(pid)) {listening}");
        let ended: i64 = app.client.query_one(&sql, &[]).await.expect("terminated").get(0);
        assert_eq!(ended, 1);
        let stored = rows::store(&app.client, &[NewRow::new(&format!("meanwhile-{turn}"))]).await;
        let event = stream.until("callback").await.pop().expect("a callback");
        assert_eq!(event.id, Some(stored[0].seq.to_string()));
        app.listening().await;
        eventually("it is connected again", async || {
            let sql = format!("select count(*) {listening}");
            app.client.query_one(&sql, &[]).await.expect("a count").get::<_, i64>(0) == 1
        })
        .await;
    }
}

#[tokio::test]
async fn what_no_notification_announced_is_found_by_the_timer_and_counted() {
    let app = TestProcess::start(&[("CALLBACKD_LISTENER_POLL_INTERVAL", "200ms")]).await;
    let token = app.admin().await;
    app.listening().await;
    let mut stream = Stream::ready(&app, &token).await;
    let rows = [NewRow::new("one"), NewRow::new("two")];
    let stored = rows::store_silently(&app.client, &rows).await;
    let events = stream.until_event(|event| event.id == Some(stored[1].seq.to_string())).await;
    assert_eq!(cursors(&events), [stored[0].seq, stored[1].seq]);
    eventually("they are counted", async || app.counter(&token, RECOVERED, "").await == 2).await;
    assert!(app.log().contains("that no notification had announced"), "{}", app.log());
}

#[tokio::test]
async fn callbacks_that_are_only_on_their_way_are_not_counted_as_lost() {
    let database = Arc::new(TestDatabase::new().await);
    let settings = [("CALLBACKD_LISTENER_POLL_INTERVAL", "5ms")];
    let app = TestProcess::beside(&database, &settings).await;
    let other = TestApp::beside(&database, &[]).await;
    let token = app.admin().await;
    app.listening().await;
    let loads = [Load::start(&app, 4), Load::start(&other, 4)];
    loads[0].acknowledged(300).await;
    for load in loads {
        load.stop().await;
    }
    assert_eq!(app.counter(&token, RECOVERED, "").await, 0, "{}", app.log());
}

#[tokio::test]
async fn a_listener_that_hears_nothing_polls_and_says_so() {
    let pooler = ChaosProxy::before_postgres().await;
    pooler.swallow_listen();
    let database = Arc::new(TestDatabase::new().await);
    let url = pooler.database_url(database.name());
    let app = TestApp::beside(&database, &[("CALLBACKD_LISTENER_DATABASE_URL", &url), NO_TIMER]).await;
    let token = app.admin().await;
    let mut stream = Stream::ready(&app, &token).await;
    let alert = stream.until("alert").await.pop().expect("an alert");
    assert_eq!(
        (&alert.data["kind"], &alert.data["severity"]),
        (&json!("listener_polling"), &json!("warning"))
    );
    let ready = app.ask(app.request(reqwest::Method::GET, "/readyz")).await;
    assert_eq!((ready.status, &ready.json["listener"]), (200, &json!("polling")));
    // Our own are handed over; those of another node are found by reading the table.
    let own = app.store(llm("workflow.completed", "own")).await;
    assert_eq!(stream.until("callback").await.pop().expect("a callback").data["id"], own["id"]);
    let others = rows::store(&app.client, &[NewRow::new("others")]).await;
    let found = stream.until("callback").await.pop().expect("a callback");
    assert_eq!(found.id, Some(others[0].seq.to_string()));
    let mut later = Stream::ready(&app, &token).await;
    let told = later.next_event(PATIENCE).await.expect("an event");
    assert_eq!(told.data["kind"], "listener_polling", "whoever comes later is told too");
}

#[tokio::test]
async fn a_direct_address_that_leads_to_another_database_stops_the_start() {
    let (database, elsewhere) = (TestDatabase::new().await, TestDatabase::new().await);
    let url = elsewhere.url();
    let started = TestApp::try_start(&database.url(), &[("CALLBACKD_LISTENER_DATABASE_URL", &url)]).await;
    let error = started.err().expect("it does not start");
    assert!(format!("{error:#}").contains("listener_database_url leads to another database"), "{error:#}");
}

#[tokio::test]
async fn streams_stay_open_while_the_database_is_away() {
    let proxy = ChaosProxy::before_postgres().await;
    let database = Arc::new(TestDatabase::new().await);
    let settings = [("CALLBACKD_STREAM_HEARTBEAT", "20ms")];
    let app = TestApp::through(&proxy.database_url(database.name()), &database, &settings).await;
    let token = app.admin().await;
    app.listening().await;
    let mut stream = Stream::ready(&app, &token).await;
    proxy.refuse();
    let stored = rows::store(&app.client, &[NewRow::new("meanwhile")]).await;
    assert!(stream.comments(5).await.is_empty());
    proxy.resume();
    let event = stream.until("callback").await.pop().expect("a callback");
    assert_eq!(event.id, Some(stored[0].seq.to_string()));
    assert_eq!(Stream::open(&app, &token, ADMIN_STREAM, Some("0")).await.until("ready").await.len(), 2);
}

//! The notification queue of PostgreSQL fills and is full: nobody is refused, nothing is missed, somebody is told.
//!
//! The real queue takes 8 GB. PostgreSQL is given functions in place of its own, which say and fail as it would.

use std::sync::Arc;

use crate::support::app::TestApp;
use crate::support::postgres::TestDatabase;
use crate::support::site::llm;
use crate::support::sse::{Stream, cursors};

const FULL: &str = "create function shadow.pg_notify(text, text) returns void language plpgsql as $$
    begin
        raise program_limit_exceeded using message = 'too many notifications in the NOTIFY queue';
    end $$";
const FILLING: &str = "create function shadow.pg_notification_queue_usage() returns double precision
    language sql as 'select 0.6::double precision'";
/// The queue is looked at as often.
const OFTEN: (&str, &str) = ("CALLBACKD_LISTENER_POLL_INTERVAL", "200ms");

/// A database in which these functions are found before PostgreSQL's own.
async fn shadowed(functions: &[&str]) -> Arc<TestDatabase> {
    let database = Arc::new(TestDatabase::new().await);
    let client = database.client().await;
    client.batch_execute("create schema shadow").await.expect("a superuser may");
    for function in functions {
        client.batch_execute(function).await.expect("a superuser may");
    }
    let path = format!("alter database {} set search_path = shadow, pg_catalog, public", database.name());
    client.batch_execute(&path).await.expect("a superuser may");
    database
}

#[tokio::test]
async fn a_full_notification_queue_refuses_nobody_and_every_node_finds_what_came() {
    let database = shadowed(&[FULL, FILLING]).await;
    let one = TestApp::beside(&database, &[OFTEN]).await;
    let two = TestApp::beside(&database, &[OFTEN]).await;
    let token = one.admin().await;
    let mut streams = [Stream::ready(&one, &token).await, Stream::ready(&two, &token).await];
    for job in ["first", "second"] {
        let stored = one.store(llm("workflow.completed", job)).await;
        assert_eq!(stored["duplicate"], false);
        let cursor = stored["cursor"].as_str().and_then(|text| text.parse::<i64>().ok()).expect("a cursor");
        for stream in &mut streams {
            let shown = stream.until_event(|event| event.name == "callback").await;
            assert_eq!(cursors(&shown), [cursor]);
        }
    }
}

#[tokio::test]
async fn a_notification_queue_that_fills_is_told_before_it_is_full() {
    let database = shadowed(&[FILLING]).await;
    let app = TestApp::beside(&database, &[OFTEN]).await;
    let mut stream = Stream::ready(&app, &app.admin().await).await;
    let told = stream.until_event(|event| event.data["kind"] == "notification_queue_full").await;
    let alert = &told.last().expect("it is the last").data;
    assert_eq!(
        (&alert["severity"], &alert["title"]),
        (&"error".into(), &"Notification queue is full".into())
    );
}

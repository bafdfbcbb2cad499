//! What cannot be made durable, or read, in time: refused with a time to come again, and not half stored.

use std::sync::Arc;

use futures_util::future::join_all;

use crate::support::app::TestApp;
use crate::support::chaos::ChaosProxy;
use crate::support::eventually;
use crate::support::gate::{self, Gate};
use crate::support::postgres::TestDatabase;
use crate::support::site::{Answer, SIGNATURE, llm};
use crate::support::wire::Wire;

const SHORT: (&str, &str) = ("CALLBACKD_ACK_DEADLINE", "1s");

#[tokio::test]
async fn while_the_database_is_away_senders_are_told_when_to_come_again() {
    let database = Arc::new(TestDatabase::new().await);
    let proxy = ChaosProxy::before_postgres().await;
    let app = TestApp::through(&proxy.database_url(database.name()), &database, &[SHORT]).await;
    app.store(llm("workflow.completed", "before")).await;

    proxy.refuse();
    let body = llm("workflow.completed", "meanwhile");
    is_told_to_come_again(&app.deliver(body.as_str()).await);
    assert_eq!(app.deliver("{").await.status, 400, "what can be known without it is still said");
    assert_eq!(app.send(body.as_str(), &[]).await.status, 401);

    proxy.resume();
    let after = until_stored(&app, &llm("workflow.completed", "after")).await;
    assert_eq!(after["duplicate"], false);
    assert_eq!(jobs(&app).await, ["before", "after"], "what was refused is not stored");
    assert_eq!(app.store(body).await["duplicate"], false);
}

#[tokio::test]
async fn a_full_queue_refuses_at_once_and_loses_nothing_that_is_in_it() {
    let settings = [("CALLBACKD_QUEUE_CALLBACKS_MAX", "3"), ("CALLBACKD_ACK_DEADLINE", "20s")];
    let app = TestApp::with(&settings).await;
    let token = app.admin().await;
    let gate = Gate::closed(&app.database).await;
    let queued = async {
        gate.two_are_ahead(&app, &token).await;
        join_all((0..3).map(|n| app.deliver(llm("workflow.completed", &format!("queued-{n}"))))).await
    };
    let too_many = async {
        gate::queued(&app, &token, 3).await;
        let refused = app.deliver(llm("workflow.completed", "too many")).await;
        gate.open().await;
        refused
    };
    let (ahead, queued, refused) = tokio::join!(gate.two_ahead(&app), queued, too_many);
    is_told_to_come_again(&refused);
    assert!(ahead.iter().all(|answer| answer.status == 200), "{ahead:?}");
    assert!(queued.iter().all(|answer| answer.status == 200), "{queued:?}");
    assert_eq!(jobs(&app).await, ["first", "second", "queued-0", "queued-1", "queued-2"]);
}

#[tokio::test]
async fn bodies_share_a_budget_that_one_slow_sender_can_hold_only_for_a_while() {
    let settings = [
        SHORT,
        // Room for one largest body.
        ("CALLBACKD_QUEUE_BYTES_MAX", "1048576"),
    ];
    let app = TestApp::with(&settings).await;
    let body = llm("workflow.completed", "slow");
    let signed = " ".repeat(100_000) + &body;
    let headers = [format!("{SIGNATURE}: {}", app.sign(&signed)), "Transfer-Encoding: chunked".to_owned()];
    let mut slow = Wire::webhook(&app, &headers).await;
    let token = app.admin().await;
    gate::reading(&app, &token, 0).await;
    // Of undeclared length, and longer than what is taken for most: room for the largest.
    let padding = " ".repeat(100_000);
    slow.send(format!("{:x}\r\n{padding}\r\n", padding.len()).as_bytes()).await.expect("it is read");
    gate::reading(&app, &token, 1_048_576).await;

    is_told_to_come_again(&app.deliver(llm("workflow.completed", "other")).await);
    assert_eq!(app.send(body.as_str(), &[]).await.status, 401, "no budget is needed to refuse");
    slow.send(format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len()).as_bytes()).await.expect("it is read");
    assert_eq!(slow.answer().await.0, 200);
    assert_eq!(app.store(llm("workflow.completed", "other")).await["duplicate"], false);
}

#[tokio::test]
async fn senders_that_promise_much_and_send_nothing_keep_nobody_out() {
    let app =
        TestApp::with(&[("CALLBACKD_QUEUE_BYTES_MAX", "1048576"), ("CALLBACKD_ACK_DEADLINE", "20s")]).await;
    let mut idle = Vec::new();
    for framing in ["Content-Length: 1048576", "Transfer-Encoding: chunked"].repeat(20) {
        let headers = [format!("{SIGNATURE}: {}", app.sign("")), framing.to_owned()];
        idle.push(Wire::webhook(&app, &headers).await);
    }
    app.store(llm("workflow.completed", "served")).await;
    assert_eq!(jobs(&app).await, ["served"]);
}

#[tokio::test]
async fn a_body_that_does_not_come_in_time_is_given_up() {
    let app = TestApp::with(&[("CALLBACKD_BODY_DEADLINE", "200ms")]).await;
    let body = llm("workflow.completed", "job");
    let length = format!("Content-Length: {}", body.len());
    for sent in [0, 1, body.len() - 1] {
        let mut slow =
            Wire::webhook(&app, &[format!("{SIGNATURE}: {}", app.sign(&body)), length.clone()]).await;
        slow.send(&body.as_bytes()[..sent]).await.expect("it is read");
        let (status, text) = slow.answer().await;
        assert_eq!(status, 408, "{sent} bytes: {text}");
        assert!(text.contains("Request timeout"), "{text}");
    }
    assert!(jobs(&app).await.is_empty());
}

#[tokio::test]
async fn a_sender_that_leaves_in_the_middle_of_its_body_leaves_nothing() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let body = llm("workflow.completed", "gone");
    let headers = [format!("{SIGNATURE}: {}", app.sign(&body)), format!("Content-Length: {}", body.len())];
    let mut gone = Wire::webhook(&app, &headers).await;
    gone.send(&body.as_bytes()[..10]).await.expect("it is read");
    gate::reading(&app, &token, body.len()).await;
    drop(gone);
    gate::reading(&app, &token, 0).await;
    app.store(llm("workflow.completed", "next")).await;
    assert_eq!(jobs(&app).await, ["next"]);
}

fn is_told_to_come_again(answer: &Answer) {
    assert_eq!(answer.problem(), (503, "Service unavailable"));
    assert!(answer.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds >= 1), "{answer:?}");
}

/// Sends until it is acknowledged, as a sender does.
async fn until_stored(app: &TestApp, body: &str) -> serde_json::Value {
    let mut stored = None;
    eventually("it is acknowledged", async || {
        let answer = app.deliver(body).await;
        stored = (answer.status == 200).then_some(answer.json);
        stored.is_some()
    })
    .await;
    stored.expect("it was")
}

async fn jobs(app: &TestApp) -> Vec<String> {
    let rows = app.client.query("select callback_id from llm_callbacks order by seq", &[]).await;
    rows.expect("rows").iter().map(|row| row.get(0)).collect()
}

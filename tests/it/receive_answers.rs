//! What a sender is answered when all is well, and what becomes of its callback.

use crate::support::app::TestApp;
use crate::support::site::{SIGNATURE, llm};
use crate::support::sse::Stream;

#[tokio::test]
async fn a_signed_callback_is_stored_pushed_and_listed() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let mut stream = Stream::ready(&app, &token).await;
    assert_eq!(stream.headers["x-accel-buffering"], "no");
    let body = llm("workflow.completed", "job-1");

    let answer = app.store(body.as_str()).await;
    assert_eq!(answer["received"], true);
    assert_eq!(answer["callbackId"], "job-1");
    assert_eq!(answer["duplicate"], false);
    assert_eq!(answer.get("warning"), None);

    let events = stream.until("callback").await;
    assert_eq!(events[0].data["id"], answer["id"]);
    assert_eq!(events[0].id.as_deref(), answer["cursor"].as_str());
    let listed = app.get(&token, "/api/admin/llm-callbacks/check").await;
    assert_eq!(listed.json["items"][0]["id"], answer["id"]);
    let id = answer["id"].as_str().expect("a uuid");
    let raw = app.get(&token, &format!("/api/admin/llm-callbacks/{id}/raw")).await;
    assert_eq!(raw.bytes, body.as_bytes());

    app.stop().await.expect("it stops well");
    assert_eq!(stream.rest().await.last().expect("a last event").data["reason"], "shutting_down");
}

#[tokio::test]
async fn a_wrong_signature_is_answered_with_a_problem() {
    let app = TestApp::start().await;
    let body = llm("llm.step.completed", "job-1");
    assert_eq!(app.send(body.as_str(), &[]).await.problem(), (401, "Missing signature header"));
    let forged = app.sign("something else");
    let answer = app.send(body, &[(SIGNATURE, &forged)]).await;
    assert_eq!(answer.problem(), (401, "Invalid signature"));
}

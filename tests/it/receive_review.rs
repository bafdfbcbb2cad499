//! Rejected requests that an admin looks at again: the diagnosis that comes by itself, checking again, accepting.

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::{SECRET, TestApp};
use crate::support::eventually;
use crate::support::postgres::TestDatabase;
use crate::support::rows;
use crate::support::site::{Answer, SIGNATURE, Site, llm, signature};
use crate::support::sse::Stream;

const CALLBACKS: &str = "/api/admin/llm-callbacks";
const NEW: &str = "the-secret-that-it-has-now";
/// The secret of the server that is started beside the first one: the same and another one.
const BOTH: [(&str, &str); 2] = [("LLM_WEBHOOK_SECRET", NEW), ("LLM_WEBHOOK_SECRET_PREVIOUS", SECRET)];

/// Sends it signed with this secret, and waits until it is pushed; its id.
async fn rejected(app: &TestApp, token: &str, body: &str, secret: &str) -> String {
    let mut stream = Stream::ready(app, token).await;
    let answer = app.send(body, &[(SIGNATURE, &signature(secret, body.as_bytes()))]).await;
    assert_eq!(answer.status, 401);
    let pushed = stream.until("callback").await.pop().expect("it is pushed").data;
    pushed["id"].as_str().expect("a uuid").to_owned()
}

async fn detail(site: &Site, token: &str, id: &str) -> Value {
    site.get(token, &format!("{CALLBACKS}/{id}")).await.json["callback"].clone()
}

async fn review(site: &Site, token: &str, id: &str, what: &str) -> Answer {
    site.ask(site.request(Method::POST, &format!("{CALLBACKS}/{id}/{what}")).bearer_auth(token)).await
}

#[tokio::test]
async fn a_rejected_request_is_diagnosed_by_itself_and_streams_are_told() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let mut stream = Stream::ready(&app, &token).await;
    let body = llm("workflow.completed", "job");
    let signed = signature(&format!("{SECRET}\n"), body.as_bytes());
    assert_eq!(app.send(body.as_str(), &[(SIGNATURE, &signed)]).await.status, 401);
    let updated = stream.until("updated").await.pop().expect("it is told").data;
    assert_eq!(updated["cause"], "secret_untrimmed", "lists show it");
    let callback = detail(&app, &token, updated["id"].as_str().expect("a uuid")).await;
    let diagnosis = &callback["diagnosis"];
    assert_eq!(diagnosis["code"], "secret_untrimmed", "{diagnosis}");
    assert_eq!(diagnosis["proofs"], json!([{ "proof": "signature", "outcome": "invalid_signature" }]));
    assert!(diagnosis["findings"][0]["remedy"].as_str().expect("text").contains("white space"));
    assert!(!callback.to_string().contains(SECRET), "{callback}");
}

#[tokio::test]
async fn what_was_refused_by_its_headers_is_diagnosed_by_what_stands_there() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let mut stream = Stream::ready(&app, &token).await;
    let body = llm("workflow.completed", "job");
    let signed = app.sign(&body);
    assert_eq!(app.send(body, &[("x-hub-signature-256", &signed)]).await.status, 401);
    let updated = stream.until("updated").await.pop().expect("it is told").data;
    let id = updated["id"].as_str().expect("a uuid");
    let diagnosis = &detail(&app, &token, id).await["diagnosis"];
    assert_eq!(diagnosis["code"], "signature_missing");
    assert_eq!(diagnosis["findings"][0]["figures"][1]["value"], "x-hub-signature-256");
    let refused = review(&app, &token, id, "accept").await;
    assert_eq!((refused.status, refused.text("code")), (409, "body_not_kept"));
}

#[tokio::test]
async fn a_secret_that_was_sent_in_clear_is_told_and_not_kept() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let mut stream = Stream::ready(&app, &token).await;
    let headers =
        [(SIGNATURE, &*format!("sha256={SECRET}")), ("x-note", "(not kept: valid)"), ("x-secret", SECRET)];
    assert_eq!(app.send(llm("workflow.completed", "job"), &headers).await.status, 401);
    let updated = stream.until("updated").await.pop().expect("it is told").data;
    let id = updated["id"].as_str().expect("a uuid");
    let callback = detail(&app, &token, id).await;
    assert_eq!(callback["diagnosis"]["code"], "signature_is_secret");
    assert_eq!(callback["signatureHeader"], "(not kept: it holds a secret)");
    assert!(!callback.to_string().contains(SECRET), "{callback}");
    let kept = callback["requestHeaders"].as_array().expect("pairs");
    assert!(kept.contains(&json!(["x-note", ""])), "nobody but the server may write this: {kept:?}");
    let again = review(&app, &token, id, "verify").await;
    assert_eq!(again.json["code"], "signature_is_secret", "also without it: {again:?}");
    let row = app.client.query_one("select c::text from llm_callbacks c", &[]).await.expect("the row");
    assert!(!row.get::<_, String>(0).contains(SECRET));
}

#[tokio::test]
async fn with_the_secret_added_it_verifies_and_becomes_a_verified_callback() {
    let database = Arc::new(TestDatabase::new().await);
    let before = TestApp::beside(&database, &[]).await;
    let token = before.admin().await;
    let body = llm("workflow.completed", "job");
    let id = rejected(&before, &token, &body, NEW).await;
    let answer = review(&before, &token, &id, "verify").await;
    assert_eq!((answer.status, &answer.json["code"]), (200, &"none_known".into()));

    let after = TestApp::beside(&database, &BOTH).await;
    let mut stream = Stream::ready(&after, &token).await;
    let answer = review(&after, &token, &id, "verify").await;
    assert_eq!((answer.status, &answer.json["code"]), (200, &"verified".into()));
    stream.until_event(|event| event.name == "updated" && event.data["id"] == id).await;
    assert_eq!(detail(&after, &token, &id).await["diagnosis"], answer.json, "it is kept");

    let accepted = review(&after, &token, &id, "accept").await;
    assert_eq!(accepted.status, 200, "{accepted:?}");
    assert_eq!(
        (&accepted.json["callbackId"], &accepted.json["duplicate"], &accepted.json["signatureValid"]),
        (&"job".into(), &false.into(), &true.into())
    );
    let pushed = stream.until("callback").await.pop().expect("it is pushed").data;
    assert_eq!((&pushed["id"], &pushed["signatureValid"]), (&accepted.json["id"], &true.into()));
    assert_ne!(pushed["id"], id.as_str());

    let new = pushed["id"].as_str().expect("a uuid");
    let (reject, callback) = (detail(&after, &token, &id).await, detail(&after, &token, new).await);
    assert_eq!((&reject["acceptedAs"], &reject["acceptedFrom"]), (&pushed["id"], &Value::Null));
    assert_eq!((&callback["acceptedFrom"], &callback["acceptedAs"]), (&id.as_str().into(), &Value::Null));
    assert_eq!((&callback["rejection"], &callback["payload"]), (&Value::Null, &body.as_str().into()));
    assert!(callback["verifiedAt"].is_string() && callback["acceptedAt"].is_string(), "{callback}");
    assert_eq!(
        (&reject["rejection"], &reject["signatureValid"]),
        (&"invalid_signature".into(), &false.into())
    );
    for row in [&reject, &callback] {
        assert!(row["acceptedByEmail"].as_str().expect("an admin").contains('@'), "{row}");
    }

    // Again, and the sender's own retry: all the same callback.
    let again = review(&after, &token, &id, "accept").await;
    assert_eq!((&again.json["id"], &again.json["duplicate"]), (&pushed["id"], &true.into()));
    let retry = after.send(body.as_str(), &[(SIGNATURE, &signature(NEW, body.as_bytes()))]).await;
    assert_eq!((&retry.json["id"], &retry.json["duplicate"]), (&pushed["id"], &true.into()));
    assert_eq!(detail(&after, &token, new).await["deliveryCount"], 2);
}

#[tokio::test]
async fn what_does_not_verify_can_be_accepted_and_stays_unverified() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let body = llm("workflow.completed", "job");
    let id = rejected(&app, &token, &body, "of-somebody-else").await;
    let verified = app.store(body.as_str()).await;
    let accepted = review(&app, &token, &id, "accept").await;
    assert_eq!((accepted.status, &accepted.json["signatureValid"]), (200, &false.into()));
    assert_ne!(accepted.json["id"], verified["id"], "it never stands in for a verified one");
    let list = app.get(&token, &format!("{CALLBACKS}/history?limit=10")).await.json;
    let states: Vec<_> = list["callbacks"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| (row["signatureValid"] == true, row["accepted"] == true, row["rejection"].is_string()))
        .collect();
    let expected = [(false, true, false), (true, false, false), (false, false, true)];
    assert_eq!(states, expected, "the newest first: accepted, verified, rejected");
    let callback = detail(&app, &token, accepted.text("id")).await;
    assert_eq!((&callback["verifiedAt"], &callback["rejection"]), (&Value::Null, &Value::Null));
    assert_eq!(detail(&app, &token, verified["id"].as_str().unwrap()).await["deliveryCount"], 1);
    let again = review(&app, &token, &id, "accept").await;
    assert_eq!((&again.json["id"], &again.json["duplicate"]), (&accepted.json["id"], &true.into()));
    let count = app.client.query_one("select count(*) from llm_callbacks", &[]).await.expect("a count");
    assert_eq!(count.get::<_, i64>(0), 3);
}

#[tokio::test]
async fn many_who_accept_at_once_store_it_once() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let id = rejected(&app, &token, &llm("workflow.completed", "job"), "of-somebody-else").await;
    let answers = futures_util::future::join_all((0..8).map(|_| review(&app, &token, &id, "accept"))).await;
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    assert!(answers.iter().all(|answer| answer.json["id"] == answers[0].json["id"]), "{answers:?}");
    let callback = detail(&app, &token, answers[0].text("id")).await;
    assert_eq!(callback["deliveryCount"], 1);
}

#[tokio::test]
async fn a_token_that_was_right_counts_and_one_that_was_wrong_is_remembered() {
    let secret = "secret-of-reports";
    let app = TestApp::with(&[("WEBHOOK_SECRET", secret)]).await;
    let token = app.admin().await;
    let body = r#"{"success":true,"metadata":{"jobId":"report"}}"#;
    let mut stream = Stream::ready(&app, &token).await;
    let bearer = format!("Bearer \"{secret}\"");
    let request = app.request(Method::POST, "/v1/stepper/callback").body(body);
    assert_eq!(app.ask(request.header("authorization", &bearer)).await.status, 401);
    let updated = stream.until("updated").await.pop().expect("it is told").data;
    let id = updated["id"].as_str().expect("a uuid");
    assert_eq!(detail(&app, &token, id).await["diagnosis"]["code"], "secret_quoted");
    let again = review(&app, &token, id, "verify").await;
    assert_eq!(
        again.json["code"], "secret_quoted",
        "the token was not kept, what was found out was: {again:?}"
    );
    let accepted = review(&app, &token, id, "accept").await;
    assert_eq!((accepted.status, &accepted.json["signatureValid"]), (200, &false.into()));
}

#[tokio::test]
async fn what_cannot_be_accepted_is_answered_with_the_reason() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    for (body, part) in [
        ("no JSON", "the body is not JSON: "),
        ("[1]", "the body must be a JSON object, not an array"),
        (r#"{"event":"x"}"#, "job_id in payload is required: it is missing"),
    ] {
        let id = rejected(&app, &token, body, "of-somebody-else").await;
        let answer = review(&app, &token, &id, "accept").await;
        assert_eq!((answer.status, answer.text("code")), (422, "not_acceptable"), "{body}");
        assert!(answer.text("detail").starts_with(part), "{answer:?}");
        let row = detail(&app, &token, &id).await;
        assert_eq!((&row["acceptedAs"], &row["acceptedBy"]), (&Value::Null, &Value::Null));
    }
    let stored = app.store(llm("workflow.completed", "good")).await;
    let good = stored["id"].as_str().expect("a uuid");
    for what in ["verify", "accept"] {
        let answer = review(&app, &token, good, what).await;
        assert_eq!((answer.status, answer.text("code")), (409, "not_rejected"));
        let unknown = review(&app, &token, &uuid::Uuid::new_v4().to_string(), what).await;
        assert_eq!(unknown.status, 404);
        assert_eq!(review(&app, "cbd_nobody", good, what).await.status, 401);
        let member = rows::person(&app.client, "MEMBER").await;
        let member = rows::token(&app.client, member).await;
        assert_eq!(review(&app, &member, good, what).await.status, 403);
    }
}

#[tokio::test]
async fn what_was_deleted_is_not_brought_back_by_accepting_it() {
    let database = Arc::new(TestDatabase::new().await);
    let before = TestApp::beside(&database, &[]).await;
    let token = before.admin().await;
    let body = llm("workflow.completed", "job");
    let id = rejected(&before, &token, &body, NEW).await;
    let after = TestApp::beside(&database, &BOTH).await;
    let received = after.store(body.as_str()).await;
    let path = format!("{CALLBACKS}/{}", received["id"].as_str().expect("a uuid"));
    assert_eq!(after.delete(&token, &path).await.status, 204);
    let answer = review(&after, &token, &id, "accept").await;
    assert_eq!((answer.status, answer.text("code")), (409, "deleted"), "{answer:?}");
    assert_eq!(detail(&after, &token, &id).await["acceptedAs"], Value::Null);
}

#[tokio::test]
async fn a_source_that_is_gone_says_so() {
    let database = Arc::new(TestDatabase::new().await);
    let github = ("CALLBACKD_SOURCES_GITHUB_SECRET", "secret-of-github");
    let before = TestApp::beside(&database, &[github]).await;
    let token = before.admin().await;
    let request = before.request(Method::POST, "/api/webhooks/github").body("{}");
    let request = request.header("x-hub-signature-256", "sha256=00").header("x-github-delivery", "d-1");
    assert_eq!(before.ask(request).await.status, 401);
    let sql = "select id::text from llm_callbacks where rejection is not null";
    eventually("it is recorded", async || !before.client.query(sql, &[]).await.expect("rows").is_empty())
        .await;
    let id: String = before.client.query_one(sql, &[]).await.expect("the row").get(0);
    let after = TestApp::beside(&database, &[]).await;
    let answer = review(&after, &token, &id, "verify").await;
    assert_eq!((answer.status, answer.text("code")), (409, "source_not_enabled"));
}

#[tokio::test]
async fn a_source_added_with_a_wrong_secret_is_corrected_and_what_it_refused_accepted_on_another_node() {
    let key = "7d".repeat(32);
    let settings = [("CALLBACKD_SECRETS_KEY", key.as_str())];
    let app = TestApp::with(&settings).await;
    let other = TestApp::beside(&app.database, &settings).await;
    let token = app.admin().await;
    let source = json!({"preset": "llm", "path": "/hooks/partner"});
    let added = json!({"name": "partner", "settings": source, "secret": "pasted-from-the-wrong-line"});
    assert_eq!(app.post(&token, "/api/admin/sources", &added).await.status, 201);

    let mut stream = Stream::ready(&other, &token).await;
    let body = llm("workflow.completed", "job");
    let signed = signature(NEW, body.as_bytes());
    let deliver = async |site: &Site| {
        let request = site.request(Method::POST, "/hooks/partner").header(SIGNATURE, &signed);
        site.ask(request.body(body.clone())).await.status
    };
    assert_eq!(deliver(&app).await, 401);
    let pushed = stream.until("callback").await.pop().expect("it is pushed").data;
    assert_eq!((&pushed["source"], &pushed["signatureValid"]), (&json!("partner"), &json!(false)));
    let reject = pushed["id"].as_str().expect("a uuid");

    let secret = json!({ "secret": NEW });
    assert_eq!(app.post(&token, "/api/admin/sources/partner/secrets", &secret).await.status, 201);
    eventually("the other node knows the secret", async || {
        review(&other, &token, reject, "verify").await.json["code"] == "verified"
    })
    .await;
    let accepted = review(&other, &token, reject, "accept").await;
    assert_eq!(accepted.status, 200, "{accepted:?}");
    let shown = detail(&app, &token, accepted.text("id")).await;
    assert_eq!((&shown["source"], &shown["signatureValid"]), (&json!("partner"), &json!(true)));
    assert_eq!((&shown["acceptedFrom"], shown["acceptedBy"].is_string()), (&json!(reject), true), "{shown}");
    let told = stream.until("callback").await.pop().expect("it is pushed").data;
    assert_eq!((&told["id"], &told["accepted"]), (&shown["id"], &json!(true)));
    assert_eq!(deliver(&app).await, 200, "the sender's own retry");
    assert_eq!(detail(&app, &token, accepted.text("id")).await["deliveryCount"], 2, "is the same callback");
}

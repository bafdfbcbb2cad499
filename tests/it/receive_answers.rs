//! What a sender is answered, by the running server, and in which order it looks.

use futures_util::stream;
use reqwest::{Body, Method};

use crate::support::app::{SECRET, TestApp};
use crate::support::site::{SIGNATURE, Site, WEBHOOK, llm, signature};
use crate::support::sse::Stream;
use crate::support::wire::Wire;

const BYTES_MAX: usize = 1_048_576;

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

    app.stop().await.expect("it stops well");
    assert_eq!(stream.rest().await.last().expect("a last event").data["reason"], "shutting_down");
}

#[tokio::test]
async fn every_form_of_a_callback_is_kept_byte_for_byte() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let spaced = " \r\n{\t\"job_id\" : \"a\" ,\"n\": 1.50e+3,\"e\":\"\\u00e9\\/é\"}\n\n";
    let bodies =
        ["llm.step.completed", "workflow.completed", "workflow.failed"].map(|event| llm(event, "job"));
    for body in bodies.iter().map(String::as_str).chain([spaced]) {
        let answer = app.store(body).await;
        let id = answer["id"].as_str().expect("a uuid");
        let raw = app.get(&token, &format!("/api/admin/llm-callbacks/{id}/raw")).await;
        assert_eq!(raw.bytes, body.as_bytes(), "{body}");
    }
}

#[tokio::test]
async fn signatures_are_taken_under_both_names_and_all_active_secrets() {
    let padded = format!(" \t{SECRET}\n");
    let settings =
        [("LLM_WEBHOOK_SECRET", padded.as_str()), ("LLM_WEBHOOK_SECRET_PREVIOUS", "the one before ")];
    let app = TestApp::with(&settings).await;
    let body = llm("workflow.completed", "job-1");
    let (new, old) = (signature(SECRET, body.as_bytes()), signature("the one before", body.as_bytes()));
    let wrong = signature("another", body.as_bytes());
    let untrimmed = signature(&padded, body.as_bytes());
    let (bare, upper) = (new.replace("sha256=", ""), new.to_uppercase().replace("SHA256", "sha256"));

    let good: [&[(&str, &str)]; 6] = [
        &[(SIGNATURE, &new)],
        &[("X-LLM-Signature", &new)],
        &[(SIGNATURE, &old)],
        &[(SIGNATURE, &upper)],
        &[(SIGNATURE, &wrong), ("X-LLM-Signature", &new)],
        &[(SIGNATURE, &wrong), (SIGNATURE, &new)],
    ];
    for headers in good {
        assert_eq!(app.send(body.as_str(), headers).await.status, 200, "{headers:?}");
    }
    let bad: [(&[(&str, &str)], &str); 7] = [
        (&[], "Missing signature header"),
        (&[("X-Signature", &new)], "Missing signature header"),
        (&[(SIGNATURE, &wrong)], "Invalid signature"),
        (&[(SIGNATURE, &untrimmed)], "Invalid signature"),
        (&[(SIGNATURE, &bare)], "Invalid signature"),
        (&[(SIGNATURE, "")], "Invalid signature"),
        (&[(SIGNATURE, &new[..70])], "Invalid signature"),
    ];
    for (headers, error) in bad {
        assert_eq!(app.send(body.as_str(), headers).await.problem(), (401, error), "{headers:?}");
    }
}

#[tokio::test]
async fn a_body_may_have_a_mebibyte_and_not_a_byte_more() {
    let app = TestApp::start().await;
    for (job, bytes, status) in [("at", BYTES_MAX, 200), ("over", BYTES_MAX + 1, 413)] {
        let declared = sized(&format!("{job}-declared"), bytes);
        assert_eq!(app.deliver(declared).await.status, status, "{job} the limit, declared");
        let chunked = sized(&format!("{job}-chunked"), bytes);
        assert_eq!(deliver_chunked(&app, &chunked).await, status, "{job} the limit, chunked");
    }
}

#[tokio::test]
async fn a_sender_that_goes_on_sending_can_read_that_it_is_too_much() {
    let app = TestApp::start().await;
    let headers = |more: &str| [format!("{SIGNATURE}: sha256=00"), more.to_owned()];
    let much = vec![b' '; 3 * BYTES_MAX];

    let mut wire = Wire::webhook(&app, &headers(&format!("Content-Length: {}", much.len()))).await;
    wire.send(&much).await.expect("it is still read");
    assert_eq!(wire.answer().await.0, 413, "declared");

    let mut wire = Wire::webhook(&app, &headers("Transfer-Encoding: chunked")).await;
    wire.send(format!("{:x}\r\n", much.len()).as_bytes()).await.expect("it is read");
    wire.send(&much).await.expect("it is still read");
    wire.send(b"\r\n0\r\n\r\n").await.expect("it is still read");
    assert_eq!(wire.answer().await.0, 413, "chunked");
}

#[tokio::test]
async fn what_is_not_a_webhook_is_told_so() {
    let app = TestApp::start().await;
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
        let answer = app.ask(app.request(method.clone(), WEBHOOK)).await;
        assert_eq!(answer.problem(), (405, "Method not allowed"), "{method}");
        assert_eq!(answer.header("allow"), "POST", "{method}");
    }
    for path in ["/api/webhooks/unknown", "/api/webhooks/llm-callback/more", "/api/webhooks", "/api/nothing"]
    {
        let body = llm("workflow.completed", "job-1");
        let request = app.request(Method::POST, path).header(SIGNATURE, app.sign(&body)).body(body);
        assert_eq!(app.ask(request).await.problem(), (404, "Not found"), "{path}");
    }
}

#[tokio::test]
async fn an_encoded_body_is_refused_and_its_type_is_not_looked_at() {
    let app = TestApp::start().await;
    let body = llm("workflow.completed", "job-1");
    let signature = app.sign(&body);
    for encoding in ["gzip", "br", "identity, gzip", ""] {
        let headers = [(SIGNATURE, signature.as_str()), ("content-encoding", encoding)];
        let answer = app.send(body.as_str(), &headers).await;
        assert_eq!(answer.problem(), (415, "Unsupported Content-Encoding"), "{encoding:?}");
    }
    for (name, value) in
        [("content-encoding", "Identity"), ("content-type", "text/plain"), ("content-type", "nonsense")]
    {
        let answer = app.send(body.as_str(), &[(SIGNATURE, &signature), (name, value)]).await;
        assert_eq!(answer.status, 200, "{name}: {value}");
    }
}

#[tokio::test]
async fn a_source_with_a_rate_limit_says_when_to_come_again() {
    let app = TestApp::with(&[("CALLBACKD_WEBHOOK_RATE_PER_SOURCE", "1")]).await;
    assert_eq!(app.deliver(llm("workflow.completed", "first")).await.status, 200);
    let mut answers = Vec::new();
    for _ in 0..3 {
        answers.push(app.deliver(llm("workflow.completed", "more")).await);
    }
    let refused = answers.iter().find(|answer| answer.status != 200).expect("one is over the limit");
    assert_eq!(refused.problem(), (429, "Too many requests"));
    assert!(refused.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds >= 1), "{refused:?}");
}

fn sized(job: &str, bytes: usize) -> String {
    let frame = format!(r#"{{"job_id":"{job}","pad":""}}"#);
    let pad = "x".repeat(bytes - frame.len());
    format!(r#"{{"job_id":"{job}","pad":"{pad}"}}"#)
}

async fn deliver_chunked(site: &Site, body: &str) -> u16 {
    let pieces: Vec<_> =
        body.as_bytes().chunks(100_000).map(|piece| Ok::<_, String>(piece.to_vec())).collect();
    let request = site.request(Method::POST, WEBHOOK).header(SIGNATURE, site.sign(body));
    site.ask(request.body(Body::wrap_stream(stream::iter(pieces)))).await.status
}

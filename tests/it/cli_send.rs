//! `callbackd send`, the real program: what arrives at a server, and what it says about the answers.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::{Router, routing::post};
use serde_json::Value;
use tokio::task::JoinHandle;

use crate::support::app::{SECRET, TestApp};
use crate::support::program::{Program, run};
use crate::support::site::{SIGNATURE, WEBHOOK, signature};

async fn send(url: &str, line: &str) -> Program {
    let line = format!("send --url {url} {line}");
    run(&line, &[("LLM_WEBHOOK_SECRET", SECRET)]).await
}

#[tokio::test]
async fn every_event_is_stored_as_the_service_would_have_sent_it() {
    let app = TestApp::start().await;
    for (event, status) in [
        ("workflow.completed", "processed"),
        ("workflow.failed", "error"),
        ("llm.step.completed", "received"),
    ] {
        let sent = send(&app.url(""), &format!("--event {event}")).await;
        assert_eq!(sent.code, 0, "{sent:?}");
        assert!(sent.stdout.starts_with("200 acknowledged, cursor "), "{sent:?}");
        let sql =
            "select event_type, status, workflow_name is not null, duration_ms > 0, error_message is not null
            from llm_callbacks order by seq desc limit 1";
        let row = app.client.query_one(sql, &[]).await.unwrap();
        assert_eq!((row.get::<_, &str>(0), row.get::<_, &str>(1)), (event, status));
        assert!(row.get::<_, bool>(2) && row.get::<_, bool>(3));
        assert_eq!(row.get::<_, bool>(4), event == "workflow.failed");
    }
}

#[tokio::test]
async fn many_are_jobs_of_their_own_and_duplicates_are_recognised() {
    let app = TestApp::start().await;
    let sent = send(&app.url(""), "--count 12 --duplicate --concurrency 4 --rate 1000 --json").await;
    assert_eq!(sent.code, 0, "{sent:?}");
    let summary: Value = serde_json::from_str(&sent.stdout).unwrap();
    assert_eq!(
        (&summary["sent"], &summary["acknowledged"], &summary["duplicates"]),
        (&24.into(), &24.into(), &12.into())
    );
    assert_eq!(summary["answers"]["200"], 24);
    let latency = &summary["latencyMs"];
    assert!(
        latency["p50"].as_f64() <= latency["p90"].as_f64()
            && latency["p99"].as_f64() <= latency["max"].as_f64()
    );
    let sql = "select count(*), count(distinct callback_id), min(delivery_count) from llm_callbacks";
    let row = app.client.query_one(sql, &[]).await.unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1), row.get::<_, i32>(2)), (12, 12, 2));

    let many = send(&app.url(""), "--count 11").await;
    assert!(many.stdout.starts_with("sent 11 to ") && many.stdout.contains("answers   200: 11"), "{many:?}");
    assert_eq!(
        (many.stdout.lines().count(), many.stderr.as_str()),
        (3, ""),
        "no progress without a terminal"
    );
}

#[tokio::test]
async fn the_bytes_of_a_file_are_sent_as_they_are() {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("body.json");
    let body = "{ \"job_id\" : \"from-a-file\",\n\t\"b\":1.50, \"a\":\"\\u0000\" }\n";
    std::fs::write(&file, body).unwrap();
    let sent = send(&app.url(""), &format!("--file {}", file.display())).await;
    assert_eq!(sent.code, 0, "{sent:?}");
    let row = app.client.query_one("select payload::text from llm_callbacks", &[]).await.unwrap();
    assert_eq!(row.get::<_, &str>(0), body);
    let missing = send(&app.url(""), "--file /nowhere/body.json").await;
    assert!(missing.code == 1 && missing.stderr.contains("/nowhere/body.json"), "{missing:?}");
}

#[tokio::test]
async fn a_refusal_ends_with_its_reason_and_is_not_sent_again() {
    let app = TestApp::start().await;
    let sent = send(&app.url(""), "--bad-signature").await;
    assert_eq!((sent.code, sent.stdout.as_str()), (1, ""), "{sent:?}");
    assert!(sent.stderr.starts_with("callbackd: not acknowledged: 401 Invalid signature: "), "{sent:?}");
    assert!(!sent.stderr.contains(SECRET));
}

#[tokio::test]
async fn nobody_answering_is_said_in_plain_words() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let sent = send(&url, "--no-retry").await;
    assert_eq!(sent.code, 1);
    let expected = format!("callbackd: not acknowledged: no server answers at {url} (");
    assert!(sent.stderr.starts_with(&expected) && sent.stderr.contains("callbackd serve"), "{sent:?}");

    let unsigned = run(&format!("send --url {url}"), &[]).await;
    assert!(unsigned.code == 1 && unsigned.stderr.contains("LLM_WEBHOOK_SECRET"), "{unsigned:?}");
    let wrong = send("nowhere", "").await;
    assert!(wrong.code == 2 && wrong.stderr.contains("must be an http or https address"), "{wrong:?}");
}

/// A receiver that answers as it is told, and keeps what it got.
struct Receiver {
    url: String,
    got: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
    running: JoinHandle<()>,
}

type Answers = Arc<Mutex<VecDeque<u16>>>;
type Got = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

impl Receiver {
    /// These answers first, then 200.
    async fn answering(statuses: &[u16]) -> Self {
        let got = Got::default();
        let answers: Answers = Arc::new(Mutex::new(statuses.iter().copied().collect()));
        let app = Router::new().route(WEBHOOK, post(receive)).with_state((answers, got.clone()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("a bound socket has an address"));
        let running = tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Self { url, got, running }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.running.abort();
    }
}

async fn receive(
    State((answers, got)): State<(Answers, Got)>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    got.lock().expect("nobody panicked over it").push((headers, body));
    let status = answers.lock().expect("nobody panicked over it").pop_front().unwrap_or(200);
    StatusCode::from_u16(status).expect("a status")
}

#[tokio::test]
async fn a_retry_is_built_again_with_a_new_timestamp_and_signature() {
    let receiver = Receiver::answering(&[500, 503]).await;
    let sent = send(&receiver.url, "--retry-after 10ms,10ms,10ms --event llm.step.completed").await;
    assert_eq!(sent.code, 0, "{sent:?}");
    assert!(sent.stderr.contains("attempt 2 failed, again in 10ms: 503"), "{sent:?}");
    let got = receiver.got.lock().unwrap();
    assert_eq!(got.len(), 3);
    let mut bodies = Vec::new();
    for (headers, body) in got.iter() {
        let header = |name: &str| headers[name].to_str().unwrap();
        assert_eq!(header(SIGNATURE), signature(SECRET, body), "each attempt is signed");
        assert_eq!(
            (header("content-type"), header("x-webhook-event")),
            ("application/json", "llm.step.completed")
        );
        assert!(!header("user-agent").is_empty());
        bodies.push(serde_json::from_slice::<Value>(body).unwrap());
    }
    assert_eq!(bodies[0]["job_id"], bodies[2]["job_id"]);
    assert_ne!(bodies[0]["timestamp"], bodies[1]["timestamp"]);
    assert_ne!(bodies[1]["timestamp"], bodies[2]["timestamp"]);
}

#[tokio::test]
async fn it_gives_up_after_four_attempts_as_the_service_does() {
    let receiver = Receiver::answering(&[500; 9]).await;
    let sent = send(&receiver.url, "--retry-after 1ms,1ms,1ms").await;
    assert!(sent.code == 1 && sent.stderr.contains("not acknowledged: 500"), "{sent:?}");
    assert_eq!(receiver.got.lock().unwrap().len(), 4);
    let help = run("send --help", &[]).await;
    assert!(help.stdout.contains("[default: 5s,15s,45s]"), "its own waits are the service's: {help:?}");
    let once = Receiver::answering(&[500; 9]).await;
    assert_eq!(send(&once.url, "--no-retry").await.code, 1);
    assert_eq!(once.got.lock().unwrap().len(), 1);
}

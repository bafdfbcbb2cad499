//! Requests that fail authentication: what is kept of them, how little it may be, and who is told.

use std::sync::Arc;

use reqwest::Method;
use serde_json::Value;
use uuid::Uuid;

use crate::support::app::{SECRET, TestApp, TestProcess};
use crate::support::eventually;
use crate::support::postgres::TestDatabase;
use crate::support::site::{SIGNATURE, Site, WEBHOOK, llm, signature};
use crate::support::sse::Stream;

const FORGED: &str = "sha256=0000000000000000000000000000000000000000000000000000000000000000";
const MANY: (&str, &str) = ("CALLBACKD_REJECTS_PER_ADDRESS_PER_MINUTE", "100");
const BEHIND_A_PROXY: (&str, &str) = ("CALLBACKD_TRUSTED_PROXIES", "127.0.0.0/8");

#[tokio::test]
async fn a_rejected_request_is_kept_with_its_body_and_shown_in_red() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let mut stream = Stream::ready(&app, &token).await;
    let body = llm("workflow.failed", "job");
    assert_eq!(app.send(body.as_str(), &[(SIGNATURE, FORGED)]).await.status, 401);

    let pushed = stream.until("callback").await.pop().expect("it is pushed").data;
    assert_eq!(
        (&pushed["signatureValid"], &pushed["rejection"]),
        (&false.into(), &"invalid_signature".into())
    );
    assert_eq!((&pushed["callbackId"], &pushed["eventType"]), (&"job".into(), &"workflow.failed".into()));
    let path = format!("/api/admin/llm-callbacks/{}", pushed["id"].as_str().expect("a uuid"));
    let detail = app.get(&token, &path).await.json;
    assert_eq!(detail["callback"]["signatureHeader"], FORGED);
    assert_eq!(detail["callback"]["verifiedAt"], Value::Null);
    assert_eq!(app.get(&token, &format!("{path}/raw")).await.bytes, body.as_bytes());
    let count = app.get(&token, "/api/admin/llm-callbacks/invalid-signature-count").await;
    assert_eq!(count.json["count"], 1);
}

#[tokio::test]
async fn a_rejected_body_that_is_no_json_is_kept_as_it_came() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let mut stream = Stream::ready(&app, &token).await;
    let deep = [b"{\"job_id\":\"deep\",\"a\":".as_slice(), &b"[".repeat(500_000)].concat();
    for body in [&b"\xff\x00not json"[..], b" ", &deep] {
        assert_eq!(app.send(body, &[(SIGNATURE, FORGED)]).await.status, 401);
        let pushed = stream.until("callback").await.pop().expect("it is pushed").data;
        let id = pushed["id"].as_str().expect("a uuid");
        assert_eq!(pushed["callbackId"], format!("rejected-{id}"));
        let raw = app.get(&token, &format!("/api/admin/llm-callbacks/{id}/raw")).await;
        assert_eq!(raw.bytes, body);
    }
}

#[tokio::test]
async fn a_request_refused_by_its_headers_is_recorded_without_its_body() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let mut stream = Stream::ready(&app, &token).await;
    assert_eq!(app.send(llm("workflow.completed", "job"), &[]).await.status, 401);
    let pushed = stream.until("callback").await.pop().expect("it is pushed").data;
    let id = pushed["id"].as_str().expect("a uuid");
    assert_eq!(pushed["rejection"], "missing_signature");
    assert_eq!(pushed["callbackId"], format!("rejected-{id}"));
    let detail = app.get(&token, &format!("/api/admin/llm-callbacks/{id}")).await.json;
    assert_eq!((&detail["callback"]["payload"], &detail["callback"]["rawBytes"]), (&Value::Null, &0.into()));
}

#[tokio::test]
async fn an_address_fills_only_its_share_of_the_record() {
    let limit = ("CALLBACKD_REJECTS_PER_ADDRESS_PER_MINUTE", "3");
    let app = TestApp::with(&[limit, BEHIND_A_PROXY]).await;
    for n in 0..6 {
        reject_from(&app, "192.0.2.1", &format!("flood-{n}")).await;
    }
    reject_from(&app, "192.0.2.2", "neighbour").await;
    eventually("the neighbour's is recorded", async || jobs(&app).await.contains(&"neighbour".to_owned()))
        .await;
    assert_eq!(jobs(&app).await, ["flood-0", "flood-1", "flood-2", "neighbour"]);
}

#[tokio::test]
async fn a_source_fills_only_so_much_of_the_record_and_the_rest_is_counted() {
    let limit = ("CALLBACKD_REJECTS_PER_SOURCE_PER_MINUTE", "4");
    let process = TestProcess::start(&[limit, MANY]).await;
    for n in 0..7 {
        process.send(format!(r#"{{"job_id":"job-{n}"}}"#), &[(SIGNATURE, FORGED)]).await;
    }
    let metrics = process.get(&process.admin().await, "/metrics").await;
    let metrics = String::from_utf8(metrics.bytes).expect("metrics are text");
    assert!(metrics.contains("callbackd_rejects_not_recorded_total{source=\"llm\"} 3"), "{metrics}");
    assert!(
        metrics.contains("callbackd_rejects_total{source=\"llm\",cause=\"invalid_signature\"} 7"),
        "{metrics}"
    );
    let sql = "select count(*) from llm_callbacks where rejection is not null";
    eventually("four are recorded", async || {
        process.client.query_one(sql, &[]).await.is_ok_and(|row| row.get::<_, i64>(0) == 4)
    })
    .await;
}

#[tokio::test]
async fn the_oldest_records_make_room_in_number_and_in_bytes() {
    let database = Arc::new(TestDatabase::new().await);
    let few = TestApp::beside(&database, &[MANY, ("CALLBACKD_REJECTS_ROWS_MAX", "3")]).await;
    few.store(llm("workflow.completed", "verified")).await;
    for n in 0..5 {
        reject(&few, format!(r#"{{"job_id":"job-{n}"}}"#)).await;
    }
    let kept = || async { jobs(&few).await == ["job-2", "job-3", "job-4"] };
    eventually("the three newest are left", kept).await;
    few.stop().await.expect("it stops well");

    let small = TestApp::beside(&database, &[MANY, ("CALLBACKD_REJECTS_BYTES_MAX", "150000")]).await;
    for n in 0..4 {
        // Nothing that compresses.
        let noise: Vec<u8> = (0..3_750).flat_map(|_| Uuid::new_v4().into_bytes()).collect();
        reject(&small, [format!("{n}").into_bytes(), noise].concat()).await;
    }
    let sizes = "select octet_length(raw_body) from llm_callbacks where rejection is not null";
    eventually("two of 60 kB are left", async || {
        let rows = small.client.query(sizes, &[]).await.expect("rows");
        rows.len() == 2 && rows.iter().all(|row| row.get::<_, Option<i32>>(0) == Some(60_001))
    })
    .await;
    let verified = "select count(*) from llm_callbacks where signature_valid";
    let verified = small.client.query_one(verified, &[]).await.expect("a count");
    assert_eq!(verified.get::<_, i64>(0), 1, "what was verified makes no room for rejects");
}

#[tokio::test]
async fn headers_are_kept_without_credentials_and_within_16_kib() {
    let app = TestApp::start().await;
    let body = llm("workflow.completed", "job");
    let signature = app.sign(&body);
    let mut request = app.request(Method::POST, WEBHOOK).body(body).header(SIGNATURE, &signature);
    for name in ["authorization", "proxy-authorization", "cookie", "set-cookie"] {
        request = request.header(name, "credential-of-somebody");
    }
    request = request.header("x-twice", "one").header("x-twice", "two").header("x-latin", &b"\xe9"[..]);
    for n in 0..30 {
        request = request.header(format!("x-long-{n}"), "v".repeat(1_000));
    }
    assert_eq!(app.ask(request).await.status, 200);

    let kept = app.client.query_one("select request_headers::text from llm_callbacks", &[]).await;
    let kept: String = kept.expect("it is stored").get(0);
    assert!(!kept.contains("credential-of-somebody"), "{kept}");
    let headers: Vec<(String, String)> = serde_json::from_str(&kept).expect("pairs");
    let has = |name: &str, value: &str| headers.contains(&(name.to_owned(), value.to_owned()));
    assert!(has(SIGNATURE, &signature) && has("x-twice", "one") && has("x-twice", "two"), "{kept}");
    assert!(has("x-latin", "\u{fffd}"), "{kept}");
    let bytes: usize = headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    assert!((15_000..=16 * 1024).contains(&bytes), "{bytes}");
}

#[tokio::test]
async fn secrets_are_nowhere_in_answers_or_logs() {
    let database = Arc::new(TestDatabase::new().await);
    let previous = "secret-that-was-before";
    let settings = [
        ("LLM_WEBHOOK_SECRET_PREVIOUS", previous),
        ("CALLBACKD_METRICS_TOKEN", "secret-for-the-metrics"),
        ("CALLBACKD_LOG", "trace"),
    ];
    let mut process = TestProcess::beside(&database, &settings).await;
    let token = process.admin().await;
    let body = llm("workflow.completed", "job");
    let old = signature(previous, body.as_bytes());
    let credential = ("authorization", "Bearer credential-of-somebody");
    let mut shown = vec![
        process.deliver(body.as_str()).await,
        process.send(body.as_str(), &[(SIGNATURE, &old), credential]).await,
        process.send(body.as_str(), &[(SIGNATURE, FORGED), credential]).await,
        process.send(body.as_str(), &[]).await,
        process.deliver("{").await,
    ];
    for path in ["/api/admin/sources", "/api/admin/system", "/metrics", "/api/admin/llm-callbacks/check"] {
        shown.push(process.get(&token, path).await);
    }
    process.terminate();
    assert!(process.ended().await.success());

    let answers: Vec<String> = shown.iter().map(|answer| format!("{answer:?} {}", answer.json)).collect();
    let answers = answers.join("\n");
    for secret in [SECRET, previous, "secret-for-the-metrics", "credential-of-somebody", &token] {
        assert!(!answers.contains(secret), "an answer holds {secret}");
        assert!(!process.log().contains(secret), "the log holds {secret}");
    }
    assert!(process.log().contains("is ready"), "it was logged");
}

#[tokio::test]
async fn without_a_secret_the_server_starts_only_if_told_to() {
    let database = TestDatabase::new().await;
    for unset in ["", " \n"] {
        let refused = TestApp::try_start(&database.url(), &[("LLM_WEBHOOK_SECRET", unset)]).await;
        let why = format!("{:#}", refused.err().expect("it does not start"));
        assert!(why.contains("LLM_WEBHOOK_SECRET must be set"), "{why}");
    }
}

#[tokio::test]
async fn unsigned_callbacks_are_accepted_with_a_warning_where_told_to() {
    let app = TestApp::with(&[("LLM_WEBHOOK_SECRET", ""), ("CALLBACKD_UNSIGNED", "accept")]).await;
    let token = app.admin().await;
    let mut stream = Stream::ready(&app, &token).await;
    let warning = "Webhook secret not configured - signature not verified";
    let mut ids = Vec::new();
    for (job, headers) in [("bare", &[][..]), ("forged", &[(SIGNATURE, FORGED)]), ("third", &[])] {
        let answer = app.send(llm("workflow.completed", job), headers).await;
        assert_eq!((answer.status, answer.text("warning")), (200, warning), "{job}");
        ids.push(answer.json["id"].clone());
    }
    let events = stream.until_event(|event| event.data["id"] == ids[2]).await;
    let alerts: Vec<_> = events.iter().filter(|event| event.name == "alert").collect();
    assert_eq!(alerts.len(), 1, "one alert for all of them: {events:?}");
    assert_eq!(alerts[0].data["kind"], "unsigned");
    let callbacks = events.iter().filter(|event| event.name == "callback");
    let valid: Vec<_> =
        callbacks.map(|event| (&event.data["signatureValid"], &event.data["rejection"])).collect();
    assert_eq!(valid, [(&Value::Bool(false), &Value::Null); 3]);

    let mut later = Stream::open(&app, &token, "/api/admin/llm-callbacks/stream", None).await;
    let alert = later.until("alert").await.pop().expect("whoever comes later is told too");
    assert_eq!(alert.data["kind"], "unsigned");
}

async fn reject(site: &Site, body: impl Into<Vec<u8>>) {
    assert_eq!(site.send(body, &[(SIGNATURE, FORGED)]).await.status, 401);
}

async fn reject_from(site: &Site, address: &str, job: &str) {
    let body = format!(r#"{{"job_id":"{job}"}}"#);
    let answer = site.send(body, &[(SIGNATURE, FORGED), ("x-forwarded-for", address)]).await;
    assert_eq!(answer.status, 401);
}

/// The job ids of the recorded rejects, in order.
async fn jobs(app: &TestApp) -> Vec<String> {
    let sql = "select callback_id from llm_callbacks where rejection is not null order by seq";
    let rows = app.client.query(sql, &[]).await.expect("rows");
    rows.iter().map(|row| row.get(0)).collect()
}

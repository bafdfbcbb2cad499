//! Sources of every preset in a running server: what they are answered, what is stored, and who may see it.

use std::sync::Arc;

use callbackd::source::scheme::Envelope;
use callbackd::source::{self, Source};
use chrono::Utc;
use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::app::TestApp;
use crate::support::postgres::TestDatabase;
use crate::support::site::{Answer, Site};
use crate::support::sse::Stream;
use crate::support::{eventually, rows};

const OPENAI: &str = "whsec_RdvaYFYUXuIFuEbvZHwMfYFhUf7aMYjYcmM24+Aj40c=";
const REPORTS: &str = "secret-of-the-reports";

/// A preset with a secret, as a sender has it.
fn sender(preset: &str, secret: &str) -> Source {
    let mut source = source::find(&[], preset).expect("it is good").expect("it is there");
    source.add_secret(&SecretString::from(secret)).expect("a good secret");
    source
}

/// Headers as the service sends them with `body` now.
fn signed(source: &Source, id: &str, body: &[u8]) -> Vec<(String, String)> {
    let secret = source.secrets.first().expect("it has a secret");
    let headers = source.scheme.sign(secret, Envelope { id, at: Utc::now() }, body);
    headers.into_iter().map(|header| (header.name, header.value)).collect()
}

async fn post(site: &Site, path: &str, body: impl Into<Vec<u8>>, headers: &[(String, String)]) -> Answer {
    let request = site.request(Method::POST, path).body(body.into());
    let request = headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    site.ask(request).await
}

/// Signed and sent as the service does.
async fn deliver(site: &Site, source: &Source, id: &str, body: &str) -> Answer {
    post(site, &source.path, body, &signed(source, id, body.as_bytes())).await
}

/// What the columns of the newest verified row hold; rejects are recorded at any time.
async fn newest(app: &TestApp) -> Value {
    let sql = "select json_build_object('source', source, 'callbackId', callback_id, 'job', external_job_id,
        'event', event_type, 'workflow', workflow_name, 'status', status, 'error', error_message, 'owner', subject_user_id,
        'duration', duration_ms, 'valid', signature_valid, 'rejection', rejection)::text
        from llm_callbacks where signature_valid order by seq desc limit 1";
    let row = app.client.query_one(sql, &[]).await.expect("a row");
    serde_json::from_str(row.get(0)).expect("JSON")
}

/// The header pairs that were kept with the newest row.
async fn kept(app: &TestApp) -> Vec<(String, String)> {
    let sql = "select request_headers::text from llm_callbacks order by seq desc limit 1";
    let row = app.client.query_one(sql, &[]).await.expect("a row");
    serde_json::from_str(row.get(0)).expect("pairs")
}

fn variable(source: &str) -> String {
    format!("CALLBACKD_SOURCES_{}_SECRET", source.to_ascii_uppercase().replace('-', "_"))
}

/// A secret for each preset, and a server that knows all of them.
async fn everybody() -> (TestApp, Vec<Source>) {
    let presets: Vec<&str> = source::presets().collect();
    let secrets: Vec<(String, String)> = presets
        .iter()
        .map(|preset| {
            let source = source::find(&[], preset).expect("it is good").expect("it is there");
            let secret = match *preset {
                "deepgram" => "callbackd:password-of-deepgram".to_owned(),
                _ => secrecy::ExposeSecret::expose_secret(&source.random_secret()).to_owned(),
            };
            (variable(preset), secret)
        })
        .collect();
    let mut settings: Vec<(&str, &str)> =
        secrets.iter().map(|(name, secret)| (name.as_str(), secret.as_str())).collect();
    // Nobody publishes there: what a key of one's own has not signed cannot be judged.
    settings.push(("CALLBACKD_SOURCES_FAL_JWKS_URL", "http://127.0.0.1:9/jwks.json"));
    let app = TestApp::with(&settings).await;
    let senders = presets.iter().zip(&secrets).map(|(preset, (_, secret))| sender(preset, secret)).collect();
    (app, senders)
}

#[tokio::test]
async fn every_preset_is_received_and_its_forgeries_are_not() {
    let (app, senders) = everybody().await;
    for source in &senders {
        let job = Uuid::new_v4().to_string();
        let sample = source.sample(&job, None);
        let body = source.body_at(&sample.body, Utc::now());
        let mut headers = signed(source, "delivery-1", &body);
        headers.extend(sample.headers.into_iter().map(|header| (header.name, header.value)));

        let answer = post(&app, &source.path, body.clone(), &headers).await;
        assert_eq!(answer.status, 200, "{}: {answer:?}", source.name);
        let stored = newest(&app).await;
        assert_eq!((&stored["source"], &stored["valid"]), (&json!(*source.name), &json!(true)), "{stored}");
        assert_eq!(stored["callbackId"], answer.json["callbackId"]);
        let id = if source.scheme.signs_id() && stored["job"] == Value::Null { "delivery-1" } else { &job };
        assert_eq!(answer.text("callbackId"), id, "{}", source.name);
        let again = post(&app, &source.path, body.clone(), &headers).await;
        assert_eq!((again.status, &again.json["duplicate"]), (200, &json!(true)), "{}", source.name);
        assert_eq!(again.json["id"], answer.json["id"]);

        let forger = sender(
            source.preset.as_deref().expect("it has one"),
            secrecy::ExposeSecret::expose_secret(&source.random_secret()),
        );
        let answer = post(&app, &source.path, body, &signed(&forger, "delivery-2", b"{}")).await;
        let refused = if source.jwks_url.is_some() { 503 } else { 401 };
        assert_eq!(answer.status, refused, "{}: {answer:?}", source.name);
        let bare = post(&app, &source.path, "{}", &[]).await;
        assert_eq!(bare.status, 401, "{}: {bare:?}", source.name);
    }
    let sql = "select count(*) from llm_callbacks where signature_valid";
    let count: i64 = app.client.query_one(sql, &[]).await.expect("a count").get(0);
    assert_eq!(usize::try_from(count), Ok(senders.len()));
}

const OWNER: &str = "1b6c1a52-6c55-4d2e-9f3f-6d7a3b0c9e77";

/// A source, a body, and what is read from it. `NOW` stands for the time in milliseconds.
fn cases() -> Vec<(&'static str, &'static str, Value)> {
    let mut cases = reports();
    cases.extend(services());
    cases.extend(more_services());
    cases
}

#[rustfmt::skip]
fn reports() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        (
            "stepper",
            r#"{"jobId":"job-7f3b","status":"failed","error":"All providers failed","metadata":{"userId":"1b6c1a52-6c55-4d2e-9f3f-6d7a3b0c9e77"},"timestamp":NOW}"#,
            json!({"job": "job-7f3b", "event": "report_failed", "status": "error", "error": "All providers failed", "owner": OWNER}),
        ),
        (
            "stepper-callback",
            include_str!("samples/stepper-callback.json"),
            json!({"job": "job-7f3a", "event": "report_completed", "status": "processed", "owner": OWNER, "duration": 1234}),
        ),
        (
            "stepper-callback",
            r#"{"success":false,"error":"no","metadata":{"jobId":"j"}}"#,
            json!({"job": "j", "event": "report_failed", "status": "error", "error": "no"}),
        ),
    ]
}

#[rustfmt::skip]
fn services() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        (
            "standard-webhooks",
            r#"{"type":"invoice.succeeded","data":{"id":"x"}}"#,
            json!({"job": null, "callbackId": "delivery", "event": "invoice.succeeded", "status": "processed"}),
        ),
        (
            "openai",
            r#"{"id":"evt_1","type":"response.incomplete","data":{"id":"resp_1"}}"#,
            json!({"job": "resp_1", "event": "response.incomplete", "status": "error"}),
        ),
        (
            "openai",
            r#"{"id":"evt_2","type":"batch.completed","data":{"id":"batch_1"}}"#,
            json!({"job": "batch_1", "event": "batch.completed", "status": "processed"}),
        ),
        (
            "openai",
            r#"{"id":"evt_3","type":"realtime.call.incoming","data":{"call_id":"rtc_1"}}"#,
            json!({"job": "rtc_1", "event": "realtime.call.incoming", "status": "received"}),
        ),
        (
            "replicate",
            r#"{"id":"p1","model":"black-forest-labs/flux","status":"succeeded","error":null,"metrics":{"predict_time":0.032135}}"#,
            json!({"job": "p1", "event": "succeeded", "status": "processed", "workflow": "black-forest-labs/flux", "duration": 32}),
        ),
        (
            "replicate",
            r#"{"id":"p1","status":"failed","error":"CUDA out of memory"}"#,
            json!({"job": "p1", "status": "error", "error": "CUDA out of memory"}),
        ),
        (
            "replicate",
            r#"{"id":"p1","status":"processing","error":null}"#,
            json!({"job": "p1", "status": "received"}),
        ),
    ]
}

#[rustfmt::skip]
fn more_services() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        (
            "elevenlabs",
            r#"{"type":"post_call_transcription","data":{"agent_id":"xyz","conversation_id":"abc","metadata":{"call_duration_secs":22}}}"#,
            json!({"job": "abc", "event": "post_call_transcription", "workflow": "xyz", "status": "processed", "duration": 22_000}),
        ),
        (
            "elevenlabs",
            r#"{"type":"call_initiation_failure","data":{"conversation_id":"abc","failure_reason":"busy"}}"#,
            json!({"job": "abc", "status": "error", "error": "busy"}),
        ),
        (
            "fal",
            r#"{"request_id":"r1","status":"ERROR","error":"Invalid status code: 422","payload":{"detail":[]}}"#,
            json!({"job": "r1", "event": "ERROR", "status": "error", "error": "Invalid status code: 422"}),
        ),
        (
            "deepgram",
            r#"{"metadata":{"request_id":"r2"},"results":{}}"#,
            json!({"job": "r2", "event": null, "status": "processed"}),
        ),
        (
            "deepgram",
            r#"{"err_code":"REMOTE_CONTENT_ERROR","err_msg":"not found","request_id":"r3"}"#,
            json!({"job": "r3", "event": "REMOTE_CONTENT_ERROR", "status": "error", "error": "not found"}),
        ),
        (
            "assemblyai",
            r#"{"transcript_id":"t1","status":"error"}"#,
            json!({"job": "t1", "event": "error", "status": "error"}),
        ),
        (
            "stripe",
            r#"{"id":"evt_4","type":"payment_intent.payment_failed","data":{"object":{"id":"pi_1"}}}"#,
            json!({"job": "evt_4", "event": "payment_intent.payment_failed", "status": "error"}),
        ),
        (
            "generic-hmac",
            r#"{"id":17,"type":"thing.done"}"#,
            json!({"job": "17", "event": "thing.done", "status": "received"}),
        ),
    ]
}

/// One real body of each service, and what is read from it.
#[tokio::test]
async fn fields_are_read_where_each_service_has_them() {
    let (app, senders) = everybody().await;
    let now = Utc::now().timestamp_millis().to_string();
    for (name, body, expected) in cases() {
        let source = senders.iter().find(|source| &*source.name == name).expect("it is there");
        let answer = deliver(&app, source, "delivery", &body.replace("NOW", &now)).await;
        assert_eq!(answer.status, 200, "{name}: {answer:?}");
        let stored = newest(&app).await;
        for (field, value) in expected.as_object().expect("an object") {
            assert_eq!(stored[field], *value, "{name}: {field} of {body}");
        }
    }
}

#[tokio::test]
async fn a_delivery_names_itself_in_headers_where_there_is_no_job() {
    let (app, senders) = everybody().await;
    let github = senders.iter().find(|source| &*source.name == "github").expect("it is there");
    let body = r#"{"workflow_run":{"name":"CI","conclusion":"failure"}}"#;
    let mut headers = signed(github, "", body.as_bytes());
    assert_eq!(
        post(&app, &github.path, body, &headers).await.problem(),
        (400, "Missing x-github-delivery header")
    );
    headers.push(("X-GitHub-Delivery".to_owned(), "72d3162e".to_owned()));
    headers.push(("X-GitHub-Event".to_owned(), "workflow_run".to_owned()));
    let answer = post(&app, &github.path, body, &headers).await;
    assert_eq!((answer.status, answer.text("callbackId")), (200, "72d3162e"), "{answer:?}");
    let stored = newest(&app).await;
    let read = ["event", "workflow", "status", "job"].map(|field| stored[field].clone());
    assert_eq!(read, [json!("workflow_run"), json!("CI"), json!("error"), Value::Null]);
}

/// Headers that are set to something else, or left out.
type Changes<'a> = &'a [(&'a str, Option<&'a str>)];

#[tokio::test]
async fn a_report_needs_all_three_of_its_proofs() {
    let app = TestApp::with(&[("WEBHOOK_SECRET", &format!(" {REPORTS}\n"))]).await;
    let source = sender("stepper", REPORTS);
    let now = Utc::now().timestamp_millis();
    let body = format!(r#"{{"jobId":"job-1","status":"completed","timestamp":{now}}}"#);
    let good = signed(&source, "", body.as_bytes());
    let names = ["Authorization", "X-Webhook-Signature", "X-Webhook-Timestamp"];
    let with = |changes: &[(&str, Option<&str>)]| -> Vec<(String, String)> {
        let mut headers = good.clone();
        for (name, value) in changes {
            headers.retain(|(known, _)| known != name);
            headers.extend(value.map(|value| ((*name).to_owned(), value.to_owned())));
        }
        headers
    };
    let signature = &good.iter().find(|(name, _)| name == "X-Webhook-Signature").expect("it is signed").1;
    let (late, early, other) =
        ((now - 301_000).to_string(), (now + 301_000).to_string(), (now + 1).to_string());
    let seconds = (now / 1000).to_string();
    let zeros = "0".repeat(64);
    let bad: [(Changes<'_>, &str, &str); 17] = [
        (&[(names[1], None)], "Missing signature header", "missing_signature"),
        (&[(names[1], Some(&zeros))], "Invalid signature", "invalid_signature"),
        (&[(names[1], Some("sha1=00"))], "Invalid signature", "invalid_signature"),
        (&[(names[0], None)], "Invalid token", "missing_token"),
        (&[(names[0], Some("Bearer another"))], "Invalid token", "invalid_token"),
        (&[(names[0], Some(REPORTS))], "Invalid token", "invalid_token"),
        (&[(names[0], Some("Bearer "))], "Invalid token", "invalid_token"),
        (&[(names[0], Some("Basic c2VjcmV0LW9mLXRoZS1yZXBvcnRz"))], "Invalid token", "invalid_token"),
        (&[(names[2], None)], "Missing timestamp header", "missing_timestamp"),
        (&[(names[2], Some("yesterday"))], "Unreadable timestamp header", "unreadable_timestamp"),
        (&[(names[2], Some(&late))], "Timestamp out of tolerance", "stale_timestamp"),
        (&[(names[2], Some(&early))], "Timestamp out of tolerance", "stale_timestamp"),
        (&[(names[2], Some(&seconds))], "Timestamp out of tolerance", "stale_timestamp"),
        (&[(names[2], Some(&other))], "Timestamp is not that of the signed body", "foreign_timestamp"),
        // None is enough alone, nor is the header that proves nothing.
        (&[(names[1], None), (names[2], None)], "Missing signature header", "missing_signature"),
        (&[(names[0], None), (names[2], None)], "Invalid token", "missing_token"),
        (
            &[(names[0], None), (names[1], None), ("X-CommitDiary-Internal", Some("true"))],
            "Missing signature header",
            "missing_signature",
        ),
    ];
    for (changes, error, code) in bad {
        let answer = post(&app, &source.path, body.clone(), &with(changes)).await;
        assert_eq!(answer.problem(), (401, error), "{changes:?}");
        assert_eq!(answer.text("code"), code, "{changes:?}");
    }
    // A signed body without a timestamp leaves the header unsigned.
    let silent = r#"{"jobId":"job-1","status":"completed"}"#;
    let mut headers = signed(&source, "", silent.as_bytes());
    headers.retain(|(name, _)| name != names[2]);
    headers.push((names[2].to_owned(), now.to_string()));
    assert_eq!(post(&app, &source.path, silent, &headers).await.text("code"), "foreign_timestamp");

    let prefixed = format!("sha256={signature}");
    for changes in
        [&[][..], &[(names[1], Some(prefixed.as_str()))], &[(names[0], Some("bearer secret-of-the-reports"))]]
    {
        let answer = post(&app, &source.path, body.clone(), &with(changes)).await;
        assert_eq!(answer.status, 200, "{changes:?}: {answer:?}");
    }
    let stored = newest_verified(&app).await;
    assert_eq!(stored, 1, "the three are one callback");
}

async fn newest_verified(app: &TestApp) -> i64 {
    let sql = "select count(*) from llm_callbacks where signature_valid";
    app.client.query_one(sql, &[]).await.expect("a count").get(0)
}

#[tokio::test]
async fn of_a_token_only_what_came_of_it_is_kept() {
    let (app, senders) = everybody().await;
    let token = app.admin().await;
    let mut stream = Stream::ready(&app, &token).await;
    for name in ["stepper-callback", "deepgram", "assemblyai"] {
        let source = senders.iter().find(|source| &*source.name == name).expect("it is there");
        let job = Uuid::new_v4().to_string();
        let body = source.body_at(&source.sample(&job, None).body, Utc::now());
        let good = signed(source, "", &body);
        let header = good[0].0.to_ascii_lowercase();
        assert_eq!(post(&app, &source.path, body.clone(), &good).await.status, 200);
        assert!(kept(&app).await.contains(&(header.clone(), "(not kept: valid)".to_owned())), "{name}");

        let forger = sender(name, "somebody-elses-secret:word");
        assert_eq!(post(&app, &source.path, body.clone(), &signed(&forger, "", &body)).await.status, 401);
        stream.until_event(|event| event.name == "callback" && event.data["signatureValid"] == false).await;
        assert!(kept(&app).await.contains(&(header, "(not kept: invalid)".to_owned())), "{name}");
        let everything = "select string_agg(llm_callbacks::text, '') from llm_callbacks";
        let everything: String = app.client.query_one(everything, &[]).await.expect("rows").get(0);
        for secret in [&good[0].1, "somebody-elses", source.secrets[0].expose()] {
            assert!(!everything.contains(secret), "{name}: {secret}");
        }
    }
}

#[tokio::test]
async fn one_delivery_with_two_contents_is_stored_twice_and_somebody_is_told() {
    let app = TestApp::with(&[(&variable("openai"), OPENAI)]).await;
    let token = app.admin().await;
    let mut stream = Stream::ready(&app, &token).await;
    let source = sender("openai", OPENAI);
    let event = |response: &str| format!(r#"{{"type":"response.completed","data":{{"id":"{response}"}}}}"#);

    let first = deliver(&app, &source, "wh_1", &event("resp_1")).await;
    let retry = deliver(&app, &source, "wh_1", &event("resp_1").replace(':', ": ")).await;
    assert_eq!((&retry.json["duplicate"], &retry.json["id"]), (&json!(true), &first.json["id"]));
    let resent = deliver(&app, &source, "wh_2", &event("resp_1")).await;
    assert_eq!(resent.json["duplicate"], json!(false), "another delivery is another callback");
    let other = deliver(&app, &source, "wh_1", &event("resp_2")).await;
    assert_eq!((other.status, &other.json["duplicate"]), (200, &json!(false)), "{other:?}");
    assert_ne!(other.json["id"], first.json["id"]);

    let alert = stream.until("alert").await.pop().expect("an alert").data;
    assert_eq!(alert["kind"], "same_delivery");
    let detail = alert["detail"].as_str().expect("text");
    for id in [&first.json["id"], &other.json["id"]] {
        assert!(detail.contains(id.as_str().expect("a uuid")), "{detail}");
    }
}

#[tokio::test]
async fn a_secret_that_is_being_replaced_ends_at_its_date() {
    let previous = format!("{}_PREVIOUS", variable("generic-hmac"));
    let until = format!("{previous}_UNTIL");
    let (old, new) = (sender("generic-hmac", "the-old-one"), sender("generic-hmac", "the-new-one"));
    let secrets = [(variable("generic-hmac"), "the-new-one"), (previous, "the-old-one")];
    let mut settings: Vec<(&str, &str)> =
        secrets.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let database = Arc::new(TestDatabase::new().await);
    for (date, state, status) in
        [(None, "active", 200), (Some("2999-01-31"), "retiring", 200), (Some("2001-01-31"), "retired", 401)]
    {
        settings.truncate(2);
        settings.extend(date.map(|date| (until.as_str(), date)));
        let app = TestApp::beside(&database, &settings).await;
        let body = format!(r#"{{"job_id":"{state}"}}"#);
        assert_eq!(deliver(&app, &old, "", &body).await.status, status, "{state}");
        assert_eq!(deliver(&app, &new, "", &body).await.status, 200, "{state}");
        let listed = app.get(&app.admin().await, "/api/admin/sources").await;
        let source = &listed.json["sources"][0];
        assert_eq!(
            (&source["name"], &source["secrets"][1]["state"]),
            (&json!("generic-hmac"), &json!(state))
        );
        assert!(!listed.json.to_string().contains("the-old-one"));
        app.stop().await.expect("it stops well");
    }
}

#[tokio::test]
async fn a_source_may_have_any_path_and_none_that_is_turned_off() {
    let settings = [
        ("CALLBACKD_SOURCES_RENDERER_PRESET", "generic-hmac"),
        ("CALLBACKD_SOURCES_RENDERER_SECRET", "secret-of-the-renderer"),
        ("CALLBACKD_SOURCES_RENDERER_PATH", "/hooks/renderer"),
        ("CALLBACKD_SOURCES_RENDERER_SIGNATURE", "X-Renderer: t={timestamp},s={base64}"),
        ("CALLBACKD_SOURCES_RENDERER_SIGNED_CONTENT", "{timestamp}:{body}"),
        ("CALLBACKD_SOURCES_RENDERER_ALGORITHM", "hmac-sha512"),
        ("CALLBACKD_SOURCES_RENDERER_OUTCOMES", r#"{ "render.done" = "processed" }"#),
        ("CALLBACKD_SOURCES_RENDERER_JOB_ID", "/renders/0/id"),
        (
            "CALLBACKD_SOURCES_RENDERER_SAMPLE",
            r#"{"renders":[{"id":"","frames":3},7],"event":"render.done"}"#,
        ),
        ("CALLBACKD_SOURCES_GITHUB_SECRET", "secret"),
        ("CALLBACKD_SOURCES_GITHUB_ENABLED", "false"),
    ];
    let app = TestApp::with(&settings).await;
    let listed = app.get(&app.admin().await, "/api/admin/sources").await;
    let names: Vec<&str> = listed.json["sources"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|source| source["name"].as_str().expect("a name"))
        .collect();
    assert_eq!(names, ["llm", "renderer"]);
    let renderer = &listed.json["sources"][1];
    assert_eq!(renderer["url"], app.url("/hooks/renderer"));
    assert_eq!(renderer["signedContent"], "{timestamp}:{body}");

    // The ready command is as good as the sender's own request.
    let curl = renderer["curl"].as_str().expect("a command").replace("\\\n", "");
    let ran = tokio::process::Command::new("sh")
        .arg("-c")
        .arg(format!("{curl} -s"))
        .output()
        .await
        .expect("curl runs");
    let answer: Value = serde_json::from_slice(&ran.stdout).unwrap_or_else(|_| panic!("{curl}: {ran:?}"));
    assert_eq!(answer["received"], json!(true), "{answer}");
    let stored = newest(&app).await;
    assert_eq!(stored["job"], answer["callbackId"]);
    let sql = "select payload::text from llm_callbacks where source = 'renderer'";
    let payload: String = app.client.query_one(sql, &[]).await.expect("a row").get(0);
    let payload: Value = serde_json::from_str(&payload).expect("JSON");
    let renders = json!([{"id": answer["callbackId"], "frames": 3}, 7]);
    assert_eq!(payload["renders"], renders, "the sample keeps its shape");

    // A page of another origin cannot sign, and a sender may be one.
    let answer = app
        .ask(app.request(Method::POST, "/hooks/renderer").header("origin", "https://example.com").body("{}"))
        .await;
    assert_eq!(answer.problem(), (401, "Missing signature header"));
    assert_eq!(answer.header("content-security-policy"), "");
    for method in [Method::GET, Method::PUT] {
        let answer = app.ask(app.request(method, "/hooks/renderer")).await;
        assert_eq!((answer.problem().0, answer.header("allow")), (405, "POST"));
    }
    for path in ["/api/webhooks/github", "/v1/stepper/callback", "/v1/webhooks/report-completed"] {
        assert_eq!(post(&app, path, "{}", &[]).await.problem(), (404, "Not found"), "{path}");
    }
}

#[tokio::test]
async fn a_member_sees_reports_of_their_own_live_and_no_others() {
    let app = TestApp::with(&[("WEBHOOK_SECRET", REPORTS)]).await;
    let (member, other) =
        (rows::person(&app.client, "MEMBER").await, rows::person(&app.client, "MEMBER").await);
    let tokens = (rows::token(&app.client, member).await, rows::token(&app.client, other).await);
    let source = sender("stepper", REPORTS);
    let path = "/api/me/callbacks/stream";
    let mut stream = Stream::open(&app, &tokens.0, path, None).await;
    stream.until("ready").await;
    let report = |job: &str, owner: Uuid| {
        let now = Utc::now().timestamp_millis();
        // As some senders write it.
        let owner = owner.to_string().to_uppercase();
        format!(
            r#"{{"jobId":"{job}","status":"completed","metadata":{{"userId":"{owner}"}},"timestamp":{now}}}"#
        )
    };
    let step = format!(r#"{{"success":true,"metadata":{{"jobId":"mine","userId":"{member}"}}}}"#);
    for (job, owner) in [("theirs", other), ("mine", member)] {
        assert_eq!(deliver(&app, &source, "", &report(job, owner)).await.status, 200);
    }
    let forgery = report("forged", member);
    let forger = sender("stepper", "another-secret");
    assert_eq!(
        post(&app, &source.path, forgery.clone(), &signed(&forger, "", forgery.as_bytes())).await.status,
        401
    );
    assert_eq!(deliver(&app, &sender("stepper-callback", REPORTS), "", &step).await.status, 200);

    let events = stream.until_event(|event| event.data["source"] == "stepper-callback").await;
    let seen: Vec<_> = events
        .iter()
        .filter(|event| event.name == "callback")
        .map(|event| event.data["callbackId"].clone())
        .collect();
    assert_eq!(seen, ["mine", "mine"], "{events:?}");
    eventually("the forgery is recorded", async || {
        let sql = "select count(*) from llm_callbacks where rejection is not null";
        app.client.query_one(sql, &[]).await.is_ok_and(|row| row.get::<_, i64>(0) == 1)
    })
    .await;
    let history = app.get(&tokens.0, "/api/me/callbacks/history").await;
    let listed = history.json["callbacks"].as_array().expect("a list");
    assert_eq!(listed.len(), 2, "{listed:?}");
    let id = listed[0]["id"].as_str().expect("a uuid");
    assert_eq!(app.get(&tokens.0, &format!("/api/me/callbacks/{id}")).await.status, 200);
    assert_eq!(app.get(&tokens.1, &format!("/api/me/callbacks/{id}")).await.status, 404);
    assert_eq!(
        app.get(&tokens.1, "/api/me/callbacks/history").await.json["callbacks"].as_array().map(Vec::len),
        Some(1)
    );
}

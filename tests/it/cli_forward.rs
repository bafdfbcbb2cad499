//! `callbackd tail --forward`: what a local server gets, what is said of it, and where the next start goes on.

use std::path::Path;

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use callbackd::source::hex;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::support::app::TestApp;
use crate::support::eventually;
use crate::support::receiver::Receiver;
use crate::support::rows::{NewRow, store};
use crate::support::running::Running;
use crate::support::site::{SIGNATURE, llm, signature};

/// One developer's machine: what is remembered lies in `home`.
fn forward(app: &TestApp, token: &str, to: &str, flags: &str, home: &Path) -> Running {
    let line = format!("tail --url {} --forward {to} {flags}", app.url(""));
    let home_text = home.display().to_string();
    Running::start(&line, &[("CALLBACKD_TOKEN", token), ("HOME", &home_text)], home)
}

fn home() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

async fn attempts(app: &TestApp, token: &str, id: &str) -> Vec<Value> {
    let answer = app.get(token, &format!("/api/admin/llm-callbacks/{id}/attempts")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json["attempts"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn a_local_server_gets_the_bytes_and_headers_that_the_sender_sent() {
    let app = TestApp::start().await;
    let (token, home, local) = (app.admin().await, home(), Receiver::answering(&[]).await);
    let following = forward(&app, &token, &local.url(), "", home.path());
    following.says("following").await;
    let body = "{ \"job_id\" : \"a\",\n\t\"b\":1.50, \"a\":\"\\u0000 é\" }\n";
    let signed = app.sign(body);
    let headers = [
        (SIGNATURE, signed.as_str()),
        ("content-type", "application/json; charset=utf-8"),
        ("user-agent", "LLM-Service/1.0"),
        ("x-many", "1"),
        ("x-many", "2"),
        ("x-hop", "mine"),
        ("connection", "x-hop"),
        ("cookie", "secret"),
        ("authorization", "Bearer secret"),
    ];
    let stored = app.send(body, &headers).await;
    assert_eq!(stored.status, 200);
    let got = local.requests(1).await;
    let (headers, bytes) = &got[0];
    assert_eq!(bytes, body);
    let all =
        |name: &str| headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect::<Vec<_>>();
    assert_eq!((all(SIGNATURE), all("x-many")), (vec![signed.as_str()], vec!["1", "2"]));
    assert_eq!(all("content-type"), ["application/json; charset=utf-8"]);
    assert_eq!(
        (all("user-agent"), all("host")),
        (vec!["LLM-Service/1.0"], vec![&*local.address.to_string()])
    );
    for gone in ["x-hop", "cookie", "authorization"] {
        assert_eq!(all(gone), Vec::<&str>::new(), "{gone}");
    }
    let lines = following.lines(2).await;
    assert!(lines[1].starts_with("         → 200 in ") && lines[1].ends_with(" ms"), "{lines:?}");

    let id = stored.text("id");
    eventually("it is reported", async || !attempts(&app, &token, id).await.is_empty()).await;
    let attempt = attempts(&app, &token, id).await.remove(0);
    assert_eq!((&attempt["target"], &attempt["status"]), (&json!(local.url()), &json!(200)));
    assert_eq!((&attempt["answer"], &attempt["error"]), (&json!("taken"), &Value::Null));
}

#[tokio::test]
async fn a_local_server_that_restarts_is_waited_for_and_gets_all_in_order() {
    let app = TestApp::start().await;
    let (token, home, local) = (app.admin().await, home(), Receiver::answering(&[]).await);
    let (address, url) = (local.address, local.url());
    let following = forward(&app, &token, &url, "", home.path());
    following.says("following").await;
    app.store(llm("workflow.completed", "first")).await;
    local.requests(1).await;
    drop(local);
    for job in ["second", "third", "fourth"] {
        app.store(llm("workflow.completed", job)).await;
    }
    following.says("nobody answers there").await;
    // As a framework answers that is still starting.
    let local = Receiver::at(address, &[(503, "starting")]).await;
    let got = local.requests(4).await;
    let jobs: Vec<Value> = got
        .iter()
        .map(|(_, body)| serde_json::from_slice::<Value>(body).unwrap()["job_id"].clone())
        .collect();
    assert_eq!(jobs, ["second", "second", "third", "fourth"]);
}

#[tokio::test]
async fn the_next_start_goes_on_where_the_last_one_stopped() {
    let app = TestApp::start().await;
    let (token, home, local) = (app.admin().await, home(), Receiver::answering(&[]).await);
    let mut following = forward(&app, &token, &local.url(), "", home.path());
    following.says("following").await;
    app.store(llm("workflow.completed", "one")).await;
    following.lines(2).await;
    let second = forward(&app, &token, &local.url(), "", home.path()).ended().await;
    assert_eq!(second, 1, "two would send everything twice");
    following.interrupt();
    assert_eq!(following.ended().await, 0);

    app.store(llm("workflow.completed", "two")).await;
    let again = forward(&app, &token, &local.url(), "", home.path());
    again.says("following").await;
    app.store(llm("workflow.completed", "three")).await;
    let got = local.requests(3).await;
    let jobs: Vec<Value> = got
        .iter()
        .map(|(_, body)| serde_json::from_slice::<Value>(body).unwrap()["job_id"].clone())
        .collect();
    assert_eq!(jobs, ["one", "two", "three"], "each once");
    assert!(home.path().join(".local/state/callbackd/forward").is_dir());
}

#[tokio::test]
async fn an_answer_that_says_no_is_shown_and_reported_and_the_next_one_follows() {
    let app = TestApp::start().await;
    let (token, home) = (app.admin().await, home());
    let local = Receiver::answering(&[(500, "it \u{1b}[31mbroke"), (302, "")]).await;
    let following = forward(&app, &token, &local.url(), "", home.path());
    following.says("following").await;
    let first = app.store(llm("workflow.completed", "one")).await;
    app.store(llm("workflow.completed", "two")).await;
    app.store(llm("workflow.completed", "three")).await;
    let lines = following.lines(6).await;
    assert!(lines[1].contains("→ 500 in ") && lines[1].ends_with(r"it \u{1b}[31mbroke"), "{lines:?}");
    assert!(lines[3].contains("→ 302 in ") && lines[5].contains("→ 200 in "), "{lines:?}");
    assert_eq!(local.got().len(), 3, "a redirect is an answer");
    let id = first["id"].as_str().expect("an id");
    eventually("it is reported", async || !attempts(&app, &token, id).await.is_empty()).await;
    assert_eq!(attempts(&app, &token, id).await[0]["status"], 500);
}

#[tokio::test]
async fn what_is_sent_on_can_be_signed_with_another_secret() {
    let app =
        TestApp::with(&[("CALLBACKD_SOURCES_OPENAI_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]).await;
    let (token, home, local) = (app.admin().await, home(), Receiver::answering(&[]).await);
    let secret = home.path().join("secret");
    std::fs::write(&secret, "another secret\n").expect("it can be written");
    let flags = format!("--source llm --resign-secret-file {}", secret.display());
    let following = forward(&app, &token, &local.url(), &flags, home.path());
    following.says("following").await;
    app.store(llm("workflow.completed", "one")).await;
    let got = local.requests(1).await;
    let (headers, body) = &got[0];
    assert_eq!(headers[SIGNATURE], signature("another secret", body));
    assert_eq!(headers.get_all(SIGNATURE).iter().count(), 1);
}

#[tokio::test]
async fn what_an_admin_has_added_is_signed_anew_as_it_was_added() {
    let app = TestApp::with(&[("CALLBACKD_SECRETS_KEY", &"07".repeat(32))]).await;
    let (token, home, local) = (app.admin().await, home(), Receiver::answering(&[]).await);
    let settings = json!({"preset": "openai", "signature": "X-Renderer: {hex}", "signed_content": "{body}", "id": "",
        "timestamp": "", "secret_format": "{text}", "job_id": "/job_id", "fetch": {"timeout": "5s"}});
    let new = json!({"name": "renderer", "settings": settings, "secret": "as the service has it", "fetchKey": "k-1"});
    let added = app.post(&token, "/api/admin/sources", &new).await;
    assert_eq!(added.status, 201, "{added:?}");
    store(&app.client, &[callback("renderer", &[("x-renderer", "old")]), callback("nobody", &[])]).await;
    let secret = home.path().join("secret");
    std::fs::write(&secret, "a key of the desk").expect("it can be written");
    let flags = format!("--after 0 --resign-secret-file {}", secret.display());
    let following = forward(&app, &token, &local.url(), &flags, home.path());
    let got = local.requests(2).await;
    let (headers, body) = &got[0];
    let body = str::from_utf8(body).expect("text");
    assert_eq!(text(headers, "x-renderer"), hex(&hmac(b"a key of the desk", body)));
    let lines = following.lines(5).await.join("\n");
    assert_eq!(lines.matches("not signed anew").count(), 1, "{lines}");
    assert!(lines.contains("no source \"nobody\" is configured here, and the server"), "{lines}");
}

/// A callback as one service sends it, with a signature that nobody needs.
fn callback(source: &'static str, headers: &[(&str, &str)]) -> NewRow {
    let headers = serde_json::to_string(headers).expect("JSON");
    NewRow { source, headers, ..NewRow::new(source) }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    assert_eq!(headers.get_all(name).iter().count(), 1, "{name}: {headers:?}");
    headers[name].to_str().expect("text")
}

/// The HMAC-SHA256 over `content`, which this must be made of.
fn hmac(key: &[u8], content: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.update(content.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[tokio::test]
async fn each_scheme_with_a_secret_is_signed_anew_as_its_service_would_and_keys_that_are_published_are_not() {
    let app = TestApp::start().await;
    let (token, home, local) = (app.admin().await, home(), Receiver::answering(&[]).await);
    let (path, key) = (home.path().join("secret"), b"a key of the desk".as_slice());
    let secret = format!("whsec_{}", STANDARD.encode(key));
    std::fs::write(&path, &secret).expect("it can be written");
    let sent = [
        callback(
            "standard-webhooks",
            &[("webhook-id", "msg_17"), ("webhook-timestamp", "1"), ("webhook-signature", "v1,old")],
        ),
        callback("stripe", &[("stripe-signature", "t=1,v1=old")]),
        callback("github", &[("x-hub-signature-256", "sha256=old"), ("x-github-delivery", "d-1")]),
        callback("fal", &[("x-fal-webhook-timestamp", "1"), ("x-fal-webhook-signature", "old")]),
    ];
    store(&app.client, &sent).await;
    let flags = format!("--after 0 --resign-secret-file {}", path.display());
    let following = forward(&app, &token, &local.url(), &flags, home.path());
    let got = local.requests(4).await;
    let (headers, bodies): (Vec<_>, Vec<_>) = got.iter().cloned().unzip();
    let body = |at: usize| str::from_utf8(&bodies[at]).expect("text").to_owned();

    let time = text(&headers[0], "webhook-timestamp");
    assert_ne!(time, "1", "it is signed now");
    let signed = STANDARD.encode(hmac(key, &format!("msg_17.{time}.{}", body(0))));
    assert_eq!(text(&headers[0], "webhook-signature"), format!("v1,{signed}"));
    assert_eq!(text(&headers[0], "webhook-id"), "msg_17", "the delivery is the same");

    let (time, signed) = text(&headers[1], "stripe-signature").split_once(',').expect("two items");
    let time = time.strip_prefix("t=").filter(|time| *time != "1").expect("the time of now");
    assert_eq!(signed, format!("v1={}", hex(&hmac(secret.as_bytes(), &format!("{time}.{}", body(1))))));

    let signed = format!("sha256={}", hex(&hmac(secret.as_bytes(), &body(2))));
    assert_eq!(text(&headers[2], "x-hub-signature-256"), signed);
    assert_eq!(text(&headers[2], "x-github-delivery"), "d-1");

    let lines = following.lines(9).await.join("\n");
    let refused =
        "not signed anew, sent as it came: fal signs with a private key and publishes the other half";
    assert_eq!(lines.matches("not signed anew").count(), 1, "{lines}");
    assert!(lines.contains(refused) && !(lines + &following.err()).contains(&secret));
    assert_eq!(text(&headers[3], "x-fal-webhook-signature"), "old");
    assert_eq!(text(&headers[3], "x-fal-webhook-timestamp"), "1");
}

#[tokio::test]
async fn a_request_that_was_refused_is_shown_and_not_sent_on() {
    let app = TestApp::start().await;
    let (token, home, local) = (app.admin().await, home(), Receiver::answering(&[]).await);
    store(&app.client, &[NewRow::reject("forged"), NewRow::new("good")]).await;
    let following = forward(&app, &token, &local.url(), "--after 0", home.path());
    let lines = following.lines(4).await;
    assert!(lines[1].contains("not forwarded: it was refused"), "{lines:?}");
    assert_eq!(local.got().len(), 1);
}

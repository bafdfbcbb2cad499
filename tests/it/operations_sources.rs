//! What an admin sees of the sources, and trying one without its sender.

use callbackd::source;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::rows::{self, NewRow, store};
use crate::support::sse::Stream;

const SOURCES: &str = "/api/admin/sources";

#[tokio::test]
async fn a_test_callback_is_verified_stored_and_pushed_like_any_other() {
    let app = TestApp::start().await;
    app.listening().await;
    let admin = app.admin().await;
    let mut stream = Stream::ready(&app, &admin).await;
    let sent = app.post(&admin, &format!("{SOURCES}/llm/test"), &json!({})).await;
    assert_eq!(sent.status, 200, "{sent:?}");
    let pushed = stream.until("callback").await.pop().expect("an event").data;
    assert_eq!((&pushed["id"], &pushed["cursor"]), (&sent.json["id"], &sent.json["cursor"]));
    assert_eq!(pushed["callbackId"], sent.json["callbackId"]);
    assert_eq!((&pushed["signatureValid"], &pushed["status"]), (&json!(true), &json!("processed")));
    let detail = app.get(&admin, &format!("/api/admin/llm-callbacks/{}", sent.text("id"))).await;
    assert!(
        detail.json["callback"]["signatureHeader"].as_str().is_some_and(|text| text.starts_with("sha256="))
    );

    let again = app.post(&admin, &format!("{SOURCES}/llm/test"), &json!({})).await;
    assert_ne!(again.json["id"], sent.json["id"], "each is a callback of its own");
    let unknown = app.post(&admin, &format!("{SOURCES}/nobody/test"), &json!({})).await;
    assert_eq!(unknown.problem(), (404, "Not found"));
    let member = rows::person(&app.client, "MEMBER").await;
    let member = rows::token(&app.client, member).await;
    assert_eq!(app.post(&member, &format!("{SOURCES}/llm/test"), &json!({})).await.status, 403);
}

/// Each signs in its own way, and is verified in that way.
#[tokio::test]
async fn every_preset_can_be_tried_without_its_service() {
    let mut settings = Vec::new();
    for name in source::presets().filter(|name| *name != source::LLM) {
        let known = source::find(&[], name).expect("a preset is valid").expect("it is known");
        let key = name.to_uppercase().replace('-', "_");
        let secret = known.random_secret();
        settings.push((format!("CALLBACKD_SOURCES_{key}_SECRET"), secret.expose_secret().to_owned()));
        if known.jwks_url.is_some() {
            // Nobody is asked for the service's own keys.
            settings.push((format!("CALLBACKD_SOURCES_{key}_JWKS_URL"), "http://127.0.0.1:9/".to_owned()));
        }
    }
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (&**name, &**value)).collect();
    let app = TestApp::with(&settings).await;
    let admin = app.admin().await;
    let sources = app.get(&admin, SOURCES).await.json["sources"].clone();
    let names: Vec<&str> = sources.as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap()).collect();
    assert!(names.len() > 8, "{names:?}");
    for name in names {
        let sent = app.post(&admin, &format!("{SOURCES}/{name}/test"), &json!({})).await;
        assert_eq!(sent.status, 200, "{name}: {sent:?}");
        let detail = app.get(&admin, &format!("/api/admin/llm-callbacks/{}", sent.text("id"))).await;
        let callback = &detail.json["callback"];
        assert_eq!(
            (&callback["source"], &callback["signatureValid"]),
            (&json!(name), &json!(true)),
            "{callback}"
        );
    }
}

#[tokio::test]
async fn where_no_secret_is_set_a_test_callback_is_accepted_unsigned_as_others_are() {
    let app = TestApp::with(&[("LLM_WEBHOOK_SECRET", ""), ("CALLBACKD_UNSIGNED", "accept")]).await;
    let admin = app.admin().await;
    let sent = app.post(&admin, &format!("{SOURCES}/llm/test"), &json!({})).await;
    assert_eq!(sent.status, 200, "{sent:?}");
    let detail = app.get(&admin, &format!("/api/admin/llm-callbacks/{}", sent.text("id"))).await;
    assert_eq!(detail.json["callback"]["signatureValid"], false);
}

#[tokio::test]
async fn each_source_says_what_it_has_sent_of_late() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let traffic = async || app.get(&admin, SOURCES).await.json["sources"][0]["traffic"].clone();
    assert_eq!(traffic().await, json!({ "lastId": null, "lastAt": null, "received": 0, "rejects": 0 }));
    let stored = store(&app.client, &[NewRow::new("old"), NewRow::new("one"), NewRow::new("two")]).await;
    let backdate =
        "update llm_callbacks set created_at = created_at - interval '25 hours' where callback_id = 'old'";
    app.client.execute(backdate, &[]).await.expect("it is made older");
    store(&app.client, &[NewRow::reject("forged"), NewRow { source: "another", ..NewRow::new("three") }])
        .await;
    let seen = traffic().await;
    assert_eq!((&seen["received"], &seen["rejects"]), (&json!(3), &json!(1)));
    assert_eq!(seen["lastId"], json!(stored[2].id));
    assert!(seen["lastAt"].as_str().is_some_and(|time| time.ends_with('Z')), "{seen}");
    let deleted = app.delete(&admin, &format!("/api/admin/llm-callbacks/{}", stored[2].id)).await;
    assert_eq!(deleted.status, 204);
    let seen: Value = traffic().await;
    assert_eq!((&seen["lastId"], &seen["received"]), (&json!(stored[1].id), &json!(3)));
}

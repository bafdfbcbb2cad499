//! Sources that admins add at run time: on every node, sealed in the database, and never over the configuration.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::site::{Answer, signature};
use crate::support::{eventually, rows};

const SOURCES: &str = "/api/admin/sources";
const KEY: &str = "CALLBACKD_SECRETS_KEY";
const PREVIOUS: &str = "CALLBACKD_SECRETS_KEY_PREVIOUS";
const SECRET: &str = "a secret that an admin has pasted";

fn key(byte: u8) -> String {
    format!("{byte:02x}").repeat(32)
}

fn path(source: &str) -> String {
    format!("/api/webhooks/{source}")
}

/// One that signs as the LLM service does.
fn new(name: &str) -> Value {
    json!({"name": name, "settings": {"preset": "llm", "title": "Somebody", "path": path(name)}, "secret": SECRET})
}

/// Sends a callback to a source that signs as the LLM service does.
async fn send(app: &TestApp, source: &str, secret: &str) -> u16 {
    let body = json!({"job_id": uuid::Uuid::new_v4(), "event": "workflow.completed"}).to_string();
    let request = app
        .request(Method::POST, &path(source))
        .header("X-Webhook-Signature", signature(secret, body.as_bytes()));
    app.ask(request.body(body)).await.status
}

async fn listed(app: &TestApp, admin: &str, name: &str) -> Value {
    let list = app.get(admin, SOURCES).await;
    let sources = list.json["sources"].as_array().expect("a list").clone();
    sources.into_iter().find(|source| source["name"] == name).unwrap_or_default()
}

async fn put(app: &TestApp, admin: &str, name: &str, body: &Value) -> Answer {
    app.ask(app.request(Method::PUT, &format!("{SOURCES}/{name}")).bearer_auth(admin).json(body)).await
}

#[tokio::test]
async fn a_source_is_added_changed_turned_off_and_removed_on_every_node() {
    let app = TestApp::with(&[(KEY, &key(1))]).await;
    // It hears of it by a signal, and not because it looks every few seconds.
    let rarely = [(KEY, &*key(1)), ("CALLBACKD_LISTENER_POLL_INTERVAL", "1h")];
    let other = TestApp::beside(&app.database, &rarely).await;
    let admin = app.admin().await;
    assert_eq!(send(&app, "partner", SECRET).await, 404);
    let added = app.post(&admin, SOURCES, &new("partner")).await;
    assert_eq!((added.status, &added.json["secret"]), (201, &Value::Null), "{added:?}");
    assert_eq!(send(&app, "partner", SECRET).await, 200, "at once where it was added");
    eventually("the other node hears of it", async || send(&other, "partner", SECRET).await == 200).await;
    assert_eq!(send(&app, "partner", "another").await, 401);

    let seen = listed(&app, &admin, "partner").await;
    assert_eq!(
        (&seen["title"], &seen["added"]["version"], &seen["added"]["problem"]),
        (&json!("Somebody"), &json!(1), &Value::Null)
    );
    assert_eq!(seen["secrets"][0]["state"], "active");
    assert!(!seen.to_string().contains(SECRET));
    assert_eq!(listed(&app, &admin, "llm").await["added"], Value::Null);

    let off =
        json!({"version": 1, "settings": {"preset": "llm", "path": "/hooks/partner"}, "enabled": false});
    assert_eq!(put(&app, &admin, "partner", &off).await.json["version"], 2);
    assert_eq!(put(&app, &admin, "partner", &off).await.status, 409, "somebody was faster");
    assert_eq!(send(&app, "partner", SECRET).await, 404);
    eventually("the other node hears of it", async || send(&other, "partner", SECRET).await == 404).await;
    let seen = listed(&app, &admin, "partner").await;
    assert_eq!((&seen["path"], &seen["added"]["enabled"]), (&json!("/hooks/partner"), &json!(false)));

    assert_eq!(app.delete(&admin, &format!("{SOURCES}/partner")).await.status, 204);
    assert_eq!(listed(&app, &admin, "partner").await, Value::Null);
    assert_eq!(app.delete(&admin, &format!("{SOURCES}/partner")).await.status, 404);
}

#[tokio::test]
async fn a_secret_is_rotated_with_both_live_and_lies_sealed() {
    let app = TestApp::with(&[(KEY, &key(1))]).await;
    let admin = app.admin().await;
    let added = app
        .post(
            &admin,
            SOURCES,
            &json!({"name": "partner", "settings": {"preset": "llm", "path": path("partner")}}),
        )
        .await;
    let made_up = added.text("secret").to_owned();
    assert_eq!(send(&app, "partner", &made_up).await, 200, "{added:?}");

    let secrets = format!("{SOURCES}/partner/secrets");
    let second = app.post(&admin, &secrets, &json!({"secret": SECRET})).await;
    assert_eq!((second.status, &second.json["secret"]), (201, &Value::Null), "{second:?}");
    for secret in [made_up.as_str(), SECRET] {
        assert_eq!(send(&app, "partner", secret).await, 200, "both are live");
    }
    let third =
        app.post(&admin, &secrets, &json!({"othersUntil": "2020-01-01T00:00:00Z", "secret": "third"})).await;
    assert_eq!(third.status, 201, "{third:?}");
    assert_eq!(send(&app, "partner", "third").await, 200);
    assert_eq!(send(&app, "partner", SECRET).await, 401, "it has ended");
    let id = third.text("id").to_owned();
    assert_eq!(app.delete(&admin, &format!("{secrets}/{id}")).await.status, 204);
    assert_eq!(app.delete(&admin, &format!("{secrets}/{id}")).await.status, 404);
    assert_eq!(app.delete(&admin, &format!("{secrets}/x")).await.status, 400);

    let sealed = app.client.query("select sealed from source_secrets", &[]).await.unwrap();
    assert_eq!(sealed.len(), 2);
    for row in sealed {
        let sealed: Vec<u8> = row.get(0);
        assert!(![made_up.as_str(), SECRET].iter().any(|secret| sealed.starts_with(secret.as_bytes())));
    }
}

#[tokio::test]
async fn a_secret_that_is_made_up_has_the_shape_that_its_service_takes() {
    let app = TestApp::with(&[(KEY, &key(1))]).await;
    let admin = app.admin().await;
    let added = app.post(&admin, SOURCES, &json!({"name": "deepgram"})).await;
    let (user, password) = added.text("secret").split_once(':').expect("a user and a password");
    assert!(user == "callbackd" && password.len() == 64, "{added:?}");
    let request = app.request(Method::POST, &path("deepgram")).basic_auth(user, Some(password));
    let body = json!({"metadata": {"request_id": "r-1"}}).to_string();
    assert_eq!(app.ask(request.body(body)).await.status, 200, "as a callback URL with both has it sent");
    for preset in ["openai", "github", "fal"] {
        let of_preset = json!({"name": preset, "secret": null});
        let added = app.post(&admin, SOURCES, &of_preset).await;
        assert_eq!(added.status, 201, "{added:?}");
        let begins = if preset == "openai" { "whsec_" } else { "" };
        assert_eq!(added.json["secret"].is_null(), preset == "fal", "{added:?}");
        assert!(preset == "fal" || added.text("secret").starts_with(begins), "{added:?}");
    }
}

#[tokio::test]
async fn the_key_that_seals_is_rotated_and_one_that_is_missing_is_said() {
    let app = TestApp::with(&[(KEY, &key(1))]).await;
    let admin = app.admin().await;
    assert_eq!(app.post(&admin, SOURCES, &new("partner")).await.status, 201);
    let unkeyed = TestApp::beside(&app.database, &[]).await;
    assert_eq!(send(&unkeyed, "partner", SECRET).await, 404);
    let seen = listed(&unkeyed, &admin, "partner").await;
    assert_eq!(seen["added"]["problem"], "secrets_key is not set");
    assert_eq!(seen["secrets"][0]["state"], "sealed");
    let refused = unkeyed.post(&admin, SOURCES, &new("more")).await;
    assert!(refused.status == 409 && refused.text("detail").contains("CALLBACKD_SECRETS_KEY"), "{refused:?}");

    let both = TestApp::beside(&app.database, &[(KEY, &key(2)), (PREVIOUS, &key(1))]).await;
    assert_eq!(send(&both, "partner", SECRET).await, 200);
    let new_alone = TestApp::beside(&app.database, &[(KEY, &key(2))]).await;
    assert_eq!(send(&new_alone, "partner", SECRET).await, 200, "it was sealed again");
    let wrong = TestApp::beside(&app.database, &[(KEY, &key(3))]).await;
    let third = wrong.post(&admin, &format!("{SOURCES}/partner/secrets"), &json!({"secret": "third"})).await;
    assert_eq!(third.status, 201, "{third:?}");
    assert_eq!(send(&wrong, "partner", "third").await, 200, "one that opens is enough");
    assert_eq!(
        app.delete(&admin, &format!("{SOURCES}/partner/secrets/{}", third.text("id"))).await.status,
        204
    );
    eventually("it is gone", async || send(&wrong, "partner", "third").await == 404).await;
    let problem = listed(&wrong, &admin, "partner").await["added"]["problem"].to_string();
    assert!(problem.contains("neither secrets_key nor secrets_key_previous"), "{problem}");
}

#[tokio::test]
async fn what_is_wrong_with_a_source_is_said_and_the_configuration_wins() {
    let app = TestApp::with(&[(KEY, &key(1)), ("CALLBACKD_SOURCES_OPENAI_SECRET", "whsec_c2VjcmV0")]).await;
    let admin = app.admin().await;
    let of = |name: &str, settings: Value| json!({"name": name, "settings": settings});
    for (body, status, detail) in [
        (of("Bad Name", json!({"preset": "llm"})), 400, "is no name of a source"),
        (of("partner", json!({"preset": "nobody"})), 400, "nobody"),
        (of("partner", json!({"preset": "llm", "pth": "/x"})), 400, "unknown setting"),
        (of("partner", json!({"preset": "llm", "secret": "x"})), 400, "unknown setting"),
        (of("partner", json!({"preset": "llm", "path": null})), 400, "path"),
        (of("partner", json!({"preset": "llm", "path": "/api/admin/people"})), 400, "path"),
        (of("llm", json!({})), 409, "the configuration has a source llm"),
        (of("partner", json!({"preset": "llm", "path": "/api/webhooks/openai"})), 409, "is that of openai"),
        (json!({"name": "other", "settings": {"preset": "openai"}, "secret": "???"}), 400, "secret"),
        (json!({"name": "other", "settings": {"preset": "fal"}, "secret": "no key"}), 400, "secret"),
        (of("other", json!({"preset": "fal", "jwks_url": "http://127.0.0.1/keys"})), 400, "unknown setting"),
    ] {
        let refused = app.post(&admin, SOURCES, &body).await;
        assert_eq!(refused.status, status, "{body}: {refused:?}");
        assert!(refused.text("detail").contains(detail), "{body}: {refused:?}");
    }
    assert_eq!(app.post(&admin, SOURCES, &new("partner")).await.status, 201);
    assert_eq!(app.post(&admin, SOURCES, &new("partner")).await.status, 409);
    let change = json!({"version": 1, "settings": {"preset": "llm", "path": path("x")}, "enabled": true});
    assert_eq!(put(&app, &admin, "openai", &change).await.status, 409, "it is of the configuration");
    assert_eq!(put(&app, &admin, "nobody", &change).await.status, 404);

    let taken = [
        (KEY, key(1)),
        ("CALLBACKD_SOURCES_PARTNER_PRESET", "llm".to_owned()),
        ("CALLBACKD_SOURCES_PARTNER_PATH", path("partner")),
        ("CALLBACKD_SOURCES_PARTNER_SECRET", "secret of the settings".to_owned()),
    ];
    let taken: Vec<(&str, &str)> = taken.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let configured = TestApp::beside(&app.database, &taken).await;
    assert_eq!(send(&configured, "partner", "secret of the settings").await, 200);
    assert_eq!(send(&configured, "partner", SECRET).await, 401);
    let problem = listed(&configured, &admin, "partner").await["added"]["problem"].clone();
    assert_eq!(problem, "the configuration has a source partner");
}

#[tokio::test]
async fn a_member_changes_no_source() {
    let app = TestApp::with(&[(KEY, &key(1))]).await;
    let member = rows::person(&app.client, "MEMBER").await;
    let member = rows::token(&app.client, member).await;
    let change = json!({"version": 1, "settings": {}, "enabled": true});
    for answer in [
        app.post(&member, SOURCES, &new("partner")).await,
        put(&app, &member, "partner", &change).await,
        app.delete(&member, &format!("{SOURCES}/partner")).await,
        app.post(&member, &format!("{SOURCES}/partner/secrets"), &json!({})).await,
        app.delete(&member, &format!("{SOURCES}/partner/secrets/{}", uuid::Uuid::nil())).await,
    ] {
        assert_eq!(answer.status, 403, "{answer:?}");
    }
}

#[tokio::test]
async fn a_source_that_was_added_fetches_with_a_key_that_is_sealed_and_shown_to_nobody() {
    const FETCH_KEY: &str = "sk-of-the-service";
    let app = TestApp::with(&[(KEY, &key(1))]).await;
    let admin = app.admin().await;
    let settings = json!({"preset": "openai", "fetch": {"private_networks": "127.0.0.0/8"}});
    let inward =
        json!({"name": "openai", "settings": settings, "secret": "whsec_aGVsbG8=", "fetchKey": FETCH_KEY});
    let refused = app.post(&admin, SOURCES, &inward).await;
    assert_eq!(refused.problem(), (400, "Invalid source"));
    assert!(refused.text("detail").contains("unknown setting \"fetch.private_networks\""), "{refused:?}");

    let thin = json!({"name": "openai", "secret": "whsec_aGVsbG8=", "fetchKey": FETCH_KEY});
    assert_eq!(app.post(&admin, SOURCES, &thin).await.status, 201);
    let fetch = listed(&app, &admin, "openai").await["fetch"].clone();
    assert_eq!(fetch["hosts"], json!(["api.openai.com"]));
    let first = fetch["fingerprint"].as_str().expect("a fingerprint").to_owned();
    let path = format!("{SOURCES}/openai/fetch-key");
    let replace =
        |key: &str| app.request(Method::PUT, &path).bearer_auth(&admin).json(&json!({ "key": key }));
    assert_eq!(app.ask(replace(" ")).await.problem(), (400, "Invalid key"));
    assert_eq!(app.ask(replace("two\nlines")).await.problem(), (400, "Invalid source"));
    let replaced = app.ask(replace(" another ")).await;
    assert_eq!(replaced.status, 200, "{replaced:?}");
    let second = listed(&app, &admin, "openai").await["fetch"]["fingerprint"].clone();
    assert!(second != first && second == replaced.json["fingerprint"], "{second}");

    let row = app.client.query_one("select sealed from source_fetch_keys", &[]).await.expect("one key");
    assert!(!row.get::<_, Vec<u8>>(0).windows(7).any(|bytes| bytes == b"another"));
    // A secret that somebody puts into the key's place is not sent to the service.
    let swap = "update source_fetch_keys k set (id, key_id, nonce, sealed) =
        (select id, key_id, nonce, sealed from source_secrets s where s.source = k.source)";
    app.client.execute(swap, &[]).await.expect("it is swapped");
    let other = TestApp::beside(&app.database, &[(KEY, &key(1))]).await;
    let swapped = listed(&other, &admin, "openai").await;
    assert_eq!(
        (&swapped["fetch"]["fingerprint"], &swapped["added"]["problem"]),
        (&Value::Null, &Value::Null)
    );
    assert!(swapped["fetch"]["problem"].as_str().is_some_and(|why| why.contains("changed in the database")));

    assert_eq!(app.ask(replace(FETCH_KEY)).await.status, 200);
    // Nodes go over to another key one after the other; whoever starts with it seals anew.
    let rotated = [(KEY, &*key(2)), (PREVIOUS, &*key(1))];
    drop(TestApp::beside(&app.database, &rotated).await);
    let newest = TestApp::beside(&app.database, &[(KEY, &key(2))]).await;
    assert_eq!(listed(&newest, &admin, "openai").await["fetch"]["fingerprint"], first);
    let sourced = json!({"version": 1, "enabled": true, "settings": {"fetch": {"timeout": "5s"}}});
    assert_eq!(put(&newest, &admin, "openai", &sourced).await.status, 200);
    assert_eq!(newest.delete(&admin, &path).await.problem(), (409, "Conflict"));
    let plain = json!({"version": 2, "enabled": true, "settings": {}});
    assert_eq!(put(&newest, &admin, "openai", &plain).await.status, 200);
    assert_eq!(newest.delete(&admin, &path).await.status, 204);
    assert_eq!(newest.delete(&admin, &path).await.status, 404);
    assert_eq!(listed(&newest, &admin, "openai").await["fetch"], Value::Null);
}

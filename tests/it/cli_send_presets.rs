//! `callbackd send` for every preset: whoever has its secret can try a source without the service.

use callbackd::source;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::program::{Program, run};

fn variable(source: &str) -> String {
    format!("CALLBACKD_SOURCES_{}_SECRET", source.to_ascii_uppercase().replace('-', "_"))
}

/// A server that knows every preset, and the environment of somebody who has all secrets.
async fn everybody() -> (TestApp, Vec<(String, String)>) {
    let secret = |preset: &str| {
        let source = source::find(&[], preset).expect("it is good").expect("it is there");
        match preset {
            "deepgram" => "callbackd:password-of-deepgram".to_owned(),
            _ => source.random_secret().expose_secret().to_owned(),
        }
    };
    let mut settings: Vec<(String, String)> =
        source::presets().map(|preset| (variable(preset), secret(preset))).collect();
    // Nobody publishes there: only a key of one's own counts.
    settings.push(("CALLBACKD_SOURCES_FAL_JWKS_URL".to_owned(), "http://127.0.0.1:9/jwks.json".to_owned()));
    let given: Vec<(&str, &str)> =
        settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    (TestApp::with(&given).await, settings)
}

async fn send(app: &TestApp, environment: &[(String, String)], flags: &str) -> Program {
    let environment: Vec<(&str, &str)> =
        environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    run(&format!("send --url {} {flags}", app.url("")), &environment).await
}

#[tokio::test]
async fn each_is_signed_by_its_own_scheme_and_repeated_as_itself() {
    let (app, environment) = everybody().await;
    for preset in source::presets() {
        let sent = send(&app, &environment, &format!("--source {preset} --count 2 --duplicate --json")).await;
        assert_eq!(sent.code, 0, "{preset}: {sent:?}");
        let summary: Value = serde_json::from_str(&sent.stdout).expect("an object");
        assert_eq!(
            (&summary["sent"], &summary["acknowledged"], &summary["duplicates"]),
            (&json!(4), &json!(4), &json!(2)),
            "{preset}: {summary}"
        );
        let sql =
            "select count(*), min(delivery_count) from llm_callbacks where source = $1 and signature_valid";
        let row = app.client.query_one(sql, &[&preset]).await.expect("counts");
        assert_eq!((row.get::<_, i64>(0), row.get::<_, Option<i32>>(1)), (2, Some(2)), "{preset}");
    }
}

#[tokio::test]
async fn a_wrong_secret_is_refused_whoever_is_played() {
    let (app, environment) = everybody().await;
    for preset in source::presets().filter(|preset| *preset != "fal") {
        let sent = send(&app, &environment, &format!("--source {preset} --bad-signature --no-retry")).await;
        assert!(sent.code == 1 && sent.stderr.contains("not acknowledged: 401 "), "{preset}: {sent:?}");
    }
}

#[tokio::test]
async fn whoever_has_no_secret_is_told_which_one_to_set() {
    let app = TestApp::start().await;
    for preset in source::presets() {
        let sent = send(&app, &[], &format!("--source {preset}")).await;
        let named = match preset {
            "llm" => "LLM_WEBHOOK_SECRET".to_owned(),
            other => variable(other),
        };
        assert!(sent.code == 1 && sent.stderr.contains(&named), "{preset}: {sent:?}");
        assert_eq!(sent.stderr.contains("nobody can sign for it"), preset == "fal", "{sent:?}");
    }
    let unknown = send(&app, &[], "--source nobody").await;
    assert!(unknown.code == 1 && unknown.stderr.contains("it is no preset; these are: "), "{unknown:?}");
}

//! `callbackd send` and `callbackd verify` with what the settings do not say: sources that admins have added, and keys
//! that a service publishes.

use callbackd::source::scheme::Envelope;
use chrono::Utc;
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::program::{Program, run, run_with_input};
use crate::support::publisher::{Publisher, fal, keys};
use crate::support::site::signature;

const KEY: &str = "CALLBACKD_SECRETS_KEY";
const SECRET: &str = "what-an-admin-has-pasted-for-a-partner";
const BODY: &str = r#"{"job_id":"a","event":"workflow.completed"}"#;

fn key() -> String {
    "5c".repeat(32)
}

/// A server with a source that an admin has added, which signs as the LLM service does.
async fn with_partner(name: &str) -> TestApp {
    let app = TestApp::with(&[(KEY, &key())]).await;
    let settings = json!({"preset": "llm", "path": "/hooks/partner"});
    let new = json!({"name": name, "settings": settings, "secret": SECRET});
    let added = app.post(&app.admin().await, "/api/admin/sources", &new).await;
    assert_eq!(added.status, 201, "{added:?}");
    app
}

async fn verify(source: &str, secret: &str, environment: &[(&str, &str)]) -> Program {
    let signed = signature(secret, BODY.as_bytes());
    let line = format!("verify --source {source} --body - --header X-Webhook-Signature:{signed}");
    run_with_input(&line, environment, BODY).await
}

#[tokio::test]
async fn what_an_admin_has_added_is_played_and_checked_from_the_database() {
    let app = with_partner("partner").await;
    let (database, key) = (app.database.url(), key());
    let environment = [("DATABASE_URL", database.as_str()), (KEY, &key)];
    let line = format!("send --source partner --no-retry --url {}", app.url(""));
    let sent = run(&line, &environment).await;
    assert_eq!(sent.code, 0, "{sent:?}");
    let sql = "select count(*) from llm_callbacks where source = 'partner' and signature_valid";
    assert_eq!(app.client.query_one(sql, &[]).await.expect("a count").get::<_, i64>(0), 1);

    let good = verify("partner", SECRET, &environment).await;
    assert_eq!((good.code, good.stdout.contains("with the secret of 38 bytes")), (0, true), "{good:?}");
    let others = verify("llm", SECRET, &[("LLM_WEBHOOK_SECRET", "some-other-secret"), environment[0]]).await;
    assert_eq!(others.code, 1, "of the settings: nobody else is looked for {others:?}");

    let unkeyed = &environment[..1];
    for program in [run(&line, unkeyed).await, verify("partner", SECRET, unkeyed).await] {
        assert_ne!(program.code, 0);
        assert!(program.stderr.contains("partner cannot be used: secrets_key is not set"), "{program:?}");
    }
    let nobody = run(&line.replace("partner", "nobody"), &environment).await;
    assert!(nobody.stderr.contains("no source \"nobody\" is configured or was added"), "{nobody:?}");
}

#[tokio::test]
async fn what_an_admin_has_added_comes_before_the_preset_of_its_name_and_behind_the_settings() {
    let app = with_partner("github").await;
    let (database, key) = (app.database.url(), key());
    let added = [("DATABASE_URL", database.as_str()), (KEY, &key)];
    let good = verify("github", SECRET, &added).await;
    assert_eq!(good.code, 0, "it signs as the LLM service does: {good:?}");
    let configured = [&added[..], &[("CALLBACKD_SOURCES_GITHUB_SECRET", SECRET)]].concat();
    let refused = verify("github", SECRET, &configured).await;
    assert!(refused.code == 1 && refused.stdout.contains("X-Hub-Signature-256"), "{refused:?}");
}

#[tokio::test]
async fn a_database_that_cannot_be_asked_stops_nobody_who_can_do_without() {
    let away = ("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/nothing");
    let mine = verify("llm", SECRET, &[away, ("LLM_WEBHOOK_SECRET", SECRET)]).await;
    assert_eq!(mine.code, 0, "{mine:?}");
    let unknown = verify("github", SECRET, &[away]).await;
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("what admins have added could not be read: "), "{unknown:?}");
    let folder = tempfile::tempdir().expect("a folder can be made");
    let secret = folder.path().join("secret");
    std::fs::write(&secret, SECRET).expect("it can be written");
    let line = format!("verify --source github --body - --secret-file {}", secret.display());
    let given = run_with_input(&line, &[away], BODY).await;
    assert_eq!(given.code, 1, "{given:?}");
}

#[tokio::test]
async fn published_keys_are_fetched_or_read_from_a_file() {
    let publisher = Publisher::start(Some(keys(&[1, 2]))).await;
    let environment = [("CALLBACKD_SOURCES_FAL_JWKS_URL", publisher.url.as_str())];
    let check = async |number: u8, more: &str| {
        let source = fal(number);
        let envelope = Envelope { id: "a", at: Utc::now() };
        let headers = source.scheme.sign(&source.secrets[0], envelope, BODY.as_bytes());
        let headers = headers.iter().map(|header| format!(" --header {}:{}", header.name, header.value));
        let line = format!("verify --source fal --body - {more}{}", headers.collect::<String>());
        run_with_input(&line, &environment, BODY).await
    };
    let good = check(2, "").await;
    assert_eq!(good.stdout, "verified, with a key that fal publishes\n", "{good:?}");
    let late = check(2, "--at 2020-01-01T00:00:00Z").await;
    assert!(
        late.code == 1 && late.stdout.starts_with("timestamp_out_of_window\n  The signature is right"),
        "{late:?}"
    );

    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("jwks.json");
    std::fs::write(&file, keys(&[3]).to_string()).expect("it can be written");
    let of_file = check(3, &format!("--jwks-file {}", file.display())).await;
    assert_eq!((of_file.code, publisher.asked()), (0, 2), "{of_file:?}");

    publisher.publish(None);
    let away = check(2, "").await;
    assert_eq!(away.code, 2);
    assert!(away.stderr.contains("give them with --jwks-file: published keys are not available"), "{away:?}");

    publisher.publish(Some(json!({"keys": []})));
    let none = check(2, "").await;
    assert!(none.code == 2 && none.stderr.contains("holds no key that can verify"), "{none:?}");
}

//! `callbackd doctor`, the real program: a healthy site, and each thing that people get wrong.

use serde_json::Value;

use crate::support::app::{SECRET, TestApp};
use crate::support::pooler::Pooler;
use crate::support::postgres::TestDatabase;
use crate::support::program::{Program, run};

const LONG: &str = "a-secret-that-is-long-enough-for-anybody";

/// Each check's worst state, and what was said to do.
fn finding<'a>(findings: &'a [Value], check: &str) -> (&'a str, &'a str) {
    let found = findings.iter().find(|finding| finding["check"] == check);
    let found = found.unwrap_or_else(|| panic!("{check} is not among {findings:?}"));
    (found["state"].as_str().expect("text"), found["remedy"].as_str().unwrap_or_default())
}

async fn examine(environment: &[(&str, &str)]) -> (Program, Vec<Value>) {
    let program = run("doctor --json", environment).await;
    let answer: Value = serde_json::from_str(&program.stdout).unwrap_or_else(|_| panic!("{program:?}"));
    assert_eq!(answer["ok"], program.code == 0, "{program:?}");
    assert!(!program.stdout.contains(LONG) && !program.stdout.contains("hunter2"), "{program:?}");
    let findings = answer["checks"].as_array().expect("an array").clone();
    (program, findings)
}

#[tokio::test]
async fn a_healthy_site_has_nothing_to_be_done() {
    let app = TestApp::start().await;
    let (url, listen) = (app.database.url(), app.address.to_string());
    let environment =
        [("DATABASE_URL", url.as_str()), ("LLM_WEBHOOK_SECRET", LONG), ("CALLBACKD_LISTEN", &listen)];
    let (program, findings) = examine(&environment).await;
    assert_eq!(program.code, 0, "{program:?}");
    let checked: Vec<&str> = findings.iter().map(|finding| finding["check"].as_str().unwrap()).collect();
    let expected = [
        "settings",
        "secret",
        "public_url",
        "spool",
        "database",
        "durability",
        "clock",
        "schema",
        "rights",
        "queue",
        "notifications",
        "server",
    ];
    assert_eq!(checked, expected);
    for finding in &findings {
        // Other tests may leave sessions idle in the shared cluster.
        assert!(finding["state"] == "ok" || finding["check"] == "queue", "{finding}");
    }
    let text = run("doctor", &environment).await;
    assert!(text.stdout.contains("ok    notifications     there and back in "), "{text:?}");
}

#[tokio::test]
async fn a_database_that_does_not_answer_fails_and_the_rest_is_still_told() {
    let url = "postgresql://u:hunter2@127.0.0.1:1/d";
    let (program, findings) = examine(&[("DATABASE_URL", url), ("CALLBACKD_LISTEN", "127.0.0.1:1")]).await;
    assert_eq!(program.code, 1);
    assert_eq!(finding(&findings, "database").0, "fail");
    assert!(finding(&findings, "secret").1.contains("LLM_WEBHOOK_SECRET"));
    assert_eq!(finding(&findings, "server"), ("warn", "start it with `callbackd serve`"));
    assert_eq!(program.stderr, "callbackd: 2 checks failed\n");
}

#[tokio::test]
async fn an_address_at_which_no_notification_arrives_is_told_with_the_way_out() {
    let (database, other) = (TestDatabase::new().await, TestDatabase::empty().await);
    let url = database.url();
    let pooler = Pooler::start().await;
    let nobody = "postgresql://callbackd@127.0.0.1:1/d";
    for (listener, said) in [
        (pooler.database_url(database.name()), "a pooler lies between"),
        (other.url(), "leads to another database"),
        (nobody.to_owned(), "the listener's address"),
    ] {
        let environment = [("DATABASE_URL", url.as_str()), ("CALLBACKD_LISTENER_DATABASE_URL", &listener)];
        let (program, findings) = examine(&environment).await;
        let (state, remedy) = finding(&findings, "notifications");
        assert!(state == "fail" && remedy.contains("CALLBACKD_LISTENER_DATABASE_URL"), "{findings:?}");
        assert!(program.stdout.contains(said), "{findings:?}");
        assert_eq!(finding(&findings, "database").0, "ok");
    }
    // The other way round is what people have at first; the listener's own address mends it.
    let indirect = pooler.database_url(database.name());
    let (_, findings) = examine(&[("DATABASE_URL", &indirect)]).await;
    assert_eq!(finding(&findings, "notifications").0, "fail");
    let mended = [("DATABASE_URL", indirect.as_str()), ("CALLBACKD_LISTENER_DATABASE_URL", &url)];
    let (_, findings) = examine(&mended).await;
    assert_eq!(finding(&findings, "notifications").0, "ok");
}

#[tokio::test]
async fn a_database_without_our_schema_or_rights_says_what_will_happen() {
    let empty = TestDatabase::empty().await;
    let (_, findings) = examine(&[("DATABASE_URL", &empty.url()), ("LLM_WEBHOOK_SECRET", SECRET)]).await;
    let (state, remedy) = finding(&findings, "schema");
    assert!(state == "warn" && remedy.contains("callbackd migrate up"), "{findings:?}");

    let database = TestDatabase::new().await;
    let role = format!("guest_{}", database.name());
    let client = database.client().await;
    let grant = format!(
        "create role {role} login; grant select on all tables in schema public to {role}; revoke create on schema public from public"
    );
    client.batch_execute(&grant).await.unwrap();
    let url = database.url().replace("callbackd@", &format!("{role}@"));
    assert_ne!(url, database.url());
    let (program, findings) = examine(&[("DATABASE_URL", &url), ("LLM_WEBHOOK_SECRET", SECRET)]).await;
    let (state, remedy) = finding(&findings, "rights");
    assert!(state == "fail" && remedy.contains("grant select, insert"), "{program:?}");
    let detail = findings.iter().find(|finding| finding["check"] == "rights").unwrap()["detail"].to_string();
    let relations = "select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'S')";
    for row in client.query(relations, &[]).await.unwrap() {
        let name: String = row.get(0);
        let is_of_migrations = ["refinery_schema_history", "callbackd_schema"].contains(&&*name);
        assert!(is_of_migrations || detail.contains(&name), "{name} is not among {detail}");
    }
    let environment = [("DATABASE_URL", url.as_str()), ("LLM_WEBHOOK_SECRET", SECRET)];
    let server = run("serve --listen 127.0.0.1:0", &environment).await;
    assert!(server.code == 1 && server.stderr.contains("grant select, insert"), "{server:?}");
    client.batch_execute(&format!("revoke all on refinery_schema_history from {role}")).await.unwrap();
    let (_, findings) = examine(&environment).await;
    assert!(finding(&findings, "schema").1.contains("give this one its rights"), "{findings:?}");
    client.batch_execute(&format!("drop owned by {role}; drop role {role}")).await.unwrap();
}

#[tokio::test]
async fn weak_settings_are_warned_of_and_bad_ones_end_it() {
    let environment = [
        ("DATABASE_URL", "postgresql://u@127.0.0.1:1/d"),
        ("LLM_WEBHOOK_SECRET", "short"),
        ("CALLBACKD_PUBLIC_URL", "http://callbacks.example.com"),
    ];
    let (_, findings) = examine(&environment).await;
    assert!(finding(&findings, "secret").1.contains("short"), "{findings:?}");
    assert!(finding(&findings, "public_url").1.contains("TLS"), "{findings:?}");
    let (_, findings) = examine(&[("CALLBACKD_LISTEN", "nowhere")]).await;
    assert_eq!((findings.len(), finding(&findings, "settings").0), (1, "fail"));
}

#[tokio::test]
async fn without_a_database_it_makes_none() {
    let (program, findings) = examine(&[("CALLBACKD_LISTEN", "127.0.0.1:1")]).await;
    assert_eq!(program.code, 0, "{program:?}");
    assert!(finding(&findings, "database").1.contains("callbackd serve"));
}

//! Secrets stay where they are: in no log at any level, no answer, no metric, no error, no `Debug`.
//!
//! `support::secrets` looks at everything that every test's servers, clients and commands say; here they are made to say
//! as much as they can.

use std::collections::BTreeMap;

use callbackd::config::{Config, Layers};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::TestProcess;
use crate::support::program;
use crate::support::rows;
use crate::support::secrets;
use crate::support::site::{SIGNATURE, Site, llm};

const SETTINGS: [(&str, &str); 12] = [
    ("LLM_WEBHOOK_SECRET_PREVIOUS", "secret-of-the-llm-before"),
    ("WEBHOOK_SECRET", "secret-of-the-reports"),
    ("WEBHOOK_SECRET_PREVIOUS", "secret-of-the-reports-before"),
    ("CALLBACKD_SOURCES_OPENAI_SECRET", "whsec_c2VjcmV0LW9mLW9wZW5haS1zZWNyZXQtb2Y="),
    ("CALLBACKD_SECRETS_KEY", "505152535455565758595a5b5c5d5e5f505152535455565758595a5b5c5d5e5f"),
    ("CALLBACKD_SECRETS_KEY_PREVIOUS", "606162636465666768696a6b6c6d6e6f606162636465666768696a6b6c6d6e6f"),
    ("CALLBACKD_METRICS_TOKEN", "token-of-the-scraper"),
    ("CALLBACKD_ADMIN_EMAIL", "ada@example.org"),
    ("CALLBACKD_ADMIN_PASSWORD", "password of the first admin"),
    ("CALLBACKD_EXTERNAL_ISSUER", "https://issuer.example"),
    ("CALLBACKD_EXTERNAL_HS256_SECRET", "secret-of-the-issuer-secret-of-the-issuer"),
    ("CALLBACKD_RESIGN_SECRET", "secret-to-sign-anew"),
];

/// Every route, with whatever opens a door wherever one can be put.
async fn ask_everything(site: &Site, credentials: &[(&str, String)]) {
    let document = serde_json::to_value(callbackd::api::document()).expect("it is JSON");
    for (path, item) in document["paths"].as_object().expect("there are paths") {
        for method in item.as_object().expect("a path has methods").keys() {
            let method: Method = method.to_uppercase().parse().expect("a method");
            if path.ends_with("/stream") || path == "/api/auth/logout" {
                continue;
            }
            let address = path
                .replace("{id}", "0192f0c1-7a4e-7c3a-9b1d-000000000000")
                .replace("{source}", "llm-callback")
                .replace("{name}", "openai");
            // What a sender writes into its callback, or its own header, is data that admins see.
            let is_webhook = address.contains("webhook") || address.contains("stepper");
            for (name, value) in credentials {
                if is_webhook {
                    site.ask(site.request(method.clone(), &address).header(*name, value)).await;
                    continue;
                }
                let secret = value.rsplit([' ', '=']).next().expect("a value");
                let request = site.request(method.clone(), &format!("{address}?token={secret}"));
                let request = request.header(*name, value).header("user-agent", secret);
                site.ask(
                    request.json(&json!({"token": secret, "email": secret, "password": 1, "id": secret})),
                )
                .await;
            }
        }
    }
}

#[tokio::test]
async fn whatever_is_asked_and_whoever_asks_no_secret_is_said() {
    let settings: Vec<_> = SETTINGS.into_iter().chain([("CALLBACKD_LOG", "trace")]).collect();
    let mut process = TestProcess::start(&settings).await;
    let admin = process.admin().await;
    let person = rows::person(&process.client, "MEMBER").await;
    let session = rows::session(&process.client, person, 3600.0).await;
    let credentials = [
        ("authorization", format!("Bearer {admin}")),
        ("cookie", format!("callbackd_session={session}")),
        ("authorization", "Bearer token-of-the-scraper".to_owned()),
    ];
    ask_everything(&process, &credentials).await;

    let body = llm("workflow.completed", "job");
    process.store(body.as_str()).await;
    process
        .send(body.as_str(), &[(SIGNATURE, "sha256=00"), ("authorization", &format!("Bearer {admin}"))])
        .await;
    for password in ["password of the first admin", "another password than hers"] {
        secrets::register(password);
        let credentials = json!({"email": "ada@example.org", "password": password});
        let answer = process.ask(process.request(Method::POST, "/api/auth/login").json(&credentials)).await;
        let set = answer.header("set-cookie").split(['=', ';']).nth(1).unwrap_or_default().to_owned();
        secrets::register(&set);
        if answer.status == 200 {
            let me = process.request(Method::GET, "/api/auth/me");
            let me = process.ask(me.header("cookie", format!("callbackd_session={set}"))).await;
            assert_eq!(me.json["email"], "ada@example.org");
        }
    }
    let given =
        json!({"name": "stripe", "settings": {"preset": "stripe"}, "secret": "secret-given-to-stripe"});
    secrets::register("secret-given-to-stripe");
    assert_eq!(process.post(&admin, "/api/admin/sources", &given).await.status, 201);
    for path in ["/api/admin/sources", "/api/admin/system", "/metrics", "/api/admin/llm-callbacks/check"] {
        assert_eq!(process.get(&admin, path).await.status, 200, "{path}");
    }
    process.terminate();
    assert!(process.ended().await.success());
    assert!(process.log().contains("DEBUG"), "it was logged in detail");
}

#[tokio::test]
async fn commands_and_refused_settings_say_no_secret() {
    let url = "postgresql://callbackd:password-of-the-database@127.0.0.1:1/callbackd";
    let mut good: Vec<(&str, &str)> = SETTINGS.into_iter().chain([("DATABASE_URL", url)]).collect();
    good.push(("LLM_WEBHOOK_SECRET", "secret-of-the-llm-service"));
    for line in ["config", "config --explain", "config --json", "doctor", "doctor --json", "migrate status"] {
        let said = program::run(line, &good).await;
        assert_eq!(said.code == 0, line.starts_with("config"), "{line}: {said:?}");
    }
    let bad = [
        ("CALLBACKD_SECRETS_KEY", "a-key-that-is-none"),
        ("CALLBACKD_SOURCES_OPENAI_SECRET", "whsec_a-secret-that-is-none!"),
        ("DATABASE_URL", "postgresql://callbackd:password-of-the-database@[/x"),
        ("DATABASE_URL", "postgresql://callbackd:password-of-the-database@127.0.0.1:1/x?nonsense=1"),
        (
            "CALLBACKD_LISTENER_DATABASE_URL",
            "postgresql://callbackd:password-of-the-listener@127.0.0.1:port/x",
        ),
    ];
    for (name, value) in bad {
        let settings: Vec<_> =
            good.iter().copied().filter(|(other, _)| *other != name).chain([(name, value)]).collect();
        // A server would wait for its database.
        let said = program::run("doctor", &settings).await;
        assert_ne!(said.code, 0, "{name}: {said:?}");
        assert!(said.stderr.len() > 20, "it says what is wrong: {said:?}");
    }
}

#[test]
fn settings_can_be_printed_for_debugging() {
    let all = SETTINGS.into_iter().chain([
        ("DATABASE_URL", "postgresql://callbackd:password-of-the-database@127.0.0.1/callbackd"),
        ("LLM_WEBHOOK_SECRET", "secret-of-the-llm-service"),
    ]);
    secrets::register_settings(all.clone());
    let environment: BTreeMap<String, String> =
        all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let config = Config::resolve(&Layers::of(environment, None)).expect("they are good");
    let sources = callbackd::source::all(&config.sources).expect("they are good");
    secrets::refuse_in("Debug", format!("{config:?} {config:#?} {sources:?}").as_bytes());
    let shown: Vec<Value> = config.origins.iter().map(|shown| json!([shown.key, shown.value])).collect();
    secrets::refuse_in("what is shown", json!(shown).to_string().as_bytes());
}

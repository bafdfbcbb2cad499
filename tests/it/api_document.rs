//! The description of the API: the console is built from it, so it must be what the server does.

use std::collections::BTreeSet;

use callbackd::api;
use reqwest::Method;
use serde_json::Value;

use crate::support::app::TestApp;
use crate::support::site;

/// What is posted with nothing in it.
const BODILESS: [&str; 5] = ["acceptCallback", "logout", "testSource", "verifyCallback", "fetchObject"];

/// As the server serves it.
fn document() -> Value {
    serde_json::to_value(api::document()).expect("it is JSON")
}

struct Operation {
    path: String,
    method: Method,
    described: Value,
}

fn operations(document: &Value) -> Vec<Operation> {
    let paths = document["paths"].as_object().expect("there are paths");
    let of = |(path, item): (&String, &Value)| {
        let methods = item.as_object().expect("a path has methods").clone();
        let path = path.clone();
        methods.into_iter().map(move |(method, described)| Operation {
            path: path.clone(),
            method: method.to_uppercase().parse().expect("a method"),
            described,
        })
    };
    paths.iter().flat_map(of).collect()
}

impl Operation {
    /// An address that leads to it.
    fn address(&self) -> String {
        self.path.replace("{id}", "0192f0c1-7a4e-7c3a-9b1d-000000000000").replace("{source}", "llm-callback")
    }

    /// Operations inherit the document's security unless they have their own.
    fn is_open(&self) -> bool {
        self.described["security"] == serde_json::json!([{}])
    }

    fn id(&self) -> &str {
        self.described["operationId"].as_str().expect("every operation has an id")
    }
}

#[test]
fn the_console_is_built_from_what_the_program_prints() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/web/openapi.json");
    let kept = std::fs::read_to_string(path).expect("the console's copy is there");
    let printed = api::document().to_pretty_json().expect("it is JSON") + "\n";
    assert!(
        kept == printed,
        "the API has changed: `cargo run -- openapi > web/openapi.json && cd web && npm run types`, then `npm run check`"
    );
}

#[test]
fn operations_have_names_tags_and_their_401() {
    let document = document();
    let operations = operations(&document);
    let ids: BTreeSet<&str> = operations.iter().map(Operation::id).collect();
    assert_eq!(ids.len(), operations.len(), "operation ids are unique");
    assert!(ids.iter().all(|id| id.bytes().all(|byte| byte.is_ascii_alphanumeric())), "camelCase: {ids:?}");

    let explained: BTreeSet<&str> =
        document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    for operation in &operations {
        let id = operation.id();
        let tag = operation.described["tags"][0].as_str().unwrap_or_default();
        assert!(explained.contains(tag), "{id}: the tag {tag:?} is not explained");
        let sends = matches!(operation.method, Method::POST | Method::PUT | Method::PATCH);
        let documents_body = operation.described.get("requestBody").is_some();
        assert_eq!(documents_body, sends && !BODILESS.contains(&id), "{id}: what to send is documented");
        let documents_401 = operation.described["responses"].get("401").is_some();
        assert!(documents_401 || operation.is_open(), "{id}: who is not signed in is answered 401");
    }
    assert!(!document["security"].as_array().unwrap().is_empty(), "all others inherit this");
}

#[tokio::test]
async fn what_is_documented_is_what_there_is() {
    // With every source that has a route of its own.
    let app = TestApp::with(&[("WEBHOOK_SECRET", "secret-of-reports")]).await;
    let document = document();
    let operations = operations(&document);
    for operation in &operations {
        let (id, address) = (operation.id(), operation.address());
        let answer = app.ask(app.request(operation.method.clone(), &address)).await;
        assert!(!matches!(answer.status, 404 | 405), "{id}: {answer:?}");
        let status = answer.status.to_string();
        assert!(operation.described["responses"].get(&status).is_some(), "{id} does not document {answer:?}");
        assert_eq!(answer.status == 401 && answer.text("code") == "no_session", !operation.is_open(), "{id}");

        // No other method is served there unnoticed: what is allowed is what is documented.
        let other = app.ask(app.request(Method::TRACE, &address)).await;
        assert_eq!(other.status, 405, "{id}: {other:?}");
        let allowed: BTreeSet<&str> =
            other.header("allow").split(',').map(str::trim).filter(|method| *method != "HEAD").collect();
        let documented: BTreeSet<&str> = operations
            .iter()
            .filter(|other| other.path == operation.path)
            .map(|other| other.method.as_str())
            .collect();
        assert_eq!(allowed, documented, "{}", operation.path);
    }
}

/// Routes cannot be listed at run time; but those that are mounted by `routes!` are documented by it.
#[test]
fn no_route_is_mounted_past_the_document() {
    let mut past = Vec::new();
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(&path).unwrap();
                past.extend(
                    text.lines().filter(|line| line.contains(".route(")).map(|line| line.trim().to_owned()),
                );
            }
        }
    }
    assert_eq!(past, [".route(\"/openapi.json\", axum::routing::get(|| async { document }))"]);
}

/// Generated clients must not be told that a member may be left out which is always there, null or not.
#[tokio::test]
async fn answers_have_the_members_that_are_documented() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let id = app.store(site::llm("llm.step.completed", "7d9f9d1e-0000-4000-8000-000000000001")).await;
    let id = id["id"].as_str().unwrap();
    let base = "/api/admin/llm-callbacks";
    let document = document();
    let cases = [
        ("DetailAnswer", format!("{base}/{id}"), "/callback", "CallbackDetail"),
        ("DetailAnswer", format!("{base}/{id}"), "/job/0", "ListItem"),
        ("HistoryPage", format!("{base}/history"), "/callbacks/0", "ViewedItem"),
        ("CheckPage", format!("{base}/check"), "/items/0", "ViewedItem"),
        ("FacetValues", format!("{base}/facets"), "", "FacetValues"),
        ("SourceList", "/api/admin/sources".to_owned(), "/sources/0", "Source"),
        ("System", "/api/admin/system".to_owned(), "/queue", "Queue"),
        ("Me", "/api/auth/me".to_owned(), "", "Me"),
    ];
    for (whole, address, pointer, part) in cases {
        let answer = app.get(&admin, &address).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(members(&answer.json), required(&document, whole), "{address}");
        let value = answer.json.pointer(pointer).unwrap();
        assert_eq!(members(value), required(&document, part), "{address}{pointer}");
    }
}

fn members(value: &Value) -> BTreeSet<String> {
    value.as_object().expect("an object").keys().cloned().collect()
}

/// The members that a schema says are always there.
fn required(document: &Value, name: &str) -> BTreeSet<String> {
    let schema = &document["components"]["schemas"][name];
    let mut found = BTreeSet::new();
    let own = [schema];
    let parts = schema["allOf"].as_array().map_or(own.to_vec(), |parts| parts.iter().collect());
    for part in parts {
        if let Some(reference) = part["$ref"].as_str() {
            found.extend(required(document, reference.rsplit('/').next().unwrap_or_default()));
        }
        let names = part["required"].as_array().into_iter().flatten();
        found.extend(names.filter_map(Value::as_str).map(str::to_owned));
    }
    found
}

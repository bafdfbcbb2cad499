//! Addresses written in other ways: none leads past a door, out of the console's files, or to a fault.

use crate::support::app::TestApp;
use crate::support::wire::{Wire, statuses};

/// Ways of writing a path that somebody may take for the same.
fn disguises(path: &str) -> Vec<String> {
    let inner = path.trim_start_matches('/');
    let (first, rest) = inner.split_once('/').unwrap_or((inner, ""));
    vec![
        format!("//{inner}"),
        format!("/./{inner}"),
        format!("/x/../{inner}"),
        format!("/x/%2e%2e/{inner}"),
        format!("/assets/..%2f{inner}"),
        format!("/assets/..%5c{inner}"),
        format!("/%2f{inner}"),
        format!("/{first}//{rest}"),
        format!("/{first}/./{rest}"),
        format!("/{first};x=1/{rest}"),
        format!("/{first}%2f{rest}"),
        format!("/{first}%252f{rest}"),
        format!("/{first}\\{rest}"),
        format!("/{}", inner.to_uppercase()),
        format!("/{inner}/"),
        format!("/{inner}/."),
        format!("/{inner}/.."),
        format!("/{inner}%00"),
        format!("/{inner}%20"),
        format!("/{inner}%0d%0aX-Injected:%201"),
        format!("/{inner};"),
        format!("/{inner}.json"),
        format!("/{inner}%3f"),
        format!("/{inner}#fragment"),
        format!("http://evil.example/{inner}"),
        format!("http://user:password@evil.example:1/{inner}"),
    ]
}

async fn ask(app: &TestApp, target: &str) -> (u16, String) {
    let head = format!("GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let answer = Wire::all_answers(app, head.as_bytes()).await;
    let statuses = statuses(&answer);
    let [status] = statuses[..] else { panic!("{target}: {answer}") };
    (status, answer)
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

#[tokio::test]
async fn no_spelling_of_a_path_opens_its_door() {
    let app = TestApp::with(&[("WEBHOOK_SECRET", "secret-of-reports")]).await;
    let page = ask(&app, "/").await.1;
    let doors = [
        "/api/admin/system",
        "/api/admin/llm-callbacks/check",
        "/api/admin/llm-callbacks/export?format=csv",
        "/api/me/preferences",
        "/api/auth/me",
        "/metrics",
    ];
    for door in doors {
        assert_eq!(ask(&app, door).await.0, 401, "{door}");
        for target in disguises(door) {
            let (status, answer) = ask(&app, &target).await;
            // The page finds its way by its address, so any path may show it.
            let is_page = status == 200 && body(&answer) == body(&page);
            assert!(is_page || matches!(status, 400..=499), "{target}: {answer}");
            assert!(!answer.to_lowercase().contains("\nx-injected"), "{target}: {answer}");
        }
    }
}

#[tokio::test]
async fn nothing_but_the_consoles_files_is_served() {
    let app = TestApp::start().await;
    let page = ask(&app, "/").await.1;
    let files = ["etc/passwd", "Cargo.toml", "src/main.rs", "index.html/", ".env", "callbackd.toml"];
    let ways = [
        "/",
        "/../",
        "/../../../../../../",
        "/%2e%2e/%2e%2e/",
        "/assets/../../",
        "/assets/%2e%2e%2f%2e%2e%2f",
        "/assets/..%252f..%252f",
        "/..;/",
        "/%c0%ae%c0%ae/",
        "/%e0%80%ae%e0%80%ae/",
        "/%uff0e%uff0e/",
        "/..\\..\\",
        "/docs/../../",
        "/docs/%2e%2e/%2e%2e/",
        "/file:///",
        "//etc/../",
        "/\u{ff0e}\u{ff0e}/",
        "/%ff%fe/",
    ];
    for way in ways {
        for file in files {
            let target = format!("{way}{file}");
            let (status, answer) = ask(&app, &target).await;
            let is_page = status == 200 && body(&answer) == body(&page);
            assert!(is_page || matches!(status, 300..=499), "{target}: {answer}");
        }
    }
}

#[tokio::test]
async fn webhooks_are_received_at_their_own_path_only() {
    let app = TestApp::with(&[("WEBHOOK_SECRET", "secret-of-reports")]).await;
    for path in ["/api/webhooks/llm-callback", "/v1/webhooks/report-completed", "/v1/stepper/callback"] {
        for target in disguises(path) {
            let head = format!(
                "POST {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{{}}"
            );
            let answer = Wire::all_answers(&app, head.as_bytes()).await;
            let statuses = statuses(&answer);
            // An address with a host, as a proxy is asked, leads where it leads without one.
            let same = target.starts_with("http://") || target.ends_with("#fragment");
            let refused = matches!(statuses[..], [400 | 404 | 405]) || (same && statuses == [401]);
            assert!(refused, "{target}: {answer}");
        }
    }
}

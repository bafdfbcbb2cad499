//! Connections themselves: too many, half-closed, or left in the middle.

use serde_json::json;

use crate::support::app::TestApp;
use crate::support::eventually;
use crate::support::site::{SIGNATURE, WEBHOOK, llm};
use crate::support::wire::{Wire, statuses};

const ASK: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";

async fn open(app: &TestApp, count: usize) -> Vec<Wire> {
    let mut wires = Vec::new();
    for _ in 0..count {
        let mut wire = Wire::connect(app).await;
        wire.send(ASK).await.expect("it is taken");
        assert_eq!(wire.answer().await.0, 200);
        wires.push(wire);
    }
    wires
}

#[tokio::test]
async fn idle_connections_fill_their_places_and_no_more() {
    for (setting, limit) in [
        ("CALLBACKD_CONNECTIONS_MAX", "connections_max"),
        ("CALLBACKD_CONNECTIONS_PER_ADDRESS_MAX", "connections_per_address_max"),
    ] {
        let app = TestApp::with(&[(setting, "5")]).await;
        let mut idle = open(&app, 5).await;
        let refused = Wire::connect(&app).await.rest().await;
        assert_eq!(statuses(&refused), [503], "{refused}");
        let (head, body) = refused.split_once("\r\n\r\n").expect("an answer");
        assert!(head.contains("Retry-After: ") && head.contains("application/problem+json"), "{head}");
        let problem: serde_json::Value = serde_json::from_str(body).expect("a problem is JSON");
        assert_eq!(problem["code"], "too_many_connections");
        assert!(problem["detail"].as_str().is_some_and(|text| text.contains(limit)), "{problem}");

        idle.pop();
        eventually("the place is free", async || {
            let mut wire = Wire::connect(&app).await;
            let _ = wire.send(ASK).await;
            wire.answer().await.0 == 200
        })
        .await;
    }
}

/// Whoever sends no more may also read no more: the server does not wait for it, and acknowledges nothing that it does
/// not keep.
#[tokio::test]
async fn half_closed_connections_end() {
    let app = TestApp::start().await;
    let body = llm("workflow.completed", "half");
    let signature = app.sign(&body);
    let whole = format!(
        "POST {WEBHOOK} HTTP/1.1\r\nHost: x\r\n{SIGNATURE}: {signature}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    for sent in [0, 10, whole.len() - body.len(), whole.len() - 1, whole.len()] {
        let mut wire = Wire::connect(&app).await;
        wire.send(&whole.as_bytes()[..sent]).await.expect("it is taken");
        wire.close_half().await;
        let answers = wire.rest().await;
        let acknowledged = answers.contains("\"received\":true");
        assert!(sent == whole.len() || !acknowledged, "{sent} bytes: {answers}");
        if acknowledged {
            let row = app.client.query_one("select count(*) from llm_callbacks", &[]).await;
            assert_eq!(row.expect("it counts").get::<_, i64>(0), 1);
        }
    }
}

#[tokio::test]
async fn whoever_leaves_in_the_middle_of_anything_leaves_no_connection_behind() {
    let app = TestApp::with(&[("CALLBACKD_CONNECTIONS_MAX", "8")]).await;
    let token = app.admin().await;
    let asked =
        |path: &str| format!("GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n");
    let left = [
        "GET /hea".to_owned(),
        asked("/api/admin/llm-callbacks/stream"),
        asked("/api/admin/llm-callbacks/export?format=json"),
        asked("/openapi.json").repeat(50),
        "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{".to_owned(),
    ];
    for bytes in &left {
        for _ in 0..8 {
            let mut wire = Wire::connect(&app).await;
            let _ = wire.send(bytes.as_bytes()).await;
        }
        eventually("there is room again", async || {
            let mut wire = Wire::connect(&app).await;
            let _ = wire.send(ASK).await;
            wire.answer().await.0 == 200
        })
        .await;
    }
    let me = app.get(&token, "/api/auth/me").await;
    assert_eq!(me.json["role"], json!("ADMIN"));
}

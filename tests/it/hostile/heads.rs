//! Request heads: too large, too many headers, malformed, or to be read in two ways.

use crate::support::app::TestApp;
use crate::support::wire::{Wire, statuses};

/// A whole head, asked to be the last, so that the answer ends with the connection.
fn get(target: &str, headers: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: c.example\r\nConnection: close\r\n{headers}\r\n")
}

fn many(headers: usize) -> String {
    (0..headers).fold(String::new(), |text, n| text + &format!("X-{n}: x\r\n"))
}

#[tokio::test]
async fn heads_are_taken_up_to_their_limits_and_refused_beyond() {
    let app = TestApp::start().await;
    let cases = [
        ("a plain one", get("/healthz", ""), 200),
        ("a hundred headers", get("/healthz", &many(98)), 200),
        ("a header more", get("/healthz", &many(99)), 431),
        ("ten thousand headers", get("/healthz", &many(10_000)), 431),
        ("a large header", get("/healthz", &format!("X: {}\r\n", "x".repeat(60_000))), 200),
        ("a larger one", get("/healthz", &format!("X: {}\r\n", "x".repeat(140_000))), 431),
        ("a header without end", format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}", "x".repeat(1_000_000)), 431),
        ("a long name of a header", get("/healthz", &format!("{}: x\r\n", "x".repeat(60_000))), 200),
        ("a long address", get(&format!("/healthz?{}", "x".repeat(60_000)), ""), 200),
        ("a longer one", get(&format!("/healthz?{}", "x".repeat(66_000)), ""), 414),
        ("one without end", format!("GET /{}", "x".repeat(1_000_000)), 431),
    ];
    for (what, head, status) in cases {
        let answers = Wire::all_answers(&app, head.as_bytes()).await;
        assert_eq!(statuses(&answers), [status], "{what}: {}", &answers[..answers.len().min(500)]);
    }
    // Too long a method or too large a head, as it is noticed first.
    let endless = Wire::all_answers(&app, "G".repeat(200_000).as_bytes()).await;
    assert!(matches!(statuses(&endless)[..], [400 | 431]), "{endless}");
}

#[tokio::test]
async fn malformed_heads_are_refused_and_the_connection_is_closed() {
    let app = TestApp::start().await;
    let cases = [
        ("a space before the colon", get("/healthz", "X : 1\r\n")),
        ("a folded line", get("/healthz", "X: 1\r\n 2\r\n")),
        ("a line that is no header", get("/healthz", "nonsense\r\n")),
        ("a header without a name", get("/healthz", ": 1\r\n")),
        ("a NUL in a value", get("/healthz", "X: a\0b\r\n")),
        ("a carriage return in a value", get("/healthz", "X: a\rb\r\n")),
        ("a space in the address", get("/health z", "")),
        ("a NUL in the address", get("/health\0z", "")),
        ("two hosts", get("/healthz", "Host: other.example\r\n")),
        ("no host", "GET /healthz HTTP/1.1\r\n\r\n".to_owned()),
        ("HTTP/0.9", "GET /healthz\r\n\r\n".to_owned()),
        ("a version that is not", "GET /healthz HTTP/1.2\r\nHost: x\r\n\r\n".to_owned()),
        ("TLS", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}\u{3}\u{3}".to_owned()),
    ];
    for (what, head) in cases {
        // What comes behind it is never answered.
        let bytes = head + &get("/readyz", "");
        let answers = Wire::all_answers(&app, bytes.as_bytes()).await;
        assert!(matches!(statuses(&answers)[..], [400 | 505]), "{what}: {answers}");
    }
    let newer = Wire::all_answers(&app, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    assert_eq!(newer, "", "HTTP/2 by prior knowledge is nothing that could be answered");
    let old = Wire::all_answers(&app, b"GET /healthz HTTP/1.0\r\n\r\n").await;
    assert!(old.contains(" 200 OK"), "HTTP/1.0 knows no hosts: {old}");
}

#[tokio::test]
async fn requests_that_were_sent_ahead_are_answered_in_order() {
    let app = TestApp::start().await;
    app.listening().await;
    let ahead = ["/healthz", "/api/nothing", "/readyz", "/api/auth/me"].repeat(25);
    let write = |text: String, path: &&str| text + &format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
    let bytes = ahead.iter().fold(String::new(), write) + &get("/healthz", "");
    let answers = Wire::all_answers(&app, bytes.as_bytes()).await;
    let expected: Vec<u16> = [200, 404, 200, 401].repeat(25).into_iter().chain([200]).collect();
    assert_eq!(statuses(&answers), expected);
}

#[tokio::test]
async fn other_protocols_are_not_switched_to() {
    let app = TestApp::start().await;
    for upgrade in ["Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n", "Upgrade: websocket\r\n"] {
        let head = format!("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\n{upgrade}\r\n");
        let answers = Wire::all_answers(&app, head.as_bytes()).await;
        assert_eq!(statuses(&answers), [200], "{answers}");
    }
    let tunnel = b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    let answers = Wire::all_answers(&app, tunnel).await;
    assert!(matches!(statuses(&answers)[..], [400..=499]), "{answers}");
}

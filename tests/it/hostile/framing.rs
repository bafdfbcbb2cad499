//! Bodies whose length is told in two ways, wrongly, or never.

use crate::support::app::TestApp;
use crate::support::site::{SIGNATURE, Site, WEBHOOK, llm};
use crate::support::wire::{Wire, statuses};

/// What would be a second request if a body were taken to be shorter than it is.
const SMUGGLED: &str = "GET /api/smuggled HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

fn webhook(site: &Site, signed: &str, framing: &str, body: &str) -> String {
    let signature = site.sign(signed);
    format!("POST {WEBHOOK} HTTP/1.1\r\nHost: x\r\n{SIGNATURE}: {signature}\r\n{framing}\r\n{body}")
}

fn chunked(body: &str) -> String {
    format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len())
}

async fn stored(app: &TestApp) -> i64 {
    app.client.query_one("select count(*) from llm_callbacks", &[]).await.expect("it counts").get(0)
}

#[tokio::test]
async fn no_request_is_smuggled_in_another_ones_body() {
    let app = TestApp::start().await;
    let body = llm("workflow.completed", "framed");
    let length = format!("Content-Length: {}\r\n", body.len());
    let framings = [
        format!("{length}Content-Length: 0\r\n"),
        "Content-Length: 5, 6\r\n".to_owned(),
        "Content-Length: +5\r\n".to_owned(),
        "Content-Length: -5\r\n".to_owned(),
        "Content-Length: 0x5\r\n".to_owned(),
        "Content-Length: 99999999999999999999999\r\n".to_owned(),
        "Transfer-Encoding: identity\r\n".to_owned(),
        "Transfer-Encoding: chunked, identity\r\n".to_owned(),
        "Transfer-Encoding: xchunked\r\n".to_owned(),
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n".to_owned(),
        "Transfer-Encoding : chunked\r\n".to_owned(),
        "Transfer-Encoding:\u{b}chunked\r\n".to_owned(),
    ];
    for framing in framings {
        let bytes = webhook(&app, &body, &framing, &chunked(&body)) + SMUGGLED;
        let answers = Wire::all_answers(&app, bytes.as_bytes()).await;
        assert!(matches!(statuses(&answers)[..], [400 | 413]), "{framing}: {answers}");
    }
    assert_eq!(stored(&app).await, 0);
}

/// Whoever goes by a length beside the encoding takes what is behind the chunks for another request, or the other way round.
#[tokio::test]
async fn after_a_chunked_body_nothing_more_is_read() {
    let app = TestApp::start().await;
    let body = llm("workflow.completed", "framed");
    let framings = [
        "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 1048577\r\nTransfer-Encoding: chunked\r\n",
    ];
    for framing in framings {
        let bytes = webhook(&app, &body, framing, &chunked(&body)) + SMUGGLED;
        let answers = Wire::all_answers(&app, bytes.as_bytes()).await;
        assert_eq!(statuses(&answers), [200], "{framing}: {answers}");
    }
    assert_eq!(stored(&app).await, 1, "the others are duplicates");
}

#[tokio::test]
async fn chunks_that_are_none_are_refused() {
    let app = TestApp::start().await;
    let body = llm("workflow.completed", "chunked");
    let size = format!("{:x}", body.len());
    let cases = [
        ("no number", format!("xyz\r\n{body}\r\n0\r\n\r\n")),
        ("a number too large", format!("ffffffffffffffffff\r\n{body}")),
        ("a negative one", format!("-1\r\n{body}\r\n0\r\n\r\n")),
        ("a size that is not kept to", format!("5\r\n{body}\r\n0\r\n\r\n")),
        ("an endless extension", format!("{size};{}", "x".repeat(100_000))),
        ("trailers without end", format!("{size}\r\n{body}\r\n0\r\n{}", "X: x\r\n".repeat(20_000))),
        ("the end of the connection", format!("{size}\r\n{}", &body[..10])),
    ];
    for (what, chunks) in cases {
        let bytes = webhook(&app, &body, "Transfer-Encoding: chunked\r\n", &chunks);
        let mut wire = Wire::connect(&app).await;
        let _ = wire.send(bytes.as_bytes()).await;
        wire.close_half().await;
        let answers = wire.rest().await;
        assert!(!answers.contains("\"received\":true"), "{what}: {answers}");
        assert!(statuses(&answers).iter().all(|status| *status == 400), "{what}: {answers}");
    }
    assert_eq!(stored(&app).await, 0);
    let extended = format!("{size};name=\"value\"\r\n{body}\r\n0\r\nX-Trailer: x\r\n\r\n");
    let bytes = webhook(&app, &body, "Transfer-Encoding: chunked\r\n", &extended);
    let answers = Wire::all_answers(&app, bytes.as_bytes()).await;
    assert_eq!(statuses(&answers), [200], "what the standard allows is taken: {answers}");
}

#[tokio::test]
async fn a_body_without_end_is_refused_at_its_limit() {
    let app = TestApp::start().await;
    let mut wire = Wire::connect(&app).await;
    let head = webhook(&app, "", "Transfer-Encoding: chunked\r\n", "");
    wire.send(head.as_bytes()).await.expect("a head is taken");
    let chunk = format!("{:x}\r\n{}\r\n", 65_536, " ".repeat(65_536));
    // Far more than is accepted: the server stops reading before it is sent.
    for _ in 0..200 {
        if wire.send(chunk.as_bytes()).await.is_err() {
            break;
        }
    }
    let answers = wire.rest().await;
    assert_eq!(statuses(&answers), [413], "{answers}");
}

#[tokio::test]
async fn a_large_body_is_not_even_asked_for() {
    let app = TestApp::start().await;
    let expects = "Expect: 100-continue\r\nContent-Length: 1048577\r\n";
    let answers = Wire::all_answers(&app, webhook(&app, "", expects, "").as_bytes()).await;
    assert_eq!(statuses(&answers), [413], "{answers}");

    let body = llm("workflow.completed", "expected");
    let expects = format!("Expect: 100-continue\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    let mut wire = Wire::connect(&app).await;
    wire.send(webhook(&app, &body, &expects, "").as_bytes()).await.expect("a head is taken");
    wire.send(body.as_bytes()).await.expect("a body is taken");
    assert_eq!(statuses(&wire.rest().await), [100, 200]);
}

#[tokio::test]
async fn encoded_bodies_are_refused_unread() {
    let app = TestApp::start().await;
    // Ten bytes of gzip that say they are more.
    let bomb = "\u{1f}\u{8b}\u{8}\0\0\0\0\0\0\u{3}";
    for encoding in ["gzip", "GZIP", "br", "identity, gzip", "x-unknown", ""] {
        let framing = format!(
            "Content-Encoding: {encoding}\r\nConnection: close\r\nContent-Length: {}\r\n",
            bomb.len()
        );
        let answers = Wire::all_answers(&app, webhook(&app, bomb, &framing, bomb).as_bytes()).await;
        assert_eq!(statuses(&answers), [415], "{encoding:?}: {answers}");
    }
}

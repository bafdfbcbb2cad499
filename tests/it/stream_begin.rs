//! How a stream begins: its headers, its greeting, what a callback looks like, and who may not open one.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::PATIENCE;
use crate::support::app::TestApp;
use crate::support::rows::{self, NewRow};
use crate::support::site::llm;
use crate::support::sse::{ADMIN_STREAM, Stream, cursors};

const MEMBER_STREAM: &str = "/api/me/callbacks/stream";

#[tokio::test]
async fn a_stream_says_at_once_that_it_is_open_and_may_not_be_kept() {
    let app = TestApp::start().await;
    let mut stream = Stream::open(&app, &app.admin().await, ADMIN_STREAM, None).await;
    let header = |name: &str| stream.headers[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/event-stream");
    assert_eq!(header("cache-control"), "no-cache, no-transform");
    assert_eq!(header("x-accel-buffering"), "no");
    assert!(!stream.headers.contains_key("content-length"));
    let ready = stream.next_event(PATIENCE).await.expect("an event");
    assert_eq!((ready.name.as_str(), ready.id.as_deref()), ("ready", Some("0")));
    assert_eq!((&ready.data["cursor"], &ready.data["unviewedCount"]), (&json!("0"), &json!(0)));
    let time = ready.data["serverTime"].as_str().expect("a time");
    chrono::DateTime::parse_from_rfc3339(time).expect("RFC 3339");
    assert!(stream.raw.starts_with(b"retry: "), "the first bytes wait for nothing");
}

/// What a client without a client's machinery is answered, up to the server's goodbye.
async fn raw(app: TestApp, request: &str) -> String {
    let token = app.admin().await;
    let mut socket = TcpStream::connect(app.address).await.expect("a connection");
    let head = format!("{request}\r\nhost: test\r\nauthorization: Bearer {token}\r\n\r\n");
    socket.write_all(head.as_bytes()).await.expect("a request");
    let mut text = Vec::new();
    let reading = async {
        while !text.windows(12).any(|part| part == b"event: ready") {
            assert_ne!(socket.read_buf(&mut text).await.expect("an answer"), 0, "it goes on");
        }
        app.stop().await.expect("it ends in order");
        socket.read_to_end(&mut text).await.expect("it ends, and not by a reset");
    };
    tokio::time::timeout(PATIENCE, reading).await.expect("in time");
    String::from_utf8(text).expect("text")
}

#[tokio::test]
async fn a_stream_is_sent_in_chunks_and_ends_with_the_last_of_them() {
    let text = raw(TestApp::start().await, &format!("GET {ADMIN_STREAM} HTTP/1.1")).await;
    let (head, mut body) = text.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert!(head.contains("\r\ntransfer-encoding: chunked\r\n") && head.contains("\r\ndate: "), "{head}");
    assert!(head.contains("\r\nx-content-type-options: nosniff\r\n"), "layers add to it: {head}");
    let mut events = String::new();
    loop {
        let (size, rest) = body.split_once("\r\n").expect("a size");
        let size = usize::from_str_radix(size, 16).expect("hexadecimal");
        let (chunk, rest) = rest.split_at(size);
        events.push_str(chunk);
        body = rest.strip_prefix("\r\n").expect("the end of a chunk");
        if size == 0 {
            break;
        }
    }
    assert_eq!(body, "", "nothing follows the last chunk");
    assert!(events.starts_with("retry: ") && events.contains("shutting_down"), "{events}");
}

#[tokio::test]
async fn a_client_of_http_1_0_is_sent_no_chunks() {
    let text = raw(TestApp::start().await, &format!("GET {ADMIN_STREAM} HTTP/1.0")).await;
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    assert!(!head.contains("transfer-encoding"), "{head}");
    assert!(body.starts_with("retry: ") && body.ends_with("\n\n"), "{body}");
}

#[tokio::test]
async fn asking_for_the_head_alone_opens_no_stream() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let request = app.request(Method::HEAD, ADMIN_STREAM).bearer_auth(&token);
    let answer = tokio::time::timeout(PATIENCE, request.send()).await.expect("it ends").expect("an answer");
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    assert_eq!(app.get(&token, "/api/admin/system").await.json["streams"], 0);
}

#[tokio::test]
async fn clients_are_told_to_come_back_at_different_times() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let mut retries = BTreeSet::new();
    for _ in 0..8 {
        let stream = Stream::ready(&app, &token).await;
        assert_eq!(stream.retries.len(), 1, "told once");
        assert!((1_000..4_000).contains(&stream.retries[0]));
        retries.extend(stream.retries);
    }
    assert!(retries.len() > 2, "{retries:?}");
}

#[tokio::test]
async fn a_callback_is_pushed_as_the_list_shows_it_and_without_its_payload() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let mut stream = Stream::ready(&app, &token).await;
    let stored = app.store(llm("workflow.failed", "job-1")).await;
    let event = stream.until("callback").await.pop().expect("a callback");
    assert_eq!(event.id.as_deref(), stored["cursor"].as_str());
    assert_eq!((&event.data["id"], &event.data["cursor"]), (&stored["id"], &stored["cursor"]));
    let listed = app.get(&token, "/api/admin/llm-callbacks/history").await;
    let mut listed = listed.json["callbacks"][0].as_object().expect("an item").clone();
    listed.remove("viewedByCurrentUser").expect("only lists know it");
    assert_eq!(event.data.as_object(), Some(&listed));
    assert_eq!(event.data["callbackId"], "job-1");
    let fields: Vec<&str> = listed.keys().map(String::as_str).collect();
    insta::assert_snapshot!(fields.join(" "), @"accepted callbackId cause costUsd createdAt cursor deliveryCount durationMs errorMessage eventType id jobId payloadPreview rejection signatureValid source status totalTokens workflowName");
}

#[tokio::test]
async fn the_same_callback_received_again_is_not_pushed_again() {
    let app = TestApp::start().await;
    let mut stream = Stream::ready(&app, &app.admin().await).await;
    let first = app.store(llm("workflow.completed", "twice")).await;
    let again = app.store(llm("workflow.completed", "twice")).await;
    assert_eq!((&again["duplicate"], &again["id"]), (&json!(true), &first["id"]));
    let last = app.store(llm("workflow.completed", "last")).await;
    let events = stream.until_event(|event| event.data["id"] == last["id"]).await;
    assert_eq!(events.len(), 2, "{events:?}");
}

#[tokio::test]
async fn callbacks_come_in_the_order_of_their_cursors_and_a_reject_in_red() {
    let app = TestApp::start().await;
    let mut stream = Stream::ready(&app, &app.admin().await).await;
    for turn in 0..5 {
        app.store(llm("llm.step.completed", &format!("job-{turn}"))).await;
    }
    assert_eq!(app.send(llm("workflow.completed", "forged"), &[]).await.status, 401);
    let events = stream.until_event(|event| event.data["signatureValid"] == false).await;
    let positions = cursors(&events);
    assert_eq!(positions.len(), 6);
    assert!(positions.is_sorted_by(|a, b| a < b), "{positions:?}");
    assert_eq!(events[5].data["rejection"], "missing_signature");
}

#[tokio::test]
async fn ready_counts_what_is_unviewed_and_says_how_far_the_stream_is() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let rows: Vec<NewRow> = (0..3).map(|n| NewRow::new(&format!("job-{n}"))).collect();
    let stored = rows::store(&app.client, &rows).await;
    let head = stored[2].seq.to_string();
    Stream::ready(&app, &token).await.position(stored[2].seq, &mut Vec::new()).await;
    for (query, callbacks) in [("", 0), ("?after=0", 3)] {
        let mut stream = Stream::open(&app, &token, &format!("{ADMIN_STREAM}{query}"), None).await;
        let events = stream.until("ready").await;
        let ready = events.last().expect("ready");
        assert_eq!(cursors(&events).len(), callbacks, "{query}");
        assert_eq!((ready.id.as_deref(), ready.data["cursor"].as_str()), (Some(&*head), Some(&*head)));
        assert_eq!(ready.data["unviewedCount"], 3);
    }
}

#[tokio::test]
async fn tabs_that_open_one_after_the_other_all_count_what_has_come_by_then() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let mut live = Stream::ready(&app, &token).await;
    for turn in 1..=5 {
        app.store(llm("workflow.completed", &format!("job-{turn}"))).await;
        live.until("callback").await;
        let ready = Stream::open(&app, &token, ADMIN_STREAM, None).await.until("ready").await;
        assert_eq!(ready[0].data["unviewedCount"], turn);
    }
}

#[tokio::test]
async fn there_is_no_stream_for_nobody_and_none_for_the_wrong_role() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let member = rows::person(&app.client, "MEMBER").await;
    let member = rows::token(&app.client, member).await;
    for path in [ADMIN_STREAM, MEMBER_STREAM] {
        let answer = app.ask(app.request(Method::GET, path)).await;
        assert_eq!(answer.problem().0, 401, "{path}");
        let answer = app.get("cbd_nobodys", path).await;
        assert_eq!(answer.problem().0, 401, "{path}");
    }
    assert_eq!(app.get(&member, ADMIN_STREAM).await.problem().0, 403);
    assert_eq!(app.get(&admin, MEMBER_STREAM).await.problem().0, 403);
}

#[tokio::test]
async fn a_parameter_that_means_nothing_is_refused_by_its_name() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    for query in ["after=x", "after=-1", "after=007", "status=done", "signature=perhaps"] {
        let answer = app.get(&token, &format!("{ADMIN_STREAM}?{query}")).await;
        let (status, _) = answer.problem();
        let name = query.split('=').next().expect("a name");
        assert_eq!(status, 400, "{query}");
        assert!(answer.text("detail").contains(name), "{query}: {:?}", answer.json);
    }
}

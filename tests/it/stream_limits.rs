//! How many streams there may be, and what becomes of a reader who does not read.

use std::collections::BTreeSet;

use reqwest::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::support::app::{TestApp, TestProcess};
use crate::support::eventually;
use crate::support::rows::{self, NewRow};
use crate::support::site::{Answer, Site, llm};
use crate::support::sse::{ADMIN_STREAM, Stream};

async fn refused(app: &TestApp, token: &str, address: &str) -> Answer {
    let request = app.request(Method::GET, ADMIN_STREAM).bearer_auth(token);
    app.ask(request.header("x-forwarded-for", address)).await
}

async fn open(app: &TestApp, token: &str, address: &str) -> Stream {
    let request = app.request(Method::GET, ADMIN_STREAM).bearer_auth(token);
    let mut stream = Stream::of(request.header("x-forwarded-for", address)).await;
    stream.until("ready").await;
    stream
}

/// What is over a limit is told when to come back, not always at the same time, and is let in when there is room.
async fn check(limit: (&str, &str), expected: u16, people: usize, addresses: [&str; 3]) {
    let app = TestApp::with(&[limit, ("CALLBACKD_TRUSTED_PROXIES", "127.0.0.1")]).await;
    let mut tokens = Vec::new();
    for _ in 0..people {
        tokens.push(app.admin().await);
    }
    let token = |n: usize| &tokens[n % people];
    let first = open(&app, token(0), addresses[0]).await;
    let _second = open(&app, token(1), addresses[1]).await;
    let mut waits = BTreeSet::new();
    for _ in 0..8 {
        let answer = refused(&app, token(2), addresses[2]).await;
        assert_eq!(answer.problem().0, expected, "{limit:?}");
        let name = limit.0.trim_start_matches("CALLBACKD_").to_lowercase();
        assert!(answer.text("detail").contains(&name), "{answer:?}");
        waits.insert(answer.header("retry-after").parse::<u64>().expect("seconds"));
    }
    assert!(waits.len() > 1 && waits.iter().all(|wait| (1..=10).contains(wait)), "{waits:?}");
    drop(first);
    eventually("there is room again", async || {
        let request = app.request(Method::GET, ADMIN_STREAM).bearer_auth(token(2));
        let response = request.header("x-forwarded-for", addresses[2]).send().await.expect("an answer");
        response.status() == 200
    })
    .await;
}

#[tokio::test]
async fn a_person_has_only_so_many_streams() {
    check(("CALLBACKD_STREAMS_PER_ADMIN_MAX", "2"), 429, 1, ["10.0.0.1", "10.0.0.2", "10.0.0.3"]).await;
}

#[tokio::test]
async fn an_address_has_only_so_many_streams() {
    check(("CALLBACKD_STREAMS_PER_ADDRESS_MAX", "2"), 429, 3, ["10.0.0.1"; 3]).await;
}

#[tokio::test]
async fn a_server_has_only_so_many_streams() {
    check(("CALLBACKD_STREAMS_MAX", "2"), 503, 3, ["10.0.0.1", "10.0.0.2", "10.0.0.3"]).await;
}

#[tokio::test]
async fn the_limit_of_one_person_leaves_others_alone() {
    let app = TestApp::with(&[("CALLBACKD_STREAMS_PER_ADMIN_MAX", "1")]).await;
    let (one, other) = (app.admin().await, app.admin().await);
    let _one = Stream::ready(&app, &one).await;
    let _other = Stream::ready(&app, &other).await;
    assert_eq!(refused(&app, &one, "").await.status, 429);
}

/// A client that opens a stream and then does not read it; its own buffer is small.
async fn sleeper(site: &Site, token: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4096).expect("a small buffer");
    let mut connection = socket.connect(site.address).await.expect("a connection");
    let head = format!(
        "GET {ADMIN_STREAM} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {token}\r\n\r\n",
        site.address
    );
    connection.write_all(head.as_bytes()).await.expect("a request");
    let mut head = Vec::new();
    while !head.windows(12).any(|part| part == b"event: ready") {
        let mut part = [0; 512];
        let read = connection.read(&mut part).await.expect("an answer");
        assert_ne!(read, 0, "{}", String::from_utf8_lossy(&head));
        head.extend_from_slice(&part[..read]);
    }
    connection
}

/// Rows whose frames have some `size` bytes.
fn fat(turn: usize, count: usize, size: usize) -> Vec<NewRow> {
    let row = |n: usize| NewRow { preview: "x".repeat(size), ..NewRow::new(&format!("job-{turn}-{n}")) };
    (0..count).map(row).collect()
}

#[tokio::test]
async fn slow_reader_is_cut_off_and_resumes_and_nobody_else_waits() {
    let app = TestApp::with(&[("CALLBACKD_STREAM_STALL", "1s")]).await;
    let token = app.admin().await;
    app.listening().await;
    let mut other = Stream::ready(&app, &token).await;
    let mut slow = sleeper(&app, &token).await;
    let mut stored = Vec::new();
    for turn in 0..10 {
        stored.extend(rows::store(&app.client, &fat(turn, 10, 100_000)).await.iter().map(|row| row.seq));
        let mut events = Vec::new();
        other.position(stored[stored.len() - 1], &mut events).await;
        assert_eq!(events.len(), 10, "whoever reads is told at once");
    }
    let mut read = Vec::new();
    // Only now, when the server has given up: what lay in the sockets is still there, and then it ends.
    eventually("it is cut off", async || app.get(&token, "/api/admin/system").await.json["streams"] == 1)
        .await;
    let _ = slow.read_to_end(&mut read).await;
    let text = String::from_utf8_lossy(&read);
    assert!(!text.contains("event: bye"), "there is no room for a goodbye");
    let whole = text.rfind("\n\n").map_or("", |end| &text[..end]);
    let last = whole.rsplit("\nid: ").next().and_then(|rest| rest.lines().next());
    let last: i64 = last.and_then(|id| id.parse().ok()).unwrap_or_default();
    assert!(last < stored[stored.len() - 1], "it had not been sent everything");
    let mut resumed = Stream::open(&app, &token, ADMIN_STREAM, Some(&last.to_string())).await;
    let events = resumed.until("ready").await;
    let missed: Vec<i64> = stored.iter().copied().filter(|seq| *seq > last).collect();
    assert_eq!(crate::support::sse::cursors(&events), missed);
    // Who reads on is not cut off, however long it takes.
    app.store(llm("workflow.completed", "later")).await;
    other.until("callback").await;
}

/// Resident memory of a process in bytes.
fn memory(pid: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("the process runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
    line.trim().trim_end_matches(" kB").parse::<usize>().expect("kilobytes") * 1024
}

#[tokio::test]
async fn readers_who_do_not_read_keep_no_more_than_their_share_in_memory() {
    let app =
        TestProcess::start(&[("CALLBACKD_STREAM_STALL", "10m"), ("CALLBACKD_RING_BYTES_MAX", "1000000")])
            .await;
    let token = app.admin().await;
    app.listening().await;
    let mut sleepers = Vec::new();
    for _ in 0..10 {
        sleepers.push(sleeper(&app, &token).await);
    }
    let mut other = Stream::ready(&app, &token).await;
    let mut before = None;
    for turn in 0..100 {
        let stored = rows::store(&app.client, &fat(turn, 10, 100_000)).await;
        other.position(stored[9].seq, &mut Vec::new()).await;
        if turn == 20 {
            before = Some(memory(app.pid()));
        }
    }
    let grown = memory(app.pid()).saturating_sub(before.expect("it was measured"));
    assert!(grown < 40_000_000, "{grown} bytes more after 80 MB of callbacks that nobody has read");
}

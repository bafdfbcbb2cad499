//! Very many streams at once: nobody waits for those who do not read, and those who come back together cost the database
//! a handful of queries.

use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_postgres::Client;

use crate::support::app::TestProcess;
use crate::support::postgres::TestDatabase;
use crate::support::rows::{self, NewRow};
use crate::support::site::Site;
use crate::support::sse::ADMIN_STREAM;
use crate::support::{PATIENCE, eventually};

/// Of one person, as many as may be by default.
const PER_PERSON: usize = 20;
const ONE_ADDRESS: (&str, &str) = ("CALLBACKD_STREAMS_PER_ADDRESS_MAX", "1000");

/// A session for each of so many streams.
async fn sessions(app: &TestProcess, count: usize) -> Vec<String> {
    let mut sessions = Vec::new();
    for _ in 0..count.div_ceil(PER_PERSON) {
        let person = rows::person(&app.client, "ADMIN").await;
        for _ in 0..PER_PERSON {
            sessions.push(rows::session(&app.client, person, 3_600.0).await);
        }
    }
    sessions.truncate(count);
    sessions
}

/// A stream without a client's machinery: there are hundreds.
struct Raw {
    socket: TcpStream,
    text: String,
}

impl Raw {
    async fn open(site: &Site, session: &str, last: &str, buffer: Option<u32>) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        if let Some(bytes) = buffer {
            socket.set_recv_buffer_size(bytes).expect("a small buffer");
        }
        let mut socket = socket.connect(site.address).await.expect("a connection");
        let request = format!(
            "GET {ADMIN_STREAM} HTTP/1.1\r\nhost: {}\r\ncookie: callbackd_session={session}\r\n{last}\r\n",
            site.address
        );
        socket.write_all(request.as_bytes()).await.expect("a request");
        let mut raw = Self { socket, text: String::new() };
        raw.until("event: ready").await;
        raw
    }

    /// Reads until this has come.
    async fn until(&mut self, wanted: &str) {
        let mut buffer = vec![0; 16 * 1024];
        let mut searched: usize = 0;
        while !self.text[searched.saturating_sub(wanted.len())..].contains(wanted) {
            searched = self.text.len();
            let read = timeout(PATIENCE, self.socket.read(&mut buffer)).await.expect("it comes in time");
            let read = read.expect("the stream goes on");
            assert_ne!(read, 0, "the stream goes on: {}", self.text);
            self.text.push_str(std::str::from_utf8(&buffer[..read]).expect("ASCII"));
        }
    }

    /// Of the callbacks that have come, in the order in which they came.
    fn positions(&self) -> Vec<i64> {
        let ids = self.text.split("event: callback\nid: ").skip(1);
        ids.map(|rest| rest.lines().next().and_then(|id| id.parse().ok()).expect("a position")).collect()
    }
}

fn many(turn: usize, count: usize, size: usize) -> Vec<NewRow> {
    let row = |n| NewRow { preview: "x".repeat(size), ..NewRow::new(&format!("job-{turn}-{n}")) };
    (0..count).map(row).collect()
}

#[tokio::test]
async fn a_fifth_that_does_not_read_delays_nobody() {
    let app = TestProcess::start(&[ONE_ADDRESS, ("CALLBACKD_STREAM_STALL", "10m")]).await;
    let sessions = sessions(&app, 250).await;
    app.listening().await;
    let (mut readers, mut stuck) = (Vec::new(), Vec::new());
    for (place, session) in sessions.iter().enumerate() {
        if place % 5 == 0 {
            stuck.push(Raw::open(&app, session, "", Some(4_096)).await);
        } else {
            readers.push(Raw::open(&app, session, "", None).await);
        }
    }
    let mut stored = Vec::new();
    for turn in 0..10 {
        stored.extend(rows::store(&app.client, &many(turn, 10, 4_000)).await.iter().map(|row| row.seq));
    }
    for reader in read_all(readers, &stored).await {
        assert_eq!(reader.positions(), stored);
    }
    // They were stuck indeed, and once they read they have missed nothing either.
    assert!(stuck.iter().all(|reader| reader.positions().is_empty()));
    for reader in read_all(stuck, &stored).await {
        assert_eq!(reader.positions(), stored);
    }
}

/// Until each has the last of them.
async fn read_all(readers: Vec<Raw>, stored: &[i64]) -> Vec<Raw> {
    let last = format!("\nid: {}\n", stored[stored.len() - 1]);
    let mut reading = JoinSet::new();
    for mut reader in readers {
        let last = last.clone();
        reading.spawn(async move {
            reader.until(&last).await;
            reader
        });
    }
    reading.join_all().await
}

/// Counts the statements in a database from beside it.
struct Observer {
    database: Arc<TestDatabase>,
    client: Client,
    _elsewhere: TestDatabase,
}

impl Observer {
    async fn of(database: &Arc<TestDatabase>) -> Self {
        let elsewhere = TestDatabase::empty().await;
        Self { database: database.clone(), client: elsewhere.client().await, _elsewhere: elsewhere }
    }

    /// Those so far, once the server has ended and with it its connections, which tell them at the latest then.
    async fn end(&self, mut app: TestProcess) -> i64 {
        app.terminate();
        app.ended().await;
        drop(app);
        let (connected, done) = (
            "select count(*) from pg_stat_activity where datname = $1",
            "select xact_commit + xact_rollback from pg_stat_database where datname = $1",
        );
        eventually("all connections are gone", async || self.number(connected).await == 0).await;
        self.number(done).await
    }

    async fn number(&self, sql: &str) -> i64 {
        self.client.query_one(sql, &[&self.database.name()]).await.expect("a number").get(0)
    }
}

#[tokio::test]
async fn whoever_comes_back_after_a_restart_is_caught_up_by_a_handful_of_queries() {
    const STREAMS: usize = 400;
    let database = Arc::new(TestDatabase::new().await);
    let observer = Observer::of(&database).await;
    let start = async || TestProcess::beside(&database, &[ONE_ADDRESS]).await;
    let app = start().await;
    let sessions = sessions(&app, STREAMS).await;
    app.client
        .execute("update sessions set last_seen_at = now() - interval '2 minutes'", &[])
        .await
        .expect("rows");
    app.listening().await;
    let stored = rows::store(&app.client, &many(0, 100, 10)).await;
    let stored: Vec<i64> = stored.iter().map(|row| row.seq).collect();
    let begin = observer.end(app).await;
    // What a start and an end cost by themselves.
    let before = observer.end(start().await).await;
    let own = before - begin;

    let app = Arc::new(start().await);
    let mut coming = JoinSet::new();
    for (place, session) in sessions.into_iter().enumerate() {
        let (app, stored) = (app.clone(), stored.clone());
        coming.spawn(async move {
            // From a hundred different positions.
            let (seen, missed) = stored.split_at(place % 100);
            let last = format!("last-event-id: {}\r\n", seen.last().unwrap_or(&0));
            let raw = Raw::open(&app, &session, &last, None).await;
            assert_eq!(raw.positions(), missed);
        });
    }
    coming.join_all().await;
    let queries = observer.end(Arc::into_inner(app).expect("nobody else has it")).await - before - own;
    assert!(queries < 50, "{queries} queries for {STREAMS} streams of as many sessions of 20 people");
}

//! A client of streams, as `EventSource` is one, that keeps what it was told.

use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::PATIENCE;
use super::site::Site;

pub const ADMIN_STREAM: &str = "/api/admin/llm-callbacks/stream";

#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub name: String,
    pub id: Option<String>,
    pub data: Value,
}

/// An open stream. Closed when dropped.
pub struct Stream {
    pub headers: HeaderMap,
    bytes: BoxStream<'static, reqwest::Result<Bytes>>,
    unread: Vec<u8>,
    /// What a browser would send as `Last-Event-ID`.
    pub last_id: Option<String>,
    /// The `retry:` it was given, in milliseconds, each time it was given.
    pub retries: Vec<u64>,
    /// Comments so far.
    pub comments: usize,
    /// Everything as it came.
    pub raw: Vec<u8>,
}

impl Stream {
    /// `path` with its query.
    pub async fn open(site: &Site, token: &str, path: &str, last_event_id: Option<&str>) -> Self {
        let request = site.request(Method::GET, path).bearer_auth(token);
        let request = last_event_id.iter().fold(request, |request, id| request.header("last-event-id", *id));
        Self::of(request).await
    }

    /// What this request opens.
    pub async fn of(request: reqwest::RequestBuilder) -> Self {
        Self::try_of(request).await.expect("the server answers with 200")
    }

    /// The same where the server may be gone, or refuse.
    pub async fn try_of(request: reqwest::RequestBuilder) -> Option<Self> {
        let response = request.send().await.ok().filter(|response| response.status() == 200)?;
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Some(Self {
            headers: response.headers().clone(),
            bytes: response.bytes_stream().boxed(),
            unread: Vec::new(),
            last_id: None,
            retries: Vec::new(),
            comments: 0,
            raw: Vec::new(),
        })
    }

    /// An admin's stream from now on, once it is ready.
    pub async fn ready(site: &Site, token: &str) -> Self {
        let mut stream = Self::open(site, token, ADMIN_STREAM, None).await;
        stream.until("ready").await;
        stream
    }

    /// The next event, or none when the stream has ended.
    ///
    /// # Panics
    ///
    /// When `deadline` passes first.
    pub async fn next_event(&mut self, deadline: Duration) -> Option<Event> {
        let next = tokio::time::timeout(deadline, self.advance()).await;
        next.unwrap_or_else(|_| panic!("no event came within {deadline:?}"))
    }

    /// Everything up to and including the next event of this name.
    pub async fn until(&mut self, name: &str) -> Vec<Event> {
        self.until_event(|event| event.name == name).await
    }

    /// Everything up to and including the first event that `wanted` holds for.
    pub async fn until_event(&mut self, mut wanted: impl FnMut(&Event) -> bool) -> Vec<Event> {
        let mut events = Vec::new();
        let reading = async {
            while let Some(event) = self.advance().await {
                let found = wanted(&event);
                events.push(event);
                if found {
                    return true;
                }
            }
            false
        };
        let found = tokio::time::timeout(PATIENCE, reading).await;
        match found {
            Ok(true) => events,
            Ok(false) => panic!("the stream ended after {events:?}"),
            Err(elapsed) => panic!("{elapsed} after {events:?}"),
        }
    }

    /// Reads on until the stream has passed this position, also by an id that stands alone.
    pub async fn position(&mut self, seq: i64, events: &mut Vec<Event>) {
        let behind =
            |id: &Option<String>| id.as_ref().is_none_or(|id| id.parse::<i64>().is_ok_and(|id| id < seq));
        self.read_while(|stream| behind(&stream.last_id), events).await;
    }

    /// Waits for so many more comments; what events come meanwhile.
    pub async fn comments(&mut self, more: usize) -> Vec<Event> {
        let (goal, mut events) = (self.comments + more, Vec::new());
        self.read_while(|stream| stream.comments < goal, &mut events).await;
        events
    }

    async fn read_while(&mut self, goes_on: impl Fn(&Self) -> bool, events: &mut Vec<Event>) {
        let reading = async {
            while goes_on(self) {
                if let Some(block) = self.take_block() {
                    events.extend(self.read(&block));
                } else {
                    let bytes = self.bytes.next().await.expect("the stream goes on").expect("bytes");
                    self.keep(&bytes);
                }
            }
        };
        tokio::time::timeout(PATIENCE, reading).await.expect("it comes in time");
    }

    /// Everything up to the end of the stream.
    pub async fn rest(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = self.next_event(PATIENCE).await {
            events.push(event);
        }
        events
    }

    /// The next event, however long it takes; none when the stream has ended. Safe to be cancelled.
    pub async fn advance(&mut self) -> Option<Event> {
        loop {
            while let Some(block) = self.take_block() {
                if let Some(event) = self.read(&block) {
                    return Some(event);
                }
            }
            // A connection that was cut ends the stream as one that was closed does.
            let bytes = self.bytes.next().await?.ok()?;
            self.keep(&bytes);
        }
    }

    fn keep(&mut self, bytes: &Bytes) {
        self.raw.extend_from_slice(bytes);
        self.unread.extend_from_slice(bytes);
    }

    fn take_block(&mut self) -> Option<String> {
        let end = self.unread.windows(2).position(|pair| pair == b"\n\n")?;
        let block: Vec<u8> = self.unread.drain(..end + 2).collect();
        Some(String::from_utf8(block).expect("a stream is UTF-8"))
    }

    /// One block of lines, by the rules of server-sent events; none if it holds no data.
    fn read(&mut self, block: &str) -> Option<Event> {
        let mut event = Event { name: "message".to_owned(), id: None, data: Value::Null };
        let mut data: Vec<&str> = Vec::new();
        for line in block.lines().filter(|line| !line.is_empty()) {
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "" => self.comments += 1,
                "event" => value.clone_into(&mut event.name),
                "id" => event.id = Some(value.to_owned()),
                "data" => data.push(value),
                "retry" => self.retries.push(value.parse().expect("milliseconds")),
                other => panic!("{other:?} is no field of an event"),
            }
        }
        if event.id.is_some() {
            self.last_id.clone_from(&event.id);
        }
        if data.is_empty() {
            return None;
        }
        event.data = serde_json::from_str(&data.join("\n")).expect("the data is JSON");
        Some(event)
    }
}

/// The positions of the callbacks among them.
pub fn cursors(events: &[Event]) -> Vec<i64> {
    let callbacks = events.iter().filter(|event| event.name == "callback");
    callbacks.map(|event| event.id.as_deref().and_then(|id| id.parse().ok()).expect("a position")).collect()
}

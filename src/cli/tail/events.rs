//! Server-sent events, read from bytes as they come.

use bytes::{Buf as _, Bytes, BytesMut};
use futures_util::{StreamExt as _, stream::BoxStream};
use memchr::memmem;

use crate::callback::Cursor;

/// More than any event of ours: a list item with an error message as large as a body. Beyond it, it is no such stream.
const EVENT_BYTES_MAX: usize = 8 * 1024 * 1024;

/// One event. Also one without data: its id alone moves a client on.
#[derive(Debug, PartialEq, Eq)]
pub struct Event {
    pub name: String,
    pub id: Option<Cursor>,
    pub data: String,
}

/// Why no more events come.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    #[error(transparent)]
    Connection(#[from] reqwest::Error),
    #[error("what comes is no stream of events")]
    Nonsense,
}

/// An open stream.
pub struct Events {
    bytes: BoxStream<'static, reqwest::Result<Bytes>>,
    unread: Unread,
}

impl Events {
    pub fn of(answer: reqwest::Response) -> Self {
        Self { bytes: answer.bytes_stream().boxed(), unread: Unread::default() }
    }

    /// The next event; none when the stream has ended. What was cut off in the middle is no event.
    pub async fn next(&mut self) -> Result<Option<Event>, Broken> {
        loop {
            if let Some(event) = self.unread.take()? {
                return Ok(Some(event));
            }
            let Some(bytes) = self.bytes.next().await else { return Ok(None) };
            self.unread.push(&bytes?);
        }
    }
}

/// What has come and makes no event yet.
#[derive(Default)]
pub struct Unread {
    bytes: BytesMut,
    /// No event ends before here.
    seen: usize,
}

impl Unread {
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub fn take(&mut self) -> Result<Option<Event>, Broken> {
        while let Some(end) = memmem::find(&self.bytes[self.seen..], b"\n\n") {
            let mut block = self.bytes.split_to(self.seen + end + 2);
            block.truncate(block.len() - 2);
            self.seen = 0;
            if let Some(event) = event(&block)? {
                return Ok(Some(event));
            }
        }
        // The first half of an end may have come.
        self.seen = self.bytes.remaining().saturating_sub(1);
        if self.seen > EVENT_BYTES_MAX { Err(Broken::Nonsense) } else { Ok(None) }
    }
}

/// Nothing for comments, and for what concerns browsers only.
fn event(block: &[u8]) -> Result<Option<Event>, Broken> {
    let text = str::from_utf8(block).map_err(|_| Broken::Nonsense)?;
    let mut event = Event { name: String::new(), id: None, data: String::new() };
    for line in text.lines() {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut event.name),
            "id" => event.id = value.parse().ok(),
            "data" => event.data.push_str(value),
            _ => {}
        }
    }
    let says_something = event.id.is_some() || !event.data.is_empty();
    Ok(says_something.then_some(event))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_whole_wherever_the_bytes_are_cut() {
        let text = "retry: 1200\n\n: hello\n\nevent: callback\nid: 7\ndata: {\"a\":\"é\"}\n\nid: 9\n\nevent: bye\ndata: {}\n\nevent: cut";
        let new = |name: &str, id: Option<i64>, data: &str| Event {
            name: name.to_owned(),
            id: id.map(Cursor::from_seq),
            data: data.to_owned(),
        };
        let expected =
            [new("callback", Some(7), "{\"a\":\"é\"}"), new("", Some(9), ""), new("bye", None, "{}")];
        for cut in 0..=text.len() {
            let mut unread = Unread::default();
            let mut events = Vec::new();
            for part in [&text.as_bytes()[..cut], &text.as_bytes()[cut..]] {
                unread.bytes.extend_from_slice(part);
                while let Some(event) = unread.take().unwrap() {
                    events.push(event);
                }
            }
            assert_eq!(events, expected, "cut at {cut}");
        }
    }

    #[test]
    fn what_never_ends_is_given_up() {
        let mut unread = Unread::default();
        unread.bytes.extend_from_slice(&vec![b'x'; EVENT_BYTES_MAX + 2]);
        assert!(matches!(unread.take(), Err(Broken::Nonsense)));
    }
}

//! One stream's bytes: chunks, events in them, and of each event its name and its id. Data is not looked at.

use std::net::SocketAddr;

use anyhow::{Context as _, bail, ensure};
use bytes::{Buf as _, BytesMut};
use memchr::memmem;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::connection::Head;

/// As many as many small frames may come at once, so that reading costs few system calls.
const BUFFER_BYTES: usize = 32 * 1024;

pub struct Events {
    socket: TcpStream,
    buffer: BytesMut,
    text: Text,
}

impl Events {
    /// Asks for the stream; returns when it is ready, and misses nothing from then on.
    pub async fn open(address: SocketAddr, path: &str, token: &str) -> anyhow::Result<Self> {
        let mut events = Self::ask(address, path, token).await?;
        let mut ready = false;
        while !ready {
            events.read(&mut |event| ready |= event == Event::Ready).await?;
        }
        Ok(events)
    }

    /// Asks for the stream; returns before anything of it was looked at.
    pub async fn ask(address: SocketAddr, path: &str, token: &str) -> anyhow::Result<Self> {
        let mut socket = TcpStream::connect(address).await?;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
        socket.write_all(request.as_bytes()).await?;
        let mut buffer = BytesMut::with_capacity(BUFFER_BYTES);
        let head = loop {
            ensure!(socket.read_buf(&mut buffer).await? > 0, "the server closed the connection");
            if let Some(head) = Head::find(&buffer)? {
                break head;
            }
        };
        ensure!(head.status == 200, "a stream was answered {}", head.status);
        buffer.advance(head.length);
        Ok(Self { socket, buffer, text: Text::default() })
    }

    /// Waits for bytes, unless some came with the head, and tells the events that they complete. Safe to be cancelled.
    pub async fn read(&mut self, each: &mut impl FnMut(Event)) -> anyhow::Result<()> {
        if self.buffer.is_empty() {
            ensure!(self.socket.read_buf(&mut self.buffer).await? > 0, "the server ended the stream");
        }
        self.take(each)
    }

    fn take(&mut self, each: &mut impl FnMut(Event)) -> anyhow::Result<()> {
        let result = self.text.chunks(&self.buffer, each);
        self.buffer.clear();
        result
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    Ready,
    /// With its cursor.
    Callback(i64),
    Other,
}

/// Between two reads.
#[derive(Default)]
struct Text {
    chunk: Chunk,
    /// The beginning of an event.
    begun: Vec<u8>,
}

/// Where in the chunked body.
#[derive(Clone, Copy)]
enum Chunk {
    /// In the line that says how long the next chunk is.
    Size(usize),
    Data(usize),
    /// In the line end behind a chunk.
    End(usize),
}

impl Default for Chunk {
    fn default() -> Self {
        Self::Size(0)
    }
}

impl Text {
    fn chunks(&mut self, mut bytes: &[u8], each: &mut impl FnMut(Event)) -> anyhow::Result<()> {
        while let Some((first, rest)) = bytes.split_first() {
            match self.chunk {
                Chunk::Size(size) => {
                    self.chunk = size_line(size, *first)?;
                    bytes = rest;
                }
                Chunk::Data(left) => {
                    let (data, rest) = bytes.split_at(left.min(bytes.len()));
                    self.events(data, each)?;
                    self.chunk =
                        if data.len() == left { Chunk::End(2) } else { Chunk::Data(left - data.len()) };
                    bytes = rest;
                }
                Chunk::End(left) => {
                    self.chunk = if left == 1 { Chunk::Size(0) } else { Chunk::End(left - 1) };
                    bytes = rest;
                }
            }
        }
        Ok(())
    }

    fn events(&mut self, mut data: &[u8], each: &mut impl FnMut(Event)) -> anyhow::Result<()> {
        // The blank line may be cut in two.
        if self.begun.last() == Some(&b'\n') && data.first() == Some(&b'\n') {
            each(event(&self.begun)?);
            self.begun.clear();
            data = data.get(1..).unwrap_or_default();
        }
        while let Some(end) = memmem::find(data, b"\n\n") {
            let (text, rest) = data.split_at(end);
            if self.begun.is_empty() {
                each(event(text)?);
            } else {
                self.begun.extend_from_slice(text);
                each(event(&self.begun)?);
                self.begun.clear();
            }
            data = rest.get(2..).unwrap_or_default();
        }
        self.begun.extend_from_slice(data);
        Ok(())
    }
}

fn size_line(size: usize, byte: u8) -> anyhow::Result<Chunk> {
    match byte {
        b'\n' if size == 0 => bail!("the server ended the stream"),
        b'\n' => Ok(Chunk::Data(size)),
        b'\r' => Ok(Chunk::Size(size)),
        digit => {
            let value = char::from(digit).to_digit(16).context("the length of a chunk is hexadecimal")?;
            Ok(Chunk::Size(size * 16 + usize::try_from(value)?))
        }
    }
}

fn event(text: &[u8]) -> anyhow::Result<Event> {
    let (mut name, mut id) = (None, None);
    for line in text.split(|byte| *byte == b'\n').take_while(|line| !line.starts_with(b"data:")) {
        if let Some(value) = line.strip_prefix(b"event: ") {
            name = Some(value);
        } else if let Some(value) = line.strip_prefix(b"id: ") {
            id = Some(value);
        }
    }
    match (name, id) {
        (Some(b"callback"), Some(id)) => Ok(Event::Callback(std::str::from_utf8(id)?.parse()?)),
        (Some(b"ready"), _) => Ok(Event::Ready),
        (Some(b"bye" | b"reset"), _) => bail!("the server said {}", String::from_utf8_lossy(text)),
        _ => Ok(Event::Other),
    }
}

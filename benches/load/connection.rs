//! One kept-alive connection: a request out, an answer in.

use std::net::SocketAddr;

use anyhow::{Context as _, bail};
use bytes::BytesMut;
use memchr::memmem;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

pub struct Connection {
    socket: TcpStream,
    buffer: BytesMut,
}

/// An answer, read whole.
pub struct Answer<'a> {
    pub status: u16,
    pub body: &'a [u8],
}

impl Connection {
    pub async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let socket = TcpStream::connect(address).await?;
        socket.set_nodelay(true)?;
        Ok(Self { socket, buffer: BytesMut::with_capacity(4 * 1024) })
    }

    pub async fn get(&mut self, path: &str) -> anyhow::Result<Answer<'_>> {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").as_bytes()).await
    }

    /// `request` is all of it, head and body. There is never more than one under way.
    pub async fn send(&mut self, request: &[u8]) -> anyhow::Result<Answer<'_>> {
        self.buffer.clear();
        self.socket.write_all(request).await?;
        let mut whole = None;
        while whole.is_none_or(|whole| self.buffer.len() < whole) {
            if self.socket.read_buf(&mut self.buffer).await? == 0 {
                bail!("the server closed the connection");
            }
            if whole.is_none() {
                whole = Head::find(&self.buffer)?.map(|head| head.length + head.content_length);
            }
        }
        let head = Head::find(&self.buffer)?.context("the head was found above")?;
        Ok(Answer { status: head.status, body: self.buffer.get(head.length..).unwrap_or_default() })
    }
}

/// What matters of an answer's head.
pub struct Head {
    pub status: u16,
    /// Up to the body.
    pub length: usize,
    pub content_length: usize,
}

impl Head {
    /// `None` while it is not complete.
    pub fn find(bytes: &[u8]) -> anyhow::Result<Option<Self>> {
        let Some(end) = memmem::find(bytes, b"\r\n\r\n") else { return Ok(None) };
        let text = std::str::from_utf8(bytes.get(..end).unwrap_or_default())?;
        let mut lines = text.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let length = lines.find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
        });
        let status = status.context("the answer has no status")?;
        Ok(Some(Self { status, length: end + 4, content_length: length.unwrap_or_default() }))
    }
}

/// The cursor in an acknowledgement.
pub fn cursor(body: &[u8]) -> Option<i64> {
    const NAME: &[u8] = br#""cursor":""#;
    let rest = body.get(memmem::find(body, NAME)? + NAME.len()..)?;
    let digits = rest.get(..memchr::memchr(b'"', rest)?)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

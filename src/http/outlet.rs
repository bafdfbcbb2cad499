//! The connection of an answer that has no end, taken over from the HTTP server once the request has been read.
//!
//! What the HTTP server keeps for a connection (its buffers, and the next request that never comes) is 20 kB, most of
//! what an open stream would cost; and each piece of such an answer would pass through its queue. So the socket is taken
//! out of it, and what is said goes from shared memory to the socket.

use std::{
    fmt::Write as _,
    future::poll_fn,
    io::{self, ErrorKind, IoSlice},
};

use axum::http::{
    Version,
    header::{CONNECTION, CONTENT_LENGTH},
    response,
};
use bytes::{Buf as _, Bytes, buf::Chain};
use chrono::Utc;
use socket2::SockRef;
use tokio::{io::AsyncWriteExt as _, net::TcpStream};

/// Room for a chunk's length in hexadecimal, and the end of its line.
const SIZE_LINE: usize = 18;
const LINE_END: &[u8] = b"\r\n";
const LAST_CHUNK: &[u8] = b"0\r\n\r\n";

/// Bytes out, and whether anybody is still there.
pub struct Outlet {
    socket: TcpStream,
    /// Else the answer is as long as the connection: for clients of HTTP/1.0.
    chunked: bool,
}

/// What the socket had no room for.
pub type Rest = Chain<Chain<Bytes, Bytes>, &'static [u8]>;

impl Outlet {
    /// Sends the head of the answer.
    pub(super) async fn open(
        mut socket: TcpStream,
        version: Version,
        head: &response::Parts,
    ) -> io::Result<Self> {
        super::set_unsent_max(&SockRef::from(&socket))?;
        let chunked = version == Version::HTTP_11;
        socket.write_all(&text(head, chunked)).await?;
        Ok(Self { socket, chunked })
    }

    /// Waits until the client has gone. What it sends is not asked for, and dropped.
    pub async fn gone(&self) {
        loop {
            if poll_fn(|cx| self.socket.poll_read_ready(cx)).await.is_err() || !self.drain() {
                return;
            }
        }
    }

    /// Whether the client is still there.
    fn drain(&self) -> bool {
        let mut scratch = [0; 512];
        match self.socket.try_read(&mut scratch) {
            Ok(read) => read > 0,
            Err(error) => error.kind() == ErrorKind::WouldBlock,
        }
    }

    /// Gives the socket as much as it has room for, and returns the rest.
    pub fn offer(&self, bytes: Bytes) -> io::Result<Option<Rest>> {
        let mut line = [0; SIZE_LINE];
        let (size, end) =
            if self.chunked { (size_line(bytes.len(), &mut line), LINE_END) } else { (&[][..], &[][..]) };
        let whole = size.len() + bytes.len() + end.len();
        let written = match self.socket.try_write_vectored(&[
            IoSlice::new(size),
            IoSlice::new(&bytes),
            IoSlice::new(end),
        ]) {
            Ok(written) => written,
            Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
            Err(error) => return Err(error),
        };
        if written == whole {
            return Ok(None);
        }
        let mut rest = Bytes::copy_from_slice(size).chain(bytes).chain(end);
        rest.advance(written);
        Ok(Some(rest))
    }

    /// Waits until the socket has taken it.
    pub async fn flush(&mut self, mut rest: Rest) -> io::Result<()> {
        self.socket.write_all_buf(&mut rest).await
    }

    /// The end of the answer, and of the connection.
    pub async fn close(mut self) {
        if self.chunked && self.socket.write_all(LAST_CHUNK).await.is_err() {
            return;
        }
        super::linger(self.socket).await;
    }
}

/// The head of the answer as text.
fn text(head: &response::Parts, chunked: bool) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {}\r\n", head.status);
    for (name, value) in
        head.headers.iter().filter(|(name, _)| *name != CONTENT_LENGTH && *name != CONNECTION)
    {
        let _ = write!(text, "{name}: {}\r\n", String::from_utf8_lossy(value.as_bytes()));
    }
    if chunked {
        text.push_str("transfer-encoding: chunked\r\n");
    }
    let _ =
        write!(text, "connection: close\r\ndate: {}\r\n\r\n", Utc::now().format("%a, %d %b %Y %H:%M:%S GMT"));
    text.into_bytes()
}

fn size_line(size: usize, line: &mut [u8; SIZE_LINE]) -> &[u8] {
    let mut at = SIZE_LINE - LINE_END.len();
    line[at..].copy_from_slice(LINE_END);
    let mut left = size;
    loop {
        at -= 1;
        line[at] = b"0123456789abcdef"[left % 16];
        left /= 16;
        if left == 0 {
            return &line[at..];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_hexadecimal() {
        for size in [1, 9, 10, 15, 16, 255, 256, 65_536, usize::MAX] {
            assert_eq!(size_line(size, &mut [0; SIZE_LINE]), format!("{size:x}\r\n").as_bytes());
        }
    }
}

//! Requests written byte by byte, as no proper client would.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::PATIENCE;
use super::site::Site;

pub struct Wire {
    socket: TcpStream,
}

impl Wire {
    pub async fn connect(site: &Site) -> Self {
        Self { socket: TcpStream::connect(site.address).await.expect("the server accepts") }
    }

    /// A webhook's head: these lines, and no body yet.
    pub async fn webhook(site: &Site, headers: &[String]) -> Self {
        let mut wire = Self::connect(site).await;
        let headers = headers.iter().fold(String::new(), |text, line| text + line + "\r\n");
        let head = format!("POST {} HTTP/1.1\r\nHost: test\r\n{headers}\r\n", super::site::WEBHOOK);
        wire.send(head.as_bytes()).await.expect("a head is taken");
        wire
    }

    pub async fn send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        tokio::time::timeout(PATIENCE, self.socket.write_all(bytes)).await.expect("it is read in time")
    }

    /// The status and text of the one answer.
    pub async fn answer(&mut self) -> (u16, String) {
        let mut bytes = Vec::new();
        let reading = async {
            while !is_whole(&bytes) && self.socket.read_buf(&mut bytes).await.is_ok_and(|read| read > 0) {}
        };
        tokio::time::timeout(PATIENCE, reading).await.expect("it answers in time");
        let text = String::from_utf8(bytes).expect("an answer is text");
        let status = text.split(' ').nth(1).and_then(|word| word.parse().ok());
        (status.unwrap_or_else(|| panic!("no answer but {text:?}")), text)
    }
}

impl Wire {
    /// Everything that is answered to these bytes, until the server closes.
    pub async fn all_answers(site: &Site, bytes: &[u8]) -> String {
        let mut wire = Self::connect(site).await;
        // A server that has seen enough closes before everything is sent.
        let _ = wire.send(bytes).await;
        wire.rest().await
    }

    /// Whatever still comes, until the server closes or cuts the connection.
    pub async fn rest(&mut self) -> String {
        let mut bytes = Vec::new();
        let reading = async { while self.socket.read_buf(&mut bytes).await.is_ok_and(|read| read > 0) {} };
        tokio::time::timeout(PATIENCE, reading).await.expect("it closes in time");
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Sends no more; what is answered can still be read.
    pub async fn close_half(&mut self) {
        self.socket.shutdown().await.expect("it is open");
    }
}

/// The status of each answer in what came.
pub fn statuses(answers: &str) -> Vec<u16> {
    let status = |rest: &str| rest.get(..3).and_then(|text| text.parse().ok());
    answers.split("HTTP/1.1 ").skip(1).filter_map(status).collect()
}

fn is_whole(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.and_then(|length| length.parse().ok()).is_some_and(|length: usize| body.len() >= length)
}

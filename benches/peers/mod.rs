//! Who else passes messages on to many streams: each started with its fastest documented settings, asked for streams and
//! given messages in its own way. One that is not installed on this machine is left out, and the report says so.

mod better_sse;
mod limit;
mod nchan;

use std::{net::SocketAddr, path::Path};

use anyhow::Context as _;

pub use self::{limit::run as run_limit, nchan::ids};
use crate::{
    load::numbered,
    stage::{Child, Stage, free_address},
};

/// A server of streams, and how it is spoken to.
pub struct Peer {
    pub name: &'static str,
    pub address: SocketAddr,
    /// A stream is open when it has been sent this.
    pub opened: &'static [u8],
    stream: &'static str,
    publish: &'static str,
    child: Child,
}

impl Peer {
    pub fn pid(&self) -> i32 {
        self.child.pid
    }

    /// A whole request for a stream.
    pub fn stream_request(&self) -> Vec<u8> {
        let path = self.stream;
        format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n").into()
    }

    /// A whole request that publishes the message with this number.
    pub fn message(&self, number: usize) -> Vec<u8> {
        numbered::post(self.publish, "Content-Type: text/plain\r\n", &numbered::item(number))
    }

    pub async fn stop(self) -> anyhow::Result<()> {
        self.child.stop().await
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// nginx with nchan, and this many workers.
    Nchan(usize),
    BetterSse,
    /// One thread, `epoll` and a bare `send`.
    Limit,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Nchan(1), Self::Nchan(2), Self::BetterSse, Self::Limit];

    pub fn name(self) -> &'static str {
        match self {
            Self::Nchan(1) => "nchan, 1 worker",
            Self::Nchan(_) => "nchan, 2 workers",
            Self::BetterSse => "better-sse",
            Self::Limit => "the limit",
        }
    }

    /// What it is, with its version; or why it cannot be had here.
    pub async fn describe(self, folder: &Path) -> Result<String, String> {
        match self {
            Self::Nchan(_) => nchan::version().await,
            Self::BetterSse => better_sse::install(folder).await,
            Self::Limit => Ok("one thread, epoll, a bare send".to_owned()),
        }
    }

    pub async fn start(self, stage: &Stage) -> anyhow::Result<Peer> {
        let address = free_address()?;
        let started = match self {
            Self::Nchan(workers) => nchan::start(address, workers, &stage.folder).await,
            Self::BetterSse => better_sse::start(address, &stage.folder).await,
            Self::Limit => limit::start(address, &stage.folder).await,
        };
        started.with_context(|| self.name())
    }
}

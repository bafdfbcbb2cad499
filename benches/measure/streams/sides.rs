//! The sides of a round: callbackd or one of its peers, behind one face.

use std::fmt::Write as _;

use anyhow::Context as _;

use crate::{
    load::{Crowd, Guest, Invitation, Pace, numbered::Signer},
    peers::{Kind, Peer},
    report::Processes,
    stage::{Server, Stage},
};

/// Those that can be had here, and a list of what they are, or why not.
pub async fn present(stage: &Stage) -> (Vec<Kind>, String) {
    let (mut kinds, mut who) = (Vec::new(), String::new());
    for kind in Kind::ALL {
        let said = match kind.describe(&stage.folder).await {
            Ok(version) => {
                kinds.push(kind);
                version
            }
            Err(why) => format!("left out: {why}"),
        };
        let _ = writeln!(who, "- {}: {said}", kind.name());
    }
    (kinds, who)
}

/// What callbackd says once a stream has been caught up.
pub const READY: &[u8] = b"event: ready";

pub enum Side {
    Callbackd { server: Box<Server>, signer: Box<Signer>, requests: Vec<Vec<u8>> },
    Peer(Box<Peer>),
}

impl Side {
    pub async fn callbackd(stage: &Stage, measurement: &str, streams: usize) -> anyhow::Result<Self> {
        let server = Box::new(stage.product(measurement, &[]).await?);
        let requests = server.stream_requests(streams).await?;
        Ok(Self::Callbackd { server, signer: Box::new(Signer::new(&stage.secret)), requests })
    }

    pub fn name(&self) -> &'static str {
        match self {
            Self::Callbackd { .. } => "callbackd",
            Self::Peer(peer) => peer.name,
        }
    }

    pub fn address(&self) -> std::net::SocketAddr {
        match self {
            Self::Callbackd { server, .. } => server.address,
            Self::Peer(peer) => peer.address,
        }
    }

    pub fn processes(&self) -> Processes {
        Processes::of(match self {
            Self::Callbackd { server, .. } => server.pid(),
            Self::Peer(peer) => peer.pid(),
        })
    }

    pub fn message(&self, number: usize) -> Vec<u8> {
        match self {
            Self::Callbackd { signer, .. } => signer.request(number),
            Self::Peer(peer) => peer.message(number),
        }
    }

    /// So many streams that read whatever comes.
    pub async fn crowd(&self, size: usize) -> anyhow::Result<Crowd> {
        let (opened, requests): (&'static [u8], Vec<Vec<u8>>) = match self {
            Self::Callbackd { requests, .. } => (READY, requests.iter().take(size).cloned().collect()),
            Self::Peer(peer) => (peer.opened, vec![peer.stream_request(); size]),
        };
        let guests = requests.into_iter().map(|request| Guest { request, pace: Pace::Quick }).collect();
        Crowd::gather(Invitation { address: self.address(), opened, guests }).await.context(self.name())
    }

    pub async fn stop(self) -> anyhow::Result<()> {
        match self {
            Self::Callbackd { server, .. } => server.stop().await,
            Self::Peer(peer) => peer.stop().await,
        }
    }
}

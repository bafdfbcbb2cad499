//! Those who act while things fail: senders, readers of streams, pollers, an admin.
//!
//! Each draws its whims from a seed of its own and notes what it does and sees. None of them judges.

mod admin;
mod audit;
mod client;
mod poller;
mod recorder;
mod sender;

use std::net::SocketAddr;
use std::time::Duration;

use rand::RngExt as _;
use rand::rngs::StdRng;

pub use admin::Admin;
pub use audit::audit;
pub use client::Client;
pub use poller::Poller;
pub use recorder::Recorder;
pub use sender::Sender;

use crate::model::Node;

/// What everybody needs to know of the servers.
#[derive(Clone)]
pub struct Place {
    /// The proxies before the nodes.
    pub fronts: Vec<SocketAddr>,
    pub secret: String,
    /// An admin's.
    pub token: String,
    pub http: reqwest::Client,
    pub recorder: Recorder,
}

/// How far the whole has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Whims are followed, things fail.
    Running,
    /// Nothing new is begun; readers stay connected and catch up.
    Settling,
    Over,
}

impl Place {
    /// Any node, as a balancer without stickiness would choose.
    fn url(&self, rng: &mut StdRng, path: &str) -> String {
        self.url_of(self.any(rng), path)
    }

    fn any(&self, rng: &mut StdRng) -> Node {
        Node(rng.random_range(0..self.fronts.len()))
    }

    fn url_of(&self, node: Node, path: &str) -> String {
        format!("http://{}{path}", self.fronts[node.0])
    }
}

/// A pause of a length that the seed decides.
async fn pause(rng: &mut StdRng, millis: std::ops::Range<u64>) {
    tokio::time::sleep(Duration::from_millis(rng.random_range(millis))).await;
}

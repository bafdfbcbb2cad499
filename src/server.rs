//! The composition root: everything is made here, in the order of the callback's way, and handed what it needs.
//!
//! The one place that spawns (by way of `shutdown`). A start asks for the database, opens the address, lays the `ground`
//! and builds on it; with a spool and no database the building comes later (`meanwhile`).

mod database;
mod entrance;
mod ground;
mod housekeeping;
mod meanwhile;
mod state;

use std::{io, net::SocketAddr, time::Duration};

use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::SecretString;
use tokio::net::TcpListener;

pub use self::state::AppState;
use self::{
    database::{Ways, is_away},
    ground::Ground,
};
use crate::{
    config::{Config, Unsigned},
    http,
    ingest::Sources,
    session::Sessions,
    shutdown::{self, Ending, Shutdown},
    source::{self, Source},
};

/// A server that answers.
pub struct Server {
    pub address: SocketAddr,
    pub sessions: Sessions,
    pub sources: Sources,
    /// Where senders and people reach it, without a trailing slash.
    pub url: String,
    /// Else its database is away, and it takes callbacks alone so far.
    pub is_whole: bool,
    /// Ends it, as a signal would.
    pub shutdown: Shutdown,
    ending: Ending,
    deadline: Duration,
}

impl Server {
    /// Starts everything; returns when the server answers. With a spool it does not wait for a database that is away: it
    /// takes callbacks, and becomes whole when the database is there. `database_url` is that of the configuration, or of the
    /// PostgreSQL that was started for it.
    pub async fn start(
        config: Config,
        database_url: SecretString,
        metrics: PrometheusHandle,
    ) -> anyhow::Result<Self> {
        let sources = source::all(&config.sources)?;
        anyhow::ensure!(
            sources.iter().all(Source::has_keys) || config.ingest.unsigned == Unsigned::Accept,
            "LLM_WEBHOOK_SECRET must be set: without it no callback can be verified (to try callbackd without one, set \
             CALLBACKD_UNSIGNED=accept; then anybody can store callbacks)"
        );
        let sources = Sources::new(sources)?;
        shutdown::outlive_file_limits()?;
        let ways = Ways::new(&config, database_url);
        let patience = if config.spool.is_some() { Duration::ZERO } else { database::WAIT };
        let reached = ways.prepare(patience).await;
        let is_whole = reached.is_ok();
        // Without it callbacks can be taken, if there is somewhere to put them.
        match reached {
            Err(error) if config.spool.is_none() || !is_away(&error) => return Err(error),
            _ => {}
        }
        let listener = listen(config.listen)?;
        let address = listener.local_addr()?;
        let url = config.public_url.clone().unwrap_or_else(|| format!("http://{}", reachable(address)));

        let (shutdown, ending) = Shutdown::new();
        let places = http::Places::new(&config.connections, &config.access.trusted_proxies);
        // At a desk nobody will miss the rest.
        if !config.development() {
            places.say_if_fewer(config.connections.max);
        }
        let deadline = config.shutdown_deadline;
        let ground = Ground::new(config, ways, sources.clone(), url.clone(), metrics, &shutdown)?;
        let sessions = ground.sessions.clone();
        let app = if is_whole { ground.build().await? } else { meanwhile::serve(ground, address).await? };
        shutdown.task("http", http::serve(listener, app, places, shutdown.clone()));
        Ok(Self { address, sessions, sources, url, is_whole, shutdown, ending, deadline })
    }

    pub fn say_ready(&self) {
        say_ready(&self.url, self.address);
    }

    /// Runs until a signal, or until a task fails; then ends in order.
    pub async fn run(self) -> anyhow::Result<()> {
        self.ending.wait(self.deadline).await
    }
}

fn say_ready(url: &str, address: SocketAddr) {
    tracing::info!(url, %address, "callbackd {} is ready", env!("CARGO_PKG_VERSION"));
}

/// Says what may have been meant, where it cannot be done.
pub fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    http::listen(address).map_err(|error| {
        let remedy = match error.kind() {
            io::ErrorKind::AddrInUse => {
                ": another program has this port (`ss -ltnp` names it); end that one, or take another port, such as \
                 --listen 127.0.0.1:0 for a free one"
            }
            io::ErrorKind::AddrNotAvailable => {
                ": this machine has no such address; 0.0.0.0 and [::] stand for all that it has"
            }
            io::ErrorKind::PermissionDenied => {
                ": ports below 1024 are the system's; take a higher one, with a proxy in front"
            }
            _ => "",
        };
        anyhow::anyhow!("cannot listen on {address}: {error}{remedy}")
    })
}

async fn infallible(run: impl Future<Output = ()>) -> anyhow::Result<()> {
    run.await;
    Ok(())
}

/// An address that a browser on this machine can be sent to: a wildcard is nobody's.
fn reachable(address: SocketAddr) -> SocketAddr {
    let mut address = address;
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

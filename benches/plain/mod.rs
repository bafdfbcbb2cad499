//! The plain design: what a good engineer writes first. A request is verified, inserted and notified in a transaction
//! of its own, on a connection from a pool; a listener passes notifications on to every stream.
//!
//! It has what makes it fast: one round trip a request, prepared statements, typed parsing, no delay on sockets, the
//! event in the notification itself, so that nothing is read back. It has not what makes callbackd's promises: its
//! cursors may become visible out of their order, a slow stream or a lost listener misses events, nothing is bounded.
//! Schema, indexes, signature check and JSON parser are callbackd's own.

mod receive;
mod stream;

use std::{net::SocketAddr, sync::Arc};

use anyhow::Context as _;
use axum::{
    Router,
    routing::{get, post},
    serve::ListenerExt as _,
};
use callbackd::source::{self, LLM, Source};
use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod};
use secrecy::SecretString;
use tokio::{net::TcpListener, sync::broadcast};
use tokio_postgres::NoTls;

/// Connections of the pool: as many as callbackd's.
const POOL_MAX: usize = 16;
/// Events that a stream may be behind before it misses some.
const BROADCAST_CAPACITY: usize = 16_384;

pub const ADDRESS: &str = "PLAIN_LISTEN";
pub const TOKEN: &str = "plain";
pub const STREAM_PATH: &str = "/api/admin/llm-callbacks/stream";

#[derive(Clone)]
struct Plain {
    source: Arc<Source>,
    pool: Pool,
    /// A cursor and an item's JSON.
    events: broadcast::Sender<Arc<(String, String)>>,
}

/// Serves until it is ended from outside.
pub async fn run() -> anyhow::Result<()> {
    let variable = |name| std::env::var(name).with_context(|| format!("{name} is set by whoever measures"));
    let address: SocketAddr = variable(ADDRESS)?.parse()?;
    let url = variable("DATABASE_URL")?;
    let secret = SecretString::from(variable("LLM_WEBHOOK_SECRET")?);

    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = Manager::from_config(url.parse()?, NoTls, recycling);
    let pool = Pool::builder(manager).max_size(POOL_MAX).build()?;
    let (events, _) = broadcast::channel(BROADCAST_CAPACITY);
    let hearing = tokio::spawn(stream::listen(url, events.clone()));

    let mut source = source::find(&[], LLM)?.context("it has a preset")?;
    source.add_secret(&secret).map_err(anyhow::Error::msg)?;
    let path = source.path.clone();
    let plain = Plain { source: Arc::new(source), pool, events };
    let router = Router::new()
        .route(&path, post(receive::receive))
        .route(STREAM_PATH, get(stream::stream))
        .route("/readyz", get(|| async { "ready" }))
        .with_state(plain);
    let listener = TcpListener::bind(address).await?.tap_io(|socket| {
        // Without it the bench says so: answers take 40 ms.
        let _ = socket.set_nodelay(true);
    });
    tokio::select! {
        served = axum::serve(listener, router).into_future() => Ok(served?),
        ended = hearing => ended?,
    }
}

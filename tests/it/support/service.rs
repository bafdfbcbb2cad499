//! A service that callbacks come from, as its own API is seen: objects by id, and every way to answer badly.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response};
use tokio::task::JoinHandle;

use super::eventually;

/// How one request is answered.
#[derive(Clone, Debug)]
pub enum Reply {
    Json(String),
    Status(u16),
    /// With `Retry-After`, in seconds.
    Wait(u16, u32),
    /// Byte for byte, as 200.
    Text(&'static str),
    /// An object that never ends.
    Endless,
    /// No answer at all.
    Never,
}

/// Stops when dropped.
pub struct Service {
    pub address: SocketAddr,
    state: Kept,
    running: JoinHandle<()>,
}

#[derive(Clone, Default)]
struct Kept {
    got: Arc<Mutex<Vec<(String, HeaderMap)>>>,
    /// By the last segment of the path; the last reply stays.
    replies: Arc<Mutex<HashMap<String, Vec<Reply>>>>,
}

impl Service {
    pub async fn start() -> Self {
        let state = Kept::default();
        let app = Router::new().fallback(answer).with_state(state.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let running = tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Self { address, state, running }
    }

    /// These for the object of this id, one after the other, and the last of them from then on.
    pub fn replies(&self, id: &str, replies: &[Reply]) {
        let mut known = self.state.replies.lock().expect("nobody panicked over it");
        known.insert(id.to_owned(), replies.iter().rev().cloned().collect());
    }

    /// Path and query of each request, and its headers.
    pub fn got(&self) -> Vec<(String, HeaderMap)> {
        self.state.got.lock().expect("nobody panicked over it").clone()
    }

    /// Waits until it was asked so often for the object of this id.
    pub async fn asked(&self, id: &str, count: usize) {
        let end = format!("/{id}");
        let so_often = async || self.got().iter().filter(|(path, _)| path.ends_with(&end)).count() >= count;
        eventually(&format!("{id} was asked for {count} times"), so_often).await;
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.running.abort();
    }
}

async fn answer(State(kept): State<Kept>, request: Request) -> Response<Body> {
    let path = request.uri().to_string();
    let id = path.rsplit('/').next().unwrap_or_default().to_owned();
    kept.got.lock().expect("nobody panicked over it").push((path, request.headers().clone()));
    let reply = {
        let mut replies = kept.replies.lock().expect("nobody panicked over it");
        let own = replies.entry(id.clone()).or_default();
        if own.len() > 1 { own.pop() } else { own.last().cloned() }
    };
    let builder = Response::builder();
    let answer = match reply.unwrap_or_else(|| Reply::Json(format!(r#"{{"id":"{id}"}}"#))) {
        Reply::Json(text) => builder.body(Body::from(text)),
        Reply::Status(status) => builder
            .status(status)
            // Where a redirect leads: to ourselves, so that following it would be seen.
            .header("location", "/elsewhere")
            .body(Body::from(r#"{"error":"no"}"#)),
        Reply::Wait(status, seconds) => {
            builder.status(status).header("retry-after", seconds).body(Body::from("later"))
        }
        Reply::Text(text) => builder.body(Body::from(text)),
        Reply::Endless => {
            let chunk = Ok::<_, Infallible>(Bytes::from_static(&[b' '; 16 * 1024]));
            builder.body(Body::from_stream(futures_util::stream::repeat_with(move || chunk.clone())))
        }
        Reply::Never => std::future::pending().await,
    };
    answer.expect("an answer")
}

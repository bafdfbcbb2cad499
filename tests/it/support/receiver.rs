//! A server of somebody else, to which callbacks are handed on: it keeps what it got, and answers as it is told.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Response};
use tokio::task::JoinHandle;

use super::eventually;

/// Stops when dropped.
pub struct Receiver {
    pub address: SocketAddr,
    state: Kept,
    running: JoinHandle<()>,
}

#[derive(Clone, Default)]
struct Kept {
    got: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
    answers: Arc<Mutex<VecDeque<(u16, &'static str)>>>,
}

impl Receiver {
    /// These answers first, then 200.
    pub async fn answering(answers: &[(u16, &'static str)]) -> Self {
        Self::at("127.0.0.1:0".parse().expect("an address"), answers).await
    }

    pub async fn at(address: SocketAddr, answers: &[(u16, &'static str)]) -> Self {
        let state = Kept::default();
        state.answers.lock().expect("nobody panicked over it").extend(answers);
        let app = Router::new().fallback(receive).with_state(state.clone());
        let listener = tokio::net::TcpListener::bind(address).await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let running = tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Self { address, state, running }
    }

    pub fn url(&self) -> String {
        format!("http://{}/hooks", self.address)
    }

    pub fn got(&self) -> Vec<(HeaderMap, Bytes)> {
        self.state.got.lock().expect("nobody panicked over it").clone()
    }

    /// Waits until it has got so many.
    pub async fn requests(&self, count: usize) -> Vec<(HeaderMap, Bytes)> {
        eventually(&format!("{count} requests came"), async || self.got().len() >= count).await;
        self.got()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.running.abort();
    }
}

async fn receive(State(kept): State<Kept>, headers: HeaderMap, body: Bytes) -> Response<String> {
    kept.got.lock().expect("nobody panicked over it").push((headers, body));
    let (status, text) =
        kept.answers.lock().expect("nobody panicked over it").pop_front().unwrap_or((200, "taken"));
    let answer = Response::builder().status(status);
    // Where a redirect leads: to ourselves, so that following it would be seen.
    let answer = if (300..400).contains(&status) { answer.header("location", "/elsewhere") } else { answer };
    answer.body(text.to_owned()).expect("an answer")
}

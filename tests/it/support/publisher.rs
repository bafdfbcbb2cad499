//! A service that publishes the keys with which it signs, as fal does.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Router, routing::get};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use callbackd::source::{self, Source};
use ed25519_dalek::SigningKey;
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::app::TestApp;

/// A service that publishes its keys, or is away.
pub struct Publisher {
    pub url: String,
    answer: Arc<Mutex<Option<Value>>>,
    asked: Arc<AtomicUsize>,
    serving: JoinHandle<()>,
}

type Answers = (Arc<Mutex<Option<Value>>>, Arc<AtomicUsize>);

impl Publisher {
    pub async fn start(answer: Option<Value>) -> Self {
        let state: Answers = (Arc::new(Mutex::new(answer)), Arc::default());
        let app = Router::new().route("/jwks.json", get(publish)).with_state(state.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/jwks.json", listener.local_addr().expect("it is bound"));
        let serving = tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Self { url, answer: state.0, asked: state.1, serving }
    }

    pub fn publish(&self, answer: Option<Value>) {
        *self.answer.lock().expect("nobody panicked over it") = answer;
    }

    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    pub async fn app(&self) -> TestApp {
        TestApp::with(&[("CALLBACKD_SOURCES_FAL_JWKS_URL", &self.url)]).await
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn publish(State((answer, asked)): State<Answers>) -> Result<String, StatusCode> {
    asked.fetch_add(1, Ordering::Relaxed);
    let answer = answer.lock().expect("nobody panicked over it").clone();
    answer.map(|keys| keys.to_string()).ok_or(StatusCode::BAD_GATEWAY)
}

fn seed(number: u8) -> String {
    format!("{number:02x}").repeat(32)
}

/// As fal publishes keys: without names.
pub fn keys(numbers: &[u8]) -> Value {
    let public = |number: &u8| {
        let key = SigningKey::from_bytes(&[*number; 32]).verifying_key();
        json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(key.as_bytes())})
    };
    json!({ "keys": numbers.iter().map(public).collect::<Vec<_>>() })
}

pub fn fal(number: u8) -> Source {
    let mut source = source::find(&[], "fal").expect("it is good").expect("it is there");
    source.add_secret(&SecretString::from(seed(number))).expect("a private key");
    source
}

//! A source whose service publishes its keys: kept, asked for again when none fits, and never a 401 while they are away.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Router, routing::get};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use callbackd::source::scheme::Envelope;
use callbackd::source::{self, Source};
use chrono::Utc;
use ed25519_dalek::SigningKey;
use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::support::app::TestApp;
use crate::support::site::Answer;

/// A service that publishes its keys, or is away.
struct Publisher {
    url: String,
    answer: Arc<Mutex<Option<Value>>>,
    asked: Arc<AtomicUsize>,
    serving: JoinHandle<()>,
}

type Answers = (Arc<Mutex<Option<Value>>>, Arc<AtomicUsize>);

impl Publisher {
    async fn start(answer: Option<Value>) -> Self {
        let state: Answers = (Arc::new(Mutex::new(answer)), Arc::default());
        let app = Router::new().route("/jwks.json", get(publish)).with_state(state.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/jwks.json", listener.local_addr().expect("it is bound"));
        let serving = tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Self { url, answer: state.0, asked: state.1, serving }
    }

    fn publish(&self, answer: Option<Value>) {
        *self.answer.lock().expect("nobody panicked over it") = answer;
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    async fn app(&self) -> TestApp {
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
fn keys(numbers: &[u8]) -> Value {
    let public = |number: &u8| {
        let key = SigningKey::from_bytes(&[*number; 32]).verifying_key();
        json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(key.as_bytes())})
    };
    json!({ "keys": numbers.iter().map(public).collect::<Vec<_>>() })
}

fn fal(number: u8) -> Source {
    let mut source = source::find(&[], "fal").expect("it is good").expect("it is there");
    source.add_secret(&SecretString::from(seed(number))).expect("a private key");
    source
}

async fn deliver(app: &TestApp, source: &Source, job: &str) -> Answer {
    let body = format!(r#"{{"request_id":"{job}","status":"OK"}}"#);
    let secret = source.secrets.first().expect("it has one");
    let headers = source.scheme.sign(secret, Envelope { id: job, at: Utc::now() }, body.as_bytes());
    let request = app.request(Method::POST, &source.path).body(body);
    let request = headers.iter().fold(request, |request, header| request.header(&header.name, &header.value));
    app.ask(request).await
}

#[tokio::test]
async fn published_keys_are_kept_and_asked_for_once_more_when_none_fits() {
    let publisher = Publisher::start(Some(keys(&[1, 2]))).await;
    let app = publisher.app().await;
    for (job, number) in [("a", 1), ("b", 2), ("c", 1)] {
        assert_eq!(deliver(&app, &fal(number), job).await.status, 200, "{job}");
    }
    assert_eq!(publisher.asked(), 1, "they are kept");

    for job in ["d", "e", "f"] {
        assert_eq!(deliver(&app, &fal(9), job).await.problem(), (401, "Invalid signature"), "{job}");
    }
    assert_eq!(publisher.asked(), 1, "whoever forges cannot make the server ask");
    let missing = app.ask(app.request(Method::POST, "/api/webhooks/fal").body("{}")).await;
    assert_eq!(missing.problem(), (401, "Missing signature header"));
}

#[tokio::test]
async fn a_new_key_is_found_although_older_ones_are_kept() {
    let publisher = Publisher::start(Some(keys(&[1]))).await;
    let app = publisher.app().await;
    assert_eq!(deliver(&app, &fal(1), "a").await.status, 200);
    publisher.publish(Some(keys(&[2])));
    tokio::time::pause();
    tokio::time::advance(std::time::Duration::from_secs(11)).await;
    tokio::time::resume();
    assert_eq!(deliver(&app, &fal(2), "b").await.status, 200);
    assert_eq!(publisher.asked(), 2);
    assert_eq!(deliver(&app, &fal(1), "c").await.status, 401, "one that is withdrawn ends");
}

#[tokio::test]
async fn nobody_is_refused_for_keys_that_cannot_be_had() {
    let publisher = Publisher::start(None).await;
    let app = publisher.app().await;
    for job in ["a", "b"] {
        let answer = deliver(&app, &fal(1), job).await;
        assert_eq!(answer.problem(), (503, "Service unavailable"));
        assert_ne!(answer.header("retry-after"), "");
    }
    assert_eq!(publisher.asked(), 1, "asked again only after a while");
    let sql = "select count(*) from llm_callbacks";
    assert_eq!(app.client.query_one(sql, &[]).await.expect("a count").get::<_, i64>(0), 0);
}

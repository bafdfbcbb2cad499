//! A server seen from outside: what senders and admins do with its address.

use std::net::SocketAddr;

use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use sha2::Sha256;
use tokio_postgres::Client;

use super::{eventually, rows, secrets};

pub const WEBHOOK: &str = "/api/webhooks/llm-callback";
pub const SIGNATURE: &str = "x-webhook-signature";

/// Where a server is, and the secret with which it expects callbacks to be signed.
pub struct Site {
    pub address: SocketAddr,
    pub secret: String,
    pub http: reqwest::Client,
}

/// What was answered.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    /// Null when the body is not JSON.
    pub json: Value,
}

impl Site {
    pub fn new(address: SocketAddr, secret: &str) -> Self {
        Self { address, secret: secret.to_owned(), http: http_client() }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The header with which the LLM service signs `body`.
    pub fn sign(&self, body: impl AsRef<[u8]>) -> String {
        signature(&self.secret, body.as_ref())
    }

    /// A webhook with these headers alone.
    pub async fn send(&self, body: impl Into<Vec<u8>>, headers: &[(&str, &str)]) -> Answer {
        self.try_send(body, headers).await.expect("the server answers")
    }

    /// The same where the server may be gone.
    pub async fn try_send(
        &self,
        body: impl Into<Vec<u8>>,
        headers: &[(&str, &str)],
    ) -> reqwest::Result<Answer> {
        let request = self.http.post(self.url(WEBHOOK)).body(body.into());
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        Answer::of(request).await
    }

    /// A signed webhook.
    pub async fn deliver(&self, body: impl Into<Vec<u8>>) -> Answer {
        self.try_deliver(body).await.expect("the server answers")
    }

    pub async fn try_deliver(&self, body: impl Into<Vec<u8>>) -> reqwest::Result<Answer> {
        let body = body.into();
        let signature = self.sign(&body);
        self.try_send(body, &[(SIGNATURE, &signature)]).await
    }

    /// A signed webhook that must be acknowledged.
    pub async fn store(&self, body: impl Into<Vec<u8>>) -> Value {
        let answer = self.deliver(body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.url(path))
    }

    pub async fn get(&self, token: &str, path: &str) -> Answer {
        self.ask(self.request(Method::GET, path).bearer_auth(token)).await
    }

    pub async fn delete(&self, token: &str, path: &str) -> Answer {
        self.ask(self.request(Method::DELETE, path).bearer_auth(token)).await
    }

    pub async fn post(&self, token: &str, path: &str, body: &Value) -> Answer {
        self.ask(self.request(Method::POST, path).bearer_auth(token).json(body)).await
    }

    /// Waits until notifications are known to arrive.
    pub async fn listening(&self) {
        eventually("it listens", async || {
            let ready = self.ask(self.request(Method::GET, "/readyz")).await;
            ready.json["listener"] == "listening"
        })
        .await;
    }

    /// The sum of a counter over all labels that hold `label`; of a server in a process of its own.
    pub async fn counter(&self, token: &str, name: &str, label: &str) -> u64 {
        let text = self.get(token, "/metrics").await;
        let text = String::from_utf8(text.bytes).expect("metrics are text");
        let lines = text.lines().filter(|line| {
            line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' '])) && line.contains(label)
        });
        lines.filter_map(|line| line.rsplit_once(' ')?.1.parse::<u64>().ok()).sum()
    }

    pub async fn ask(&self, request: RequestBuilder) -> Answer {
        Answer::of(request).await.expect("the server answers")
    }
}

impl Answer {
    async fn of(request: RequestBuilder) -> reqwest::Result<Self> {
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let address = response.url().path().to_owned();
        let bytes = response.bytes().await?.to_vec();
        secrets::refuse_in(&format!("the answer of {address}"), &bytes);
        let json = serde_json::from_slice(&bytes).unwrap_or_default();
        Ok(Self { status, headers, bytes, json })
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("plain text"))
    }

    /// A member of the body that is text.
    pub fn text(&self, name: &str) -> &str {
        self.json[name].as_str().unwrap_or_default()
    }

    /// The status of a problem and its short text.
    pub fn problem(&self) -> (u16, &str) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        (self.status, self.text("error"))
    }
}

/// `sha256=` and the HMAC-SHA256 of the body in hex.
pub fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    mac.update(body);
    let digest = mac.finalize().into_bytes();
    digest.iter().fold("sha256=".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

/// One of the LLM service's callbacks, as it shapes them, for a job of its own.
///
/// `event` is `llm.step.completed`, `workflow.completed` or `workflow.failed`.
pub fn llm(event: &str, job: &str) -> String {
    let sample = match event {
        "llm.step.completed" => include_str!("../samples/llm.step.completed.json"),
        "workflow.completed" => include_str!("../samples/workflow.completed.json"),
        "workflow.failed" => include_str!("../samples/workflow.failed.json"),
        other => panic!("there is no sample of {other}"),
    };
    let marker = r#""job_id":""#;
    let start = sample.find(marker).expect("a sample has a job id") + marker.len();
    // Each sample's job id is a uuid.
    format!("{}{job}{}", &sample[..start], &sample[start + 36..])
}

/// Makes an admin with an API token.
pub async fn admin_token(client: &Client) -> String {
    let admin = rows::person(client, "ADMIN").await;
    rows::token(client, admin).await
}

pub fn http_client() -> reqwest::Client {
    // The tests speak plain http, but the client wants a provider of TLS all the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().expect("a client")
}

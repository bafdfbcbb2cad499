//! The requests that show callbacks, served over real HTTP, and people who ask.

use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::FromRef;
use callbackd::callback::{self, Exports, Store};
use callbackd::config::Access;
use callbackd::db::{self, Db};
use callbackd::session::{Place, Sessions};
use callbackd::signal;
use futures_util::StreamExt as _;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_postgres::{AsyncMessage, Client};
use tokio_util::sync::{CancellationToken, DropGuard};
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;

use super::postgres::TestDatabase;
use super::{PATIENCE, rows};

pub const ADMIN: &str = "/api/admin/llm-callbacks";
pub const MEMBER: &str = "/api/me/callbacks";

#[derive(Clone)]
struct AppState {
    callbacks: Store,
    exports: Exports,
    sessions: Sessions,
}

impl FromRef<AppState> for Store {
    fn from_ref(state: &AppState) -> Self {
        state.callbacks.clone()
    }
}

impl FromRef<AppState> for Exports {
    fn from_ref(state: &AppState) -> Self {
        state.exports.clone()
    }
}

impl FromRef<AppState> for Sessions {
    fn from_ref(state: &AppState) -> Self {
        state.sessions.clone()
    }
}

/// A server for one test.
pub struct Inbox {
    database: TestDatabase,
    pub db: Db,
    /// Beside the server.
    pub client: Client,
    pub store: Store,
    address: SocketAddr,
    http: reqwest::Client,
    _stop: DropGuard,
}

/// What one node hears.
pub struct Signals {
    hearing: UnboundedReceiver<Value>,
    _client: Client,
}

impl Signals {
    pub async fn next(&mut self) -> Value {
        let signal = tokio::time::timeout(PATIENCE, self.hearing.recv()).await;
        signal.expect("a signal comes in time").expect("the connection lives")
    }
}

/// Somebody with an API token.
#[derive(Clone, Debug)]
pub struct Caller {
    pub id: Uuid,
    token: String,
}

impl Inbox {
    pub async fn start() -> Self {
        let database = TestDatabase::new().await;
        let db = database.db().await;
        let place = Place { public_url: None, development: false };
        let (sessions, lookups) =
            Sessions::new(db.clone(), &access(), None, place).expect("no issuer is configured");
        let stop = CancellationToken::new();
        tokio::spawn(lookups.run(stop.clone()));
        let store = Store::new(db.clone());
        let state = AppState { callbacks: store.clone(), exports: Exports::default(), sessions };
        let (router, _) = OpenApiRouter::new().merge(callback::routes::<AppState>()).split_for_parts();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let serving = axum::serve(listener, router.with_state(state));
        tokio::spawn(serving.with_graceful_shutdown(stop.clone().cancelled_owned()).into_future());
        // Fails only where another test was first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = database.client().await;
        Self { database, db, client, store, address, http: reqwest::Client::new(), _stop: stop.drop_guard() }
    }

    /// What nodes are told from now on.
    pub async fn signals(&self) -> Signals {
        let connection = db::connect_dedicated(&self.database.settings()).await.expect("a connection");
        let (client, mut messages) = (connection.client, connection.messages);
        let (heard, hearing) = tokio::sync::mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some(Ok(message)) = messages.next().await {
                if let AsyncMessage::Notification(notification) = message {
                    let signal = serde_json::from_str(notification.payload()).expect("a signal is JSON");
                    let _ = heard.send(signal);
                }
            }
        });
        client.batch_execute(&format!("listen {}", signal::CHANNEL)).await.expect("it listens");
        Signals { hearing, _client: client }
    }

    pub async fn admin(&self) -> Caller {
        self.caller("ADMIN").await
    }

    pub async fn member(&self) -> Caller {
        self.caller("MEMBER").await
    }

    async fn caller(&self, role: &str) -> Caller {
        let id = rows::person(&self.client, role).await;
        let token = rows::token(&self.client, id).await;
        Caller { id, token }
    }

    /// A request without credentials.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("http://{}{path}", self.address))
    }

    pub async fn get(&self, caller: &Caller, path: &str) -> Response {
        let request = self.request(Method::GET, path).bearer_auth(&caller.token);
        request.send().await.expect("the server answers")
    }

    pub async fn delete(&self, caller: &Caller, path: &str) -> Response {
        let request = self.request(Method::DELETE, path).bearer_auth(&caller.token);
        request.send().await.expect("the server answers")
    }

    pub async fn post(&self, caller: &Caller, path: &str, body: &Value) -> Response {
        let request = self.request(Method::POST, path).bearer_auth(&caller.token).json(body);
        request.send().await.expect("the server answers")
    }

    /// The JSON of a request that goes well.
    pub async fn json(&self, caller: &Caller, path: &str) -> Value {
        let response = self.get(caller, path).await;
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.expect("it is JSON")
    }
}

/// The status of an answer and its short error text.
pub async fn refusal(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    let kind = response.headers().get("content-type").map(|value| value.as_bytes().to_vec());
    assert_eq!(kind.as_deref(), Some(&b"application/problem+json"[..]), "{status}");
    let body: Value = response.json().await.expect("a problem is JSON");
    (status, body["error"].as_str().expect("a problem has an error").to_owned())
}

/// The values of one member of each element.
pub fn column<'a>(list: &'a Value, name: &str) -> Vec<&'a str> {
    let list = list.as_array().unwrap_or_else(|| panic!("{list} is no list"));
    list.iter().map(|item| item[name].as_str().unwrap_or_default()).collect()
}

fn access() -> Access {
    Access {
        session_idle: Duration::from_hours(1),
        session_max: Duration::from_hours(2),
        requests_per_minute: 60_000,
        trusted_proxies: Vec::new(),
        admin: None,
        metrics_token: None,
    }
}

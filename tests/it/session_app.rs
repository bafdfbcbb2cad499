//! The session routes behind a real socket, over a database of their own: what the `session_…` tests talk to.

use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::FromRef;
use axum::routing::get;
use callbackd::config::{Access, External};
use callbackd::db::Db;
use callbackd::session::password::Hasher;
use callbackd::session::people::{self, Email, NewPerson, Profile};
use callbackd::session::{self, Admin, Member, Place, Role, Sessions};
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::support::postgres::TestDatabase;
use crate::support::site::http_client;

pub const PASSWORD: &str = "correct horse battery staple";

/// How a server is set up; what a test does not name is as in production.
pub struct Setup {
    pub access: Access,
    pub external: Option<External>,
    pub place: Place,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            access: Access {
                session_idle: Duration::from_hours(12),
                session_max: Duration::from_hours(168),
                requests_per_minute: 1_200,
                trusted_proxies: vec!["127.0.0.0/8".parse().expect("a network")],
                admin: None,
                metrics_token: None,
            },
            external: None,
            place: Place { public_url: None, development: false },
        }
    }
}

#[derive(Clone)]
struct AppState {
    sessions: Sessions,
}

impl FromRef<AppState> for Sessions {
    fn from_ref(state: &AppState) -> Self {
        state.sessions.clone()
    }
}

pub struct App {
    pub database: TestDatabase,
    pub db: Db,
    pub sessions: Sessions,
    base: String,
    http: reqwest::Client,
    tasks: Vec<JoinHandle<()>>,
}

impl Drop for App {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl App {
    pub async fn start() -> Self {
        Self::with(Setup::default()).await
    }

    pub async fn with(setup: Setup) -> Self {
        let database = TestDatabase::new().await;
        let db = database.db().await;
        Self::over(database, db, setup).await
    }

    pub async fn over(database: TestDatabase, db: Db, setup: Setup) -> Self {
        let (sessions, lookups) =
            Sessions::new(db.clone(), &setup.access, setup.external.as_ref(), setup.place)
                .expect("it starts");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("it is bound"));
        let app = router(sessions.clone()).into_make_service_with_connect_info::<SocketAddr>();
        let serving = tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        let looking_up = tokio::spawn(lookups.run(CancellationToken::new()));
        Self { database, db, sessions, base, http: http_client(), tasks: vec![serving, looking_up] }
    }

    /// A person with [`PASSWORD`].
    pub async fn person(&self, email: &str, role: Role) -> Profile {
        let email = Email::parse(email).expect("an address");
        let new = NewPerson { email, role, password: Some(PASSWORD.into()), external: None };
        people::create(&self.db, &Hasher::default(), new).await.expect("a new person")
    }

    /// A person who is signed in, and their cookie.
    pub async fn signed_in(&self, email: &str, role: Role) -> (Profile, String) {
        let person = self.person(email, role).await;
        let answer = self.login(email, PASSWORD).send().await;
        assert_eq!(answer.status, 200, "{answer:?}");
        (person, answer.cookie())
    }

    pub fn login(&self, email: &str, password: &str) -> Call {
        self.post("/api/auth/login").json(&json!({"email": email, "password": password}))
    }

    pub fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path)
    }

    pub fn post(&self, path: &str) -> Call {
        self.call(Method::POST, path)
    }

    pub fn delete(&self, path: &str) -> Call {
        self.call(Method::DELETE, path)
    }

    pub fn call(&self, method: Method, path: &str) -> Call {
        Call(self.http.request(method, format!("{}{path}", self.base)))
    }

    /// The status of `/api/auth/me` for a cookie.
    pub async fn status_of(&self, cookie: &str) -> u16 {
        self.get("/api/auth/me").cookie(cookie).send().await.status
    }

    /// Runs SQL beside the product.
    pub async fn sql(&self, sql: &str) {
        self.database.client().await.batch_execute(sql).await.expect("it runs");
    }
}

fn router(sessions: Sessions) -> axum::Router {
    let (routes, _) = session::routes::<AppState>().split_for_parts();
    routes
        .route("/admins", get(|_: Admin| async { StatusCode::NO_CONTENT.as_str().to_owned() }))
        .route("/members", get(|_: Member| async { StatusCode::NO_CONTENT.as_str().to_owned() }))
        .layer(axum::middleware::from_fn_with_state(sessions.clone(), session::refuse_cross_origin))
        .with_state(AppState { sessions })
}

/// A request to be.
pub struct Call(reqwest::RequestBuilder);

impl Call {
    pub fn json(self, body: &Value) -> Self {
        Self(self.0.json(body))
    }

    pub fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value))
    }

    pub fn cookie(self, cookie: &str) -> Self {
        self.header("cookie", &format!("callbackd_session={cookie}"))
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// As if a proxy had passed it on for this client.
    pub fn from(self, address: &str) -> Self {
        self.header("x-forwarded-for", address)
    }

    pub async fn send(self) -> Answer {
        let response = self.0.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("a body");
        Answer { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::Null) }
    }
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("plain text"))
    }

    /// The session that was set.
    pub fn cookie(&self) -> String {
        let set = self.header("set-cookie").strip_prefix("callbackd_session=").expect("a session cookie");
        set.split(';').next().expect("a value").to_owned()
    }

    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }
}

pub fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

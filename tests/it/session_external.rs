//! Access tokens of another issuer: which prove something, and how little of them is believed.
//!
//! The keys in `keys/` were made for these tests and open nothing.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::response::{IntoResponse as _, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use callbackd::config::{External, ExternalKey};
use callbackd::session::Role;
use chrono::{DateTime, Utc};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::session_app::{Answer, App, Setup, secret};

const ISSUER: &str = "https://project.supabase.example/auth/v1";
const AUDIENCE: &str = "authenticated";
const SECRET: &str = "a shared secret of the issuer, with 32 bytes and more";

/// The issuer's key endpoint, whose answer a test can change.
struct Issuer {
    url: url::Url,
    answer: Arc<Mutex<IssuerAnswer>>,
    asked: Arc<AtomicUsize>,
    serving: JoinHandle<()>,
}

#[derive(Clone)]
enum IssuerAnswer {
    Keys(Value),
    Redirect,
    Huge,
    Broken,
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Issuer {
    async fn start(answer: IssuerAnswer) -> Self {
        let (answer, asked) = (Arc::new(Mutex::new(answer)), Arc::new(AtomicUsize::new(0)));
        let (answers, count) = (Arc::clone(&answer), Arc::clone(&asked));
        let keys = move || async move {
            count.fetch_add(1, Ordering::Relaxed);
            respond(answers.lock().expect("unpoisoned").clone())
        };
        let good = json!({"keys": [published("ed")]});
        let elsewhere = move || async move { axum::Json(good) };
        let app = axum::Router::new()
            .route("/keys", axum::routing::get(keys))
            .route("/elsewhere", axum::routing::get(elsewhere));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url =
            format!("http://{}/keys", listener.local_addr().expect("it is bound")).parse().expect("a URL");
        let serving = tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Self { url, answer, asked, serving }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    fn external(&self) -> External {
        external(ExternalKey::Jwks(self.url.clone()))
    }
}

fn respond(answer: IssuerAnswer) -> Response {
    match answer {
        IssuerAnswer::Keys(keys) => axum::Json(keys).into_response(),
        IssuerAnswer::Redirect => Redirect::temporary("/elsewhere").into_response(),
        IssuerAnswer::Huge => {
            let keys = json!({"keys": [published("ed")]}).to_string();
            (" ".repeat(300_000) + &keys).into_response()
        }
        IssuerAnswer::Broken => {
            reqwest::StatusCode::INTERNAL_SERVER_ERROR.as_str().to_owned().into_response()
        }
    }
}

fn external(key: ExternalKey) -> External {
    External { issuer: ISSUER.to_owned(), audience: AUDIENCE.to_owned(), key }
}

async fn app(external: External) -> App {
    App::with(Setup { external: Some(external), ..Setup::default() }).await
}

fn private(name: &str) -> (Algorithm, EncodingKey) {
    match name {
        "rs" => {
            (Algorithm::RS256, EncodingKey::from_rsa_pem(include_bytes!("keys/rs256.pem")).expect("a key"))
        }
        "es" => {
            (Algorithm::ES256, EncodingKey::from_ec_pem(include_bytes!("keys/es256.pem")).expect("a key"))
        }
        _ => (Algorithm::EdDSA, EncodingKey::from_ed_pem(include_bytes!("keys/eddsa.pem")).expect("a key")),
    }
}

fn published(name: &str) -> Value {
    let (algorithm, key) = private(name);
    let mut jwk = Jwk::from_encoding_key(&key, algorithm).expect("its public half");
    jwk.common.key_id = Some(name.to_owned());
    serde_json::to_value(jwk).expect("JSON")
}

fn in_seconds(seconds: i64) -> i64 {
    Utc::now().timestamp() + seconds
}

fn claims(subject: &str) -> Value {
    json!({"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "exp": in_seconds(600), "email": "ada@example.org"})
}

/// The claims with one of them changed, or left out where the value is null.
fn but(subject: &str, name: &str, value: Value) -> Value {
    let mut claims = claims(subject);
    let members = claims.as_object_mut().expect("an object");
    members.remove(name);
    if !value.is_null() {
        members.insert(name.to_owned(), value);
    }
    claims
}

fn sign(header: &Header, claims: &Value, key: &EncodingKey) -> String {
    jsonwebtoken::encode(header, claims, key).expect("it can be signed")
}

fn hs256(claims: &Value) -> String {
    sign(&Header::new(Algorithm::HS256), claims, &EncodingKey::from_secret(SECRET.as_bytes()))
}

fn signed_by(name: &str, claims: &Value) -> String {
    let (algorithm, key) = private(name);
    sign(&Header { kid: Some(name.to_owned()), ..Header::new(algorithm) }, claims, &key)
}

fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.", part(header), part(claims))
}

async fn exchange(app: &App, token: &str) -> Answer {
    // Each from an address of its own: these tests are not about the limit.
    let from = format!("2001:db8:{:x}::1", rand::random::<u16>());
    app.post("/api/auth/exchange").from(&from).json(&json!({"token": token})).send().await
}

#[tokio::test]
async fn a_shared_secret_lets_in_only_what_is_meant_for_us() {
    let app = app(external(ExternalKey::Hs256(secret(SECRET)))).await;
    let ada = app.person("ada@example.org", Role::Admin).await;
    let subject = ada.id.to_string();
    let good = exchange(&app, &hs256(&claims(&subject))).await;
    assert_eq!(good.status, 200, "{good:?}");
    assert_eq!(good.body["user"]["id"], json!(ada.id));
    assert_eq!(app.status_of(&good.cookie()).await, 200);

    let (header, ours) = (Header::new(Algorithm::HS256), EncodingKey::from_secret(SECRET.as_bytes()));
    let foreign = EncodingKey::from_secret(b"another secret");
    let critical = Header { crit: Some(vec!["b64".to_owned()]), ..header.clone() };
    let mut tampered = hs256(&claims(&subject));
    tampered.replace_range(tampered.len() - 4.., "AAAA");
    let bad = [
        ("another secret", sign(&header, &claims(&subject), &foreign)),
        ("another signature", tampered),
        ("HS512 with our secret", sign(&Header::new(Algorithm::HS512), &claims(&subject), &ours)),
        ("a key of its own", signed_by("ed", &claims(&subject))),
        ("alg none", unsigned(&json!({"alg": "none", "typ": "JWT"}), &claims(&subject))),
        ("no signature", unsigned(&json!({"alg": "HS256"}), &claims(&subject))),
        ("critical extensions", sign(&critical, &claims(&subject), &ours)),
        ("expired", hs256(&but(&subject, "exp", json!(in_seconds(-1))))),
        ("no exp", hs256(&but(&subject, "exp", Value::Null))),
        ("exp as text", hs256(&but(&subject, "exp", json!("tomorrow")))),
        ("not yet", hs256(&but(&subject, "nbf", json!(in_seconds(300))))),
        ("another issuer", hs256(&but(&subject, "iss", json!("https://evil.example")))),
        ("no issuer", hs256(&but(&subject, "iss", Value::Null))),
        ("another audience", hs256(&but(&subject, "aud", json!("anon")))),
        ("no audience", hs256(&but(&subject, "aud", Value::Null))),
        ("no subject", hs256(&but(&subject, "sub", Value::Null))),
        ("an empty subject", hs256(&but(&subject, "sub", json!("")))),
        ("a subject with a NUL", hs256(&but(&subject, "sub", json!("a\u{0}b")))),
        ("too long", hs256(&but(&subject, "x", json!("x".repeat(20_000))))),
        ("nonsense", "a.b.c".to_owned()),
        ("nothing", String::new()),
    ];
    for (what, token) in bad {
        let answer = exchange(&app, &token).await;
        assert_eq!((answer.status, answer.code()), (401, "bad_token"), "{what}: {answer:?}");
        assert_eq!(answer.header("set-cookie"), "", "{what}");
    }
}

#[tokio::test]
async fn several_audiences_and_a_fraction_of_a_second_are_fine() {
    let app = app(external(ExternalKey::Hs256(secret(SECRET)))).await;
    let subject = app.person("ada@example.org", Role::Admin).await.id.to_string();
    for claims in [
        but(&subject, "aud", json!(["other", AUDIENCE])),
        but(&subject, "exp", serde_json::from_str(&format!("{}.5", in_seconds(60))).unwrap()),
        but(&subject, "nbf", json!(in_seconds(20))),
    ] {
        let answer = exchange(&app, &hs256(&claims)).await;
        assert_eq!(answer.status, 200, "{claims}: {answer:?}");
    }
}

#[tokio::test]
async fn a_token_leads_to_somebody_who_is_there_and_never_by_email() {
    let app = app(external(ExternalKey::Hs256(secret(SECRET)))).await;
    let (_, cookie) = app.signed_in("ada@example.org", Role::Admin).await;
    let before = app.get("/api/admin/people").cookie(&cookie).send().await.body;
    assert_eq!(before["externalIssuer"], ISSUER);
    for stranger in [Uuid::new_v4().to_string(), "ada@example.org".to_owned(), "auth0|1".to_owned()] {
        let answer = exchange(&app, &hs256(&claims(&stranger))).await;
        assert_eq!((answer.status, answer.code()), (401, "no_account"), "{stranger}");
    }
    assert_eq!(app.get("/api/admin/people").cookie(&cookie).send().await.body, before, "nobody was made");

    let new = json!({"email": "grace@example.org", "role": "MEMBER", "externalSubject": "auth0|1"});
    let added = app.post("/api/admin/people").cookie(&cookie).json(&new).send().await;
    assert_eq!(added.status, 201, "{added:?}");
    let grace = exchange(&app, &hs256(&claims("auth0|1"))).await;
    assert_eq!((grace.status, &grace.body["user"]["id"]), (200, &added.body["id"]));
    let twice = json!({"email": "alan@example.org", "role": "MEMBER", "externalSubject": "auth0|1"});
    let refused = app.post("/api/admin/people").cookie(&cookie).json(&twice).send().await;
    assert_eq!((refused.status, refused.code()), (409, "external_taken"));
}

#[tokio::test]
async fn the_session_ends_when_the_token_would_have() {
    let app = app(external(ExternalKey::Hs256(secret(SECRET)))).await;
    let subject = app.person("ada@example.org", Role::Admin).await.id.to_string();
    let end = in_seconds(600);
    let answer = exchange(&app, &hs256(&but(&subject, "exp", json!(end)))).await;
    let expires: DateTime<Utc> = answer.body["user"]["expiresAt"].as_str().unwrap().parse().unwrap();
    assert_eq!(expires.timestamp(), end);
    let far = exchange(&app, &hs256(&but(&subject, "exp", json!(in_seconds(365 * 86_400))))).await;
    let expires: DateTime<Utc> = far.body["user"]["expiresAt"].as_str().unwrap().parse().unwrap();
    assert!(expires < Utc::now() + chrono::Duration::days(8), "nor does it outlive our own limit: {expires}");
}

#[tokio::test]
async fn published_keys_verify_with_their_own_algorithm_alone() {
    let issuer = Issuer::start(IssuerAnswer::Keys(
        json!({"keys": [published("rs"), published("es"), published("ed")]}),
    ))
    .await;
    let app = app(issuer.external()).await;
    let subject = app.person("ada@example.org", Role::Admin).await.id.to_string();
    for name in ["rs", "es", "ed"] {
        let answer = exchange(&app, &signed_by(name, &claims(&subject))).await;
        assert_eq!(answer.status, 200, "{name}: {answer:?}");
    }
    assert_eq!(issuer.asked(), 1, "the keys are kept");

    let under = |kid: Option<&str>, algorithm, key: &EncodingKey| {
        let kid = kid.map(str::to_owned);
        sign(&Header { kid, ..Header::new(algorithm) }, &claims(&subject), key)
    };
    let (rsa, ed) = (private("rs").1, private("ed").1);
    let public = |name: &str, part: &str| {
        let text = published(name)[part].as_str().unwrap().to_owned();
        EncodingKey::from_secret(&URL_SAFE_NO_PAD.decode(text).unwrap())
    };
    let (as_secret, modulus) = (public("ed", "x"), public("rs", "n"));
    let bad = [
        ("RS512 with an RS256 key", under(Some("rs"), Algorithm::RS512, &rsa)),
        ("PS256 with an RS256 key", under(Some("rs"), Algorithm::PS256, &rsa)),
        ("another key's name", under(Some("es"), Algorithm::EdDSA, &ed)),
        ("an unknown key", under(Some("unknown"), Algorithm::EdDSA, &ed)),
        ("no name, where there are several", under(None, Algorithm::RS256, &rsa)),
        ("the public key as a shared secret", under(Some("ed"), Algorithm::HS256, &as_secret)),
        ("the modulus as a shared secret", under(Some("rs"), Algorithm::HS256, &modulus)),
        ("alg none", unsigned(&json!({"alg": "none", "kid": "ed"}), &claims(&subject))),
    ];
    for (what, token) in bad {
        let answer = exchange(&app, &token).await;
        assert_eq!((answer.status, answer.code()), (401, "bad_token"), "{what}: {answer:?}");
    }
    assert_eq!(issuer.asked(), 1, "unknown names do not make us ask again within ten seconds");
}

#[tokio::test]
async fn what_the_issuer_answers_is_bounded_and_leads_nowhere() {
    for answer in
        [IssuerAnswer::Redirect, IssuerAnswer::Huge, IssuerAnswer::Broken, IssuerAnswer::Keys(json!([]))]
    {
        let issuer = Issuer::start(answer).await;
        let app = app(issuer.external()).await;
        let subject = app.person("ada@example.org", Role::Admin).await.id.to_string();
        let token = signed_by("ed", &claims(&subject));
        let refused = exchange(&app, &token).await;
        assert_eq!(refused.status, 503, "{refused:?}");
        assert_ne!(refused.header("retry-after"), "");
        *issuer.answer.lock().unwrap() = IssuerAnswer::Keys(json!({"keys": [published("ed")]}));
        let soon = exchange(&app, &token).await;
        assert_eq!((soon.status, issuer.asked()), (503, 1), "asked again only after a while");
    }
}

#[tokio::test]
async fn without_an_issuer_there_is_nothing_to_exchange() {
    let app = App::start().await;
    let answer = exchange(&app, &hs256(&claims("x"))).await;
    assert_eq!(answer.status, 404);
}

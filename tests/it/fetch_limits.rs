//! Fetching an object under everything that a service, a sender or a network may do wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::app::{TestApp, TestProcess};
use crate::support::service::{Reply, Service};
use crate::support::thin::{KEY, Thin, until};

#[tokio::test]
async fn what_will_not_come_is_asked_for_once_and_said_why() {
    let service = Service::start().await;
    let thin = Thin::of(&service, &[("BYTES_MAX", "2000")]);
    let app = TestApp::with(&thin.settings()).await;
    let token = app.admin().await;
    let long = format!(r#"{{"text":"{}"}}"#, "x".repeat(2_000));
    let cases = [
        ("unauthorized", Reply::Status(401), "refuses the key (401"),
        ("redirect", Reply::Status(302), "redirects (302 Found), and redirects are not followed"),
        ("permanent", Reply::Status(308), "redirects (308"),
        ("bad", Reply::Status(400), "answers 400"),
        ("empty", Reply::Status(204), "answers 204"),
        ("page", Reply::Text("<html>"), "no object: the body is not JSON"),
        ("array", Reply::Text("[1]"), "must be a JSON object, not an array"),
        ("latin", Reply::Text("{\"a\":1"), "not JSON"),
        ("long", Reply::Json(long), "over 2000 bytes"),
        ("endless", Reply::Endless, "over 2000 bytes"),
        ("echo", Reply::Json(format!(r#"{{"you sent":"{KEY}"}}"#)), "holds the key, and is not kept"),
    ];
    let mut sent = Vec::new();
    for (id, reply, expected) in cases {
        service.replies(id, &[reply]);
        sent.push((thin.store(&app, "response.completed", id).await, id, expected));
    }
    for (callback, id, expected) in sent {
        let object = until(&app, &token, &callback, "failed").await;
        let error = object["error"].as_str().unwrap_or_default();
        assert!(error.contains(expected), "{id}: {object}");
        assert_eq!((&object["attempts"], &object["body"]), (&json!(1), &Value::Null), "{id}: {object}");
        assert!(object["nextAt"].is_null() && !object.to_string().contains(KEY), "{id}: {object}");
    }
    let paths: Vec<_> = service.got().into_iter().map(|(path, _)| path).collect();
    assert_eq!((paths.len(), paths.iter().any(|path| path.contains("elsewhere"))), (11, false), "{paths:?}");
}

#[tokio::test]
async fn what_may_still_come_is_asked_for_again() {
    let service = Service::start().await;
    let thin = Thin::of(&service, &[]);
    let app = TestApp::with(&thin.settings()).await;
    let token = app.admin().await;
    let replies = [
        Reply::Status(404),
        Reply::Wait(429, 0),
        Reply::Wait(500, 0),
        Reply::Wait(408, 0),
        Reply::Json(r#"{"status":"completed"}"#.to_owned()),
    ];
    service.replies("resp_1", &replies);
    let id = thin.store(&app, "response.completed", "resp_1").await;
    let object = until(&app, &token, &id, "fetched").await;
    assert_eq!(
        (&object["attempts"], &object["error"], &object["answer"]),
        (&json!(5), &Value::Null, &Value::Null)
    );

    service.replies("resp_2", &[Reply::Wait(429, 3_000)]);
    let id = thin.store(&app, "response.completed", "resp_2").await;
    service.asked("resp_2", 1).await;
    crate::support::eventually("it is told to wait", async || {
        crate::support::thin::object(&app, &token, &id).await["nextAt"].is_string()
    })
    .await;
    let waits = crate::support::thin::object(&app, &token, &id).await;
    let time =
        |name: &str| waits[name].as_str().and_then(|text| text.parse::<chrono::DateTime<chrono::Utc>>().ok());
    let wait = time("nextAt").expect("a time") - time("triedAt").expect("a time");
    assert!(wait.num_seconds() >= 3_000, "{waits}");
    assert_eq!((&waits["status"], &waits["answer"]), (&json!(429), &json!("later")));
}

#[tokio::test]
async fn whoever_never_answers_is_given_up_and_may_be_asked_again() {
    let service = Service::start().await;
    let thin = Thin::of(&service, &[("TIMEOUT", "50ms"), ("ATTEMPTS", "2")]);
    let app = TestApp::with(&thin.settings()).await;
    let token = app.admin().await;
    service.replies("resp_1", &[Reply::Never]);
    let id = thin.store(&app, "response.completed", "resp_1").await;
    let object = until(&app, &token, &id, "failed").await;
    assert_eq!(
        (&object["error"], &object["status"]),
        (&json!("no whole answer within 50ms; it was tried 2 times"), &Value::Null)
    );
    service.replies("resp_1", &[Reply::Json(r#"{"id":"resp_1"}"#.to_owned())]);
    let database = app.database.clone();
    app.stop().await.expect("it stops");
    // With patience: a busy machine may take longer than the wait above.
    let app = TestApp::beside(&database, &Thin::of(&service, &[]).settings()).await;
    let asked = app.post(&token, &format!("/api/admin/llm-callbacks/{id}/fetch"), &json!({})).await;
    assert_eq!(asked.status, 202);
    assert_eq!(until(&app, &token, &id, "fetched").await["attempts"], 1);
}

#[tokio::test]
async fn an_id_names_an_object_and_never_another_path() {
    let service = Service::start().await;
    let thin = Thin::of(&service, &[]);
    let app = TestApp::with(&thin.settings()).await;
    let token = app.admin().await;
    let ids = ["..files", "a/b?c=d#e", "x\r\nX-Injected: 1", "%2e%2e%2f", "@evil.example:80", "\u{2028}é"];
    for id in ids {
        let callback = thin.store(&app, "response.completed", id).await;
        let object = until(&app, &token, &callback, "fetched").await;
        assert!(object["url"].as_str().is_some_and(|url| url.matches('/').count() == 5), "{object}");
    }
    for (path, headers) in service.got() {
        let rest = path.strip_prefix("/v1/responses/").unwrap_or_else(|| panic!("{path}"));
        assert!(!rest.contains(['/', '?', '#', '\r', '\n']) && !headers.contains_key("x-injected"), "{path}");
    }
    for id in ["..", ".", "../../v1/files", "a\\..\\b"] {
        let callback = thin.store(&app, "response.completed", id).await;
        let object = until(&app, &token, &callback, "failed").await;
        assert_eq!(
            (&object["error"], &object["url"]),
            (&json!("it names no object: its id is missing, or none"), &Value::Null)
        );
    }
    assert_eq!(service.got().len(), ids.len());
}

/// Accepts connections and counts them.
async fn counting() -> (std::net::SocketAddr, Arc<AtomicUsize>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let (address, count) = (listener.local_addr().expect("it is bound"), Arc::new(AtomicUsize::new(0)));
    let counted = count.clone();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::Relaxed);
            let _ = socket.shutdown().await;
        }
    });
    (address, count)
}

#[tokio::test]
async fn nobody_is_led_into_the_servers_own_network() {
    let (address, connections) = counting().await;
    let port = address.port();
    let hosts = ["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0x7f000001", "169.254.169.254"];
    let url = |host: &str| format!("https://{host}:{port}/{{id}}");
    let thin = Thin::with(&hosts.map(|host| (host, url(host))), &[("PRIVATE_NETWORKS", "10.0.0.0/8")]);
    let app = TestApp::with(&thin.settings()).await;
    let token = app.admin().await;
    for host in hosts {
        let id = thin.store(&app, host, "resp_1").await;
        let object = until(&app, &token, &id, "failed").await;
        let error = object["error"].as_str().unwrap_or_default();
        assert!(error.contains("which is not to be reached: it is not public"), "{host}: {object}");
    }
    assert_eq!(connections.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn without_tls_only_the_networks_that_are_named_are_reached() {
    let (address, connections) = counting().await;
    let url = format!("http://localhost:{}", address.port());
    let refused =
        TestApp::try_start("postgresql://nobody@127.0.0.1:9/none", &Thin::at(&url, &[]).settings()).await;
    let refused = refused.err().map(|error| error.to_string()).unwrap_or_default();
    assert!(
        refused.contains("sources.openai.fetch.url") && refused.contains("must begin with https://"),
        "{refused}"
    );
    let thin = Thin::at(&url, &[("PRIVATE_NETWORKS", "192.168.0.0/16")]);
    let app = TestApp::with(&thin.settings()).await;
    let token = app.admin().await;
    let id = thin.store(&app, "response.completed", "resp_1").await;
    let object = until(&app, &token, &id, "failed").await;
    assert!(object["error"].as_str().is_some_and(|error| error.contains("without TLS")), "{object}");
    assert_eq!(connections.load(Ordering::Relaxed), 0);
}

/// Answers every TLS connection with the same object; the certificate is that of `localhost`.
async fn encrypted(object: &'static str) -> u16 {
    use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
    let certificate =
        CertificateDer::from_pem_slice(include_bytes!("support/tls/server.pem")).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("support/tls/server.key")).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("they are known")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("they belong together");
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let Ok(mut socket) = acceptor.accept(socket).await else { continue };
            // What was not read when a socket is closed takes along what was written.
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n")
                && socket.read_buf(&mut request).await.is_ok_and(|read| read > 0)
            {}
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{object}",
                object.len()
            );
            let _ = socket.write_all(answer.as_bytes()).await;
            let _ = socket.shutdown().await;
        }
    });
    port
}

#[tokio::test]
async fn a_key_goes_only_to_whom_an_authority_vouches_for() {
    let port = encrypted(r#"{"id":"resp_1"}"#).await;
    let authority = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support/tls/authority.pem");
    for (host, trusted, state) in [
        ("localhost", Some(authority), "fetched"),
        ("127.0.0.1", Some(authority), "failed"),
        ("localhost", None, "failed"),
    ] {
        let more = [("PRIVATE_NETWORKS", "127.0.0.0/8"), ("ATTEMPTS", "1")];
        let thin = Thin::at(&format!("https://{host}:{port}"), &more);
        let trust = trusted.map(|path| ("SSL_CERT_FILE", path));
        let settings: Vec<_> = thin.settings().into_iter().chain(trust).collect();
        let app = TestProcess::start(&settings).await;
        let token = app.admin().await;
        let id = thin.store(&app, "response.completed", "resp_1").await;
        let object = until(&app, &token, &id, state).await;
        let error = object["error"].as_str().unwrap_or_default();
        assert_eq!(state == "failed", error.contains("certificate"), "{host}, {trusted:?}: {object}");
        let counted = if state == "failed" { "failed" } else { "fetched" };
        let name = format!("outcome=\"{counted}\"");
        assert_eq!(app.counter(&token, "callbackd_fetches_total", &name).await, 1);
        assert!(!app.log().contains(KEY));
    }
}

//! How streams end: by age, with their session, token or role, with the server; and what keeps them open till then.

use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use crate::support::app::{TestApp, TestProcess};
use crate::support::rows;
use crate::support::sse::{ADMIN_STREAM, Stream};

const MEMBER_STREAM: &str = "/api/me/callbacks/stream";

async fn bye(stream: &mut Stream) -> String {
    let events = stream.rest().await;
    let last = events.last().expect("a last event");
    assert_eq!((last.name.as_str(), &last.id), ("bye", &None), "{events:?}");
    last.data["reason"].as_str().expect("a reason").to_owned()
}

/// A stream by a browser's session.
async fn by_cookie(app: &TestApp, session: &str) -> Stream {
    let cookie = format!("callbackd_session={session}");
    let request = app.request(Method::GET, ADMIN_STREAM).header("cookie", cookie);
    let mut stream = Stream::of(request).await;
    stream.until("ready").await;
    stream
}

async fn two_nodes() -> [TestApp; 2] {
    // Nothing is left to the timer, which would look up every session too.
    let settings = [("CALLBACKD_LISTENER_POLL_INTERVAL", "1h")];
    let one = TestApp::with(&settings).await;
    let two = TestApp::beside(&one.database, &settings).await;
    one.listening().await;
    two.listening().await;
    [one, two]
}

async fn token_id(app: &TestApp, person: Uuid) -> Uuid {
    let sql = "select id from api_tokens where profile_id = $1";
    app.client.query_one(sql, &[&person]).await.expect("a token").get(0)
}

#[tokio::test]
async fn signing_out_ends_the_sessions_streams_on_every_node_and_no_others() {
    let apps = two_nodes().await;
    let person = rows::person(&apps[0].client, "ADMIN").await;
    let session = rows::session(&apps[0].client, person, 3600.0).await;
    let other = rows::session(&apps[0].client, person, 3600.0).await;
    let mut streams = [by_cookie(&apps[0], &session).await, by_cookie(&apps[1], &session).await];
    let mut others = [by_cookie(&apps[0], &other).await, by_cookie(&apps[1], &other).await];
    let request = apps[0].request(Method::POST, "/api/auth/logout");
    let answer = apps[0].ask(request.header("cookie", format!("callbackd_session={session}"))).await;
    assert!(answer.status < 300, "{answer:?}");
    for stream in &mut streams {
        assert_eq!(bye(stream).await, "signed_out");
    }
    apps[0].store(crate::support::site::llm("workflow.completed", "after")).await;
    for stream in &mut others {
        stream.until("callback").await;
    }
}

#[tokio::test]
async fn revoking_a_token_ends_its_streams_on_every_node() {
    let apps = two_nodes().await;
    let person = rows::person(&apps[0].client, "ADMIN").await;
    let token = rows::token(&apps[0].client, person).await;
    let mut streams = [Stream::ready(&apps[0], &token).await, Stream::ready(&apps[1], &token).await];
    let id = token_id(&apps[0], person).await;
    let answer = apps[1].delete(&token, &format!("/api/auth/tokens/{id}")).await;
    assert!(answer.status < 300, "{answer:?}");
    for stream in &mut streams {
        assert_eq!(bye(stream).await, "signed_out");
    }
}

#[tokio::test]
async fn who_loses_the_role_or_the_account_loses_their_streams_on_every_node() {
    let apps = two_nodes().await;
    let admin = apps[0].admin().await;
    for (method, reason) in [(Method::PATCH, "role_removed"), (Method::DELETE, "session_expired")] {
        let person = rows::person(&apps[0].client, "ADMIN").await;
        let token = rows::token(&apps[0].client, person).await;
        let mut streams = [Stream::ready(&apps[0], &token).await, Stream::ready(&apps[1], &token).await];
        let mut admins = Stream::ready(&apps[1], &admin).await;
        let path = format!("/api/admin/people/{person}");
        let request = apps[0].request(method, &path).bearer_auth(&admin).json(&json!({ "role": "MEMBER" }));
        let answer = apps[0].ask(request).await;
        assert!(answer.status < 300, "{answer:?}");
        for stream in &mut streams {
            assert_eq!(bye(stream).await, reason);
        }
        apps[0].store(crate::support::site::llm("workflow.completed", reason)).await;
        admins.until("callback").await;
    }
}

#[tokio::test]
async fn a_member_who_becomes_an_admin_must_open_the_other_stream() {
    let app = TestApp::start().await;
    app.listening().await;
    let person = rows::person(&app.client, "MEMBER").await;
    let token = rows::token(&app.client, person).await;
    let mut stream = Stream::open(&app, &token, MEMBER_STREAM, None).await;
    stream.until("ready").await;
    app.client
        .execute("update profiles set role = 'ADMIN' where id = $1", &[&person])
        .await
        .expect("promoted");
    let signal = json!({ "kind": "role_changed", "profiles": [person] }).to_string();
    app.client.execute("select pg_notify('callbackd_signals', $1)", &[&signal]).await.expect("told");
    assert_eq!(bye(&mut stream).await, "role_removed");
}

#[tokio::test]
async fn a_session_that_ends_ends_its_streams() {
    let app = TestApp::with(&[("CALLBACKD_LISTENER_POLL_INTERVAL", "1h")]).await;
    let person = rows::person(&app.client, "ADMIN").await;
    let session = rows::session(&app.client, person, 1.5).await;
    assert_eq!(bye(&mut by_cookie(&app, &session).await).await, "session_expired");
}

#[tokio::test]
async fn a_loss_of_access_that_nobody_told_is_found_by_the_timer() {
    let app = TestApp::with(&[("CALLBACKD_LISTENER_POLL_INTERVAL", "100ms")]).await;
    let person = rows::person(&app.client, "ADMIN").await;
    let token = rows::token(&app.client, person).await;
    let mut stream = Stream::ready(&app, &token).await;
    app.client.execute("update api_tokens set revoked_at = now()", &[]).await.expect("revoked");
    assert_eq!(bye(&mut stream).await, "signed_out");
}

#[tokio::test]
async fn a_stream_that_is_old_says_goodbye_and_is_resumed() {
    let app = TestApp::with(&[("CALLBACKD_STREAM_MAX_AGE", "300ms")]).await;
    let token = app.admin().await;
    let mut stream = Stream::ready(&app, &token).await;
    assert_eq!(bye(&mut stream).await, "max_age");
    let missed = app.store(crate::support::site::llm("workflow.completed", "between")).await;
    let mut resumed = Stream::open(&app, &token, ADMIN_STREAM, stream.last_id.as_deref()).await;
    let events = resumed.until("callback").await;
    assert_eq!(events.last().map(|event| &event.data["id"]), Some(&missed["id"]));
}

#[tokio::test]
async fn an_idle_stream_is_kept_open_by_comments_that_leave_the_last_id_alone() {
    let app = TestApp::with(&[("CALLBACKD_STREAM_HEARTBEAT", "20ms")]).await;
    let token = app.admin().await;
    let stored = app.store(crate::support::site::llm("workflow.completed", "one")).await;
    let mut stream = Stream::open(&app, &token, &format!("{ADMIN_STREAM}?after=0"), None).await;
    stream.until("ready").await;
    let last = stream.last_id.clone();
    assert_eq!(last.as_deref(), stored["cursor"].as_str());
    assert!(stream.comments(3).await.is_empty());
    assert_eq!(stream.last_id, last);
    assert!(stream.raw.ends_with(b"\n\n:\n\n"), "nothing but a comment");
}

#[tokio::test]
async fn a_server_that_stops_says_goodbye_to_every_stream_and_ends() {
    let mut app = TestProcess::start(&[]).await;
    let token = app.admin().await;
    let mut streams = Vec::new();
    for _ in 0..5 {
        streams.push(Stream::ready(&app, &token).await);
    }
    app.terminate();
    for stream in &mut streams {
        assert_eq!(bye(stream).await, "shutting_down");
    }
    assert!(app.ended().await.success(), "{}", app.log());
    assert!(!app.log().contains("were still open"), "{}", app.log());
}

#[tokio::test]
async fn another_password_ends_the_streams_of_that_person_on_every_node_and_no_others() {
    let apps = two_nodes().await;
    let admin = apps[0].admin().await;
    let person = rows::person(&apps[0].client, "ADMIN").await;
    let session = rows::session(&apps[0].client, person, 3600.0).await;
    let mut streams = [by_cookie(&apps[0], &session).await, by_cookie(&apps[1], &session).await];
    let mut other = Stream::ready(&apps[1], &admin).await;
    let body = json!({ "password": "a quite different password" });
    let answer = apps[0].post(&admin, &format!("/api/admin/people/{person}/password"), &body).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    for stream in &mut streams {
        assert_eq!(bye(stream).await, "signed_out");
    }
    apps[0].store(crate::support::site::llm("workflow.completed", "after")).await;
    other.until("callback").await;
}

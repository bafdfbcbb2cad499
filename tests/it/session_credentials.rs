//! What lets a request in, for how long, and what takes it away.

use callbackd::session::{Credential, Role, Standing, Visitor};
use reqwest::header::{COOKIE, HeaderMap};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::session_app::{App, PASSWORD, Setup};
use crate::support::chaos::ChaosProxy;
use crate::support::eventually;
use crate::support::postgres::{self, TestDatabase};

async fn make_token(app: &App, cookie: &str, name: &str) -> (Uuid, String) {
    let made = app.post("/api/auth/tokens").cookie(cookie).json(&json!({"name": name})).send().await;
    assert_eq!(made.status, 201, "{made:?}");
    let id = made.body["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    (id, made.body["token"].as_str().expect("a token").to_owned())
}

#[tokio::test]
async fn only_a_live_session_or_token_is_let_in() {
    let app = App::start().await;
    let (_, cookie) = app.signed_in("ada@example.org", Role::Admin).await;
    let (_, token) = make_token(&app, &cookie, "export").await;
    let me = || app.get("/api/auth/me");
    let cases = [
        ("a session", me().cookie(&cookie), 200),
        ("a token", me().bearer(&token), 200),
        ("a token, whatever the cookie", me().bearer(&token).cookie("x"), 200),
        ("nothing", me(), 401),
        ("no token", me().cookie(""), 401),
        ("an unknown session", me().cookie(&"A".repeat(43)), 401),
        ("a session as a token", me().bearer(&cookie), 401),
        ("a token as a session", me().cookie(&token), 401),
        ("a token without its prefix", me().bearer(&token[4..]), 401),
        ("a bad token beside a good session", me().bearer("cbd_x").cookie(&cookie), 401),
        ("a session with a byte more", me().cookie(&format!("{cookie}A")), 401),
        ("SQL", me().cookie("' or true --"), 401),
    ];
    for (what, call, status) in cases {
        let answer = call.send().await;
        assert_eq!(answer.status, status, "{what}: {answer:?}");
        if status == 401 {
            assert_eq!(answer.code(), "no_session", "{what}");
        }
    }
}

#[tokio::test]
async fn a_session_ends_by_age_by_idleness_and_by_revocation() {
    let app = App::start().await;
    app.person("ada@example.org", Role::Admin).await;
    for ending in [
        "expires_at = now() - interval '1 second'",
        "last_seen_at = now() - interval '12 hours 1 second'",
        "revoked_at = now()",
    ] {
        let cookie = app.login("ada@example.org", PASSWORD).send().await.cookie();
        assert_eq!(app.status_of(&cookie).await, 200);
        app.sql(&format!("update sessions set {ending}")).await;
        assert_eq!(app.status_of(&cookie).await, 401, "{ending}");
    }
    let cookie = app.login("ada@example.org", PASSWORD).send().await.cookie();
    app.sql("update sessions set last_seen_at = now() - interval '11 hours 59 minutes'").await;
    assert_eq!(app.status_of(&cookie).await, 200, "use keeps it alive");
}

#[tokio::test]
async fn the_last_use_is_noted_at_most_once_a_minute() {
    let app = App::start().await;
    let (_, cookie) = app.signed_in("ada@example.org", Role::Admin).await;
    let (_, token) = make_token(&app, &cookie, "export").await;
    let client = app.database.client().await;
    let seconds = |what: &'static str| {
        let client = &client;
        async move {
            let sql =
                format!("select extract(epoch from now() - {what})::float8 as age from sessions, api_tokens");
            client.query_one(&sql, &[]).await.unwrap().get::<_, Option<f64>>("age")
        }
    };
    assert_eq!(seconds("last_used_at").await, None);
    app.get("/api/auth/me").bearer(&token).send().await;
    eventually("the token's first use is noted", || async { seconds("last_used_at").await.is_some() }).await;

    app.sql("update sessions set last_seen_at = now() - interval '50 seconds'").await;
    // A second request is answered only after the first batch is done, its note included.
    app.status_of(&cookie).await;
    app.status_of(&cookie).await;
    assert!(seconds("last_seen_at").await.unwrap() >= 50.0, "less than a minute ago");
    app.sql("update sessions set last_seen_at = now() - interval '70 seconds'").await;
    app.status_of(&cookie).await;
    eventually("the use is noted", || async { seconds("last_seen_at").await.unwrap() < 50.0 }).await;
}

#[tokio::test]
async fn roles_open_their_own_doors_and_are_read_on_every_request() {
    let app = App::start().await;
    let (_, admin) = app.signed_in("ada@example.org", Role::Admin).await;
    let (grace, member) = app.signed_in("grace@example.org", Role::Member).await;
    let status = async |path: &str, cookie: &str| app.get(path).cookie(cookie).send().await.status;
    assert_eq!((status("/admins", &admin).await, status("/members", &admin).await), (200, 403));
    assert_eq!((status("/admins", &member).await, status("/members", &member).await), (403, 200));
    assert_eq!(app.get("/admins").send().await.status, 401);

    app.sql(&format!("update profiles set role = 'ADMIN' where id = '{}'", grace.id)).await;
    assert_eq!((status("/admins", &member).await, status("/members", &member).await), (200, 403));
    app.sql(&format!("delete from profiles where id = '{}'", grace.id)).await;
    assert_eq!(status("/admins", &member).await, 401);
}

#[tokio::test]
async fn one_sees_and_revokes_ones_own_sessions() {
    let app = App::start().await;
    let (_, here) = app.signed_in("ada@example.org", Role::Admin).await;
    let call = app.login("ada@example.org", PASSWORD).from("192.0.2.7").header("user-agent", "Elsewhere/1.0");
    let elsewhere = call.send().await.cookie();
    let (_, stranger) = app.signed_in("grace@example.org", Role::Admin).await;

    let listed = app.get("/api/auth/sessions").cookie(&here).send().await.body;
    let listed = listed["sessions"].as_array().unwrap().clone();
    assert_eq!(listed.len(), 2);
    let other = listed.iter().find(|session| session["current"] == false).unwrap();
    assert_eq!((&other["userAgent"], &other["address"]), (&json!("Elsewhere/1.0"), &json!("192.0.2.7")));
    for name in ["id", "createdAt", "lastSeenAt", "expiresAt"] {
        assert!(other[name].is_string(), "{name} in {other}");
    }
    let path = format!("/api/auth/sessions/{}", other["id"].as_str().unwrap());
    assert_eq!(app.delete(&path).cookie(&stranger).send().await.status, 404, "not the stranger's");
    assert_eq!(app.status_of(&elsewhere).await, 200);
    assert_eq!(app.delete(&path).cookie(&here).send().await.status, 204);
    assert_eq!((app.status_of(&elsewhere).await, app.status_of(&here).await), (401, 200));
    assert_eq!(app.delete(&path).cookie(&here).send().await.status, 404, "already revoked");
    assert_eq!(app.delete("/api/auth/sessions/x").cookie(&here).send().await.status, 400);
}

#[tokio::test]
async fn one_ends_all_ones_other_sessions_at_once() {
    let app = App::start().await;
    let (ada, here) = app.signed_in("ada@example.org", Role::Admin).await;
    let (_, stranger) = app.signed_in("grace@example.org", Role::Admin).await;
    // More than one notification can name.
    let sql = "insert into sessions (id, token_hash, profile_id, expires_at, user_agent, address)
        select gen_random_uuid(), sha256(n::text::bytea), $id, now() + interval '1 day', '', '192.0.2.7'
        from generate_series(1, 249) n";
    app.sql(&sql.replace("$id", &format!("'{}'", ada.id))).await;
    let elsewhere = app.login("ada@example.org", PASSWORD).send().await.cookie();

    let ended = app.delete("/api/auth/sessions").cookie(&here).send().await;
    assert_eq!((ended.status, &ended.body["revoked"]), (200, &json!(250)));
    assert_eq!(app.status_of(&elsewhere).await, 401);
    assert_eq!((app.status_of(&here).await, app.status_of(&stranger).await), (200, 200));
    let again = app.delete("/api/auth/sessions").cookie(&here).send().await;
    assert_eq!(again.body["revoked"], 0, "none is left");
}

#[tokio::test]
async fn tokens_are_made_shown_once_used_and_revoked() {
    let app = App::start().await;
    let (_, cookie) = app.signed_in("ada@example.org", Role::Admin).await;
    let (_, stranger) = app.signed_in("grace@example.org", Role::Admin).await;
    let (id, token) = make_token(&app, &cookie, " nightly export ").await;
    assert!(token.starts_with("cbd_") && token.len() == 47, "{token}");

    let listed = app.get("/api/auth/tokens").cookie(&cookie).send().await.body;
    let [listed] = listed["tokens"].as_array().unwrap().as_slice() else { panic!("{listed}") };
    assert_eq!((&listed["id"], &listed["name"]), (&json!(id), &json!("nightly export")));
    assert_eq!(listed["lastUsedAt"], Value::Null);
    assert!(listed.as_object().unwrap().keys().all(|key| key != "token" && key != "email"), "{listed}");

    assert_eq!(app.get("/admins").bearer(&token).send().await.status, 200);
    assert_eq!(app.get("/api/auth/me").bearer(&token).send().await.body["expiresAt"], Value::Null);
    let child = app.post("/api/auth/tokens").bearer(&token).json(&json!({"name": "child"})).send().await;
    assert_eq!(child.status, 403, "a token makes no tokens");
    let cross = app.delete("/api/auth/tokens/x").bearer(&token).header("origin", "https://evil.example");
    assert_eq!(cross.send().await.status, 400, "the rule about origins is for browsers' credentials");

    let path = format!("/api/auth/tokens/{id}");
    assert_eq!(app.delete(&path).cookie(&stranger).send().await.status, 404, "not the stranger's");
    assert_eq!(app.delete(&path).cookie(&cookie).send().await.status, 204);
    assert_eq!(app.get("/admins").bearer(&token).send().await.status, 401);
    assert_eq!(app.delete(&path).cookie(&cookie).send().await.status, 404);
    for name in ["", "  ", &"n".repeat(101), "a\u{0}b"] {
        let refused = app.post("/api/auth/tokens").cookie(&cookie).json(&json!({"name": name})).send().await;
        assert_eq!(refused.status, 400, "{name:?}");
    }
}

#[tokio::test]
async fn one_person_has_at_most_a_hundred_tokens() {
    let app = App::start().await;
    let (ada, cookie) = app.signed_in("ada@example.org", Role::Admin).await;
    let sql = "insert into api_tokens (id, token_hash, profile_id, name)
        select gen_random_uuid(), sha256(n::text::bytea), $id, 'token' from generate_series(1, 99) n";
    app.sql(&sql.replace("$id", &format!("'{}'", ada.id))).await;
    make_token(&app, &cookie, "the last").await;
    let more = app.post("/api/auth/tokens").cookie(&cookie).json(&json!({"name": "more"})).send().await;
    assert_eq!((more.status, more.code()), (409, "too_many_tokens"));
}

#[tokio::test]
async fn one_session_cannot_ask_without_end() {
    let mut setup = Setup::default();
    setup.access.requests_per_minute = 5;
    let app = App::with(setup).await;
    let (_, eager) = app.signed_in("ada@example.org", Role::Admin).await;
    let (_, calm) = app.signed_in("grace@example.org", Role::Admin).await;
    let mut statuses = Vec::new();
    for _ in 0..7 {
        let answer = app.get("/api/auth/me").cookie(&eager).send().await;
        assert_eq!(answer.status == 429, !answer.header("retry-after").is_empty());
        statuses.push(answer.status);
    }
    assert_eq!(statuses[..5], [200; 5]);
    assert!(statuses[5..].contains(&429), "{statuses:?}");
    assert_eq!(app.status_of(&calm).await, 200);
}

#[tokio::test]
async fn many_who_come_back_at_once_cost_a_handful_of_queries() {
    const CLIENTS: usize = 2_000;
    let app = App::start().await;
    let ada = app.sessions.ensure_development_admin().await.unwrap();
    let visitor = Visitor { address: "192.0.2.1".parse().unwrap(), user_agent: String::new() };
    let mut headers = Vec::new();
    for _ in 0..50 {
        let opened = app.sessions.open(ada.clone(), &visitor, None).await.unwrap();
        let cookie = format!("callbackd_session={}", opened.token.expose_secret());
        headers.push(HeaderMap::from_iter([(COOKIE, cookie.parse().unwrap())]));
    }
    let before = app.statements_so_far().await;
    let all = (0..CLIENTS).map(|client| app.sessions.recognise(&headers[client % headers.len()]));
    let found = futures_util::future::join_all(all).await;
    assert!(found.iter().all(|found| found.as_ref().is_ok_and(|found| found.person == ada)));
    let cost = app.statements_so_far().await - before;
    assert!(cost <= 100, "{CLIENTS} look-ups made {cost} transactions");
}

impl App {
    /// Transactions of this database. Backends report when they end, so the pool's are ended first.
    async fn statements_so_far(&self) -> i64 {
        let client = self.database.client().await;
        let others = "select count(*) as others from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()";
        client
            .query(&others.replace("count(*) as others", "pg_terminate_backend(pid)"), &[])
            .await
            .expect("it runs");
        eventually("the pool's backends have ended", || async {
            client.query_one(others, &[]).await.expect("it runs").get::<_, i64>("others") == 0
        })
        .await;
        let sql = "select xact_commit from pg_stat_database where datname = current_database()";
        let count = client.query_one(sql, &[]).await.expect("it runs").get("xact_commit");
        // The next query finds its pooled connection dead; that must not be the test's.
        eventually("the pool is well again", || async { self.db.query("values (1)", &[]).await.is_ok() })
            .await;
        count
    }
}

#[tokio::test]
async fn a_database_that_is_away_signs_nobody_out() {
    let database = TestDatabase::new().await;
    let proxy = ChaosProxy::before_postgres().await;
    let settings = postgres::settings(&proxy.database_url(database.name()));
    let db = callbackd::db::Db::connect(&settings).await.unwrap();
    let app = App::over(database, db, Setup::default()).await;
    let (_, cookie) = app.signed_in("ada@example.org", Role::Admin).await;
    proxy.refuse();
    let answer = app.get("/api/auth/me").cookie(&cookie).send().await;
    assert_eq!(answer.status, 503, "{answer:?}");
    assert_ne!(answer.header("retry-after"), "");
    let answer = app.login("ada@example.org", PASSWORD).send().await;
    assert_eq!(answer.status, 503, "{answer:?}");
    proxy.resume();
    eventually("the session works again", || async { app.status_of(&cookie).await == 200 }).await;
}

#[tokio::test]
async fn open_streams_can_ask_at_once_who_still_may_read() {
    let app = App::start().await;
    let (ada, cookie) = app.signed_in("ada@example.org", Role::Admin).await;
    let (token, _) = make_token(&app, &cookie, "tail").await;
    let (revoked_token, _) = make_token(&app, &cookie, "old").await;
    let visitor = Visitor { address: "192.0.2.1".parse().unwrap(), user_agent: String::new() };
    let person = callbackd::session::Person { id: ada.id, email: ada.email, role: ada.role };
    let mut sessions = Vec::new();
    for _ in 0..3 {
        let opened = app.sessions.open(person.clone(), &visitor, None).await.unwrap();
        sessions.push(Credential::Session { id: opened.id, expires_at: opened.expires_at });
    }
    let ended = format!("'{}'", sessions[1].id());
    app.sql(&format!("update sessions set revoked_at = now() where id = {ended}")).await;
    let idle = format!("'{}'", sessions[2].id());
    app.sql(&format!("update sessions set last_seen_at = now() - interval '13 hours' where id = {idle}"))
        .await;
    app.sql(&format!("update api_tokens set revoked_at = now() where id = '{revoked_token}'")).await;
    let [token, revoked, unknown] = [token, revoked_token, Uuid::nil()].map(|id| Credential::ApiToken { id });
    let asked = [sessions[0], sessions[1], token, sessions[2], revoked, unknown];
    let (valid, revoked, ended) = (Standing::Valid(Role::Admin), Standing::Revoked, Standing::Ended);
    let standing = app.sessions.standing(&asked).await.unwrap();
    assert_eq!(standing, [valid, revoked, valid, ended, revoked, ended]);
}

#[tokio::test]
async fn what_has_ended_is_swept_and_nothing_else() {
    let app = App::start().await;
    let (ada, cookie) = app.signed_in("ada@example.org", Role::Admin).await;
    make_token(&app, &cookie, "kept").await;
    let (old, _) = make_token(&app, &cookie, "old").await;
    app.login("ada@example.org", PASSWORD).send().await;
    app.sessions.make_link(ada.id).await.unwrap();
    app.sessions.make_link(ada.id).await.unwrap();
    assert_eq!(app.sessions.sweep().await.unwrap(), 0);
    app.sql(&format!(
        "update api_tokens set revoked_at = now() - interval '31 days' where id = '{old}';
        update sessions set expires_at = now() - interval '1 second'
            where id = (select id from sessions order by created_at desc limit 1);
        update sign_in_links set expires_at = now() - interval '1 second'
            where token_hash = (select token_hash from sign_in_links limit 1);"
    ))
    .await;
    assert_eq!(app.sessions.sweep().await.unwrap(), 3);
    assert_eq!(app.status_of(&cookie).await, 200);
}

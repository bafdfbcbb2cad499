//! Getting in with a password or a one-time link, and out again.

use callbackd::session::{Place, Role};
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::session_app::{App, PASSWORD, Setup};

#[tokio::test]
async fn signing_in_gives_a_cookie_that_scripts_cannot_read() {
    for (public_url, flags) in [
        (None, "; HttpOnly; SameSite=Lax; Path=/"),
        (Some("https://callbacks.example"), "; HttpOnly; SameSite=Lax; Path=/; Secure"),
    ] {
        let place = Place { public_url: public_url.map(str::to_owned), development: false };
        let app = App::with(Setup { place, ..Setup::default() }).await;
        let ada = app.person("ada@example.org", Role::Admin).await;
        let answer = app.login(" Ada@Example.ORG ", PASSWORD).send().await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let cookie = answer.cookie();
        assert_eq!(answer.header("set-cookie"), format!("callbackd_session={cookie}{flags}"));
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.body["user"]["id"], json!(ada.id));
        assert_eq!(answer.body["user"]["role"], "ADMIN");

        let me = app.get("/api/auth/me").cookie(&cookie).send().await;
        assert_eq!((me.status, &me.body["email"]), (200, &json!("ada@example.org")));
        assert_eq!(me.body["development"], false);
        assert!(me.body["expiresAt"].is_string(), "{me:?}");
    }
}

#[tokio::test]
async fn nobody_learns_which_accounts_exist() {
    let app = App::start().await;
    app.person("ada@example.org", Role::Admin).await;
    app.sql(
        "insert into profiles (id, email, role) values (gen_random_uuid(), 'external@example.org', 'MEMBER')",
    )
    .await;
    let mut answers = Vec::new();
    for (email, password) in [
        ("ada@example.org", "wrong horse battery staple"),
        ("nobody@example.org", PASSWORD),
        ("external@example.org", PASSWORD),
        ("not an address\0", PASSWORD),
        ("ada@example.org", &"x".repeat(2_000)),
    ] {
        let answer = app.login(email, password).send().await;
        assert_eq!(answer.header("set-cookie"), "", "{email}");
        answers.push((answer.status, answer.body));
    }
    assert_eq!(answers[0].0, 401);
    assert_eq!(answers[0].1["code"], "wrong_password");
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}

#[tokio::test]
async fn every_sign_in_makes_a_new_session_and_ends_the_one_the_browser_brought() {
    let app = App::start().await;
    let (_, planted) = app.signed_in("ada@example.org", Role::Admin).await;
    let answer = app.login("ada@example.org", PASSWORD).cookie(&planted).send().await;
    let fresh = answer.cookie();
    assert_ne!(planted, fresh);
    assert_eq!((app.status_of(&planted).await, app.status_of(&fresh).await), (401, 200));

    // A token of the visitor's own choosing is never taken over.
    let chosen = "A".repeat(43);
    let answer = app.login("ada@example.org", PASSWORD).cookie(&chosen).send().await;
    assert_ne!(answer.cookie(), chosen);
    assert_eq!(app.status_of(&chosen).await, 401);
}

#[tokio::test]
async fn a_refused_sign_in_leaves_the_session_as_it_is() {
    let app = App::start().await;
    let (_, cookie) = app.signed_in("ada@example.org", Role::Admin).await;
    let answer = app.login("ada@example.org", "wrong horse battery staple").cookie(&cookie).send().await;
    assert_eq!(answer.status, 401);
    assert_eq!(app.status_of(&cookie).await, 200);
}

#[tokio::test]
async fn one_address_signs_in_only_so_often() {
    let app = App::start().await;
    let mut statuses = Vec::new();
    for _ in 0..25 {
        // Another account each time: the limit is the address's.
        let email = format!("{}@example.org", statuses.len());
        let answer = app.login(&email, PASSWORD).from("192.0.2.1").send().await;
        if answer.status == 429 {
            assert_ne!(answer.header("retry-after"), "");
            assert_eq!(answer.header("content-type"), "application/problem+json");
        }
        statuses.push(answer.status);
    }
    assert_eq!(statuses[..20], [401; 20]);
    assert!(statuses[20..].contains(&429), "{statuses:?}");
    let other = app.login("x@example.org", PASSWORD).from("192.0.2.2").send().await;
    assert_eq!(other.status, 401, "another address is not held back");
    let link = app.post("/api/auth/exchange").json(&json!({"token": "x"})).from("192.0.2.1").send().await;
    assert_eq!(link.status, 429, "the ways in share the limit");
}

#[tokio::test]
async fn an_account_under_attack_still_lets_its_owner_in() {
    let app = App::start().await;
    app.person("ada@example.org", Role::Admin).await;
    for attempt in 0..6 {
        let from = format!("198.51.100.{attempt}");
        let answer = app.login("ada@example.org", "wrong horse battery staple").from(&from).send().await;
        assert_eq!(answer.status, 401);
    }
    let owner = app.login("ada@example.org", PASSWORD).from("192.0.2.1").send().await;
    assert_eq!(owner.status, 200, "{owner:?}");
}

#[tokio::test]
async fn malformed_sign_ins_are_refused_by_what_is_wrong() {
    let app = App::start().await;
    let cases = [
        (app.post("/api/auth/login").json(&json!({"email": "a@b"})), 400),
        (app.post("/api/auth/login").json(&json!({"email": 1, "password": "x"})), 400),
        (app.post("/api/auth/login").header("content-type", "text/plain"), 415),
        (app.login("a@b", &"x".repeat(70_000)), 413),
        (app.get("/api/auth/login"), 405),
    ];
    for (number, (call, status)) in cases.into_iter().enumerate() {
        let answer = call.send().await;
        assert_eq!(answer.status, status, "case {number}: {answer:?}");
    }
}

#[tokio::test]
async fn signing_out_ends_the_session_and_takes_the_cookie_back() {
    let app = App::start().await;
    let (_, cookie) = app.signed_in("ada@example.org", Role::Admin).await;
    let answer = app.post("/api/auth/logout").cookie(&cookie).send().await;
    assert_eq!(answer.status, 204);
    let taken_back = "callbackd_session=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0";
    assert_eq!(answer.header("set-cookie"), taken_back);
    assert_eq!(app.status_of(&cookie).await, 401);
    let again = app.post("/api/auth/logout").cookie(&cookie).send().await;
    assert_eq!(again.status, 204, "with nothing left to do");
}

#[tokio::test]
async fn another_sites_page_changes_nothing_and_signs_nobody_in() {
    let app = App::start().await;
    let (_, cookie) = app.signed_in("ada@example.org", Role::Admin).await;
    let evil = ("origin", "https://evil.example");
    let foreign = app.post("/api/auth/logout").cookie(&cookie).header(evil.0, evil.1).send().await;
    assert_eq!((foreign.status, foreign.code()), (403, "cross_origin"));
    let foreign = app.login("ada@example.org", PASSWORD).header("sec-fetch-site", "cross-site").send().await;
    assert_eq!((foreign.status, foreign.code()), (403, "cross_origin"));
    assert_eq!(app.status_of(&cookie).await, 200, "still signed in");
    let own =
        app.post("/api/auth/logout").cookie(&cookie).header("sec-fetch-site", "same-origin").send().await;
    assert_eq!(own.status, 204);
}

fn development() -> Setup {
    Setup { place: Place { public_url: None, development: true }, ..Setup::default() }
}

#[tokio::test]
async fn a_link_signs_in_once_and_on_this_machine_only() {
    let app = App::with(development()).await;
    let admin = app.sessions.ensure_development_admin().await.unwrap();
    assert_eq!((admin.email.as_str(), admin.role), ("admin@localhost", Role::Admin));
    assert_eq!(app.sessions.ensure_development_admin().await.unwrap(), admin, "made once");

    let token = app.sessions.make_link(admin.id).await.unwrap();
    let body = json!({"token": token.expose_secret()});
    let away = app.post("/api/auth/link").json(&body).from("192.0.2.1").send().await;
    assert_eq!(away.status, 403, "passed on for somebody elsewhere");
    let proxied = app.post("/api/auth/link").json(&body).from("127.0.0.1").send().await;
    assert_eq!(proxied.status, 403, "passed on at all");
    let first = app.post("/api/auth/link").json(&body).send().await;
    assert_eq!(first.status, 200, "{first:?}");
    assert_eq!(app.get("/api/auth/me").cookie(&first.cookie()).send().await.body["development"], true);
    let second = app.post("/api/auth/link").json(&body).send().await;
    assert_eq!((second.status, second.code()), (401, "bad_link"), "used");

    let token = app.sessions.make_link(admin.id).await.unwrap();
    app.sql("update sign_in_links set expires_at = now() - interval '1 second' where used_at is null").await;
    let late = app.post("/api/auth/link").json(&json!({"token": token.expose_secret()})).send().await;
    assert_eq!(late.status, 401, "too old");
    let unknown = app.post("/api/auth/link").json(&json!({"token": "A".repeat(43)})).send().await;
    assert_eq!(unknown.status, 401);
}

#[tokio::test]
async fn a_link_that_several_use_in_the_same_moment_signs_in_one_of_them() {
    let app = App::with(development()).await;
    let admin = app.sessions.ensure_development_admin().await.unwrap();
    // More would be too many of one address.
    for round in 0..2 {
        let token = app.sessions.make_link(admin.id).await.unwrap();
        let body = json!({"token": token.expose_secret()});
        let attempts = (0..8).map(|_| app.post("/api/auth/link").json(&body).send());
        let answers = futures_util::future::join_all(attempts).await;
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401, 401, 401, 401, 401, 401, 401], "round {round}");
    }
}

#[tokio::test]
async fn links_do_not_work_outside_development_mode() {
    let app = App::start().await;
    let ada = app.person("ada@example.org", Role::Admin).await;
    let token = app.sessions.make_link(ada.id).await.unwrap();
    let answer = app.post("/api/auth/link").json(&json!({"token": token.expose_secret()})).send().await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn nothing_that_opens_a_door_is_stored_in_the_clear() {
    let app = App::with(development()).await;
    let (ada, cookie) = app.signed_in("ada@example.org", Role::Admin).await;
    let link = app.sessions.make_link(ada.id).await.unwrap();
    let made = app.post("/api/auth/tokens").cookie(&cookie).json(&json!({"name": "export"})).send().await;
    let token = made.body["token"].as_str().unwrap().to_owned();
    let client = app.database.client().await;
    let sql = "select concat_ws(' ', p::text, s::text, l::text, t::text,
            encode(s.token_hash, 'escape'), encode(l.token_hash, 'escape'), encode(t.token_hash, 'escape')) as everything
        from profiles p, sessions s, sign_in_links l, api_tokens t";
    let everything: String = client.query_one(sql, &[]).await.unwrap().get("everything");
    for secret in [&cookie, link.expose_secret(), &token, PASSWORD] {
        assert!(!everything.contains(secret), "{secret} in {everything}");
    }
    assert!(everything.contains("$argon2id$v=19$m=19456,t=2,p=1$"), "{everything}");
}

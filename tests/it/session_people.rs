//! People: who may manage them, what happens to those who go, and the admin who must stay.

use callbackd::db;
use callbackd::session::{Credential, Role};
use callbackd::signal::{CHANNEL, Signal};
use futures_util::StreamExt as _;
use reqwest::Method;
use serde_json::{Value, json};
use tokio_postgres::AsyncMessage;
use uuid::Uuid;

use crate::session_app::{App, PASSWORD, secret};
use crate::support::{PATIENCE, rows};

fn path(id: Uuid) -> String {
    format!("/api/admin/people/{id}")
}

#[tokio::test]
async fn an_admin_adds_lists_promotes_and_removes_people() {
    let app = App::start().await;
    let (ada, cookie) = app.signed_in("ada@example.org", Role::Admin).await;
    let new = json!({"email": " Grace@Example.ORG", "role": "MEMBER", "password": PASSWORD});
    let added = app.post("/api/admin/people").cookie(&cookie).json(&new).send().await;
    assert_eq!(added.status, 201, "{added:?}");
    assert_eq!((&added.body["email"], &added.body["role"]), (&json!("grace@example.org"), &json!("MEMBER")));
    let grace: Uuid = added.body["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(app.login("grace@example.org", PASSWORD).send().await.status, 200);

    let again = app.post("/api/admin/people").cookie(&cookie).json(&new).send().await;
    assert_eq!((again.status, again.code()), (409, "email_taken"));
    let listed = app.get("/api/admin/people").cookie(&cookie).send().await.body;
    assert_eq!(listed["externalIssuer"], Value::Null, "none is configured");
    let emails: Vec<&Value> = listed["people"].as_array().unwrap().iter().map(|p| &p["email"]).collect();
    assert_eq!(emails, ["ada@example.org", "grace@example.org"]);

    let promote = app.call(Method::PATCH, &path(grace)).cookie(&cookie).json(&json!({"role": "ADMIN"}));
    let promoted = promote.send().await;
    assert_eq!((promoted.status, &promoted.body["role"]), (200, &json!("ADMIN")));
    assert_eq!(app.delete(&path(ada.id)).cookie(&cookie).send().await.status, 204, "there is another admin");
    assert_eq!(app.status_of(&cookie).await, 401, "whoever is removed is signed out");
}

#[tokio::test]
async fn what_is_wrong_with_a_person_is_said() {
    let app = App::start().await;
    let (_, cookie) = app.signed_in("ada@example.org", Role::Admin).await;
    let role = "MEMBER";
    for (new, status, detail) in [
        (json!({"email": "nobody", "role": role}), 400, "email must be an e-mail address"),
        (json!({"email": "a@b", "role": role, "password": "elevenchars"}), 400, "at least 12 characters"),
        (json!({"email": "a@b", "role": role, "password": "x".repeat(1_025)}), 400, "at most 1024 bytes"),
        (json!({"email": "a@b", "role": "ROOT"}), 400, "unknown variant"),
        (json!({"email": "a@b", "role": role, "externalSubject": "s"}), 404, "external_issuer"),
    ] {
        let answer = app.post("/api/admin/people").cookie(&cookie).json(&new).send().await;
        assert_eq!(answer.status, status, "{answer:?}");
        assert!(answer.body["detail"].as_str().unwrap().contains(detail), "{detail}: {answer:?}");
    }
    let nobody = path(Uuid::nil());
    assert_eq!(app.delete(&nobody).cookie(&cookie).send().await.status, 404);
    let role = app.call(Method::PATCH, &nobody).cookie(&cookie).json(&json!({"role": "ADMIN"}));
    assert_eq!(role.send().await.status, 404);
    assert_eq!(app.delete("/api/admin/people/1").cookie(&cookie).send().await.status, 400);
}

#[tokio::test]
async fn a_member_manages_nobody() {
    let app = App::start().await;
    let (grace, cookie) = app.signed_in("grace@example.org", Role::Member).await;
    let calls = [
        app.get("/api/admin/people"),
        app.post("/api/admin/people").json(&json!({"email": "x@example.org", "role": "ADMIN"})),
        app.call(Method::PATCH, &path(grace.id)).json(&json!({"role": "ADMIN"})),
        app.delete(&path(grace.id)),
    ];
    for (number, call) in calls.into_iter().enumerate() {
        let answer = call.cookie(&cookie).send().await;
        assert_eq!(answer.status, 403, "call {number}: {answer:?}");
    }
}

#[tokio::test]
async fn people_are_listed_page_by_page() {
    let app = App::start().await;
    let (_, cookie) = app.signed_in("ada@example.org", Role::Admin).await;
    let sql = "insert into profiles (id, email, role)
        select gen_random_uuid(), 'p' || lpad(n::text, 4, '0') || '@example.org', 'MEMBER' from generate_series(1, 1204) n";
    app.sql(sql).await;
    let list = async |query: &str| app.get(&format!("/api/admin/people{query}")).cookie(&cookie).send().await;
    let emails = |page: &Value| -> Vec<String> {
        let people = page["people"].as_array().unwrap().iter();
        people.map(|person| person["email"].as_str().unwrap().to_owned()).collect()
    };
    let first = list("").await.body;
    assert_eq!((emails(&first).len(), &first["nextCursor"]), (1_000, &json!("p0999@example.org")));
    let second = list(&format!("?after={}", first["nextCursor"].as_str().unwrap())).await.body;
    assert_eq!((emails(&second).len(), &second["nextCursor"]), (205, &Value::Null));
    assert_eq!(emails(&second)[0], "p1000@example.org");
    let few = list("?after=ada@example.org&limit=2").await.body;
    assert_eq!(emails(&few), ["p0001@example.org", "p0002@example.org"]);
    for limit in ["0", "1001", "x", ""] {
        let refused = list(&format!("?limit={limit}")).await;
        assert_eq!((refused.status, &refused.body["error"]), (400, &json!("Invalid limit")), "{limit}");
    }
}

#[tokio::test]
async fn the_last_admin_cannot_go() {
    let app = App::start().await;
    let (ada, cookie) = app.signed_in("ada@example.org", Role::Admin).await;
    app.person("grace@example.org", Role::Member).await;
    let demote = app.call(Method::PATCH, &path(ada.id)).cookie(&cookie).json(&json!({"role": "MEMBER"}));
    let demoted = demote.send().await;
    assert_eq!((demoted.status, demoted.code()), (409, "last_admin"));
    let removed = app.delete(&path(ada.id)).cookie(&cookie).send().await;
    assert_eq!((removed.status, removed.code()), (409, "last_admin"));
    assert_eq!(app.get("/admins").cookie(&cookie).send().await.status, 200);
}

#[tokio::test]
async fn two_admins_cannot_take_the_role_from_each_other_at_once() {
    let app = App::start().await;
    let (ada, adas) = app.signed_in("ada@example.org", Role::Admin).await;
    let (grace, graces) = app.signed_in("grace@example.org", Role::Admin).await;
    for _ in 0..10 {
        let demote = |id, cookie: &str| {
            app.call(Method::PATCH, &path(id)).cookie(cookie).json(&json!({"role": "MEMBER"})).send()
        };
        let (one, two) = tokio::join!(demote(grace.id, &adas), demote(ada.id, &graces));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        // 403: the first was done before the second was even recognised.
        assert!(matches!(statuses, [200, 403 | 409]), "{statuses:?}");
        app.sql("update profiles set role = 'ADMIN'").await;
    }
}

#[tokio::test]
async fn a_new_admin_starts_at_the_head_with_nothing_unviewed() {
    let app = App::start().await;
    let client = app.database.client().await;
    let mark = async |id: Uuid| -> i64 {
        let sql = "select through_seq from llm_callback_view_marks where admin_user_id = $1";
        client.query_one(sql, &[&id]).await.unwrap().get("through_seq")
    };
    let first = app.person("ada@example.org", Role::Admin).await;
    assert_eq!(mark(first.id).await, 0);
    let stored = rows::store(&client, &[rows::NewRow::new("one"), rows::NewRow::new("two")]).await;
    let (admin, cookie) = app.signed_in("grace@example.org", Role::Admin).await;
    assert_eq!(mark(admin.id).await, stored[1].seq);

    let member = app.person("alan@example.org", Role::Member).await;
    let stored = rows::store(&client, &[rows::NewRow::new("three")]).await;
    let promote = app.call(Method::PATCH, &path(member.id)).cookie(&cookie).json(&json!({"role": "ADMIN"}));
    assert_eq!(promote.send().await.status, 200);
    assert_eq!(mark(member.id).await, stored[0].seq, "so does whoever becomes one");
    rows::store(&client, &[rows::NewRow::new("four")]).await;
    let again = app.call(Method::PATCH, &path(member.id)).cookie(&cookie).json(&json!({"role": "ADMIN"}));
    assert_eq!(again.send().await.status, 200);
    assert_eq!(mark(member.id).await, stored[0].seq, "but who is one already loses nothing");
}

#[tokio::test]
async fn every_node_is_told_at_once_who_lost_access() {
    let app = App::start().await;
    let dedicated = db::connect_dedicated(&app.database.settings()).await.unwrap();
    let (client, mut messages) = (dedicated.client, dedicated.messages);
    let heard = tokio::spawn(async move {
        let mut heard = Vec::new();
        while let Some(Ok(message)) = messages.next().await {
            let AsyncMessage::Notification(notification) = message else { continue };
            match notification.payload() {
                "end" => break,
                payload => heard.push(serde_json::from_str::<Signal>(payload).expect(payload)),
            }
        }
        heard
    });
    client.batch_execute(&format!("listen {CHANNEL}")).await.unwrap();

    let (_, cookie) = app.signed_in("ada@example.org", Role::Admin).await;
    let (grace, graces) = app.signed_in("grace@example.org", Role::Member).await;
    let seen = async |cookie: &str| -> Uuid {
        let headers = [("cookie", format!("callbackd_session={cookie}"))];
        let headers = headers.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        match app.sessions.recognise(&headers.into_iter().collect()).await.unwrap().credential {
            Credential::Session { id, .. } | Credential::ApiToken { id } => id,
        }
    };
    let second = app.login("ada@example.org", PASSWORD).send().await.cookie();
    let (first_id, second_id) = (seen(&cookie).await, seen(&second).await);
    let revoke = format!("/api/auth/sessions/{second_id}");
    assert_eq!(app.delete(&revoke).cookie(&cookie).send().await.status, 204);
    let token = app.post("/api/auth/tokens").cookie(&graces).json(&json!({"name": "x"})).send().await;
    let token: Uuid = token.body["id"].as_str().unwrap().parse().unwrap();
    app.delete(&format!("/api/auth/tokens/{token}")).cookie(&graces).send().await;
    app.call(Method::PATCH, &path(grace.id)).cookie(&cookie).json(&json!({"role": "ADMIN"})).send().await;
    app.delete(&path(grace.id)).cookie(&cookie).send().await;
    app.post("/api/auth/logout").cookie(&cookie).send().await;
    app.sql(&format!("notify {CHANNEL}, 'end'")).await;

    let expected = [
        Signal::SessionRevoked { sessions: vec![second_id] },
        Signal::TokenRevoked { tokens: vec![token] },
        Signal::RoleChanged { profiles: vec![grace.id] },
        Signal::RoleChanged { profiles: vec![grace.id] },
        Signal::SessionRevoked { sessions: vec![first_id] },
    ];
    let heard = tokio::time::timeout(PATIENCE, heard).await.expect("the end comes").unwrap();
    assert_eq!(heard, expected);
}

#[tokio::test]
async fn the_first_admin_is_made_once_and_left_alone_then() {
    let app = App::start().await;
    let made =
        async |password: &str| app.sessions.ensure_first_admin("Ada@example.org", &secret(password)).await;
    assert!(made("too short").await.is_err());
    assert!(made(PASSWORD).await.unwrap());
    assert!(!made("another horse battery staple").await.unwrap(), "somebody has the address");
    assert_eq!(app.login("ada@example.org", PASSWORD).send().await.status, 200, "with the first password");
}

#[tokio::test]
async fn development_mode_signs_in_the_oldest_admin_if_there_is_one() {
    let app = App::start().await;
    app.person("grace@example.org", Role::Member).await;
    let ada = app.person("ada@example.org", Role::Admin).await;
    assert_eq!(app.sessions.ensure_development_admin().await.unwrap().id, ada.id);
}

#[tokio::test]
async fn preferences_are_kept_for_each_person() {
    let app = App::start().await;
    let (_, adas) = app.signed_in("ada@example.org", Role::Admin).await;
    let (_, graces) = app.signed_in("grace@example.org", Role::Member).await;
    let get = async |cookie: &str| app.get("/api/me/preferences").cookie(cookie).send().await.body;
    let put = async |cookie: &str, body: &Value| {
        app.call(Method::PUT, "/api/me/preferences").cookie(cookie).json(body).send().await.status
    };
    assert_eq!(get(&adas).await, json!({}));
    let document = json!({"toasts": {"sources": ["llm"]}, "sound": false, "nul": "\u{0}"});
    assert_eq!(put(&adas, &document).await, 204);
    assert_eq!((get(&adas).await, get(&graces).await), (document, json!({})));
    assert_eq!(put(&adas, &json!([1])).await, 400);
    assert_eq!(put(&adas, &json!({"x": "x".repeat(70_000)})).await, 413);
    assert_eq!(app.get("/api/me/preferences").send().await.status, 401);
}

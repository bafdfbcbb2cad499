//! Passwords that are changed, by their owner or by an admin, and whom that signs out.

use callbackd::session::Role;
use serde_json::{Value, json};

use crate::session_app::{Answer, App, PASSWORD};
use crate::support::eventually;

const NEW: &str = "a quite different password";

async fn change(app: &App, cookie: &str, current: &str, new: &str) -> Answer {
    let body = json!({"currentPassword": current, "newPassword": new});
    app.post("/api/me/password").cookie(cookie).json(&body).send().await
}

#[tokio::test]
async fn one_who_changes_their_password_stays_signed_in_here_and_nowhere_else() {
    let app = App::start().await;
    let (_, here) = app.signed_in("ada@example.org", Role::Member).await;
    let elsewhere = app.login("ada@example.org", PASSWORD).send().await.cookie();
    let (_, other) = app.signed_in("grace@example.org", Role::Member).await;

    let changed = change(&app, &here, PASSWORD, NEW).await;
    assert_eq!(changed.status, 204, "{changed:?}");
    assert_eq!((app.status_of(&here).await, app.status_of(&elsewhere).await), (200, 401));
    assert_eq!(app.status_of(&other).await, 200);
    assert_eq!(app.login("ada@example.org", PASSWORD).send().await.status, 401);
    assert_eq!(app.login("ada@example.org", NEW).send().await.status, 200);
}

#[tokio::test]
async fn what_is_wrong_with_a_change_is_said_and_changes_nothing() {
    let app = App::start().await;
    let (_, cookie) = app.signed_in("ada@example.org", Role::Member).await;
    let wrong = change(&app, &cookie, "not the password at all", NEW).await;
    assert_eq!((wrong.status, wrong.code()), (403, "wrong_password"));
    // Before the current one is looked at: a mistake in the new one costs no attempt.
    let short = change(&app, &cookie, "not the password at all", "elevenchars").await;
    assert_eq!((short.status, &short.body["error"]), (400, &json!("Invalid password")));
    let half = app.post("/api/me/password").cookie(&cookie).json(&json!({"newPassword": NEW})).send().await;
    assert!(
        half.status == 400 && half.body["detail"].as_str().unwrap().contains("currentPassword"),
        "{half:?}"
    );
    assert_eq!(app.post("/api/me/password").json(&json!({})).send().await.status, 401);

    let token = app.post("/api/auth/tokens").cookie(&cookie).json(&json!({"name": "t"})).send().await;
    let token = token.body["token"].as_str().unwrap().to_owned();
    let body = json!({"currentPassword": PASSWORD, "newPassword": NEW});
    let by_token = app.post("/api/me/password").bearer(&token).json(&body).send().await;
    assert_eq!((by_token.status, by_token.code()), (403, "forbidden"));

    app.sql("update profiles set password_hash = null").await;
    assert_eq!(app.get("/api/auth/me").cookie(&cookie).send().await.body["hasPassword"], false);
    let none = change(&app, &cookie, PASSWORD, NEW).await;
    assert_eq!((none.status, none.code()), (409, "no_password"));
}

#[tokio::test]
async fn guessing_counts_with_the_sign_ins_of_its_address() {
    let app = App::start().await;
    let (_, cookie) = app.signed_in("ada@example.org", Role::Member).await;
    // One address has twenty at once, and the sign-in took the first.
    for number in 0..18 {
        let refused = app.login(&format!("nobody-{number}@example.org"), PASSWORD).send().await;
        assert_eq!(refused.status, 401, "{number}");
    }
    assert_eq!(change(&app, &cookie, "wrong", NEW).await.status, 403);
    let mut refused = change(&app, &cookie, "wrong", NEW).await;
    while refused.status == 403 {
        // One more is let in every three seconds.
        refused = change(&app, &cookie, "wrong", NEW).await;
    }
    assert_eq!(refused.status, 429, "{refused:?}");
    assert_ne!(refused.header("retry-after"), "");
}

/// The change is under way, and its row locked, when somebody who knows the old password signs in.
#[tokio::test]
async fn nobody_slips_in_with_the_old_password_while_it_is_changed() {
    let app = App::start().await;
    app.person("ada@example.org", Role::Member).await;
    let mut client = app.database.client().await;
    let changing = client.transaction().await.unwrap();
    changing.execute("update profiles set password_hash = 'another'", &[]).await.unwrap();
    let watching = app.database.client().await;
    let waits = "select exists (select 1 from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock') as waits";
    let finish = async {
        eventually("the sign-in waits", async || watching.query_one(waits, &[]).await.unwrap().get("waits"))
            .await;
        changing.commit().await.unwrap();
    };
    let (answer, ()) = tokio::join!(app.login("ada@example.org", PASSWORD).send(), finish);
    assert_eq!(answer.status, 401, "{answer:?}");
    let open = watching.query_one("select count(*) from sessions", &[]).await.unwrap();
    assert_eq!(open.get::<_, i64>(0), 0);
}

#[tokio::test]
async fn an_admin_gives_somebody_else_another_password() {
    let app = App::start().await;
    let (ada, admin) = app.signed_in("ada@example.org", Role::Admin).await;
    let (grace, member) = app.signed_in("grace@example.org", Role::Member).await;
    let reset = async |id, cookie: &str, body: Value| {
        app.post(&format!("/api/admin/people/{id}/password")).cookie(cookie).json(&body).send().await
    };
    assert_eq!(reset(ada.id, &member, json!({"password": NEW})).await.status, 403);
    let short = reset(grace.id, &admin, json!({"password": "elevenchars"})).await;
    assert_eq!((short.status, &short.body["error"]), (400, &json!("Invalid password")));
    let own = reset(ada.id, &admin, json!({"password": NEW})).await;
    assert_eq!((own.status, own.code()), (409, "own_password"));
    let nobody = reset(uuid::Uuid::nil(), &admin, json!({"password": NEW})).await;
    assert_eq!(nobody.status, 404);
    assert_eq!(app.status_of(&member).await, 200);

    assert_eq!(reset(grace.id, &admin, json!({"password": NEW})).await.status, 204);
    assert_eq!((app.status_of(&member).await, app.status_of(&admin).await), (401, 200));
    assert_eq!(app.login("grace@example.org", PASSWORD).send().await.status, 401);
    assert_eq!(app.login("grace@example.org", NEW).send().await.status, 200);
}

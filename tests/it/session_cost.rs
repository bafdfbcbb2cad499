//! What a sign-in costs: the same for every name, so that its time tells nobody which accounts exist. Counted, since
//! times on a busy machine prove nothing.

use reqwest::Method;
use serde_json::json;

use crate::support::app::TestProcess;

const RIGHT: &str = "a password that is right";
const WRONG: &str = "a password that is wrong";

async fn checks(app: &TestProcess, admin: &str) -> u64 {
    app.counter(admin, "callbackd_password_checks_total", "").await
}

#[tokio::test]
async fn every_sign_in_hashes_one_password_whether_its_account_exists_or_not() {
    let app = TestProcess::start(&[]).await;
    let admin = app.admin().await;
    for (email, password) in [("known", Some(RIGHT)), ("external", None), ("removed", Some(RIGHT))] {
        let new = json!({"email": format!("{email}@example.org"), "role": "MEMBER", "password": password});
        let made = app.post(&admin, "/api/admin/people", &new).await;
        assert_eq!(made.status, 201, "{made:?}");
        if email == "removed" {
            let gone = app.delete(&admin, &format!("/api/admin/people/{}", made.text("id"))).await;
            assert_eq!(gone.status, 204, "{gone:?}");
        }
    }
    let long = "x".repeat(2_000);
    let mut attempts = vec![
        ("known@example.org", RIGHT, 200, 1),
        ("external@example.org", RIGHT, 401, 1),
        ("removed@example.org", RIGHT, 401, 1),
        ("no address", RIGHT, 401, 1),
        // No password is as long: that tells nothing of the account either.
        ("known@example.org", &long, 401, 0),
        ("nobody@example.org", &long, 401, 0),
    ];
    // The last ones are slowed down: both are.
    for email in ["known@example.org", "nobody@example.org"] {
        attempts.extend([(email, WRONG, 401, 1); 5]);
    }
    let mut before = checks(&app, &admin).await;
    for (number, (email, password, status, cost)) in attempts.into_iter().enumerate() {
        let body = json!({"email": email, "password": password});
        let answer = app.ask(app.request(Method::POST, "/api/auth/login").json(&body)).await;
        assert_eq!(answer.status, status, "attempt {number}: {answer:?}");
        let now = checks(&app, &admin).await;
        assert_eq!(now - before, cost, "attempt {number}, by {email}");
        before = now;
    }
}

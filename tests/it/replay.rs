//! Sending a callback again: to a forwarding `tail`, to an address of the settings, and to nobody else.

use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::eventually;
use crate::support::receiver::Receiver;
use crate::support::rows::{self, NewRow, store};
use crate::support::running::Running;
use crate::support::site::{Answer, SIGNATURE, llm};
use crate::support::sse::{ADMIN_STREAM, Stream};

async fn replay(app: &TestApp, token: &str, id: &str, target: &str) -> Answer {
    app.post(token, &format!("/api/admin/llm-callbacks/{id}/replay"), &json!({ "target": target })).await
}

async fn targets(app: &TestApp, token: &str) -> Vec<Value> {
    let answer = app.get(token, "/api/admin/replay-targets").await;
    answer.json["targets"].as_array().unwrap_or_else(|| panic!("{answer:?}")).clone()
}

async fn stored(app: &TestApp) -> (String, String) {
    let body = llm("workflow.completed", "job");
    let id = app.store(body.clone()).await["id"].as_str().expect("an id").to_owned();
    (id, body)
}

#[tokio::test]
async fn an_address_of_the_settings_gets_it_again_as_it_came() {
    let receiver = Receiver::answering(&[(202, "thanks"), (307, "over there")]).await;
    let app = TestApp::with(&[("CALLBACKD_REPLAY_URLS", &receiver.url())]).await;
    let token = app.admin().await;
    let (id, body) = stored(&app).await;
    let known = targets(&app, &token).await;
    assert_eq!(known, [json!({ "id": receiver.url(), "kind": "url", "url": receiver.url(), "own": false })]);
    let mut watching = Stream::ready(&app, &token).await;

    let answer = replay(&app, &token, &id, &receiver.url()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let attempt = &answer.json["attempts"][0];
    assert_eq!((&attempt["status"], &attempt["answer"]), (&json!(202), &json!("thanks")));
    assert!(attempt["by"].as_str().is_some_and(|by| by.ends_with("@example.org")), "{attempt}");
    assert!(attempt["endedAt"].is_string() && attempt["durationMs"].is_number(), "{attempt}");
    let got = receiver.got();
    assert_eq!(got[0].1, body);
    assert_eq!(got[0].0[SIGNATURE], app.sign(&body));
    let told = watching.until("updated").await;
    assert_eq!(told.last().map(|event| &event.data["id"]), Some(&json!(id)), "open windows are told");

    let again = replay(&app, &token, &id, &receiver.url()).await;
    assert_eq!(again.json["attempts"][0]["status"], 307);
    assert_eq!(
        (receiver.got().len(), again.json["attempts"].as_array().map(Vec::len)),
        (2, Some(2)),
        "not followed"
    );
}

#[tokio::test]
async fn nobody_can_name_another_address() {
    let elsewhere = Receiver::answering(&[]).await;
    let app = TestApp::with(&[("CALLBACKD_REPLAY_URLS", "http://127.0.0.1:9/hooks")]).await;
    let token = app.admin().await;
    let (id, _) = stored(&app).await;
    for target in
        [elsewhere.url(), "http://127.0.0.1:9/other".to_owned(), uuid::Uuid::nil().to_string(), String::new()]
    {
        assert_eq!(replay(&app, &token, &id, &target).await.problem(), (409, "No such target"), "{target}");
    }
    let member = rows::person(&app.client, "MEMBER").await;
    let member = rows::token(&app.client, member).await;
    assert_eq!(replay(&app, &member, &id, "http://127.0.0.1:9/hooks").await.status, 403);
    assert_eq!(elsewhere.got().len(), 0);

    let nobody = replay(&app, &token, &id, "http://127.0.0.1:9/hooks").await;
    let attempt = &nobody.json["attempts"][0];
    assert!(
        attempt["error"].as_str().is_some_and(|why| why.starts_with("nobody answers there")),
        "{attempt}"
    );
    assert_eq!(attempt["status"], Value::Null);
}

#[tokio::test]
async fn what_was_refused_or_is_gone_is_sent_to_nobody() {
    let receiver = Receiver::answering(&[]).await;
    let app = TestApp::with(&[("CALLBACKD_REPLAY_URLS", &receiver.url())]).await;
    let token = app.admin().await;
    let rows = store(&app.client, &[NewRow::reject("forged"), NewRow::new("deleted")]).await;
    let (forged, deleted) = (rows[0].id.to_string(), rows[1].id.to_string());
    assert_eq!(replay(&app, &token, &forged, &receiver.url()).await.problem(), (409, "Not verified"));
    assert_eq!(replay(&app, &token, &deleted, &receiver.url()).await.status, 200);
    app.delete(&token, &format!("/api/admin/llm-callbacks/{deleted}")).await;
    assert_eq!(replay(&app, &token, &deleted, &receiver.url()).await.status, 404);
    let attempts = app.get(&token, &format!("/api/admin/llm-callbacks/{deleted}/attempts")).await;
    assert_eq!(attempts.problem().0, 404);
    assert_eq!(receiver.got().len(), 1);
    let left =
        app.client.query_one("select count(*) from llm_callback_attempts", &[]).await.expect("a count");
    assert_eq!(left.get::<_, i64>(0), 0, "answers go with their callback");
}

#[tokio::test]
async fn of_one_callback_the_newest_attempts_are_kept() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let (id, _) = stored(&app).await;
    let path = format!("/api/admin/llm-callbacks/{id}/attempts");
    for number in 0..53 {
        let report = json!({ "target": "http://localhost:3000/", "status": 200 + number, "durationMs": 5 });
        assert_eq!(app.post(&token, &path, &report).await.status, 204);
    }
    let listed = app.get(&token, &path).await;
    let listed = listed.json["attempts"].as_array().expect("a list").clone();
    assert_eq!((listed.len(), &listed[0]["status"], &listed[49]["status"]), (50, &json!(252), &json!(203)));
    for bad in [
        json!({ "target": "x", "durationMs": 5 }),
        json!({ "target": "x", "durationMs": 5, "status": 200, "error": "both" }),
        json!({ "target": "x", "durationMs": 5, "status": 99 }),
    ] {
        assert_eq!(app.post(&token, &path, &bad).await.status, 400, "{bad}");
    }
}

#[tokio::test]
async fn a_forwarding_tail_is_a_target_as_long_as_it_is_connected() {
    let app = TestApp::start().await;
    let (token, local) = (app.admin().await, Receiver::answering(&[]).await);
    let (id, body) = stored(&app).await;
    assert_eq!(targets(&app, &token).await, Vec::<Value>::new());
    let home = tempfile::tempdir().expect("a folder");
    let line = format!("tail --url {} --forward {}", app.url(""), local.url());
    let mut tail = Running::start(
        &line,
        &[("CALLBACKD_TOKEN", &token), ("XDG_STATE_HOME", &home.path().display().to_string())],
        home.path(),
    );
    tail.says("following").await;
    let known = targets(&app, &token).await;
    assert_eq!(
        (known.len(), &known[0]["kind"], &known[0]["url"], &known[0]["own"]),
        (1, &json!("tail"), &json!(local.url()), &json!(true))
    );
    let target = known[0]["id"].as_str().expect("an id").to_owned();
    let asked = replay(&app, &token, &id, &target).await;
    assert_eq!(asked.status, 200, "{asked:?}");
    assert_eq!(local.requests(1).await[0].1, body);
    let path = format!("/api/admin/llm-callbacks/{id}/attempts");
    eventually("it has reported", async || app.get(&token, &path).await.json["attempts"][0]["status"] == 200)
        .await;
    let listed = app.get(&token, &path).await;
    assert_eq!(listed.json["attempts"].as_array().map(Vec::len), Some(1), "the attempt that was asked for");

    tail.interrupt();
    assert_eq!(tail.ended().await, 0);
    eventually("it is no target any more", async || targets(&app, &token).await.is_empty()).await;
    assert_eq!(replay(&app, &token, &id, &target).await.problem(), (409, "No such target"));
}

#[tokio::test]
async fn a_stream_is_asked_for_its_own_replays_alone() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let (id, _) = stored(&app).await;
    let open = async |name: u128| {
        let tail = uuid::Uuid::from_u128(name);
        let path = format!("{ADMIN_STREAM}?tail={tail}&forward=http://127.0.0.1:3000/{name}");
        let mut stream = Stream::open(&app, &token, &path, None).await;
        stream.until("ready").await;
        (tail.to_string(), stream)
    };
    let ((first, mut one), (second, mut two)) = (open(1).await, open(2).await);
    for target in [&first, &second] {
        assert_eq!(replay(&app, &token, &id, target).await.status, 200);
    }
    for stream in [&mut one, &mut two] {
        stream.until("replay").await;
        app.store(llm("workflow.completed", &uuid::Uuid::now_v7().to_string())).await;
        let rest = stream.until("callback").await;
        assert!(rest.iter().all(|event| event.name != "replay"), "{rest:?}");
    }
    for bad in ["tail=x&forward=http://a", "tail=00000000-0000-0000-0000-000000000001", "forward=http://a"] {
        assert_eq!(app.get(&token, &format!("{ADMIN_STREAM}?{bad}")).await.status, 400, "{bad}");
    }
}

#[tokio::test]
async fn an_attempt_of_which_nothing_is_heard_counts_as_failed_until_something_is() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let (id, _) = stored(&app).await;
    let tail = uuid::Uuid::from_u128(1);
    let path = format!("{ADMIN_STREAM}?tail={tail}&forward=http://127.0.0.1:3000/");
    let mut stream = Stream::open(&app, &token, &path, None).await;
    stream.until("ready").await;
    let asked = replay(&app, &token, &id, &tail.to_string()).await;
    assert_eq!(asked.json["attempts"][0]["endedAt"], Value::Null, "{asked:?}");
    drop(stream);
    let sql = "update llm_callback_attempts set started_at = started_at - interval '2 minutes'";
    app.client.execute(sql, &[]).await.expect("two minutes are over");
    let path = format!("/api/admin/llm-callbacks/{id}/attempts");
    let silent = app.get(&token, &path).await.json["attempts"][0].clone();
    assert!(silent["error"].as_str().is_some_and(|why| why.contains("the tail went away")), "{silent}");
    assert!(silent["endedAt"].is_string() && silent["status"].is_null(), "{silent}");

    let report =
        json!({"id": silent["id"], "target": "http://127.0.0.1:3000/", "status": 201, "durationMs": 5});
    assert_eq!(app.post(&token, &path, &report).await.status, 204);
    let late = app.get(&token, &path).await.json["attempts"][0].clone();
    assert_eq!((&late["status"], &late["error"]), (&json!(201), &Value::Null));
}

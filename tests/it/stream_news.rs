//! What streams hear besides callbacks: viewed, deleted, updated, preferences, alerts. None of it has a position.

use reqwest::Method;
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::rows::{self, NewRow};
use crate::support::site::llm;
use crate::support::sse::{ADMIN_STREAM, Event, Stream, cursors};

const MARK: &str = "/api/admin/llm-callbacks/mark-viewed";

fn many(count: usize) -> Vec<NewRow> {
    (0..count).map(|n| NewRow::new(&format!("job-{n}"))).collect()
}

fn is_news(event: &Event) -> bool {
    event.name != "callback" && event.name != "ready"
}

#[tokio::test]
async fn what_a_person_views_is_told_to_their_own_streams_on_every_node() {
    let one = TestApp::start().await;
    let two = TestApp::beside(&one.database, &[]).await;
    one.listening().await;
    two.listening().await;
    let (token, other) = (one.admin().await, one.admin().await);
    let stored = rows::store(&one.client, &many(3)).await;
    let mut mine = [Stream::ready(&one, &token).await, Stream::ready(&two, &token).await];
    let mut theirs = [Stream::ready(&one, &other).await, Stream::ready(&two, &other).await];
    let bodies = [
        (json!({ "id": stored[0].id }), json!({ "ids": [stored[0].id], "unviewedCount": 2 })),
        (
            json!({ "through": stored[2].seq.to_string() }),
            json!({ "through": stored[2].seq.to_string(), "unviewedCount": 0 }),
        ),
    ];
    for (body, told) in bodies {
        assert_eq!(one.post(&token, MARK, &body).await.status, 200);
        for stream in &mut mine {
            let event = stream.until_event(is_news).await.pop().expect("an event");
            assert_eq!((event.name.as_str(), event.id, event.data), ("viewed", None, told.clone()));
        }
    }
    let last = rows::store(&one.client, &[NewRow::new("last")]).await;
    for stream in &mut theirs {
        let id = last[0].seq.to_string();
        let events = stream.until_event(|event| event.id.as_deref() == Some(&*id)).await;
        assert!(!events.iter().any(is_news), "{events:?}");
    }
}

#[tokio::test]
async fn preferences_that_a_person_sets_are_told_to_their_own_streams_on_every_node() {
    let one = TestApp::start().await;
    let two = TestApp::beside(&one.database, &[]).await;
    one.listening().await;
    two.listening().await;
    let (token, other) = (one.admin().await, one.admin().await);
    let mut mine = [Stream::ready(&one, &token).await, Stream::ready(&two, &token).await];
    let mut theirs = Stream::ready(&two, &other).await;
    let preferences = one.request(Method::PUT, "/api/me/preferences").bearer_auth(&token);
    assert_eq!(one.ask(preferences.json(&json!({ "sound": true }))).await.status, 204);
    for stream in &mut mine {
        let event = stream.until_event(is_news).await.pop().expect("an event");
        assert_eq!((event.name.as_str(), event.id, event.data), ("preferences", None, json!({})));
    }
    let last = rows::store(&one.client, &[NewRow::new("last")]).await;
    let mut heard = Vec::new();
    theirs.position(last[0].seq, &mut heard).await;
    assert!(!heard.iter().any(is_news), "{heard:?}");
}

#[tokio::test]
async fn a_deleted_callback_is_told_on_every_node_and_never_replayed_again() {
    for settings in [&[][..], &[("CALLBACKD_RING_FRAMES_MAX", "4")]] {
        let one = TestApp::with(settings).await;
        let two = TestApp::beside(&one.database, settings).await;
        one.listening().await;
        two.listening().await;
        let token = one.admin().await;
        let stored = rows::store(&one.client, &many(10)).await;
        let path = format!("{ADMIN_STREAM}?after=0");
        for app in [&one, &two] {
            let mut events = Vec::new();
            Stream::open(app, &token, &path, None).await.position(stored[9].seq, &mut events).await;
            assert_eq!(cursors(&events).len(), 10, "{settings:?}: this page may now be shared");
        }
        let mut streams = [Stream::ready(&one, &token).await, Stream::ready(&two, &token).await];
        let ids = [stored[2].id, stored[8].id];
        let answer = one.post(&token, "/api/admin/llm-callbacks/delete", &json!({ "ids": ids })).await;
        assert_eq!(answer.status, 204);
        for (stream, app) in streams.iter_mut().zip([&one, &two]) {
            let event = stream.until_event(is_news).await.pop().expect("an event");
            assert_eq!((event.name.as_str(), &event.id), ("deleted", &None));
            assert_eq!(event.data, json!({ "ids": ids }));
            let events = Stream::open(app, &token, &path, None).await.until("ready").await;
            let kept = [0, 1, 3, 4, 5, 6, 7, 9].map(|place: usize| stored[place].seq);
            assert_eq!(cursors(&events), kept, "{settings:?}");
        }
    }
}

#[tokio::test]
async fn a_replay_that_was_already_reading_is_told_of_a_deletion_afterwards() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    app.listening().await;
    // More than fits between server and client: the rest is said when the client has read what came before.
    let fat = |n: u8| NewRow {
        preview: "x".repeat(300_000),
        dedupe_key: Some(vec![n]),
        ..NewRow::new(&format!("job-{n}"))
    };
    let stored = rows::store(&app.client, &(0..40).map(fat).collect::<Vec<_>>()).await;
    let mut live = Stream::ready(&app, &token).await;
    live.position(stored[39].seq, &mut Vec::new()).await;
    let mut replaying = Stream::open(&app, &token, &format!("{ADMIN_STREAM}?after=0"), None).await;
    let path = format!("/api/admin/llm-callbacks/{}", stored[0].id);
    assert_eq!(app.delete(&token, &path).await.status, 204);
    live.until("deleted").await;
    let events = replaying.until("deleted").await;
    let names: Vec<&str> = events.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names.first(), Some(&"callback"));
    assert_eq!(events.last().map(|event| &event.data), Some(&json!({ "ids": [stored[0].id] })));
    assert_eq!(cursors(&events)[0], stored[0].seq, "it had been read before");
}

#[tokio::test]
async fn deleting_at_once_what_was_just_received_leaves_nothing_behind() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    app.listening().await;
    let mut stream = Stream::ready(&app, &token).await;
    let mut gone = Vec::new();
    for turn in 0..30 {
        let stored = app.store(llm("workflow.completed", &format!("job-{turn}"))).await;
        let path = format!("/api/admin/llm-callbacks/{}", stored["id"].as_str().expect("an id"));
        assert_eq!(app.delete(&token, &path).await.status, 204);
        gone.push(stored["id"].clone());
    }
    let last = app.store(llm("workflow.completed", "last")).await;
    let events = stream.until_event(|event| event.data["id"] == last["id"]).await;
    for id in &gone {
        let named: Vec<&str> = events
            .iter()
            .filter(|event| event.data["id"] == *id || event.data["ids"] == json!([id]))
            .map(|event| event.name.as_str())
            .collect();
        assert!(matches!(named[..], ["callback", "deleted"] | ["deleted"]), "{named:?}");
    }
    let replay =
        Stream::open(&app, &token, &format!("{ADMIN_STREAM}?after=0"), None).await.until("ready").await;
    assert_eq!(cursors(&replay).len(), 1, "{replay:?}");
}

#[tokio::test]
async fn a_callback_that_changed_is_told_without_a_position_and_replayed_as_it_is_now() {
    for settings in [&[][..], &[("CALLBACKD_RING_FRAMES_MAX", "1")]] {
        let app = TestApp::with(settings).await;
        let token = app.admin().await;
        app.listening().await;
        let stored = rows::store(&app.client, &many(3)).await;
        let path = format!("{ADMIN_STREAM}?after=0");
        let mut before = Vec::new();
        Stream::open(&app, &token, &path, None).await.position(stored[2].seq, &mut before).await;
        let mut stream = Stream::ready(&app, &token).await;
        let mut elsewhere =
            Stream::open(&app, &token, &format!("{ADMIN_STREAM}?status=processed"), None).await;
        elsewhere.until("ready").await;
        let change = "update llm_callbacks set status = 'error' where id = $1";
        app.client.execute(change, &[&stored[1].id]).await.expect("it changes");
        let signal = json!({ "kind": "updated", "ids": [stored[1].id] }).to_string();
        app.client.execute("select pg_notify('callbackd_signals', $1)", &[&signal]).await.expect("told");
        let event = stream.until_event(is_news).await.pop().expect("an event");
        assert_eq!((event.name.as_str(), &event.id), ("updated", &None));
        assert_eq!((&event.data["id"], &event.data["status"]), (&json!(stored[1].id), &json!("error")));
        let replay = Stream::open(&app, &token, &path, None).await.until("ready").await;
        let states: Vec<_> = replay.iter().filter_map(|event| event.data["status"].as_str()).collect();
        assert_eq!(states, ["processed", "error", "processed"], "{settings:?}");
    }
}

#[tokio::test]
async fn an_alert_is_told_to_admins_and_to_those_who_come_while_it_lasts() {
    let app = TestApp::with(&[("CALLBACKD_UNSIGNED", "accept"), ("LLM_WEBHOOK_SECRET", "")]).await;
    let token = app.admin().await;
    let mut stream = Stream::ready(&app, &token).await;
    for job in ["one", "two"] {
        assert_eq!(app.send(llm("workflow.completed", job), &[]).await.status, 200);
    }
    let mut later = Stream::ready(&app, &token).await;
    let told = later.until("alert").await.pop().expect("an alert");
    let event = stream.until("alert").await.pop().expect("an alert");
    assert_eq!(event, told);
    assert_eq!((&event.data["kind"], &event.data["severity"]), (&json!("unsigned"), &json!("warning")));
    let fields: Vec<&String> = event.data.as_object().expect("an object").keys().collect();
    assert_eq!(fields, ["at", "detail", "kind", "severity", "title"]);
    let last = app.send(llm("workflow.completed", "three"), &[]).await;
    let events = stream.until_event(|event| event.data["id"] == last.json["id"]).await;
    assert!(!events.iter().any(is_news), "said once an hour: {events:?}");
}

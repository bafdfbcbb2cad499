//! Streams that show a part: by filter, or because their owner may see only what is theirs.

use crate::support::PATIENCE;
use crate::support::app::TestApp;
use crate::support::rows::{self, NewRow};
use crate::support::sse::{ADMIN_STREAM, Stream, cursors};

const MEMBER_STREAM: &str = "/api/me/callbacks/stream";

fn assorted() -> Vec<NewRow> {
    vec![
        NewRow { workflow: Some("translate".into()), ..NewRow::new("job-1") },
        NewRow { event: "workflow.failed", status: "error", ..NewRow::new("job-2") },
        NewRow { event: "llm.step.completed", status: "received", ..NewRow::new("job-3") },
        NewRow { source: "stepper", ..NewRow::new("job-4") },
        NewRow::reject("job-5"),
        NewRow { workflow: None, job: None, ..NewRow::new("job-6") },
    ]
}

#[tokio::test]
async fn each_filter_narrows_replay_and_live_alike() {
    let cases: &[(&str, &[usize])] = &[
        ("workflow=translate", &[0]),
        ("event=workflow.failed", &[1]),
        ("status=error", &[1]),
        ("status=received", &[2]),
        ("source=stepper", &[3]),
        ("signature=invalid", &[4]),
        ("signature=valid", &[0, 1, 2, 3, 5]),
        ("job=job-5", &[4]),
        ("job=job-5&signature=valid", &[]),
        ("source=llm&status=processed&workflow=summarise", &[4]),
        ("source=&workflow=&event=&status=&job=&signature=", &[0, 1, 2, 3, 4, 5]),
    ];
    let app = TestApp::start().await;
    let token = app.admin().await;
    let replayed = rows::store(&app.client, &assorted()).await;
    let mut open = Vec::new();
    for (query, _) in cases {
        let path = format!("{ADMIN_STREAM}?after=0&{query}");
        let mut stream = Stream::open(&app, &token, &path, None).await;
        let mut events = stream.until("ready").await;
        // Whatever the listener had not yet published when the stream opened comes behind `ready`.
        stream.position(replayed[5].seq, &mut events).await;
        open.push((stream, events));
    }
    let live = rows::store(&app.client, &assorted()).await;
    for ((query, expected), (mut stream, mut events)) in cases.iter().zip(open) {
        stream.position(live[5].seq, &mut events).await;
        let places =
            |stored: &[rows::Stored]| expected.iter().map(|place| stored[*place].seq).collect::<Vec<_>>();
        let expected: Vec<i64> = [places(&replayed), places(&live)].concat();
        assert_eq!(cursors(&events), expected, "{query}");
    }
}

#[tokio::test]
async fn a_filtered_stream_moves_its_position_on_with_ids_that_stand_alone() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let path = format!("{ADMIN_STREAM}?status=error");
    let mut stream = Stream::open(&app, &token, &path, None).await;
    stream.until("ready").await;
    let stored = rows::store(&app.client, &assorted()).await;
    let mut events = Vec::new();
    stream.position(stored[5].seq, &mut events).await;
    assert_eq!(cursors(&events), [stored[1].seq]);
    let text = String::from_utf8(stream.raw.clone()).expect("text");
    assert!(text.ends_with(&format!("\n\nid: {}\n\n", stored[5].seq)), "{text}");
    // Resumed from there nothing is read again, and nothing that the filter hides comes.
    let last = stream.last_id.clone();
    let mut resumed = Stream::open(&app, &token, &path, last.as_deref()).await;
    let events = resumed.until("ready").await;
    assert_eq!((events.len(), &events[0].id), (1, &last));
}

#[tokio::test]
async fn a_member_is_shown_their_own_verified_callbacks_and_nothing_else() {
    let app = TestApp::start().await;
    app.listening().await;
    let (one, other) = (rows::person(&app.client, "MEMBER").await, rows::person(&app.client, "MEMBER").await);
    let token = rows::token(&app.client, one).await;
    let assorted = || {
        vec![
            NewRow::new("own-1").owned_by(one),
            NewRow::new("others").owned_by(other),
            NewRow::new("nobodys"),
            NewRow::reject("forged").owned_by(one),
            NewRow::new("own-2").owned_by(one),
            NewRow::new("last"),
        ]
    };
    let before = rows::store(&app.client, &assorted()).await;
    let mut stream = Stream::open(&app, &token, &format!("{MEMBER_STREAM}?after=0"), None).await;
    let mut events = stream.until("ready").await;
    stream.position(before[5].seq, &mut events).await;
    let after = rows::store(&app.client, &assorted()).await;
    stream.position(after[5].seq, &mut events).await;
    let own = [before[0].seq, before[4].seq, after[0].seq, after[4].seq];
    assert_eq!(cursors(&events), own);

    let admin = app.admin().await;
    let mut admins = Stream::ready(&app, &admin).await;
    for gone in [after[1].id, after[3].id, after[4].id] {
        let answer = app.delete(&admin, &format!("/api/admin/llm-callbacks/{gone}")).await;
        assert_eq!(answer.status, 204);
        admins.until("deleted").await;
    }
    let event = stream.next_event(PATIENCE).await.expect("an event");
    assert_eq!((event.name.as_str(), &event.data), ("deleted", &serde_json::json!({ "ids": [after[4].id] })));
}

#[tokio::test]
async fn a_member_hears_of_no_alerts_and_counts_only_their_own() {
    let app = TestApp::with(&[("CALLBACKD_UNSIGNED", "accept"), ("LLM_WEBHOOK_SECRET", "")]).await;
    let one = rows::person(&app.client, "MEMBER").await;
    let token = rows::token(&app.client, one).await;
    let stored = rows::store(&app.client, &[NewRow::new("own").owned_by(one), NewRow::new("others")]).await;
    let admin = app.admin().await;
    let mut open = Stream::open(&app, &token, MEMBER_STREAM, None).await;
    open.until("ready").await;
    let mut admins = Stream::ready(&app, &admin).await;
    let body = crate::support::site::llm("workflow.completed", "unsigned");
    assert_eq!(app.send(body, &[]).await.status, 200);
    admins.until("alert").await;
    // Both are told alerts in the order of the broadcast: whatever was for the member has come before this one.
    let mark = rows::store(&app.client, &[NewRow::new("own too").owned_by(one)]).await;
    let events = open.until_event(|event| event.id.as_deref() == Some(&*mark[0].seq.to_string())).await;
    assert!(events.iter().all(|event| event.name == "callback"), "{events:?}");
    let later =
        Stream::open(&app, &token, &format!("{MEMBER_STREAM}?after=0"), None).await.until("ready").await;
    assert_eq!(cursors(&later), [stored[0].seq, mark[0].seq]);
    assert_eq!(later[2].data["unviewedCount"], 2);
}

//! What is the same callback received again, and what only looks so.

use std::collections::BTreeSet;

use futures_util::future::join_all;

use crate::support::app::TestApp;
use crate::support::eventually;
use crate::support::gate::{self, Gate};
use crate::support::site::{SIGNATURE, llm};
use crate::support::sse::Stream;

const UNSIGNED: [(&str, &str); 2] = [("LLM_WEBHOOK_SECRET", ""), ("CALLBACKD_UNSIGNED", "accept")];

#[tokio::test]
async fn a_retry_is_recognised_by_what_it_says() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let mut stream = Stream::ready(&app, &token).await;
    let first = app.store(r#"{"job_id":"a","n":1.50,"o":{"x":1,"y":[1,2]},"timestamp":"t1"}"#).await;
    let retries = [
        r#"{"job_id":"a","n":1.50,"o":{"x":1,"y":[1,2]},"timestamp":"t1"}"#,
        r#"{"job_id":"a","n":1.50,"o":{"x":1,"y":[1,2]},"timestamp":"t2"}"#,
        r#"{"job_id":"a","n":1.50,"o":{"x":1,"y":[1,2]}}"#,
        "{ \"timestamp\" : 7,\n\"o\":{\"y\":[ 1,2 ],\"x\":1},\t\"n\":1.50, \"job_id\":\"a\" }\r\n",
    ];
    for retry in retries {
        let answer = app.store(retry).await;
        assert_eq!((&answer["id"], &answer["cursor"]), (&first["id"], &first["cursor"]), "{retry}");
        assert_eq!(answer["duplicate"], true, "{retry}");
    }
    let row = app.client.query_one("select delivery_count, payload::text from llm_callbacks", &[]).await;
    let row = row.expect("it is one row");
    assert_eq!(row.get::<_, i32>(0), 5);
    assert!(row.get::<_, &str>(1).contains("t1"), "the first delivery is what is kept");

    let last = app.store(llm("workflow.completed", "last")).await;
    let pushed = stream.until_event(|event| event.data["id"] == last["id"]).await;
    assert_eq!(pushed.len(), 2, "retries are not pushed");
}

#[tokio::test]
async fn what_differs_is_kept_when_in_doubt() {
    let app = TestApp::start().await;
    let different = [
        r#"{"job_id":"a","n":1.5}"#,
        r#"{"job_id":"a","n":1.50}"#,
        r#"{"job_id":"a","n":"1.5"}"#,
        r#"{"job_id":"a","n":[1.5]}"#,
        r#"{"job_id":"a","n":1.5,"n":2}"#,
        r#"{"job_id":"a","n":2,"n":1.5}"#,
        r#"{"job_id":"a","o":{"timestamp":"t1"}}"#,
        r#"{"job_id":"a","o":{"timestamp":"t2"}}"#,
        r#"{"job_id":"\u0061","n":1.5}"#,
        r#"{"job_id":"b","n":1.5}"#,
    ];
    let mut ids = BTreeSet::new();
    for body in different {
        let answer = app.store(body).await;
        assert_eq!(answer["duplicate"], false, "{body}");
        ids.insert(answer["id"].to_string());
    }
    assert_eq!(ids.len(), different.len());
}

#[tokio::test]
async fn every_event_of_a_job_is_kept() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let step = llm("llm.step.completed", "job");
    let events = [
        step.clone(),
        step.replace("generate_contacts", "rank_contacts"),
        llm("workflow.completed", "job"),
        llm("workflow.failed", "job"),
    ];
    for event in &events {
        assert_eq!(app.store(event.as_str()).await["duplicate"], false);
    }
    let listed = app.get(&token, "/api/admin/llm-callbacks/check").await;
    let statuses: Vec<_> = (0..4).map(|n| listed.json["items"][n]["status"].clone()).collect();
    assert_eq!(statuses, ["received", "received", "processed", "error"]);
}

#[tokio::test]
async fn of_many_deliveries_at_once_on_two_nodes_one_is_the_first() {
    let one = TestApp::start().await;
    let two = TestApp::beside(&one.database, &[]).await;
    let body = llm("workflow.completed", "job");
    let deliveries =
        (0..40).map(|n| if n % 2 == 0 { &one } else { &two }).map(|app| app.store(body.as_str()));
    let answers = join_all(deliveries).await;
    assert_eq!(answers.iter().filter(|answer| answer["duplicate"] == false).count(), 1);
    assert!(answers.iter().all(|answer| answer["id"] == answers[0]["id"]));
    let row = one.client.query_one("select delivery_count from llm_callbacks", &[]).await;
    assert_eq!(row.expect("it is one row").get::<_, i32>(0), 40);
}

/// The first two go into a batch each, the third waits: none of them is committed when the last one comes.
#[tokio::test]
async fn deliveries_that_overtake_the_first_one_s_commit_are_the_same_callback() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let body = llm("workflow.completed", "eager");
    let gate = Gate::closed(&app.database).await;
    let others = async {
        gate.held_up().await;
        let others = join_all((0..2).map(|_| app.deliver(body.as_str())));
        let opening = async {
            gate::reading(&app, &token, 3 * body.len()).await;
            gate.open().await;
        };
        tokio::join!(others, opening).0
    };
    let (first, others) = tokio::join!(app.deliver(body.as_str()), others);
    assert_eq!((first.status, &first.json["duplicate"]), (200, &serde_json::json!(false)));
    for other in others {
        assert_eq!((other.status, &other.json["duplicate"]), (200, &serde_json::json!(true)));
        assert_eq!(other.json["id"], first.json["id"]);
    }
    let counts = texts(&app, "select delivery_count::text from llm_callbacks").await;
    assert_eq!(counts, ["3"]);
}

/// A plan that is made while the table is empty, and kept, must not go through all callbacks of a source.
#[tokio::test]
async fn callbacks_are_looked_up_by_their_key_also_in_a_table_that_was_empty() {
    let app = TestApp::start().await;
    for n in 0..20 {
        app.store(llm("workflow.completed", &format!("job-{n}"))).await;
    }
    let read = "select indexrelname || ' ' || (idx_tup_read > 0) from pg_stat_user_indexes
        where relname = 'llm_callbacks' and idx_scan >= 20 order by 1";
    app.store(llm("workflow.completed", "job-19")).await;
    eventually("the index of keys has been asked for each callback, and found one", async || {
        texts(&app, read).await.contains(&"llm_callbacks_dedupe_key true".to_owned())
    })
    .await;
    let by_source = "select idx_tup_read::text from pg_stat_user_indexes
        where indexrelname = 'llm_callbacks_source_seq_idx'";
    assert_eq!(texts(&app, by_source).await, ["0"]);
}

#[tokio::test]
async fn a_forged_request_changes_nothing_of_what_was_verified() {
    let app = TestApp::start().await;
    let body = llm("workflow.completed", "job");
    app.store(body.as_str()).await;
    app.store(llm("llm.step.completed", "job")).await;
    let verified = "select t::text from llm_callbacks t where signature_valid order by seq";
    let before = texts(&app, verified).await;

    let forged = [body.clone(), body.replace("completed", "failed"), r#"{"job_id":"job"}"#.to_owned()];
    for body in &forged {
        assert_eq!(app.send(body.as_str(), &[(SIGNATURE, "sha256=00")]).await.status, 401);
    }
    let rejects = "select callback_id from llm_callbacks where not signature_valid";
    eventually("the rejects are recorded", async || texts(&app, rejects).await.len() == 3).await;
    assert_eq!(texts(&app, rejects).await, ["job"; 3]);
    assert_eq!(texts(&app, verified).await, before);
    assert_eq!(app.store(body).await["duplicate"], true, "nor does it answer for it");
}

#[tokio::test]
async fn a_signed_copy_of_an_unsigned_callback_is_a_callback_of_its_own() {
    let open = TestApp::with(&UNSIGNED).await;
    let signing = TestApp::beside(&open.database, &[]).await;
    let body = llm("workflow.completed", "job");
    let unsigned = open.send(body.as_str(), &[]).await.json;
    let signed = signing.store(body.as_str()).await;
    assert_eq!((&unsigned["duplicate"], &signed["duplicate"]), (&false.into(), &false.into()));
    assert_ne!(unsigned["id"], signed["id"]);

    let again = open.send(body.as_str(), &[]).await.json;
    assert_eq!((&again["id"], &again["duplicate"]), (&unsigned["id"], &true.into()));
    let again = signing.store(body).await;
    assert_eq!((&again["id"], &again["duplicate"]), (&signed["id"], &true.into()));
}

#[tokio::test]
async fn a_deleted_callback_does_not_come_back() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let body = llm("workflow.completed", "job");
    let first = app.store(body.as_str()).await;
    let path = format!("/api/admin/llm-callbacks/{}", first["id"].as_str().expect("a uuid"));
    assert_eq!(app.delete(&token, &path).await.status, 204);

    let mut stream = Stream::ready(&app, &token).await;
    let again = app.store(body).await;
    assert_eq!((&again["id"], &again["duplicate"]), (&first["id"], &true.into()));
    assert_eq!(app.get(&token, &path).await.status, 404);
    let other = app.store(llm("workflow.completed", "other")).await;
    let pushed = stream.until("callback").await.pop().expect("it is pushed");
    assert_eq!(pushed.data["id"], other["id"]);
    let listed = app.get(&token, "/api/admin/llm-callbacks/check").await;
    assert_eq!(listed.json["items"].as_array().map(Vec::len), Some(1));
}

async fn texts(app: &TestApp, sql: &str) -> Vec<String> {
    let rows = app.client.query(sql, &[]).await.expect("rows");
    rows.iter().map(|row| row.get(0)).collect()
}

//! What goes: deleted by a person, pruned by age, and the shells of both.

use std::time::Duration;

use callbackd::callback::{Cursor, Retention, Row};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::inbox::{ADMIN, Inbox, column, refusal};
use crate::support::rows::{NewRow, store};

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn a_deleted_callback_is_gone_everywhere_and_everybody_is_told() {
    let inbox = Inbox::start().await;
    let (admin, member) = (inbox.admin().await, inbox.member().await);
    let rows = [NewRow::new("job").owned_by(member.id), NewRow::new("job"), NewRow::reject("job")];
    let stored = store(&inbox.client, &rows).await;
    let mut signals = inbox.signals().await;
    let id = stored[0].id;
    inbox.post(&admin, &format!("{ADMIN}/mark-viewed"), &json!({ "id": id })).await;
    assert_eq!(signals.next().await["kind"], "viewed");

    assert_eq!(inbox.delete(&admin, &format!("{ADMIN}/{id}")).await.status(), 204);
    assert_eq!(signals.next().await, json!({ "kind": "deleted", "rows": [[id, member.id.to_string()]] }));
    assert_eq!(refusal(inbox.delete(&admin, &format!("{ADMIN}/{id}")).await).await.0, 404);
    for path in [format!("{ADMIN}/{id}"), format!("{ADMIN}/{id}/raw")] {
        assert_eq!(refusal(inbox.get(&admin, &path).await).await.0, 404, "{path}");
    }
    let mark = inbox.post(&admin, &format!("{ADMIN}/mark-viewed"), &json!({ "id": id })).await;
    assert_eq!(refusal(mark).await.0, 404);
    let detail = inbox.json(&admin, &format!("{ADMIN}/{}", stored[1].id)).await;
    assert_eq!(detail["job"].as_array().unwrap().len(), 2);

    let ids = json!({ "ids": [id, stored[1].id, stored[2].id, Uuid::nil()] });
    assert_eq!(inbox.post(&admin, &format!("{ADMIN}/delete"), &ids).await.status(), 204);
    assert_eq!(
        signals.next().await,
        json!({ "kind": "deleted", "rows": [[stored[1].id, null], [stored[2].id, null]] })
    );
    assert_eq!(inbox.json(&admin, &format!("{ADMIN}/history")).await["callbacks"], json!([]));
    assert_eq!(inbox.json(&admin, &format!("{ADMIN}/check")).await["items"], json!([]));
    for count in ["unviewed-count", "invalid-signature-count"] {
        assert_eq!(inbox.json(&admin, &format!("{ADMIN}/{count}")).await, json!({ "count": 0 }), "{count}");
    }
    let left = "select count(*) from llm_callback_views union all
        select count(*) from llm_callbacks where payload is not null or payload_preview <> ''
            or subject_user_id is not null or signature_header is not null or workflow_name is not null";
    for row in inbox.client.query(left, &[]).await.unwrap() {
        assert_eq!(row.get::<_, i64>(0), 0);
    }
}

#[tokio::test]
async fn a_captured_request_does_not_bring_a_deleted_callback_back() {
    let inbox = Inbox::start().await;
    let admin = inbox.admin().await;
    let row = NewRow::new("job");
    let first = store(&inbox.client, std::slice::from_ref(&row)).await[0];
    inbox.store.delete(&[first.id]).await.unwrap();
    let again = store(&inbox.client, &[NewRow { id: Uuid::now_v7(), ..row }]).await[0];
    assert_eq!((again.id, again.seq, again.duplicate), (first.id, first.seq, true));
    assert_eq!(inbox.json(&admin, &format!("{ADMIN}/history")).await["callbacks"], json!([]));
}

#[tokio::test]
async fn as_many_as_one_request_may_name_are_deleted_and_one_more_is_refused() {
    let inbox = Inbox::start().await;
    let admin = inbox.admin().await;
    let rows: Vec<NewRow> = (0..501).map(|number| NewRow::new(&format!("job-{number}"))).collect();
    let ids: Vec<_> = store(&inbox.client, &rows).await.iter().map(|row| row.id).collect();
    let ask = async |verb: &str, ids: &[Uuid]| {
        inbox.post(&admin, &format!("{ADMIN}/{verb}"), &json!({ "ids": ids })).await
    };
    for verb in ["mark-viewed", "delete"] {
        let refused = refusal(ask(verb, &ids).await).await;
        assert_eq!(refused, (400, "Invalid ids".to_owned()), "{verb}");
    }
    let marked: serde_json::Value = ask("mark-viewed", &ids[..500]).await.json().await.unwrap();
    assert_eq!(marked["unviewedCount"], 1);
    assert_eq!(ask("delete", &ids[..500]).await.status(), 204);
    let left = inbox.json(&admin, &format!("{ADMIN}/history")).await;
    assert_eq!(column(&left["callbacks"], "callbackId"), ["job-500"]);
    assert_eq!(ask("delete", &ids[..500]).await.status(), 204, "gone already is as good");
    assert_eq!(ask("delete", &[]).await.status(), 204);
}

#[tokio::test]
async fn a_long_deletion_is_told_in_several_signals() {
    let inbox = Inbox::start().await;
    let owner = Uuid::new_v4();
    let rows: Vec<NewRow> = (0..500).map(|_| NewRow::new("job").owned_by(owner)).collect();
    let stored = store(&inbox.client, &rows).await;
    let mut signals = inbox.signals().await;
    let ids: Vec<Uuid> = stored.iter().map(|row| row.id).collect();
    assert_eq!(inbox.store.delete(&ids).await.unwrap(), 500);
    let mut told = Vec::new();
    while told.len() < 500 {
        let signal = signals.next().await;
        told.extend(signal["rows"].as_array().unwrap().iter().map(|row| row[0].clone()));
    }
    told.sort_by_key(Value::to_string);
    let mut expected: Vec<Value> = ids.iter().map(|id| json!(id)).collect();
    expected.sort_by_key(Value::to_string);
    assert_eq!(told, expected);
}

/// Makes rows look as if they had come, or gone, some days ago.
async fn age(inbox: &Inbox, column: &str, days: i32, ids: &[Uuid]) {
    let sql =
        format!("update llm_callbacks set {column} = now() - make_interval(days => $1) where id = any($2)");
    inbox.client.execute(&sql, &[&days, &ids]).await.expect("the rows are there");
}

#[tokio::test]
async fn retention_prunes_the_oldest_and_moves_the_floor_with_them() {
    let inbox = Inbox::start().await;
    let admin = inbox.admin().await;
    let rows = [NewRow::new("a"), NewRow::new("b"), NewRow::new("c"), NewRow::new("d")];
    let stored = store(&inbox.client, &rows).await;
    let ids: Vec<Uuid> = stored.iter().map(|row| row.id).collect();
    age(&inbox, "created_at", 8, &ids[..3]).await;
    inbox.store.delete(&ids[1..2]).await.unwrap();
    inbox.post(&admin, &format!("{ADMIN}/mark-viewed"), &json!({ "id": ids[0] })).await;

    let keep = |days: u32| Retention { db: inbox.db.clone(), keep: Some(DAY * days) };
    assert_eq!(keep(9).round().await.unwrap(), 0);
    assert_eq!(inbox.store.floor().await.unwrap(), Cursor::START);
    // A node that is at it is left alone.
    inbox.client.batch_execute("begin; select pg_advisory_xact_lock(7161124095258616684)").await.unwrap();
    assert_eq!(keep(7).round().await.unwrap(), 0);
    inbox.client.batch_execute("commit").await.unwrap();

    assert_eq!(keep(7).round().await.unwrap(), 3);
    assert_eq!(inbox.store.floor().await.unwrap(), Cursor::from_seq(stored[2].seq));
    let page = inbox.store.page_after(Cursor::START, None, 10).await.unwrap();
    assert!(page[..3].iter().all(|row| matches!(row, Row::Gone(_))), "{page:?}");
    let history = inbox.json(&admin, &format!("{ADMIN}/history")).await;
    assert_eq!(column(&history["callbacks"], "callbackId"), ["d"]);
    assert_eq!(keep(7).round().await.unwrap(), 0);
    let views = inbox.client.query_one("select count(*) from llm_callback_views", &[]).await.unwrap();
    assert_eq!(views.get::<_, i64>(0), 0);
    let again = store(&inbox.client, &[NewRow { id: Uuid::now_v7(), ..rows[0].clone() }]).await[0];
    assert!(again.duplicate);
}

#[tokio::test]
async fn batches_of_pruning_follow_each_other_to_the_end() {
    let inbox = Inbox::start().await;
    let stored = store(&inbox.client, &(0..1_100).map(|_| NewRow::new("job")).collect::<Vec<_>>()).await;
    let ids: Vec<Uuid> = stored.iter().map(|row| row.id).collect();
    age(&inbox, "created_at", 2, &ids).await;
    let retention = Retention { db: inbox.db.clone(), keep: Some(DAY) };
    assert_eq!(retention.round().await.unwrap(), 1_100);
    assert_eq!(inbox.store.floor().await.unwrap(), inbox.store.head().await.unwrap());
}

#[tokio::test]
async fn shells_go_after_thirty_days_but_never_the_highest_position() {
    let inbox = Inbox::start().await;
    let stored = store(&inbox.client, &[NewRow::new("a"), NewRow::new("b"), NewRow::new("c")]).await;
    let ids: Vec<Uuid> = stored.iter().map(|row| row.id).collect();
    inbox.store.delete(&ids).await.unwrap();
    age(&inbox, "deleted_at", 31, &[ids[0], ids[2]]).await;
    age(&inbox, "deleted_at", 29, &ids[1..2]).await;

    let retention = Retention { db: inbox.db.clone(), keep: None };
    assert_eq!(retention.round().await.unwrap(), 1);
    let left = inbox.store.page_after(Cursor::START, None, 10).await.unwrap();
    let left: Vec<i64> = left.iter().map(|row| row.cursor().seq()).collect();
    assert_eq!(left, [stored[1].seq, stored[2].seq]);
    assert_eq!(inbox.store.head().await.unwrap(), Cursor::from_seq(stored[2].seq));
}

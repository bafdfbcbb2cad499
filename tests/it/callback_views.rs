//! Marking as viewed: by id, by list, by watermark; counts; and what other nodes are told.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::inbox::{ADMIN, Caller, Inbox, column, refusal};
use crate::support::rows::{NewRow, store};

async fn mark(inbox: &Inbox, caller: &Caller, body: Value) -> i64 {
    let answer = inbox.post(caller, &format!("{ADMIN}/mark-viewed"), &body).await;
    assert_eq!(answer.status(), 200, "{body}");
    let answer: Value = answer.json().await.expect("it is JSON");
    assert_eq!(answer["success"], true);
    answer["unviewedCount"].as_i64().expect("a count")
}

async fn count(inbox: &Inbox, caller: &Caller, what: &str) -> i64 {
    inbox.json(caller, &format!("{ADMIN}/{what}-count")).await["count"].as_i64().expect("a count")
}

#[tokio::test]
async fn what_is_viewed_is_counted_and_shown_for_that_person_alone() {
    let inbox = Inbox::start().await;
    let (one, other) = (inbox.admin().await, inbox.admin().await);
    let rows = [NewRow::new("a"), NewRow::reject("b"), NewRow::new("c"), NewRow::new("d")];
    let stored = store(&inbox.client, &rows).await;
    let mut signals = inbox.signals().await;
    assert_eq!(count(&inbox, &one, "unviewed").await, 4);
    assert_eq!(count(&inbox, &one, "invalid-signature").await, 1);

    assert_eq!(mark(&inbox, &one, json!({ "id": stored[3].id })).await, 3);
    assert_eq!(signals.next().await, json!({ "kind": "viewed", "admin": one.id, "ids": [stored[3].id] }));
    // Idempotent, and silent when nothing changes; an unknown id among others is passed over.
    assert_eq!(mark(&inbox, &one, json!({ "id": stored[3].id })).await, 3);
    assert_eq!(mark(&inbox, &one, json!({ "ids": [stored[3].id, stored[0].id, Uuid::nil()] })).await, 2);
    assert_eq!(signals.next().await, json!({ "kind": "viewed", "admin": one.id, "ids": [stored[0].id] }));
    assert_eq!(mark(&inbox, &one, json!({ "ids": [] })).await, 2);

    let unviewed = inbox.json(&one, &format!("{ADMIN}/check?unviewed=true")).await;
    assert_eq!(column(&unviewed["items"], "callbackId"), ["b", "c"]);
    let all = inbox.json(&one, &format!("{ADMIN}/history")).await;
    let viewed: Vec<&Value> =
        all["callbacks"].as_array().unwrap().iter().map(|item| &item["viewedByCurrentUser"]).collect();
    assert_eq!(viewed, [true, false, false, true]);
    assert_eq!(count(&inbox, &other, "unviewed").await, 4);
}

#[tokio::test]
async fn a_watermark_covers_everything_below_it_and_never_moves_back() {
    let inbox = Inbox::start().await;
    let admin = inbox.admin().await;
    let stored = store(&inbox.client, &[NewRow::new("a"), NewRow::new("b"), NewRow::new("c")]).await;
    let mut signals = inbox.signals().await;
    let through = |place: usize| json!({ "through": stored[place].seq.to_string() });

    assert_eq!(mark(&inbox, &admin, through(1)).await, 1);
    assert_eq!(
        signals.next().await,
        json!({ "kind": "viewed", "admin": admin.id, "through": stored[1].seq.to_string() })
    );
    assert_eq!(mark(&inbox, &admin, through(0)).await, 1);
    // Below the watermark there is nothing to mark, and no row of its own is kept.
    assert_eq!(mark(&inbox, &admin, json!({ "id": stored[0].id })).await, 1);
    let kept = inbox.client.query_one("select count(*) from llm_callback_views", &[]).await.unwrap();
    assert_eq!(kept.get::<_, i64>(0), 0);
    let detail = inbox.json(&admin, &format!("{ADMIN}/{}", stored[0].id)).await;
    assert_eq!(detail["callback"]["viewedByCurrentUser"], true);

    // A cursor above the head means the head: what comes later has not been seen.
    assert_eq!(mark(&inbox, &admin, json!({ "through": "9223372036854775807" })).await, 0);
    assert_eq!(
        signals.next().await,
        json!({ "kind": "viewed", "admin": admin.id, "through": stored[2].seq.to_string() })
    );
    store(&inbox.client, &[NewRow::new("d")]).await;
    assert_eq!(count(&inbox, &admin, "unviewed").await, 1);
    let unviewed = inbox.json(&admin, &format!("{ADMIN}/history?viewed=false")).await;
    assert_eq!(column(&unviewed["callbacks"], "callbackId"), ["d"]);
}

/// The numbers by which the callbacks are called, and their cursors.
async fn page(inbox: &Inbox, caller: &Caller, query: &str) -> Vec<(usize, String)> {
    let page = inbox.json(caller, &format!("{ADMIN}/history?limit=10&{query}")).await;
    let named = |item: &Value| {
        let text = |name: &str| item[name].as_str().expect("a text").to_owned();
        (text("callbackId").parse().expect("a number"), text("cursor"))
    };
    page["callbacks"].as_array().expect("a list").iter().map(named).collect()
}

/// Viewed is what the watermark covers, and above it what was viewed one by one: pages of both go on from each other, in
/// either direction.
#[tokio::test]
async fn what_is_viewed_is_paged_across_the_watermark() {
    let inbox = Inbox::start().await;
    let (admin, other) = (inbox.admin().await, inbox.admin().await);
    let rows: Vec<NewRow> = (0..40)
        .map(|number| NewRow {
            workflow: Some(if number % 2 == 0 { "even" } else { "odd" }.to_owned()),
            ..NewRow::new(&format!("{number:02}"))
        })
        .collect();
    let stored = store(&inbox.client, &rows).await;
    // One is both.
    mark(&inbox, &admin, json!({ "id": stored[10].id })).await;
    mark(&inbox, &admin, json!({ "through": stored[19].seq.to_string() })).await;
    let singly: Vec<Uuid> = stored[20..].iter().step_by(3).map(|row| row.id).collect();
    mark(&inbox, &admin, json!({ "ids": singly })).await;
    mark(&inbox, &other, json!({ "ids": [stored[21].id, stored[3].id] })).await;

    for (viewed, narrow, step) in
        [(true, "", 1), (true, "&workflow=even", 2), (false, "", 1), (false, "&workflow=even", 2)]
    {
        let query = format!("viewed={viewed}{narrow}");
        let fitting: Vec<usize> = (0..40)
            .filter(|number| number % step == 0)
            .filter(|number| (*number < 20 || (number - 20) % 3 == 0) == viewed)
            .collect();
        let mut seen = Vec::new();
        let mut below = String::new();
        while seen.len() < fitting.len() {
            let page = page(&inbox, &admin, &format!("{query}{below}")).await;
            below = format!("&before={}", page.last().expect("there is more").1);
            seen.extend(page.into_iter().map(|(number, _)| number));
        }
        assert!(seen.iter().eq(fitting.iter().rev()), "{query}: {seen:?}");

        let up = page(&inbox, &admin, &format!("{query}&after={}", stored[5].seq)).await;
        let above = fitting.iter().filter(|number| **number > 5).take(10);
        assert!(up.iter().rev().map(|(number, _)| number).eq(above), "{query}: {up:?}");
    }
    let theirs = inbox.json(&other, &format!("{ADMIN}/history?viewed=true")).await;
    assert_eq!(column(&theirs["callbacks"], "callbackId"), ["21", "03"]);
}

/// While nodes are exchanged one after the other, the earlier ones know nothing of positions.
#[tokio::test]
async fn a_view_that_an_earlier_version_writes_has_its_place() {
    let inbox = Inbox::start().await;
    let admin = inbox.admin().await;
    let stored = store(&inbox.client, &[NewRow::new("a"), NewRow::new("b")]).await;
    let write = "insert into llm_callback_views (callback_id, admin_user_id) values ($1, $2)";
    inbox.client.execute(write, &[&stored[0].id, &admin.id]).await.expect("it is written");
    let viewed = inbox.json(&admin, &format!("{ADMIN}/history?viewed=true")).await;
    assert_eq!(column(&viewed["callbacks"], "callbackId"), ["a"]);
    assert_eq!(count(&inbox, &admin, "unviewed").await, 1);
}

#[tokio::test]
async fn a_malformed_body_is_refused_by_its_member() {
    let inbox = Inbox::start().await;
    let admin = inbox.admin().await;
    let many = json!({ "ids": vec![Uuid::nil(); 501] });
    for (path, body, status, error) in [
        ("mark-viewed", json!({}), 400, "Invalid body"),
        ("mark-viewed", json!({ "id": Uuid::nil(), "ids": [] }), 400, "Invalid body"),
        ("mark-viewed", json!({ "id": "x" }), 400, "Invalid id"),
        ("mark-viewed", json!({ "id": 7 }), 400, "Invalid id"),
        ("mark-viewed", json!({ "id": null }), 400, "Invalid body"),
        ("mark-viewed", json!({ "ids": ["x"] }), 400, "Invalid ids"),
        ("mark-viewed", json!({ "ids": "x" }), 400, "Invalid ids"),
        ("mark-viewed", many.clone(), 400, "Invalid ids"),
        ("mark-viewed", json!({ "through": 7 }), 400, "Invalid through"),
        ("mark-viewed", json!({ "through": "-1" }), 400, "Invalid through"),
        ("mark-viewed", json!({ "thru": "1" }), 400, "Invalid JSON body"),
        ("mark-viewed", json!([]), 400, "Invalid JSON body"),
        ("mark-viewed", json!({ "id": Uuid::nil() }), 404, "Not found"),
        ("delete", json!({}), 400, "Invalid ids"),
        ("delete", json!({ "ids": ["x"] }), 400, "Invalid ids"),
        ("delete", many, 400, "Invalid ids"),
    ] {
        let answer = refusal(inbox.post(&admin, &format!("{ADMIN}/{path}"), &body).await).await;
        assert_eq!(answer, (status, error.to_owned()), "{path} {body}");
    }
}

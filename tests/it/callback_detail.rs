//! One callback over HTTP: everything about it, its job, its exact bytes, and bodies that are meant to break things.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::inbox::{ADMIN, Inbox, column, refusal};
use crate::support::rows::{NewRow, store};

/// JSON that PostgreSQL's operators, and many a console, fail on.
const HOSTILE: &str =
    "{ \"job_id\":\"\\u0000\", \"a\":\"\\ud800\", \"a\":1e999, \"s\":\"</script>\\u202e\" }";

#[tokio::test]
async fn detail_has_everything_and_the_job_in_order() {
    let inbox = Inbox::start().await;
    let admin = inbox.admin().await;
    let step = NewRow { event: "llm.step.completed", status: "received", ..NewRow::new("job") };
    let other = NewRow { source: "stepper", ..NewRow::new("job") };
    let stored = store(&inbox.client, &[step, NewRow::new("else"), NewRow::new("job"), other]).await;

    let mut answer = inbox.json(&admin, &format!("{ADMIN}/{}", stored[2].id)).await;
    assert_eq!(column(&answer["job"], "eventType"), ["llm.step.completed", "workflow.completed"]);
    let callback = answer["callback"].as_object_mut().unwrap();
    for name in ["verifiedAt", "updatedAt", "createdAt"] {
        assert!(callback.remove(name).unwrap().as_str().unwrap().ends_with('Z'), "{name}");
    }
    let expected = json!({
        "id": stored[2].id, "cursor": stored[2].seq.to_string(), "source": "llm", "callbackId": "job", "jobId": "job",
        "workflowName": "summarise", "eventType": "workflow.completed", "status": "processed", "errorMessage": null,
        "signatureValid": true, "rejection": null, "cause": null,
        "accepted": false, "payloadPreview": "{\"job_id\":\"job\"}", "costUsd": null,
        "totalTokens": null, "durationMs": null, "deliveryCount": 1, "viewedByCurrentUser": false,
        "signatureHeader": "sha256=00", "payload": "{\"job_id\":\"job\"}", "payloadPlain": true,
        "requestHeaders": [["content-type", "application/json"]], "diagnosis": null, "object": null, "acceptedBy": null,
        "acceptedAt": null, "acceptedByEmail": null, "acceptedAs": null, "acceptedFrom": null, "subjectUserId": null, "rawBytes": 16,
        "test": false,
    });
    assert_eq!(Value::Object(callback.clone()), expected);
}

#[tokio::test]
async fn a_long_job_shows_its_newest_two_hundred() {
    let inbox = Inbox::start().await;
    let admin = inbox.admin().await;
    let stored = store(&inbox.client, &(0..201).map(|_| NewRow::new("long")).collect::<Vec<_>>()).await;
    let answer = inbox.json(&admin, &format!("{ADMIN}/{}", stored[200].id)).await;
    let ids: Vec<String> = stored[1..].iter().map(|row| row.id.to_string()).collect();
    assert_eq!(column(&answer["job"], "id"), ids);
}

#[tokio::test]
async fn hostile_text_is_listed_viewed_and_shown_exactly() {
    let inbox = Inbox::start().await;
    let admin = inbox.admin().await;
    let row = NewRow {
        payload: Some(HOSTILE.to_owned()),
        plain: false,
        preview: "\u{fffd}</script>\u{202e}".to_owned(),
        headers: "[[\"x\",\"\\u0000\\ud800\"]]".to_owned(),
        ..NewRow::new("hostile")
    };
    let stored = store(&inbox.client, &[NewRow::new("before"), row, NewRow::new("after")]).await;
    let id = stored[1].id;

    let list = inbox.json(&admin, &format!("{ADMIN}/history?q=%3C/script")).await;
    assert_eq!(column(&list["callbacks"], "callbackId"), ["hostile"]);
    let marked = inbox.post(&admin, &format!("{ADMIN}/mark-viewed"), &json!({ "id": id })).await;
    assert_eq!(marked.json::<Value>().await.unwrap(), json!({ "success": true, "unviewedCount": 2 }));

    let text = inbox.get(&admin, &format!("{ADMIN}/{id}")).await.text().await.unwrap();
    // Headers are passed on as they stand; serde_json would refuse the lone surrogate as text.
    assert!(text.contains("[[\"x\",\"\\u0000\\ud800\"]]"), "{text}");
    let answer: Value = serde_json::from_str(&text.replace("\\u0000\\ud800", "")).unwrap();
    assert_eq!(answer["callback"]["payload"], HOSTILE);
    assert_eq!(answer["callback"]["payloadPlain"], false);

    let raw = inbox.get(&admin, &format!("{ADMIN}/{id}/raw")).await;
    assert_eq!(raw.bytes().await.unwrap(), HOSTILE.as_bytes());
}

#[tokio::test]
async fn raw_bytes_are_a_download_that_no_browser_runs() {
    let inbox = Inbox::start().await;
    let admin = inbox.admin().await;
    let bytes = b"\x00\xff<script>".to_vec();
    let binary = NewRow { payload: None, raw_body: Some(bytes.clone()), ..NewRow::reject("binary") };
    let unread = NewRow { payload: None, ..NewRow::reject("unread") };
    let stored = store(&inbox.client, &[NewRow::new("json"), binary, unread]).await;

    for (row, body, extension) in
        [(stored[0], &b"{\"job_id\":\"json\"}"[..], "json"), (stored[1], &bytes, "bin")]
    {
        let answer = inbox.get(&admin, &format!("{ADMIN}/{}/raw", row.id)).await;
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "application/octet-stream");
        assert_eq!(header("content-disposition"), format!("attachment; filename=\"{}.{extension}\"", row.id));
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("content-security-policy"), "sandbox");
        assert_eq!(answer.bytes().await.unwrap(), body);
    }
    let never = inbox.get(&admin, &format!("{ADMIN}/{}/raw", stored[2].id)).await;
    assert_eq!(refusal(never).await.0, 404);
    let detail = inbox.json(&admin, &format!("{ADMIN}/{}", stored[2].id)).await;
    assert_eq!((&detail["callback"]["payload"], &detail["callback"]["rawBytes"]), (&Value::Null, &json!(0)));
}

#[tokio::test]
async fn an_unknown_id_is_not_found() {
    let inbox = Inbox::start().await;
    let admin = inbox.admin().await;
    for path in [format!("{ADMIN}/{}", Uuid::nil()), format!("{ADMIN}/{}/raw", Uuid::nil())] {
        assert_eq!(refusal(inbox.get(&admin, &path).await).await, (404, "Not found".to_owned()), "{path}");
    }
}

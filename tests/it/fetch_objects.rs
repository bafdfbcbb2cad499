//! Thin callbacks made whole: the object comes after the answer, is kept beside the callback, and goes with it.

use serde_json::{Value, json};

use crate::support::app::{TestApp, TestProcess};
use crate::support::eventually;
use crate::support::program::run;
use crate::support::rows;
use crate::support::service::{Reply, Service};
use crate::support::sse::Stream;
use crate::support::thin::{KEY, Thin, object, until};

const RESPONSE: &str = r#"{ "id":"resp_1", "model":"gpt-5", "status":"completed","error":null,
  "metadata":{"user_id":"8f14e45f-ceea-467f-a8a2-9a0b1c2d3e4f"}, "usage":{"total_tokens":1234} }"#;

async fn detail(app: &TestApp, token: &str, id: &str) -> Value {
    app.get(token, &format!("/api/admin/llm-callbacks/{id}")).await.json["callback"].clone()
}

/// Whatever has to wait waits no longer.
async fn hurry(client: &tokio_postgres::Client) {
    let sql = "update llm_callback_fetches set next_at = now() where state = 'pending'";
    client.execute(sql, &[]).await.expect("they are due");
}

#[tokio::test]
async fn a_callback_is_answered_first_and_made_whole_then() {
    let service = Service::start().await;
    let thin = Thin::of(&service, &[]);
    let app = TestApp::with(&thin.settings()).await;
    let token = app.admin().await;
    let mut watching = Stream::ready(&app, &token).await;
    // Whoever waited for the service would never answer.
    service.replies("resp_1", &[Reply::Never]);
    let id = thin.store(&app, "response.completed", "resp_1").await;
    service.asked("resp_1", 1).await;
    let before = detail(&app, &token, &id).await;
    assert_eq!(before["object"]["state"], "pending");
    assert_eq!((&before["workflowName"], &before["totalTokens"]), (&Value::Null, &Value::Null));

    service.replies("resp_2", &[Reply::Json(RESPONSE.to_owned())]);
    let id = thin.store(&app, "response.completed", "resp_2").await;
    let object = until(&app, &token, &id, "fetched").await;
    assert_eq!(
        (&object["body"], &object["status"], &object["attempts"]),
        (&json!(RESPONSE), &json!(200), &json!(1))
    );
    assert_eq!(object["url"], format!("http://{}/v1/responses/resp_2", service.address));
    assert!(
        object["fetchedAt"].is_string() && object["error"].is_null() && object["nextAt"].is_null(),
        "{object}"
    );
    let after = detail(&app, &token, &id).await;
    assert_eq!((&after["workflowName"], &after["totalTokens"]), (&json!("gpt-5"), &json!(1234)));
    assert_eq!((&after["status"], &after["errorMessage"]), (&json!("processed"), &Value::Null));
    assert_eq!(after["subjectUserId"], "8f14e45f-ceea-467f-a8a2-9a0b1c2d3e4f");
    assert_eq!(
        after["payload"].as_str().map(|text| text.contains("resp_2")),
        Some(true),
        "it is as it was received"
    );

    let told = watching.until("updated").await;
    let told = &told.last().expect("an event").data;
    assert_eq!((&told["id"], &told["workflowName"]), (&json!(id), &json!("gpt-5")));
    let (path, headers) = service.got().pop().expect("a request");
    assert_eq!(
        (path.as_str(), &headers["authorization"]),
        ("/v1/responses/resp_2", &format!("Bearer {KEY}").parse().unwrap())
    );
}

#[tokio::test]
async fn the_event_says_where_the_object_is_and_whether_there_is_one() {
    let service = Service::start().await;
    let thin = Thin::of(&service, &[]);
    let app = TestApp::with(&thin.settings()).await;
    let token = app.admin().await;
    let call = thin.store(&app, "realtime.call.incoming", "rtc_1").await;
    let batch = thin.store(&app, "batch.failed", "batch_1").await;
    until(&app, &token, &batch, "fetched").await;
    let paths: Vec<_> = service.got().into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths, ["/v1/batches/batch_1"]);
    assert_eq!(object(&app, &token, &call).await, Value::Null);
    let path = |id: &str| format!("/api/admin/llm-callbacks/{id}/fetch");
    assert_eq!(app.post(&token, &path(&call), &json!({})).await.problem(), (409, "Nothing to fetch"));
    assert_eq!(app.post(&token, &path(&uuid::Uuid::nil().to_string()), &json!({})).await.status, 404);

    let listed = app.get(&token, "/api/admin/sources").await;
    let of = |name: &str| {
        listed.json["sources"].as_array().expect("a list").iter().find(|it| it["name"] == name).cloned()
    };
    assert_eq!(of("openai").expect("it is there")["fetch"]["hosts"], json!(["127.0.0.1"]));
    assert_eq!(of("llm").expect("it is there")["fetch"], Value::Null);
    assert!(!String::from_utf8_lossy(&listed.bytes).contains(KEY));
}

#[tokio::test]
async fn what_a_test_names_is_not_fetched_unless_somebody_wants_it() {
    let service = Service::start().await;
    let thin = Thin::of(&service, &[]);
    let app = TestApp::with(&thin.settings()).await;
    let token = app.admin().await;
    let tested = app.post(&token, "/api/admin/sources/openai/test", &json!({})).await;
    let played = run(&format!("send --source openai --json --url {}", app.url("")), &thin.settings()).await;
    let played: Value = serde_json::from_str(&played.stdout).expect("an object");
    let tests = [tested.text("id"), played["first"][0]["id"].as_str().unwrap_or_default()];
    let genuine = thin.store(&app, "response.completed", "resp_genuine").await;
    until(&app, &token, &genuine, "fetched").await;
    assert_eq!(service.got().len(), 1);
    for test in tests {
        let callback = detail(&app, &token, test).await;
        assert_eq!((&callback["test"], &callback["object"]), (&json!(true), &Value::Null), "{callback}");
    }
    assert_eq!(detail(&app, &token, &genuine).await["test"], false);
    app.post(&token, &format!("/api/admin/llm-callbacks/{}/fetch", tests[0]), &json!({})).await;
    until(&app, &token, tests[0], "fetched").await;
}

#[tokio::test]
async fn an_object_is_exported_beside_its_callback() {
    let service = Service::start().await;
    let thin = Thin::of(&service, &[]);
    let app = TestApp::with(&thin.settings()).await;
    let token = app.admin().await;
    service.replies("resp_1", &[Reply::Json(RESPONSE.to_owned())]);
    thin.store(&app, "realtime.call.incoming", "rtc_1").await;
    let id = thin.store(&app, "response.completed", "resp_1").await;
    until(&app, &token, &id, "fetched").await;
    let export = async |query: &str| {
        let file = app.get(&token, &format!("/api/admin/llm-callbacks/export?{query}")).await;
        String::from_utf8(file.bytes).expect("UTF-8")
    };
    let file = export("format=ndjson").await;
    let (made_whole, other) = file.split_once('\n').expect("two lines");
    assert!(made_whole.contains(&format!(r#","object":{}}}"#, RESPONSE.replace('\n', " "))), "{made_whole}");
    assert!(!other.contains(r#""object":{"#), "{other}");
    assert!(!export("format=ndjson&payload=false").await.contains("usage"), "left out with payloads");
    let sheet = export("format=csv&payload=true").await;
    let mut rows = csv::Reader::from_reader(sheet.as_bytes());
    let place = rows.headers().expect("names").iter().position(|name| name == "object").expect("a column");
    let cells: Vec<String> = rows.records().map(|row| row.expect("RFC 4180")[place].to_owned()).collect();
    assert_eq!(cells, [RESPONSE.replace('\n', " ").as_str(), ""]);
    assert!(!export("format=csv").await.lines().next().expect("names").contains("object"));
}

#[tokio::test]
async fn nothing_is_fetched_for_what_nobody_vouches_for() {
    let service = Service::start().await;
    let thin = Thin::of(&service, &[]);
    let app = TestApp::with(&thin.settings()).await;
    let token = app.admin().await;
    assert_eq!(thin.forge(&app, "resp_forged").await.status, 401);
    let genuine = thin.store(&app, "response.completed", "resp_genuine").await;
    until(&app, &token, &genuine, "fetched").await;
    let history = async || app.get(&token, "/api/admin/llm-callbacks/history?signature=invalid").await;
    eventually("the reject is recorded", async || history().await.json["callbacks"][0]["id"].is_string())
        .await;
    let reject = history().await.json["callbacks"][0]["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/admin/llm-callbacks/{reject}");
    assert_eq!(app.post(&token, &format!("{path}/fetch"), &json!({})).await.problem(), (409, "Not verified"));
    assert_eq!(service.got().len(), 1);
    let accepted = app.post(&token, &format!("{path}/accept"), &json!({})).await;
    until(&app, &token, accepted.text("id"), "fetched").await;
    service.asked("resp_forged", 1).await;
}

#[tokio::test]
async fn an_object_goes_with_its_callback_and_its_owner_reads_it() {
    let service = Service::start().await;
    let thin = Thin::of(&service, &[]);
    let app = TestApp::with(&thin.settings()).await;
    let token = app.admin().await;
    let member = rows::person(&app.client, "MEMBER").await;
    let text = json!({"metadata": {"user_id": member}, "output": "Hello"}).to_string();
    service.replies("resp_1", &[Reply::Json(text.clone())]);
    let id = thin.store(&app, "response.completed", "resp_1").await;
    until(&app, &token, &id, "fetched").await;
    let own = app.get(&rows::token(&app.client, member).await, &format!("/api/me/callbacks/{id}")).await;
    let own = &own.json["callback"]["object"];
    assert_eq!((&own["body"], &own["url"]), (&json!(text), &Value::Null), "the address is for admins");

    app.delete(&token, &format!("/api/admin/llm-callbacks/{id}")).await;
    let left = app.client.query_one("select count(*) from llm_callback_fetches", &[]).await.expect("a count");
    assert_eq!(left.get::<_, i64>(0), 0);
}

#[tokio::test]
async fn several_nodes_ask_once_for_each() {
    let service = Service::start().await;
    let thin = Thin::of(&service, &[]);
    let one = TestApp::with(&thin.settings()).await;
    let two = TestApp::beside(&one.database, &thin.settings()).await;
    let token = one.admin().await;
    let mut ids = Vec::new();
    for number in 0..24 {
        let site = if number % 2 == 0 { &one } else { &two };
        ids.push(thin.store(site, "response.completed", &format!("resp_{number}")).await);
    }
    for id in &ids {
        assert_eq!(until(&two, &token, id, "fetched").await["attempts"], 1, "{id}");
    }
    let mut paths: Vec<_> = service.got().into_iter().map(|(path, _)| path).collect();
    paths.sort();
    paths.dedup();
    assert_eq!((paths.len(), service.got().len()), (24, 24));
}

#[tokio::test]
async fn what_a_node_leaves_is_taken_up_by_the_next() {
    let service = Service::start().await;
    let thin = Thin::of(&service, &[("TIMEOUT", "1m")]);
    service.replies("resp_1", &[Reply::Never]);
    let app = TestApp::with(&thin.settings()).await;
    let id = thin.store(&app, "response.completed", "resp_1").await;
    service.asked("resp_1", 1).await;
    let database = app.database.clone();
    app.stop().await.expect("it stops");

    // One that stops in order gives back what it was doing; one that is killed does not.
    let mut killed = TestProcess::beside(&database, &thin.settings()).await;
    let token = killed.admin().await;
    service.asked("resp_1", 2).await;
    assert_eq!(object(&killed, &token, &id).await["attempts"], 1);
    killed.kill().await;
    service.replies("resp_1", &[Reply::Json(RESPONSE.to_owned())]);
    hurry(&killed.client).await;
    let next = TestApp::beside(&database, &thin.settings()).await;
    assert_eq!(until(&next, &token, &id, "fetched").await["attempts"], 2);
}

#[tokio::test]
async fn nothing_is_lost_that_came_while_nobody_fetched() {
    let service = Service::start().await;
    let thin = Thin::of(&service, &[]);
    let without: Vec<_> = thin.settings().into_iter().filter(|(name, _)| !name.contains("FETCH")).collect();
    let app = TestApp::with(&without).await;
    let old = thin.store(&app, "response.completed", "resp_old").await;
    let recent = thin.store(&app, "response.completed", "resp_recent").await;
    let sql =
        "update llm_callbacks set created_at = now() - interval '1 hour' where external_job_id = 'resp_old'";
    app.client.execute(sql, &[]).await.expect("it is old");
    let (database, token) = (app.database.clone(), app.admin().await);
    app.stop().await.expect("it stops");

    let app = TestApp::beside(&database, &thin.settings()).await;
    until(&app, &token, &recent, "fetched").await;
    assert_eq!(object(&app, &token, &old).await, Value::Null, "history is not fetched by itself");
    app.stop().await.expect("it stops");
    let app = TestApp::beside(&database, &without).await;
    let meanwhile = thin.store(&app, "response.completed", "resp_meanwhile").await;
    let sql = "update llm_callbacks set created_at = now() - interval '1 hour'";
    app.client.execute(sql, &[]).await.expect("that was long ago");
    app.stop().await.expect("it stops");
    let app = TestApp::beside(&database, &thin.settings()).await;
    until(&app, &token, &meanwhile, "fetched").await;
    let asked = app.post(&token, &format!("/api/admin/llm-callbacks/{old}/fetch"), &json!({})).await;
    assert_eq!(asked.status, 202, "{asked:?}");
    until(&app, &token, &old, "fetched").await;
}

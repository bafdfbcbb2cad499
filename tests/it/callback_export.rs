//! Exports over HTTP: what is in the file, for whom, and that a file which could not be finished shows it.

use std::collections::BTreeSet;

use reqwest::Response;
use serde_json::Value;
use tokio_postgres::Client;

use crate::support::app::TestApp;
use crate::support::chaos::ChaosProxy;
use crate::support::eventually;
use crate::support::inbox::{ADMIN, MEMBER, refusal};
use crate::support::postgres::TestDatabase;
use crate::support::rows::{self, NewRow, store};

const MIB: usize = 1024 * 1024;

async fn export(app: &TestApp, token: &str, query: &str) -> Response {
    let request = app.request(reqwest::Method::GET, &format!("{ADMIN}/export?{query}"));
    request.bearer_auth(token).send().await.expect("the server answers")
}

async fn text(app: &TestApp, token: &str, query: &str) -> String {
    let response = export(app, token, query).await;
    assert_eq!(response.status(), 200, "{query}");
    response.text().await.expect("the file is complete")
}

/// The records of a CSV file, without its head.
fn records(file: &str) -> Vec<csv::StringRecord> {
    csv::Reader::from_reader(file.as_bytes()).into_records().map(|record| record.expect("RFC 4180")).collect()
}

fn lines(file: &str) -> Vec<Value> {
    file.lines().map(|line| serde_json::from_str(line).expect("a line is an object")).collect()
}

/// More than the buffers between two programs hold, so that whoever does not read stops the export.
async fn store_forty_megabytes(client: &Client) {
    let payload = format!("{{\"text\":\"{}\"}}", "x".repeat(MIB - 64));
    for number in 0..40 {
        let row = NewRow { payload: Some(payload.clone()), ..NewRow::new(&format!("big-{number}")) };
        store(client, &[row]).await;
    }
}

#[tokio::test]
async fn every_format_holds_what_was_received_however_hostile() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let payload = "{\n  \"job_id\": \"a\",\r\n\t\"nul\": \"\\u0000\", \"half\": \"\\ud83d\", \"n\": 1.50e400, \"n\": 2}\n";
    let hostile = NewRow {
        payload: Some(payload.to_owned()),
        plain: false,
        workflow: Some("=HYPERLINK(\"https://evil.example\")".into()),
        preview: "one, \"two\"\r\n;=three 😀".into(),
        job: None,
        ..NewRow::new("@SUM(A1)")
    };
    let unreadable = NewRow {
        payload: None,
        raw_body: Some(vec![0xff, 0, b'=']),
        preview: String::new(),
        ..NewRow::reject("r")
    };
    let stored = store(&app.client, &[hostile, unreadable]).await;

    let file = text(&app, &admin, "format=ndjson").await;
    let kept = payload.trim_end().replace(['\n', '\r'], " ");
    assert!(file.contains(&kept), "{file}");
    let (first, second) = file.split_once('\n').expect("two lines");
    let reject: Value = serde_json::from_str(first).expect("newest first");
    assert_eq!(reject["id"], stored[1].id.to_string());
    assert_eq!((&reject["payload"], &reject["rawBody"]), (&Value::Null, &Value::from("/wA9")));
    assert!(second.ends_with("}\n") && !second.contains("rawBody"), "{second}");

    // A parser that refuses half a surrogate must not be asked to read one.
    let file = text(&app, &admin, "format=json").await;
    assert!(file.starts_with("[\n{") && file.ends_with("}\n]\n") && file.contains(&kept), "{file}");
    let whole = file.replace("\\ud83d", "").replace("1.50e400", "1");
    assert_eq!(serde_json::from_str::<Value>(&whole).expect("an array").as_array().map(Vec::len), Some(2));

    let file = text(&app, &admin, "format=csv").await;
    assert!(file.starts_with("id,cursor,source,callbackId,") && !file.contains("nul"), "{file}");
    assert_eq!(file.matches("\r\n").count(), 4, "one in the preview\n{file}");
    let records_ = records(&file);
    let record = &records_[1];
    assert_eq!(
        (&record[3], &record[4], &record[5]),
        ("'@SUM(A1)", "", "'=HYPERLINK(\"https://evil.example\")")
    );
    assert_eq!(&record[13], "one, \"two\"\r\n;=three 😀");

    let file = text(&app, &admin, "format=csv&payload=true&bom=true").await;
    let records = records(file.strip_prefix('\u{feff}').expect("a byte order mark"));
    assert_eq!((&records[1][22], &records[0][22], &records[0][23]), (kept.as_str(), "", "/wA9"));
    assert_eq!(lines(&text(&app, &admin, "format=ndjson&payload=false").await)[0].get("payload"), None);
}

#[tokio::test]
async fn a_file_has_a_name_and_a_type_and_is_whole_over_many_pages() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for format in ["json", "ndjson", "csv"] {
        let response = export(&app, &admin, &format!("format={format}")).await;
        let header = |name: &str| response.headers()[name].to_str().expect("text").to_owned();
        let disposition = header("content-disposition");
        assert!(disposition.starts_with("attachment; filename=\"callbacks-2"), "{disposition}");
        assert!(disposition.ends_with(&format!(".{format}\"")), "{disposition}");
        assert!(header("content-type").contains(format), "{}", header("content-type"));
    }
    assert_eq!(text(&app, &admin, "format=json").await, "[]\n");
    assert_eq!(text(&app, &admin, "format=ndjson").await, "");
    assert_eq!(records(&text(&app, &admin, "format=csv").await).len(), 0);

    // Pages end at 512 rows, at a mebibyte, and at positions that were jumped over.
    let numbered = |range: std::ops::Range<usize>| {
        range.map(|n| NewRow::new(&format!("job-{n:04}"))).collect::<Vec<_>>()
    };
    store(&app.client, &numbered(0..700)).await;
    app.client.batch_execute("select setval('llm_callbacks_seq', 4294967296)").await.expect("a jump");
    let large = format!("{{\"text\":\"{}\"}}", "x".repeat(700_000));
    let mut rows = numbered(700..705);
    for row in &mut rows {
        row.payload = Some(large.clone());
    }
    store(&app.client, &rows).await;
    store(&app.client, &numbered(705..1_300)).await;
    let expected: Vec<String> = (0..1_300).rev().map(|n| format!("job-{n:04}")).collect();
    let file = text(&app, &admin, "format=ndjson").await;
    let found: Vec<Value> = lines(&file).into_iter().map(|line| line["callbackId"].clone()).collect();
    assert_eq!(found, expected);
    let file: Vec<Value> = serde_json::from_str(&text(&app, &admin, "format=json").await).expect("an array");
    assert_eq!(file.len(), 1_300);
    let file = text(&app, &admin, "format=csv").await;
    assert_eq!(records(&file).iter().map(|record| record[3].to_owned()).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn filters_and_ids_narrow_an_export_as_they_narrow_history() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let rows = [
        NewRow::new("one"),
        NewRow { source: "stepper", preview: "100% done".into(), ..NewRow::new("two") },
        NewRow { event: "workflow.failed", status: "error", ..NewRow::new("three") },
        NewRow { workflow: Some("translate".into()), ..NewRow::new("four") },
        NewRow::reject("five"),
        NewRow::new("deleted"),
    ];
    let mut stored = Vec::new();
    for row in &rows {
        stored.extend(store(&app.client, std::slice::from_ref(row)).await);
    }
    let deleted = app.delete(&admin, &format!("{ADMIN}/{}", stored[5].id)).await;
    assert_eq!(deleted.status, 204);
    let marked =
        app.post(&admin, &format!("{ADMIN}/mark-viewed"), &serde_json::json!({ "id": stored[3].id })).await;
    assert_eq!(marked.status, 200);
    let all = lines(&text(&app, &admin, "format=ndjson").await);
    let time = |place: usize| all[4 - place]["createdAt"].as_str().expect("a time").to_owned();
    let ids =
        |places: &[usize]| places.iter().map(|n| stored[*n].id.to_string()).collect::<Vec<_>>().join(",");

    for (query, expected) in [
        (String::new(), &["five", "four", "three", "two", "one"][..]),
        ("source=stepper".into(), &["two"]),
        ("status=error".into(), &["three"]),
        ("workflow=translate".into(), &["four"]),
        ("event=workflow.failed".into(), &["three"]),
        ("job=two".into(), &["two"]),
        ("signature=invalid".into(), &["five"]),
        ("viewed=true".into(), &["four"]),
        ("viewed=false&signature=valid".into(), &["three", "two", "one"]),
        ("q=0%25".into(), &["two"]),
        (format!("from={}&to={}", time(1), time(3)), &["three", "two"]),
        (format!("ids={}", ids(&[0, 4, 5])), &["five", "one"]),
        (format!("ids={}&signature=valid", ids(&[0, 4])), &["one"]),
        ("source=nobody".into(), &[]),
    ] {
        let file = lines(&text(&app, &admin, &format!("format=ndjson&{query}")).await);
        let found: Vec<&str> = file.iter().filter_map(|line| line["callbackId"].as_str()).collect();
        assert_eq!(found, expected, "{query}");
    }
}

#[tokio::test]
async fn a_member_exports_verified_callbacks_of_their_own_and_nothing_else() {
    let app = TestApp::start().await;
    let member = rows::person(&app.client, "MEMBER").await;
    let token = rows::token(&app.client, member).await;
    let all = [
        NewRow::new("mine").owned_by(member),
        NewRow::new("nobody's"),
        NewRow::reject("forged").owned_by(member),
        NewRow::new("another's").owned_by(uuid::Uuid::new_v4()),
    ];
    let stored = store(&app.client, &all).await;
    let ids: Vec<String> = stored.iter().map(|row| row.id.to_string()).collect();
    for query in [String::new(), format!("&ids={}", ids.join(","))] {
        let answer = app.get(&token, &format!("{MEMBER}/export?format=json{query}")).await;
        let found: BTreeSet<&str> = answer
            .json
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|row| row["callbackId"].as_str())
            .collect();
        assert_eq!(found, BTreeSet::from(["mine"]), "{answer:?}");
    }
    assert_eq!(app.get(&token, &format!("{ADMIN}/export?format=csv")).await.status, 403);
    assert_eq!(app.get(&app.admin().await, &format!("{MEMBER}/export?format=csv")).await.status, 403);
}

#[tokio::test]
async fn a_malformed_parameter_is_refused_by_its_name_before_anything_is_written() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let many = format!("format=csv&ids={}", vec![uuid::Uuid::nil().to_string(); 501].join(","));
    for (query, name) in [
        ("", "format"),
        ("format=xlsx", "format"),
        ("format=csv&payload=yes", "payload"),
        ("format=csv&bom=1", "bom"),
        ("format=csv&ids=", "ids"),
        ("format=csv&ids=a,b", "ids"),
        (&many, "ids"),
        ("format=csv&status=done", "status"),
        ("format=csv&from=yesterday", "from"),
        ("format=csv&q=%00", "q"),
    ] {
        let answer = refusal(export(&app, &admin, query).await).await;
        assert_eq!(answer, (400, format!("Invalid {name}")), "{query}");
    }
}

/// What comes after the first bytes of a file, once `meanwhile` has been done; and whether its end was one.
async fn rest(mut response: Response, meanwhile: impl Future<Output = ()>) -> (String, bool) {
    response.chunk().await.expect("it begins").expect("it has bytes");
    meanwhile.await;
    let mut end = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(bytes)) => {
                end.extend_from_slice(&bytes);
                let surplus = end.len().saturating_sub(200);
                end.drain(..surplus);
            }
            Ok(None) => return (String::from_utf8_lossy(&end).into_owned(), true),
            Err(_) => return (String::from_utf8_lossy(&end).into_owned(), false),
        }
    }
}

#[tokio::test]
async fn a_file_that_breaks_off_is_not_taken_for_a_complete_one() {
    let database = std::sync::Arc::new(TestDatabase::new().await);
    let proxy = ChaosProxy::before_postgres().await;
    let app = TestApp::through(&proxy.database_url(database.name()), &database, &[]).await;
    let admin = app.admin().await;
    store_forty_megabytes(&app.client).await;
    for format in ["ndjson", "json", "csv&payload=true"] {
        proxy.resume();
        eventually("it answers", async || {
            export(&app, &admin, "format=csv&source=none").await.status() == 200
        })
        .await;
        let response = export(&app, &admin, &format!("format={format}")).await;
        let (end, is_complete) = rest(response, async {
            proxy.refuse();
            proxy.cut();
        })
        .await;
        assert!(!is_complete, "{format}");
        assert!(end.contains("EXPORT INCOMPLETE"), "{format}: {end}");
    }
}

#[tokio::test]
async fn an_export_ends_when_its_token_is_revoked() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    store_forty_megabytes(&app.client).await;
    let revoke = async {
        app.client.batch_execute("update api_tokens set revoked_at = now()").await.expect("revoked");
    };
    let (end, is_complete) = rest(export(&app, &admin, "format=ndjson").await, revoke).await;
    assert!(!is_complete && end.contains("EXPORT INCOMPLETE"), "{end}");
}

#[tokio::test]
async fn a_reader_who_goes_away_frees_the_place_and_one_who_stays_holds_no_connection() {
    let app = TestApp::with(&[("CALLBACKD_DATABASE_POOL_MAX", "1")]).await;
    let admin = app.admin().await;
    store_forty_megabytes(&app.client).await;
    let mut open = Vec::new();
    for _ in 0..3 {
        let mut response = export(&app, &admin, "format=ndjson").await;
        response.chunk().await.expect("it begins");
        open.push(response);
    }
    // The pool has one connection, which three stopped exports do not keep.
    assert_eq!(app.get(&admin, &format!("{ADMIN}/history")).await.status, 200);
    let refused = export(&app, &admin, "format=ndjson").await;
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(refusal(refused).await, (429, "Too many requests".to_owned()));
    open.clear();
    eventually("the places are free", async || export(&app, &admin, "format=ndjson").await.status() == 200)
        .await;
}

//! Bodies: what is malformed and where, what a model may emit all the same, and what makes a job id.

use futures_util::future::join_all;

use crate::support::app::TestApp;
use crate::support::gate::{self, Gate};
use crate::support::site::{Answer, llm};
use crate::support::sse::Stream;

#[tokio::test]
async fn a_malformed_body_is_refused_with_the_place_where_it_is() {
    let app = TestApp::start().await;
    let nested = |levels: usize| {
        format!(r#"{{"job_id":"deep","a":{}{}}}"#, "[".repeat(levels - 1), "]".repeat(levels - 1))
    };
    let too_deep = nested(129);
    let cases: [(&[u8], &str); 17] = [
        (b"", "the body is empty"),
        (b"  ", "line 1, column 2"),
        (b"{", "line 1, column 1"),
        (b"{\"job_id\":\"a\",}", "line 1, column 15"),
        (b"{\"job_id\":\"a\"} x", "line 1, column 16"),
        (b"{\n  \"job_id\": tru\n}", "line 3, column 0"),
        (b"{'job_id':'a'}", "line 1, column 2"),
        (b"{\"job_id\":NaN}", "line 1, column 11"),
        (b"{\"job_id\":\"a\nb\"}", "line 1, column 12"),
        (b"\xef\xbb\xbf{\"job_id\":\"a\"}", "line 1, column 1"),
        (b"\xff{}", "byte 0 begins no valid character"),
        (b"{\"job_id\":\"\xc3(\"}", "byte 11 begins no valid character"),
        (b"[{\"job_id\":\"a\"}]", "not an array"),
        (b"\"job_id\"", "not a string"),
        (b" 1", "not a number"),
        (b"null", "not null"),
        (too_deep.as_bytes(), "deeper than 128 levels, at byte 148"),
    ];
    for (body, place) in cases {
        let shown = String::from_utf8_lossy(body);
        let answer = app.deliver(body).await;
        assert_eq!(answer.problem(), (400, "Invalid JSON body"), "{shown}");
        assert!(answer.text("detail").contains(place), "{shown}: {}", answer.text("detail"));
    }
    assert_eq!(app.deliver(nested(128)).await.status, 200);
    assert_eq!(rows(&app).await, 1, "nothing malformed is stored");
}

#[tokio::test]
async fn a_job_id_is_a_text_or_a_number_of_at_most_512_bytes() {
    let app = TestApp::start().await;
    let (longest, too_long) = ("é".repeat(256), "é".repeat(257));
    let good = [
        (r#""a""#, "a"),
        ("42", "42"),
        ("-1.50e3", "-1.50e3"),
        (r#"" ""#, " "),
        (r#""\u0061\n""#, "a\n"),
        (r#""\u0000""#, "\u{fffd}"),
        (&format!("{longest:?}"), longest.as_str()),
    ];
    for (written, read) in good {
        let answer = app.store(format!(r#"{{"job_id":{written}}}"#)).await;
        assert_eq!(answer["callbackId"], read, "{written}");
    }
    let absent = [r#"{"id":"a"}"#, r#"{"JOB_ID":"a"}"#, r#"{"result":{"job_id":"a"}}"#];
    let bad = ["null", "true", r#""""#, "{}", r#"["a"]"#, &format!("{too_long:?}")];
    let bad = bad.map(|written| format!(r#"{{"job_id":{written}}}"#));
    for body in absent.into_iter().chain(bad.iter().map(String::as_str)) {
        assert_eq!(app.deliver(body).await.problem(), (400, "Missing job_id in payload"), "{body}");
    }
    let last = app.store(r#"{"job_id":"first","job_id":"last"}"#).await;
    assert_eq!(last["callbackId"], "last", "of equal keys the last counts");
}

#[tokio::test]
async fn whatever_a_model_emits_is_kept_and_shown() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let mut stream = Stream::ready(&app, &token).await;
    let digits = "9".repeat(5_000);
    let bodies = [
        r#"{"job_id":"nul","workflow_name":"a\u0000b","event":"\u0000","error_message":"\u0000","k\u0000":1}"#,
        r#"{"job_id":"lone","workflow_name":"\ud800","error_message":"\udc00 \ud83d\ude00"}"#,
        r#"{"job_id":"twice","a":1,"a":{"a":2,"a":3},"workflow_name":"x","workflow_name":"y"}"#,
        &format!(
            r#"{{"job_id":"huge","n":{digits},"cost_usd":1e999,"tokens":{{"total":{digits}}},"duration_ms":-1e30}}"#
        ),
        r#"{"job_id":"beyond measure","n":[1e131072,-1e-999999]}"#,
        r#"{"job_id":"types","workflow_name":{"a":1},"event":7,"cost_usd":"free","duration_ms":[1],"user_id":{}}"#,
        r#"{"job_id":"markup","workflow_name":"<script>alert(1)</script>\u202e","error_message":"a\r\n\ndata: b"}"#,
    ];
    for body in bodies {
        let answer = app.store(body).await;
        let id = answer["id"].as_str().expect("a uuid");
        let event = stream.until("callback").await.pop().expect("it is pushed");
        assert_eq!(event.data["id"], id, "{body}");
        let raw = app.get(&token, &format!("/api/admin/llm-callbacks/{id}/raw")).await;
        assert_eq!(raw.bytes, body.as_bytes());
        let detail = app.get(&token, &format!("/api/admin/llm-callbacks/{id}")).await;
        assert_eq!(detail.json["callback"]["payload"], body, "{detail:?}");
        assert_eq!(app.store(body).await["duplicate"], true, "{body}");
    }
    let listed = app.get(&token, "/api/admin/llm-callbacks/check").await;
    let names: Vec<&str> =
        (0..bodies.len()).filter_map(|n| listed.json["items"][n]["workflowName"].as_str()).collect();
    assert_eq!(names, ["a\u{fffd}b", "\u{fffd}", "y", "<script>alert(1)</script>\u{202e}"]);
    let plain = "select count(*), count(payload ->> 'job_id') from llm_callback_payloads";
    let plain = app.client.query_one(plain, &[]).await.expect("other people's queries do not fail");
    assert_eq!((plain.get::<_, i64>(0), plain.get::<_, i64>(1)), (4, 4));
}

#[tokio::test]
async fn one_callback_that_the_database_refuses_does_not_fail_its_neighbours() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let refuse = "alter table llm_callbacks add constraint no_poison check (callback_id <> 'poison')";
    app.client.batch_execute(refuse).await.expect("a constraint of our own");

    let gate = Gate::closed(&app.database).await;
    let jobs = (0..20).map(|n| if n == 7 { "poison".to_owned() } else { format!("job-{n}") });
    let jobs: Vec<String> = jobs.collect();
    let others = async {
        gate.two_are_ahead(&app, &token).await;
        join_all(jobs.iter().map(|job| app.deliver(llm("workflow.completed", job)))).await
    };
    let opening = async {
        gate::queued(&app, &token, 20).await;
        gate.open().await;
    };
    let (ahead, others, ()) = tokio::join!(gate.two_ahead(&app), others, opening);

    assert!(ahead.iter().all(|answer| answer.status == 200), "{ahead:?}");
    for (job, answer) in jobs.iter().zip(&others) {
        let expected = if job == "poison" { (500, "Internal error") } else { (200, "") };
        assert_eq!((answer.status, answer.text("error")), expected, "{job}");
    }
    assert_eq!(rows(&app).await, 21);
    let shown = String::from_utf8_lossy(&poisoned(&others).bytes).into_owned();
    assert!(!shown.contains("no_poison"), "the cause is for the log: {shown}");
}

fn poisoned(answers: &[Answer]) -> &Answer {
    answers.iter().find(|answer| answer.status == 500).expect("one is refused")
}

async fn rows(app: &TestApp) -> i64 {
    app.client.query_one("select count(*) from llm_callbacks", &[]).await.expect("it counts").get(0)
}

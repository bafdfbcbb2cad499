//! History and check over HTTP: pages, filters, what is refused, and that an index serves them.

use callbackd::callback::{Search, Viewer};
use serde_json::Value;
use uuid::Uuid;

use crate::support::inbox::{ADMIN, Inbox, column, refusal};
use crate::support::rows::{NewRow, store};

fn numbered(count: usize) -> Vec<NewRow> {
    (0..count).map(|number| NewRow::new(&format!("job-{number:03}"))).collect()
}

#[tokio::test]
async fn history_pages_backwards_unmoved_by_what_arrives() {
    let inbox = Inbox::start().await;
    let admin = inbox.admin().await;
    store(&inbox.client, &numbered(25)).await;

    let mut seen = Vec::new();
    let mut path = format!("{ADMIN}/history?limit=10");
    loop {
        let page = inbox.json(&admin, &path).await;
        seen.extend(column(&page["callbacks"], "callbackId").into_iter().map(str::to_owned));
        store(&inbox.client, &[NewRow::new("late")]).await;
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        path = format!("{ADMIN}/history?limit=10&before={cursor}");
    }
    let expected: Vec<String> = (0..25).rev().map(|number| format!("job-{number:03}")).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn history_pages_back_up_as_it_paged_down() {
    let inbox = Inbox::start().await;
    let admin = inbox.admin().await;
    store(&inbox.client, &numbered(25)).await;
    let page = async |query: &str| inbox.json(&admin, &format!("{ADMIN}/history?limit=10{query}")).await;
    let cursor = |page: &Value, place: usize| page["callbacks"][place]["cursor"].as_str().unwrap().to_owned();

    let first = page("").await;
    let second = page(&format!("&before={}", cursor(&first, 9))).await;
    let third = page(&format!("&before={}", cursor(&second, 9))).await;
    assert_eq!(column(&third["callbacks"], "callbackId")[0], "job-004");

    store(&inbox.client, &[NewRow::new("late")]).await;
    let up = page(&format!("&after={}", cursor(&third, 0))).await;
    assert_eq!(up, second);
    let top = page(&format!("&after={}", cursor(&up, 0))).await;
    assert_eq!(top["callbacks"], first["callbacks"]);
    let newest = page(&format!("&after={}", cursor(&top, 0))).await;
    assert_eq!(column(&newest["callbacks"], "callbackId"), ["late"]);
    let above = page(&format!("&after={}", cursor(&newest, 0))).await;
    assert_eq!(above, serde_json::json!({ "callbacks": [], "nextCursor": null, "searchedTo": null }));

    let filtered = page(&format!("&job=job-003&after={}", cursor(&third, 4))).await;
    assert_eq!(column(&filtered["callbacks"], "callbackId"), ["job-003"]);
    let late = newest["callbacks"][0]["createdAt"].as_str().unwrap();
    let bounded = page(&format!("&after={}&to={late}", cursor(&top, 2))).await;
    assert_eq!(column(&bounded["callbacks"], "callbackId"), ["job-024", "job-023"]);
}

#[tokio::test]
async fn a_full_last_page_has_no_next_cursor() {
    let inbox = Inbox::start().await;
    let admin = inbox.admin().await;
    store(&inbox.client, &numbered(10)).await;
    let page = inbox.json(&admin, &format!("{ADMIN}/history?limit=10")).await;
    assert_eq!((page["callbacks"].as_array().map(Vec::len), &page["nextCursor"]), (Some(10), &Value::Null));
}

#[tokio::test]
async fn check_goes_on_exactly_where_it_stopped() {
    let inbox = Inbox::start().await;
    let admin = inbox.admin().await;
    store(&inbox.client, &numbered(3)).await;
    let check = async |query: &str| inbox.json(&admin, &format!("{ADMIN}/check{query}")).await;

    let first = check("?limit=2").await;
    assert_eq!(column(&first["items"], "callbackId"), ["job-000", "job-001"]);
    assert_eq!(first["hasMore"], true);
    assert_eq!(first["nextCursor"], first["items"][1]["cursor"]);
    assert_eq!(first["items"][0]["viewedByCurrentUser"], false);

    let cursor = first["nextCursor"].as_str().unwrap();
    store(&inbox.client, &[NewRow::reject("late")]).await;
    let second = check(&format!("?after={cursor}&limit=2")).await;
    assert_eq!(column(&second["items"], "callbackId"), ["job-002", "late"]);
    assert_eq!(second["hasMore"], false);

    let end = second["nextCursor"].as_str().unwrap();
    let nothing = check(&format!("?after={end}")).await;
    assert_eq!(
        nothing,
        serde_json::json!({ "items": [], "nextCursor": null, "hasMore": false, "reset": false })
    );

    let time = second["items"][0]["createdAt"].as_str().unwrap();
    let later = check(&format!("?after={time}")).await;
    assert_eq!(column(&later["items"], "callbackId"), ["late"]);
    let offset = time.replace('Z', "+00:00");
    assert_eq!(check(&format!("?after={offset}")).await, later);
}

#[tokio::test]
async fn each_filter_narrows_history() {
    let inbox = Inbox::start().await;
    let admin = inbox.admin().await;
    let rows = [
        NewRow { preview: "plain".into(), ..NewRow::new("one") },
        NewRow { source: "stepper", preview: "100% done".into(), ..NewRow::new("two") },
        NewRow { event: "workflow.failed", status: "error", preview: String::new(), ..NewRow::new("three") },
        NewRow { workflow: Some("trans_late".into()), preview: String::new(), ..NewRow::new("four") },
        NewRow { workflow: None, preview: r"C:\x".into(), ..NewRow::reject("five") },
    ];
    let mut stored = Vec::new();
    for row in &rows {
        stored.extend(store(&inbox.client, std::slice::from_ref(row)).await);
    }
    inbox
        .store
        .mark(&Viewer::admin(admin.id), &callbackd::signal::Seen::Ids(vec![stored[0].id]))
        .await
        .unwrap();
    let all = inbox.json(&admin, &format!("{ADMIN}/history")).await;
    let time = |place: usize| all["callbacks"][4 - place]["createdAt"].as_str().unwrap();
    let id = stored[3].id.to_string().to_uppercase();

    for (query, expected) in [
        (String::new(), &["five", "four", "three", "two", "one"][..]),
        ("source=stepper".into(), &["two"]),
        ("status=error".into(), &["three"]),
        ("event=workflow.failed".into(), &["three"]),
        ("workflow=trans_late".into(), &["four"]),
        ("job=two".into(), &["two"]),
        ("signature=invalid".into(), &["five"]),
        ("signature=valid&source=stepper".into(), &["two"]),
        ("viewed=true".into(), &["one"]),
        ("viewed=false&status=processed".into(), &["five", "four", "two"]),
        (format!("from={}&to={}", time(1), time(3)), &["three", "two"]),
        (format!("to={}", time(0)), &[]),
        ("q=PLAIN".into(), &["one"]),
        ("q=ns_l".into(), &["four"]),
        ("q=0%25".into(), &["two"]),
        (r"q=:%5Cx".into(), &["five"]),
        ("q=_".into(), &["four"]),
        (format!("q={id}"), &["four"]),
        ("source=nobody".into(), &[]),
        ("source=&status=&q=&viewed=".into(), &["five", "four", "three", "two", "one"]),
    ] {
        let page = inbox.json(&admin, &format!("{ADMIN}/history?{query}")).await;
        assert_eq!(column(&page["callbacks"], "callbackId"), expected, "{query}");
    }
}

#[tokio::test]
async fn a_malformed_parameter_is_refused_by_its_name() {
    let inbox = Inbox::start().await;
    let admin = inbox.admin().await;
    let long = format!("history?q={}", "x".repeat(201));
    for (path, name) in [
        ("history?limit=11", "limit"),
        ("history?limit=025", "limit"),
        ("history?limit=", "limit"),
        ("history?before=-1", "before"),
        ("history?before=1.5", "before"),
        ("history?before=99999999999999999999", "before"),
        ("history?before=", "before"),
        ("history?after=x", "after"),
        ("history?after=1&before=2", "after"),
        ("history?viewed=yes", "viewed"),
        ("history?signature=good", "signature"),
        ("history?status=done", "status"),
        ("history?from=yesterday", "from"),
        ("history?to=2026-01-01", "to"),
        ("history?source=a%00b", "source"),
        ("history?q=%00", "q"),
        (&long, "q"),
        ("check?limit=0", "limit"),
        ("check?limit=501", "limit"),
        ("check?limit=x", "limit"),
        ("check?after=abc", "after"),
        ("check?after=", "after"),
        ("check?after=00", "after"),
        ("check?after=2026-13-01T00:00:00Z", "after"),
        ("check?unviewed=1", "unviewed"),
        ("not-a-uuid", "id"),
        ("not-a-uuid/raw", "id"),
    ] {
        let answer = refusal(inbox.get(&admin, &format!("{ADMIN}/{path}")).await).await;
        assert_eq!(answer, (400, format!("Invalid {name}")), "{path}");
    }
    let twice = refusal(inbox.get(&admin, &format!("{ADMIN}/history?limit=10&limit=25")).await).await;
    assert_eq!(twice, (400, "Invalid query string".to_owned()));
}

/// Two thousand rows are enough for PostgreSQL to prefer an index where it can use one.
#[tokio::test]
async fn filtered_pages_are_served_by_an_index() {
    let inbox = Inbox::start().await;
    let rows: Vec<NewRow> = (0..2_000)
        .map(|number| NewRow {
            status: if number % 400 == 0 { "error" } else { "processed" },
            workflow: Some(format!("workflow-{}", number % 100)),
            owner: Some(format!("owner-{}", number % 100)),
            ..NewRow::new(&format!("job-{number}"))
        })
        .collect();
    store(&inbox.client, &rows).await;
    inbox.client.batch_execute("analyze llm_callbacks").await.unwrap();
    let history = include_str!("../../sql/queries/callback/history.sql");
    let above = include_str!("../../sql/queries/callback/history_above.sql");
    let check = include_str!("../../sql/queries/callback/check.sql");
    for (sql, place, value, index) in [
        (history, 0, "", "llm_callbacks_seq_key"),
        (history, 6, "'error'", "llm_callbacks_status_seq_idx"),
        (history, 7, "'workflow-7'", "llm_callbacks_workflow_name_seq_idx"),
        (history, 10, "'job-7'", "llm_callbacks_dedupe_key"),
        (history, 2, "'owner-7'", "llm_callbacks_subject_user_id_seq_idx"),
        (above, 0, "", "llm_callbacks_seq_key"),
        (above, 7, "'workflow-7'", "llm_callbacks_workflow_name_seq_idx"),
        (check, 0, "", "llm_callbacks_seq_key"),
        (check, 2, "'owner-7'", "llm_callbacks_subject_user_id_seq_idx"),
    ] {
        let plan = plan(&inbox, sql, place, value).await;
        assert!(!plan.contains("Seq Scan on llm_callbacks c"), "{value}\n{plan}");
        assert!(plan.contains(index), "{index} for {value}\n{plan}");
    }
}

/// The plan of a statement whose parameters are all absent but one.
async fn plan(inbox: &Inbox, sql: &str, place: usize, value: &str) -> String {
    let mut sql = format!("explain {sql}");
    for number in (1..=13).rev() {
        let bound = match number {
            1 => "'00000000-0000-0000-0000-000000000000'",
            _ if number == place => value,
            3 => "0",
            4 if sql.contains("not $4") => "false",
            4 => "9223372036854775807",
            5 if sql.contains("limit $5") => "25",
            13 => "25",
            _ => "null",
        };
        sql = sql.replace(&format!("${number}"), bound);
    }
    let rows = inbox.client.query(&sql, &[]).await.expect("it has a plan");
    rows.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_search_that_takes_too_long_is_ended_and_says_so() {
    let inbox = Inbox::start().await;
    store(&inbox.client, &[NewRow::new("slow")]).await;
    // A lock is the surest way to be slow.
    inbox.client.batch_execute("begin; lock table llm_callbacks in access exclusive mode").await.unwrap();
    let search = Search::default();
    let viewer = Viewer::admin(Uuid::nil());
    let error = inbox.store.history(&viewer, &search, 10).await.unwrap_err();
    assert_eq!(error.to_string(), "the search took too long");
    inbox.client.batch_execute("rollback").await.unwrap();
    assert_eq!(inbox.store.history(&viewer, &search, 10).await.unwrap().callbacks.len(), 1);
}

/// Callbacks with a needle in every four thousandth; behind half of them positions go on far above, as after a restore.
async fn haystack(inbox: &Inbox, count: i64) {
    let sql = "insert into llm_callbacks (id, seq, source, callback_id, signature_valid, payload_plain, payload_preview,
            status, request_headers, created_at, updated_at)
        select gen_random_uuid(), n + case when n > $1::bigint / 2 then 1000000000000 else 0 end, 'llm', n::text, true,
            true, case when n % 4000 = 0 then 'a needle' else 'hay' end, 'processed', '[]', now(), now()
        from generate_series(1, $1::bigint) n";
    inbox.client.execute(sql, &[&count]).await.expect("the rows are stored");
}

#[tokio::test]
async fn a_search_in_steps_finds_everything_in_order_up_and_down() {
    let inbox = Inbox::start().await;
    let admin = inbox.admin().await;
    haystack(&inbox, 30_000).await;
    let needles =
        inbox.client.query("select seq from llm_callbacks where payload_preview = 'a needle'", &[]).await;
    let mut expected: Vec<i64> = needles.unwrap().iter().map(|row| row.get("seq")).collect();
    expected.sort_unstable_by(|a, b| b.cmp(a));
    assert_eq!(expected.len(), 7);
    let cursors = |page: &Value| -> Vec<i64> {
        column(&page["callbacks"], "cursor").iter().map(|cursor| cursor.parse().unwrap()).collect()
    };

    let (mut seen, mut from) = (Vec::new(), String::new());
    loop {
        let page = inbox.json(&admin, &format!("{ADMIN}/history?limit=10&q=needle{from}")).await;
        seen.extend(cursors(&page));
        let Some(next) = page["nextCursor"].as_str() else { break };
        assert_eq!(page["searchedTo"]["cursor"], next, "it is not full");
        from = format!("&before={next}");
    }
    assert_eq!(seen, expected);

    let (mut seen, mut from) = (Vec::new(), "0".to_owned());
    loop {
        let page = inbox.json(&admin, &format!("{ADMIN}/history?limit=10&q=needle&after={from}")).await;
        seen.splice(0..0, cursors(&page));
        let Some(stop) = page["searchedTo"]["cursor"].as_str() else { break };
        from = stop.to_owned();
    }
    assert_eq!(seen, expected);
}

async fn waiting(inbox: &Inbox) -> i64 {
    let sql = "select count(*) from pg_locks join pg_database d on d.oid = database
        where not granted and d.datname = current_database()";
    inbox.client.query_one(sql, &[]).await.expect("locks are shown").get(0)
}

#[tokio::test]
async fn a_search_whose_time_is_up_gives_what_it_has_and_goes_on() {
    let inbox = Inbox::start().await;
    haystack(&inbox, 12_000).await;
    let viewer = Viewer::admin(Uuid::nil());
    let search = Search { text: Some("needle".into()), ..Search::default() };
    // Whatever it does first waits for this, and then its time is over.
    inbox.client.batch_execute("begin; lock table llm_callbacks in access exclusive mode").await.unwrap();
    let (found, ()) = tokio::join!(inbox.store.history(&viewer, &search, 10), async {
        while waiting(&inbox).await == 0 {
            tokio::task::yield_now().await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        inbox.client.batch_execute("commit").await.unwrap();
    });
    let found = found.unwrap();
    let stopped = found.stopped.expect("one step is made, and there is more");
    assert_eq!(found.callbacks.len(), 2, "of three");
    let rest = Search { below: Some(stopped.at), ..search };
    assert_eq!(inbox.store.history(&viewer, &rest, 10).await.unwrap().callbacks.len(), 1);
}

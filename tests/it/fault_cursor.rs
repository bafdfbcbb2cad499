//! The cursor: no gap however many write, on however many nodes, and no number twice after a failover.

use std::sync::Arc;

use tokio::sync::watch;

use crate::support::app::TestApp;
use crate::support::cluster::OwnCluster;
use crate::support::eventually;
use crate::support::load::Load;
use crate::support::site::llm;
use crate::support::sse::{ADMIN_STREAM, Stream, cursors};

const CHECK: &str = "/api/admin/llm-callbacks/check";
/// Between drawing positions and committing, now and then: where a gap would open.
const DAWDLING: &str = "
    create function dawdle() returns trigger language plpgsql as $$
    begin perform pg_sleep(0.01 * greatest(0, random() - 0.5)); return null; end $$;
    create trigger dawdle after insert on llm_callbacks execute function dawdle()";
/// Readers that ask all the time.
const UNLIMITED: (&str, &str) = ("CALLBACKD_REQUESTS_PER_MINUTE", "10000000");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_by_position_misses_nothing_while_32_write_on_two_nodes() {
    let one = Arc::new(TestApp::with(&[UNLIMITED]).await);
    let two = Arc::new(TestApp::beside(&one.database, &[UNLIMITED]).await);
    one.client.batch_execute(DAWDLING).await.expect("a trigger of our own");
    let loads = [Load::start(&one, 16), Load::start_as(&two, 16, "other")];
    let (stop, stopped) = watch::channel(false);
    let readers = [&one, &two].map(|app| tokio::spawn(read(app.clone(), stopped.clone())));

    for load in &loads {
        load.acknowledged(1_000).await;
    }
    let [first, second] = loads;
    let acknowledged = first.stop().await.len() + second.stop().await.len();
    stop.send(true).expect("the readers live");
    let rows = one.client.query("select seq::text from llm_callbacks t order by t.seq", &[]).await;
    let table: Vec<String> = rows.expect("rows").iter().map(|row| row.get(0)).collect();
    assert!(acknowledged >= 2_000 && table.len() == acknowledged, "{acknowledged} of {}", table.len());
    for reader in readers {
        let (read, pages) = reader.await.expect("a reader ends well");
        assert!(pages > 20, "it read all the time");
        assert!(read == table, "{} of {} were read", read.len(), table.len());
    }
}

/// By what they asked last.
const END_WRITERS: &str = "select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query like '%call store_callbacks%' and pid <> pg_backend_pid()";

#[tokio::test]
async fn after_a_failover_no_position_comes_again_and_the_order_holds() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let mut stream = Stream::ready(&app, &token).await;
    let mut cursors = Vec::new();
    for change in ["timeline = '0000009'", "system_identifier = 7", "database_oid = 7", "started_at = now()"]
    {
        cursors.push(cursor(&app, &format!("{change}, before")).await);
        // As if restored elsewhere: to another database lead only new connections.
        let sql = format!("update cursor_epoch set {change}; {END_WRITERS}");
        app.client.batch_execute(&sql).await.expect("as if restored elsewhere");
        cursors.push(cursor(&app, &format!("{change}, after")).await);
    }
    let steps: Vec<i64> = cursors.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let jumped: Vec<bool> = steps.iter().map(|step| *step > 1).collect();
    assert_eq!(jumped, [true, false, true, false, true, false, true], "{steps:?}");
    assert!(steps.iter().all(|step| *step > 0), "{steps:?}");

    let last = cursors.last().expect("there are some").to_string();
    let events = stream.until_event(|event| event.id.as_deref() == Some(&last)).await;
    let pushed: Vec<i64> = events.iter().filter_map(|event| event.id.as_ref()?.parse().ok()).collect();
    assert_eq!(pushed, cursors);
    let from_the_old_life = format!("{CHECK}?after={}", cursors[0]);
    let listed = app.get(&token, &from_the_old_life).await.json;
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(cursors.len() - 1));
}

/// As a failover to a standby that was behind: the stream stays open meanwhile.
#[tokio::test]
async fn what_the_database_has_lost_is_shown_to_nobody_any_more() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let mut stream = Stream::ready(&app, &token).await;
    let kept = cursor(&app, "kept").await;
    for job in ["lost-1", "lost-2"] {
        cursor(&app, job).await;
    }
    stream.until_event(|event| event.data["callbackId"] == "lost-2").await;
    let sql =
        "delete from llm_callbacks where callback_id like 'lost-%'; update cursor_epoch set timeline = '2';
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()";
    app.client.batch_execute(sql).await.expect("as if failed over");

    let told = stream.until("reset").await;
    assert_eq!(told.last().and_then(|event| event.id.clone()), Some(kept.to_string()));
    let after = stored(&app, "after").await;
    let next = stream.until("callback").await;
    assert_eq!(cursors(&next), [after]);
    let mut again = Stream::open(&app, &token, &format!("{ADMIN_STREAM}?after=0"), None).await;
    assert_eq!(cursors(&again.until("ready").await), [kept, after]);
}

/// Whoever was away meanwhile and comes back from what is lost: it shows what nobody else has, and must reload.
#[tokio::test]
async fn who_comes_back_from_what_was_lost_is_told_to_reload_also_when_there_is_more() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let kept = cursor(&app, "kept").await;
    let lost = cursor(&app, "lost").await;
    let sql = format!(
        "delete from llm_callbacks where callback_id = 'lost'; update cursor_epoch set timeline = '2'; {END_WRITERS}"
    );
    app.client.batch_execute(&sql).await.expect("as if failed over");
    // Above the head.
    assert_eq!(polled(&app, &token, lost).await, (true, Some(kept), vec![]));

    let new = [stored(&app, "new-1").await, cursor(&app, "new-2").await];
    let mut judges = vec![app];
    // One that has shown none of it.
    judges.push(TestApp::beside(&judges[0].database, &[]).await);
    for app in &judges {
        for away in [lost, lost + 1] {
            let mut stream = Stream::open(app, &token, ADMIN_STREAM, Some(&away.to_string())).await;
            let events = stream.until("ready").await;
            assert_eq!(events[0].name, "reset", "{events:?}");
            assert_eq!(events[0].id, Some(new[1].to_string()));
            assert!(cursors(&events).is_empty());
            assert_eq!(polled(app, &token, away).await, (true, Some(new[1]), new.into()));
        }
        for (from, missed) in [(0, vec![kept, new[0], new[1]]), (kept, new.into()), (new[0], vec![new[1]])] {
            let mut stream = Stream::open(app, &token, &format!("{ADMIN_STREAM}?after={from}"), None).await;
            assert_eq!(cursors(&stream.until("ready").await), missed, "after {from}");
            assert_eq!(polled(app, &token, from).await, (false, missed.last().copied(), missed));
        }
    }
}

/// Whether it was told to reload, where to go on, and what came.
async fn polled(app: &TestApp, token: &str, after: i64) -> (bool, Option<i64>, Vec<i64>) {
    let page = app.get(token, &format!("{CHECK}?after={after}")).await.json;
    let number = |cursor: &serde_json::Value| cursor.as_str().and_then(|text| text.parse().ok());
    let items = page["items"].as_array().expect("a list").iter();
    let items = items.map(|item| number(&item["cursor"]).expect("a cursor")).collect();
    (page["reset"].as_bool().expect("it says so"), number(&page["nextCursor"]), items)
}

/// On the same timeline, and in nothing different but that what came since is not there.
#[tokio::test]
async fn after_a_snapshot_is_put_back_no_position_comes_again() {
    let mut cluster = OwnCluster::start().await;
    let app = TestApp::beside(&cluster.database, &[]).await;
    let token = app.admin().await;
    let mut given = vec![cursor(&app, "kept").await];
    cluster.crash().await;
    let snapshot = cluster.snapshot();
    // Two lives that the snapshot knows nothing of.
    for life in ["lost-1", "lost-2"] {
        cluster.revive().await;
        given.push(stored(&app, life).await);
        cluster.crash().await;
    }
    cluster.put_back(snapshot);
    cluster.revive().await;
    given.push(stored(&app, "after").await);
    assert!(given.is_sorted_by(|a, b| a < b), "{given:?}");

    let went_on = polled(&app, &token, given[2]).await;
    assert_eq!(went_on, (true, Some(given[3]), vec![given[3]]), "whoever had seen all goes on with the next");
}

/// As its sender does it, until the server has found its database again.
async fn stored(app: &TestApp, job: &str) -> i64 {
    eventually("it is stored", async || app.deliver(llm("workflow.completed", job)).await.status == 200)
        .await;
    cursor(app, job).await
}

async fn cursor(app: &TestApp, job: &str) -> i64 {
    let answer = app.store(llm("workflow.completed", job)).await;
    answer["cursor"].as_str().expect("a cursor").parse().expect("a number")
}

/// Pages forward all the time until told to stop, then to the end; the cursors in the order read, and how many pages.
async fn read(app: Arc<TestApp>, stopped: watch::Receiver<bool>) -> (Vec<String>, usize) {
    let token = app.admin().await;
    let (mut read, mut pages, mut after) = (Vec::new(), 0, "0".to_owned());
    loop {
        let stopping = *stopped.borrow();
        let page = app.get(&token, &format!("{CHECK}?limit=50&after={after}")).await;
        assert_eq!(page.status, 200, "{page:?}");
        let items = page.json["items"].as_array().expect("a list");
        read.extend(items.iter().filter_map(|item| item["cursor"].as_str()).map(str::to_owned));
        pages += 1;
        match page.json["nextCursor"].as_str() {
            Some(next) => next.clone_into(&mut after),
            None if stopping => return (read, pages),
            None => {}
        }
    }
}

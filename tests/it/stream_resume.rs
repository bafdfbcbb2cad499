//! Coming back: from any point, nothing is missed and nothing comes twice.

use std::collections::BTreeMap;

use crate::support::app::TestApp;
use crate::support::load::Load;
use crate::support::rows::{self, NewRow};
use crate::support::site::llm;
use crate::support::sse::{ADMIN_STREAM, Event, Stream, cursors};
use crate::support::{PATIENCE, eventually};

fn many(from: usize, count: usize) -> Vec<NewRow> {
    (from..from + count).map(|n| NewRow::new(&format!("job-{n}"))).collect()
}

async fn replayed(app: &TestApp, token: &str, query: &str, last: Option<&str>) -> Vec<Event> {
    Stream::open(app, token, &format!("{ADMIN_STREAM}{query}"), last).await.until("ready").await
}

/// Positions in the database above this one.
async fn positions(app: &TestApp, after: i64) -> Vec<i64> {
    let sql = "select seq from llm_callbacks where seq > $1 order by seq";
    let found = app.client.query(sql, &[&after]).await.expect("positions");
    found.iter().map(|row| row.get(0)).collect()
}

/// Once this node has published everything.
async fn settled(app: &TestApp, token: &str, last: i64) {
    eventually("everything is published", async || {
        let events = replayed(app, token, "", None).await;
        events.last().and_then(|ready| ready.id.as_deref()) == Some(&*last.to_string())
    })
    .await;
}

#[tokio::test]
async fn a_stream_goes_on_from_its_last_event_its_parameter_the_beginning_or_now() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let all: Vec<i64> = rows::store(&app.client, &many(0, 5)).await.iter().map(|row| row.seq).collect();
    settled(&app, &token, all[4]).await;
    let after = |place: usize| format!("?after={}", all[place]);
    let id = |place: usize| all[place].to_string();
    let cases = [
        (String::new(), None, &all[5..]),
        ("?after=".to_owned(), None, &all[5..]),
        ("?after=0".to_owned(), None, &all[..]),
        (after(1), None, &all[2..]),
        (after(1), Some(id(3)), &all[4..]),
        (after(3), Some(id(0)), &all[1..]),
        ("?after=nonsense".to_owned(), Some(id(2)), &all[3..]),
        (String::new(), Some("0".to_owned()), &all[..]),
        (String::new(), Some(id(4)), &all[5..]),
    ];
    for (query, last, expected) in cases {
        let events = replayed(&app, &token, &query, last.as_deref()).await;
        assert_eq!(cursors(&events), expected, "{query} {last:?}");
        assert_eq!(events.last().and_then(|ready| ready.id.clone()), Some(id(4)), "{query} {last:?}");
    }
}

/// What a browser has, and the last id it knows, when the connection ends after these bytes: an event counts once its
/// empty line has come.
fn known(bytes: &[u8]) -> (Vec<i64>, Option<String>) {
    let end = bytes.windows(2).rposition(|pair| pair == b"\n\n").map_or(0, |end| end + 2);
    let text = std::str::from_utf8(&bytes[..end]).expect("whole events are UTF-8");
    let (mut seen, mut last) = (Vec::new(), None);
    for block in text.split_terminator("\n\n") {
        let id = block.lines().find_map(|line| line.strip_prefix("id: "));
        last = id.map(str::to_owned).or(last);
        if block.starts_with("event: callback\n") {
            seen.push(id.and_then(|id| id.parse().ok()).expect("a position"));
        }
    }
    (seen, last)
}

#[tokio::test]
async fn wherever_a_stream_is_cut_resuming_misses_nothing_and_repeats_nothing() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    app.store(llm("llm.step.completed", "before")).await;
    app.store(llm("llm.step.completed", "before too")).await;
    let mut stream = Stream::open(&app, &token, &format!("{ADMIN_STREAM}?after=0"), None).await;
    stream.until("ready").await;
    for turn in 0..3 {
        app.store(llm("workflow.completed", &format!("live-{turn}"))).await;
        stream.until("callback").await;
    }
    let last = app.store(llm("workflow.failed", "after")).await["cursor"].as_str().map(str::to_owned);
    let all = positions(&app, 0).await;
    let mut resumed: BTreeMap<Option<String>, Vec<i64>> = BTreeMap::new();
    for cut in 0..=stream.raw.len() {
        let (seen, id) = known(&stream.raw[..cut]);
        if !resumed.contains_key(&id) {
            let mut stream =
                Stream::open(&app, &token, &format!("{ADMIN_STREAM}?after=0"), id.as_deref()).await;
            let mut events = stream.until("ready").await;
            assert_eq!(events.last().and_then(|ready| ready.id.clone()), last);
            events.pop();
            resumed.insert(id.clone(), cursors(&events));
        }
        let whole: Vec<i64> = seen.iter().chain(&resumed[&id]).copied().collect();
        assert_eq!(whole, all, "cut after {cut} bytes, resumed from {id:?}");
    }
    assert_eq!(resumed.len(), 6, "nothing yet, two replayed, three live; ready has the id of the second");
}

#[tokio::test]
async fn pages_join_exactly_where_they_end() {
    for count in [499, 500, 501, 1_000, 1_001] {
        let app = TestApp::with(&[("CALLBACKD_RING_FRAMES_MAX", "4")]).await;
        let token = app.admin().await;
        let stored = rows::store(&app.client, &many(0, count)).await;
        settled(&app, &token, stored[count - 1].seq).await;
        let events = replayed(&app, &token, "?after=0", None).await;
        let expected: Vec<i64> = stored.iter().map(|row| row.seq).collect();
        assert_eq!(cursors(&events), expected, "{count}");
    }
}

/// Reads, leaves in the middle, comes back, while callbacks come all the time.
async fn comes_and_goes_under_load(settings: &[(&str, &str)]) {
    let app = TestApp::with(settings).await;
    let token = app.admin().await;
    let load = Load::start(&app, 4);
    load.acknowledged(50).await;
    let mut seen = Vec::new();
    let mut last: Option<String> = None;
    for turn in 1..=12 {
        let path = format!("{ADMIN_STREAM}?after=0");
        let mut stream = Stream::open(&app, &token, &path, last.as_deref()).await;
        for _ in 0..turn * 7 {
            seen.extend(cursors(&[stream.next_event(PATIENCE).await.expect("an event")]));
            last.clone_from(&stream.last_id);
        }
    }
    let acknowledged = load.stop().await;
    seen.extend(cursors(&replayed(&app, &token, "?after=0", last.as_deref()).await));
    // The listener may still be behind what was acknowledged last.
    let all = positions(&app, 0).await;
    if let Some(last) = seen.last().copied()
        && seen.len() < all.len()
    {
        let mut stream = Stream::open(&app, &token, ADMIN_STREAM, Some(&last.to_string())).await;
        let end = all[all.len() - 1].to_string();
        seen.extend(cursors(&stream.until_event(|event| event.id.as_deref() == Some(&*end)).await));
    }
    assert_eq!(seen, all);
    assert_eq!(all.len(), acknowledged.len());
}

#[tokio::test]
async fn replay_and_live_join_without_a_gap_under_load() {
    comes_and_goes_under_load(&[]).await;
}

#[tokio::test]
async fn replay_from_the_table_joins_live_without_a_gap_under_load() {
    comes_and_goes_under_load(&[("CALLBACKD_RING_FRAMES_MAX", "4")]).await;
}

#[tokio::test]
async fn a_cursor_that_cannot_be_gone_on_from_is_reset_to_the_head() {
    let app = TestApp::with(&[("CALLBACKD_RING_FRAMES_MAX", "4")]).await;
    let token = app.admin().await;
    let stored = rows::store(&app.client, &many(0, 10)).await;
    let head = stored[9].seq;
    settled(&app, &token, head).await;
    app.client.execute("update cursor_epoch set floor_seq = $1", &[&stored[2].seq]).await.expect("pruned");
    let (above, below) = ((head + 1).to_string(), stored[1].seq.to_string());
    let (floor, text) = (stored[2].seq.to_string(), head.to_string());
    for (query, last) in [
        ("", Some("nonsense")),
        ("", Some("-1")),
        ("", Some("")),
        ("", Some("99999999999999999999")),
        ("", Some(&*above)),
        ("", Some(&*below)),
        (&*format!("?after={above}"), None),
        (&*format!("?after={below}"), None),
    ] {
        let events = replayed(&app, &token, query, last).await;
        let names: Vec<_> = events.iter().map(|event| (event.name.as_str(), event.id.as_deref())).collect();
        assert_eq!(names, [("reset", Some(&*text)), ("ready", Some(&*text))], "{query} {last:?}");
        assert_eq!(events[0].data["cursor"], *text);
    }
    let events = replayed(&app, &token, "", Some(&floor)).await;
    assert_eq!((events[0].name.as_str(), events.len()), ("callback", 8), "the floor itself is kept");
    let events = replayed(&app, &token, "", Some("0")).await;
    assert_eq!((events[0].name.as_str(), events.len()), ("callback", 11), "0 is the oldest there is");
}

#[tokio::test]
async fn what_was_pruned_is_not_replayed_from_memory_either() {
    let app = TestApp::with(&[("CALLBACKD_LISTENER_POLL_INTERVAL", "50ms")]).await;
    let token = app.admin().await;
    let stored = rows::store(&app.client, &many(0, 4)).await;
    settled(&app, &token, stored[3].seq).await;
    app.client.execute("update cursor_epoch set floor_seq = $1", &[&stored[1].seq]).await.expect("pruned");
    let old = stored[0].seq.to_string();
    eventually("the old cursor is reset", async || {
        replayed(&app, &token, "", Some(&old)).await[0].name == "reset"
    })
    .await;
}

#[tokio::test]
async fn a_cursor_from_another_node_that_is_ahead_waits_for_this_one() {
    let app = TestApp::with(&[("CALLBACKD_LISTENER_POLL_INTERVAL", "1h")]).await;
    let token = app.admin().await;
    app.listening().await;
    let ahead = rows::store_silently(&app.client, &many(0, 2)).await;
    let cursor = ahead[1].seq.to_string();
    let mut stream = Stream::open(&app, &token, ADMIN_STREAM, Some(&cursor)).await;
    let events = stream.until("ready").await;
    assert_eq!((events.len(), events[0].id.as_deref()), (1, Some(&*cursor)), "not reset, never below");
    let next = rows::store(&app.client, &many(2, 1)).await;
    let event = stream.next_event(PATIENCE).await.expect("an event");
    assert_eq!(cursors(&[event]), [next[0].seq], "what the client has already is not told again");
}

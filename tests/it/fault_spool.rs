//! The outage spool: what comes while the database is away is acknowledged, kept, and stored in order, whatever is
//! killed, refused or full in between.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use reqwest::Method;
use tempfile::TempDir;

use crate::support::app::{SECRET, TestApp, TestProcess};
use crate::support::chaos::ChaosProxy;
use crate::support::eventually;
use crate::support::load::{self, Load, shows_exactly};
use crate::support::postgres::TestDatabase;
use crate::support::program::run;
use crate::support::site::{Answer, Site, llm};
use crate::support::sse::{Event, Stream};

/// A server with a spool, behind a proxy, and its folder.
struct Outage {
    database: Arc<TestDatabase>,
    proxy: ChaosProxy,
    spool: TempDir,
    app: TestApp,
}

impl Outage {
    async fn possible() -> Self {
        // Nobody is to be spooled because this machine is busy.
        Self::with_patience("20s").await
    }

    /// Half of this time is waited for the database.
    async fn with_patience(ack_deadline: &str) -> Self {
        let (database, proxy) = (Arc::new(TestDatabase::new().await), ChaosProxy::before_postgres().await);
        let spool = tempfile::tempdir().expect("a folder");
        let mut settings = settings(spool.path());
        settings.push(("CALLBACKD_ACK_DEADLINE".to_owned(), ack_deadline.to_owned()));
        let url = proxy.database_url(database.name());
        let app = TestApp::through(&url, &database, &borrowed(&settings)).await;
        Self { database, proxy, spool, app }
    }

    /// The database is away, and the server knows it.
    async fn begun() -> Self {
        let outage = Self::possible().await;
        outage.proxy.refuse();
        outage.known().await;
        outage
    }

    async fn known(&self) {
        eventually("the first callback is spooled", async || {
            self.app.deliver(llm("workflow.completed", "first")).await.status == 202
        })
        .await;
    }

    async fn drained(&self) {
        eventually("nothing is left in the spool", async || files(self.spool.path()).is_empty()).await;
    }

    async fn jobs(&self) -> Vec<String> {
        let sql = "select callback_id from llm_callbacks order by seq";
        let rows = self.app.client.query(sql, &[]).await.expect("rows");
        rows.iter().map(|row| row.get(0)).collect()
    }
}

pub fn settings(spool: &Path) -> Vec<(String, String)> {
    let dir = spool.to_str().expect("a plain path").to_owned();
    [
        ("CALLBACKD_LISTENER_POLL_INTERVAL", "1h".to_owned()),
        ("CALLBACKD_SPOOL_DIR", dir),
        ("CALLBACKD_SPOOL_MAX_BYTES", "16777216".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

pub fn borrowed(settings: &[(String, String)]) -> Vec<(&str, &str)> {
    settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// The files of entries.
pub fn files(spool: &Path) -> Vec<PathBuf> {
    let found =
        fs::read_dir(spool).expect("the folder is there").map(|found| found.expect("it is there").path());
    let mut files: Vec<_> = found.filter(|path| path.extension().is_some_and(|it| it == "v1")).collect();
    files.sort();
    files
}

pub async fn spooled(site: &Site, job: &str) -> Answer {
    let answer = site.deliver(llm("workflow.completed", job)).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    answer
}

#[tokio::test]
async fn what_comes_while_the_database_is_away_is_stored_in_order_when_it_is_back() {
    let outage = Outage::possible().await;
    let mut stream = Stream::ready(&outage.app, &outage.app.admin().await).await;
    outage.app.store(llm("workflow.completed", "before")).await;
    outage.proxy.refuse();
    for job in ["a", "b", "c"] {
        let answer = spooled(&outage.app, job).await;
        assert_eq!(answer.json, serde_json::json!({"received": true, "spooled": true, "callbackId": job}));
    }
    outage.proxy.resume();
    outage.drained().await;
    outage.app.store(llm("workflow.completed", "after")).await;
    let all = ["before", "a", "b", "c", "after"].map(str::to_owned);
    shows_exactly(&mut stream, &all).await;
    assert_eq!(outage.jobs().await, all);
    outage.app.stop().await.expect("no task has failed");
}

#[tokio::test]
async fn admins_are_told_how_full_it_is_while_the_database_is_away() {
    let outage = Outage::possible().await;
    let mut stream = Stream::ready(&outage.app, &outage.app.admin().await).await;
    outage.proxy.refuse();
    for job in ["a", "b"] {
        spooled(&outage.app, job).await;
    }
    let both = |event: &Event| event.name == "spool" && event.data["callbacks"] == 2;
    let told = stream.until_event(both).await.pop().expect("it is told").data;
    assert_eq!((told["active"].as_bool(), told["bytesMax"].as_u64()), (Some(true), Some(16_777_216)));
    assert!(told["bytes"].as_u64() > Some(1_000) && told["oldestSeconds"].as_f64() > Some(0.0), "{told}");
    outage.proxy.resume();
    let empty = serde_json::json!({
        "active": false, "bytes": 0, "bytesMax": 16_777_216, "callbacks": 0, "oldestSeconds": null,
    });
    stream.until_event(|event| event.name == "spool" && event.data == empty).await;
}

#[tokio::test]
async fn whoever_sends_after_a_202_is_stored_after_it_while_the_spool_is_drained_too() {
    let outage = Outage::possible().await;
    let load = Load::start(&outage.app, 8);
    load.acknowledged(50).await;
    for _ in 0..3 {
        outage.proxy.refuse();
        load.acknowledged(300).await;
        outage.proxy.resume();
        outage.drained().await;
        load.acknowledged(50).await;
    }
    let acknowledged = load.stop().await;
    let is_spooled = |answer: &&serde_json::Value| answer["spooled"] == true;
    assert!(acknowledged.values().filter(is_spooled).count() >= 700, "most came while it was away");
    outage.drained().await;
    let kept = load::kept_once(&outage.database, &acknowledged).await;
    // Each sender waits for its answer before it sends the next one.
    let mut last: BTreeMap<&str, u32> = BTreeMap::new();
    for (sender, turn) in kept.iter().map(|job| job.rsplit_once('-').expect("a sender and its turn")) {
        let turn = turn.parse().expect("a number");
        let before = last.insert(sender, turn);
        assert!(before < Some(turn), "{sender} sent {turn} after {before:?}: {kept:?}");
    }
}

#[tokio::test]
async fn retries_of_a_spooled_callback_are_the_same_callback() {
    let outage = Outage::begun().await;
    for _ in 0..3 {
        spooled(&outage.app, "again").await;
    }
    outage.proxy.resume();
    outage.drained().await;
    let late = outage.app.store(llm("workflow.completed", "again")).await;
    assert_eq!(late["duplicate"], true);
    let sql = "select delivery_count from llm_callbacks where callback_id = 'again'";
    let row = outage.app.client.query_one(sql, &[]).await.expect("it is there once");
    assert_eq!(row.get::<_, i32>(0), 4);
}

#[tokio::test]
async fn one_that_was_committed_unheard_and_then_spooled_is_stored_once() {
    let outage = Outage::with_patience("1s").await;
    eventually("the writer is connected", async || {
        outage.app.deliver(llm("workflow.completed", "before")).await.status == 200
    })
    .await;
    outage.proxy.hold_answers();
    spooled(&outage.app, "unheard").await;
    let sql = "select delivery_count from llm_callbacks where callback_id = 'unheard'";
    outage.app.client.query_one(sql, &[]).await.expect("it was committed");
    spooled(&outage.app, "behind").await;
    outage.proxy.cut();
    outage.proxy.resume();
    outage.drained().await;
    assert_eq!(outage.jobs().await, ["before", "unheard", "behind"]);
    let row = outage.app.client.query_one(sql, &[]).await.expect("it is there once");
    assert_eq!(row.get::<_, i32>(0), 1, "our own second attempt is no delivery");
}

#[tokio::test]
async fn whatever_was_spooled_survives_sigkill_and_is_stored_first_thing() {
    let (database, proxy) = (Arc::new(TestDatabase::new().await), ChaosProxy::before_postgres().await);
    let spool = tempfile::tempdir().expect("a folder");
    let url = proxy.database_url(database.name());
    let mut settings = settings(spool.path());
    settings.push(("DATABASE_URL".to_owned(), url));
    let mut acknowledged = load::Acknowledged::new();
    for life in 0..4 {
        let mut process = TestProcess::beside(&database, &borrowed(&settings)).await;
        let load = Load::start_as(&process, 8, &format!("life-{life}"));
        load.acknowledged(20).await;
        proxy.refuse();
        load.acknowledged(100 + life * 40).await;
        if life % 2 == 1 {
            // Killed while it is being drained.
            proxy.resume();
            load.acknowledged(20).await;
        }
        process.kill().await;
        acknowledged.extend(load.stop().await);
        proxy.resume();
    }
    let app = TestApp::through(&database.url(), &database, &borrowed(&settings)).await;
    eventually("nothing is left in the spool", async || files(spool.path()).is_empty()).await;
    load::kept_once(&database, &acknowledged).await;
    app.stop().await.expect("no task has failed");
}

#[tokio::test]
async fn a_server_that_stops_with_a_spool_says_so_and_keeps_it() {
    let (database, proxy) = (Arc::new(TestDatabase::new().await), ChaosProxy::before_postgres().await);
    let spool = tempfile::tempdir().expect("a folder");
    let mut settings = settings(spool.path());
    settings.push(("DATABASE_URL".to_owned(), proxy.database_url(database.name())));
    let mut process = TestProcess::beside(&database, &borrowed(&settings)).await;
    proxy.refuse();
    spooled(&process, "kept").await;
    process.terminate();
    assert_eq!(process.ended().await.code(), Some(0));
    assert!(process.log().contains("the spool is not empty: it is kept"), "{}", process.log());
    let (url, settings) = (database.url(), borrowed(&settings));
    let (server, _) = TestApp::try_start(&url, &settings).await.expect("the folder is free again");
    let second = TestApp::try_start(&url, &settings).await.err().expect("it is in use");
    let text = format!("{second:#}");
    assert!(text.contains(&format!("in use by process {}", std::process::id())), "{text}");
    server.shutdown.soft.cancel();
    server.run().await.expect("it ends in order");
}

#[tokio::test]
async fn a_server_started_in_an_outage_takes_callbacks_and_is_whole_when_the_database_is_there() {
    let (database, proxy) = (Arc::new(TestDatabase::new().await), ChaosProxy::before_postgres().await);
    let spool = tempfile::tempdir().expect("a folder");
    let mut settings = settings(spool.path());
    settings.push(("DATABASE_URL".to_owned(), proxy.database_url(database.name())));
    proxy.refuse();
    let process = TestProcess::beside(&database, &borrowed(&settings)).await;
    spooled(&process, "in the outage").await;
    let ask = async |path: &str| process.ask(process.request(Method::GET, path)).await;
    assert_eq!(ask("/healthz").await.status, 200);
    let ready = ask("/readyz").await;
    assert_eq!((ready.status, ready.text("receiving")), (503, "spool"));
    assert_eq!(ask("/readyz/receiving").await.status, 200);
    let unknown = process.ask(process.request(Method::POST, "/api/webhooks/added-by-an-admin")).await;
    assert_eq!(unknown.problem(), (503, "Service unavailable"), "a sender may take 404 for final");

    proxy.resume();
    eventually("it is whole", async || ask("/readyz").await.status == 200).await;
    eventually("nothing is left in the spool", async || files(spool.path()).is_empty()).await;
    process.store(llm("workflow.completed", "afterwards")).await;
    let system = process.get(&process.admin().await, "/api/admin/system").await.json;
    let empty = serde_json::json!({
        "active": false, "bytes": 0, "bytesMax": 16_777_216, "callbacks": 0, "oldestSeconds": null,
    });
    assert_eq!(system["spool"], empty);
    let sql = "select callback_id from llm_callbacks order by seq";
    let rows = process.client.query(sql, &[]).await.expect("rows");
    let jobs: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(jobs, ["in the outage", "afterwards"]);
}

#[tokio::test]
async fn send_says_that_a_callback_is_spooled_and_the_doctor_what_lies_there() {
    let outage = Outage::begun().await;
    let sent = run(&format!("send --url {}", outage.app.url("")), &[("LLM_WEBHOOK_SECRET", SECRET)]).await;
    assert_eq!(sent.code, 0, "{sent:?}");
    assert!(sent.stdout.starts_with("202 acknowledged, spooled until its database is back ("), "{sent:?}");
    let (url, dir) = (outage.database.url(), outage.spool.path().to_str().expect("a plain path"));
    let environment =
        [("LLM_WEBHOOK_SECRET", SECRET), ("DATABASE_URL", url.as_str()), ("CALLBACKD_SPOOL_DIR", dir)];
    let doctor = run("doctor", &environment).await;
    assert!(doctor.stdout.contains(&format!("process {} uses it", std::process::id())), "{doctor:?}");
}

#[tokio::test]
async fn a_full_spool_refuses_and_takes_again_when_it_is_drained() {
    let outage = Outage::begun().await;
    let large = |n: u32| {
        let body = llm("workflow.completed", &format!("large-{n}"));
        body.replacen('{', &format!("{{\"padding\":\"{}\",", "x".repeat(1_040_000)), 1)
    };
    let mut taken = 0;
    let full = loop {
        let answer = outage.app.deliver(large(taken)).await;
        if answer.status != 202 {
            break answer;
        }
        taken += 1;
    };
    assert_eq!((full.status, full.header("retry-after"), taken), (503, "2", 16));
    assert!(full.text("detail").contains("spool is full"), "{full:?}");
    let bytes: u64 =
        files(outage.spool.path()).iter().map(|file| file.metadata().expect("it is there").len()).sum();
    assert!(bytes <= 16_777_216, "{bytes}");
    outage.proxy.resume();
    outage.drained().await;
    outage.app.store(large(taken)).await;
    assert_eq!(outage.jobs().await.len(), taken as usize + 2);
}

#[tokio::test]
async fn a_disk_that_refuses_acknowledges_nothing_and_is_tried_again() {
    let outage = Outage::possible().await;
    let token = outage.app.admin().await;
    let mut stream = Stream::ready(&outage.app, &token).await;
    outage.proxy.refuse();
    // Whatever is done there fails.
    fs::remove_dir_all(outage.spool.path()).expect("it is ours");
    let answer = outage.app.deliver(llm("workflow.completed", "refused")).await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, "2"));
    assert!(answer.text("detail").contains("spool could not be written"), "{answer:?}");
    let alert = stream.until_event(|event| event.data["kind"] == "spool_failed").await;
    assert_eq!(alert.last().expect("it is told").data["severity"], "error");
    fs::create_dir(outage.spool.path()).expect("it is ours");
    spooled(&outage.app, "taken").await;
    outage.proxy.resume();
    outage.drained().await;
    assert_eq!(outage.jobs().await, ["taken"]);
}

#[tokio::test]
async fn a_limit_of_the_size_of_files_refuses_and_ends_nobody() {
    let (database, proxy) = (Arc::new(TestDatabase::new().await), ChaosProxy::before_postgres().await);
    let spool = tempfile::tempdir().expect("a folder");
    let mut settings = settings(spool.path());
    settings.push(("DATABASE_URL".to_owned(), proxy.database_url(database.name())));
    // 32 KiB, or 64.
    let process = TestProcess::with_short_files(64, &database, &borrowed(&settings)).await;
    proxy.refuse();
    eventually("the first callback is spooled", async || {
        process.deliver(llm("workflow.completed", "first")).await.status == 202
    })
    .await;
    let padded = |job: &str| {
        let padding = format!("{{\"padding\":\"{}\",", "x".repeat(7_000));
        llm("workflow.completed", job).replacen('{', &padding, 1)
    };
    let (mut taken, mut refused) = (vec!["first".to_owned()], 0);
    for n in 0..24 {
        let job = format!("padded-{n}");
        let answer = process.deliver(padded(&job)).await;
        match answer.status {
            202 => taken.push(job),
            503 => refused += 1,
            _ => panic!("{answer:?}"),
        }
    }
    assert!(refused > 0 && taken.len() > 12, "{refused} were refused: the next ones go to another file");
    assert!(process.log().contains("The spool's disk fails"), "{}", process.log());
    proxy.resume();
    eventually("nothing is left in the spool", async || files(spool.path()).is_empty()).await;
    let sql = "select callback_id from llm_callbacks order by seq";
    let rows = process.client.query(sql, &[]).await.expect("rows");
    assert_eq!(rows.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>(), taken);
}

#[tokio::test]
async fn a_row_that_the_database_refuses_is_kept_beside_and_stops_nobody() {
    let outage = Outage::begun().await;
    for job in ["a", "poison", "b"] {
        spooled(&outage.app, job).await;
    }
    let sql = "alter table llm_callbacks add constraint poison check (callback_id <> 'poison')";
    outage.app.client.batch_execute(sql).await.expect("a superuser may");
    outage.proxy.resume();
    outage.drained().await;
    assert_eq!(outage.jobs().await, ["first", "a", "b"]);
    let mut kept = fs::read_dir(outage.spool.path().join("refused")).expect("something was refused");
    let kept = fs::read_to_string(kept.next().expect("one").expect("it is there").path()).expect("text");
    let kept: serde_json::Value = serde_json::from_str(&kept).expect("JSON");
    assert_eq!(kept["callback"]["callback_id"], "poison");
    assert_eq!(kept["body"], llm("workflow.completed", "poison"));
    let alerts = outage.app.get(&outage.app.admin().await, "/api/admin/system").await.json["alerts"].clone();
    assert_eq!(alerts[0]["kind"], "spool_refused", "{alerts}");
}

#[tokio::test]
async fn a_database_that_cannot_do_its_work_costs_nothing() {
    let outage = Outage::possible().await;
    let client = &outage.app.client;
    let rename = "alter procedure store_callbacks_v3 rename to elsewhere";
    client.batch_execute(rename).await.expect("a superuser may");
    for job in ["a", "b", "c"] {
        spooled(&outage.app, job).await;
    }
    client.batch_execute("alter procedure elsewhere rename to store_callbacks_v3").await.expect("it may");
    outage.drained().await;
    assert_eq!(outage.jobs().await, ["a", "b", "c"]);
}

#[tokio::test]
async fn a_damaged_file_costs_what_was_in_its_damaged_part_and_is_kept() {
    let outage = Outage::begun().await;
    for job in ["a", "b", "c"] {
        spooled(&outage.app, job).await;
    }
    let file = files(outage.spool.path()).pop().expect("one is being written");
    let mut bytes = fs::read(&file).expect("it can be read");
    let b = b"\"job_id\":\"b\"";
    let at = bytes.windows(b.len()).position(|found| found == b).expect("b is in it");
    bytes[at] ^= 1;
    fs::write(&file, bytes).expect("it can be written");
    outage.proxy.resume();
    outage.drained().await;
    assert_eq!(outage.jobs().await, ["first", "a", "c"]);
    let kept = outage.spool.path().join("damaged").join(file.file_name().expect("a name"));
    assert!(kept.is_file(), "it is kept for somebody to look at");
}

//! The database dies, or the way to it, in the middle of a load: what was acknowledged is there, once, and streams
//! stay open and catch up.

use std::sync::Arc;

use tokio_postgres::Client;

use crate::support::app::TestApp;
use crate::support::chaos::ChaosProxy;
use crate::support::cluster::OwnCluster;
use crate::support::eventually;
use crate::support::gate::{self, Gate};
use crate::support::load::{self, Load, shows_exactly};
use crate::support::postgres::TestDatabase;
use crate::support::site::llm;
use crate::support::sse::Stream;

const SETTINGS: [(&str, &str); 2] = [
    ("CALLBACKD_ACK_DEADLINE", "1s"),
    // Streams must catch up because the listener is back, and not because its timer comes round.
    ("CALLBACKD_LISTENER_POLL_INTERVAL", "1h"),
];

#[tokio::test]
async fn a_database_that_crashes_and_comes_back_costs_no_acknowledged_callback() {
    let mut cluster = OwnCluster::start().await;
    let lazy = "alter database callbackd set synchronous_commit = off";
    cluster.database.client().await.batch_execute(lazy).await.expect("what no server of ours falls for");
    let app = TestApp::beside(&cluster.database, &SETTINGS).await;
    let mut stream = Stream::ready(&app, &app.admin().await).await;
    let load = Load::start(&app, 8);
    for _ in 0..2 {
        load.acknowledged(100).await;
        cluster.crash().await;
        load.refused().await;
        cluster.revive().await;
    }
    load.acknowledged(100).await;
    let acknowledged = load.stop().await;
    let kept = load::kept_once(&cluster.database, &acknowledged).await;
    shows_exactly(&mut stream, &kept).await;
    app.stop().await.expect("no task has failed");
}

#[tokio::test]
async fn connections_that_break_in_the_middle_cost_no_acknowledged_callback() {
    let (database, proxy, app) = behind_a_proxy().await;
    let mut stream = Stream::ready(&app, &app.admin().await).await;
    let load = Load::start(&app, 8);
    for _ in 0..10 {
        load.acknowledged(40).await;
        proxy.cut();
    }
    load.acknowledged(40).await;
    let acknowledged = load.stop().await;
    assert!(acknowledged.values().all(|answer| answer["duplicate"] == false), "none was sent twice");
    let kept = load::kept_once(&database, &acknowledged).await;
    shows_exactly(&mut stream, &kept).await;
}

#[tokio::test]
async fn a_database_that_stalls_in_the_middle_costs_no_acknowledged_callback() {
    let (database, proxy, app) = behind_a_proxy().await;
    let mut stream = Stream::ready(&app, &app.admin().await).await;
    let load = Load::start(&app, 8);
    for end_of_stall in [ChaosProxy::resume, |proxy: &ChaosProxy| {
        proxy.cut();
        proxy.resume();
    }] {
        load.acknowledged(40).await;
        proxy.stall();
        load.refused().await;
        end_of_stall(&proxy);
    }
    load.acknowledged(40).await;
    let acknowledged = load.stop().await;
    let kept = load::kept_once(&database, &acknowledged).await;
    shows_exactly(&mut stream, &kept).await;
}

#[tokio::test]
async fn a_slow_or_dribbling_way_to_the_database_costs_no_callback() {
    let (database, proxy, app) = behind_a_proxy().await;
    let mut stream = Stream::ready(&app, &app.admin().await).await;
    let load = Load::start(&app, 4);
    for misbehave in [ChaosProxy::slow_down, ChaosProxy::dribble, ChaosProxy::resume] {
        misbehave(&proxy);
        load.acknowledged(20).await;
    }
    let acknowledged = load.stop().await;
    let kept = load::kept_once(&database, &acknowledged).await;
    shows_exactly(&mut stream, &kept).await;
}

#[tokio::test]
async fn a_commit_whose_answer_was_lost_is_found_and_is_no_duplicate() {
    let (database, proxy, app) = behind_a_proxy().await;
    let mut stream = Stream::ready(&app, &app.admin().await).await;
    app.store(llm("workflow.completed", "before")).await;
    let direct = database.client().await;

    proxy.hold_answers();
    let lost = app.deliver(llm("workflow.completed", "lost"));
    let breaking = async {
        eventually("it is committed", async || count(&direct, "lost").await == 1).await;
        proxy.cut();
        proxy.resume();
    };
    let (answer, ()) = tokio::join!(lost, breaking);

    assert_eq!((answer.status, &answer.json["duplicate"]), (200, &false.into()));
    let sql = "select seq::text, id::text, delivery_count from llm_callbacks where callback_id = 'lost'";
    let row = direct.query_one(sql, &[]).await.expect("it is there once");
    assert_eq!((answer.text("cursor"), answer.text("id")), (row.get(0), row.get(1)));
    assert_eq!(row.get::<_, i32>(2), 1, "our own second attempt is no delivery");
    let kept = ["before", "lost"].map(str::to_owned);
    shows_exactly(&mut stream, &kept).await;
}

#[tokio::test]
async fn a_row_that_somebody_holds_delays_only_its_own_callback() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let held = llm("workflow.completed", "held");
    app.store(held.as_str()).await;
    let holder = app.database.client().await;
    let lock = "begin; select 1 from llm_callbacks where callback_id = 'held' for update";
    holder.batch_execute(lock).await.expect("the row is ours");

    let gate = Gate::closed(&app.database).await;
    let others = async {
        gate.two_are_ahead(&app, &token).await;
        let neighbours = (0..10).map(|n| app.deliver(llm("workflow.completed", &format!("neighbour-{n}"))));
        let opening = async {
            gate::queued(&app, &token, 11).await;
            gate.open().await;
        };
        let neighbours = futures_util::future::join_all(neighbours);
        tokio::join!(app.deliver(held.as_str()), neighbours, opening)
    };
    let (ahead, (delayed, neighbours, ())) = tokio::join!(gate.two_ahead(&app), others);
    assert!(ahead.iter().all(|answer| answer.status == 200), "{ahead:?}");
    assert!(neighbours.iter().all(|answer| answer.status == 200), "{neighbours:?}");
    assert_eq!((delayed.status, delayed.header("retry-after")), (503, "2"));

    holder.batch_execute("commit").await.expect("it lets go");
    assert_eq!(app.store(held).await["duplicate"], true);
    let sql = "select delivery_count from llm_callbacks where callback_id = 'held'";
    let row = app.client.query_one(sql, &[]).await.expect("one row");
    assert_eq!(row.get::<_, i32>(0), 2, "the refused one did not count");
}

async fn behind_a_proxy() -> (Arc<TestDatabase>, ChaosProxy, TestApp) {
    let database = Arc::new(TestDatabase::new().await);
    let proxy = ChaosProxy::before_postgres().await;
    let app = TestApp::through(&proxy.database_url(database.name()), &database, &SETTINGS).await;
    (database, proxy, app)
}

async fn count(client: &Client, job: &str) -> i64 {
    let sql = "select count(*) from llm_callbacks where callback_id = $1";
    client.query_one(sql, &[&job]).await.expect("a count").get(0)
}

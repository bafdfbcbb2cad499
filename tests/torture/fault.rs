//! What goes wrong, one fault a name; each is over, and mended as far as its owner would, when it returns.

use std::time::Duration;

use nix::sys::signal::Signal;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::actors::Recorder;
use crate::model::Fact;
use crate::stage::{Node, Stage};
use crate::support::chaos::ChaosProxy;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    NodeKilled,
    NodeTerminated,
    NodeStopped,
    NodeStoppedInCommit,
    DatabaseCrashed,
    BackendsTerminated,
    DatabaseCut,
    DatabaseStalled,
    DatabaseAnswersHeld,
    DatabaseSlow,
    DatabaseDribbled,
    ClientsCut,
    ClientsStalled,
    ClientsAnswersHeld,
    ClientsSlow,
    ClientsDribbled,
    QueueFull,
    ClockJumps,
    DiskFull,
    StandbyAway,
    FailOver,
    FailOverToOneAway,
    FailOverWithLoss,
    Restored,
    OutageStopped,
    OutageCut,
    OutageHalfOpen,
}

impl Fault {
    /// Those that nodes with a spool hold out.
    pub const OUTAGES: [Self; 3] = [Self::OutageStopped, Self::OutageCut, Self::OutageHalfOpen];

    /// Those that any stage can suffer, and that may come together.
    pub const COMMON: [Self; 18] = [
        Self::NodeKilled,
        Self::NodeTerminated,
        Self::NodeStopped,
        Self::NodeStoppedInCommit,
        Self::DatabaseCrashed,
        Self::BackendsTerminated,
        Self::DatabaseCut,
        Self::DatabaseStalled,
        Self::DatabaseAnswersHeld,
        Self::DatabaseSlow,
        Self::DatabaseDribbled,
        Self::ClientsCut,
        Self::ClientsStalled,
        Self::ClientsAnswersHeld,
        Self::ClientsSlow,
        Self::ClientsDribbled,
        Self::QueueFull,
        Self::ClockJumps,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::NodeKilled => "node: SIGKILL",
            Self::NodeTerminated => "node: SIGTERM",
            Self::NodeStopped => "node: SIGSTOP, then SIGCONT",
            Self::NodeStoppedInCommit => "node: SIGSTOP in the middle of a commit",
            Self::DatabaseCrashed => "database: immediate stop, then start",
            Self::BackendsTerminated => "database: backends terminated",
            Self::DatabaseCut => "database connections: cut",
            Self::DatabaseStalled => "database connections: half-open",
            Self::DatabaseAnswersHeld => "database connections: answers lost",
            Self::DatabaseSlow => "database connections: slow",
            Self::DatabaseDribbled => "database connections: byte by byte",
            Self::ClientsCut => "client connections: cut",
            Self::ClientsStalled => "client connections: half-open",
            Self::ClientsAnswersHeld => "client connections: answers lost",
            Self::ClientsSlow => "client connections: slow",
            Self::ClientsDribbled => "client connections: byte by byte",
            Self::QueueFull => "database: notification queue full",
            Self::ClockJumps => "database: its clock jumps an hour ahead, then back",
            Self::DiskFull => "database: disk full",
            Self::StandbyAway => "database: its synchronous standby away",
            Self::FailOver => "database: failover to a synchronous standby",
            Self::FailOverToOneAway => "database: failover to a synchronous standby that was away before",
            Self::FailOverWithLoss => "database: failover to an asynchronous standby that is behind",
            Self::Restored => "database: a base backup restored",
            Self::OutageStopped => "outage: database stopped, a node killed in it",
            Self::OutageCut => "outage: database cut off, a node killed in it",
            Self::OutageHalfOpen => "outage: database half-open, a node killed in it",
        }
    }

    /// Suffers it for a while.
    pub async fn happen(self, stage: &Stage, recorder: &Recorder, seed: u64, hold: Duration) {
        recorder.note(Fact::Fault { name: self.name(), begins: true });
        let mut rng = StdRng::seed_from_u64(seed);
        let node = &stage.nodes[rng.random_range(0..stage.nodes.len())];
        match self {
            Self::NodeKilled => away(node, Signal::SIGKILL, hold).await,
            Self::NodeTerminated => away(node, Signal::SIGTERM, hold).await,
            Self::NodeStopped => stopped(node, hold).await,
            Self::NodeStoppedInCommit => stopped_in_commit(stage, node, hold).await,
            Self::DatabaseCrashed => crashed(stage, hold).await,
            Self::BackendsTerminated => backends_terminated(stage, hold).await,
            Self::DatabaseCut => cut(&node.backs, hold).await,
            Self::DatabaseStalled => held(&node.backs, ChaosProxy::stall, hold).await,
            Self::DatabaseAnswersHeld => held(&node.backs, ChaosProxy::hold_answers, hold).await,
            Self::DatabaseSlow => held(&node.backs, ChaosProxy::slow_down, hold).await,
            Self::DatabaseDribbled => held(&node.backs, ChaosProxy::dribble, hold).await,
            Self::ClientsCut => cut([&node.front], hold).await,
            Self::ClientsStalled => held([&node.front], ChaosProxy::stall, hold).await,
            Self::ClientsAnswersHeld => held([&node.front], ChaosProxy::hold_answers, hold).await,
            Self::ClientsSlow => held([&node.front], ChaosProxy::slow_down, hold).await,
            Self::ClientsDribbled => held([&node.front], ChaosProxy::dribble, hold).await,
            Self::QueueFull => shadowed(stage, FULL_QUEUE, hold).await,
            Self::ClockJumps => shadowed(stage, HOUR_AHEAD, hold).await,
            Self::DiskFull => disk_full(stage, hold).await,
            Self::StandbyAway => standby_away(stage, hold).await,
            Self::FailOver => failed_over(stage, hold).await,
            Self::FailOverToOneAway => failed_over_to_one_away(stage, hold).await,
            Self::FailOverWithLoss => failed_over_with_loss(stage, recorder, hold).await,
            Self::Restored => restored(stage, recorder, hold).await,
            Self::OutageStopped => outage_stopped(stage, node, hold).await,
            Self::OutageCut => outage_of_network(stage, ChaosProxy::refuse, node, hold).await,
            Self::OutageHalfOpen => outage_of_network(stage, ChaosProxy::stall, node, hold).await,
        }
        recorder.note(Fact::Fault { name: self.name(), begins: false });
    }
}

async fn pass(hold: Duration) {
    tokio::time::sleep(hold).await;
}

async fn away(node: &Node, signal: Signal, hold: Duration) {
    node.end(signal).await;
    pass(hold).await;
    node.revive().await;
}

async fn stopped(node: &Node, hold: Duration) {
    node.signal(Signal::SIGSTOP).await;
    pass(hold).await;
    node.signal(Signal::SIGCONT).await;
}

/// Its batch is with PostgreSQL, and waits for the cursor's lock, when it is stopped; then the lock is free.
async fn stopped_in_commit(stage: &Stage, node: &Node, hold: Duration) {
    let Ok(client) = stage.database().await.try_client().await else { return pass(hold).await };
    // The database may die of another fault meanwhile: then nothing was held.
    let _ = client.batch_execute("select pg_advisory_lock(7161124095258616683)").await;
    pass(hold / 4).await;
    node.signal(Signal::SIGSTOP).await;
    let _ = client.batch_execute("select pg_advisory_unlock_all()").await;
    pass(hold).await;
    node.signal(Signal::SIGCONT).await;
}

async fn crashed(stage: &Stage, hold: Duration) {
    let mut database = stage.database().await;
    database.crash().await;
    pass(hold).await;
    database.revive().await;
}

async fn backends_terminated(stage: &Stage, hold: Duration) {
    let sql = "select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and random() < 0.5";
    for _ in 0..4 {
        if let Ok(client) = stage.database().await.try_client().await {
            let _ = client.batch_execute(sql).await;
        }
        pass(hold / 4).await;
    }
}

async fn cut(proxies: impl IntoIterator<Item = &ChaosProxy> + Clone, hold: Duration) {
    for _ in 0..4 {
        proxies.clone().into_iter().for_each(ChaosProxy::cut);
        pass(hold / 4).await;
    }
}

/// What was held back arrives in the end.
async fn held(
    proxies: impl IntoIterator<Item = &ChaosProxy> + Clone,
    mode: impl Fn(&ChaosProxy),
    hold: Duration,
) {
    proxies.clone().into_iter().for_each(mode);
    pass(hold).await;
    proxies.into_iter().for_each(ChaosProxy::resume);
}

/// Filling the real one takes 8 GB; the error is the one that PostgreSQL gives.
const FULL_QUEUE: &str = "create function torture.pg_notify(text, text) returns void language plpgsql as $$
    begin
        raise program_limit_exceeded using message = 'too many notifications in the NOTIFY queue';
    end $$";
/// The clock of this machine is everybody's: PostgreSQL alone is told another time.
const HOUR_AHEAD: &str = "create function torture.clock_timestamp() returns timestamptz language sql
    as 'select pg_catalog.clock_timestamp() + interval ''1 hour'''";

/// A function of PostgreSQL's own is replaced by another, for every session that begins from now on.
async fn shadowed(stage: &Stage, function: &str, hold: Duration) {
    let begin = format!(
        "create schema torture; {function};
        alter database callbackd set search_path = torture, pg_catalog, public; {NEW_SESSIONS}"
    );
    let end =
        format!("drop schema torture cascade; alter database callbackd reset search_path; {NEW_SESSIONS}");
    // Not while the database is failing otherwise.
    let database = stage.database().await;
    database.client().await.batch_execute(&begin).await.expect("a superuser may");
    pass(hold).await;
    database.client().await.batch_execute(&end).await.expect("a superuser may");
}

const NEW_SESSIONS: &str = "select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()";

async fn disk_full(stage: &Stage, hold: Duration) {
    let mut database = stage.database().await;
    stage.folder.fill();
    pass(hold).await;
    stage.folder.empty();
    // It may have given up for good.
    database.revive().await;
}

/// What is committed meanwhile waits, and must not be acknowledged.
async fn standby_away(stage: &Stage, hold: Duration) {
    let mut database = stage.database().await;
    database.crash_standby().await;
    pass(hold).await;
    database.revive_standby().await;
}

async fn failed_over(stage: &Stage, hold: Duration) {
    let mut database = stage.database().await;
    database.crash().await;
    database.promote().await;
    pass(hold).await;
    database.replace_standby().await;
}

/// What the primary has committed alone is gone with it; that it was not acknowledged is what is tried.
async fn failed_over_to_one_away(stage: &Stage, hold: Duration) {
    let mut database = stage.database().await;
    database.crash_standby().await;
    pass(hold).await;
    database.crash().await;
    database.revive_standby().await;
    database.promote().await;
    pass(hold / 2).await;
    database.replace_standby().await;
}

async fn failed_over_with_loss(stage: &Stage, recorder: &Recorder, hold: Duration) {
    let mut database = stage.database().await;
    database.cut_off_standby().await;
    pass(hold).await;
    database.crash().await;
    let kept = database.promote().await;
    recorder.note(Fact::Lost { kept });
    pass(hold).await;
    database.replace_standby().await;
}

async fn restored(stage: &Stage, recorder: &Recorder, hold: Duration) {
    let mut database = stage.database().await;
    database.back_up().await;
    pass(hold).await;
    // What is left must be known before anybody adds to it.
    let backs = || stage.nodes.iter().flat_map(|node| &node.backs);
    backs().for_each(ChaosProxy::refuse);
    let kept = database.restore().await;
    recorder.note(Fact::Lost { kept });
    backs().for_each(ChaosProxy::resume);
    pass(hold).await;
}

async fn outage_stopped(stage: &Stage, node: &Node, hold: Duration) {
    let mut database = stage.database().await;
    database.crash().await;
    killed_meanwhile(node, hold).await;
    database.revive().await;
}

/// From every node.
async fn outage_of_network(stage: &Stage, mode: fn(&ChaosProxy), node: &Node, hold: Duration) {
    let backs = || stage.nodes.iter().flat_map(|node| &node.backs);
    backs().for_each(mode);
    killed_meanwhile(node, hold).await;
    backs().for_each(ChaosProxy::resume);
}

/// It has spooled by then, and finds the database away when it is started again.
async fn killed_meanwhile(node: &Node, hold: Duration) {
    pass(hold / 2).await;
    away(node, Signal::SIGKILL, hold / 8).await;
    pass(hold * 3 / 8).await;
}

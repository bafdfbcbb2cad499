//! A plan carried out: a stage, a crowd on it, one fault after the other; then quiet, and judgement.

use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_postgres::Client as Session;

use crate::actors::{Admin, Client, Phase, Place, Poller, Recorder, Sender, audit};
use crate::model::{self, Breach, Cursor, Fact, Reader, Row, Rule, State};
use crate::plan::{Act, Plan, Sabotage};
use crate::stage::Stage;
use crate::support::app::SECRET;
use crate::support::site::http_client;

/// For spools to be brought to the database: an outage of half an hour on a busy machine leaves tens of thousands.
const DRAIN_WAIT: Duration = Duration::from_mins(10);

/// What was done, and what does not hold.
pub struct Outcome {
    pub plan: Plan,
    pub history: Vec<Fact>,
    pub state: State,
    pub breaches: Vec<Breach>,
    pub took: Duration,
}

pub async fn play(plan: Plan) -> Outcome {
    let begin = Instant::now();
    let stage = Stage::set_up(&plan.setting).await;
    if let Some(sabotage) = &plan.sabotage {
        sabotage.apply(&stage.database().await.client().await).await;
    }
    let recorder = Recorder::default();
    let place = Place {
        fronts: stage.nodes.iter().map(|node| node.front.address()).collect(),
        secret: SECRET.to_owned(),
        token: stage.token.clone(),
        http: http_client(),
        recorder: recorder.clone(),
    };
    let (phase, watched) = watch::channel(Phase::Running);
    let mut rng = StdRng::seed_from_u64(plan.seed);
    let (mut writing, mut reading, closing) = crowd(&plan, &place, &watched, &mut rng);

    let mut breaches = Vec::new();
    for act in &plan.acts {
        breaches.extend(suffer(act, &stage, &recorder, &mut rng).await);
    }
    phase.send(Phase::Settling).expect("somebody listens");
    while let Some(ended) = writing.join_next().await {
        ended.expect("no sender panics");
    }
    drained(&stage).await;
    closing.close().await;
    drained(&stage).await;
    let session = stage.database().await.client().await;
    let last = last_live(&session).await;
    // Whoever does not get there is found by the model.
    let _ = tokio::time::timeout(plan.settle, async {
        while !recorder.all_reached(last) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    phase.send(Phase::Over).expect("somebody listens");
    while let Some(ended) = reading.join_next().await {
        ended.expect("no reader panics");
    }

    recorder.note(Fact::Quiet);
    let mut table = table(&session).await;
    let audits = place.fronts.iter().zip(1_000..).map(|(front, n)| audit(Reader(n), *front, &place));
    table.unviewed = join_all(audits).await.into_iter().flatten().collect();
    let history = recorder.history();
    breaches.extend(model::judge(&history, &table));
    Outcome { plan, history, state: table, breaches, took: begin.elapsed() }
}

/// What nodes have promised is to be there when they are judged; what is not by then is found by the model.
async fn drained(stage: &Stage) {
    let _ = tokio::time::timeout(DRAIN_WAIT, async {
        while !stage.is_drained() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
}

/// Those who write, those who read, and the sender of the last callback.
fn crowd(
    plan: &Plan,
    place: &Place,
    phase: &watch::Receiver<Phase>,
    rng: &mut StdRng,
) -> (JoinSet<()>, JoinSet<()>, Sender) {
    let (mut writing, mut reading) = (JoinSet::new(), JoinSet::new());
    let next = Arc::new(AtomicU32::new(1));
    let mut sender =
        |number| Sender::new(number, rng.random(), place.clone(), plan.crowd.interval, next.clone());
    for number in 0..plan.crowd.senders {
        writing.spawn(sender(number).run(phase.clone()));
    }
    let closing = sender(plan.crowd.senders);
    writing.spawn(Admin::new(rng.random(), place.clone()).run(phase.clone()));
    for number in 0..plan.crowd.clients {
        let client = Client::new(Reader(number), rng.random(), place.clone(), number % 2 == 0);
        reading.spawn(client.run(phase.clone()));
    }
    for number in 0..plan.crowd.pollers {
        let poller = Poller::new(Reader(100 + number), rng.random(), place.clone());
        reading.spawn(poller.run(phase.clone()));
    }
    (writing, reading, closing)
}

/// Whatever has failed is mended afterwards. A node that has ended by itself is a breach: it must outlive its database.
async fn suffer(act: &Act, stage: &Stage, recorder: &Recorder, rng: &mut StdRng) -> Vec<Breach> {
    let seeds: Vec<u64> = act.faults.iter().map(|_| rng.random()).collect();
    let faults = act.faults.iter().zip(seeds);
    join_all(faults.map(|(fault, seed)| fault.happen(stage, recorder, seed, act.hold))).await;
    let mut breaches = Vec::new();
    for (number, node) in stage.nodes.iter().enumerate() {
        node.heal();
        if node.has_ended().await {
            let detail = format!("node {number} ended by itself during {:?}", act.faults);
            breaches.push(Breach { rule: Rule::CaughtUp, detail });
        }
        node.revive().await;
    }
    tokio::time::sleep(act.pause).await;
    breaches
}

/// The position that every reader must come to: what is deleted is shown to nobody.
async fn last_live(session: &Session) -> Cursor {
    let sql = "select coalesce(max(seq), 0) from llm_callbacks where deleted_at is null";
    session.query_one(sql, &[]).await.expect("the database is back").get(0)
}

async fn table(session: &Session) -> State {
    let sql = "select id, seq, delivery_count::bigint, deleted_at is not null as gone,
        sha256(convert_to(payload::text, 'UTF8')) as bytes from llm_callbacks";
    let rows = session.query(sql, &[]).await.expect("the database is back");
    let row = |row: &tokio_postgres::Row| {
        let bytes = row.get::<_, Option<&[u8]>>("bytes").filter(|_| !row.get::<_, bool>("gone"));
        let bytes = bytes.map(|bytes| bytes.try_into().expect("a digest has 32 bytes"));
        Row { id: row.get("id"), cursor: row.get("seq"), bytes, deliveries: row.get("delivery_count") }
    };
    let viewed = session.query("select callback_id from llm_callback_views", &[]).await;
    State {
        rows: rows.iter().map(row).collect(),
        viewed: viewed.expect("the database is back").iter().map(|row| row.get(0)).collect(),
        unviewed: Vec::new(),
    }
}

impl Sabotage {
    async fn apply(&self, session: &Session) {
        let sql = "select pg_get_functiondef(oid) from pg_proc where proname like 'store_callbacks_v%'
            order by proname desc limit 1";
        let mut procedure: String = session.query_one(sql, &[]).await.expect("it is there").get(0);
        for (old, new) in self.replace {
            assert!(procedure.contains(old), "the procedure has no {old:?} any more");
            procedure = procedure.replace(old, new);
        }
        for sql in [procedure.as_str()].iter().chain(self.sql) {
            session.batch_execute(sql).await.expect("it can be sabotaged");
        }
        // Nodes have the old one planned already.
        let others = "select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()";
        session.batch_execute(others).await.expect("a superuser may");
    }
}

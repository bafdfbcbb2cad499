//! Senders that go on until told to stop, and remember what was acknowledged.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::eventually;
use super::postgres::TestDatabase;
use super::site::{Site, llm};
use super::sse::{Event, Stream};

/// Acknowledged callbacks: their job ids, and what was answered.
pub type Acknowledged = BTreeMap<String, Value>;

/// Several senders at once, each sending one callback after the other, and repeating none. Stops when dropped.
pub struct Load {
    acknowledged: Arc<Mutex<Acknowledged>>,
    refused: Arc<AtomicU64>,
    stop: CancellationToken,
    senders: JoinSet<()>,
}

impl Load {
    pub fn start(site: &Site, senders: usize) -> Self {
        Self::start_as(site, senders, "load")
    }

    /// With a beginning of its own for its job ids.
    pub fn start_as(site: &Site, senders: usize, name: &str) -> Self {
        let mut load = Self {
            acknowledged: Arc::default(),
            refused: Arc::default(),
            stop: CancellationToken::new(),
            senders: JoinSet::new(),
        };
        for sender in 0..senders {
            let sender = Sender {
                site: Site::new(site.address, &site.secret),
                name: format!("{name}-{sender}"),
                acknowledged: load.acknowledged.clone(),
                refused: load.refused.clone(),
            };
            load.senders.spawn(sender.run(load.stop.clone()));
        }
        load
    }

    /// Waits for so many more acknowledgements.
    pub async fn acknowledged(&self, more: usize) {
        let count = || self.acknowledged.lock().expect("nobody panicked over it").len();
        let goal = count() + more;
        eventually("callbacks are acknowledged", async || count() >= goal).await;
    }

    /// Waits until somebody else is refused, or is not answered at all.
    pub async fn refused(&self) {
        let count = || self.refused.load(Ordering::Relaxed);
        let before = count();
        eventually("a callback is refused", async || count() > before).await;
    }

    /// Lets what is under way end.
    pub async fn stop(mut self) -> Acknowledged {
        self.stop.cancel();
        while let Some(ended) = self.senders.join_next().await {
            ended.expect("a sender does not panic");
        }
        std::mem::take(&mut self.acknowledged.lock().expect("nobody panicked over it"))
    }
}

struct Sender {
    site: Site,
    name: String,
    acknowledged: Arc<Mutex<Acknowledged>>,
    refused: Arc<AtomicU64>,
}

impl Sender {
    async fn run(self, stop: CancellationToken) {
        for turn in 0.. {
            if stop.is_cancelled() {
                return;
            }
            let job = format!("{}-{turn}", self.name);
            match self.site.try_deliver(llm("workflow.completed", &job)).await {
                Ok(answer) if matches!(answer.status, 200 | 202) => {
                    self.acknowledged.lock().expect("nobody panicked over it").insert(job, answer.json);
                }
                _ => {
                    self.refused.fetch_add(1, Ordering::Relaxed);
                    // A server that is away must not be asked in a circle.
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
        }
    }
}

/// Checks that every acknowledged callback is in the table once, as it was acknowledged. All job ids there are, in
/// order: also those whose acknowledgement did not arrive.
pub async fn kept_once(database: &TestDatabase, acknowledged: &Acknowledged) -> Vec<String> {
    let sql = "select callback_id, id::text, seq::text, delivery_count from llm_callbacks t order by t.seq";
    let rows = database.client().await.query(sql, &[]).await.expect("the database is back");
    let jobs: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    let kept: BTreeMap<&str, _> = jobs.iter().map(String::as_str).zip(&rows).collect();
    assert_eq!(kept.len(), rows.len(), "none is there twice");
    for (job, answer) in acknowledged {
        let row = kept.get(job.as_str()).unwrap_or_else(|| panic!("{job} was acknowledged and is lost"));
        // One that was spooled was acknowledged before it had a cursor.
        if answer["spooled"] != true {
            assert_eq!((answer["id"].as_str(), answer["cursor"].as_str()), (row.get(1), row.get(2)), "{job}");
        }
        assert_eq!(row.get::<_, i32>(3), 1, "{job} was sent once");
    }
    jobs
}

/// The stream, which was opened before the first callback, shows these and no others, in this order.
pub async fn shows_exactly(stream: &mut Stream, jobs: &[String]) {
    let last = jobs.last().expect("there are some");
    let events = stream.until_event(|event| event.data["callbackId"] == last.as_str()).await;
    let callbacks: Vec<&Event> = events.iter().filter(|event| event.name == "callback").collect();
    let shown: Vec<&str> = callbacks.iter().filter_map(|event| event.data["callbackId"].as_str()).collect();
    let first_wrong = shown.iter().zip(jobs).position(|(shown, job)| shown != job);
    assert!(
        shown == jobs,
        "{} of {} shown, wrong from {first_wrong:?}: {shown:?}, not {jobs:?}",
        shown.len(),
        jobs.len()
    );
    assert!(events.iter().all(|event| event.name != "bye" && event.name != "reset"), "{events:?}");
}

//! Senders that go on until told to stop, and remember what was acknowledged.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::eventually;
use super::site::{Site, llm};

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
        let mut load = Self {
            acknowledged: Arc::default(),
            refused: Arc::default(),
            stop: CancellationToken::new(),
            senders: JoinSet::new(),
        };
        for sender in 0..senders {
            let site = Site::new(site.address, &site.secret);
            let (acknowledged, refused) = (load.acknowledged.clone(), load.refused.clone());
            let stop = load.stop.clone();
            load.senders.spawn(async move {
                for turn in 0.. {
                    if stop.is_cancelled() {
                        return;
                    }
                    let job = format!("load-{sender}-{turn}");
                    let answer = site.try_deliver(llm("workflow.completed", &job)).await;
                    match answer {
                        Ok(answer) if answer.status == 200 => {
                            acknowledged.lock().expect("nobody panicked over it").insert(job, answer.json);
                        }
                        _ => {
                            refused.fetch_add(1, Ordering::Relaxed);
                            // A server that is away must not be asked in a circle.
                            tokio::time::sleep(Duration::from_millis(10)).await;
                        }
                    }
                }
            });
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

//! The LLM service: several callbacks a job, at most four attempts each, every retry built anew with a new timestamp.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{Phase, Place, pause};
use crate::model::{Callback, Fact, Receipt};
use crate::support::site::{SIGNATURE, WEBHOOK, signature};

/// The service waits 30 s for an answer, and 5, 15 and 45 s between attempts. Here a tenth of it, so that a fault of a
/// few seconds meets every attempt.
const ANSWER_WAIT: Duration = Duration::from_secs(3);
const RETRY_WAITS: [Duration; 3] =
    [Duration::from_millis(500), Duration::from_millis(1_500), Duration::from_millis(4_500)];
/// Of a hundred callbacks; the service sends one again whose answer it has not seen.
const SENT_AGAIN_PERCENT: u32 = 10;
/// Of two hundred callbacks one is as long as the service's longest usual ones.
const LONG_ONE_IN: u32 = 200;
const LONG_BYTES: usize = 75_000;

/// What one sender has under way at once: a callback does not wait for the one before it.
const UNDER_WAY_MAX: usize = 12;

pub struct Sender {
    number: usize,
    place: Place,
    /// Between two callbacks, on average.
    interval: Duration,
    /// Numbers callbacks across all senders.
    next: Arc<AtomicU32>,
    rng: StdRng,
}

/// One callback on its way. What it says stays the same, however often it is sent.
struct Delivery {
    callback: Callback,
    content: Value,
    /// Times that it is delivered, as if the answer had been lost.
    times: u32,
    place: Place,
    rng: StdRng,
}

impl Sender {
    pub fn new(number: usize, seed: u64, place: Place, interval: Duration, next: Arc<AtomicU32>) -> Self {
        Self { number, place, interval, next, rng: StdRng::seed_from_u64(seed) }
    }

    /// Until the phase ends; what is under way then is finished.
    pub async fn run(mut self, phase: watch::Receiver<Phase>) {
        let mut under_way = JoinSet::new();
        for job in 0.. {
            let job = format!("job-{}-{job}", self.number);
            for step in (0..self.rng.random_range(0..4)).map(Some).chain([None]) {
                if *phase.borrow() != Phase::Running {
                    return finish(&mut under_way, 0).await;
                }
                under_way.spawn(self.delivery(&job, step).run());
                finish(&mut under_way, UNDER_WAY_MAX).await;
                let most = u64::try_from(self.interval.as_millis()).expect("an interval is short") * 2;
                pause(&mut self.rng, 0..most.max(1)).await;
            }
        }
    }

    /// One callback, to one node, after which nothing comes that would wake the others.
    pub async fn close(mut self) {
        self.delivery("last-job", None).run().await;
    }

    fn delivery(&mut self, job: &str, step: Option<u32>) -> Delivery {
        let is_long = self.rng.random_range(0..LONG_ONE_IN) == 0;
        let length = if is_long { LONG_BYTES } else { self.rng.random_range(0..3_000) };
        let event = if step.is_some() { "llm.step.completed" } else { "workflow.completed" };
        Delivery {
            callback: Callback(self.next.fetch_add(1, Ordering::Relaxed)),
            content: json!({
                "event": event, "job_id": job, "result": "r".repeat(length), "step_id": step,
                "workflow_name": "torture",
            }),
            times: if self.rng.random_range(0..100) < SENT_AGAIN_PERCENT { 2 } else { 1 },
            place: self.place.clone(),
            rng: StdRng::seed_from_u64(self.rng.random()),
        }
    }
}

impl Delivery {
    async fn run(mut self) {
        for _ in 0..self.times {
            self.deliver().await;
        }
    }

    /// Until it is acknowledged, or for good: the service never comes back to one that it has given up.
    async fn deliver(&mut self) {
        for wait in RETRY_WAITS.into_iter().map(Some).chain([None]) {
            if self.attempt().await {
                return;
            }
            if let Some(wait) = wait {
                tokio::time::sleep(wait).await;
            }
        }
    }

    async fn attempt(&mut self) -> bool {
        let (callback, mut content) = (self.callback, self.content.clone());
        content["timestamp"] = chrono::Utc::now().format("%Y-%m-%dT%H:%M:%S%.9f+00:00Z").to_string().into();
        let body = content.to_string();
        let signature = signature(&self.place.secret, body.as_bytes());
        let node = self.place.any(&mut self.rng);
        let url = self.place.url_of(node, WEBHOOK);
        self.place.recorder.note(Fact::Sending { callback, bytes: Sha256::digest(&body).into(), node });
        let request = self.place.http.post(url).header(SIGNATURE, signature).body(body);
        let answer = tokio::time::timeout(ANSWER_WAIT, answer(request)).await.ok().flatten();
        self.place.recorder.note(match answer {
            Some(Answer::Stored(receipt)) => Fact::Acknowledged { callback, receipt },
            Some(Answer::Spooled) => Fact::Spooled { callback, node },
            None => Fact::Refused { callback },
        });
        answer.is_some()
    }
}

/// An acknowledgement.
#[derive(Clone, Copy)]
enum Answer {
    Stored(Receipt),
    Spooled,
}

/// Waits until no more than so many are under way.
async fn finish(under_way: &mut JoinSet<()>, left: usize) {
    while under_way.len() > left {
        under_way.join_next().await.expect("there are more").expect("no delivery panics");
    }
}

async fn answer(request: reqwest::RequestBuilder) -> Option<Answer> {
    let response = request.send().await.ok().filter(|response| response.status().is_success())?;
    let answer: Value = response.json().await.ok()?;
    if answer["spooled"] == true {
        return Some(Answer::Spooled);
    }
    Some(Answer::Stored(Receipt {
        id: answer["id"].as_str()?.parse().ok()?,
        cursor: answer["cursor"].as_str()?.parse().ok()?,
        duplicate: answer["duplicate"].as_bool()?,
    }))
}

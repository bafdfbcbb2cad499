//! Back into the database: the oldest first, by the writer, a batch after the other.
//!
//! An entry has its own id, which it had when it was first given to the writer: what was committed then, with an outcome
//! that nobody heard of, or before a crash, is found and not stored again. So the spool forgets nothing before it is
//! committed, and may bring anything twice.
//!
//! A batch is brought to its end before the next one: two on their way could change places when the first is split.

use std::{collections::VecDeque, convert::Infallible, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    Spool,
    entry::{self, Entry},
    log::{Contents, Log, Segment},
};
use crate::{
    callback::NewCallback,
    ingest::{
        deliveries::Deliveries,
        writer::{Outcome, Queue},
    },
};

/// Entries brought together: what the writer commits at once.
const BATCH_MAX: usize = 256;
const BATCH_BYTES_MAX: usize = 8 * 1024 * 1024;
/// For so long those who come may wait for the last of the spool, instead of being put behind it.
const SOON: Duration = Duration::from_secs(2);
/// Before what could not be carried out is tried again: somebody has to mend something.
const AGAIN: Duration = Duration::from_secs(1);
/// An entry that fails alone is at fault itself after so many attempts, if others were stored meanwhile.
const ATTEMPTS_MAX: u32 = 3;

/// The task.
pub struct Drain {
    spool: Spool,
    queue: Queue,
    deliveries: Deliveries,
    stored: u64,
    failing: Option<Failing>,
}

/// One that fails while its neighbours do not, or that has none.
struct Failing {
    id: Uuid,
    attempts: u32,
    /// How many had been stored when it failed for the first time.
    stored: u64,
}

struct Spooled {
    new: Arc<NewCallback>,
    received_at: DateTime<Utc>,
}

impl Drain {
    pub fn new(spool: Spool, queue: Queue, deliveries: Deliveries) -> Self {
        Self { spool, queue, deliveries, stored: 0, failing: None }
    }

    /// Runs until `shutdown`. What is left then is stored after the next start.
    pub async fn run(mut self, shutdown: CancellationToken) {
        tokio::select! {
            never = self.drain() => match never {},
            () = shutdown.cancelled() => {}
        }
        self.spool.tell_what_is_left();
    }

    async fn drain(&mut self) -> Infallible {
        loop {
            match self.spool.with_log(Log::oldest).await {
                Some(segment) => self.bring(segment).await,
                None => self.wait().await,
            }
        }
    }

    /// Until there is something to bring; meanwhile files go that the disk did not let go before.
    async fn wait(&self) {
        let is_clean = self.spool.with_log(Log::clear_away).await;
        let added = self.spool.0.added.notified();
        if is_clean {
            added.await;
        } else {
            // It is no matter which of them it was.
            let _ = tokio::time::timeout(AGAIN, added).await;
        }
    }

    /// A whole file.
    async fn bring(&mut self, segment: Segment) {
        let asked = segment.clone();
        let contents = match self.spool.with_log(move |log| log.read(&asked)).await {
            Ok(contents) => contents,
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "a file of the spool cannot be read"
                );
                Contents { damaged: 1, ..Contents::default() }
            }
        };
        // Counted when it was written, and not found any more.
        let missing = segment.entries.saturating_sub(contents.entries.len());
        // Or another file was put in its place.
        self.spool.found(contents.entries.len().saturating_sub(segment.entries));
        let spooled = |Entry { new, received_at }| Spooled { new: Arc::new(new), received_at };
        let mut left: VecDeque<Spooled> = contents.entries.into_iter().map(spooled).collect();
        while !left.is_empty() {
            let batch = next_batch(&mut left);
            self.store(batch, left.front().map(|next| next.received_at)).await;
        }
        if contents.damaged + missing > 0 {
            self.spool.set_aside(segment).await;
            self.spool.missed(missing);
        } else {
            self.spool.remove(segment).await;
        }
    }

    /// Until each of them has come to its end. `next` is when the one behind them was received.
    async fn store(&mut self, mut batch: Vec<Spooled>, next: Option<DateTime<Utc>>) {
        while !batch.is_empty() {
            self.queue.connected().await;
            self.spool.ends_with(batch.len());
            let outcomes = self.outcomes(&batch).await;
            let Settled { again, done, has_failed } = self.settle(batch, &outcomes).await;
            batch = again;
            self.spool.drained(done, batch.first().map(|first| first.received_at).or(next));
            self.spool.goes_on();
            if has_failed && !batch.is_empty() {
                tokio::time::sleep(AGAIN).await;
            }
        }
    }

    async fn outcomes(&self, batch: &[Spooled]) -> Vec<Outcome> {
        let all: Vec<Arc<NewCallback>> = batch.iter().map(|spooled| spooled.new.clone()).collect();
        let mut storing = std::pin::pin!(self.queue.submit_again(&all));
        if let Ok(outcomes) = tokio::time::timeout(SOON, &mut storing).await {
            return outcomes;
        }
        self.spool.goes_on();
        storing.await
    }

    async fn settle(&mut self, batch: Vec<Spooled>, outcomes: &[Outcome]) -> Settled {
        let mut settled = Settled { again: Vec::new(), done: 0, has_failed: false };
        for (spooled, outcome) in batch.into_iter().zip(outcomes) {
            let left = match outcome {
                Outcome::Durable(receipt) => {
                    self.stored += 1;
                    if let Some(key) = spooled.new.dedupe_key.filter(|_| !receipt.duplicate) {
                        self.deliveries.look_at(&spooled.new.source, &key, receipt.id);
                    }
                    Left::Nothing
                }
                Outcome::Refused => self.keep_refused(spooled).await,
                Outcome::Locked => self.let_pass(spooled).await,
                Outcome::Failed | Outcome::Away | Outcome::Busy => Left::This(spooled),
            };
            settled.has_failed |= !matches!(outcome, Outcome::Durable(_) | Outcome::Away);
            settled.take(left);
        }
        if settled.again.len() == 1
            && outcomes.contains(&Outcome::Failed)
            && let Some(alone) = settled.again.pop()
        {
            let left = self.failed_alone(alone).await;
            settled.take(left);
        }
        settled
    }

    /// Is it this one, or the database?
    async fn failed_alone(&mut self, spooled: Spooled) -> Left {
        let id = spooled.new.id;
        let known = self.failing.take().filter(|failing| failing.id == id);
        let mut failing = known.unwrap_or(Failing { id, attempts: 0, stored: self.stored });
        failing.attempts += 1;
        let (is_enough, others_were_stored) =
            (failing.attempts >= ATTEMPTS_MAX, self.stored > failing.stored);
        self.failing = Some(failing);
        match (is_enough, others_were_stored) {
            (false, _) => Left::This(spooled),
            (true, true) => self.keep_refused(spooled).await,
            (true, false) => self.let_pass(spooled).await,
        }
    }

    /// It will never be a row, and was acknowledged: somebody has to look at it.
    async fn keep_refused(&self, spooled: Spooled) -> Left {
        let text = entry::readable(&spooled.new, spooled.received_at);
        let kept = self.spool.keep_refused(format!("{}.json", spooled.new.id), text).await;
        if kept { Left::Nothing } else { Left::This(spooled) }
    }

    /// Puts it behind all others, so that it does not hold them up.
    async fn let_pass(&self, spooled: Spooled) -> Left {
        let payload = entry::encode(&spooled.new, spooled.received_at);
        if self.spool.put_back(payload).await { Left::Elsewhere } else { Left::This(spooled) }
    }
}

/// What is left of an entry.
enum Left {
    Nothing,
    /// It is in the spool once more.
    Elsewhere,
    This(Spooled),
}

struct Settled {
    again: Vec<Spooled>,
    /// How many are not in the spool any more.
    done: usize,
    /// The database has answered, and not well.
    has_failed: bool,
}

impl Settled {
    fn take(&mut self, left: Left) {
        match left {
            Left::Nothing => self.done += 1,
            Left::Elsewhere => {}
            Left::This(spooled) => self.again.push(spooled),
        }
    }
}

fn next_batch(left: &mut VecDeque<Spooled>) -> Vec<Spooled> {
    let mut bytes = 0;
    let mut fits = |spooled: &Spooled| {
        bytes += spooled.new.body.len();
        bytes <= BATCH_BYTES_MAX
    };
    // One body is at most an eighth of it.
    let count = left.iter().take(BATCH_MAX).take_while(|spooled| fits(spooled)).count();
    left.drain(..count.max(1)).collect()
}

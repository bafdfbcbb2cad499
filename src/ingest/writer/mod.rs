//! The group commit: verified callbacks wait in a bounded queue, one task commits whatever waits, in batches.
//!
//! There is no timer: while batches are on their way the next one gathers, so an idle system commits a single callback
//! at once and a busy one shares each commit among many. PostgreSQL takes one cluster-wide lock at the commit
//! of every transaction that notifies; a transaction for each request would stand in line for it.

mod batch;
mod link;
mod pace;
mod queue;

use std::{collections::VecDeque, sync::Arc, time::Duration};

use metrics::{counter, gauge, histogram};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::{
    batch::Batch,
    link::{Fault, Finished, Link},
    pace::Pace,
};
use crate::{
    callback::{Cursor, Item},
    db,
    hub::{Alert, Alerts},
    telemetry::count,
};

use self::queue::{Reach, Submission};

pub use self::queue::{Outcome, Queue, Receipt};

/// Rows of one commit. More gains nothing measurable and makes everybody in the batch wait longer.
const BATCH_ROWS_MAX: usize = 256;
/// Bytes of one commit: a batch of the largest bodies must not hold the cursor's lock for long.
const BATCH_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Batches handed to the listener and not yet taken. Beyond it the listener reads the table instead.
pub const HANDED_MAX: usize = 256;

/// What this node has just committed, so that its listener need not read it back.
#[derive(Debug)]
pub struct Handed {
    /// The highest position before this batch: whoever has read up to here misses nothing in between.
    pub previous: Cursor,
    /// In order of their cursors; never empty.
    pub items: Vec<Item>,
}

/// The task.
pub struct Writer {
    settings: db::Settings,
    queue: mpsc::Receiver<Submission>,
    handed: mpsc::Sender<Handed>,
    pace: Arc<Pace>,
    alerts: Alerts,
    node: Uuid,
    reach: watch::Sender<Reach>,
    /// Whether those who wait have somewhere else to go while the database is away.
    spools: bool,
    /// Taken from the queue, but not yet in a batch: a second delivery waits here for its first.
    waiting: Vec<Submission>,
    /// To be tried once more, before anything that waits.
    again: VecDeque<Batch>,
}

impl Writer {
    /// The task, and the queue that leads to it.
    pub fn new(
        settings: db::Settings,
        queue_max: usize,
        handed: mpsc::Sender<Handed>,
        alerts: Alerts,
        node: Uuid,
        spools: bool,
    ) -> (Self, Queue) {
        let (sender, queue) = mpsc::channel(queue_max);
        let (reach, watched) = watch::channel(Reach::default());
        let pace = Arc::new(Pace::default());
        let writer = Self {
            settings,
            queue,
            handed,
            pace: pace.clone(),
            alerts,
            node,
            reach,
            spools,
            waiting: Vec::new(),
            again: VecDeque::new(),
        };
        (writer, Queue::new(sender, pace, watched))
    }

    /// For as long as it does not run yet.
    pub fn presume_away(&self) {
        self.reach.send_replace(Reach { connected: false, away: true });
    }

    /// Runs until `shutdown`, then writes what has been queued and ends.
    pub async fn run(mut self, shutdown: CancellationToken) -> Result<(), db::Error> {
        let mut link = Link::new(self.settings.clone());
        let mut ended = false;
        loop {
            self.send(&mut link);
            let nothing_waits = self.waiting.is_empty() && self.again.is_empty();
            if ended && nothing_waits && link.is_idle() {
                return Ok(());
            }
            tokio::select! {
                biased;
                finished = link.next() => {
                    self.settle(finished);
                    self.tell(link.reach());
                }
                taken = self.queue.recv_many(&mut self.waiting, BATCH_ROWS_MAX),
                    // At the end also without a connection: what is queued then is given up with those who wait for it.
                    if !self.is_full() && !ended && (link.has_room() || self.queue.is_closed()) =>
                {
                    ended = taken == 0;
                    // Whoever else is ready to submit does so before the batch is made.
                    tokio::task::yield_now().await;
                }
                () = shutdown.cancelled(), if !self.queue.is_closed() => self.queue.close(),
            }
        }
    }

    /// Sends what waits, as far as there is room on the way.
    fn send(&mut self, link: &mut Link) {
        if !link.is_open() {
            self.forget_unawaited();
        }
        while link.takes(self.rows_next())
            && let Some(batch) = self.next_batch()
        {
            link.send(batch);
            self.pace.moved();
        }
        gauge!("callbackd_ingest_queue_callbacks").set(count(self.queue.len()));
    }

    /// Whether the next batch needs nothing more from the queue.
    fn is_full(&self) -> bool {
        !self.again.is_empty() || self.waiting.len() >= BATCH_ROWS_MAX
    }

    fn rows_next(&mut self) -> usize {
        while !self.is_full()
            && let Ok(submission) = self.queue.try_recv()
        {
            self.waiting.push(submission);
        }
        self.again.front().map_or(self.waiting.len(), Batch::len)
    }

    fn next_batch(&mut self) -> Option<Batch> {
        self.forget_unawaited();
        self.again.pop_front().or_else(|| {
            let batch = Batch::gather(&mut self.waiting, BATCH_ROWS_MAX, BATCH_BYTES_MAX, self.node);
            (!batch.is_empty()).then_some(batch)
        })
    }

    /// Those that nobody waits for any more: they have been told to come again, and nothing is stored for nobody.
    fn forget_unawaited(&mut self) {
        self.waiting.retain(Submission::is_awaited);
        self.again.retain_mut(|batch| {
            batch.forget_unawaited();
            !batch.is_empty()
        });
    }

    /// While the database is away those who have somewhere else to go are told at once.
    fn tell(&mut self, reach: Reach) {
        self.reach.send_if_modified(|known| std::mem::replace(known, reach) != reach);
        if !self.spools || !reach.away || reach.connected {
            return;
        }
        for batch in self.again.drain(..) {
            batch.answer(Outcome::Away);
        }
        let waiting = self.waiting.drain(..).chain(std::iter::from_fn(|| self.queue.try_recv().ok()));
        for submission in waiting {
            let _ = submission.reply.send(Outcome::Away);
        }
    }

    /// Brings every submission of a batch to its answer, or the batch to another attempt.
    fn settle(&mut self, finished: Option<Finished>) {
        let Some(Finished { batch, outcome, elapsed }) = finished else { return };
        self.pace.moved();
        match outcome {
            Ok(stored) => {
                self.measure(batch.len(), elapsed);
                let doubtful = batch.doubtful;
                let items = batch.acknowledge(&stored);
                // Not after a doubt: then positions are known only from the table.
                if !doubtful {
                    self.hand_over(stored.previous, items);
                }
            }
            Err(fault) => {
                let again = self.after(&fault, batch);
                self.again.extend(again);
            }
        }
    }

    /// What is to be tried next after a failed attempt, in order.
    fn after(&self, fault: &Fault, mut piece: Batch) -> Vec<Batch> {
        counter!("callbackd_ingest_batch_failures_total", "fault" => fault.name()).increment(1);
        match fault {
            // Retried with the same ids until nobody waits any more: a row that is there already is our own.
            Fault::Unknown(error) => {
                tracing::warn!(
                    error = &**error as &dyn std::error::Error,
                    rows = piece.len(),
                    "outcome of a batch unknown, trying again"
                );
                piece.doubtful = true;
                vec![piece]
            }
            Fault::Conflict | Fault::CursorLocked => vec![piece],
            Fault::NotificationQueueFull => {
                self.alerts.raise(Alert::notification_queue_full());
                piece.call.notify = false;
                vec![piece]
            }
            Fault::RowLocked => piece.split(Outcome::Locked),
            Fault::Refused(error) => {
                blame(&piece, error);
                piece.split(Outcome::Refused)
            }
            Fault::Failed(error) => {
                blame(&piece, error);
                piece.split(Outcome::Failed)
            }
        }
    }

    fn hand_over(&self, previous: Cursor, items: Vec<Item>) {
        if !items.is_empty() && self.handed.try_send(Handed { previous, items }).is_err() {
            counter!("callbackd_ingest_batches_not_handed_total").increment(1);
        }
    }

    fn measure(&self, rows: usize, elapsed: Duration) {
        self.pace.measured(rows, elapsed);
        histogram!("callbackd_ingest_batch_rows").record(count(rows));
        histogram!("callbackd_ingest_commit_seconds").record(elapsed.as_secs_f64());
    }
}

/// Once it is known which row it was.
fn blame(piece: &Batch, error: &tokio_postgres::Error) {
    if piece.len() == 1 {
        tracing::error!(error = error as &dyn std::error::Error, "a callback was refused by the database");
    }
}

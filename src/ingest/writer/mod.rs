//! The group commit: verified callbacks wait in a bounded queue, one task commits whatever waits, in batches.
//!
//! There is no timer: while one batch is being committed the next one gathers, so an idle system commits a single
//! callback at once and a busy one shares each commit among many. PostgreSQL takes one cluster-wide lock at the commit
//! of every transaction that notifies; a transaction for each request would stand in line for it.

mod batch;
mod link;
mod pace;
mod queue;

use std::{sync::Arc, time::Instant};

use metrics::{counter, gauge, histogram};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::{
    batch::Batch,
    link::{Fault, Link},
    pace::Pace,
};
use super::store::Stored;
use crate::{
    callback::{Cursor, Item},
    db,
    hub::{Alert, Alerts},
    telemetry::count,
};

pub use self::queue::{Outcome, Queue, Receipt, Submission};

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
    /// Taken from the queue, but not yet in a batch: a second delivery waits here for its first.
    waiting: Vec<Submission>,
}

impl Writer {
    /// The task, and the queue that leads to it.
    pub fn new(
        settings: db::Settings,
        queue_max: usize,
        handed: mpsc::Sender<Handed>,
        alerts: Alerts,
        node: Uuid,
    ) -> (Self, Queue) {
        let (sender, queue) = mpsc::channel(queue_max);
        let pace = Arc::new(Pace::default());
        let writer = Self { settings, queue, handed, pace: pace.clone(), alerts, node, waiting: Vec::new() };
        (writer, Queue::new(sender, pace))
    }

    /// Runs until `shutdown`, then writes what has been queued and ends.
    pub async fn run(mut self, shutdown: CancellationToken) -> Result<(), db::Error> {
        let mut link = Link::new(self.settings.clone());
        while self.wait_for_work(&mut link, &shutdown).await {
            let batch = Batch::gather(&mut self.waiting, BATCH_ROWS_MAX, BATCH_BYTES_MAX, self.node);
            self.write(&mut link, batch).await;
        }
        Ok(())
    }

    /// Takes whatever waits, at once; else waits for the next to come. False at the end.
    async fn wait_for_work(&mut self, link: &mut Link, shutdown: &CancellationToken) -> bool {
        while let Ok(submission) = self.queue.try_recv() {
            self.waiting.push(submission);
            if self.waiting.len() >= BATCH_ROWS_MAX {
                break;
            }
        }
        if self.waiting.is_empty() {
            tokio::select! {
                _ = self.queue.recv_many(&mut self.waiting, BATCH_ROWS_MAX) => {}
                never = link.keep_open() => match never {},
                () = shutdown.cancelled(), if !self.queue.is_closed() => {
                    self.queue.close();
                    self.queue.recv_many(&mut self.waiting, BATCH_ROWS_MAX).await;
                }
            }
        }
        gauge!("callbackd_ingest_queue_callbacks").set(count(self.queue.len()));
        !self.waiting.is_empty()
    }

    /// Brings every submission of a batch to its answer, splitting where one of them is at fault.
    async fn write(&mut self, link: &mut Link, batch: Batch) {
        let mut pieces = vec![batch];
        while let Some(mut piece) = pieces.pop() {
            let opened = link.ensure_open().await;
            // Only now: many may have been told to come again while a connection was waited for.
            piece.forget_unawaited();
            if piece.is_empty() {
                continue;
            }
            let started = Instant::now();
            let stored = match opened {
                Ok(()) => link.store(&piece.callbacks(), piece.call).await,
                Err(fault) => Err(fault),
            };
            match stored {
                Ok(stored) => {
                    self.measure(piece.len(), started);
                    self.hand_over(&piece, &stored);
                    piece.acknowledge(&stored);
                }
                Err(fault) => pieces.extend(self.after(&fault, piece)),
            }
        }
    }

    /// What is to be tried next after a failed attempt. Last comes first.
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
            Fault::RowLocked => piece.split(Outcome::Away),
            Fault::Refused(error) => {
                if piece.len() == 1 {
                    tracing::error!(
                        error = error as &dyn std::error::Error,
                        "a callback was refused by the database"
                    );
                }
                piece.split(Outcome::Refused)
            }
        }
    }

    /// Not after a doubt: then positions are known only from the table.
    fn hand_over(&self, piece: &Batch, stored: &Stored) {
        let items: Vec<Item> = piece.new_items(stored);
        if piece.doubtful || items.is_empty() {
            return;
        }
        if self.handed.try_send(Handed { previous: stored.previous, items }).is_err() {
            counter!("callbackd_ingest_batches_not_handed_total").increment(1);
        }
    }

    fn measure(&self, rows: usize, started: Instant) {
        let elapsed = started.elapsed();
        self.pace.measured(rows, elapsed);
        histogram!("callbackd_ingest_batch_rows").record(count(rows));
        histogram!("callbackd_ingest_commit_seconds").record(elapsed.as_secs_f64());
    }
}

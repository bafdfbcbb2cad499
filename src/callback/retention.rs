//! What grows old: callbacks beyond the time they are kept, and the shells of what was deleted.
//!
//! The oldest go first, by position, in small batches with a pause between, so that neither the writer nor a reader
//! ever waits for more than a batch. Each batch moves the floor in its own transaction: who stops in the middle leaves
//! a table that is right. All nodes run this, and one at a time does something. The decision worth arguing about: a
//! pruned row stays as an empty shell for 30 days, because its dedupe key is what keeps a captured request from coming
//! back as new.

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{Pruned, Store};
use crate::db::{self, Class, Db};

/// Between two rounds, jittered by a fifth, so that nodes started together do not meet every time.
const INTERVAL: Duration = Duration::from_hours(1);

/// Before the first round: a server that restarts more often than hourly prunes all the same, though not at once.
const FIRST_WAIT: Duration = Duration::from_mins(1);

/// Rows in one transaction: locks of some milliseconds.
const BATCH: i64 = 500;

/// After each batch; so retention takes at most some 5,000 rows a second, whatever has piled up.
const PAUSE: Duration = Duration::from_millis(100);

/// How long a shell keeps its dedupe key: far longer than any sender retries.
const SHELL_KEPT: Duration = Duration::from_hours(720);

/// The task that prunes.
#[derive(Debug)]
pub struct Retention {
    pub db: Db,
    /// How long callbacks are kept; `None`: for ever.
    pub keep: Option<Duration>,
}

impl Retention {
    /// Runs until `shutdown`. A database that is away is no error: the next round makes up for it.
    pub async fn run(self, shutdown: CancellationToken) -> Result<(), db::Error> {
        let work = async {
            sleep(FIRST_WAIT.mul_f64(rand::random_range(0.0..1.0))).await;
            loop {
                match self.round().await {
                    Err(error) if error.class() == Class::Bug => return Err(error),
                    Err(error) => tracing::warn!(%error, "retention waits for its next round"),
                    Ok(0) => {}
                    Ok(rows) => tracing::info!(rows, "old callbacks pruned"),
                }
                sleep(INTERVAL.mul_f64(rand::random_range(0.8..1.2))).await;
            }
        };
        shutdown.run_until_cancelled(work).await.unwrap_or(Ok(()))
    }

    /// Does all there is to do now; how many rows it emptied or removed.
    pub async fn round(&self) -> Result<u64, db::Error> {
        let store = Store::new(self.db.clone());
        let mut total = 0;
        if let Some(keep) = self.keep {
            while let Pruned::Rows(rows) = store.prune(keep, BATCH).await? {
                total += rows;
                sleep(PAUSE).await;
            }
        }
        while let Pruned::Rows(rows) = store.remove_shells(SHELL_KEPT, BATCH).await? {
            total += rows;
            sleep(PAUSE).await;
        }
        Ok(total)
    }
}

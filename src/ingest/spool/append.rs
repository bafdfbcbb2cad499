//! Group commit on the disk: whatever waits is written together, and synced once.

use std::time::Instant;

use metrics::histogram;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::{Spool, record};

/// Written together. While the disk works the next ones gather.
const GROUP_MAX: usize = 256;

/// One entry on its way to the disk. Whoever waits is told whether it is there.
#[derive(Debug)]
pub struct Append {
    pub payload: Vec<u8>,
    pub reply: oneshot::Sender<bool>,
}

/// The task.
pub struct Appender {
    spool: Spool,
    waiting: mpsc::Receiver<Append>,
}

impl Appender {
    pub(super) fn new(spool: Spool, waiting: mpsc::Receiver<Append>) -> Self {
        Self { spool, waiting }
    }

    /// Runs until `shutdown`: those who wait for an answer have gone before.
    pub async fn run(mut self, shutdown: CancellationToken) {
        loop {
            let mut group = Vec::new();
            tokio::select! {
                _ = self.waiting.recv_many(&mut group, GROUP_MAX) => self.append(group).await,
                () = shutdown.cancelled() => return,
            }
        }
    }

    async fn append(&self, group: Vec<Append>) {
        // Those that nobody waits for any more have been told to come again.
        let (group, gone): (Vec<Append>, Vec<Append>) =
            group.into_iter().partition(|it| !it.reply.is_closed());
        self.spool.give_back(gone.len(), size(gone.iter().map(|append| &append.payload)));
        if group.is_empty() {
            return;
        }
        let (payloads, replies): (Vec<_>, Vec<_>) =
            group.into_iter().map(|it| (it.payload, it.reply)).unzip();
        let (entries, bytes, started) = (payloads.len(), size(&payloads), Instant::now());
        let appended = self.spool.with_log(move |log| log.append(&payloads)).await;
        histogram!("callbackd_spool_append_seconds").record(started.elapsed().as_secs_f64());
        match &appended {
            Ok(()) => self.spool.appended(entries),
            Err(error) => self.spool.not_appended(entries, bytes, error),
        }
        for reply in replies {
            let _ = reply.send(appended.is_ok());
        }
    }
}

fn size<'a>(payloads: impl IntoIterator<Item = &'a Vec<u8>>) -> u64 {
    payloads.into_iter().map(|payload| record::size(payload)).sum()
}

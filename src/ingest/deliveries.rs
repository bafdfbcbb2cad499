//! Watches for two callbacks under one delivery's id.
//!
//! Both are stored: nobody but the sender knows which one it meant. It is looked for behind the answer, many at a time,
//! and at best effort: what is missed when too many wait is an alert, never a callback.

use std::time::Duration;

use metrics::counter;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::dedupe::{DedupeKey, delivery_key};
use crate::{
    callback::{Delivery, Store},
    db,
    hub::{Alert, Alerts},
};

/// Deliveries that wait to be looked at. Beyond it they are only counted.
const WAITING_MAX: usize = 1024;
/// Looked at by one query.
const BATCH_MAX: usize = 256;
/// The database may be away, and then nothing comes in either.
const QUERY_WAIT: Duration = Duration::from_secs(10);

/// The handlers' end.
#[derive(Clone)]
pub struct Deliveries(mpsc::Sender<Delivery>);

impl Deliveries {
    /// Never waits.
    pub fn look_at(&self, source: &str, key: &DedupeKey, id: Uuid) {
        let Some(key) = delivery_key(key) else { return };
        if self.0.try_send(Delivery { source: source.to_owned(), key, id }).is_err() {
            counter!("callbackd_deliveries_not_looked_at_total", "source" => source.to_owned()).increment(1);
        }
    }
}

/// The task.
pub struct DeliveryWatch {
    store: Store,
    alerts: Alerts,
    waiting: mpsc::Receiver<Delivery>,
}

impl DeliveryWatch {
    pub fn new(store: Store, alerts: Alerts) -> (Self, Deliveries) {
        let (sender, waiting) = mpsc::channel(WAITING_MAX);
        (Self { store, alerts, waiting }, Deliveries(sender))
    }

    pub async fn run(mut self, shutdown: CancellationToken) -> Result<(), db::Error> {
        let mut batch = Vec::new();
        loop {
            batch.clear();
            let received = tokio::select! {
                received = self.waiting.recv_many(&mut batch, BATCH_MAX) => received,
                () = shutdown.cancelled() => 0,
            };
            if received == 0 {
                return Ok(());
            }
            match tokio::time::timeout(QUERY_WAIT, self.store.same_delivery(&batch)).await {
                Ok(Ok(found)) => found.iter().for_each(|same| self.alerts.raise(Alert::same_delivery(same))),
                Ok(Err(error)) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "deliveries were not looked at");
                }
                Err(_) => tracing::warn!("deliveries were not looked at: the database did not answer"),
            }
        }
    }
}

//! Tells admins how full the spool is, for as long as anything is in it: the database, which knows who may ask, is away,
//! and streams that are open go on.

use std::{convert::Infallible, time::Duration};

use tokio_util::sync::CancellationToken;

use super::{Spool, Way};
use crate::hub::{Hub, event};

/// Quick enough to be watched.
const EVERY: Duration = Duration::from_secs(1);

/// The task.
pub struct Teller {
    spool: Spool,
    hub: Hub,
}

impl Teller {
    pub fn new(spool: Spool, hub: Hub) -> Self {
        Self { spool, hub }
    }

    pub async fn run(self, shutdown: CancellationToken) {
        tokio::select! {
            never = self.tell() => match never {},
            () = shutdown.cancelled() => {}
        }
    }

    async fn tell(&self) -> Infallible {
        let mut way = self.spool.0.way.subscribe();
        loop {
            way.wait_for(|way| *way != Way::Database).await.expect("the spool is here");
            self.tell_until_empty().await;
        }
    }

    /// Its files go a moment later than what was in them.
    async fn tell_until_empty(&self) {
        let mut told = None;
        loop {
            let load = self.spool.load();
            self.hub.for_admins(event("spool", None, &load));
            if load.callbacks == 0 && told == Some(load) {
                return;
            }
            told = Some(load);
            tokio::time::sleep(EVERY).await;
        }
    }
}

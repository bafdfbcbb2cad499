//! How a callback becomes durable: in the database, or, while that cannot be had, in the spool.
//!
//! With a spool nobody waits for a database that is known to be away; and half of the time that a sender is given is
//! enough to find out that it does not answer, so that the other half is left for the disk.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use super::{
    body::Share,
    spool::{Load, NotSpooled, Spool, Way},
    writer::{Outcome, Queue, Receipt},
};
use crate::callback::NewCallback;

/// A handle, cheap to clone.
#[derive(Debug, Clone)]
pub struct Keep {
    pub queue: Queue,
    pub spool: Option<Spool>,
}

/// Where a callback is now. Both survive whatever happens to this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    Stored(Receipt),
    Spooled,
}

/// Why it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotKept {
    /// A fault of ours.
    Refused,
    Locked,
    Away,
    Busy,
    NotSpooled(NotSpooled),
}

impl Keep {
    /// Waits until it is durable, or until so much time is over.
    pub async fn keep(&self, new: NewCallback, share: Share, wait: Duration) -> Result<Kept, NotKept> {
        let deadline = Instant::now() + wait;
        let (new, share) = (Arc::new(new), Arc::new(share));
        let Some(spool) = &self.spool else {
            return stored(self.queue.submit(new, share, deadline).await).map(Kept::Stored);
        };
        let patience = deadline - wait / 2;
        if spool.way(patience).await == Way::Database && !self.queue.is_away() {
            match self.queue.submit(new.clone(), share.clone(), patience).await {
                // It may yet be committed, and then the spool's own is found to be the same.
                Outcome::Away | Outcome::Failed => {}
                outcome => return stored(outcome).map(Kept::Stored),
            }
        }
        spool.append(&new, deadline).await.map_err(NotKept::NotSpooled)?;
        Ok(Kept::Spooled)
    }

    /// Whether what comes now is spooled, or would be.
    pub fn is_spooling(&self) -> bool {
        self.spool.as_ref().is_some_and(|spool| spool.is_in_use() || self.queue.is_away())
    }

    /// How full the spool is, if there is one.
    pub fn spool_load(&self) -> Option<Load> {
        let load = self.spool.as_ref()?.load();
        Some(Load { active: self.is_spooling(), ..load })
    }

    /// The same in the database alone: for whom there is nothing to be kept from.
    pub async fn store(&self, new: NewCallback, share: Share, wait: Duration) -> Result<Receipt, NotKept> {
        stored(self.queue.submit(Arc::new(new), Arc::new(share), Instant::now() + wait).await)
    }
}

fn stored(outcome: Outcome) -> Result<Receipt, NotKept> {
    match outcome {
        Outcome::Durable(receipt) => Ok(receipt),
        Outcome::Refused | Outcome::Failed => Err(NotKept::Refused),
        Outcome::Locked => Err(NotKept::Locked),
        Outcome::Away => Err(NotKept::Away),
        Outcome::Busy => Err(NotKept::Busy),
    }
}

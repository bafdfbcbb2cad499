//! The way into the writer: bounded, and refused at once when the wait would be long.

use std::sync::Arc;

use tokio::{
    sync::{mpsc, oneshot, watch},
    time::Instant,
};
use uuid::Uuid;

use super::pace::Pace;
use crate::{
    callback::{Cursor, NewCallback},
    ingest::body::Share,
};

/// What became of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Committed, now or by an earlier delivery.
    Durable(Receipt),
    /// The database refused this row: a fault of ours.
    Refused,
    /// The database could not carry it out, whatever was in the row: a fault of ours, or of its owner.
    Failed,
    /// Somebody holds the row that it is a duplicate of.
    Locked,
    /// Not made durable in time. It may still become so, if a commit was under way.
    Away,
    /// Too many wait already, and they are being written.
    Busy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    pub id: Uuid,
    pub cursor: Cursor,
    pub duplicate: bool,
}

/// A callback on its way, with its share of the budget and somebody who waits for the answer.
#[derive(Debug)]
pub struct Submission {
    pub new: Arc<NewCallback>,
    pub reply: oneshot::Sender<Outcome>,
    /// It may have been committed before.
    pub doubtful: bool,
    pub _share: Option<Arc<Share>>,
}

/// How the writer stands with the database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reach {
    pub connected: bool,
    /// It cannot be connected to, or has failed again on a new connection.
    pub away: bool,
}

impl Submission {
    /// Whether its answer would still reach anybody.
    pub fn is_awaited(&self) -> bool {
        !self.reply.is_closed()
    }
}

/// The handlers' end.
#[derive(Debug, Clone)]
pub struct Queue {
    sender: mpsc::Sender<Submission>,
    pace: Arc<Pace>,
    reach: watch::Receiver<Reach>,
}

impl Queue {
    pub(super) fn new(
        sender: mpsc::Sender<Submission>,
        pace: Arc<Pace>,
        reach: watch::Receiver<Reach>,
    ) -> Self {
        Self { sender, pace, reach }
    }

    /// Waits until it is durable, or until `deadline`.
    pub async fn submit(&self, new: Arc<NewCallback>, share: Arc<Share>, deadline: Instant) -> Outcome {
        if self.pace.is_too_long(self.waiting()) {
            return self.no_room();
        }
        let (reply, answer) = oneshot::channel();
        let submission = Submission { new, reply, doubtful: false, _share: Some(share) };
        if self.sender.try_send(submission).is_err() {
            return self.no_room();
        }
        match tokio::time::timeout_at(deadline, answer).await {
            Ok(Ok(outcome)) => outcome,
            _ => Outcome::Away,
        }
    }

    /// Puts several into the queue, in order, whatever else waits, and waits until each has come to its end. They may
    /// have been committed before.
    pub async fn submit_again(&self, all: &[Arc<NewCallback>]) -> Vec<Outcome> {
        let mut answers = Vec::with_capacity(all.len());
        for new in all {
            let (reply, answer) = oneshot::channel();
            let submission = Submission { new: new.clone(), reply, doubtful: true, _share: None };
            // A writer that has ended drops it, and its answer with it.
            let _ = self.sender.send(submission).await;
            answers.push(answer);
        }
        let mut outcomes = Vec::with_capacity(all.len());
        for answer in answers {
            outcomes.push(answer.await.unwrap_or(Outcome::Away));
        }
        outcomes
    }

    /// Whether nothing can be expected of the database now.
    pub fn is_away(&self) -> bool {
        self.reach.borrow().away
    }

    /// Waits until there is a connection.
    pub async fn connected(&self) {
        // A writer that has ended takes the server with it.
        let _ = self.reach.clone().wait_for(|reach| reach.connected).await;
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.sender.max_capacity() - self.sender.capacity()
    }

    fn no_room(&self) -> Outcome {
        if self.pace.stands_still() { Outcome::Away } else { Outcome::Busy }
    }
}

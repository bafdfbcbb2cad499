//! The way into the writer: bounded, and refused at once when the wait would be long.

use std::sync::Arc;

use tokio::{
    sync::{mpsc, oneshot},
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
    /// Not made durable in time. It may still become so, if a commit was under way.
    Away,
    /// Too many wait already.
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
    pub new: NewCallback,
    pub reply: oneshot::Sender<Outcome>,
    pub _share: Share,
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
}

impl Queue {
    pub(super) fn new(sender: mpsc::Sender<Submission>, pace: Arc<Pace>) -> Self {
        Self { sender, pace }
    }

    /// Waits until it is durable, or until `deadline`.
    pub async fn submit(&self, new: NewCallback, share: Share, deadline: Instant) -> Outcome {
        if self.pace.is_too_long(self.waiting()) {
            return Outcome::Busy;
        }
        let (reply, answer) = oneshot::channel();
        if self.sender.try_send(Submission { new, reply, _share: share }).is_err() {
            return Outcome::Busy;
        }
        match tokio::time::timeout_at(deadline, answer).await {
            Ok(Ok(outcome)) => outcome,
            _ => Outcome::Away,
        }
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.sender.max_capacity() - self.sender.capacity()
    }
}

//! Submissions that are committed together.

use std::{collections::HashSet, sync::Arc};

use uuid::Uuid;

use super::queue::{Outcome, Receipt, Submission};
use crate::{
    callback::{Item, NewCallback},
    ingest::store::{Call, Stored},
};

/// Submissions whose dedupe keys differ from each other.
pub struct Batch {
    members: Vec<Submission>,
    pub call: Call,
    /// An earlier attempt may have been committed.
    pub doubtful: bool,
}

impl Batch {
    /// Takes from `waiting`, in order, what fits. What stays is over a limit, or the second delivery of a callback
    /// whose first is in this batch: within one statement neither would see the other.
    pub fn gather(waiting: &mut Vec<Submission>, rows_max: usize, bytes_max: usize, node: Uuid) -> Self {
        let mut keys = HashSet::new();
        let (mut rows, mut bytes) = (0, 0);
        let mut fits = |submission: &mut Submission| {
            let size = submission.new.body.len();
            let room = rows < rows_max && (rows == 0 || bytes + size <= bytes_max);
            let fits = room && submission.new.dedupe_key.is_none_or(|key| keys.insert(key));
            if fits {
                rows += 1;
                bytes += size;
            }
            fits
        };
        let members: Vec<Submission> = waiting.extract_if(.., |submission| fits(submission)).collect();
        Self {
            call: Call { notify: true, row_lock_wait: "1s", node, enters: false },
            doubtful: members.iter().any(|submission| submission.doubtful),
            members,
        }
    }

    /// Whoever was to wait for an answer has been told that it did not come: nothing is stored for nobody.
    pub fn forget_unawaited(&mut self) {
        self.members.retain(Submission::is_awaited);
    }

    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    pub fn len(&self) -> usize {
        self.members.len()
    }

    pub fn callbacks(&self) -> Vec<&NewCallback> {
        self.members.iter().map(|submission| &*submission.new).collect()
    }

    /// Answers everybody. Gives those that were not there before as lists and streams show them, in order of their
    /// cursors.
    pub fn acknowledge(self, stored: &Stored) -> Vec<Item> {
        let mut items = Vec::with_capacity(self.members.len());
        for (submission, row) in self.members.into_iter().zip(&stored.rows) {
            let receipt = Receipt { id: row.id, cursor: row.cursor, duplicate: row.duplicate };
            // Nobody may be waiting any more; then the sender's retry is answered as a duplicate.
            let _ = submission.reply.send(Outcome::Durable(receipt));
            if !row.duplicate {
                items.push(Item::stored(Arc::unwrap_or_clone(submission.new), row.cursor, stored.at));
            }
        }
        items
    }

    /// Everybody is told the same.
    pub fn answer(self, outcome: Outcome) {
        for submission in self.members {
            let _ = submission.reply.send(outcome);
        }
    }

    /// Two halves, in order; a single one gets `outcome` instead. The halves wait less for locks: the first
    /// attempt has waited already.
    pub fn split(mut self, outcome: Outcome) -> Vec<Self> {
        if self.members.len() < 2 {
            self.answer(outcome);
            return Vec::new();
        }
        let second = self.members.split_off(self.members.len() / 2);
        let call = Call { row_lock_wait: "50ms", ..self.call };
        let half = |members| Self { members, call, doubtful: self.doubtful };
        vec![half(self.members), half(second)]
    }
}

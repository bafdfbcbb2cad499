//! The history, as it grows.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use uuid::Uuid;

use crate::model::{Cursor, Fact, Reader};

/// A handle, cheap to clone.
#[derive(Clone, Default)]
pub struct Recorder(Arc<Mutex<Record>>);

#[derive(Default)]
struct Record {
    history: Vec<Fact>,
    /// How far each reader has come.
    positions: BTreeMap<Reader, Cursor>,
    /// Acknowledged, for those who change some of them.
    ids: Vec<Uuid>,
}

impl Recorder {
    pub fn note(&self, fact: Fact) {
        let mut record = self.record();
        match &fact {
            Fact::Opened { reader, after } => {
                record.positions.entry(*reader).or_insert(after.unwrap_or(-1));
            }
            Fact::Saw { reader, cursor, .. } | Fact::Passed { reader, cursor } => {
                let position = record.positions.entry(*reader).or_insert(-1);
                *position = (*position).max(*cursor);
            }
            Fact::Reset { reader, cursor } => drop(record.positions.insert(*reader, *cursor)),
            Fact::Acknowledged { receipt, .. } if !receipt.duplicate => record.ids.push(receipt.id),
            _ => {}
        }
        record.history.push(fact);
    }

    /// Whether every reader has come at least this far.
    pub fn all_reached(&self, head: Cursor) -> bool {
        self.record().positions.values().all(|position| *position >= head)
    }

    /// One of the callbacks that were acknowledged, by a number of any size.
    pub fn any_id(&self, number: usize) -> Option<Uuid> {
        let record = self.record();
        let count = record.ids.len();
        (count > 0).then(|| record.ids[number % count])
    }

    pub fn history(&self) -> Vec<Fact> {
        self.record().history.clone()
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.0.lock().expect("nobody panicked over it")
    }
}

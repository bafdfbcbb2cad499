//! The exports that are being read on this node, and how many there may be.
//!
//! One that waits for its reader costs a page of memory and a place. A reader who has stopped reading keeps both only
//! until somebody else needs them: then the connection is cut whose reader has been silent the longest.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;
use uuid::Uuid;

use crate::http::Connection;

/// Exports of one person at once; beyond it 429.
const PERSON_MAX: usize = 3;

/// Exports on this node at once, each with up to some MiB; beyond it 503.
const NODE_MAX: usize = 16;

/// Who has not read for so long gives way.
const SILENT: Duration = Duration::from_secs(30);

/// A handle, cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Exports {
    open: Arc<Mutex<Open>>,
}

#[derive(Debug, Default)]
struct Open {
    entries: Vec<Entry>,
    next_key: u64,
}

#[derive(Debug)]
struct Entry {
    key: u64,
    person: Uuid,
    connection: Connection,
    /// Since when its reader has had bytes and not asked for more; `None` while bytes are being made.
    waiting_since: Option<Instant>,
}

/// Why one more may not be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// This person has so many.
    Person(usize),
    Server,
}

/// The place of one export; free again when dropped.
#[derive(Debug)]
pub struct Place {
    exports: Exports,
    key: u64,
}

impl Exports {
    pub fn open(&self, person: Uuid, connection: Connection) -> Result<Place, Full> {
        let mut open = self.lock();
        let of_person = |entry: &Entry| entry.person == person;
        if open.entries.iter().filter(|entry| of_person(entry)).count() >= PERSON_MAX
            && !open.cut_silent(of_person)
        {
            return Err(Full::Person(PERSON_MAX));
        }
        if open.entries.len() >= NODE_MAX && !open.cut_silent(|_| true) {
            return Err(Full::Server);
        }
        let key = open.next_key;
        open.next_key += 1;
        open.entries.push(Entry { key, person, connection, waiting_since: None });
        Ok(Place { exports: self.clone(), key })
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    /// Whether a place has become free.
    fn cut_silent(&mut self, may_go: impl Fn(&Entry) -> bool) -> bool {
        let silent = |entry: &Entry| entry.waiting_since.filter(|since| since.elapsed() > SILENT);
        let longest = (0..self.entries.len())
            .filter(|place| may_go(&self.entries[*place]))
            .filter_map(|place| Some((silent(&self.entries[place])?, place)))
            .min();
        let Some((_, place)) = longest else { return false };
        self.entries.swap_remove(place).connection.cut();
        true
    }
}

impl Place {
    /// The reader wants bytes.
    pub fn asked(&self) {
        self.set(None);
    }

    /// The reader has got them.
    pub fn given(&self) {
        self.set(Some(Instant::now()));
    }

    fn set(&self, waiting_since: Option<Instant>) {
        let mut open = self.exports.lock();
        if let Some(entry) = open.entries.iter_mut().find(|entry| entry.key == self.key) {
            entry.waiting_since = waiting_since;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.exports.lock().entries.retain(|entry| entry.key != self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(exports: &Exports, person: u128) -> (Result<Place, Full>, Connection) {
        let connection = Connection::default();
        (exports.open(Uuid::from_u128(person), connection.clone()), connection)
    }

    #[tokio::test(start_paused = true)]
    async fn one_more_takes_the_place_of_the_reader_who_has_been_silent_the_longest() {
        let exports = Exports::default();
        let mut held = Vec::new();
        for _ in 0..PERSON_MAX {
            let (place, connection) = open(&exports, 1);
            held.push((place.unwrap(), connection));
        }
        assert_eq!(open(&exports, 1).0.unwrap_err(), Full::Person(PERSON_MAX));
        assert!(open(&exports, 2).0.is_ok(), "people do not share");

        held[1].0.given();
        tokio::time::advance(Duration::from_secs(5)).await;
        held[0].0.given();
        tokio::time::advance(SILENT).await;
        let (place, _) = open(&exports, 1);
        assert!(place.is_ok());
        let cut: Vec<bool> = held.iter().map(|(_, connection)| connection.is_cut()).collect();
        assert_eq!(cut, [false, true, false], "what is still being read stays");
        held[0].0.asked();
        assert_eq!(
            open(&exports, 1).0.unwrap_err(),
            Full::Person(PERSON_MAX),
            "a reader who goes on is not silent"
        );
        held.clear();
        assert!(open(&exports, 1).0.is_ok());
    }

    #[test]
    fn a_node_has_so_many_places() {
        let exports = Exports::default();
        let held: Vec<_> = (0..NODE_MAX as u128).map(|person| open(&exports, person).0.unwrap()).collect();
        assert_eq!(open(&exports, 99).0.unwrap_err(), Full::Server);
        drop(held);
        assert!(open(&exports, 99).0.is_ok());
    }
}

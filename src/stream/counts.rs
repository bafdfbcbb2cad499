//! Unviewed counts for streams that open: asked once for all streams of a person that open at about the same time.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::OnceCell, time::Instant};
use uuid::Uuid;

use crate::{
    callback::{Cursor, Store, Viewer},
    db,
};

/// How old a count may be: long enough for a thousand tabs that come back after a restart, too short to be seen.
const AGE_MAX: Duration = Duration::from_millis(250);
/// People remembered before the stale are forgotten.
const PEOPLE_MAX: usize = 1_000;

#[derive(Clone)]
pub struct Counts {
    store: Store,
    known: Arc<Mutex<HashMap<Uuid, Known>>>,
}

#[derive(Clone)]
struct Known {
    asked: Instant,
    /// Everything up to here is counted, and perhaps more.
    through: Cursor,
    count: Arc<OnceCell<i64>>,
}

impl Counts {
    pub fn new(store: Store) -> Self {
        Self { store, known: Arc::default() }
    }

    /// A count that is not older than what was published up to `through`.
    pub async fn unviewed(&self, viewer: &Viewer, through: Cursor) -> Result<i64, db::Error> {
        let known = self.fresh(viewer.profile, through);
        known.count.get_or_try_init(|| self.store.unviewed_count(viewer)).await.copied()
    }

    /// The person has just viewed something.
    pub fn forget(&self, person: Uuid) {
        self.known().remove(&person);
    }

    fn fresh(&self, person: Uuid, through: Cursor) -> Known {
        let mut known = self.known();
        if known.len() > PEOPLE_MAX {
            known.retain(|_, known| known.asked.elapsed() < AGE_MAX);
        }
        let new = || Known { asked: Instant::now(), through, count: Arc::default() };
        let entry = known.entry(person).or_insert_with(new);
        if entry.asked.elapsed() > AGE_MAX || entry.through < through {
            *entry = new();
        }
        entry.clone()
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Uuid, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

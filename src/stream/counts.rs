//! Unviewed counts for streams that open: asked once for all streams of a person that open at about the same time, and
//! in one query for all people who ask while another such query is under way.

use std::{
    collections::HashMap,
    mem,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use crate::{
    callback::{Cursor, Store, Viewer},
    db,
};

/// How old a count may be: long enough for thousands of tabs that come back after a restart. Whatever makes it another
/// one before (callbacks that come, callbacks that are viewed) is known here, and it is asked for anew; but not what is
/// deleted.
const AGE_MAX: Duration = Duration::from_secs(1);
/// People remembered before the stale are forgotten.
const PEOPLE_MAX: usize = 1_000;
/// People of one query.
const ASKED_MAX: usize = 256;
/// After a query for so many, the next one waits for those who will have come by then.
const MANY: usize = 8;
const GATHER: Duration = Duration::from_millis(200);

#[derive(Clone)]
pub struct Counts {
    store: Store,
    known: Arc<Mutex<HashMap<Uuid, Known>>>,
    asking: Arc<Mutex<Vec<Asked>>>,
    /// Held by whoever asks the database, for all who wait for it: when many were asked for last.
    turn: Arc<tokio::sync::Mutex<Option<Instant>>>,
}

type Count = Arc<OnceLock<i64>>;

#[derive(Clone)]
struct Known {
    asked: Instant,
    /// Everything up to here is counted, and perhaps more.
    through: Cursor,
    count: Count,
}

struct Asked {
    viewer: Viewer,
    count: Count,
}

impl Counts {
    pub fn new(store: Store) -> Self {
        Self { store, known: Arc::default(), asking: Arc::default(), turn: Arc::default() }
    }

    /// A count that is not older than what was published up to `through`.
    pub async fn unviewed(&self, viewer: &Viewer, through: Cursor) -> Result<i64, db::Error> {
        let count = self.fresh(viewer, through);
        let mut last = self.turn.lock().await;
        loop {
            if let Some(count) = count.get() {
                return Ok(*count);
            }
            if let Some(last) = last.take() {
                sleep_until(last + GATHER).await;
            }
            let asked = self.take(viewer, &count);
            let viewers: Vec<&Viewer> = asked.iter().map(|asked| &asked.viewer).collect();
            let counts = self.store.unviewed_counts(&viewers).await?;
            for (asked, count) in asked.iter().zip(counts) {
                let _ = asked.count.set(count);
            }
            *last = (asked.len() >= MANY).then(Instant::now);
        }
    }

    /// The person has just viewed something.
    pub fn forget(&self, person: Uuid) {
        lock(&self.known).remove(&person);
    }

    /// What is known, or will be: then it has been noted that it is to be asked for.
    fn fresh(&self, viewer: &Viewer, through: Cursor) -> Count {
        let mut known = lock(&self.known);
        if known.len() > PEOPLE_MAX {
            known.retain(|_, known| known.asked.elapsed() < AGE_MAX);
        }
        if let Some(known) = known.get(&viewer.profile)
            && known.asked.elapsed() <= AGE_MAX
            && known.through >= through
        {
            return known.count.clone();
        }
        let count = Count::default();
        known.insert(viewer.profile, Known { asked: Instant::now(), through, count: count.clone() });
        lock(&self.asking).push(Asked { viewer: viewer.clone(), count: count.clone() });
        count
    }

    /// Those who are to be asked for next, this one among them: whoever had taken it may have failed, or gone.
    fn take(&self, viewer: &Viewer, count: &Count) -> Vec<Asked> {
        let mut asking = lock(&self.asking);
        let all = mem::take(&mut *asking);
        let (_, others): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|asked| Arc::ptr_eq(&asked.count, count));
        // Whoever has gone away meanwhile costs nothing.
        let mut others = others.into_iter().filter(|asked| Arc::strong_count(&asked.count) > 2);
        let mut asked = vec![Asked { viewer: viewer.clone(), count: count.clone() }];
        asked.extend(others.by_ref().take(ASKED_MAX - 1));
        asking.extend(others);
        asked
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

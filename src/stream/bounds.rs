//! Between which cursors a stream may begin: asked of the database once for all who come at about the same time.

use std::time::Duration;

use tokio::{sync::Mutex, time::Instant};

use crate::{
    callback::{Cursor, Store},
    db,
};

/// How old an answer may be: as if everybody had come so much earlier.
const AGE_MAX: Duration = Duration::from_secs(1);

pub struct Bounds {
    store: Store,
    floor: Mutex<Option<Known>>,
    head: Mutex<Option<Known>>,
}

#[derive(Clone, Copy)]
struct Known {
    asked: Instant,
    cursor: Cursor,
}

impl Known {
    fn fresh(self) -> Option<Cursor> {
        (self.asked.elapsed() < AGE_MAX).then_some(self.cursor)
    }
}

impl Bounds {
    pub fn new(store: Store) -> Self {
        Self { store, floor: Mutex::default(), head: Mutex::default() }
    }

    /// Whether nothing after `cursor` has been pruned.
    pub async fn keeps(&self, cursor: Cursor) -> Result<bool, db::Error> {
        // Whoever waits for the lock finds the answer of who had it.
        let mut known = self.floor.lock().await;
        if let Some(floor) = known.and_then(Known::fresh) {
            return Ok(cursor >= floor);
        }
        let asked = Instant::now();
        let floor = self.store.floor().await?;
        *known = Some(Known { asked, cursor: floor });
        Ok(cursor >= floor)
    }

    /// Whether the database has come as far as `cursor`. That it has not is never remembered: it may have come further.
    pub async fn reaches(&self, cursor: Cursor) -> Result<bool, db::Error> {
        let mut known = self.head.lock().await;
        if known.and_then(Known::fresh).is_some_and(|head| cursor <= head) {
            return Ok(true);
        }
        let asked = Instant::now();
        let head = self.store.head().await?;
        *known = Some(Known { asked, cursor: head });
        Ok(cursor <= head)
    }
}

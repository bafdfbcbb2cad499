//! Between which cursors a stream may begin: asked of the database once for all who come at about the same time.

use std::time::Duration;

use tokio::{
    sync::Mutex,
    time::{Instant, sleep_until},
};

use crate::{
    callback::{Cursor, Store},
    db,
};

/// Between two questions for the floor: whoever comes meanwhile waits for the next, since an answer from before may be
/// from before something was pruned.
const GATHER: Duration = Duration::from_millis(200);
/// How old a head may be that is high enough.
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

impl Bounds {
    pub fn new(store: Store) -> Self {
        Self { store, floor: Mutex::default(), head: Mutex::default() }
    }

    /// Whether nothing after `cursor` has been pruned.
    pub async fn keeps(&self, cursor: Cursor) -> Result<bool, db::Error> {
        let came = Instant::now();
        let mut known = self.floor.lock().await;
        if let Some(known) = *known {
            if known.asked >= came {
                return Ok(cursor >= known.cursor);
            }
            sleep_until(known.asked + GATHER).await;
        }
        let asked = Instant::now();
        let floor = self.store.floor().await?;
        *known = Some(Known { asked, cursor: floor });
        Ok(cursor >= floor)
    }

    /// Whether the database has come as far as `cursor`. That it has not is never remembered: it may have come further.
    pub async fn reaches(&self, cursor: Cursor) -> Result<bool, db::Error> {
        let mut known = self.head.lock().await;
        if known.is_some_and(|known| known.asked.elapsed() < AGE_MAX && cursor <= known.cursor) {
            return Ok(true);
        }
        let asked = Instant::now();
        let head = self.store.head().await?;
        *known = Some(Known { asked, cursor: head });
        Ok(cursor <= head)
    }
}

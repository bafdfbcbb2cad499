//! Between which cursors a stream may begin: asked of the database once for all who come at about the same time.

use std::time::Duration;

use tokio::{
    sync::Mutex,
    time::{Instant, sleep_until},
};

use crate::{
    callback::{Cursor, Extent, Store},
    db,
};

/// Between two questions for the extent: whoever comes meanwhile waits for the next, since an answer from before may be
/// from before something was pruned.
const GATHER: Duration = Duration::from_millis(200);
/// How old a head may be that is high enough.
const AGE_MAX: Duration = Duration::from_secs(1);

pub struct Bounds {
    store: Store,
    extent: Mutex<Option<Known<Extent>>>,
    head: Mutex<Option<Known<Cursor>>>,
}

struct Known<T> {
    asked: Instant,
    what: T,
}

impl Bounds {
    pub fn new(store: Store) -> Self {
        Self { store, extent: Mutex::default(), head: Mutex::default() }
    }

    /// Whether nothing after `cursor` has been pruned, and it was not lost itself.
    pub async fn holds(&self, cursor: Cursor) -> Result<bool, db::Error> {
        let came = Instant::now();
        let mut known = self.extent.lock().await;
        if let Some(known) = &*known {
            if known.asked >= came {
                return Ok(known.what.holds(cursor));
            }
            sleep_until(known.asked + GATHER).await;
        }
        let asked = Instant::now();
        let what = self.store.extent().await?;
        let holds = what.holds(cursor);
        *known = Some(Known { asked, what });
        Ok(holds)
    }

    /// Whether the database has come as far as `cursor`. That it has not is never remembered: it may have come further.
    pub async fn reaches(&self, cursor: Cursor) -> Result<bool, db::Error> {
        let mut known = self.head.lock().await;
        if known.as_ref().is_some_and(|known| known.asked.elapsed() < AGE_MAX && cursor <= known.what) {
            return Ok(true);
        }
        let asked = Instant::now();
        let head = self.store.head().await?;
        *known = Some(Known { asked, what: head });
        Ok(cursor <= head)
    }
}

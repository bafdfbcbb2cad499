//! Replay: from memory where it reaches back far enough, else from pages of the table.
//!
//! A page of the table is read once for whoever asks for about the same at about the same time: ten thousand browsers
//! that come back after a deploy are mostly behind by about as much.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use metrics::counter;
use tokio::{sync::OnceCell, time::Instant};

use crate::{
    callback::{Cursor, Item, Row, Store},
    db,
    hub::{Batch, Frame, Hub},
};

/// Callbacks of one page of the table: about 400 kB, which whoever reads it at the same time holds together. Pages begin
/// at multiples of this where they can.
const PAGE_ROWS: i64 = 512;
/// Pages that are kept for others: at most about 6 MB.
const SHARED_MAX: usize = 16;
/// How long a page is shared. Rows that came later are found by the next page.
const SHARED_FOR: Duration = Duration::from_secs(2);

#[derive(Clone)]
pub struct Pages {
    store: Store,
    hub: Hub,
    shared: Arc<Mutex<VecDeque<Shared>>>,
}

#[derive(Clone)]
struct Shared {
    after: Cursor,
    /// Which deletions and changes it has seen: a page from before one is not given to a stream from after it.
    generation: u64,
    asked: Instant,
    page: Arc<OnceCell<Arc<Batch>>>,
}

impl Pages {
    pub fn new(store: Store, hub: Hub) -> Self {
        Self { store, hub, shared: Arc::default() }
    }

    /// What follows `after`, towards `through` and perhaps beyond; its `through` is above `after` unless there is
    /// nothing left up to `through`. Frames before `after` may be in it.
    pub async fn next(&self, after: Cursor, through: Cursor) -> Result<Arc<Batch>, db::Error> {
        if let Some(batch) = self.hub.recent(after) {
            counter!("callbackd_stream_replays_total", "from" => "ring").increment(1);
            return Ok(batch);
        }
        let aligned = Cursor::from_seq(after.seq() - after.seq().rem_euclid(PAGE_ROWS));
        let page = self.page(aligned, through).await?;
        // Positions leave gaps, and rows come: then it ends before.
        if page.through > after { Ok(page) } else { self.page(after, through).await }
    }

    async fn page(&self, after: Cursor, through: Cursor) -> Result<Arc<Batch>, db::Error> {
        let shared = self.shared_page(after);
        shared.page.get_or_try_init(|| self.read(after, through)).await.cloned()
    }

    async fn read(&self, after: Cursor, through: Cursor) -> Result<Arc<Batch>, db::Error> {
        counter!("callbackd_stream_replays_total", "from" => "database").increment(1);
        let rows = self.store.page_after(after, None, PAGE_ROWS).await?;
        let last = rows.last().map(Row::cursor);
        let items: Vec<Item> = rows.into_iter().filter_map(Row::live).collect();
        let frames = items.into_iter().map(|item| Arc::new(Frame::callback(item))).collect();
        Ok(Arc::new(Batch::new(frames, last.unwrap_or(through))))
    }

    fn shared_page(&self, after: Cursor) -> Shared {
        let generation = self.hub.generation();
        let mut shared = self.shared();
        shared.retain(|page| page.generation == generation && page.asked.elapsed() < SHARED_FOR);
        if let Some(page) = shared.iter().find(|page| page.after == after) {
            return page.clone();
        }
        let page = Shared { after, generation, asked: Instant::now(), page: Arc::default() };
        shared.push_back(page.clone());
        if shared.len() > SHARED_MAX {
            shared.pop_front();
        }
        page
    }

    fn shared(&self) -> MutexGuard<'_, VecDeque<Shared>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

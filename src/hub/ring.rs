//! Recent frames: what replays without the database; and the last batches, which live streams share.

use std::{
    collections::{HashSet, VecDeque},
    sync::Arc,
};

use uuid::Uuid;

use super::frame::{Batch, Frame, PIECE_BYTES_MAX};
use crate::{
    callback::{Cursor, Item},
    signal::DeletedRow,
};

/// Bytes of the last batches. A stream that is behind by more goes back to replay: without this bound one reader who
/// stalls would keep as many batches alive as the broadcast has places, which is hundreds of megabytes under a flood.
const BATCHES_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Pages begin at multiples of this where they can, so that streams that are behind by about as much share them.
const PAGE_POSITIONS: i64 = 64;
/// Pages that are kept for others, each of at most one piece.
const PAGES_MAX: usize = 64;

/// What follows a position, as far as one piece goes.
#[derive(Debug)]
struct Page {
    after: Cursor,
    /// There is more behind it, so nothing that comes later changes it.
    complete: bool,
    batch: Arc<Batch>,
}

#[derive(Debug)]
pub struct Ring {
    frames: VecDeque<Arc<Frame>>,
    bytes: usize,
    frames_max: usize,
    bytes_max: usize,
    /// Every callback after here and up to `head` is in the ring, unless it was deleted.
    start: Cursor,
    head: Cursor,
    batches: VecDeque<Arc<Batch>>,
    batches_bytes: usize,
    pages: VecDeque<Page>,
}

impl Ring {
    pub fn new(frames_max: usize, bytes_max: usize) -> Self {
        let (start, head) = (Cursor::START, Cursor::START);
        let (frames, batches, pages) = (VecDeque::new(), VecDeque::new(), VecDeque::new());
        Self { frames, bytes: 0, frames_max, bytes_max, start, head, batches, batches_bytes: 0, pages }
    }

    pub fn head(&self) -> Cursor {
        self.head
    }

    pub fn begin_at(&mut self, cursor: Cursor) {
        self.frames.clear();
        self.pages.clear();
        self.bytes = 0;
        (self.start, self.head) = (cursor, cursor);
    }

    pub fn push(&mut self, batch: Arc<Batch>) {
        for frame in &batch.frames {
            self.bytes += frame.size();
            self.frames.push_back(frame.clone());
        }
        self.head = batch.through;
        self.keep(batch);
        self.pages.retain(|page| page.complete);
        while self.frames.len() > self.frames_max || self.bytes > self.bytes_max {
            let Some(oldest) = self.frames.pop_front() else { break };
            self.bytes -= oldest.size();
            self.start = oldest.cursor;
        }
    }

    /// The last one stays, whatever its size.
    fn keep(&mut self, batch: Arc<Batch>) {
        self.batches_bytes += batch.size();
        self.batches.push_back(batch);
        while self.batches_bytes > BATCHES_BYTES_MAX && self.batches.len() > 1 {
            let oldest = self.batches.pop_front().map_or(0, |batch| batch.size());
            self.batches_bytes -= oldest;
        }
    }

    /// Not of one between two others: it may be of a life of the database whose end was lost.
    pub fn has_shown(&self, cursor: Cursor) -> bool {
        let is_frame = || self.frames.binary_search_by_key(&cursor, |frame| frame.cursor).is_ok();
        cursor == self.start || cursor == self.head || is_frame()
    }

    pub fn reaches_back_to(&self, cursor: Cursor) -> bool {
        cursor >= self.start
    }

    /// What lies at or below was pruned, and is not shown again.
    pub fn forget(&mut self, floor: Cursor) {
        let first = self.frames.partition_point(|frame| frame.cursor <= floor);
        self.bytes -= self.frames.drain(..first).map(|frame| frame.size()).sum::<usize>();
        self.start = self.start.max(floor);
        self.pages.clear();
    }

    /// What follows `after`, as far as one piece goes; and perhaps some frames before, which others have asked for.
    pub fn after(&mut self, after: Cursor) -> Option<Arc<Batch>> {
        if !self.reaches_back_to(after) {
            return None;
        }
        let aligned = Cursor::from_seq(after.seq() - after.seq().rem_euclid(PAGE_POSITIONS)).max(self.start);
        let page = self.page(aligned);
        // Frames may be so long that the page ends before.
        Some(if page.through > after || after >= self.head { page } else { self.page(after) })
    }

    fn page(&mut self, after: Cursor) -> Arc<Batch> {
        if let Some(page) = self.pages.iter().rev().find(|page| page.after == after) {
            return page.batch.clone();
        }
        let first = self.frames.partition_point(|frame| frame.cursor <= after);
        let mut bytes = 0;
        let fits = |frame: &&Arc<Frame>| {
            bytes += frame.bytes.len();
            bytes <= PIECE_BYTES_MAX || bytes == frame.bytes.len()
        };
        let frames: Vec<_> = self.frames.range(first..).take_while(fits).cloned().collect();
        let complete = first + frames.len() < self.frames.len();
        let last = frames.last().map_or(after, |frame| frame.cursor);
        let through = if complete { last } else { self.head.max(after) };
        let batch = Arc::new(Batch::new(frames, through));
        self.pages.push_back(Page { after, complete, batch: batch.clone() });
        if self.pages.len() > PAGES_MAX {
            self.pages.pop_front();
        }
        batch
    }

    pub fn remove(&mut self, rows: &[DeletedRow]) {
        let gone: HashSet<Uuid> = rows.iter().map(|row| row.0).collect();
        self.frames.retain(|frame| !gone.contains(&frame.id));
        self.pages.clear();
        self.bytes = self.frames.iter().map(|frame| frame.size()).sum();
    }

    /// A replay shows a callback as it is now.
    pub fn replace(&mut self, item: &Item) {
        if let Some(place) = self.frames.iter().position(|frame| frame.id == item.id) {
            let frame = Arc::new(Frame::callback(item.clone()));
            self.bytes += frame.size();
            let old = std::mem::replace(&mut self.frames[place], frame);
            self.pages.clear();
            self.bytes -= old.size();
        }
    }

    pub fn size(&self) -> (usize, usize) {
        (self.frames.len(), self.bytes)
    }
}

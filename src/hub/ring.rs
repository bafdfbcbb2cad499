//! Recent frames: what replays without the database.

use std::{collections::VecDeque, sync::Arc};

use super::frame::{Batch, Frame};
use crate::{
    callback::{Cursor, Item},
    signal::DeletedRow,
};

#[derive(Debug)]
pub struct Ring {
    frames: VecDeque<Arc<Frame>>,
    bytes: usize,
    frames_max: usize,
    bytes_max: usize,
    /// Every callback after here and up to `head` is in the ring, unless it was deleted.
    start: Cursor,
    head: Cursor,
}

impl Ring {
    pub fn new(frames_max: usize, bytes_max: usize) -> Self {
        let (start, head) = (Cursor::START, Cursor::START);
        Self { frames: VecDeque::new(), bytes: 0, frames_max, bytes_max, start, head }
    }

    pub fn head(&self) -> Cursor {
        self.head
    }

    pub fn begin_at(&mut self, cursor: Cursor) {
        self.frames.clear();
        self.bytes = 0;
        (self.start, self.head) = (cursor, cursor);
    }

    pub fn push(&mut self, frames: &[Arc<Frame>], through: Cursor) {
        for frame in frames {
            self.bytes += frame.size();
            self.frames.push_back(frame.clone());
        }
        self.head = through;
        while self.frames.len() > self.frames_max || self.bytes > self.bytes_max {
            let Some(oldest) = self.frames.pop_front() else { break };
            self.bytes -= oldest.size();
            self.start = oldest.cursor;
        }
    }

    pub fn reaches_back_to(&self, cursor: Cursor) -> bool {
        cursor >= self.start
    }

    pub fn after(&self, after: Cursor, max: usize) -> Option<Batch> {
        if !self.reaches_back_to(after) {
            return None;
        }
        let first = self.frames.partition_point(|frame| frame.cursor <= after);
        let frames: Vec<_> = self.frames.range(first..).take(max).cloned().collect();
        let complete = first + frames.len() == self.frames.len();
        let last = frames.last().map(|frame| frame.cursor);
        let through = if complete { self.head.max(after) } else { last.unwrap_or(after) };
        Some(Batch::new(frames, through))
    }

    pub fn remove(&mut self, rows: &[DeletedRow]) {
        self.frames.retain(|frame| !rows.iter().any(|row| row.0 == frame.id));
        self.bytes = self.frames.iter().map(|frame| frame.size()).sum();
    }

    /// A replay shows a callback as it is now.
    pub fn replace(&mut self, item: &Item) {
        if let Some(place) = self.frames.iter().position(|frame| frame.id == item.id) {
            let frame = Arc::new(Frame::callback(item));
            self.bytes += frame.size();
            let old = std::mem::replace(&mut self.frames[place], frame);
            self.bytes -= old.size();
        }
    }

    pub fn size(&self) -> (usize, usize) {
        (self.frames.len(), self.bytes)
    }
}

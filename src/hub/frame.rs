//! The finished bytes of an event, encoded once and shared by every stream.
//!
//! Whatever a payload holds, a frame is one event: its data is JSON on one line, its event name is ours, its id is a
//! number.

use std::sync::OnceLock;

use bytes::{BufMut as _, Bytes, BytesMut};
use serde::Serialize;
use std::sync::Arc;
use uuid::Uuid;

use crate::callback::{Cursor, Facets, Item};

/// One callback as an event.
#[derive(Debug)]
pub struct Frame {
    pub cursor: Cursor,
    pub id: Uuid,
    pub facets: Facets,
    pub bytes: Bytes,
}

impl Frame {
    pub fn callback(item: Item) -> Self {
        let bytes = event("callback", Some(item.cursor), &item);
        Self::new(item, bytes)
    }

    /// An event without an id: a hint, not history.
    pub fn updated(item: Item) -> Self {
        let bytes = event("updated", None, &item);
        Self::new(item, bytes)
    }

    fn new(item: Item, bytes: Bytes) -> Self {
        Self { cursor: item.cursor, id: item.id, facets: Facets::from(item), bytes }
    }

    /// What it holds in memory, roughly.
    pub fn size(&self) -> usize {
        const OVERHEAD: usize = size_of::<Frame>() + 64;
        self.bytes.len() + OVERHEAD
    }
}

/// An event's bytes.
///
/// # Panics
///
/// Never: types of our own always become JSON.
pub fn event(name: &str, id: Option<Cursor>, data: &impl Serialize) -> Bytes {
    let mut bytes = BytesMut::with_capacity(768);
    bytes.put_slice(b"event: ");
    bytes.put_slice(name.as_bytes());
    if let Some(id) = id {
        bytes.put_slice(b"\nid: ");
        bytes.put_slice(id.to_string().as_bytes());
    }
    bytes.put_slice(b"\ndata: ");
    serde_json::to_writer((&mut bytes).writer(), data).expect("our own types always become JSON");
    bytes.put_slice(b"\n\n");
    bytes.freeze()
}

/// What is said at once at most: a reader who does not read holds no more, and shows sooner that it reads.
pub const PIECE_BYTES_MAX: usize = 64 * 1024;

/// Frames that are published or read together, and every position up to `through` with them. Their bytes are joined in
/// pieces, each by the first stream that asks for it, and shared by all others: also by those that begin within it.
#[derive(Debug)]
pub struct Batch {
    pub frames: Vec<Arc<Frame>>,
    pub through: Cursor,
    pieces: Box<[Piece]>,
}

/// Frames that are said at once: as many as fit, or one that is longer.
#[derive(Debug)]
struct Piece {
    /// Behind its last frame.
    end: usize,
    joined: OnceLock<Bytes>,
}

impl Batch {
    pub fn new(frames: Vec<Arc<Frame>>, through: Cursor) -> Self {
        let pieces = pieces(&frames);
        Self { frames, through, pieces }
    }

    /// What it holds in memory at most: its frames, and their bytes once more when they are joined.
    pub fn size(&self) -> usize {
        self.frames.iter().map(|frame| frame.size() + frame.bytes.len()).sum()
    }

    /// The frames after `position`, up to the end of a piece, and the position that is reached with them.
    pub fn after(&self, position: Cursor) -> (Bytes, Cursor) {
        let first = self.frames.partition_point(|frame| frame.cursor <= position);
        let place = self.pieces.partition_point(|piece| piece.end <= first);
        let Some(piece) = self.pieces.get(place) else { return (Bytes::new(), self.through) };
        let begin = place.checked_sub(1).map_or(0, |before| self.pieces[before].end);
        let through =
            if piece.end == self.frames.len() { self.through } else { self.frames[piece.end - 1].cursor };
        if piece.end - first == 1 {
            return (self.frames[first].bytes.clone(), through);
        }
        let joined = piece.joined.get_or_init(|| join(&self.frames[begin..piece.end]));
        (joined.slice(length(&self.frames[begin..first])..), through)
    }
}

fn pieces(frames: &[Arc<Frame>]) -> Box<[Piece]> {
    let (mut ends, mut bytes) = (Vec::with_capacity(1), 0);
    for (place, frame) in frames.iter().enumerate() {
        if bytes > 0 && bytes + frame.bytes.len() > PIECE_BYTES_MAX {
            ends.push(place);
            bytes = 0;
        }
        bytes += frame.bytes.len();
    }
    if !frames.is_empty() {
        ends.push(frames.len());
    }
    ends.into_iter().map(|end| Piece { end, joined: OnceLock::new() }).collect()
}

fn length(frames: &[Arc<Frame>]) -> usize {
    frames.iter().map(|frame| frame.bytes.len()).sum()
}

fn join(frames: &[Arc<Frame>]) -> Bytes {
    let mut joined = BytesMut::with_capacity(length(frames));
    for frame in frames {
        joined.put_slice(&frame.bytes);
    }
    joined.freeze()
}

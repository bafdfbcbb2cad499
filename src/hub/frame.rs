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

/// Frames that are published together, and every position up to `through` with them.
#[derive(Debug)]
pub struct Batch {
    pub frames: Vec<Arc<Frame>>,
    pub through: Cursor,
    joined: OnceLock<Bytes>,
}

impl Batch {
    pub fn new(frames: Vec<Arc<Frame>>, through: Cursor) -> Self {
        Self { frames, through, joined: OnceLock::new() }
    }

    /// What it holds in memory at most: its frames, and their bytes once more when they are joined.
    pub fn size(&self) -> usize {
        self.frames.iter().map(|frame| frame.size() + frame.bytes.len()).sum()
    }

    /// All frames one behind the other: joined by the first stream that asks, shared by the others.
    pub fn bytes(&self) -> Bytes {
        match self.frames.as_slice() {
            [single] => single.bytes.clone(),
            frames => self.joined.get_or_init(|| join(frames)).clone(),
        }
    }
}

fn join(frames: &[Arc<Frame>]) -> Bytes {
    let mut joined = BytesMut::with_capacity(frames.iter().map(|frame| frame.bytes.len()).sum());
    for frame in frames {
        joined.put_slice(&frame.bytes);
    }
    joined.freeze()
}

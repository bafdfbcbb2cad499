//! The stored fact, and every way to look at it.
//!
//! This folder owns the nouns that all stations share (a callback to be stored, a list item, a cursor, a filter) and
//! the queries over stored rows. It knows nothing of how a callback came in or is pushed out.

mod cursor;
mod filter;
mod item;
mod new;

pub use self::{
    cursor::{Cursor, InvalidCursor},
    filter::{Filter, FilterQuery, Signature},
    item::{Item, Status},
    new::NewCallback,
};

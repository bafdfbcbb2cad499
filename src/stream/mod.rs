//! Station 5: SSE out. Resume, replay, join, slow readers, end of session.
//!
//! A stream subscribes first, then replays up to the head it found, then goes live, dropping what is at or below the
//! last cursor that it sent: so replay and live join without a gap and without a doublet. Falling behind is no error,
//! it is another replay. Nothing is queued for a reader who does not read: it is asked for when the socket has room.

mod api;
mod bounds;
mod control;
mod counts;
mod course;
mod flow;
mod pages;
mod registry;
pub(crate) mod resume;
mod watch;

pub use self::{
    api::{Streams, routes},
    control::Bye,
    watch::{NEWS_MAX, Watch},
};

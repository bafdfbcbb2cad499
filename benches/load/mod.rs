//! The load generator: HTTP/1.1 over plain sockets, as cheap as it can be made, since it shares the machine with what
//! it asks.
//!
//! Requests are built and signed beforehand, answers are read only as far as they matter.

mod audience;
mod closed;
mod connection;
mod crowd;
mod events;
mod in_flight;
pub mod numbered;
mod open;
mod requests;
mod run;

pub use self::{
    audience::Audience,
    closed::{Closed, closed},
    connection::{Connection, cursor},
    crowd::{Crowd, Guest, Invitation, Pace},
    events::{Event, Events},
    in_flight::{in_flight, now_and_then},
    open::open,
    requests::{BODY_BYTES, Requests, body},
    run::{Run, percentile},
};

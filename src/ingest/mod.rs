//! Station 1: a request in.
//!
//! In this order, and in no other: refuse what lacks the headers its scheme needs, before reading a body; read the
//! raw bytes within the limits; authenticate them in constant time; only then parse, extract and store; answer when
//! the row is committed. The way of a request is `receive`, the way of its row is `writer`, and `spool` is where it goes
//! while the database is away.

mod api;
mod authenticate;
mod body;
pub(crate) mod dedupe;
mod deliveries;
pub mod diagnosis;
mod examine;
pub(crate) mod extract;
pub(crate) mod headers;
mod keep;
pub mod payload;
mod rate;
mod receive;
mod reject;
mod review;
mod sources;
mod spool;
mod store;
mod trial;
mod writer;

pub use self::{
    api::{Ingest, routes, webhook_at},
    deliveries::{Deliveries, DeliveryWatch},
    examine::{Examinations, Examiner},
    extract::{completed, object_id},
    keep::Keep,
    reject::{Recorder, Rejects},
    review::routes as review_routes,
    sources::{Enabled, Sources, published_at, usable},
    spool::{Appender, Drain, Load as SpoolLoad, Look, Spool, Teller, look as look_at_spool},
    writer::{HANDED_MAX, Handed, Writer},
};

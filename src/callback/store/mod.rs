//! Every query over stored callbacks, a file a purpose: positions, lists, one callback, views, removal.
//!
//! A cheap handle over the pool. Payloads and headers are read as text and never with PostgreSQL's JSON operators,
//! which fail on what a sender may lawfully send. The decision worth arguing about: statements that take filters which
//! may be absent (`$5 is null or …`) are static texts, sent unprepared. PostgreSQL then plans them with the values at
//! hand and folds absent filters away, so that the indexes are used, at the cost of planning each time (below a
//! millisecond); and nothing here builds SQL.

mod attempts;
mod deliveries;
mod export;
mod facets;
mod history;
mod lists;
mod one;
mod positions;
mod removal;
mod review;
mod rows;
mod search;
mod views;

use crate::db::Db;

pub use self::{
    attempts::NewAttempt,
    deliveries::{Delivery, SameDelivery},
    history::{Found, Stopped},
    lists::{Check, Checked, TooSlow},
    positions::{Extent, Row},
    removal::Pruned,
    review::RejectedRequest,
};

/// Counts are exact up to 10,000; one more stands for "more than that".
const COUNTED_MAX: i64 = 10_001;

/// The stored callbacks.
#[derive(Debug, Clone)]
pub struct Store {
    db: Db,
}

impl Store {
    pub fn new(db: Db) -> Self {
        Self { db }
    }
}

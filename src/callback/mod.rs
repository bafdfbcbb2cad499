//! The stored fact, and every way to look at it.
//!
//! This folder owns the nouns that all stations share (a callback to be stored, a list item, a cursor, a filter), the
//! queries over stored rows and the requests that show them. It knows nothing of how a callback came in or is pushed
//! out.

mod after;
mod answer;
pub(crate) mod api;
mod attempt;
mod cursor;
mod diagnosis;
pub(crate) mod export;
mod filter;
mod item;
mod new;
mod object;
mod retention;
mod search;
mod store;
mod viewer;

pub use self::{
    after::{After, rfc3339},
    answer::{
        CheckPage, Count, Detail, DetailAnswer, FacetValues, HistoryPage, Marked, MarkedAnswer, RawBody,
        SearchedTo, ViewedItem,
    },
    api::routes,
    attempt::{Attempt, Ended},
    cursor::{Cursor, InvalidCursor},
    diagnosis::{Cause, Diagnosis, Figure, Finding, Proof, ProofKind},
    export::{Export, Exported, Exports, Format, Full, Layout, Place, Wanted},
    filter::{Facets, Filter, FilterQuery, Signature},
    item::{Item, Status},
    new::NewCallback,
    object::{Complete, FetchState, FetchedObject},
    retention::Retention,
    search::Search,
    store::{
        Check, Checked, Delivery, Extent, Found, NewAttempt, Pruned, RejectedRequest, Row, SameDelivery,
        Stopped, Store, TooSlow,
    },
    viewer::{Scope, Viewer},
};

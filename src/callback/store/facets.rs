//! The values that there are to filter by.
//!
//! Read from the indexes whenever somebody asks, not kept in a table of their own: that would cost every callback a
//! write, to save milliseconds of a question that is asked once a page.

use super::Store;
use crate::{
    callback::{FacetValues, Viewer},
    db,
};

/// Values of each column: more than a menu can hold. Whatever sorts after them can still be asked for by its name.
const VALUES_MAX: i64 = 200;

/// How many of their own callbacks a member's values are looked for in, newest first: some twenty milliseconds.
const OWN_MAX: i64 = 2_000;

impl Store {
    /// The sources, workflows and events that this person can filter by.
    pub async fn facets(&self, viewer: &Viewer) -> Result<FacetValues, db::Error> {
        let row = match viewer.scope.owner() {
            None => {
                let sql = include_str!("../../../sql/queries/callback/facets.sql");
                self.db.query_one(sql, &[&VALUES_MAX]).await?
            }
            Some(owner) => {
                let sql = include_str!("../../../sql/queries/callback/own_facets.sql");
                self.db.query_one(sql, &[&owner, &VALUES_MAX, &OWN_MAX]).await?
            }
        };
        Ok(FacetValues {
            sources: row.try_get("sources")?,
            workflows: row.try_get("workflows")?,
            events: row.try_get("events")?,
        })
    }
}

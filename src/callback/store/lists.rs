//! Lists that people page through: history (newest first) and check (oldest first).
//!
//! Pages go by position, so a page costs the same wherever it lies and rows that arrive move nothing. A filter that
//! almost nothing matches, or a text that is nowhere, would read the whole table: after three seconds the search ends
//! and says so, rather than keep a connection from everybody else.

use tokio_postgres::{error::SqlState, types::Type};

use super::{
    Store, rows,
    search::{SearchParams, Typed},
};
use crate::{
    callback::{Cursor, Search, ViewedItem, Viewer},
    db,
};

/// A page of what came after a position.
#[derive(Debug, Clone, Default)]
pub struct Check {
    pub after: Cursor,
    pub unviewed: bool,
    pub limit: i64,
}

/// Why a list could not be had.
#[derive(Debug, thiserror::Error)]
pub enum TooSlow {
    #[error("the search took too long")]
    Search(#[source] db::Error),
    #[error(transparent)]
    Database(#[from] db::Error),
}

impl From<tokio_postgres::Error> for TooSlow {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.code() {
            Some(&SqlState::QUERY_CANCELED) => Self::Search(error.into()),
            _ => Self::Database(error.into()),
        }
    }
}

impl Store {
    /// Newest first: the page just below `search.below`.
    pub async fn history(
        &self,
        viewer: &Viewer,
        search: &Search,
        limit: i64,
    ) -> Result<Vec<ViewedItem>, TooSlow> {
        let sql = include_str!("../../../sql/queries/callback/history.sql");
        self.history_page(sql, viewer, search, limit).await
    }

    /// Newest first: the page just above `search.above`.
    pub async fn history_above(
        &self,
        viewer: &Viewer,
        search: &Search,
        limit: i64,
    ) -> Result<Vec<ViewedItem>, TooSlow> {
        let sql = include_str!("../../../sql/queries/callback/history_above.sql");
        self.history_page(sql, viewer, search, limit).await
    }

    /// Oldest first.
    pub async fn check(&self, viewer: &Viewer, page: &Check) -> Result<Vec<ViewedItem>, TooSlow> {
        let sql = include_str!("../../../sql/queries/callback/check.sql");
        self.list(
            sql,
            &[
                (&viewer.profile, Type::UUID),
                (&viewer.scope.owner(), Type::TEXT),
                (&page.after.seq(), Type::INT8),
                (&page.unviewed, Type::BOOL),
                (&page.limit, Type::INT8),
            ],
        )
        .await
    }

    async fn history_page(
        &self,
        sql: &str,
        viewer: &Viewer,
        search: &Search,
        limit: i64,
    ) -> Result<Vec<ViewedItem>, TooSlow> {
        let params = SearchParams::new(viewer, search);
        let mut params = params.typed();
        params.push((&limit, Type::INT8));
        self.list(sql, &params).await
    }

    async fn list(&self, sql: &str, params: &[Typed<'_>]) -> Result<Vec<ViewedItem>, TooSlow> {
        let mut client = self.db.get().await?;
        let work = async {
            let transaction = client.transaction().await?;
            transaction.batch_execute(include_str!("../../../sql/queries/callback/bound_list.sql")).await?;
            let found = transaction.query_typed(sql, params).await?;
            transaction.commit().await?;
            rows::all(&found, rows::viewed_item)
        };
        work.await.map_err(TooSlow::from)
    }
}

//! How lists are read, and check: what came after a position, oldest first.
//!
//! Pages go by position, so a page costs the same wherever it lies and rows that arrive move nothing. One that takes
//! three seconds all the same is ended and says so, rather than keep a connection from everybody else.

use tokio_postgres::{error::SqlState, types::Type};

use super::{Store, rows, search::Typed};
use crate::{
    callback::{Cursor, ViewedItem, Viewer},
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

    pub(super) async fn list(&self, sql: &str, params: &[Typed<'_>]) -> Result<Vec<ViewedItem>, TooSlow> {
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

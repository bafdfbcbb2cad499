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

    /// In one round trip: what opens and closes the transaction is sent along, and where the list fails the end of it
    /// takes back what there is nothing of. Once begun it ends by itself, also when nobody waits for it any more.
    pub(super) async fn list(&self, sql: &str, params: &[Typed<'_>]) -> Result<Vec<ViewedItem>, TooSlow> {
        let client = self.db.get().await?;
        let bound = concat!("begin;\n", include_str!("../../../sql/queries/callback/bound_list.sql"));
        let (bounded, found, ended) = tokio::join! {
            biased;
            client.batch_execute(bound),
            client.query_typed(sql, params),
            client.batch_execute("commit"),
        };
        let found = bounded.and(found)?;
        ended?;
        Ok(rows::all(&found, rows::viewed_item)?)
    }
}

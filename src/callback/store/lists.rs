//! Lists that people page through: history (newest first) and check (oldest first).
//!
//! Pages go by position, so a page costs the same wherever it lies and rows that arrive move nothing. A filter that
//! almost nothing matches, or a text that is nowhere, would read the whole table: after three seconds the search ends
//! and says so, rather than keep a connection from everybody else.

use tokio_postgres::{
    error::SqlState,
    types::{ToSql, Type},
};

use super::{Store, rows};
use crate::{
    callback::{Cursor, Filter, Signature, Status, ViewedItem, Viewer},
    db,
};

/// A page of history.
#[derive(Debug, Clone, Default)]
pub struct History {
    pub filter: Filter,
    /// Only what this person has, or has not, viewed.
    pub viewed: Option<bool>,
    /// Only with this text in id, callback id, workflow or preview.
    pub text: Option<String>,
    /// Only above this position.
    pub above: Cursor,
    /// Only below this position.
    pub below: Option<Cursor>,
    pub limit: i64,
}

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

type Typed<'a> = &'a [(&'a (dyn ToSql + Sync), Type)];

impl Store {
    /// Newest first: the page just below `page.below`.
    pub async fn history(&self, viewer: &Viewer, page: &History) -> Result<Vec<ViewedItem>, TooSlow> {
        let sql = include_str!("../../../sql/queries/callback/history.sql");
        self.history_page(sql, viewer, page).await
    }

    /// Newest first: the page just above `page.above`.
    pub async fn history_above(&self, viewer: &Viewer, page: &History) -> Result<Vec<ViewedItem>, TooSlow> {
        let sql = include_str!("../../../sql/queries/callback/history_above.sql");
        self.history_page(sql, viewer, page).await
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
        page: &History,
    ) -> Result<Vec<ViewedItem>, TooSlow> {
        let filter = &page.filter;
        let valid = filter.signature.map(|signature| signature == Signature::Valid);
        let text = page.text.as_deref().map(contains);
        let below = page.below.map_or(i64::MAX, Cursor::seq);
        self.list(
            sql,
            &[
                (&viewer.profile, Type::UUID),
                (&viewer.scope.owner(), Type::TEXT),
                (&page.above.seq(), Type::INT8),
                (&below, Type::INT8),
                (&filter.source, Type::TEXT),
                (&filter.status.map(Status::as_str), Type::TEXT),
                (&filter.workflow, Type::TEXT),
                (&filter.event, Type::TEXT),
                (&valid, Type::BOOL),
                (&filter.job, Type::TEXT),
                (&page.viewed, Type::BOOL),
                (&text, Type::TEXT),
                (&page.limit, Type::INT8),
            ],
        )
        .await
    }

    async fn list(&self, sql: &str, params: Typed<'_>) -> Result<Vec<ViewedItem>, TooSlow> {
        let mut client = self.db.get().await?;
        let work = async {
            let transaction = client.transaction().await?;
            transaction.batch_execute(include_str!("../../../sql/queries/callback/bound_list.sql")).await?;
            let found = transaction.query_typed(sql, params).await?;
            transaction.commit().await?;
            rows::all(&found, rows::viewed_item)
        };
        work.await.map_err(|error: tokio_postgres::Error| match error.code() {
            Some(&SqlState::QUERY_CANCELED) => TooSlow::Search(error.into()),
            _ => TooSlow::Database(error.into()),
        })
    }
}

/// A pattern for `ilike` that means the text itself, wherever it stands.
fn contains(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for character in text.chars() {
        if matches!(character, '\\' | '%' | '_') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

//! How lists are read, and check: what came after a position, oldest first.
//!
//! Pages go by position, so a page costs the same wherever it lies and rows that arrive move nothing. One that takes
//! three seconds all the same is ended and says so, rather than keep a connection from everybody else.

use deadpool_postgres::Client;
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

/// What there is of it.
#[derive(Debug)]
pub struct Checked {
    pub items: Vec<ViewedItem>,
    /// Where to go on from, when there is no going on from the position asked for.
    pub reset_to: Option<Cursor>,
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
    pub async fn check(&self, viewer: &Viewer, page: &Check) -> Result<Checked, TooSlow> {
        let client = self.db.get().await?;
        let sql = include_str!("../../../sql/queries/callback/check.sql");
        let after = page.after.seq();
        let owner = viewer.scope.owner();
        let params: [Typed<'_>; 5] = [
            (&viewer.profile, Type::UUID),
            (&owner, Type::TEXT),
            (&after, Type::INT8),
            (&page.unviewed, Type::BOOL),
            (&page.limit, Type::INT8),
        ];
        let position: [Typed<'_>; 1] = [(&after, Type::INT8)];
        let judge = include_str!("../../../sql/queries/callback/judge.sql");
        let (items, judged) = tokio::join! {
            biased;
            list(&client, sql, &params),
            client.query_typed(judge, &position),
        };
        let reset_to = match judged?.first() {
            Some(row) if row.try_get("reset")? => Some(Cursor::from_seq(row.try_get("head")?)),
            _ => None,
        };
        Ok(Checked { items: items?, reset_to })
    }

    /// In one round trip: what opens and closes the transaction is sent along, and where the list fails the end of it
    /// takes back what there is nothing of. Once begun it ends by itself, also when nobody waits for it any more.
    pub(super) async fn list(&self, sql: &str, params: &[Typed<'_>]) -> Result<Vec<ViewedItem>, TooSlow> {
        let client = self.db.get().await?;
        list(&client, sql, params).await
    }
}

/// The same on a connection that is asked for more.
async fn list(client: &Client, sql: &str, params: &[Typed<'_>]) -> Result<Vec<ViewedItem>, TooSlow> {
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

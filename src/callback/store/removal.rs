//! Rows that go: deleted by a person, pruned by age, and the shells of both when their time is over.

use std::time::Duration;

use deadpool_postgres::Transaction;
use uuid::Uuid;

use super::Store;
use crate::{
    db,
    signal::{self, DeletedRow, Signal},
};

/// What one step of retention did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pruned {
    /// So many rows, and there may be more.
    Rows(u64),
    /// Nothing is left to do, or another node is doing it.
    Nothing,
}

impl Store {
    /// Empties and hides these callbacks, and tells all nodes; how many there were.
    pub async fn delete(&self, ids: &[Uuid]) -> Result<usize, db::Error> {
        let mut client = self.db.get().await?;
        let transaction = client.transaction().await?;
        let rows = empty(&transaction, ids).await?;
        let count = rows.len();
        if count > 0 {
            signal::send(&transaction, &Signal::Deleted { rows }).await?;
        }
        transaction.commit().await?;
        Ok(count)
    }

    /// Empties the oldest rows, at most `limit`, of those older than `keep`. The floor moves in the same transaction:
    /// nobody can read below it and believe to have read everything.
    pub async fn prune(&self, keep: Duration, limit: i64) -> Result<Pruned, db::Error> {
        let mut client = self.db.get().await?;
        let transaction = client.transaction().await?;
        if !alone(&transaction).await? {
            return Ok(Pruned::Nothing);
        }
        let expired = include_str!("../../../sql/queries/callback/expired.sql");
        let Some(row) = transaction.query_opt(expired, &[&keep.as_secs_f64()]).await? else {
            return Ok(Pruned::Nothing);
        };
        let through: i64 = row.try_get("seq")?;
        let oldest = include_str!("../../../sql/queries/callback/oldest.sql");
        let rows = transaction.query(oldest, &[&through, &limit]).await?;
        let Some(last) = rows.last() else { return Ok(Pruned::Nothing) };
        let raise = include_str!("../../../sql/queries/callback/raise_floor.sql");
        transaction.execute(raise, &[&last.try_get::<_, i64>("seq")?]).await?;
        let ids = rows.iter().map(|row| row.try_get("id")).collect::<Result<Vec<Uuid>, _>>()?;
        empty(&transaction, &ids).await?;
        transaction.commit().await?;
        Ok(Pruned::Rows(rows.len() as u64))
    }

    /// Removes at most `limit` shells that were emptied longer than `keep` ago.
    pub async fn remove_shells(&self, keep: Duration, limit: i64) -> Result<Pruned, db::Error> {
        let mut client = self.db.get().await?;
        let transaction = client.transaction().await?;
        if !alone(&transaction).await? {
            return Ok(Pruned::Nothing);
        }
        let sql = include_str!("../../../sql/queries/callback/remove_shells.sql");
        let removed = transaction.execute(sql, &[&keep.as_secs_f64(), &limit]).await?;
        transaction.commit().await?;
        Ok(if removed == 0 { Pruned::Nothing } else { Pruned::Rows(removed) })
    }
}

/// Whether no other node does the same at this moment: two would only wait for each other.
async fn alone(transaction: &Transaction<'_>) -> Result<bool, tokio_postgres::Error> {
    let sql = include_str!("../../../sql/queries/callback/try_lock_retention.sql");
    transaction.query_one(sql, &[]).await?.try_get("locked")
}

async fn empty(
    transaction: &Transaction<'_>,
    ids: &[Uuid],
) -> Result<Vec<DeletedRow>, tokio_postgres::Error> {
    let statement =
        transaction.prepare_cached(include_str!("../../../sql/queries/callback/empty.sql")).await?;
    let rows = transaction.query(&statement, &[&ids]).await?;
    rows.iter().map(|row| Ok(DeletedRow(row.try_get("id")?, row.try_get("owner")?))).collect()
}

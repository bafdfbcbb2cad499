//! Signals on their way into the database.

use deadpool_postgres::Transaction;

use super::Signal;
use crate::db;

/// Tells all nodes, when the transaction commits.
pub async fn send(transaction: &Transaction<'_>, signal: &Signal) -> Result<(), db::Error> {
    let statement = transaction.prepare_cached(include_str!("../../sql/queries/signal/send.sql")).await?;
    for payload in signal.payloads() {
        transaction.execute(&statement, &[&payload]).await?;
    }
    Ok(())
}

//! A database that has received for months, in a minute: rows are written in SQL, and indexes built behind them.

use anyhow::Context as _;
use tokio_postgres::Client;

/// Rows of one statement: so that whoever stops the bench does not wait long.
const STEP: i64 = 250_000;

/// Stores callbacks `from` to `to`, as if each had come by itself. Nothing else may write meanwhile.
pub async fn fill(client: &Client, from: i64, to: i64) -> anyhow::Result<()> {
    let indexes = client
        .query(
            "select indexname, indexdef from pg_indexes where tablename = 'llm_callbacks'
             and indexname not in (select conname from pg_constraint)",
            &[],
        )
        .await?;
    for index in &indexes {
        client.batch_execute(&format!("drop index {}", index.try_get::<_, &str>(0)?)).await?;
    }
    let insert = client.prepare(include_str!("fill.sql")).await?;
    let mut first = from;
    while first <= to {
        let last = to.min(first + STEP - 1);
        client.execute(&insert, &[&first, &last]).await.context("filling")?;
        first = last + 1;
    }
    for index in &indexes {
        client.batch_execute(index.try_get(1)?).await?;
    }
    client.execute("select setval('llm_callbacks_seq', $1)", &[&to]).await?;
    // As autovacuum leaves a table that has grown.
    Ok(client.batch_execute("vacuum analyze llm_callbacks").await?)
}

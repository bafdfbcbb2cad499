//! PostgreSQL without a server in front of it: the same rows in the same table, as a client alone would write them.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use tokio::{process::Command, task::JoinSet, time::Instant};

use super::{Stage, connect};

/// Rows of one transaction, where they are written together.
pub const BATCH: usize = 100;
/// As many as the machine has cores; more do not make it faster.
const BATCH_CONNECTIONS: usize = 2;

/// Rows a second by `pgbench`, each with its notification in a transaction of its own.
pub async fn single_rows(
    stage: &Stage,
    url: &str,
    payload: &str,
    clients: usize,
    time: Duration,
) -> anyhow::Result<f64> {
    let insert = statement(&literal(payload), 1);
    let script = stage.folder.join("single-rows.sql");
    let text =
        format!("with stored as ({insert} returning seq) select pg_notify('bare', seq::text) from stored;\n");
    std::fs::write(&script, text)?;
    let mut command = Command::new(stage.program("pgbench").await?);
    command.args(["--no-vacuum", "--protocol=prepared", "--jobs=2"]);
    command.arg(format!("--client={clients}")).arg(format!("--time={}", time.as_secs().max(1)));
    command.arg(format!("--file={}", script.display())).arg(url).kill_on_drop(true);
    let output = command.output().await.context("pgbench")?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "pgbench: {}", String::from_utf8_lossy(&output.stderr));
    let rate = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    // It says none of nothing, which may be all there is in a short run.
    let none = said.contains("actually processed: 0").then_some(0.0);
    rate.or(none).with_context(|| format!("pgbench said no rate: {said}"))
}

/// Rows a second in batches, each with one notification for all of it.
pub async fn batches(url: &str, payload: &str, time: Duration) -> anyhow::Result<f64> {
    let begun = Instant::now();
    let mut writers = JoinSet::new();
    for _ in 0..BATCH_CONNECTIONS {
        writers.spawn(write_batches(url.to_owned(), payload.to_owned(), begun + time));
    }
    let mut rows = 0;
    while let Some(written) = writers.join_next().await {
        rows += written??;
    }
    Ok(callbackd::telemetry::count(rows) / begun.elapsed().as_secs_f64())
}

async fn write_batches(url: String, payload: String, until: Instant) -> anyhow::Result<usize> {
    let client = connect(&url).await?;
    let insert = statement("$1::text", BATCH);
    let sql = format!(
        "with stored as ({insert} returning seq) select pg_notify('bare', max(seq)::text) from stored"
    );
    let insert = client.prepare(&sql).await?;
    let mut rows = 0;
    while Instant::now() < until {
        client.execute(&insert, &[&payload]).await?;
        rows += BATCH;
    }
    Ok(rows)
}

fn statement(payload: &str, rows: usize) -> String {
    let text = include_str!("bare.sql").replace("{payload}", payload).replace("{rows}", &rows.to_string());
    // pgbench takes a colon for the beginning of a variable only where a letter follows; comments go.
    text.lines().filter(|line| !line.starts_with("--")).collect::<Vec<_>>().join("\n")
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

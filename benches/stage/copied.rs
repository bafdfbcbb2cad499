//! The rows of the lists, copied out by `psql`: as fast as anything comes out of PostgreSQL as text.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use tokio::{process::Command, time::Instant};

use super::Stage;

/// What an item of a list is made from.
const COPY: &str = r"\copy (select id, seq, source, callback_id, external_job_id, workflow_name, event_type, status, error_message, signature_valid, rejection, payload_preview, cost_usd, total_tokens, duration_ms, delivery_count, created_at from llm_callbacks where seq > 0 and deleted_at is null order by seq) to '/dev/null'";

/// How long it takes, with starting `psql`.
pub async fn copied(stage: &Stage, url: &str, rows: i64) -> anyhow::Result<Duration> {
    let mut command = Command::new(stage.program("psql").await?);
    command.args(["--no-psqlrc", "--command", COPY, url]).kill_on_drop(true);
    let begun = Instant::now();
    let output = command.output().await.context("psql")?;
    let time = begun.elapsed();
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(said.trim() == format!("COPY {rows}"), "psql: {said}{}", String::from_utf8_lossy(&output.stderr));
    Ok(time)
}

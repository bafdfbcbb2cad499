//! One request: verify, parse, insert and notify, answer.

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use callbackd::source::scheme::Keys;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::Plain;

const INSERT: &str = include_str!("insert.sql");
const PREVIEW_CHARS: usize = 200;

/// What is read of a payload; the rest is only checked to be JSON.
#[derive(Deserialize)]
struct Payload<'a> {
    job_id: String,
    event: Option<&'a str>,
    workflow_name: Option<&'a str>,
    duration_ms: Option<i64>,
    cost_data: Option<Cost>,
    result: Option<Outcome>,
}

#[derive(Deserialize)]
struct Cost {
    cost_usd: Option<f64>,
    total_tokens: Option<i64>,
}

#[derive(Deserialize)]
struct Outcome {
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct Metadata {
    user_id: Option<String>,
}

/// As streams show it; its cursor is added by the statement.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Item<'a> {
    id: Uuid,
    source: &'a str,
    callback_id: &'a str,
    job_id: &'a str,
    workflow_name: Option<&'a str>,
    event_type: Option<&'a str>,
    status: &'a str,
    signature_valid: bool,
    payload_preview: &'a str,
    cost_usd: Option<f64>,
    total_tokens: Option<i64>,
    duration_ms: Option<i64>,
    delivery_count: i32,
    created_at: chrono::DateTime<chrono::Utc>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Acknowledgement {
    received: bool,
    id: Uuid,
    callback_id: String,
    cursor: String,
    duplicate: bool,
}

pub async fn receive(
    State(plain): State<Plain>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Acknowledgement>, StatusCode> {
    let scheme = &plain.source.scheme;
    let keys = Keys { secrets: &plain.source.secrets, published: &[] };
    scheme
        .verify(&headers, &body, keys, chrono::Utc::now())
        .result()
        .map_err(|_| StatusCode::UNAUTHORIZED)?;
    let text = std::str::from_utf8(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
    let payload: Payload<'_> = serde_json::from_str(text).map_err(|_| StatusCode::BAD_REQUEST)?;
    let stored = store(&plain, &headers, text, &payload).await.map_err(|error| {
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), "not stored: {error:#}");
        StatusCode::SERVICE_UNAVAILABLE
    })?;
    Ok(Json(stored))
}

async fn store(
    plain: &Plain,
    headers: &HeaderMap,
    text: &str,
    payload: &Payload<'_>,
) -> anyhow::Result<Acknowledgement> {
    let id = Uuid::now_v7();
    let preview: String = text.chars().take(PREVIEW_CHARS).collect();
    let item = item(id, &preview, payload);
    let told = serde_json::to_string(&item)?;
    let owner = payload.result.as_ref().and_then(|result| result.metadata.as_ref()?.user_id.as_deref());
    let kept: Vec<(&str, &str)> =
        headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap_or_default())).collect();

    let client = plain.pool.get().await?;
    let statement = client.prepare_cached(INSERT).await?;
    let row = client
        .query_one(
            &statement,
            &[
                &id,
                &payload.job_id,
                &Sha256::digest(text).as_slice(),
                &plain.source.scheme.signature.as_ref().and_then(|signature| signature.presented(headers)),
                &text,
                &preview,
                &item.workflow_name,
                &item.event_type,
                &item.status,
                &owner,
                &item.cost_usd,
                &item.total_tokens,
                &item.duration_ms,
                &serde_json::to_string(&kept)?,
                &told,
            ],
        )
        .await?;
    Ok(Acknowledgement {
        received: true,
        id: row.try_get("id")?,
        callback_id: payload.job_id.clone(),
        cursor: row.try_get::<_, i64>("seq")?.to_string(),
        duplicate: row.try_get("duplicate")?,
    })
}

fn item<'a>(id: Uuid, preview: &'a str, payload: &'a Payload<'_>) -> Item<'a> {
    let cost = payload.cost_data.as_ref();
    Item {
        id,
        source: "llm",
        callback_id: &payload.job_id,
        job_id: &payload.job_id,
        workflow_name: payload.workflow_name,
        event_type: payload.event,
        status: match payload.event {
            Some("workflow.completed") => "processed",
            Some("workflow.failed") => "error",
            _ => "received",
        },
        signature_valid: true,
        payload_preview: preview,
        cost_usd: cost.and_then(|cost| cost.cost_usd),
        total_tokens: cost.and_then(|cost| cost.total_tokens),
        duration_ms: payload.duration_ms,
        delivery_count: 1,
        created_at: chrono::Utc::now(),
    }
}

//! `GET /api/admin/sources`: who may send, what they have sent, and how to try it.

use axum::{
    Json,
    extract::{Path, State},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Operations,
    store::{self, Traffic},
};
use crate::{
    callback::Cursor,
    ingest::Enabled,
    problem::{ProblemBody, Result},
    refusals::Refusals,
    session::{Admin, ClientAddress},
    source::Secret,
};

#[derive(Serialize, ToSchema)]
pub struct SourceList {
    sources: Vec<SourceView>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Source)]
pub struct SourceView {
    name: String,
    /// What people call the service.
    title: String,
    /// What its settings were taken from; null when it says everything itself.
    #[schema(required)]
    preset: Option<String>,
    path: String,
    /// What to paste at the sender.
    url: String,
    /// How it proves itself, such as `hmac-sha256-hex`, or `token+hmac-sha256-hex` when it must do both.
    scheme: String,
    /// The header of its signature, or of its token when it signs nothing.
    signature_header: String,
    /// What is signed; null when nothing is.
    #[schema(required)]
    signed_content: Option<String>,
    /// How far a signature's time may be off, in seconds; null when it has none.
    #[schema(required)]
    tolerance_seconds: Option<u64>,
    secrets: Vec<SecretView>,
    traffic: TrafficView,
    /// Where the service publishes the keys that it signs with; null when it shares a secret.
    #[schema(required)]
    jwks_url: Option<String>,
    /// A command that sends one callback, signed; null while no secret is set.
    #[schema(required)]
    curl: Option<String>,
}

/// What a source has sent.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SourceTraffic)]
struct TrafficView {
    /// The latest callback that is still there.
    #[schema(required)]
    last_id: Option<Uuid>,
    #[schema(required)]
    last_at: Option<DateTime<Utc>>,
    /// Callbacks and rejected requests that were recorded in the last 24 hours; exact up to 1,000, beyond it 1,001.
    #[schema(minimum = 0, maximum = 1_001)]
    received: i64,
    /// Rejected requests among them that are still there; likewise.
    #[schema(minimum = 0, maximum = 1_001)]
    rejects: i64,
}

/// The test callback, which is stored like any other.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TestCallback {
    id: Uuid,
    callback_id: String,
    #[schema(value_type = String, example = "4711")]
    cursor: Cursor,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SourceSecret)]
struct SecretView {
    /// Its length and the beginning of its SHA-256; never the secret.
    fingerprint: String,
    #[schema(inline)]
    state: SecretState,
    /// When it ends, if it is being retired.
    #[schema(required)]
    until: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum SecretState {
    Active,
    /// Accepted until its end.
    Retiring,
    /// Refused.
    Retired,
}

/// The configured sources
#[utoipa::path(
    get,
    path = "/api/admin/sources",
    tag = "Operations",
    operation_id = "listSources",
    responses(
        (status = 200, description = "All of them, by name", body = SourceList),
        Refusals,
    )
)]
pub async fn sources(_: Admin, State(operations): State<Operations>) -> Result<Json<SourceList>> {
    let parts = &operations.0;
    let (sources, now) = (parts.ingest.sources().all(), Utc::now());
    let names: Vec<&str> = sources.iter().map(|enabled| &*enabled.source.name).collect();
    let mut traffic = store::traffic(&parts.db, &names).await?;
    let mut seen = |enabled: &Enabled| traffic.remove(&*enabled.source.name).unwrap_or_default();
    let views = sources.iter().map(|enabled| view(enabled, seen(enabled), &parts.url, now));
    Ok(Json(SourceList { sources: views.collect() }))
}

/// Send a test callback
///
/// A made-up callback of this source is signed with its own secret, and received like any other: verified, stored, and
/// pushed to every stream.
#[utoipa::path(
    post,
    path = "/api/admin/sources/{name}/test",
    tag = "Operations",
    operation_id = "testSource",
    params(("name" = String, Path, description = "As the list of sources has it.", example = "llm")),
    responses(
        (status = 200, description = "It is stored, and on its way to the streams", body = TestCallback),
        (status = 404, description = "No source has this name", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "It has no secret to sign with", body = ProblemBody, content_type = "application/problem+json"),
        Refusals,
    )
)]
pub async fn test(
    admin: Admin,
    State(operations): State<Operations>,
    ClientAddress(from): ClientAddress,
    Path(name): Path<String>,
) -> Result<Json<TestCallback>> {
    let received = operations.0.ingest.send_trial(&name, from).await?;
    tracing::info!(by = %admin.person.id, source = name, id = %received.receipt.id, "a test callback was sent");
    let (id, cursor) = (received.receipt.id, received.receipt.cursor);
    Ok(Json(TestCallback { id, callback_id: received.callback_id, cursor }))
}

fn view(enabled: &Enabled, traffic: Traffic, url: &str, now: DateTime<Utc>) -> SourceView {
    let source = &enabled.source;
    let (scheme, job) = (&source.scheme, Uuid::new_v4().to_string());
    SourceView {
        name: source.name.to_string(),
        title: source.title.clone(),
        preset: source.preset.clone(),
        path: source.path.clone(),
        url: format!("{url}{}", source.path),
        scheme: scheme.name(),
        signature_header: scheme.line().map(|line| line.name().to_owned()).unwrap_or_default(),
        signed_content: scheme.signature.as_ref().map(|signature| signature.content.to_string()),
        tolerance_seconds: scheme.timestamp.as_ref().map(|timestamp| timestamp.tolerance.as_secs()),
        secrets: source.secrets.iter().map(|secret| secret_view(secret, now)).collect(),
        jwks_url: source.jwks_url.as_ref().map(url::Url::to_string),
        traffic: TrafficView {
            last_id: traffic.last.map(|(id, _)| id),
            last_at: traffic.last.map(|(_, at)| at),
            received: traffic.received,
            rejects: traffic.rejects,
        },
        curl: source.example(url, &job, now),
    }
}

fn secret_view(secret: &Secret, now: DateTime<Utc>) -> SecretView {
    let state = match (secret.until, secret.is_active(now)) {
        (None, _) => SecretState::Active,
        (Some(_), true) => SecretState::Retiring,
        (Some(_), false) => SecretState::Retired,
    };
    SecretView { fingerprint: secret.fingerprint().to_string(), state, until: secret.until }
}

//! `GET /api/admin/sources`: who may send, and how to try it.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Operations;
use crate::{ingest::Enabled, refusals::Refusals, session::Admin, source::Secret};

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
    /// Where the service publishes the keys that it signs with; null when it shares a secret.
    #[schema(required)]
    jwks_url: Option<String>,
    /// A command that sends one callback, signed; null while no secret is set.
    #[schema(required)]
    curl: Option<String>,
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
pub async fn sources(_: Admin, State(operations): State<Operations>) -> Json<SourceList> {
    let parts = &operations.0;
    let (sources, now) = (parts.ingest.sources().all(), Utc::now());
    Json(SourceList { sources: sources.iter().map(|enabled| view(enabled, &parts.url, now)).collect() })
}

fn view(enabled: &Enabled, url: &str, now: DateTime<Utc>) -> SourceView {
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

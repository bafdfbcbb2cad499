//! `GET /api/admin/sources`: who may send, and how to try it.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use super::Operations;
use crate::{
    ingest::{Fingerprint, Source},
    refusals::Refusals,
    session::Admin,
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
    path: &'static str,
    /// What to paste at the sender.
    url: String,
    /// How it signs.
    scheme: &'static str,
    signature_header: &'static str,
    secrets: Vec<SecretView>,
    /// A command that sends one callback, signed; null while no secret is set.
    #[schema(required)]
    curl: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SourceSecret)]
struct SecretView {
    /// Its length and the beginning of its SHA-256; never the secret.
    fingerprint: String,
    state: &'static str,
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
    let sources = parts.ingest.sources().all();
    Json(SourceList { sources: sources.iter().map(|source| view(source, &parts.url)).collect() })
}

fn view(source: &Source, url: &str) -> SourceView {
    let secret = |secret| SecretView { fingerprint: Fingerprint::of(secret).to_string(), state: "active" };
    SourceView {
        name: source.name.to_string(),
        path: source.path,
        url: format!("{url}{}", source.path),
        scheme: source.scheme.name(),
        signature_header: source.scheme.header(),
        secrets: source.secrets.iter().map(secret).collect(),
        curl: source.example(url),
    }
}

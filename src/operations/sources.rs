//! `GET /api/admin/sources`: who may send, what they have sent, and how to try it.

use axum::{
    Json,
    extract::{Path, State},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Operations, instructions,
    store::{self, Traffic},
};
use crate::{
    callback::Cursor,
    catalog::{Kept, KeptSecret},
    problem::{ProblemBody, Result},
    refusals::Refusals,
    session::{Admin, ClientAddress},
    source::{self, Fetch, Scheme, Secret, Source},
};

#[derive(Serialize, ToSchema)]
pub struct SourceList {
    sources: Vec<SourceView>,
    /// What a source that is added may take its settings from.
    presets: Vec<PresetView>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SourcePreset)]
struct PresetView {
    name: String,
    /// What people call the service.
    title: String,
    /// Where it posts, unless another path is set.
    path: String,
    /// False when the service publishes its keys instead of sharing a secret.
    shares_secret: bool,
    /// Whether its callbacks only name an object, which is fetched where a key is given.
    fetches: bool,
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
    /// What to do at the service, as Markdown of paragraphs and code; null where the service is not known.
    #[schema(required)]
    instructions: Option<String>,
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
    /// How an admin has added it; null when it is of the configuration, which cannot be changed here.
    #[schema(required)]
    added: Option<AddedView>,
    traffic: TrafficView,
    /// How objects are fetched that its callbacks only name; null where they are not.
    #[schema(required)]
    fetch: Option<FetchView>,
    /// Where the service publishes the keys that it signs with; null when it shares a secret.
    #[schema(required)]
    jwks_url: Option<String>,
    /// A command that sends one callback, signed; null while no secret is set.
    #[schema(required)]
    curl: Option<String>,
}

/// How an admin has added a source.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SourceAddition)]
struct AddedView {
    /// What the next change begins from.
    version: i64,
    /// False when it is turned off: its path is 404.
    enabled: bool,
    /// What a settings file would say of it, less its secrets.
    #[schema(value_type = BTreeMap<String, Value>)]
    settings: Map<String, Value>,
    /// Why it does not receive, though it is turned on; null when all is well.
    #[schema(required)]
    problem: Option<String>,
}

/// How a source's objects are fetched.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SourceFetch)]
struct FetchView {
    /// The servers that are asked.
    hosts: Vec<String>,
    /// Of the key: its length and the beginning of its SHA-256; never the key. Null where it cannot be opened.
    #[schema(required)]
    fingerprint: Option<String>,
    /// Why nothing is fetched although there is a key; null when all is well.
    #[schema(required)]
    problem: Option<String>,
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
    /// By what it is removed; null for one of the configuration.
    #[schema(required)]
    id: Option<Uuid>,
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
    /// It cannot be opened; the source's problem says why.
    Sealed,
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
    let (kept, live, now) = (parts.catalog.kept(), parts.ingest.sources().all(), Utc::now());
    let is_live = |name: &str| live.iter().any(|enabled| &*enabled.source.name == name);
    let mut names: Vec<&str> = live.iter().map(|enabled| &*enabled.source.name).collect();
    names.extend(kept.iter().map(|kept| kept.name.as_str()).filter(|name| !is_live(name)));
    names.sort_unstable();
    let mut traffic = store::traffic(&parts.db, &names).await?;
    let view = |name: &&str| {
        let enabled = live.iter().find(|enabled| &*enabled.source.name == *name);
        // What the configuration says of the same name is in force, and this one says so in its problem.
        let kept = kept.iter().find(|kept| kept.name == *name);
        let source = enabled.map(|enabled| &enabled.source).or(kept.and_then(|kept| kept.source.as_ref()));
        let seen = traffic.remove(*name).unwrap_or_default();
        view(name, source, kept, seen, &parts.url, now)
    };
    Ok(Json(SourceList { sources: names.iter().map(view).collect(), presets: presets() }))
}

fn presets() -> Vec<PresetView> {
    let preset = |name: &str| {
        let Source { title, path, jwks_url, .. } = source::find(&[], name).ok().flatten()?;
        let (shares_secret, fetches) = (jwks_url.is_none(), source::preset_fetches(name));
        Some(PresetView { name: name.to_owned(), title, path, shares_secret, fetches })
    };
    source::presets().filter_map(preset).collect()
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
    let (receipt, callback_id) = operations.0.ingest.send_trial(&name, from).await?;
    tracing::info!(by = %admin.person.id, source = name, id = %receipt.id, "a test callback was sent");
    Ok(Json(TestCallback { id: receipt.id, callback_id, cursor: receipt.cursor }))
}

/// A source whose settings mean nothing any more has a name, and what an admin has said of it.
fn view(
    name: &str,
    source: Option<&Source>,
    kept: Option<&Kept>,
    traffic: Traffic,
    url: &str,
    now: DateTime<Utc>,
) -> SourceView {
    let (scheme, job) = (source.map(|source| &source.scheme), Uuid::new_v4().to_string());
    let path = source.map(|source| source.path.clone()).unwrap_or_default();
    SourceView {
        name: name.to_owned(),
        title: source.map_or_else(|| name.to_owned(), |source| source.title.clone()),
        preset: source.and_then(|source| source.preset.clone()),
        url: format!("{url}{path}"),
        instructions: source.and_then(|source| instructions::of(source, url, kept.is_some())),
        path,
        scheme: scheme.map(Scheme::name).unwrap_or_default(),
        signature_header: scheme
            .and_then(Scheme::line)
            .map(|line| line.name().to_owned())
            .unwrap_or_default(),
        signed_content: scheme
            .and_then(|scheme| scheme.signature.as_ref())
            .map(|signature| signature.content.to_string()),
        tolerance_seconds: scheme
            .and_then(|scheme| scheme.timestamp.as_ref())
            .map(|timestamp| timestamp.tolerance.as_secs()),
        secrets: match kept {
            Some(kept) => kept.secrets.iter().map(|secret| kept_secret(secret, now)).collect(),
            None => source.iter().flat_map(|source| &source.secrets).map(|it| secret(it, now)).collect(),
        },
        added: kept.map(|kept| AddedView {
            version: kept.version,
            enabled: kept.enabled,
            settings: kept.settings.clone(),
            problem: kept.problem.clone(),
        }),
        fetch: fetch(source, kept),
        jwks_url: source.and_then(|source| source.jwks_url.as_ref()).map(url::Url::to_string),
        traffic: TrafficView {
            last_id: traffic.last.map(|(id, _)| id),
            last_at: traffic.last.map(|(_, at)| at),
            received: traffic.received,
            rejects: traffic.rejects,
        },
        curl: source.and_then(|source| source.example(url, &job, now)),
    }
}

fn fetch(source: Option<&Source>, kept: Option<&Kept>) -> Option<FetchView> {
    let fetch = source.and_then(|source| source.fetch.as_ref());
    let problem = kept.and_then(|kept| kept.fetch_problem.clone());
    let hosts = fetch.map(Fetch::hosts).unwrap_or_default();
    let fingerprint = fetch.map(|fetch| fetch.fingerprint().to_string());
    (fetch.is_some() || problem.is_some()).then_some(FetchView { hosts, fingerprint, problem })
}

fn secret(secret: &Secret, now: DateTime<Utc>) -> SecretView {
    SecretView {
        id: None,
        fingerprint: secret.fingerprint().to_string(),
        state: state(secret.until, now),
        until: secret.until,
    }
}

fn kept_secret(secret: &KeptSecret, now: DateTime<Utc>) -> SecretView {
    let fingerprint = secret.fingerprint.as_ref().map(ToString::to_string);
    let state = if fingerprint.is_some() { state(secret.until, now) } else { SecretState::Sealed };
    SecretView {
        id: Some(secret.id),
        fingerprint: fingerprint.unwrap_or_default(),
        state,
        until: secret.until,
    }
}

fn state(until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> SecretState {
    match until {
        None => SecretState::Active,
        Some(until) if now < until => SecretState::Retiring,
        Some(_) => SecretState::Retired,
    }
}

//! The key with which a source fetches the objects that its callbacks only name: given, replaced, taken away.

use axum::{
    Json,
    extract::{FromRef, Path, State},
    http::StatusCode,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{SECRET_BYTES_MAX, conflict, define};
use crate::{
    catalog::{Catalog, kept, store},
    extract::JsonBody,
    problem::{Problem, ProblemBody, Result},
    refusals::{Refusals, RefusedBody},
    session::{Admin, Sessions},
};

pub fn routes<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Catalog: FromRef<S>,
    Sessions: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(set, remove))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewFetchKey)]
struct NewKey {
    /// As the service shows it.
    #[schema(value_type = String, format = Password, min_length = 1, max_length = 4_096)]
    key: SecretString,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SetFetchKey)]
struct SetKey {
    /// Its length and the beginning of its SHA-256.
    fingerprint: String,
}

/// Give a source the key to fetch with
///
/// In place of the one before. It is sealed as secrets are, and shown to nobody.
#[utoipa::path(put, path = "/api/admin/sources/{name}/fetch-key", tag = "Operations", operation_id = "setFetchKey",
    params(("name" = String, Path)), request_body = NewKey,
    responses(
        (status = 200, description = "Objects are fetched with it", body = SetKey),
        (status = 404, description = "No admin has added a source of this name", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "secrets_key is not set, or the source is of the configuration",
            body = ProblemBody, content_type = "application/problem+json"),
        Refusals, RefusedBody,
    ))]
async fn set(
    admin: Admin,
    State(catalog): State<Catalog>,
    Path(name): Path<String>,
    JsonBody(new): JsonBody<NewKey>,
) -> Result<Json<SetKey>> {
    let settings = catalog.known(&name)?;
    let key = trimmed(&new.key)?;
    let source = define(&name, &settings, Some(key.clone()))?;
    let fingerprint = source.fetch.map(|fetch| fetch.fingerprint().to_string()).unwrap_or_default();
    let sealed = catalog.seal(&kept::bound_to_fetch(&name), &key)?;
    store::set_fetch_key(&catalog.0.db, &name, &sealed, admin.person.id).await?;
    catalog.load().await?;
    tracing::info!(by = %admin.person.id, source = name, fingerprint, "a source fetches with another key");
    Ok(Json(SetKey { fingerprint }))
}

/// Take the key to fetch with away
///
/// Nothing is fetched any more. What was fetched stays.
#[utoipa::path(delete, path = "/api/admin/sources/{name}/fetch-key", tag = "Operations", operation_id = "removeFetchKey",
    params(("name" = String, Path)),
    responses(
        (status = 204, description = "Nothing is fetched any more"),
        (status = 404, description = "No admin has added a source of this name, or it has no such key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "Its settings still say how to fetch, or it is of the configuration", body = ProblemBody, content_type = "application/problem+json"),
        Refusals,
    ))]
async fn remove(
    admin: Admin,
    State(catalog): State<Catalog>,
    Path(name): Path<String>,
) -> Result<StatusCode> {
    let settings = catalog.known(&name)?;
    // It would receive no more.
    define(&name, &settings, None)
        .map_err(|_| conflict("its settings say how to fetch: take fetch out of them first"))?;
    if !store::remove_fetch_key(&catalog.0.db, &name).await? {
        return Err(Problem::not_found(format!("{name} has no key to fetch with")));
    }
    catalog.load().await?;
    tracing::info!(by = %admin.person.id, source = name, "a source fetches no more");
    Ok(StatusCode::NO_CONTENT)
}

/// People paste it with what is around it.
pub(super) fn trimmed(key: &SecretString) -> Result<SecretString> {
    let key = SecretString::from(key.expose_secret().trim());
    match key.expose_secret().len() {
        1..=SECRET_BYTES_MAX => Ok(key),
        _ => Err(Problem::bad_request("Invalid key", "the key to fetch with must have 1 to 4,096 bytes")),
    }
}

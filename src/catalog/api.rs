//! Adding, changing, rotating and removing sources, for admins. Effective on every node when answered, or as soon as the
//! node hears of it.

mod fetch_key;

use axum::{
    Json,
    extract::{FromRef, Path, State},
    http::StatusCode,
};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    Catalog, Error, SECRETS_MAX, SOURCES_MAX, clash, kept,
    store::{self, NewSecret},
    vault::Closed,
};
use crate::{
    extract::JsonBody,
    problem::{Problem, ProblemBody, Result},
    refusals::{Refusals, RefusedBody},
    session::{Admin, Sessions},
    source::{self, Source},
};

/// Longer ones are no secrets that somebody pastes.
const SECRET_BYTES_MAX: usize = 4 * 1024;

pub fn routes<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Catalog: FromRef<S>,
    Sessions: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(add))
        .routes(routes!(change, remove))
        .routes(routes!(add_secret))
        .routes(routes!(remove_secret))
        .merge(fetch_key::routes())
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewSource {
    /// At most 40 lower-case letters, digits and hyphens. It stands in the path, unless the settings name another.
    #[schema(example = "openai")]
    name: String,
    /// What `[sources.<name>]` would say in the settings file, less its secrets; docs/sources.md lists it. Left out,
    /// everything is taken from the preset of the source's name.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, Value>, example = json!({"preset": "openai"}))]
    settings: Map<String, Value>,
    /// The secret that the service shows. Left out, one is made up, and shown in the answer and never again.
    #[schema(value_type = Option<String>, format = Password, max_length = 4_096)]
    secret: Option<SecretString>,
    /// The key of the service's own API, with which the objects are fetched that its callbacks only name.
    #[schema(value_type = Option<String>, format = Password, max_length = 4_096)]
    fetch_key: Option<SecretString>,
    /// False adds it turned off: its path is 404.
    #[serde(default = "yes")]
    enabled: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SourceChange {
    /// The version that the change begins from: 409 where somebody else was faster.
    version: i64,
    /// All of them, as for a new source.
    #[schema(value_type = BTreeMap<String, Value>)]
    settings: Map<String, Value>,
    enabled: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewSourceSecret {
    /// Left out, one is made up, and shown in the answer and never again.
    #[schema(value_type = Option<String>, format = Password, max_length = 4_096)]
    secret: Option<SecretString>,
    /// From when the others are refused; left out, they stay as they are.
    others_until: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
struct ChangedSource {
    /// What the next change begins from.
    version: i64,
}

#[derive(Serialize, ToSchema)]
struct AddedSource {
    name: String,
    version: i64,
    /// The secret that was made up: shown here and never again. Null when it was given, or none is needed.
    #[schema(required)]
    secret: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct AddedSecret {
    id: Uuid,
    /// Its length and the beginning of its SHA-256.
    fingerprint: String,
    /// The secret that was made up: shown here and never again. Null when it was given.
    #[schema(required)]
    secret: Option<String>,
}

/// Add a source
///
/// Its secret is sealed with `secrets_key` before it is stored. Sources of the configuration cannot be changed here.
#[utoipa::path(post, path = "/api/admin/sources", tag = "Operations", operation_id = "addSource", request_body = NewSource,
    responses(
        (status = 201, description = "It receives, unless it was added turned off", body = AddedSource),
        (status = 409, description = "Its name or path is taken, there are 100 already, or secrets_key is not set",
            body = ProblemBody, content_type = "application/problem+json"),
        Refusals, RefusedBody,
    ))]
async fn add(
    admin: Admin,
    State(catalog): State<Catalog>,
    JsonBody(new): JsonBody<NewSource>,
) -> Result<(StatusCode, Json<AddedSource>)> {
    let fetch_key = new.fetch_key.as_ref().map(fetch_key::trimmed).transpose()?;
    let source = define(&new.name, &new.settings, fetch_key.clone())?;
    catalog.refuse_clash(&source)?;
    // A service that publishes its keys needs none.
    let has_secret = source.jwks_url.is_none() || new.secret.is_some();
    let secret = has_secret.then(|| Secret::of(&source, new.secret)).transpose()?;
    let sealed = secret.as_ref().map(|secret| catalog.seal(&new.name, &secret.text)).transpose()?;
    let bound = kept::bound_to_fetch(&new.name);
    let sealed_key = fetch_key.map(|key| catalog.seal(&bound, &key)).transpose()?;
    let by = admin.person.id;
    let (settings, db) = (&new.settings, &catalog.0.db);
    let added =
        store::add(db, &new.name, settings, new.enabled, sealed.as_ref(), sealed_key.as_ref(), by).await?;
    if !added {
        return Err(conflict(format!("{} is there already, or there are {SOURCES_MAX} sources", new.name)));
    }
    catalog.load().await?;
    tracing::info!(%by, source = new.name, "a source was added");
    let secret = secret.and_then(Secret::made_up);
    Ok((StatusCode::CREATED, Json(AddedSource { name: new.name, version: 1, secret })))
}

/// Change a source
#[utoipa::path(put, path = "/api/admin/sources/{name}", tag = "Operations", operation_id = "changeSource",
    params(("name" = String, Path)), request_body = SourceChange,
    responses(
        (status = 200, description = "In force", body = ChangedSource),
        (status = 404, description = "No admin has added a source of this name", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "Somebody else has changed it since, its path is taken, or it is of the configuration",
            body = ProblemBody, content_type = "application/problem+json"),
        Refusals, RefusedBody,
    ))]
async fn change(
    admin: Admin,
    State(catalog): State<Catalog>,
    Path(name): Path<String>,
    JsonBody(change): JsonBody<SourceChange>,
) -> Result<Json<ChangedSource>> {
    catalog.known(&name)?;
    let source = define(&name, &change.settings, catalog.fetch_key(&name))?;
    catalog.refuse_clash(&source)?;
    let SourceChange { version, settings, enabled } = change;
    let by = admin.person.id;
    let version = store::change(&catalog.0.db, &name, version, &settings, enabled, by).await?;
    let version = version.ok_or_else(|| conflict("somebody else has changed it since; read it again"))?;
    catalog.load().await?;
    tracing::info!(%by, source = name, version, enabled, "a source was changed");
    Ok(Json(ChangedSource { version }))
}

/// Remove a source
///
/// With its secrets. What it has sent stays.
#[utoipa::path(delete, path = "/api/admin/sources/{name}", tag = "Operations", operation_id = "removeSource",
    params(("name" = String, Path)),
    responses(
        (status = 204, description = "Its path is 404"),
        (status = 404, description = "No admin has added a source of this name", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "It is of the configuration", body = ProblemBody, content_type = "application/problem+json"),
        Refusals,
    ))]
async fn remove(
    admin: Admin,
    State(catalog): State<Catalog>,
    Path(name): Path<String>,
) -> Result<StatusCode> {
    catalog.known(&name)?;
    store::remove(&catalog.0.db, &name).await?;
    catalog.load().await?;
    tracing::info!(by = %admin.person.id, source = name, "a source was removed");
    Ok(StatusCode::NO_CONTENT)
}

/// Add a secret to a source
///
/// Both are live from then on, so that a secret is rotated without losing a callback: add the new one, change it at the
/// service, and let the others end at a time.
#[utoipa::path(post, path = "/api/admin/sources/{name}/secrets", tag = "Operations", operation_id = "addSourceSecret",
    params(("name" = String, Path)), request_body = NewSourceSecret,
    responses(
        (status = 201, description = "In force", body = AddedSecret),
        (status = 404, description = "No admin has added a source of this name", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "It has 10 already, secrets_key is not set, or it is of the configuration",
            body = ProblemBody, content_type = "application/problem+json"),
        Refusals, RefusedBody,
    ))]
async fn add_secret(
    admin: Admin,
    State(catalog): State<Catalog>,
    Path(name): Path<String>,
    JsonBody(new): JsonBody<NewSourceSecret>,
) -> Result<(StatusCode, Json<AddedSecret>)> {
    let settings = catalog.known(&name)?;
    let secret = Secret::of(&define(&name, &settings, catalog.fetch_key(&name))?, new.secret)?;
    let sealed = catalog.seal(&name, &secret.text)?;
    let by = admin.person.id;
    if !store::add_secret(&catalog.0.db, &name, &sealed, new.others_until, by).await? {
        return Err(conflict(format!("a source may have {SECRETS_MAX} secrets: remove one first")));
    }
    catalog.load().await?;
    let fingerprint = source::Fingerprint::of(&secret.text).to_string();
    tracing::info!(%by, source = name, fingerprint, "a secret was added");
    let added = AddedSecret { id: sealed.id, fingerprint, secret: secret.made_up() };
    Ok((StatusCode::CREATED, Json(added)))
}

/// Remove a secret of a source
///
/// What is signed with it is refused at once.
#[utoipa::path(delete, path = "/api/admin/sources/{name}/secrets/{id}", tag = "Operations", operation_id = "removeSourceSecret",
    params(("name" = String, Path), ("id" = Uuid, Path)),
    responses(
        (status = 204, description = "It opens nothing any more"),
        (status = 404, description = "No such source, or it has no such secret", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "It is of the configuration", body = ProblemBody, content_type = "application/problem+json"),
        Refusals,
    ))]
async fn remove_secret(
    admin: Admin,
    State(catalog): State<Catalog>,
    Path((name, id)): Path<(String, String)>,
) -> Result<StatusCode> {
    catalog.known(&name)?;
    let id = id.parse().map_err(|_| Problem::parameter("id", "a uuid"))?;
    if !store::remove_secret(&catalog.0.db, &name, id).await? {
        return Err(Problem::not_found(format!("{name} has no secret with this id")));
    }
    catalog.load().await?;
    tracing::info!(by = %admin.person.id, source = name, %id, "a secret was removed");
    Ok(StatusCode::NO_CONTENT)
}

/// A secret that is to be stored, and whether nobody has given it.
struct Secret {
    text: SecretString,
    is_made_up: bool,
}

impl Secret {
    fn of(source: &Source, given: Option<SecretString>) -> Result<Self> {
        let is_made_up = given.is_none();
        let text = given.unwrap_or_else(|| source.random_secret());
        // Senders trim theirs too.
        let text = SecretString::from(text.expose_secret().trim());
        if text.expose_secret().len() > SECRET_BYTES_MAX {
            return Err(Problem::parameter("secret", "at most 4,096 bytes long"));
        }
        let tried = source.clone().add_secret(&text);
        tried.map_err(|allowed| Problem::bad_request("Invalid secret", format!("secret {allowed}")))?;
        Ok(Self { text, is_made_up })
    }

    fn made_up(self) -> Option<String> {
        self.is_made_up.then(|| self.text.expose_secret().to_owned())
    }
}

impl Catalog {
    /// `bound_to` is the source, or what stands for it.
    fn seal(&self, bound_to: &str, text: &SecretString) -> Result<NewSecret> {
        let id = Uuid::now_v7();
        let sealed = self.0.vault.seal(bound_to, id, text).map_err(|closed| match closed {
            Closed::NoKey => conflict(
                "secrets_key (CALLBACKD_SECRETS_KEY) is not set: secrets are not stored unsealed. Set it to what \
                 `openssl rand -base64 32` prints, the same on every node",
            ),
            _ => Problem::internal(closed),
        })?;
        Ok(NewSecret { id, sealed })
    }

    /// The settings of a source that an admin has added.
    fn known(&self, name: &str) -> Result<Map<String, Value>> {
        if let Some(kept) = self.kept().iter().find(|kept| kept.name == name) {
            return Ok(kept.settings.clone());
        }
        if self.0.sources.all().iter().any(|enabled| &*enabled.source.name == name) {
            return Err(conflict(format!("{name} is of the configuration, and is changed there")));
        }
        Err(Problem::not_found(format!("no source is called {name}")))
    }

    /// With which settings are judged: one that cannot be opened stands for itself.
    fn fetch_key(&self, name: &str) -> Option<SecretString> {
        let all = self.kept();
        let kept = all.iter().find(|kept| kept.name == name)?;
        let closed = || kept.fetch_problem.is_some().then(|| SecretString::from("sealed"));
        kept.fetch_key.clone().or_else(closed)
    }

    fn refuse_clash(&self, source: &Source) -> Result<()> {
        let others = source::all(&self.0.configured).map_err(Error::from)?;
        let kept = self.kept();
        let others_kept = kept.iter().filter(|kept| kept.name != *source.name);
        let others: Vec<Source> =
            others.into_iter().chain(others_kept.filter_map(|kept| kept.source.clone())).collect();
        clash(&others, &source.name, &source.path).map_or(Ok(()), |why| Err(conflict(why)))
    }
}

fn define(name: &str, settings: &Map<String, Value>, fetch_key: Option<SecretString>) -> Result<Source> {
    kept::define(name, settings, Vec::new(), fetch_key)
        .map_err(|error| Problem::bad_request("Invalid source", error.to_string()))
}

fn conflict(detail: impl Into<std::borrow::Cow<'static, str>>) -> Problem {
    Problem::new(StatusCode::CONFLICT, "conflict", "Conflict", detail)
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Database(error) => error.into(),
            Error::Client(_) | Error::Configuration(_) => Self::internal(error),
        }
    }
}

const fn yes() -> bool {
    true
}

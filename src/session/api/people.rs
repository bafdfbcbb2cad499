//! People, for admins.

use axum::{Json, extract::State, http::StatusCode};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    extract::{JsonBody, PathId, Query},
    problem::{Problem, ProblemBody, Result},
    refusals::{Refusals, RefusedBody},
    session::{
        Admin, Error, Role, Sessions,
        people::{self, Email, NewPerson as New, Profile},
    },
};

/// People in one answer.
const PAGE_MAX: i64 = 1_000;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PeopleList {
    people: Vec<Profile>,
    /// What to ask for as `after` next; null when there is no more. The page after may be empty.
    #[schema(required)]
    next_cursor: Option<String>,
    /// Whose accounts `externalSubject` can name; null where no external issuer is configured.
    #[schema(required)]
    external_issuer: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewPerson {
    #[schema(example = "ada@example.org")]
    email: String,
    role: Role,
    /// At least 12 characters. Without one only an external account lets this person in.
    #[schema(value_type = Option<String>, format = Password)]
    password: Option<SecretString>,
    /// The subject (`sub`) of this person's account at the configured external issuer.
    external_subject: Option<String>,
}

#[derive(Deserialize, ToSchema)]
pub(super) struct RoleChange {
    role: Role,
}

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PeopleQuery {
    /// The page before's `nextCursor`.
    after: Option<String>,
    /// 1 to 1,000, which is also what is given if it is left out.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 1_000)]
    limit: Option<String>,
}

/// People, by e-mail address, a page by cursor.
#[utoipa::path(get, path = "/api/admin/people", tag = "People", operation_id = "listPeople", params(PeopleQuery),
    responses(
        (status = 200, description = "A page", body = PeopleList),
        Refusals,
    ))]
pub(super) async fn list(
    State(sessions): State<Sessions>,
    _: Admin,
    Query(query): Query<PeopleQuery>,
) -> Result<Json<PeopleList>> {
    let limit = query.limit.map_or(Ok(PAGE_MAX), |text| text.parse());
    let limit = limit.ok().filter(|limit| (1..=PAGE_MAX).contains(limit));
    let limit = limit.ok_or_else(|| Problem::parameter("limit", "1 to 1000"))?;
    let after = query.after.unwrap_or_default();
    let people = people::list(sessions.shared.store.db(), &after, limit).await?;
    let is_full = i64::try_from(people.len()).is_ok_and(|count| count == limit);
    let next_cursor = people.last().filter(|_| is_full).map(|last| last.email.clone());
    let external_issuer = sessions.shared.issuer.as_ref().map(|issuer| issuer.name().to_owned());
    Ok(Json(PeopleList { people, next_cursor, external_issuer }))
}

/// Adds a person, for whom everything stored so far counts as viewed.
#[utoipa::path(post, path = "/api/admin/people", tag = "People", operation_id = "createPerson", request_body = NewPerson,
    responses(
        (status = 201, description = "Added", body = Profile),
        (status = 404, description = "externalSubject was given, but no external issuer is configured",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "Somebody has this address or account already", body = ProblemBody,
            content_type = "application/problem+json"),
        Refusals, RefusedBody,
    ))]
pub(super) async fn create(
    State(sessions): State<Sessions>,
    admin: Admin,
    JsonBody(new): JsonBody<NewPerson>,
) -> Result<(StatusCode, Json<Profile>)> {
    let external = match new.external_subject {
        Some(subject) => {
            let issuer = sessions.shared.issuer.as_ref().ok_or(Error::NoIssuer)?;
            Some((issuer.name().to_owned(), subject))
        }
        None => None,
    };
    let email = Email::parse(&new.email)?;
    let new = New { email, role: new.role, password: new.password, external };
    let made = people::create(sessions.shared.store.db(), &sessions.shared.hasher, new).await?;
    tracing::info!(by = %admin.person.id, person = %made.id, role = made.role.as_str(), "a person was added");
    Ok((StatusCode::CREATED, Json(made)))
}

/// Gives a person another role, on every node at once.
#[utoipa::path(patch, path = "/api/admin/people/{id}", tag = "People", operation_id = "setRole", request_body = RoleChange,
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, description = "As it is now", body = Profile),
        (status = 404, description = "Nobody has this id", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 409, description = "This is the last admin", body = ProblemBody,
            content_type = "application/problem+json"),
        Refusals, RefusedBody,
    ))]
pub(super) async fn set_role(
    State(sessions): State<Sessions>,
    admin: Admin,
    PathId(id): PathId,
    JsonBody(RoleChange { role }): JsonBody<RoleChange>,
) -> Result<Json<Profile>> {
    let changed = people::set_role(sessions.shared.store.db(), id, role).await?;
    tracing::info!(by = %admin.person.id, person = %id, role = role.as_str(), "a role was set");
    Ok(Json(changed))
}

/// Removes a person with their sessions, tokens and preferences, on every node at once.
#[utoipa::path(delete, path = "/api/admin/people/{id}", tag = "People", operation_id = "removePerson",
    params(("id" = Uuid, Path)),
    responses(
        (status = 204, description = "Removed"),
        (status = 404, description = "Nobody has this id", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 409, description = "This is the last admin", body = ProblemBody,
            content_type = "application/problem+json"),
        Refusals,
    ))]
pub(super) async fn remove(
    State(sessions): State<Sessions>,
    admin: Admin,
    PathId(id): PathId,
) -> Result<StatusCode> {
    people::remove(sessions.shared.store.db(), id).await?;
    tracing::info!(by = %admin.person.id, person = %id, "a person was removed");
    Ok(StatusCode::NO_CONTENT)
}

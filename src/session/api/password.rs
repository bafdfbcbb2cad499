//! Passwords that are changed: one's own, by whoever knows the old one; anybody else's, by an admin.
//!
//! Either way all sessions of that person end, on every node, but the one that asks. API tokens go on: each is revoked
//! by itself.

use axum::{extract::State, http::StatusCode};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    extract::{JsonBody, PathId},
    problem::{Problem, ProblemBody, Result},
    refusals::{Refusals, RefusedBody},
    session::{Admin, ClientAddress, InPerson, Sessions, people},
};

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PasswordChange {
    #[schema(value_type = String, format = Password)]
    current_password: SecretString,
    /// At least 12 characters, at most 1,024 bytes.
    #[schema(value_type = String, format = Password, min_length = 12)]
    new_password: SecretString,
}

#[derive(Deserialize, ToSchema)]
pub(super) struct PasswordReset {
    /// At least 12 characters, at most 1,024 bytes.
    #[schema(value_type = String, format = Password, min_length = 12)]
    password: SecretString,
}

/// Changes one's own password, and ends all of one's other sessions.
///
/// A wrong current password is 403 with the code `wrong_password`, and slows down as a wrong sign-in does. API tokens go
/// on.
#[utoipa::path(post, path = "/api/me/password", tag = "Signing in", operation_id = "changePassword",
    request_body = PasswordChange,
    responses(
        (status = 204, description = "Changed; other sessions work no more"),
        (status = 409, description = "This person has no password", body = ProblemBody,
            content_type = "application/problem+json"),
        Refusals, RefusedBody,
    ))]
pub(super) async fn change(
    State(sessions): State<Sessions>,
    InPerson(caller): InPerson,
    ClientAddress(address): ClientAddress,
    JsonBody(change): JsonBody<PasswordChange>,
) -> Result<StatusCode> {
    let PasswordChange { current_password, new_password } = change;
    sessions.change_password(&caller, address, current_password, new_password).await?;
    tracing::info!(person = %caller.person.id, "a password was changed");
    Ok(StatusCode::NO_CONTENT)
}

/// Gives somebody else another password, and ends all of their sessions.
#[utoipa::path(post, path = "/api/admin/people/{id}/password", tag = "People", operation_id = "resetPassword",
    request_body = PasswordReset,
    params(("id" = Uuid, Path)),
    responses(
        (status = 204, description = "Set; their sessions work no more"),
        (status = 404, description = "Nobody has this id", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 409, description = "One's own is changed at /api/me/password", body = ProblemBody,
            content_type = "application/problem+json"),
        Refusals, RefusedBody,
    ))]
pub(super) async fn reset(
    State(sessions): State<Sessions>,
    admin: Admin,
    PathId(id): PathId,
    JsonBody(PasswordReset { password }): JsonBody<PasswordReset>,
) -> Result<StatusCode> {
    if id == admin.person.id {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "own_password",
            "Your own password",
            "change your own password at /api/me/password, with the current one",
        ));
    }
    people::reset_password(sessions.shared.store.db(), &sessions.shared.hasher, id, password).await?;
    tracing::info!(by = %admin.person.id, person = %id, "a password was reset");
    Ok(StatusCode::NO_CONTENT)
}

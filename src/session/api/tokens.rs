//! One's own API tokens.

use axum::{Json, extract::State, http::StatusCode};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    extract::{JsonBody, PathId},
    problem::{Problem, ProblemBody, Result},
    refusals::{Refusals, RefusedBody},
    session::{ApiToken, InPerson, Sessions, SignedIn, tokens},
};

#[derive(Serialize, ToSchema)]
pub(super) struct TokenList {
    tokens: Vec<ApiToken>,
}

#[derive(Deserialize, ToSchema)]
pub(super) struct NewToken {
    /// What it is for: 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100, example = "nightly export")]
    name: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct CreatedToken {
    id: Uuid,
    name: String,
    /// Shown here and never again.
    #[schema(example = "cbd_…")]
    token: String,
}

/// One's own API tokens, oldest first; at most 100.
#[utoipa::path(get, path = "/api/auth/tokens", tag = "Signing in", operation_id = "listTokens",
    responses((status = 200, description = "One's own API tokens", body = TokenList), Refusals))]
pub(super) async fn list(State(sessions): State<Sessions>, caller: SignedIn) -> Result<Json<TokenList>> {
    let tokens = tokens::list(sessions.shared.store.db(), Some(caller.person.id)).await?;
    Ok(Json(TokenList { tokens }))
}

/// Makes an API token, which may do what its owner may.
#[utoipa::path(post, path = "/api/auth/tokens", tag = "Signing in", operation_id = "createToken", request_body = NewToken,
    responses(
        (status = 201, description = "Made", body = CreatedToken),
        (status = 409, description = "One person may have 100", body = ProblemBody,
            content_type = "application/problem+json"),
        Refusals, RefusedBody,
    ))]
pub(super) async fn create(
    State(sessions): State<Sessions>,
    InPerson(caller): InPerson,
    JsonBody(new): JsonBody<NewToken>,
) -> Result<(StatusCode, Json<CreatedToken>)> {
    let name = tokens::Name::parse(&new.name)
        .ok_or_else(|| Problem::parameter("name", "text of 1 to 100 characters"))?;
    let made = tokens::create(sessions.shared.store.db(), caller.person.id, &name).await?;
    let (id, token) = made.ok_or_else(|| {
        Problem::new(
            StatusCode::CONFLICT,
            "too_many_tokens",
            "Too many tokens",
            "one person may have 100 API tokens: revoke one first",
        )
    })?;
    let token = token.expose_secret().to_owned();
    Ok((StatusCode::CREATED, Json(CreatedToken { id, name: name.into_text(), token })))
}

/// Revokes one of one's own API tokens, on every node at once.
#[utoipa::path(delete, path = "/api/auth/tokens/{id}", tag = "Signing in", operation_id = "revokeToken",
    params(("id" = Uuid, Path)),
    responses(
        (status = 204, description = "It opens nothing any more"),
        (status = 404, description = "No such token", body = ProblemBody, content_type = "application/problem+json"),
        Refusals,
    ))]
pub(super) async fn revoke(
    State(sessions): State<Sessions>,
    caller: SignedIn,
    PathId(id): PathId,
) -> Result<StatusCode> {
    if tokens::revoke(sessions.shared.store.db(), id, Some(caller.person.id)).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::not_found("you have no API token with this id, or it was revoked already"))
}

//! In, out, and who am I.

use axum::{
    Json,
    extract::{FromRef, FromRequestParts, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{AppendHeaders, IntoResponse},
};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    extract::JsonBody,
    problem::{Problem, ProblemBody, Result},
    refusals::{Refusals, RefusedBody, SignInRefusals},
    session::{
        ClientAddress, Error, Opened, Role, Sessions, SignedIn as Caller, Visitor,
        address::OnThisMachine,
        cookie::{self, Transport},
        opaque,
    },
};

/// What is kept of a browser's description of itself, in characters.
const USER_AGENT_MAX: usize = 512;

#[derive(Deserialize, ToSchema)]
pub(super) struct Credentials {
    #[schema(example = "ada@example.org")]
    email: String,
    #[schema(value_type = String, format = Password)]
    password: SecretString,
}

#[derive(Deserialize, ToSchema)]
pub(super) struct Token {
    #[schema(value_type = String)]
    token: SecretString,
}

#[derive(Serialize, ToSchema)]
pub(super) struct SignedIn {
    user: User,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct User {
    id: Uuid,
    email: String,
    role: Role,
    /// When the session ends if it is not used again.
    expires_at: DateTime<Utc>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Me {
    id: Uuid,
    email: String,
    role: Role,
    /// When the session ends if it is not used again; null for an API token, which does not end by itself.
    #[schema(required)]
    expires_at: Option<DateTime<Utc>>,
    /// Whether there is a password to sign in with, and to change.
    has_password: bool,
    /// Whether this server runs its own, throw-away PostgreSQL.
    development: bool,
}

/// Signs in with e-mail address and password.
#[utoipa::path(post, path = "/api/auth/login", tag = "Signing in", operation_id = "login", security(()),
    request_body = Credentials,
    responses(
        (status = 200, description = "Signed in; the session is in the cookie `callbackd_session`", body = SignedIn),
        (status = 401, description = "Wrong, or no such account: the answer does not tell which", body = ProblemBody,
            content_type = "application/problem+json"),
        SignInRefusals, RefusedBody,
    ))]
pub(super) async fn login(
    State(sessions): State<Sessions>,
    browser: Browser,
    JsonBody(credentials): JsonBody<Credentials>,
) -> Result<impl IntoResponse> {
    let Credentials { email, password } = credentials;
    let opened = sessions.open_with_password(&email, password, &browser.visitor).await?;
    welcome(&sessions, &browser, opened).await
}

/// Signs in with a one-time link of development mode, on the server's own machine.
#[utoipa::path(post, path = "/api/auth/link", tag = "Signing in", operation_id = "loginByLink", security(()),
    request_body = Token,
    responses(
        (status = 200, description = "Signed in; the session is in the cookie `callbackd_session`", body = SignedIn),
        (status = 401, description = "Unknown, used, or older than ten minutes", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 404, description = "This server is not in development mode", body = ProblemBody,
            content_type = "application/problem+json"),
        SignInRefusals, RefusedBody,
    ))]
pub(super) async fn link(
    State(sessions): State<Sessions>,
    OnThisMachine(local): OnThisMachine,
    browser: Browser,
    JsonBody(Token { token }): JsonBody<Token>,
) -> Result<impl IntoResponse> {
    if !sessions.development() {
        return Err(Error::NoLinks.into());
    }
    if !local {
        return Err(Error::NotThisMachine.into());
    }
    let opened = sessions.open_with_link(&token, &browser.visitor).await?;
    welcome(&sessions, &browser, opened).await
}

/// Exchanges an access token of the configured external issuer for a session that ends no later.
#[utoipa::path(post, path = "/api/auth/exchange", tag = "Signing in", operation_id = "exchange", security(()),
    request_body = Token,
    responses(
        (status = 200, description = "Signed in; the session is in the cookie `callbackd_session`", body = SignedIn),
        (status = 401, description = "The token does not verify, or leads to nobody here", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 404, description = "No external issuer is configured", body = ProblemBody,
            content_type = "application/problem+json"),
        SignInRefusals, RefusedBody,
    ))]
pub(super) async fn exchange(
    State(sessions): State<Sessions>,
    browser: Browser,
    JsonBody(Token { token }): JsonBody<Token>,
) -> Result<impl IntoResponse> {
    let opened = sessions.open_with_external(&token, &browser.visitor).await?;
    welcome(&sessions, &browser, opened).await
}

/// Ends the session of the cookie, on every node at once. Without one nothing is left to do.
#[utoipa::path(post, path = "/api/auth/logout", tag = "Signing in", operation_id = "logout", security(()),
    responses(
        (status = 204, description = "Signed out"),
        (status = 403, description = "A page of another origin made this request", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 503, description = "Database away: still signed in", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
pub(super) async fn logout(
    State(sessions): State<Sessions>,
    headers: HeaderMap,
) -> Result<impl IntoResponse> {
    end_session_of(&sessions, &headers).await?;
    let cookie = cookie::clear(Transport::of(sessions.public_url(), &headers));
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(header::SET_COOKIE, cookie)])))
}

/// Who is signed in, by session or API token.
#[utoipa::path(get, path = "/api/auth/me", tag = "Signing in", operation_id = "me",
    responses((status = 200, description = "Whoever is signed in", body = Me), Refusals))]
pub(super) async fn me(State(sessions): State<Sessions>, caller: Caller) -> Json<Me> {
    let Caller { person, credential, has_password } = caller;
    let (expires_at, development) = (credential.expires_at(), sessions.development());
    Json(Me { id: person.id, email: person.email, role: person.role, expires_at, has_password, development })
}

/// What a sign-in wants to know of its request.
pub(super) struct Browser {
    visitor: Visitor,
    headers: HeaderMap,
}

impl<S> FromRequestParts<S> for Browser
where
    S: Send + Sync,
    Sessions: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let ClientAddress(address) = ClientAddress::from_request_parts(parts, state).await?;
        let user_agent = parts.headers.get(header::USER_AGENT).map(HeaderValue::as_bytes);
        let user_agent = String::from_utf8_lossy(user_agent.unwrap_or_default());
        let user_agent = user_agent.chars().take(USER_AGENT_MAX).collect();
        Ok(Self { visitor: Visitor { address, user_agent }, headers: parts.headers.clone() })
    }
}

/// The new session replaces whatever session the browser brought: nobody can plant one in it beforehand.
async fn welcome(
    sessions: &Sessions,
    browser: &Browser,
    opened: Opened,
) -> Result<impl IntoResponse + use<>> {
    end_session_of(sessions, &browser.headers).await?;
    let Opened { token, person, expires_at, .. } = opened;
    let cookie = cookie::set(&token, Transport::of(sessions.public_url(), &browser.headers));
    let user = User { id: person.id, email: person.email, role: person.role, expires_at };
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Json(SignedIn { user })))
}

async fn end_session_of(sessions: &Sessions, headers: &HeaderMap) -> Result<()> {
    if let Some(hash) = cookie::read(headers).and_then(|token| opaque::hash_of("", token)) {
        sessions.shared.store.sign_out(&hash).await?;
    }
    Ok(())
}

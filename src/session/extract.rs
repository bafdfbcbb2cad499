//! What a handler asks for to be sure who it talks to. A handler without one of these is open to everybody.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, header, request::Parts},
};

use super::{Credential, Person, Role, Sessions};
use crate::problem::Problem;

/// Whoever is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    pub person: Person,
    pub credential: Credential,
    /// Whether this person can sign in with a password.
    pub has_password: bool,
}

/// Whoever is signed in with a browser's session. An API token is answered 403: a leaked one must not outlive its
/// revocation in its children, nor take the account over.
#[derive(Clone, Debug)]
pub struct InPerson(pub SignedIn);

/// An admin; others are answered 403.
#[derive(Clone, Debug)]
pub struct Admin {
    pub person: Person,
    pub credential: Credential,
}

/// A member, who sees callbacks of their own; admins are answered 403, since they see all of them elsewhere.
#[derive(Clone, Debug)]
pub struct Member {
    pub person: Person,
    pub credential: Credential,
}

impl<S> FromRequestParts<S> for SignedIn
where
    S: Send + Sync,
    Sessions: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Ok(Sessions::from_ref(state).recognise(&parts.headers).await?)
    }
}

impl<S> FromRequestParts<S> for InPerson
where
    S: Send + Sync,
    Sessions: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = SignedIn::from_request_parts(parts, state).await?;
        match caller.credential {
            Credential::Session { .. } => Ok(Self(caller)),
            Credential::ApiToken { .. } => {
                Err(Problem::forbidden("this is done in a browser session, not with an API token"))
            }
        }
    }
}

impl<S> FromRequestParts<S> for Admin
where
    S: Send + Sync,
    Sessions: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let SignedIn { person, credential, .. } = SignedIn::from_request_parts(parts, state).await?;
        match person.role {
            Role::Admin => Ok(Self { person, credential }),
            Role::Member => Err(Problem::forbidden("only an admin may do this")),
        }
    }
}

impl<S> FromRequestParts<S> for Member
where
    S: Send + Sync,
    Sessions: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let SignedIn { person, credential, .. } = SignedIn::from_request_parts(parts, state).await?;
        match person.role {
            Role::Member => Ok(Self { person, credential }),
            Role::Admin => {
                Err(Problem::forbidden("this is for members; an admin uses /api/admin/llm-callbacks"))
            }
        }
    }
}

/// The token behind `Authorization: Bearer`. Another scheme is not ours: a proxy may have its own.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

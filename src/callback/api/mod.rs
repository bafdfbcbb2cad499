//! The requests that show stored callbacks: for admins below `/api/admin/llm-callbacks`, for members below
//! `/api/me/callbacks`.
//!
//! Both are the same few functions with another [`Viewer`](super::Viewer); `admin` and `member` only say who may ask,
//! where, and for what. The decision worth arguing about: a member's request for somebody else's callback is 404 and not
//! 403, so that ids cannot be tried.

mod admin;
mod download;
mod export;
mod mark;
mod member;
pub(crate) mod query;
mod show;

use axum::extract::FromRef;
use utoipa_axum::router::OpenApiRouter;

use super::{Exports, Store};
use crate::session::Sessions;

/// Both sets of routes, with whole paths.
pub fn routes<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Store: FromRef<S>,
    Exports: FromRef<S>,
    Sessions: FromRef<S>,
{
    admin::routes().merge(member::routes()).merge(export::routes())
}

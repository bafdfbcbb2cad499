//! `POST …/{id}/fetch`, for admins.

use std::sync::Arc;

use axum::{
    extract::{FromRef, State},
    http::StatusCode,
};
use tokio::sync::Notify;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::store::Store;
use crate::{
    extract::PathId,
    ingest::Sources,
    problem::{Problem, ProblemBody, Result},
    refusals::{NoSuchCallback, Refusals},
    session::{Admin, Sessions},
};

/// A handle, cheap to clone.
#[derive(Clone)]
pub struct Fetches(Arc<Parts>);

struct Parts {
    store: Store,
    sources: Sources,
    bell: Arc<Notify>,
}

impl Fetches {
    pub(super) fn new(store: Store, sources: Sources, bell: Arc<Notify>) -> Self {
        Self(Arc::new(Parts { store, sources, bell }))
    }
}

pub fn routes<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Fetches: FromRef<S>,
    Sessions: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(fetch_object))
}

/// Fetch a callback's object again
///
/// From the first attempt on, whatever was tried before; also of a callback that came before its source fetched anything.
/// An object that is there stays until another one comes. Streams are told how it goes.
#[utoipa::path(
    post,
    path = "/api/admin/llm-callbacks/{id}/fetch",
    tag = "Callbacks",
    operation_id = "fetchObject",
    params(("id" = uuid::Uuid, Path)),
    responses(
        (status = 202, description = "It is about to be fetched"),
        (status = 409, description = "Its source fetches nothing for this event, or it was not verified", body = ProblemBody, content_type = "application/problem+json"),
        Refusals,
        NoSuchCallback,
    )
)]
async fn fetch_object(
    State(fetches): State<Fetches>,
    admin: Admin,
    PathId(id): PathId,
) -> Result<StatusCode> {
    let parts = &*fetches.0;
    let named = parts.store.named(id).await?;
    let named = named
        .ok_or_else(|| Problem::not_found("there is no callback with this id; it may have been deleted"))?;
    if !named.vouched {
        return Err(conflict("Not verified", "nothing is fetched for a request that was not verified"));
    }
    let all = parts.sources.all();
    let source = all.iter().find(|enabled| *enabled.source.name == *named.source);
    let fetch = source.and_then(|enabled| enabled.source.fetch.as_ref());
    if !fetch.is_some_and(|fetch| fetch.has(named.event.as_deref())) {
        return Err(conflict(
            "Nothing to fetch",
            "its source fetches nothing for this event: fetch.key and fetch.url say what is fetched, and where",
        ));
    }
    parts.store.again(id).await?;
    parts.bell.notify_one();
    tracing::info!(by = %admin.person.id, callback = %id, "an object is fetched again");
    Ok(StatusCode::ACCEPTED)
}

fn conflict(title: &'static str, detail: &'static str) -> Problem {
    Problem::new(StatusCode::CONFLICT, "conflict", title, detail)
}

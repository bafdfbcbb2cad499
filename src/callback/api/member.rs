//! What members ask: verified callbacks of their own, and nothing else. Nobody but an admin deletes.

use axum::{
    Json,
    extract::{FromRef, State},
    response::Response,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    mark::{self, MarkViewed},
    query::{CheckQuery, PageQuery, SearchQuery},
    show,
};
use crate::{
    callback::{
        CheckPage, Count, DetailAnswer, FacetValues, FilterQuery, HistoryPage, MarkedAnswer, Store, Viewer,
    },
    extract::{JsonBody, PathId, Query},
    problem::Result,
    refusals::{NoSuchCallback, Refusals, RefusedBody},
    session::{Member, Sessions},
};

pub fn routes<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Store: FromRef<S>,
    Sessions: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(check_own_callbacks))
        .routes(routes!(own_callback_history))
        .routes(routes!(own_callback_facets))
        .routes(routes!(mark_own_callbacks_viewed))
        .routes(routes!(unviewed_own_callback_count))
        .routes(routes!(own_callback_detail))
        .routes(routes!(own_callback_raw))
}

impl From<&Member> for Viewer {
    fn from(member: &Member) -> Self {
        Self::member(member.person.id)
    }
}

/// What of your own came after a cursor
///
/// Oldest first; what a client polls that cannot have the stream.
#[utoipa::path(
    get,
    path = "/api/me/callbacks/check",
    tag = "Own callbacks",
    operation_id = "checkOwnCallbacks",
    params(CheckQuery),
    responses((status = 200, description = "A page", body = CheckPage), Refusals)
)]
async fn check_own_callbacks(
    State(store): State<Store>,
    member: Member,
    Query(query): Query<CheckQuery>,
) -> Result<Json<CheckPage>> {
    show::check(&store, &Viewer::from(&member), query).await
}

/// The history of your own callbacks
///
/// Newest first, a page by cursor.
#[utoipa::path(
    get,
    path = "/api/me/callbacks/history",
    tag = "Own callbacks",
    operation_id = "ownCallbackHistory",
    params(FilterQuery, SearchQuery, PageQuery),
    responses((status = 200, description = "A page", body = HistoryPage), Refusals)
)]
async fn own_callback_history(
    State(store): State<Store>,
    member: Member,
    Query(filter): Query<FilterQuery>,
    Query(query): Query<SearchQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<HistoryPage>> {
    show::history(&store, &Viewer::from(&member), filter, query, page).await
}

/// What there is to filter your own callbacks by
///
/// The sources, workflows and events among your newest 2,000, sorted, at most 200 of each.
#[utoipa::path(
    get,
    path = "/api/me/callbacks/facets",
    tag = "Own callbacks",
    operation_id = "ownCallbackFacets",
    responses((status = 200, description = "The values", body = FacetValues), Refusals)
)]
async fn own_callback_facets(State(store): State<Store>, member: Member) -> Result<Json<FacetValues>> {
    show::facets(&store, &Viewer::from(&member)).await
}

/// Mark your own callbacks as viewed
///
/// Idempotent. Your other tabs and devices are told.
#[utoipa::path(
    post,
    path = "/api/me/callbacks/mark-viewed",
    tag = "Own callbacks",
    operation_id = "markOwnCallbacksViewed",
    request_body = MarkViewed,
    responses(
        (status = 200, description = "Marked", body = MarkedAnswer),
        Refusals,
        NoSuchCallback,
        RefusedBody,
    )
)]
async fn mark_own_callbacks_viewed(
    State(store): State<Store>,
    member: Member,
    JsonBody(body): JsonBody<MarkViewed>,
) -> Result<Json<MarkedAnswer>> {
    mark::mark_viewed(&store, &Viewer::from(&member), body).await
}

/// How many of your own callbacks you have not viewed
#[utoipa::path(
    get,
    path = "/api/me/callbacks/unviewed-count",
    tag = "Own callbacks",
    operation_id = "unviewedOwnCallbackCount",
    responses((status = 200, description = "The count", body = Count), Refusals)
)]
async fn unviewed_own_callback_count(State(store): State<Store>, member: Member) -> Result<Json<Count>> {
    show::unviewed_count(&store, &Viewer::from(&member)).await
}

/// Everything about a callback of your own
///
/// With the callbacks of the same job.
#[utoipa::path(
    get,
    path = "/api/me/callbacks/{id}",
    tag = "Own callbacks",
    operation_id = "ownCallbackDetail",
    params(("id" = uuid::Uuid, Path)),
    responses((status = 200, description = "The callback and its job", body = DetailAnswer), Refusals, NoSuchCallback)
)]
async fn own_callback_detail(
    State(store): State<Store>,
    member: Member,
    PathId(id): PathId,
) -> Result<Json<DetailAnswer>> {
    show::detail(&store, &Viewer::from(&member), id).await
}

/// The exact bytes of a callback of your own
#[utoipa::path(
    get,
    path = "/api/me/callbacks/{id}/raw",
    tag = "Own callbacks",
    operation_id = "ownCallbackRaw",
    params(("id" = uuid::Uuid, Path)),
    responses(
        (status = 200, description = "The body as it was received", body = [u8], content_type = "application/octet-stream"),
        Refusals,
        NoSuchCallback,
    )
)]
async fn own_callback_raw(
    State(store): State<Store>,
    member: Member,
    PathId(id): PathId,
) -> Result<Response> {
    show::raw(&store, &Viewer::from(&member), id).await
}

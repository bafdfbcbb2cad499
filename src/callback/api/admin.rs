//! What admins ask: all callbacks, whatever came in.

use axum::{
    Json,
    extract::{FromRef, State},
    http::StatusCode,
    response::Response,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    mark::{self, Ids, MarkViewed},
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
    session::{Admin, Sessions},
};

pub fn routes<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Store: FromRef<S>,
    Sessions: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(check_callbacks))
        .routes(routes!(callback_history))
        .routes(routes!(callback_facets))
        .routes(routes!(mark_callbacks_viewed))
        .routes(routes!(unviewed_callback_count))
        .routes(routes!(invalid_signature_count))
        .routes(routes!(delete_callbacks))
        .routes(routes!(callback_detail, delete_callback))
        .routes(routes!(callback_raw))
}

impl From<&Admin> for Viewer {
    fn from(admin: &Admin) -> Self {
        Self::admin(admin.person.id)
    }
}

/// What came after a cursor
///
/// Oldest first; what a client polls that cannot have the stream.
#[utoipa::path(
    get,
    path = "/api/admin/llm-callbacks/check",
    tag = "Callbacks",
    operation_id = "checkCallbacks",
    params(CheckQuery),
    responses((status = 200, description = "A page", body = CheckPage), Refusals)
)]
async fn check_callbacks(
    State(store): State<Store>,
    admin: Admin,
    Query(query): Query<CheckQuery>,
) -> Result<Json<CheckPage>> {
    show::check(&store, &Viewer::from(&admin), query).await
}

/// The history of callbacks
///
/// Newest first, a page by cursor. What several filters or a text look for may be rare: such a search stops after some
/// 40 ms with what it has found, and `searchedTo` says where to go on.
#[utoipa::path(
    get,
    path = "/api/admin/llm-callbacks/history",
    tag = "Callbacks",
    operation_id = "callbackHistory",
    params(FilterQuery, SearchQuery, PageQuery),
    responses((status = 200, description = "A page", body = HistoryPage), Refusals)
)]
async fn callback_history(
    State(store): State<Store>,
    admin: Admin,
    Query(filter): Query<FilterQuery>,
    Query(query): Query<SearchQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<HistoryPage>> {
    show::history(&store, &Viewer::from(&admin), filter, query, page).await
}

/// What there is to filter by
///
/// The sources, workflows and events of what was received, sorted, at most 200 of each. Workflows and events that only
/// rejected requests name are left out: anybody can make them up.
#[utoipa::path(
    get,
    path = "/api/admin/llm-callbacks/facets",
    tag = "Callbacks",
    operation_id = "callbackFacets",
    responses((status = 200, description = "The values", body = FacetValues), Refusals)
)]
async fn callback_facets(State(store): State<Store>, admin: Admin) -> Result<Json<FacetValues>> {
    show::facets(&store, &Viewer::from(&admin)).await
}

/// Mark callbacks as viewed
///
/// Idempotent. Your other tabs and devices are told.
#[utoipa::path(
    post,
    path = "/api/admin/llm-callbacks/mark-viewed",
    tag = "Callbacks",
    operation_id = "markCallbacksViewed",
    request_body = MarkViewed,
    responses(
        (status = 200, description = "Marked", body = MarkedAnswer),
        Refusals,
        NoSuchCallback,
        RefusedBody,
    )
)]
async fn mark_callbacks_viewed(
    State(store): State<Store>,
    admin: Admin,
    JsonBody(body): JsonBody<MarkViewed>,
) -> Result<Json<MarkedAnswer>> {
    mark::mark_viewed(&store, &Viewer::from(&admin), body).await
}

/// How many callbacks you have not viewed
#[utoipa::path(
    get,
    path = "/api/admin/llm-callbacks/unviewed-count",
    tag = "Callbacks",
    operation_id = "unviewedCallbackCount",
    responses((status = 200, description = "The count", body = Count), Refusals)
)]
async fn unviewed_callback_count(State(store): State<Store>, admin: Admin) -> Result<Json<Count>> {
    show::unviewed_count(&store, &Viewer::from(&admin)).await
}

/// How many callbacks were not verified
#[utoipa::path(
    get,
    path = "/api/admin/llm-callbacks/invalid-signature-count",
    tag = "Callbacks",
    operation_id = "invalidSignatureCount",
    responses((status = 200, description = "The count", body = Count), Refusals)
)]
async fn invalid_signature_count(State(store): State<Store>, _: Admin) -> Result<Json<Count>> {
    Ok(Json(Count { count: store.unverified_count().await? }))
}

/// Delete several callbacks
///
/// They are emptied and hidden; the same request sent again within 30 days stays hidden.
#[utoipa::path(
    post,
    path = "/api/admin/llm-callbacks/delete",
    tag = "Callbacks",
    operation_id = "deleteCallbacks",
    request_body = Ids,
    responses((status = 204, description = "They are gone"), Refusals, RefusedBody)
)]
async fn delete_callbacks(
    State(store): State<Store>,
    _: Admin,
    JsonBody(body): JsonBody<Ids>,
) -> Result<StatusCode> {
    store.delete(&body.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Delete a callback
///
/// It is emptied and hidden; the same request sent again within 30 days stays hidden.
#[utoipa::path(
    delete,
    path = "/api/admin/llm-callbacks/{id}",
    tag = "Callbacks",
    operation_id = "deleteCallback",
    params(("id" = uuid::Uuid, Path)),
    responses((status = 204, description = "It is gone"), Refusals, NoSuchCallback)
)]
async fn delete_callback(State(store): State<Store>, _: Admin, PathId(id): PathId) -> Result<StatusCode> {
    match store.delete(&[id]).await? {
        0 => Err(show::unknown()),
        _ => Ok(StatusCode::NO_CONTENT),
    }
}

/// Everything about a callback
///
/// With the callbacks of the same job.
#[utoipa::path(
    get,
    path = "/api/admin/llm-callbacks/{id}",
    tag = "Callbacks",
    operation_id = "callbackDetail",
    params(("id" = uuid::Uuid, Path)),
    responses((status = 200, description = "The callback and its job", body = DetailAnswer), Refusals, NoSuchCallback)
)]
async fn callback_detail(
    State(store): State<Store>,
    admin: Admin,
    PathId(id): PathId,
) -> Result<Json<DetailAnswer>> {
    show::detail(&store, &Viewer::from(&admin), id).await
}

/// The exact bytes of a callback
#[utoipa::path(
    get,
    path = "/api/admin/llm-callbacks/{id}/raw",
    tag = "Callbacks",
    operation_id = "callbackRaw",
    params(("id" = uuid::Uuid, Path)),
    responses(
        (status = 200, description = "The body as it was received", body = [u8], content_type = "application/octet-stream"),
        Refusals,
        NoSuchCallback,
    )
)]
async fn callback_raw(State(store): State<Store>, admin: Admin, PathId(id): PathId) -> Result<Response> {
    show::raw(&store, &Viewer::from(&admin), id).await
}

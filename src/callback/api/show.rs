//! Showing callbacks: what every viewer may ask, whoever it is.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use uuid::Uuid;

use super::query::{CheckQuery, CheckRequest, PageQuery, PageRequest, SearchQuery, SearchRequest, Turn};
use crate::{
    callback::{
        Check, CheckPage, Checked, Count, DetailAnswer, FacetValues, Filter, FilterQuery, Found, HistoryPage,
        RawBody, Search, SearchedTo, Store, TooSlow, ViewedItem, Viewer,
    },
    problem::{Problem, Result},
};

/// Callbacks of one job that are shown with one of them; a longer job shows its newest.
const JOB_MAX: i64 = 200;

pub(super) async fn history(
    store: &Store,
    viewer: &Viewer,
    filter: FilterQuery,
    query: SearchQuery,
    page: PageQuery,
) -> Result<Json<HistoryPage>> {
    let (query, page) = (query.try_into()?, PageRequest::try_from(page)?);
    let mut search = search(store, filter.try_into()?, query).await?;
    let limit = usize::try_from(page.limit).expect("limits are small and positive");
    let (found, more) = match page.turn {
        Turn::Down(before) => {
            search.below = search.below.into_iter().chain(before).min();
            let mut found = store.history(viewer, &search, limit + 1).await?;
            let more = found.callbacks.len() > limit;
            found.callbacks.truncate(limit);
            (found, more)
        }
        Turn::Up(after) => {
            search.above = search.above.max(after);
            // What it was asked to be above lies below it.
            (store.history_above(viewer, &search, limit).await?, true)
        }
    };
    let Found { callbacks, stopped } = found;
    let last = callbacks.last().filter(|_| more).map(|last| last.item.cursor);
    let next_cursor = match page.turn {
        Turn::Down(_) => stopped.map(|stopped| stopped.at).or(last),
        Turn::Up(_) => last,
    };
    let searched_to = stopped
        .filter(|_| callbacks.len() < limit)
        .map(|stopped| SearchedTo { cursor: stopped.at, received_at: stopped.received });
    Ok(Json(HistoryPage { callbacks, next_cursor, searched_to }))
}

/// Times become positions, which is what a search goes by.
pub(super) async fn search(store: &Store, filter: Filter, request: SearchRequest) -> Result<Search> {
    let between = store.between(request.from, request.to).await?;
    Ok(Search { filter, viewed: request.viewed, text: request.text, ..between })
}

pub(super) async fn facets(store: &Store, viewer: &Viewer) -> Result<Json<FacetValues>> {
    Ok(Json(store.facets(viewer).await?))
}

pub(super) async fn check(store: &Store, viewer: &Viewer, query: CheckQuery) -> Result<Json<CheckPage>> {
    let request = CheckRequest::try_from(query)?;
    let after = request.after.cursor(store).await?;
    let page = Check { after, unviewed: request.unviewed, limit: request.limit + 1 };
    let Checked { items, reset_to } = store.check(viewer, &page).await?;
    let (items, has_more) = cut(items, request.limit);
    let next_cursor = items.last().map(|last| last.item.cursor).or(reset_to);
    Ok(Json(CheckPage { items, next_cursor, has_more, reset: reset_to.is_some() }))
}

pub(super) async fn detail(store: &Store, viewer: &Viewer, id: Uuid) -> Result<Json<DetailAnswer>> {
    let callback = store.detail(viewer, id).await?.ok_or_else(unknown)?;
    let item = &callback.item;
    let job = match &item.job_id {
        Some(job_id) => store.job(viewer, &item.source, job_id, JOB_MAX).await?,
        None => vec![item.clone()],
    };
    Ok(Json(DetailAnswer { callback, job }))
}

/// The bytes go out as a download that no browser interprets: they are a stranger's.
pub(super) async fn raw(store: &Store, viewer: &Viewer, id: Uuid) -> Result<Response> {
    let (bytes, extension) = match store.raw(viewer, id).await?.ok_or_else(unknown)? {
        RawBody::Json(bytes) => (bytes, "json"),
        RawBody::Other(bytes) => (bytes, "bin"),
        RawBody::NeverRead => {
            return Err(Problem::not_found("this request had no body, or was refused before it was read"));
        }
    };
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{id}.{extension}\""))
        .expect("a uuid and an extension make a header");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::CONTENT_DISPOSITION, disposition),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    Ok((headers, bytes).into_response())
}

pub(super) async fn unviewed_count(store: &Store, viewer: &Viewer) -> Result<Json<Count>> {
    Ok(Json(Count { count: store.unviewed_count(viewer).await? }))
}

pub(super) fn unknown() -> Problem {
    Problem::not_found("there is no callback with this id; it may have been deleted")
}

impl From<TooSlow> for Problem {
    fn from(error: TooSlow) -> Self {
        match error {
            TooSlow::Search(cause) => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "search_too_slow",
                "Search took too long",
                "narrow it down: by a time range, a source or a job",
            )
            .caused_by(cause),
            TooSlow::Database(error) => error.into(),
        }
    }
}

/// One row more than asked for was read, to know whether there is more.
fn cut(mut items: Vec<ViewedItem>, limit: i64) -> (Vec<ViewedItem>, bool) {
    let limit = usize::try_from(limit).expect("limits are small and positive");
    let more = items.len() > limit;
    items.truncate(limit);
    (items, more)
}

//! Showing callbacks: what every viewer may ask, whoever it is.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use uuid::Uuid;

use super::query::{After, CheckQuery, CheckRequest, HistoryQuery, HistoryRequest, just_before};
use crate::{
    callback::{
        Check, CheckPage, Count, Cursor, DetailAnswer, FacetValues, FilterQuery, History, HistoryPage,
        RawBody, Store, TooSlow, ViewedItem, Viewer,
    },
    problem::{Problem, Result},
};

/// Callbacks of one job that are shown with one of them; a longer job shows its newest.
const JOB_MAX: i64 = 200;

pub(super) async fn history(
    store: &Store,
    viewer: &Viewer,
    filter: FilterQuery,
    query: HistoryQuery,
) -> Result<Json<HistoryPage>> {
    let filter = filter.try_into()?;
    let request = HistoryRequest::try_from(query)?;
    let from = match request.from {
        Some(time) => store.cursor_at(just_before(time)).await?,
        None => Cursor::START,
    };
    let until = match request.to {
        Some(time) => Some(after(store.cursor_at(just_before(time)).await?)),
        None => None,
    };
    let page = History {
        filter,
        viewed: request.viewed,
        text: request.text,
        above: request.after.into_iter().chain([from]).max().unwrap_or(from),
        below: request.before.into_iter().chain(until).min(),
        limit: request.limit,
    };
    let (callbacks, more) = if request.after.is_some() {
        // What it was asked to be above lies below it.
        (store.history_above(viewer, &page).await?, true)
    } else {
        let page = History { limit: page.limit + 1, ..page };
        cut(store.history(viewer, &page).await?, request.limit)
    };
    let next_cursor = callbacks.last().filter(|_| more).map(|last| last.item.cursor);
    Ok(Json(HistoryPage { callbacks, next_cursor }))
}

pub(super) async fn facets(store: &Store, viewer: &Viewer) -> Result<Json<FacetValues>> {
    Ok(Json(store.facets(viewer).await?))
}

pub(super) async fn check(store: &Store, viewer: &Viewer, query: CheckQuery) -> Result<Json<CheckPage>> {
    let request = CheckRequest::try_from(query)?;
    let after = match request.after {
        After::Cursor(cursor) => cursor,
        After::Time(time) => store.cursor_at(time).await?,
    };
    let page = Check { after, unviewed: request.unviewed, limit: request.limit + 1 };
    let (items, has_more) = cut(store.check(viewer, &page).await?, request.limit);
    let next_cursor = items.last().map(|last| last.item.cursor);
    Ok(Json(CheckPage { items, next_cursor, has_more }))
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

/// The least cursor above this one, where a bound is exclusive.
fn after(cursor: Cursor) -> Cursor {
    Cursor::from_seq(cursor.seq().saturating_add(1))
}

/// One row more than asked for was read, to know whether there is more.
fn cut(mut items: Vec<ViewedItem>, limit: i64) -> (Vec<ViewedItem>, bool) {
    let limit = usize::try_from(limit).expect("limits are small and positive");
    let more = items.len() > limit;
    items.truncate(limit);
    (items, more)
}

//! `GET …/export`: an export as a download.
//!
//! The first page is read before anything is answered, so that what is wrong is a problem with its status. Later a body
//! can only break off: it does so with words in it, and with its connection.

use std::time::Duration;

use axum::{
    Extension,
    body::Body,
    extract::{FromRef, State},
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use chrono::Utc;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    download::Download,
    mark::IDS_MAX,
    query::{SearchQuery, parsed},
    show,
};
use crate::{
    callback::{Export, Exported, Exports, FilterQuery, Format, Full, Layout, Store, Viewer, Wanted},
    extract::Query,
    http::Connection,
    problem::{Problem, Result},
    refusals::Refusals,
    session::{Admin, Credential, Member, Sessions},
};

/// When to try again while all places are taken.
const FULL_WAIT: Duration = Duration::from_secs(30);

/// What is to be exported, besides the filters, and how.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ExportQuery {
    /// `csv`, `json` (one array) or `ndjson` (an object a line).
    #[param(value_type = String, example = "csv")]
    format: Option<String>,
    /// Whether payloads are in it. If left out they are in `json` and `ndjson`, and not in `csv`, since a cell of a
    /// spreadsheet holds no more than 32,767 characters.
    #[param(value_type = Option<bool>)]
    payload: Option<String>,
    /// Whether a `csv` begins with a byte order mark, without which Excel misreads what is not ASCII.
    #[param(value_type = Option<bool>)]
    bom: Option<String>,
    /// Only these callbacks, separated by commas; at most 500. Ids that are unknown or deleted are passed over.
    ids: Option<String>,
}

pub fn routes<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Store: FromRef<S>,
    Exports: FromRef<S>,
    Sessions: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(export_callbacks)).routes(routes!(export_own_callbacks))
}

/// Export callbacks
///
/// As a file, newest first, with the filters of the history; what arrives meanwhile is not in it. A file that could not
/// be finished ends in the middle of an object or a quoted cell, with words that say so.
#[utoipa::path(
    get,
    path = "/api/admin/llm-callbacks/export",
    tag = "Callbacks",
    operation_id = "exportCallbacks",
    params(ExportQuery, FilterQuery, SearchQuery),
    responses(
        (status = 200, description = "The file", content(
            (String = "text/csv"),
            (Vec<Exported> = "application/json"),
            (Exported = "application/x-ndjson"),
        )),
        Refusals,
    )
)]
async fn export_callbacks(
    admin: Admin,
    State(exporter): State<Exporter>,
    Extension(connection): Extension<Connection>,
    Query(query): Query<ExportQuery>,
    Query(filter): Query<FilterQuery>,
    Query(search): Query<SearchQuery>,
) -> Result<Response> {
    let reader = Reader { viewer: Viewer::from(&admin), credential: admin.credential, connection };
    exporter.start(reader, query, filter, search).await
}

/// Export your own callbacks
///
/// As a file, newest first, with the filters of the history; what arrives meanwhile is not in it. A file that could not
/// be finished ends in the middle of an object or a quoted cell, with words that say so.
#[utoipa::path(
    get,
    path = "/api/me/callbacks/export",
    tag = "Own callbacks",
    operation_id = "exportOwnCallbacks",
    params(ExportQuery, FilterQuery, SearchQuery),
    responses(
        (status = 200, description = "The file", content(
            (String = "text/csv"),
            (Vec<Exported> = "application/json"),
            (Exported = "application/x-ndjson"),
        )),
        Refusals,
    )
)]
async fn export_own_callbacks(
    member: Member,
    State(exporter): State<Exporter>,
    Extension(connection): Extension<Connection>,
    Query(query): Query<ExportQuery>,
    Query(filter): Query<FilterQuery>,
    Query(search): Query<SearchQuery>,
) -> Result<Response> {
    let reader = Reader { viewer: Viewer::from(&member), credential: member.credential, connection };
    exporter.start(reader, query, filter, search).await
}

/// What an export is made with.
#[derive(Clone)]
struct Exporter {
    store: Store,
    exports: Exports,
    sessions: Sessions,
}

impl<S> FromRef<S> for Exporter
where
    Store: FromRef<S>,
    Exports: FromRef<S>,
    Sessions: FromRef<S>,
{
    fn from_ref(state: &S) -> Self {
        Self {
            store: Store::from_ref(state),
            exports: Exports::from_ref(state),
            sessions: Sessions::from_ref(state),
        }
    }
}

/// Who takes the file.
struct Reader {
    viewer: Viewer,
    credential: Credential,
    connection: Connection,
}

impl Exporter {
    async fn start(
        self,
        reader: Reader,
        query: ExportQuery,
        filter: FilterQuery,
        search: SearchQuery,
    ) -> Result<Response> {
        let layout = layout(&query)?;
        let ids = query.ids.as_deref().map(ids).transpose()?;
        let search = show::search(&self.store, filter.try_into()?, search.try_into()?).await?;
        let place = self.exports.open(reader.viewer.profile, reader.connection)?;
        let wanted = Wanted { search, ids };
        let mut export = Export::new(self.store, reader.viewer.clone(), wanted, layout);
        let first = export.next().await?.unwrap_or_default();
        let download = Download {
            export,
            place,
            sessions: self.sessions,
            viewer: reader.viewer,
            credential: reader.credential,
        };
        Ok((headers(layout.format), Body::from_stream(download.into_body(first))).into_response())
    }
}

fn layout(query: &ExportQuery) -> Result<Layout> {
    let format = match query.format.as_deref() {
        Some("csv") => Format::Csv,
        Some("json") => Format::Json,
        Some("ndjson") => Format::Ndjson,
        _ => return Err(Problem::parameter("format", "csv, json or ndjson")),
    };
    let choice = |name, text: &Option<String>| parsed(name, "true or false", text.clone());
    let payloads = choice("payload", &query.payload)?.unwrap_or(format.holds_payloads());
    Ok(Layout { format, payloads, bom: choice("bom", &query.bom)?.unwrap_or(false) })
}

fn ids(text: &str) -> Result<Vec<Uuid>> {
    let ids = text.split(',').map(Uuid::try_parse).collect::<std::result::Result<Vec<_>, _>>();
    ids.ok()
        .filter(|ids| ids.len() <= IDS_MAX)
        .ok_or_else(|| Problem::parameter("ids", "at most 500 uuids, separated by commas"))
}

fn headers(format: Format) -> [(header::HeaderName, HeaderValue); 2] {
    let content_type = match format {
        Format::Csv => "text/csv; charset=utf-8; header=present",
        Format::Json => "application/json",
        Format::Ndjson => "application/x-ndjson",
    };
    let name = format!("callbacks-{}.{format}", Utc::now().format("%Y-%m-%d-%H%M%S"));
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{name}\""));
    [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::CONTENT_DISPOSITION, disposition.expect("digits and letters make a header")),
    ]
}

impl From<Full> for Problem {
    fn from(full: Full) -> Self {
        match full {
            Full::Person(max) => Self::too_many(
                format!("{max} exports of yours are still being read; finish or cancel one"),
                FULL_WAIT,
            ),
            Full::Server => Self::unavailable("too many exports are being read; try again", FULL_WAIT),
        }
    }
}

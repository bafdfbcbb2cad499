//! `GET …/llm-callbacks/stream`: the request that opens a stream.

use std::{net::IpAddr, sync::Arc};

use axum::{
    Extension,
    extract::{FromRef, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    bounds::Bounds,
    counts::Counts,
    course::Course,
    flow::{Flow, Session, Times},
    pages::Pages,
    registry::{Registry, Tail},
    resume::Asked,
};
use crate::{
    callback::{Filter, FilterQuery, Store, Viewer},
    config,
    extract::Query,
    http::Connection,
    hub::Hub,
    problem::{Problem, Result},
    refusals::Refusals,
    session::{Admin, ClientAddress, Credential, Member, Sessions},
};

/// Everything about streams; a handle, cheap to clone.
#[derive(Clone)]
pub struct Streams {
    pub(super) shared: Arc<Shared>,
}

pub(super) struct Shared {
    pub settings: config::Streams,
    pub hub: Hub,
    pub store: Store,
    pub sessions: Sessions,
    pub registry: Registry,
    pub counts: Counts,
    pub pages: Pages,
    pub bounds: Bounds,
}

impl Streams {
    pub fn new(settings: config::Streams, hub: Hub, store: Store, sessions: Sessions) -> Self {
        let shared = Shared {
            registry: Registry::new(settings.clone()),
            counts: Counts::new(store.clone()),
            pages: Pages::new(store.clone(), hub.clone()),
            bounds: Bounds::new(store.clone()),
            settings,
            hub,
            store,
            sessions,
        };
        Self { shared: Arc::new(shared) }
    }

    /// Every forwarding `tail` that is connected here, and whose it is.
    pub fn tails(&self) -> Vec<(Tail, Uuid)> {
        self.shared.registry.tails()
    }

    pub fn tail(&self, id: Uuid) -> Option<Tail> {
        self.tails().into_iter().map(|(tail, _)| tail).find(|tail| tail.id == id)
    }

    /// How many are open.
    pub fn open(&self) -> usize {
        self.shared.registry.len()
    }

    fn start(&self, request: Request) -> Result<Response> {
        let Request { viewer, credential, address, connection, headers, query } = request;
        let asked = Asked::of(&headers, query.after.as_deref())?;
        let filter = Filter::try_from(query.filter)?;
        let tail = tail(query.tail.as_deref(), query.forward)?;
        let tail_id = tail.as_ref().map(|tail| tail.id);
        let shared = &self.shared;
        let place = shared.registry.open(viewer.clone(), credential, address, tail)?;
        let (heartbeat, age_max) = (shared.settings.heartbeat, shared.settings.age_max);
        let flow = Flow {
            times: Times::new(heartbeat, age_max, &credential, place.doubtful),
            place,
            course: Course::new(shared.clone(), viewer.clone(), filter, tail_id, asked),
            session: Session { sessions: shared.sessions.clone(), viewer, credential },
        };
        connection.hand_over(|outlet| flow.speak(outlet));
        Ok(headers_out().into_response())
    }
}

struct Request {
    viewer: Viewer,
    credential: Credential,
    address: IpAddr,
    connection: Connection,
    headers: HeaderMap,
    query: StreamQuery,
}

/// Nothing in between may keep, change or collect events.
fn headers_out() -> [(HeaderName, HeaderValue); 3] {
    [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache, no-transform")),
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ]
}

/// One event, by the names of its lines.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is written as text")]
struct StreamEvent {
    /// `ready`, `callback`, `updated`, `viewed`, `deleted`, `alert`, `replay`, `reset` or `bye`. Left out where an id stands
    /// alone: it moves a filtered stream on.
    event: Option<String>,
    /// A cursor, to resume from as `Last-Event-ID`. Left out of what is no history.
    #[schema(example = "4711")]
    id: Option<String>,
    /// JSON: of `callback` and `updated` a `ListItem`.
    data: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct StreamQuery {
    /// Replay what came after this cursor, or after this RFC 3339 time. The header `Last-Event-ID` wins over it.
    after: Option<String>,
    /// With `forward`, the uuid under which a program may be asked to send callbacks again: it then gets `replay` events.
    tail: Option<String>,
    /// With `tail`, the address that it sends callbacks to, as admins are shown it.
    forward: Option<String>,
    #[serde(flatten)]
    #[param(ignore)]
    filter: FilterQuery,
}

/// Characters of an address that is shown.
const FORWARD_MAX: usize = 500;

fn tail(id: Option<&str>, url: Option<String>) -> Result<Option<Tail>> {
    match (id.map(str::parse), url) {
        (None, None) => Ok(None),
        (Some(Ok(id)), Some(url)) if url.starts_with("http") && url.chars().count() <= FORWARD_MAX => {
            Ok(Some(Tail { id, url }))
        }
        (Some(Ok(_)), _) => Err(Problem::parameter("forward", "an http or https address, beside tail")),
        (_, _) => Err(Problem::parameter("tail", "a uuid, beside forward")),
    }
}

pub fn routes<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Streams: FromRef<S>,
    Sessions: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(admin_stream)).routes(routes!(member_stream))
}

/// Stream callbacks
///
/// Server-sent events: `ready`, `callback`, `updated`, `viewed`, `deleted`, `preferences`, `replay`, `alert`, `spool`, `reset`, `bye`.
/// Resumes by `Last-Event-ID` with nothing missed and nothing twice.
#[utoipa::path(
    get,
    path = "/api/admin/llm-callbacks/stream",
    tag = "Streaming",
    operation_id = "streamCallbacks",
    params(StreamQuery, FilterQuery, ("Last-Event-ID" = Option<String>, Header, description = "The last event's id; sent by EventSource itself.")),
    responses(
        (status = 200, description = "The stream", body = StreamEvent, content_type = "text/event-stream"),
        Refusals,
    )
)]
async fn admin_stream(
    admin: Admin,
    State(streams): State<Streams>,
    ClientAddress(address): ClientAddress,
    Extension(connection): Extension<Connection>,
    Query(query): Query<StreamQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    let viewer = Viewer::admin(admin.person.id);
    streams.start(Request { viewer, credential: admin.credential, address, connection, headers, query })
}

/// Stream your own callbacks
///
/// As the admin's stream, for verified callbacks whose owner you are.
#[utoipa::path(
    get,
    path = "/api/me/callbacks/stream",
    tag = "Streaming",
    operation_id = "streamOwnCallbacks",
    params(StreamQuery, FilterQuery, ("Last-Event-ID" = Option<String>, Header, description = "The last event's id; sent by EventSource itself.")),
    responses(
        (status = 200, description = "The stream", body = StreamEvent, content_type = "text/event-stream"),
        Refusals,
    )
)]
async fn member_stream(
    member: Member,
    State(streams): State<Streams>,
    ClientAddress(address): ClientAddress,
    Extension(connection): Extension<Connection>,
    Query(query): Query<StreamQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    let viewer = Viewer::member(member.person.id);
    streams.start(Request { viewer, credential: member.credential, address, connection, headers, query })
}

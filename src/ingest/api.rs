//! `POST` to a source's path: what a sender is answered.

use std::{net::IpAddr, sync::Arc};

use axum::{
    Json,
    extract::{FromRef, Request, State},
    http::{Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use tokio::sync::Mutex;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    body::Budget,
    deliveries::Deliveries,
    keep::{Keep, Kept},
    rate::Rates,
    receive::{Received, receive},
    reject::Rejects,
    sources::Sources,
    spool::{Load as SpoolLoad, Spool},
    writer::Receipt,
};
use crate::{
    callback::Cursor,
    config,
    hub::Alerts,
    problem::{Problem, Result},
    refusals::NotReceived,
    session::{ClientAddress, Sessions},
};

/// Said in every answer for as long as unsigned callbacks are accepted.
const WARNING: &str = "Webhook secret not configured - signature not verified";

/// What receiving needs; a handle, cheap to clone.
#[derive(Clone)]
pub struct Ingest {
    pub(super) station: Arc<Station>,
}

pub(super) struct Station {
    pub settings: config::Ingest,
    pub sources: Sources,
    pub budget: Budget,
    pub rates: Rates,
    pub rejects: Rejects,
    pub deliveries: Deliveries,
    pub alerts: Alerts,
    pub keep: Keep,
    /// Held while a diagnosis is made that somebody has asked for: one at a time, so that however many are asked for,
    /// one processor is busy at most.
    pub second_look: Mutex<()>,
}

impl Ingest {
    pub fn new(
        settings: config::Ingest,
        sources: Sources,
        keep: Keep,
        rejects: Rejects,
        deliveries: Deliveries,
        alerts: Alerts,
    ) -> Self {
        let (budget, rates) = (Budget::new(settings.queue_bytes_max), Rates::new(&settings));
        Self {
            station: Arc::new(Station {
                settings,
                sources,
                budget,
                rates,
                rejects,
                deliveries,
                alerts,
                keep,
                second_look: Mutex::new(()),
            }),
        }
    }

    pub fn sources(&self) -> &Sources {
        &self.station.sources
    }

    /// Callbacks that wait to be written, and bytes of bodies in flight.
    pub fn load(&self) -> (usize, usize) {
        (self.station.keep.queue.waiting(), self.station.budget.used())
    }

    /// Whether what comes now is spooled, or would be.
    pub fn is_spooling(&self) -> bool {
        self.station.keep.is_spooling()
    }

    /// How full the outage spool is, if there is one.
    pub fn spool_load(&self) -> Option<SpoolLoad> {
        self.station.keep.spool_load()
    }

    /// The outage spool, if there is one.
    pub fn spool(&self) -> Option<&Spool> {
        self.station.keep.spool.as_ref()
    }
}

pub fn routes<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Ingest: FromRef<S>,
    Sessions: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(webhook))
        .routes(routes!(report_completed))
        .routes(routes!(stepper_callback))
}

/// A request to a source that has no route of its own.
pub async fn webhook_at(ingest: &Ingest, from: IpAddr, request: Request) -> Response {
    if request.method() != Method::POST {
        return ([(header::ALLOW, "POST")], Problem::method_not_allowed(request.method())).into_response();
    }
    answer(ingest, from, request).await.into_response()
}

/// The answer to a callback that is durable.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Acknowledgement {
    /// Always true.
    received: bool,
    id: Uuid,
    /// The sender's own name for it.
    callback_id: String,
    #[schema(value_type = String, example = "4711")]
    cursor: Cursor,
    /// True when it had been received before; `id` and `cursor` are then those of the first delivery.
    duplicate: bool,
    /// Only where no secret is configured and unsigned callbacks are accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    warning: Option<&'static str>,
}

/// The answer to a callback that is in the outage spool.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Promise {
    /// Always true.
    received: bool,
    /// Always true: it will be stored when the database is back. Whether it had been received before is found then.
    spooled: bool,
    /// The sender's own name for it.
    callback_id: String,
    /// Only where no secret is configured and unsigned callbacks are accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    warning: Option<&'static str>,
}

/// Either way it is durable.
enum Answer {
    Stored(Acknowledgement),
    Spooled(Promise),
}

/// Receive a callback
///
/// Answers 200 only when the callback is committed, and 202, where an outage spool is configured and the database is
/// away, only when it is synced to that. The raw body is authenticated as the source signs; a retry of the
/// same callback is recognised whatever its timestamp. A source may have another path than one below `/api/webhooks/`;
/// it is answered alike there. `GET /api/admin/sources` lists all of them.
#[utoipa::path(
    post,
    path = "/api/webhooks/{source}",
    tag = "Receiving",
    operation_id = "receiveCallback",
    security(()),
    params(("source" = String, Path, description = "The last part of the source's path, such as `llm-callback`.")),
    request_body(content = Object, content_type = "application/json", description = "At most 1,048,576 bytes."),
    responses(
        (status = 200, description = "Stored, or already stored", body = Acknowledgement),
        (status = 202, description = "On the disk of this server, while the database is away", body = Promise),
        NotReceived
    )
)]
async fn webhook(
    State(ingest): State<Ingest>,
    ClientAddress(from): ClientAddress,
    request: Request,
) -> Result<Answer> {
    answer(&ingest, from, request).await
}

/// Receive a report
///
/// The path of the source `stepper`. It wants three proofs, all of them: `Authorization: Bearer`, a signature of the raw
/// body, and a timestamp that is the signed body's own.
#[utoipa::path(
    post,
    path = "/v1/webhooks/report-completed",
    tag = "Receiving",
    operation_id = "receiveReport",
    security(()),
    params(
        ("authorization" = String, Header, description = "`Bearer` and the shared secret."),
        ("x-webhook-signature" = String, Header, description = "HMAC-SHA256 of the raw body with the shared secret, in hex, with or without `sha256=` in front."),
        ("x-webhook-timestamp" = String, Header, description = "Milliseconds since 1970, within 5 minutes; equal to `timestamp` in the body."),
    ),
    request_body(content = Object, content_type = "application/json", description = "At most 1,048,576 bytes; `jobId` is required."),
    responses(
        (status = 200, description = "Stored, or already stored", body = Acknowledgement),
        (status = 202, description = "On the disk of this server, while the database is away", body = Promise),
        NotReceived
    )
)]
async fn report_completed(
    State(ingest): State<Ingest>,
    ClientAddress(from): ClientAddress,
    request: Request,
) -> Result<Answer> {
    answer(&ingest, from, request).await
}

/// Receive a step's callback
///
/// The path of the source `stepper-callback`. It wants `Authorization: Bearer` with the shared secret; the header
/// `X-CommitDiary-Internal` proves nothing.
#[utoipa::path(
    post,
    path = "/v1/stepper/callback",
    tag = "Receiving",
    operation_id = "receiveStepperCallback",
    security(()),
    params(("authorization" = String, Header, description = "`Bearer` and the shared secret.")),
    request_body(content = Object, content_type = "application/json", description = "At most 1,048,576 bytes; `metadata.jobId` is required."),
    responses(
        (status = 200, description = "Stored, or already stored", body = Acknowledgement),
        (status = 202, description = "On the disk of this server, while the database is away", body = Promise),
        NotReceived
    )
)]
async fn stepper_callback(
    State(ingest): State<Ingest>,
    ClientAddress(from): ClientAddress,
    request: Request,
) -> Result<Answer> {
    answer(&ingest, from, request).await
}

async fn answer(ingest: &Ingest, from: IpAddr, request: Request) -> Result<Answer> {
    let started = std::time::Instant::now();
    let (head, body) = request.into_parts();
    let Received { source, kept, callback_id, verified } = receive(&ingest.station, from, head, body).await?;
    metrics::histogram!("callbackd_ingest_ack_seconds").record(started.elapsed().as_secs_f64());
    let warning = (!verified).then_some(WARNING);
    let Kept::Stored(Receipt { id, cursor, duplicate }) = kept else {
        return Ok(Answer::Spooled(Promise { received: true, spooled: true, callback_id, warning }));
    };
    let known = if duplicate { "true" } else { "false" };
    metrics::counter!("callbackd_ingest_callbacks_total", "source" => source, "duplicate" => known)
        .increment(1);
    Ok(Answer::Stored(Acknowledgement { received: true, id, callback_id, cursor, duplicate, warning }))
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        match self {
            Self::Stored(acknowledgement) => Json(acknowledgement).into_response(),
            Self::Spooled(promise) => (StatusCode::ACCEPTED, Json(promise)).into_response(),
        }
    }
}

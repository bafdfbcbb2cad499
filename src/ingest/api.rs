//! `POST /api/webhooks/{source}`: what a sender is answered.

use std::sync::Arc;

use axum::{
    Json,
    extract::{FromRef, Request, State},
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    body::Budget,
    rate::Rates,
    receive::{Received, receive},
    reject::Rejects,
    source::Sources,
    writer::Queue,
};
use crate::{
    callback::Cursor,
    config,
    hub::Alerts,
    problem::{ProblemBody, Result},
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
    pub alerts: Alerts,
    pub queue: Queue,
}

impl Ingest {
    pub fn new(
        settings: config::Ingest,
        sources: Sources,
        queue: Queue,
        rejects: Rejects,
        alerts: Alerts,
    ) -> Self {
        let (budget, rates) = (Budget::new(settings.queue_bytes_max), Rates::new(&settings));
        Self { station: Arc::new(Station { settings, sources, budget, rates, rejects, alerts, queue }) }
    }

    pub fn sources(&self) -> &Sources {
        &self.station.sources
    }

    /// Callbacks that wait to be written, and bytes of bodies in flight.
    pub fn load(&self) -> (usize, usize) {
        (self.station.queue.waiting(), self.station.budget.used())
    }
}

pub fn routes<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Ingest: FromRef<S>,
    Sessions: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(webhook))
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

/// Receive a callback
///
/// Answers 200 only when the callback is committed. The raw body is authenticated as the source signs; a retry of the
/// same callback is recognised whatever its timestamp.
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
        (status = 400, description = "Not a JSON object, or without a job id", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Not authenticated; the request is recorded as rejected", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No source is enabled at this path", body = ProblemBody, content_type = "application/problem+json"),
        (status = 408, description = "The body did not arrive in time", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "The body is encoded", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Over the source's rate limit; see Retry-After", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "A fault of callbackd", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Not made durable in time; see Retry-After", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn webhook(
    State(ingest): State<Ingest>,
    ClientAddress(from): ClientAddress,
    request: Request,
) -> Result<Json<Acknowledgement>> {
    let started = std::time::Instant::now();
    let (head, body) = request.into_parts();
    let received = receive(&ingest.station, from, head, body).await?;
    metrics::histogram!("callbackd_ingest_ack_seconds").record(started.elapsed().as_secs_f64());
    let duplicate = if received.receipt.duplicate { "true" } else { "false" };
    metrics::counter!("callbackd_ingest_callbacks_total", "source" => received.source.clone(), "duplicate" => duplicate)
        .increment(1);
    Ok(Json(acknowledgement(received)))
}

fn acknowledgement(received: Received) -> Acknowledgement {
    let Received { receipt, callback_id, verified, .. } = received;
    Acknowledgement {
        received: true,
        id: receipt.id,
        callback_id,
        cursor: receipt.cursor,
        duplicate: receipt.duplicate,
        warning: (!verified).then_some(WARNING),
    }
}

//! Logs, request spans and metrics.
//!
//! Metrics are recorded where they happen, by name, through the `metrics` facade; what they mean and their buckets are
//! told here, so that `/metrics` explains itself.

mod json;
mod pretty;
#[cfg(test)]
mod written;

use std::{
    collections::HashMap,
    io::IsTerminal as _,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode},
    middleware::Next,
    response::Response,
};
use metrics::{
    Counter, Histogram, Unit, counter, describe_counter, describe_gauge, describe_histogram, histogram,
};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tracing::Instrument as _;
use tracing_subscriber::{EnvFilter, fmt::format::JsonFields};
use uuid::Uuid;

use self::{json::JsonLines, pretty::PlainFields};
use crate::{
    config::{Log, LogFormat},
    problem::LoggedCause,
};

/// Names the request in the log and in every answer.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Seconds, from a loopback answer to the longest wait for the database.
const SECONDS: &[f64] =
    &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// Rows of a batch.
const ROWS: &[f64] = &[1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 256.0];

/// In detail it tells the parameters of every statement: payloads, addresses, hashes of passwords and tokens.
const NEVER_LOGGED: [&str; 1] = ["tokio_postgres=info"];

/// Logs to standard error, so that standard output stays for what was asked for. A bad filter falls back to `info`.
///
/// # Panics
///
/// Never: our own directives are valid.
pub fn log(settings: &Log) {
    let filter = EnvFilter::try_new(&settings.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let filter = NEVER_LOGGED.iter().fold(filter, |filter, directive| {
        filter.add_directive(directive.parse().expect("our own directives are valid"))
    });
    let terminal = std::io::stderr().is_terminal();
    let pretty = match settings.format {
        LogFormat::Auto => terminal,
        LogFormat::Pretty => true,
        LogFormat::Json => false,
    };
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second logger in one process (tests) is refused, and the first goes on.
    let _ = if pretty {
        builder.fmt_fields(PlainFields).with_ansi(terminal).with_target(false).try_init()
    } else {
        builder.fmt_fields(JsonFields::new()).event_format(JsonLines).try_init()
    };
}

/// The recorder of all metrics, once a process.
pub fn metrics() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?
        .set_buckets_for_metric(Matcher::Suffix("_rows".to_owned()), ROWS)?
        .install_recorder()?;
    describe();
    Ok(handle)
}

#[rustfmt::skip]
fn describe() {
    describe_counter!("callbackd_http_requests_total", "Requests answered, by route, method and status.");
    describe_histogram!("callbackd_http_request_seconds", Unit::Seconds, "From a request's head to its answer's head, by route.");
    describe_histogram!("callbackd_ingest_ack_seconds", Unit::Seconds, "From a callback's head to its acknowledgement.");
    describe_histogram!("callbackd_ingest_commit_seconds", Unit::Seconds, "One batch's commit.");
    describe_histogram!("callbackd_ingest_batch_rows", "Callbacks committed together.");
    describe_gauge!("callbackd_ingest_queue_callbacks", "Callbacks waiting to be committed.");
    describe_gauge!("callbackd_ingest_bytes", Unit::Bytes, "Bodies being read or waiting to be committed.");
    describe_counter!("callbackd_ingest_batch_failures_total", "Attempts to commit that failed, by fault.");
    describe_counter!("callbackd_ingest_batches_not_handed_total", "Committed batches that the listener had no room for and reads back.");
    describe_counter!("callbackd_ingest_callbacks_total", "Callbacks acknowledged, by source and whether they were duplicates.");
    describe_gauge!("callbackd_spool_callbacks", "Callbacks in the outage spool.");
    describe_gauge!("callbackd_spool_bytes", Unit::Bytes, "What its files take.");
    describe_gauge!("callbackd_spool_oldest_seconds", Unit::Seconds, "The age of the first one in it; 0 when there is none.");
    describe_counter!("callbackd_spool_spooled_total", "Callbacks that were spooled, and answered 202.");
    describe_counter!("callbackd_spool_drained_total", "Callbacks that were brought from the spool to the database.");
    describe_counter!("callbackd_spool_set_aside_total", "Spooled callbacks that the database refused, which are kept beside the spool.");
    describe_counter!("callbackd_spool_refused_total", "Callbacks that found the spool full, and were answered 503.");
    describe_counter!("callbackd_spool_failures_total", "Writes to the spool that failed; whoever waited for them was answered 503.");
    describe_histogram!("callbackd_spool_append_seconds", Unit::Seconds, "One write to the spool, synced.");
    describe_counter!("callbackd_rejects_total", "Requests that failed authentication, by source and cause.");
    describe_counter!("callbackd_rejects_not_recorded_total", "Of those, the ones over a limit, which are only counted.");
    describe_counter!("callbackd_rejects_not_examined_total", "Recorded rejects that were not diagnosed by themselves, as too many waited.");
    describe_counter!("callbackd_deliveries_not_looked_at_total", "Callbacks that were not searched for another one under the same delivery's id.");
    describe_gauge!("callbackd_listener_mode", "1 for the listener's mode: connecting, listening or polling.");
    describe_counter!("callbackd_listener_published_total", "Callbacks published, handed over by the writer or read from the table.");
    describe_counter!("callbackd_listener_recovered_callbacks_total", "Callbacks that only the timer found: notifications are lost.");
    describe_counter!("callbackd_listener_hand_overs_missed_total", "Batches of this server that had to be read back.");
    describe_histogram!("callbackd_listener_lag_seconds", Unit::Seconds, "From a callback's storing to its publishing.");
    describe_counter!("callbackd_fetches_total", "Attempts to fetch an object, by source and outcome: fetched, again, failed.");
    describe_histogram!("callbackd_fetch_seconds", Unit::Seconds, "One attempt to fetch an object, by source.");
    describe_gauge!("callbackd_fetches_running", "Attempts to fetch an object that are under way.");
    describe_gauge!("callbackd_notification_queue_usage", "How full PostgreSQL's notification queue is, 0 to 1.");
    describe_gauge!("callbackd_streams", "Open streams.");
    describe_counter!("callbackd_streams_cut_total", "Streams cut off because nobody read them.");
    describe_counter!("callbackd_stream_replays_total", "Pages replayed, from the ring or the database.");
    describe_counter!("callbackd_stream_lagged_total", "Times that a stream fell behind the broadcast and went back to replay.");
    describe_gauge!("callbackd_ring_frames", "Callbacks that replay from memory.");
    describe_gauge!("callbackd_ring_bytes", Unit::Bytes, "What they take.");
    describe_counter!("callbackd_password_checks_total", "Passwords that were hashed, to be verified or to be set: each costs 19 MiB and some hundredths of a second.");
    describe_gauge!("callbackd_pool_connections", "Pooled database connections, open and free.");
    describe_counter!("callbackd_connections_refused_total", "Connections refused, by the limit that was reached.");
    describe_gauge!("callbackd_connections", "Open HTTP connections.");
}

/// A number of things as metrics take it. Exact up to 2^53.
#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge of more than 2^53 things is wrong by less than it can show"
)]
pub fn count(things: usize) -> f64 {
    things as f64
}

/// What is counted of requests, found once for each route and kind of answer: they are as many as there are routes.
#[derive(Clone, Default)]
pub struct Requests(Arc<RwLock<HashMap<String, Route>>>);

struct Route {
    seconds: Histogram,
    answers: Vec<(Method, StatusCode, Counter)>,
}

impl Requests {
    fn answered(&self, route: &str, method: &Method, status: StatusCode, elapsed: Duration) {
        if !self.count(route, method, status, elapsed) {
            self.add(route, method, status);
            self.count(route, method, status, elapsed);
        }
    }

    fn count(&self, route: &str, method: &Method, status: StatusCode, elapsed: Duration) -> bool {
        let routes = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let Some(route) = routes.get(route) else { return false };
        let answer = route.answers.iter().find(|answer| answer.0 == *method && answer.1 == status);
        let Some((_, _, answers)) = answer else { return false };
        route.seconds.record(elapsed.as_secs_f64());
        answers.increment(1);
        true
    }

    fn add(&self, route: &str, method: &Method, status: StatusCode) {
        let labels = [
            ("route", route.to_owned()),
            ("method", method.to_string()),
            ("status", status.as_str().to_owned()),
        ];
        let counter = counter!("callbackd_http_requests_total", &labels);
        let mut routes = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let known = routes.entry(route.to_owned()).or_insert_with(|| Route {
            seconds: histogram!("callbackd_http_request_seconds", &labels[..1]),
            answers: Vec::new(),
        });
        known.answers.push((method.clone(), status, counter));
    }
}

/// The request layer: a span with an id, the answer counted, a failure logged once with its cause.
pub async fn request(
    State(requests): State<Requests>,
    matched: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let id = Uuid::now_v7();
    let route = matched.as_ref().map_or("none", MatchedPath::as_str);
    let method = request.method().clone();
    let span = tracing::info_span!("request", %id, %method, route);
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, elapsed) = (response.status(), started.elapsed());
    let _entered = span.enter();
    match response.extensions_mut().remove::<LoggedCause>() {
        Some(LoggedCause(cause)) if status.is_server_error() => {
            tracing::error!(
                status = status.as_u16(),
                error = &*cause as &dyn std::error::Error,
                "request failed"
            );
        }
        _ => tracing::debug!(status = status.as_u16(), elapsed_us = elapsed.as_micros(), "answered"),
    }
    requests.answered(route, &method, status, elapsed);
    let mut text = Uuid::encode_buffer();
    if let Ok(id) = HeaderValue::from_str(id.as_hyphenated().encode_lower(&mut text)) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

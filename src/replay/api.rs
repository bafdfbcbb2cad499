//! The requests of the console and of `callbackd tail --forward`.

use axum::{
    Json,
    extract::{FromRef, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{Replays, outgoing};
use crate::{
    callback::{Attempt, Ended, NewAttempt, Viewer},
    extract::{JsonBody, PathId},
    problem::{Problem, ProblemBody, Result},
    refusals::{NoSuchCallback, Refusals, RefusedBody},
    session::{Admin, Sessions},
};

/// Characters of a target, an answer or an error, as a report may have them.
const TEXT_MAX: usize = 2_000;

pub fn routes<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Replays: FromRef<S>,
    Sessions: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(replay_targets))
        .routes(routes!(replay_callback))
        .routes(routes!(callback_attempts, report_attempt))
}

#[derive(Serialize, ToSchema)]
struct ReplayTargets {
    targets: Vec<ReplayTarget>,
}

/// Where a callback can be sent again.
#[derive(Serialize, ToSchema)]
struct ReplayTarget {
    /// What to ask for.
    id: String,
    #[schema(inline)]
    kind: Kind,
    /// Where it leads.
    url: String,
    /// Whether it is your own: a `tail` that is let in as you.
    own: bool,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Kind {
    /// An address of the setting `replay_urls`; the server sends.
    Url,
    /// A `callbackd tail --forward` that is connected to this server now; it sends.
    Tail,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReplayRequest {
    /// The id of a target.
    target: String,
}

#[derive(Serialize, ToSchema)]
struct AttemptList {
    /// Newest first; the newest 50 are kept.
    attempts: Vec<Attempt>,
}

/// What was sent, and what was answered.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AttemptReport {
    /// The attempt, where one was asked for.
    #[serde(default)]
    id: Option<Uuid>,
    /// Where it was sent.
    target: String,
    /// HTTP status of the answer; left out where there was none.
    #[serde(default)]
    #[schema(minimum = 100, maximum = 999)]
    status: Option<u16>,
    #[schema(value_type = i64, minimum = 0, maximum = 4_294_967_295_i64)]
    duration_ms: u32,
    /// How the answer begins; what is beyond 2,000 characters is cut off.
    #[serde(default)]
    answer: String,
    /// Why there was no answer.
    #[serde(default)]
    error: Option<String>,
}

/// Where callbacks can be sent again
///
/// Addresses of the settings, and every `callbackd tail --forward` that is connected to this server now.
#[utoipa::path(
    get,
    path = "/api/admin/replay-targets",
    tag = "Callbacks",
    operation_id = "replayTargets",
    responses((status = 200, description = "All of them", body = ReplayTargets), Refusals)
)]
async fn replay_targets(State(replays): State<Replays>, admin: Admin) -> Result<Json<ReplayTargets>> {
    let urls = replays.0.urls.iter().map(|(url, _)| {
        let url = outgoing::shown(url);
        ReplayTarget { id: url.clone(), kind: Kind::Url, url, own: false }
    });
    let tails = replays.0.streams.tails().into_iter().map(|(tail, person)| ReplayTarget {
        id: tail.id.to_string(),
        kind: Kind::Tail,
        url: tail.url,
        own: person == admin.person.id,
    });
    Ok(Json(ReplayTargets { targets: tails.chain(urls).collect() }))
}

/// Send a callback again
///
/// Byte for byte, with its original headers, to one of the targets and nowhere else. Redirects are not followed. An
/// address of the settings has answered, or has failed to, when this answers; a `tail` reports later. Either way the
/// attempt is listed on the callback.
#[utoipa::path(
    post,
    path = "/api/admin/llm-callbacks/{id}/replay",
    tag = "Callbacks",
    operation_id = "replayCallback",
    params(("id" = Uuid, Path)),
    request_body = ReplayRequest,
    responses(
        (status = 200, description = "It was sent, or is about to be", body = AttemptList),
        (status = 409, description = "There is no such target, or the request was not verified", body = ProblemBody, content_type = "application/problem+json"),
        Refusals,
        NoSuchCallback,
        RefusedBody,
    )
)]
async fn replay_callback(
    State(replays): State<Replays>,
    admin: Admin,
    PathId(id): PathId,
    JsonBody(body): JsonBody<ReplayRequest>,
) -> Result<Json<AttemptList>> {
    let attempt = replays.replay(&Viewer::from(&admin), id, &body.target).await?;
    tracing::info!(by = %admin.person.id, callback = %id, %attempt, "a callback is sent again");
    replays.listed(id).await
}

/// Where a callback was sent again
#[utoipa::path(
    get,
    path = "/api/admin/llm-callbacks/{id}/attempts",
    tag = "Callbacks",
    operation_id = "callbackAttempts",
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, description = "Each attempt, and what was answered", body = AttemptList),
        Refusals,
        NoSuchCallback,
    )
)]
async fn callback_attempts(
    State(replays): State<Replays>,
    _: Admin,
    PathId(id): PathId,
) -> Result<Json<AttemptList>> {
    replays.listed(id).await
}

/// Report that a callback was sent again
///
/// What `callbackd tail --forward` has done, so that it is listed on the callback.
#[utoipa::path(
    post,
    path = "/api/admin/llm-callbacks/{id}/attempts",
    tag = "Callbacks",
    operation_id = "reportAttempt",
    params(("id" = Uuid, Path)),
    request_body = AttemptReport,
    responses((status = 204, description = "It is listed"), Refusals, NoSuchCallback, RefusedBody)
)]
async fn report_attempt(
    State(replays): State<Replays>,
    admin: Admin,
    PathId(callback): PathId,
    JsonBody(body): JsonBody<AttemptReport>,
) -> Result<StatusCode> {
    let answer = match (body.status, body.error) {
        (Some(status @ 100..=999), None) => Ok((status, cut(&body.answer))),
        (None, Some(error)) => Err(cut(&error)),
        _ => {
            return Err(Problem::bad_request(
                "Malformed report",
                "it has either status (100 to 999), where there was an answer, or error, where there was none",
            ));
        }
    };
    let new = NewAttempt {
        id: body.id.unwrap_or_else(Uuid::now_v7),
        callback,
        target: cut(&body.target),
        by: admin.person.id,
    };
    let ended = Ended { answer, duration_ms: body.duration_ms.into() };
    replays.report(new, body.id.is_some(), &ended).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Replays {
    async fn listed(&self, callback: Uuid) -> Result<Json<AttemptList>> {
        let attempts = self.0.store.attempts(callback).await?;
        let unknown = || Problem::not_found("there is no callback with this id; it may have been deleted");
        Ok(Json(AttemptList { attempts: attempts.ok_or_else(unknown)? }))
    }
}

fn cut(text: &str) -> String {
    text.chars().take(TEXT_MAX).collect()
}

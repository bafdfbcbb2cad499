//! A server with a spool whose database is away when it starts: it takes callbacks, and nothing else, until the database
//! is there. A server that is started anew in the middle of an outage must not lose what the one before would have kept.
//!
//! Of the sources that admins have added it knows what was last known on this machine. What was added elsewhere meanwhile
//! it cannot know: so an unknown path is 503 and not 404, which some senders take for final.

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{
    Router,
    extract::{FromRef, Request, State},
    response::{IntoResponse as _, Response},
};
use tower::ServiceExt as _;

use super::{ground::Ground, say_ready};
use crate::{
    ingest::{Ingest, webhook_at},
    operations,
    problem::Problem,
    session::{ClientAddress, Sessions},
    shutdown::Shutdown,
};

/// When to ask again for what is not there yet.
const RETRY_AFTER: Duration = Duration::from_secs(2);

#[derive(Clone)]
struct Meanwhile {
    ingest: Ingest,
    sessions: Sessions,
    shutdown: Shutdown,
    /// The whole application, once it is there.
    whole: Arc<OnceLock<Router>>,
}

impl FromRef<Meanwhile> for Sessions {
    fn from_ref(state: &Meanwhile) -> Self {
        state.sessions.clone()
    }
}

/// What answers now, and becomes the whole when the database is there.
pub async fn serve(ground: Ground, address: SocketAddr) -> anyhow::Result<Router> {
    ground.catalog.recall().await?;
    let url = &ground.url;
    tracing::warn!(url, %address, "the database is away: callbacks are spooled, and all else waits for it");
    ground.entrance.tasks.presume_away();
    let state = Meanwhile {
        ingest: ground.entrance.ingest.clone(),
        sessions: ground.sessions.clone(),
        shutdown: ground.shutdown.clone(),
        whole: Arc::default(),
    };
    let shutdown = ground.shutdown.clone();
    shutdown.task("start", complete(ground, address, state.clone()));
    Ok(Router::new().fallback(answer).with_state(state))
}

async fn complete(ground: Ground, address: SocketAddr, state: Meanwhile) -> anyhow::Result<()> {
    let hard = ground.shutdown.hard.clone();
    tokio::select! {
        () = hard.cancelled() => {
            if let Some(spool) = state.ingest.spool() {
                spool.tell_what_is_left();
            }
            return Ok(());
        }
        reached = ground.ways.prepare_when_there() => reached?,
    }
    let url = ground.url.clone();
    // Nobody else sets it.
    let _ = state.whole.set(ground.build().await?);
    say_ready(&url, address);
    // The task ends with the server, not before it.
    hard.cancelled().await;
    Ok(())
}

async fn answer(
    State(state): State<Meanwhile>,
    ClientAddress(from): ClientAddress,
    request: Request,
) -> Response {
    if let Some(whole) = state.whole.get() {
        return whole.clone().oneshot(request).await.into_response();
    }
    let path = request.uri().path();
    if state.ingest.sources().contains(path) {
        return webhook_at(&state.ingest, from, request).await;
    }
    let stopping = state.shutdown.soft.is_cancelled();
    operations::incomplete(path, state.ingest.spool(), stopping).unwrap_or_else(|| {
        let detail = "the database is away: until it is back only callbacks of sources known here are taken";
        Problem::unavailable(detail, RETRY_AFTER).into_response()
    })
}

//! How much of what PostgreSQL itself can take is left with HTTP, signatures, deduplication and cursors in front of it:
//! the same rows in the same table by `pgbench`, one a transaction, and by a client that has them in batches already.

use std::sync::Arc;

use super::Scale;
use crate::{
    load::{Closed, Requests, body, closed},
    report::{Comparison, Section},
    stage::{BATCH, Server, Stage, batches, single_rows},
};

const CONNECTIONS: usize = 256;
/// Of `pgbench`; whichever is faster counts.
const CLIENTS: [usize; 3] = [4, 16, 64];
const SIGNED_PER_SECOND: usize = 20_000;

pub async fn measure(stage: &Stage, scale: &Scale) -> anyhow::Result<Section> {
    let server = stage.product("limits", &[]).await?;
    let bare = stage.product("bare", &[]).await?;
    let url = bare.database_url.clone();
    // Only its schema is needed, and nobody who listens.
    bare.stop().await?;
    let payload = body();
    let (mut singles, mut together) = (Vec::new(), Vec::new());
    for _ in 0..scale.rounds.min(3) {
        let ours = product(stage, &server, scale).await?;
        let mut best = 0.0_f64;
        for clients in CLIENTS {
            stage.checkpoint().await?;
            best = best.max(single_rows(stage, &url, &payload, clients, scale.run).await?);
        }
        singles.push((ours, best));
        stage.checkpoint().await?;
        together.push((ours, batches(&url, &payload, scale.run).await?));
    }
    server.stop().await?;
    let mut against_singles = Comparison::against("pgbench");
    against_singles.add("durable callbacks a second", singles);
    let mut against_batches = Comparison::against("batches");
    against_batches.add("durable callbacks a second", together);
    Ok(Section {
        title: "What PostgreSQL takes by itself",
        about: format!(
            "Of callbackd at {CONNECTIONS} connections, everything included. `pgbench`: the same row and a notification a \
             transaction, prepared, the best of {CLIENTS:?} clients. Batches: {BATCH} rows and one notification a \
             transaction, over two connections; without HTTP, signatures, deduplication, or an order of commits."
        ),
        tables: vec![against_singles.markdown(), against_batches.markdown()],
        plots: Vec::new(),
    })
}

async fn product(stage: &Stage, server: &Server, scale: &Scale) -> anyhow::Result<f64> {
    stage.checkpoint().await?;
    let secret = stage.secret.clone();
    let count = SIGNED_PER_SECOND * usize::try_from((scale.warm_up + scale.run).as_secs().max(1))?;
    let requests = tokio::task::spawn_blocking(move || Requests::sign(count, &secret)).await?;
    let load = Closed { connections: CONNECTIONS, warm_up: scale.warm_up, time: scale.run };
    Ok(closed(server.address, load, Arc::new(requests)).await?.rate())
}

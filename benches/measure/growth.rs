//! How cost grows: callbacks received a second by one node, by two and by four on one database; and into a table that is
//! empty, that has a million callbacks, and five. How it grows with streams is in `streams`.

use std::sync::Arc;

use anyhow::ensure;
use tokio::task::JoinSet;

use super::Scale;
use crate::{
    load::{Closed, Requests, closed},
    report::{Section, Sizes},
    stage::{Server, Stage, fill},
};

/// In all, whatever the number of nodes.
const CONNECTIONS: usize = 64;
const NODES: [i64; 3] = [1, 2, 4];
const SIGNED_PER_SECOND: u32 = 20_000;

pub async fn measure(stage: &Stage, scale: &Scale) -> anyhow::Result<Section> {
    let tables = vec![nodes(stage, scale).await?, rows(stage, scale).await?];
    Ok(Section {
        title: "How cost grows",
        about: format!(
            "One round. Received as above, in a closed loop over {CONNECTIONS} connections in all: by so many nodes on one \
             database, and by one node into a table that has so many callbacks already."
        ),
        tables,
        plots: Vec::new(),
    })
}

async fn nodes(stage: &Stage, scale: &Scale) -> anyhow::Result<String> {
    let mut table = Sizes::of("nodes", &NODES);
    let mut nodes = vec![stage.product("nodes", &[]).await?];
    for (place, count) in NODES.into_iter().enumerate() {
        while nodes.len() < usize::try_from(count)? {
            nodes.push(nodes[0].another(stage).await?);
        }
        received(stage, scale, &nodes, place, &mut table).await?;
    }
    for node in nodes {
        node.stop().await?;
    }
    Ok(table.markdown())
}

async fn rows(stage: &Stage, scale: &Scale) -> anyhow::Result<String> {
    let sizes = [0, scale.rows[0], scale.rows[1]];
    let mut table = Sizes::of("callbacks", &sizes);
    let mut node = stage.product("rows", &[]).await?;
    let mut from = 1;
    for (place, size) in sizes.into_iter().enumerate() {
        if size > 0 {
            fill(&node.client().await?, from, size).await?;
            // Nobody has told it of these: it begins anew behind them.
            node = node.rest(stage).await?.start(stage).await?;
        }
        received(stage, scale, std::slice::from_ref(&node), place, &mut table).await?;
        // The next size begins where the rows would have: what has come is taken away again.
        node.client().await?.execute("delete from llm_callbacks where seq > $1", &[&size]).await?;
        from = size + 1;
    }
    node.stop().await?;
    Ok(table.markdown())
}

/// The nodes share the connections, and what there is to send.
async fn received(
    stage: &Stage,
    scale: &Scale,
    nodes: &[Server],
    place: usize,
    table: &mut Sizes,
) -> anyhow::Result<()> {
    stage.checkpoint().await?;
    let time = u32::try_from((scale.warm_up + scale.run).as_millis())?;
    let count = (SIGNED_PER_SECOND * time / 1_000) as usize / nodes.len();
    let load = Closed { connections: CONNECTIONS / nodes.len(), warm_up: scale.warm_up, time: scale.run };
    let mut signed = Vec::new();
    for _ in nodes {
        let secret = stage.secret.clone();
        let signing = move || Requests::sign(count, &secret);
        signed.push(Arc::new(tokio::task::spawn_blocking(signing).await?));
    }
    let mut loads = JoinSet::new();
    for (node, requests) in nodes.iter().zip(signed) {
        loads.spawn(closed(node.address, load, requests));
    }
    let (mut rate, mut p99) = (0.0, 0.0_f64);
    while let Some(run) = loads.join_next().await {
        let run = run??;
        ensure!(!run.answers.is_empty(), "a node has acknowledged nothing");
        rate += run.rate();
        p99 = p99.max(run.percentile_ms(990));
    }
    table.add("acknowledged a second", place, rate);
    table.add("p99 answer, ms", place, p99);
    Ok(())
}

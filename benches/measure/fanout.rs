//! Frames a second to a thousand streams: a burst of callbacks, sent over many connections at once, until the last
//! stream has read the last of them.

use std::{sync::Arc, time::Duration};

use anyhow::ensure;

use super::Scale;
use crate::{
    load::{Audience, Closed, Requests, closed},
    plain::STREAM_PATH,
    report::{Comparison, Section, Usage, resident_mb},
    stage::{Server, Stage},
};

const CONNECTIONS: usize = 64;
/// For the whole burst to be acknowledged.
const BURST_WAIT: Duration = Duration::from_secs(20);

struct Shown {
    frames_per_second: f64,
    seconds: f64,
    server_us_per_frame: f64,
    resident_mb: f64,
    lost: f64,
    /// Streams that saw a lower cursor after a higher one.
    unordered: f64,
}

pub async fn measure(stage: &Stage, scale: &Scale) -> anyhow::Result<Section> {
    let pair = stage.pair("fanout").await?;
    let mut rounds = Vec::new();
    for round in 0..scale.rounds.min(3) {
        let [a, b] = pair.in_turn(round);
        let [first, second] = [burst(stage, a, scale).await?, burst(stage, b, scale).await?];
        rounds.push(if a.name == pair.product.name { [first, second] } else { [second, first] });
    }
    pair.stop().await?;
    let mut table = Comparison::against("plain");
    table.add_each("frames a second", &rounds, |shown| shown.frames_per_second);
    table.add_each("seconds to the last frame", &rounds, |shown| shown.seconds);
    table.add_each("µs in the server for each frame", &rounds, |shown| shown.server_us_per_frame);
    table.add_each("MB of memory afterwards", &rounds, |shown| shown.resident_mb);
    table.add_each("frames lost", &rounds, |shown| shown.lost);
    table.add_each("streams out of order", &rounds, |shown| shown.unordered);
    Ok(Section {
        title: "To many streams",
        about: format!(
            "{} rounds of callbackd, plain. {} callbacks over {CONNECTIONS} connections at once, to {} streams, which read \
             whatever comes. Of callbackd every stream got every callback, once and in order: it is checked, and fails \
             the bench.",
            rounds.len(),
            scale.burst,
            scale.streams
        ),
        tables: vec![table.markdown()],
        plots: Vec::new(),
    })
}

async fn burst(stage: &Stage, server: &Server, scale: &Scale) -> anyhow::Result<Shown> {
    stage.checkpoint().await?;
    let mut audience = Audience::gather(server.address, STREAM_PATH, &server.token, scale.streams).await?;
    let requests = Arc::new(Requests::sign(scale.burst, &stage.secret));
    let load = Closed { connections: CONNECTIONS, warm_up: Duration::ZERO, time: BURST_WAIT };
    let before = Usage::now(server.pid());
    audience.expect(scale.burst);
    let run = closed(server.address, load, requests).await?;
    ensure!(
        run.cursors.len() == scale.burst,
        "{} acknowledged {} of {}",
        server.name,
        run.cursors.len(),
        scale.burst
    );
    let seen = audience.seen().await?;
    let cost = Usage::now(server.pid()).each_since(before, seen.frames);
    let resident_mb = resident_mb(server.pid());
    let streams = audience.leave().await?;

    let lost = scale.burst * streams.len() - seen.frames.min(scale.burst * streams.len());
    let unordered = streams.iter().filter(|cursors| !cursors.is_sorted()).count();
    if server.gapless {
        let exact = streams.iter().filter(|cursors| **cursors == run.cursors).count();
        ensure!(
            exact == streams.len(),
            "only {exact} streams of {} got every callback in order",
            streams.len()
        );
    }
    let seconds = seen.last.as_secs_f64();
    let count = callbackd::telemetry::count;
    Ok(Shown {
        frames_per_second: count(seen.frames) / seconds,
        seconds,
        server_us_per_frame: cost.server,
        resident_mb,
        lost: count(lost),
        unordered: count(unordered),
    })
}

//! Acknowledged callbacks a second and the time of an answer, at several numbers of connections; and the time of an
//! answer at a part of the load, which is what a sender meets.

use std::{sync::Arc, time::Duration};

use anyhow::ensure;

use super::Scale;
use crate::{
    load::{BODY_BYTES, Closed, Requests, Run, closed, open},
    report::{Comparison, Cost, Plot, Point, Section, Usage, median},
    stage::{Pair, Server, Stage},
};

const CONNECTIONS: [usize; 4] = [1, 16, 64, 256];
/// Callbacks a second that both sides can take.
const RATES: [u32; 2] = [500, 1_500];
/// The part load comes over as many connections.
const RATE_CONNECTIONS: usize = 64;
/// Requests that are signed beforehand for each second of a run; who is faster has a shorter run.
const SIGNED_PER_SECOND: u32 = 20_000;

/// What one run has shown.
struct Shown {
    run: Run,
    cost: Cost,
}

/// The runs of all rounds, callbackd's and the plain design's.
type Rounds = Vec<[Shown; 2]>;

pub async fn measure(stage: &Stage, scale: &Scale) -> anyhow::Result<Section> {
    let pair = stage.pair("ingest").await?;
    let mut full: Vec<Rounds> = CONNECTIONS.map(|_| Vec::new()).into();
    let mut part: Vec<Rounds> = RATES.map(|_| Vec::new()).into();
    for round in 0..scale.rounds {
        for (connections, rounds) in CONNECTIONS.into_iter().zip(&mut full) {
            let time = scale.warm_up + scale.run;
            let requests = sign(stage, (SIGNED_PER_SECOND * millis(time)).div_ceil(1_000)).await?;
            let load = Closed { connections, warm_up: scale.warm_up, time: scale.run };
            let ask = |server: &Server| closed(server.address, load, requests.clone());
            rounds.push(both(stage, &pair, round, ask).await?);
        }
        for (rate, rounds) in RATES.into_iter().zip(&mut part) {
            let count = (rate * millis(scale.run)).div_ceil(1_000);
            let requests = sign(stage, count).await?;
            let ask = |server: &Server| {
                open(server.address, RATE_CONNECTIONS, rate, count as usize, requests.clone())
            };
            rounds.push(both(stage, &pair, round, ask).await?);
        }
    }
    check(&pair, full.iter().chain(&part).flatten()).await?;
    pair.stop().await?;
    Ok(section(scale, &full, &part))
}

fn millis(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}

async fn sign(stage: &Stage, count: u32) -> anyhow::Result<Arc<Requests>> {
    let secret = stage.secret.clone();
    let signing = move || Requests::sign(count as usize, &secret);
    Ok(Arc::new(tokio::task::spawn_blocking(signing).await?))
}

/// One side after the other; the results always in the same order.
async fn both<F>(
    stage: &Stage,
    pair: &Pair,
    round: usize,
    ask: impl Fn(&Server) -> F,
) -> anyhow::Result<[Shown; 2]>
where
    F: Future<Output = anyhow::Result<Run>>,
{
    let [first, second] = pair.in_turn(round);
    let shown = [one(stage, first, &ask).await?, one(stage, second, &ask).await?];
    let [a, b] = shown;
    Ok(if first.name == pair.product.name { [a, b] } else { [b, a] })
}

async fn one<F>(stage: &Stage, server: &Server, ask: &impl Fn(&Server) -> F) -> anyhow::Result<Shown>
where
    F: Future<Output = anyhow::Result<Run>>,
{
    stage.checkpoint().await?;
    let before = Usage::now(server.pid());
    let run = ask(server).await?;
    let cost = Usage::now(server.pid()).each_since(before, run.cursors.len());
    ensure!(!run.answers.is_empty(), "{} has acknowledged nothing", server.name);
    Ok(Shown { run, cost })
}

/// Everything acknowledged is there, and every callback has a cursor of its own; else the rest means nothing.
async fn check(pair: &Pair, rounds: impl Iterator<Item = &[Shown; 2]>) -> anyhow::Result<()> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for [product, plain] in rounds {
        ours.extend_from_slice(&product.run.cursors);
        theirs.extend_from_slice(&plain.run.cursors);
    }
    for (server, mut cursors) in [(&pair.product, ours), (&pair.plain, theirs)] {
        let acknowledged = cursors.len();
        cursors.sort_unstable();
        cursors.dedup();
        ensure!(cursors.len() == acknowledged, "{}: two callbacks have the same cursor", server.name);
        let rows = server.rows().await?;
        ensure!(rows >= acknowledged, "{}: {acknowledged} acknowledged and {rows} stored", server.name);
    }
    Ok(())
}

fn section(scale: &Scale, full: &[Rounds], part: &[Rounds]) -> Section {
    let mut rates = Comparison::against("plain");
    let mut answers = Comparison::against("plain");
    let mut costs = Comparison::against("plain");
    for (connections, rounds) in CONNECTIONS.into_iter().zip(full) {
        let at = format!("{connections} connection{}", if connections == 1 { "" } else { "s" });
        rates.add_each(format!("acknowledged a second, {at}"), rounds, |shown| shown.run.rate());
        add_answers(&mut answers, &at, rounds);
        costs.add_each(format!("µs in the server, {at}"), rounds, |shown| shown.cost.server);
        costs.add_each(format!("µs in PostgreSQL and kernel, {at}"), rounds, |shown| shown.cost.rest);
        costs.add_each(format!("µs in the generator, {at}"), rounds, |shown| shown.cost.generator);
        if rounds.iter().flatten().any(|shown| shown.run.refused > 0) {
            let refused = |shown: &Shown| callbackd::telemetry::count(shown.run.refused);
            rates.add_each(format!("refused (503), {at}"), rounds, refused);
        }
    }
    let mut partly = Comparison::against("plain");
    for (rate, rounds) in RATES.into_iter().zip(part) {
        add_answers(&mut partly, &format!("{rate} a second"), rounds);
    }
    Section {
        title: "Receiving",
        about: format!(
            "{} rounds of callbackd, plain; bodies of {BODY_BYTES} bytes. Closed loop: {} s after {} s of warm-up, every \
             connection sends as soon as it was answered. Then an open loop over {RATE_CONNECTIONS} connections, answer \
             times counted from when a callback was to be sent. Every acknowledged callback was in the database \
             afterwards. Processor time is for each acknowledged callback.",
            scale.rounds,
            scale.run.as_secs_f64(),
            scale.warm_up.as_secs_f64(),
        ),
        tables: vec![rates.markdown(), answers.markdown(), partly.markdown(), costs.markdown()],
        plots: vec![plot(full)],
    }
}

fn plot(full: &[Rounds]) -> Plot {
    let points = |side: usize| -> Vec<Point> {
        let rate = |rounds: &Rounds| median(rounds.iter().map(|round| round[side].run.rate()).collect());
        let rates = full.iter().map(rate);
        CONNECTIONS.map(callbackd::telemetry::count).into_iter().zip(rates).collect()
    };
    Plot {
        name: "ingest",
        title: "Acknowledged callbacks a second",
        across: "connections",
        by_tens: false,
        lines: vec![("callbackd", points(0)), ("plain design", points(1))],
    }
}

fn add_answers(table: &mut Comparison, at: &str, rounds: &Rounds) {
    table.add_each(format!("p50 answer, ms, {at}"), rounds, |shown| shown.run.percentile_ms(500));
    table.add_each(format!("p99 answer, ms, {at}"), rounds, |shown| shown.run.percentile_ms(990));
}

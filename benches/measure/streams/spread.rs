//! Frames a second, processor time for each, memory of a stream: to a hundred, a thousand and ten thousand streams, with
//! one message on its way, so that nothing can be written together, and with sixteen.

use std::{ops::Range, time::Duration};

use anyhow::ensure;

use super::sides::Side;
use crate::{
    load::{in_flight, now_and_then, percentile},
    measure::Scale,
    peers::Kind,
    report::{Better, Field, Plot},
    stage::Stage,
};

/// Streams, and messages with one and with sixteen on their way.
const SIZES: [(usize, usize, usize); 3] = [(100, 300, 1_600), (1_000, 60, 320), (10_000, 12, 48)];
const AT_ONCE: usize = 16;
/// One after the other at a pace of so many frames a second in all; at least so many messages, and for so long.
const CALM_FRAMES: f64 = 20_000.0;
const CALM: usize = 6;
const CALM_TIME: Duration = Duration::from_secs(1);
/// What is still being tidied up after the streams were opened is not measured.
const REST: Duration = Duration::from_millis(300);

/// A table, and a plot of how long a message takes to the last stream.
pub async fn measure(stage: &Stage, scale: &Scale, kinds: &[Kind]) -> anyhow::Result<(String, Plot)> {
    let mut sides: Vec<Option<Kind>> = vec![None];
    sides.extend(kinds.iter().copied().map(Some));
    let name = |side: &Option<Kind>| side.map_or("callbackd", Kind::name);
    let mut field = Field::new(sides.iter().map(name).collect());
    for round in 0..scale.rounds.min(3) {
        let places = sides.len();
        for place in 0..places {
            let side = sides[(place + round) % places];
            side_of(stage, scale, side, round, &mut field).await?;
        }
    }
    Ok((field.markdown("nchan"), plot(scale, &field, kinds)))
}

fn to_the_last(streams: usize) -> String {
    format!("ms to the last of {streams}, at {CALM_FRAMES} frames a second, p50")
}

/// Of nchan the faster one.
fn plot(scale: &Scale, field: &Field, kinds: &[Kind]) -> Plot {
    let line = |name: &'static str, sides: &[&str]| {
        let points = SIZES.map(|(streams, ..)| streams / scale.streams_divisor).map(|streams| {
            let times = sides.iter().map(|side| field.median(&to_the_last(streams), side));
            (callbackd::telemetry::count(streams), times.fold(f64::INFINITY, f64::min))
        });
        (name, points.to_vec())
    };
    let mut lines = vec![line("callbackd", &["callbackd"])];
    let nchan: Vec<&str> =
        kinds.iter().map(|kind| kind.name()).filter(|name| name.starts_with("nchan")).collect();
    if !nchan.is_empty() {
        lines.push(line("nchan", &nchan));
    }
    if kinds.contains(&Kind::BetterSse) {
        lines.push(line("better-sse", &[Kind::BetterSse.name()]));
    }
    Plot {
        name: "fanout",
        title: "Milliseconds until the last stream has it",
        across: "streams",
        by_tens: true,
        lines,
    }
}

async fn side_of(
    stage: &Stage,
    scale: &Scale,
    kind: Option<Kind>,
    round: usize,
    field: &mut Field,
) -> anyhow::Result<()> {
    let largest = SIZES[SIZES.len() - 1].0 / scale.streams_divisor;
    let side = match kind {
        None => Side::callbackd(stage, &format!("streams_{round}"), largest).await?,
        Some(kind) => Side::Peer(Box::new(kind.start(stage).await?)),
    };
    for (streams, single, together) in SIZES {
        run(stage, &side, streams / scale.streams_divisor, (single, together), field).await?;
    }
    side.stop().await
}

async fn run(
    stage: &Stage,
    side: &Side,
    streams: usize,
    messages: (usize, usize),
    field: &mut Field,
) -> anyhow::Result<()> {
    stage.checkpoint().await?;
    let name = side.name();
    let before = side.processes().memory();
    let mut crowd = side.crowd(streams).await?;
    tokio::time::sleep(REST).await;
    let processes = side.processes();
    let count = callbackd::telemetry::count;
    let each = |memory: f64| (memory - before) / count(streams) / 1e3;
    if streams >= 1_000 {
        field.add(
            &format!("kB of memory a stream, {streams} idle"),
            Better::Less,
            name,
            each(processes.memory()),
        );
    }
    // The first one finds nothing in any cache.
    let message = |number| side.message(number);
    let mut numbers = Numbers(0);
    in_flight(&mut crowd, side.address(), 1, numbers.next(2), message).await?;
    for (at_once, messages) in [(1, messages.0), (AT_ONCE, messages.1)] {
        let (messages, cpu) = (numbers.next(messages), processes.time());
        let frames = count(messages.len() * streams);
        let took = in_flight(&mut crowd, side.address(), at_once, messages, message).await?;
        let cpu = processes.time().saturating_sub(cpu);
        let what = format!("{streams} streams, {at_once} on the way");
        field.add(&format!("frames a second, {what}"), Better::More, name, frames / took.as_secs_f64());
        field.add(
            &format!("µs of processor time a frame, {what}"),
            Better::Less,
            name,
            cpu.as_secs_f64() * 1e6 / frames,
        );
    }
    let every = Duration::from_secs_f64(count(streams) / CALM_FRAMES);
    let calm = CALM.max((CALM_TIME.as_millis() / every.as_millis().max(1)) as usize);
    let times = now_and_then(&mut crowd, side.address(), every, numbers.next(calm), message).await?;
    field.add(&to_the_last(streams), Better::Less, name, percentile(&times, 500).as_secs_f64() * 1e3);
    if streams >= 1_000 {
        field.add(
            &format!("kB of memory a stream, {streams} after this"),
            Better::Less,
            name,
            each(processes.memory()),
        );
    }
    let seen = crowd.leave().await?;
    let complete = seen.frames.iter().filter(|frames| **frames == numbers.0).count();
    ensure!(
        complete == streams && seen.lost == 0,
        "{name}: {complete} of {streams} streams got every message, {} were lost",
        seen.lost
    );
    ensure!(name != "callbackd" || seen.unordered == 0, "{} streams were out of order", seen.unordered);
    Ok(())
}

/// Each message of a crowd has another number.
struct Numbers(usize);

impl Numbers {
    fn next(&mut self, count: usize) -> Range<usize> {
        let first = self.0;
        self.0 += count;
        first..self.0
    }
}

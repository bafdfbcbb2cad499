//! Frames a second, processor time for each, memory of a stream: to a hundred, a thousand and ten thousand streams, with
//! one message on its way, so that nothing can be written together, and with sixteen.

use std::{ops::Range, time::Duration};

use anyhow::ensure;

use super::sides::Side;
use crate::{
    load::{in_flight, now_and_then, percentile},
    measure::Scale,
    peers::Kind,
    report::{Better, Field},
    stage::Stage,
};

/// Streams, and messages with one and with sixteen on their way.
const SIZES: [(usize, usize, usize); 3] = [(100, 300, 1_600), (1_000, 60, 320), (10_000, 12, 48)];
const AT_ONCE: usize = 16;
/// Messages at two a second.
const CALM: usize = 6;
const CALM_EVERY: Duration = Duration::from_millis(500);
/// What is still being tidied up after the streams were opened is not measured.
const REST: Duration = Duration::from_millis(300);

pub async fn measure(stage: &Stage, scale: &Scale, kinds: &[Kind]) -> anyhow::Result<Vec<String>> {
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
    Ok(vec![field.markdown("nchan")])
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
    if streams >= 10_000 {
        let calm = numbers.next(CALM);
        let times = now_and_then(&mut crowd, side.address(), CALM_EVERY, calm, message).await?;
        let last = percentile(&times, 500).as_secs_f64() * 1e3;
        field.add(&format!("ms to the last of {streams}, 2 a second, p50"), Better::Less, name, last);
    }
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

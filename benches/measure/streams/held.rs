//! Load held: ten thousand streams, a message a second and then a thousand at once, with everybody reading, and with a
//! fifth that read slowly or not at all. What those who read have to wait must not depend on the others.

use std::{sync::Arc, time::Duration};

use anyhow::ensure;

use super::sides::READY;
use crate::{
    load::{
        Closed, Crowd, Guest, Invitation, Pace, Requests, closed, now_and_then, numbered::Signer, percentile,
    },
    measure::Scale,
    report::{Better, Field, Processes},
    stage::Stage,
};

const STREAMS: usize = 10_000;
/// One after the other, one a second.
const CALM: usize = 8;
const CALM_EVERY: Duration = Duration::from_secs(1);
/// At once, over so many connections.
const BURST: usize = 1_000;
const CONNECTIONS: usize = 64;
const WAIT: Duration = Duration::from_mins(1);

const SIDES: [&str; 2] = ["all read", "a fifth is slow or stuck"];

pub async fn measure(stage: &Stage, scale: &Scale) -> anyhow::Result<String> {
    let mut field = Field::new(SIDES.to_vec());
    for round in 0..scale.rounds.min(3) {
        for (place, side) in SIDES.into_iter().enumerate() {
            run(stage, scale, side, place == 1, &format!("held_{round}_{place}"), &mut field).await?;
        }
    }
    Ok(field.markdown(SIDES[1]))
}

fn pace(place: usize, mixed: bool) -> Pace {
    match place % 10 {
        3 if mixed => Pace::Slow,
        7 if mixed => Pace::Stuck,
        _ => Pace::Quick,
    }
}

async fn run(
    stage: &Stage,
    scale: &Scale,
    side: &'static str,
    mixed: bool,
    name: &str,
    field: &mut Field,
) -> anyhow::Result<()> {
    let (streams, burst) = (STREAMS / scale.streams_divisor, BURST / scale.streams_divisor);
    let server = stage.product(name, &[]).await?;
    let requests = server.stream_requests(streams).await?;
    let guests = requests.into_iter().enumerate();
    let guests: Vec<_> = guests.map(|(place, request)| Guest { request, pace: pace(place, mixed) }).collect();
    let readers = guests.iter().filter(|guest| guest.pace == Pace::Quick).count();
    let processes = Processes::of(server.pid());
    let empty = processes.memory();
    let mut crowd = Crowd::gather(Invitation { address: server.address, opened: READY, guests }).await?;
    let signer = Signer::new(&stage.secret);
    now_and_then(&mut crowd, server.address, CALM_EVERY, 0..CALM, |number| signer.request(number)).await?;
    let numbers = CALM..CALM + burst;
    numbers.clone().for_each(|number| crowd.sending(number));
    let requests = Arc::new(Requests::of(numbers.clone().map(|number| signer.request(number))));
    let load = Closed { connections: CONNECTIONS, warm_up: Duration::ZERO, time: WAIT };
    let acknowledged = closed(server.address, load, requests).await?.cursors.len();
    ensure!(acknowledged == burst, "{acknowledged} of {burst} were acknowledged");
    for _ in 0..burst {
        crowd.complete(WAIT).await?;
    }
    let peak = processes.peak();
    let seen = crowd.leave().await?;
    server.stop().await?;
    ensure!(
        seen.unordered == 0 && seen.lost == 0 && seen.frames.iter().all(|frames| *frames == CALM + burst),
        "not every stream that reads has got everything, in order"
    );
    let mut add = |what: &str, value: f64| field.add(what, Better::Less, side, value);
    let ms = |waited: &[Duration], per_mille| percentile(waited, per_mille).as_secs_f64() * 1e3;
    let count = callbackd::telemetry::count;
    let (calm, together) = (seen.waited(0..CALM), seen.waited(numbers));
    add("ms to those who read, 1 a second, p50", ms(&calm, 500));
    add("ms to those who read, 1 a second, p99", ms(&calm, 990));
    // With fewer who read there is less to do for each message.
    add("µs for each who reads to the last of a burst", ms(&together, 1_000) * 1e3 / count(readers));
    add("ms to those who read, in a burst, p99", ms(&together, 990));
    add("kB of memory a stream at most", (peak - empty) / count(streams) / 1e3);
    add("streams cut off", count(seen.cut));
    Ok(())
}

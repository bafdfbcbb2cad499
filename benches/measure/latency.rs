//! From sending a callback to reading its event, on a server that has nothing else to do: with one stream open, and with
//! a thousand, to the first and to the last of them.

use std::time::Duration;

use anyhow::{Context as _, ensure};

use super::Scale;
use crate::{
    load::{Audience, Connection, Requests, percentile},
    plain::STREAM_PATH,
    report::{Comparison, Section},
    stage::{Server, Stage},
};

/// Between two callbacks: what one has left to do must not be met by the next.
const REST: Duration = Duration::from_millis(3);

/// Shortest first.
struct Times {
    answer: Vec<Duration>,
    first: Vec<Duration>,
    last: Vec<Duration>,
}

pub async fn measure(stage: &Stage, scale: &Scale) -> anyhow::Result<Section> {
    let pair = stage.pair("latency").await?;
    let (mut one, mut all) = (Vec::new(), Vec::new());
    for round in 0..scale.rounds {
        for (streams, callbacks, rounds) in
            [(1, scale.singles, &mut one), (scale.streams, scale.singles_to_all, &mut all)]
        {
            let [a, b] = pair.in_turn(round);
            let times =
                [times(stage, a, streams, callbacks).await?, times(stage, b, streams, callbacks).await?];
            let [first, second] = times;
            rounds.push(if a.name == pair.product.name { [first, second] } else { [second, first] });
        }
    }
    pair.stop().await?;
    let mut table = Comparison::against("plain");
    add(&mut table, "p50 to the answer, ms", &one, |times| &times.answer, 500);
    add(&mut table, "p50 to the event, ms", &one, |times| &times.first, 500);
    add(&mut table, "p99 to the event, ms", &one, |times| &times.first, 990);
    let streams = scale.streams;
    add(&mut table, &format!("p50 to the first of {streams} streams, ms"), &all, |times| &times.first, 500);
    add(&mut table, &format!("p50 to the last of {streams} streams, ms"), &all, |times| &times.last, 500);
    add(&mut table, &format!("p99 to the last of {streams} streams, ms"), &all, |times| &times.last, 990);
    Ok(Section {
        title: "From a callback to its event",
        about: format!(
            "{} rounds of callbackd, plain. One callback at a time, on an idle server: from before its first byte is \
             written until its event has been read. {} callbacks a round with one stream, {} with {streams}.",
            scale.rounds, scale.singles, scale.singles_to_all
        ),
        tables: vec![table.markdown()],
        plots: Vec::new(),
    })
}

fn add(
    table: &mut Comparison,
    what: &str,
    rounds: &[[Times; 2]],
    of: fn(&Times) -> &Vec<Duration>,
    per_mille: usize,
) {
    table.add_each(what, rounds, |times| percentile(of(times), per_mille).as_secs_f64() * 1e3);
}

async fn times(stage: &Stage, server: &Server, streams: usize, callbacks: usize) -> anyhow::Result<Times> {
    stage.checkpoint().await?;
    let mut audience = Audience::gather(server.address, STREAM_PATH, &server.token, streams).await?;
    let requests = Requests::sign(callbacks, &stage.secret);
    let mut connection = Connection::open(server.address).await?;
    let mut times = Times { answer: Vec::new(), first: Vec::new(), last: Vec::new() };
    for index in 0..callbacks {
        tokio::time::sleep(REST).await;
        let request = requests.get(index).context("as many as asked for were signed")?;
        audience.expect(1);
        let sent = tokio::time::Instant::now();
        let status = connection.send(request).await?.status;
        times.answer.push(sent.elapsed());
        ensure!(status == 200, "{} answered {status}", server.name);
        let seen = audience.seen().await?;
        ensure!(seen.frames == streams, "{}: {} of {streams} streams saw it", server.name, seen.frames);
        times.first.push(seen.first);
        times.last.push(seen.last);
    }
    audience.leave().await?;
    for list in [&mut times.answer, &mut times.first, &mut times.last] {
        list.sort_unstable();
    }
    Ok(times)
}

//! Everybody comes back at once, each a hundred messages behind, or each from another place: to a server that still has
//! them in memory; to callbackd without that memory; and, which only callbackd can serve, to one that has just been
//! started and has them in its table alone.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use tokio::time::Instant;

use super::sides::{READY, Side};
use crate::{
    load::{Connection, Crowd, Guest, Invitation, Pace, cursor, in_flight, numbered::Signer},
    measure::Scale,
    peers::{Kind, ids},
    report::{Better, Field, Processes},
    stage::{Server, Stage},
};

const BEHIND: usize = 100;
const STREAMS: usize = 10_000;
const WAIT: Duration = Duration::from_mins(1);
/// From where they come back, and how far apart those places lie at most.
const FROM: [(&str, usize); 2] = [("one cursor", 1), ("a hundred cursors", BEHIND)];
/// The same server with a ring of a single frame.
const RINGLESS: &str = "callbackd without its ring";

pub async fn measure(stage: &Stage, scale: &Scale, kinds: &[Kind]) -> anyhow::Result<String> {
    let nchan = kinds.iter().copied().find(|kind| *kind == Kind::Nchan(2));
    let mut field =
        Field::new(["callbackd"].into_iter().chain(nchan.map(Kind::name)).chain([RINGLESS]).collect());
    let streams = STREAMS / scale.streams_divisor;
    for round in 0..scale.rounds.min(3) {
        if let Some(kind) = nchan {
            for (which, apart) in FROM {
                let seconds = peer(stage, kind, streams, apart).await?;
                field.add(&in_memory(which), Better::Less, kind.name(), seconds);
            }
        }
        ringless(stage, &format!("ringless_{round}"), streams, &mut field).await?;
        callbackd(stage, &format!("back_{round}"), streams, &mut field).await?;
    }
    Ok(field.markdown("nchan"))
}

fn in_memory(which: &str) -> String {
    format!("s until 10,000 who come back at once have what they missed, from {which}")
}

async fn peer(stage: &Stage, kind: Kind, streams: usize, apart: usize) -> anyhow::Result<f64> {
    let side = Side::Peer(Box::new(kind.start(stage).await?));
    let mut first = side.crowd(1).await?;
    in_flight(&mut first, side.address(), 1, 0..BEHIND, |number| side.message(number)).await?;
    first.leave().await?;
    let ids = ids(side.address(), "/kept", BEHIND).await?;
    let guest = |place: usize| {
        // From the beginning, or after the message at this place.
        let resume = match place % apart {
            0 => String::new(),
            seen => format!("Last-Event-ID: {}\r\n", ids[seen - 1]),
        };
        let request =
            format!("GET /kept HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n{resume}\r\n");
        Guest { request: request.into_bytes(), pace: Pace::Quick }
    };
    let begin = Instant::now();
    let guests = (0..streams).map(guest).collect();
    let mut crowd = Crowd::invite(Invitation { address: side.address(), opened: b"\r\n\r\n", guests })?;
    // What everybody gets is complete once: the last one of it is the last of all.
    for _ in 0..=BEHIND - apart {
        crowd.complete(WAIT).await?;
    }
    let seconds = begin.elapsed().as_secs_f64();
    let seen = crowd.leave().await?.frames.into_iter().sum::<usize>();
    let missed: usize = (0..streams).map(|place| BEHIND - place % apart).sum();
    ensure!(seen == missed, "{}: {seen} of {missed} messages came", kind.name());
    side.stop().await?;
    Ok(seconds)
}

async fn ringless(stage: &Stage, name: &str, streams: usize, field: &mut Field) -> anyhow::Result<()> {
    let server = stage.product(name, &[("CALLBACKD_RING_FRAMES_MAX", "1")]).await?;
    let requests = server.stream_requests(streams).await?;
    let cursors = store(stage, &server).await?;
    for (which, apart) in FROM {
        let came = come_back(&server, &requests, |place| place % apart, &cursors).await?;
        field.add(&in_memory(which), Better::Less, RINGLESS, came.seconds);
    }
    server.stop().await
}

async fn callbackd(stage: &Stage, name: &str, streams: usize, field: &mut Field) -> anyhow::Result<()> {
    let mut server = stage.product(name, &[]).await?;
    let requests = server.stream_requests(streams).await?;
    let cursors = store(stage, &server).await?;
    let mut add = |what: String, value: f64| field.add(&what, Better::Less, "callbackd", value);
    for (which, apart) in FROM {
        let came = come_back(&server, &requests, |place| place % apart, &cursors).await?;
        add(in_memory(which), came.seconds);
    }
    let mut before = server.rest(stage).await?;
    // What a start and an end cost by themselves.
    let after = before.start(stage).await?.rest(stage).await?;
    let own = after.transactions - before.transactions;
    before = after;
    for (which, apart) in FROM {
        server = before.start(stage).await?;
        let came = come_back(&server, &requests, |place| place % apart, &cursors).await?;
        let after = server.rest(stage).await?;
        let queries = u32::try_from(after.transactions - before.transactions - own).unwrap_or_default();
        add(format!("s, the same after a restart, from {which}"), came.seconds);
        add(format!("database queries for it, from {which}"), f64::from(queries));
        add(format!("MB of memory at most, from {which}"), came.peak / 1e6);
        before = after;
    }
    Ok(())
}

/// Stores what they will have missed; the position before it, and those within.
async fn store(stage: &Stage, server: &Server) -> anyhow::Result<Vec<i64>> {
    let (signer, mut connection) = (Signer::new(&stage.secret), Connection::open(server.address).await?);
    let mut cursors = Vec::new();
    for number in 0..=BEHIND {
        // The first one they have seen.
        let answer = connection.send(&signer.request(number.saturating_sub(1))).await?;
        ensure!(answer.status == 200, "a callback was answered {}", answer.status);
        cursors.push(cursor(answer.body).context("it has a cursor")?);
    }
    Ok(cursors)
}

struct Came {
    seconds: f64,
    /// Of memory, in bytes.
    peak: f64,
}

/// Each has seen up to the cursor at its place.
async fn come_back(
    server: &Server,
    requests: &[Vec<u8>],
    place_of: impl Fn(usize) -> usize,
    cursors: &[i64],
) -> anyhow::Result<Came> {
    let guest = |(index, request): (usize, &Vec<u8>)| {
        let mut request = request.clone();
        request.truncate(request.len() - 2);
        request.extend(format!("Last-Event-ID: {}\r\n\r\n", cursors[place_of(index)]).into_bytes());
        Guest { request, pace: Pace::Quick }
    };
    let guests = requests.iter().enumerate().map(guest).collect();
    let begin = Instant::now();
    let mut crowd = Crowd::invite(Invitation { address: server.address, opened: READY, guests })?;
    crowd.open(requests.len()).await?;
    let seconds = begin.elapsed().as_secs_f64();
    let peak = Processes::of(server.pid()).peak();
    let seen = crowd.leave().await?;
    ensure!(seen.unordered == 0, "{} streams were out of order", seen.unordered);
    let mut seen = seen.frames;
    let mut expected: Vec<usize> = (0..requests.len()).map(|index| BEHIND - place_of(index)).collect();
    seen.sort_unstable();
    expected.sort_unstable();
    ensure!(seen == expected, "not every stream has got what it had missed, and nothing else");
    Ok(Came { seconds, peak })
}

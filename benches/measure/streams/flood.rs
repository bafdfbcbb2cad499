//! Webhooks beyond what can be stored: whoever is let in must be answered soon, everybody else at once.

use std::{sync::Arc, time::Duration};

use anyhow::ensure;
use tokio::{task::JoinSet, time::Instant};

use crate::{
    load::{Connection, Requests, percentile},
    measure::Scale,
    report::{Processes, Single},
    stage::Stage,
};

/// Senders that each send the next as soon as they were answered, and again at once if they were refused.
const SENDERS: usize = 2_000;
const WARM_UP: Duration = Duration::from_secs(1);
const TIME: Duration = Duration::from_secs(5);
const REFUSED_WAIT: Duration = Duration::from_millis(50);
const REQUESTS: usize = 100_000;

#[derive(Default)]
struct Answers {
    accepted: Vec<Duration>,
    refused: Vec<Duration>,
}

pub async fn measure(stage: &Stage, scale: &Scale) -> anyhow::Result<String> {
    let mut table = Single::default();
    let (mut accepted, mut p99, mut refused, mut refused_p99, mut peak) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let count = callbackd::telemetry::count;
    for round in 0..scale.rounds.min(3) {
        let (answers, bytes) = flood(stage, scale, &format!("flood_{round}")).await?;
        accepted.push(count(answers.accepted.len()) / TIME.as_secs_f64());
        p99.push(percentile(&answers.accepted, 990).as_secs_f64() * 1e3);
        refused.push(count(answers.refused.len()) / TIME.as_secs_f64());
        refused_p99.push(percentile(&answers.refused, 990).as_secs_f64() * 1e3);
        peak.push(bytes / 1e6);
    }
    table.add("accepted a second, of 2,000 senders", accepted, "");
    table.add("ms to their answer, p99", p99, "< 200");
    table.add("refused a second", refused, "");
    table.add("ms to a refusal, p99", refused_p99, "");
    table.add("MB of memory at most", peak, "");
    Ok(table.markdown())
}

async fn flood(stage: &Stage, scale: &Scale, name: &str) -> anyhow::Result<(Answers, f64)> {
    let server = stage.product(name, &[]).await?;
    let requests = Arc::new(Requests::sign(REQUESTS / scale.streams_divisor, &stage.secret));
    let senders = SENDERS / scale.streams_divisor;
    let share = REQUESTS / scale.streams_divisor / senders;
    let mut sending = JoinSet::new();
    let begin = Instant::now() + WARM_UP;
    for sender in 0..senders {
        let connection = Connection::open(server.address).await?;
        sending.spawn(send(connection, requests.clone(), sender * share..(sender + 1) * share, begin));
    }
    let mut all = Answers::default();
    while let Some(answers) = sending.join_next().await {
        let answers = answers??;
        all.accepted.extend(answers.accepted);
        all.refused.extend(answers.refused);
    }
    all.accepted.sort_unstable();
    all.refused.sort_unstable();
    let peak = Processes::of(server.pid()).peak();
    let rows = server.rows().await?;
    ensure!(rows >= all.accepted.len(), "{} were acknowledged and {rows} are stored", all.accepted.len());
    server.stop().await?;
    Ok((all, peak))
}

async fn send(
    mut connection: Connection,
    requests: Arc<Requests>,
    own: std::ops::Range<usize>,
    begin: Instant,
) -> anyhow::Result<Answers> {
    let mut answers = Answers::default();
    let measured = |sent: Instant| (sent >= begin).then(|| sent.elapsed());
    let mut own = own.filter_map(|index| requests.get(index));
    let mut next = own.next();
    while let Some(request) = next.filter(|_| begin.elapsed() < TIME) {
        let sent = Instant::now();
        match connection.send(request).await?.status {
            200 => {
                answers.accepted.extend(measured(sent));
                next = own.next();
            }
            // It was not stored, so it is sent again.
            429 | 503 => {
                answers.refused.extend(measured(sent));
                tokio::time::sleep(REFUSED_WAIT).await;
            }
            other => anyhow::bail!("a callback was answered {other}"),
        }
    }
    Ok(answers)
}

//! The closed loop: every connection sends its next callback as soon as the last one was answered. Finds out how many
//! are acknowledged a second; answer times are those of a system that is always full.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::Context as _;
use tokio::{task::JoinSet, time::Instant};

use super::{
    Connection, Requests, Run,
    connection::{self},
};

/// Answers that are later than this after the end have been lost.
const ANSWER_WAIT: Duration = Duration::from_secs(15);
/// After a refusal: whoever is refused comes again later.
const REFUSED_WAIT: Duration = Duration::from_millis(10);

#[derive(Clone, Copy)]
pub struct Closed {
    pub connections: usize,
    /// Answered, but not measured.
    pub warm_up: Duration,
    /// At most; it ends earlier when there are no more requests.
    pub time: Duration,
}

/// Every request that was begun is also answered.
pub async fn closed(address: SocketAddr, load: Closed, requests: Arc<Requests>) -> anyhow::Result<Run> {
    let mut open = Vec::with_capacity(load.connections);
    for _ in 0..load.connections {
        open.push(Connection::open(address).await?);
    }
    let begin = Instant::now() + load.warm_up;
    let next = Arc::new(AtomicUsize::new(0));
    let mut senders = JoinSet::new();
    for connection in open {
        senders.spawn(sender(connection, requests.clone(), next.clone(), begin, begin + load.time));
    }
    let mut run = Run::default();
    let all = async {
        while let Some(part) = senders.join_next().await {
            run.join(part??);
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(load.warm_up + load.time + ANSWER_WAIT, all)
        .await
        .context("an answer did not come")??;
    run.sort();
    Ok(run)
}

async fn sender(
    mut connection: Connection,
    requests: Arc<Requests>,
    next: Arc<AtomicUsize>,
    begin: Instant,
    end: Instant,
) -> anyhow::Result<Run> {
    let mut run = Run::default();
    let mut sent = Instant::now();
    while sent < end {
        let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
        let answer = connection.send(request).await?;
        let answered = Instant::now();
        if answer.status == 200 {
            run.cursors.push(connection::cursor(answer.body).context("an acknowledgement has a cursor")?);
            if (begin..end).contains(&answered) {
                run.answers.push(answered - sent);
                run.time = answered - begin;
            }
            sent = answered;
        } else {
            run.refused += 1;
            tokio::time::sleep(REFUSED_WAIT).await;
            sent = Instant::now();
        }
    }
    Ok(run)
}

//! The open loop: callbacks come at a fixed rate, whether or not earlier ones have been answered. Answer times count
//! from when a callback was to be sent, so a stall is felt by all that would have come during it (no "coordinated
//! omission").

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context as _;
use tokio::{
    sync::{Mutex, mpsc},
    task::JoinSet,
    time::Instant,
};

use super::{Connection, Requests, Run, connection};

/// Answers that are later than this after the end have been lost.
const ANSWER_WAIT: Duration = Duration::from_secs(15);

/// Where a connection learns what to send next, and when it should have been sent.
type Due = Arc<Mutex<mpsc::Receiver<(usize, Instant)>>>;

/// Sends all of `count` requests at `rate` a second, over any connection that is free.
pub async fn open(
    address: SocketAddr,
    connections: usize,
    rate: u32,
    count: usize,
    requests: Arc<Requests>,
) -> anyhow::Result<Run> {
    // Room for everything: the clock never waits for the senders.
    let (sender, due) = mpsc::channel(count);
    let due = Arc::new(Mutex::new(due));
    let mut senders = JoinSet::new();
    for _ in 0..connections {
        senders.spawn(answer_all(Connection::open(address).await?, due.clone(), requests.clone()));
    }
    let time = count_seconds(count, rate);
    let clock = std::thread::spawn(move || tick(count, rate, &sender));
    let mut run = Run::default();
    let all = async {
        while let Some(part) = senders.join_next().await {
            run.join(part??);
        }
        anyhow::Ok(())
    };
    let answered = tokio::time::timeout(time + ANSWER_WAIT, all).await;
    // It ends by itself when its time is over, or when nobody is left to listen.
    drop(senders);
    clock.join().map_err(|_| anyhow::anyhow!("the clock failed"))?;
    answered.context("an answer did not come")??;
    run.time = time;
    run.sort();
    Ok(run)
}

fn count_seconds(count: usize, rate: u32) -> Duration {
    Duration::from_secs_f64(callbackd::telemetry::count(count) / f64::from(rate))
}

/// A thread of its own: the runtime's timers are exact to a millisecond only.
fn tick(count: usize, rate: u32, sender: &mpsc::Sender<(usize, Instant)>) {
    let begin = Instant::now();
    for index in 0..count {
        let due = begin + count_seconds(index, rate);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        if sender.blocking_send((index, due)).is_err() {
            return;
        }
    }
}

async fn answer_all(mut connection: Connection, due: Due, requests: Arc<Requests>) -> anyhow::Result<Run> {
    let mut run = Run::default();
    loop {
        let next = due.lock().await.recv().await;
        let Some((index, due)) = next else { return Ok(run) };
        let request = requests.get(index).context("there is a request for every tick")?;
        let answer = connection.send(request).await?;
        if answer.status == 200 {
            run.cursors.push(connection::cursor(answer.body).context("an acknowledgement has a cursor")?);
            run.answers.push(due.elapsed());
        } else {
            run.refused += 1;
        }
    }
}

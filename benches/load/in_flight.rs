//! Messages to a crowd: so many on their way at once, each until everybody has it.

use std::{net::SocketAddr, ops::Range, time::Duration};

use anyhow::ensure;
use futures_util::{StreamExt as _, stream::FuturesUnordered};
use tokio::time::Instant;

use super::{Connection, Crowd};

/// For a message to reach everybody.
const WAIT: Duration = Duration::from_secs(30);

/// Sends all of them, `at_once` on their way at any time; how long it took until everybody had them all.
pub async fn in_flight(
    crowd: &mut Crowd,
    address: SocketAddr,
    at_once: usize,
    numbers: Range<usize>,
    message: impl Fn(usize) -> Vec<u8>,
) -> anyhow::Result<Duration> {
    let messages: Vec<Vec<u8>> = numbers.clone().map(message).collect();
    let mut messages = numbers.zip(messages);
    let mut idle = Vec::new();
    // An answer may come after the message has reached everybody.
    for _ in 0..2 * at_once {
        idle.push(Connection::open(address).await?);
    }
    let mut posting = FuturesUnordered::new();
    let (mut under_way, mut sent_all) = (0, false);
    let begin = Instant::now();
    let mut end = begin;
    while !sent_all || under_way > 0 || !posting.is_empty() {
        while !sent_all && under_way < at_once && !idle.is_empty() {
            let (Some((number, request)), Some(connection)) = (messages.next(), idle.pop()) else {
                sent_all = true;
                break;
            };
            crowd.sending(number);
            under_way += 1;
            posting.push(post(connection, request));
        }
        tokio::select! {
            Some(posted) = posting.next() => idle.push(posted?),
            complete = crowd.complete(WAIT), if under_way > 0 => {
                complete?;
                under_way -= 1;
                end = Instant::now();
            }
            // That was all.
            else => {}
        }
    }
    Ok(end - begin)
}

/// Sends one each `every`; how long each took to reach the last, shortest first.
pub async fn now_and_then(
    crowd: &mut Crowd,
    address: SocketAddr,
    every: Duration,
    numbers: Range<usize>,
    message: impl Fn(usize) -> Vec<u8>,
) -> anyhow::Result<Vec<Duration>> {
    let mut connection = Connection::open(address).await?;
    let mut times = Vec::new();
    let mut next = Instant::now();
    for number in numbers {
        tokio::time::sleep_until(next).await;
        next += every;
        crowd.sending(number);
        connection = post(connection, message(number)).await?;
        times.push(crowd.complete(WAIT).await?.last);
    }
    times.sort_unstable();
    Ok(times)
}

async fn post(mut connection: Connection, request: Vec<u8>) -> anyhow::Result<Connection> {
    let status = connection.send(&request).await?.status;
    ensure!((200..300).contains(&status), "a message was answered {status}");
    Ok(connection)
}

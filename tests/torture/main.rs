//! Nothing lost, tried: nodes under random faults, a crowd that sends, reads, views and deletes, and a model that judges.
//!
//! `model` says what must hold, and knows nothing else. `stage` is what is acted upon, `actors` are those who act,
//! `fault` is what goes wrong, `plan` draws all of it from a seed, `play` carries it out, `report` tells of it.
//! `sabotage` breaks each promise on purpose and sees it found. `cargo test` runs a short seed and the sabotage,
//! `make torture` everything.

mod actors;
mod fault;
mod model;
mod plan;
mod play;
mod report;
mod sabotage;
mod stage;
#[expect(dead_code, reason = "shared with the integration tests, which use all of it")]
#[path = "../it/support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use plan::Plan;
use play::play;
use report::Report;
use stage::can_be_small;

/// Every run is another one, unless it is told which.
fn seed() -> u64 {
    match std::env::var("TORTURE_SEED") {
        Ok(text) => text.parse().expect("TORTURE_SEED is a number"),
        Err(_) => rand::random::<u32>().into(),
    }
}

/// How long the whole may take.
fn minutes() -> Duration {
    let minutes =
        std::env::var("TORTURE_MINUTES").map(|text| text.parse().expect("TORTURE_MINUTES is a number"));
    Duration::from_mins(minutes.unwrap_or(15))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_short_run_breaks_no_promise() {
    let seed = seed();
    let outcome = play(Plan::short(seed)).await;
    assert!(
        outcome.breaches.is_empty(),
        "TORTURE_SEED={seed}\n{}",
        outcome.breaches.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    );
}

const PARTS: [&str; 7] = ["failover", "lossy-failover", "restore", "disk-full", "outage", "alone", "mixed"];

/// How long each outage lasts: longer than all attempts of a sender here, which makes them ten times as fast.
fn outage() -> Duration {
    let seconds = std::env::var("TORTURE_OUTAGE_SECONDS")
        .map(|text| text.parse().expect("TORTURE_OUTAGE_SECONDS is a number"));
    Duration::from_secs(seconds.unwrap_or(10))
}

/// The stage that is played: all of them, unless one is named.
fn part() -> Option<String> {
    let part = std::env::var("TORTURE_PART").ok()?;
    assert!(PARTS.contains(&part.as_str()), "TORTURE_PART is one of {PARTS:?}, not {part:?}");
    Some(part)
}

/// Fateful faults first, then every common one by itself, then mixed ones for the rest of the time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes a quarter of an hour: make torture"]
async fn everything() {
    let (begin, whole, seed, part) = (Instant::now(), minutes(), seed(), part());
    let is_wanted = |name: &str| part.as_ref().is_none_or(|part| part == name);
    let mut report = Report::begin(seed);
    let outage = |seed| Plan::outage(seed, outage());
    let plans: [fn(u64) -> Plan; 6] =
        [Plan::failover, Plan::lossy_failover, Plan::restore, Plan::disk_full, outage, Plan::alone];
    let plans = plans.into_iter().zip(0..).map(|(plan, number)| plan(seed + number));
    for plan in plans.filter(|plan| is_wanted(plan.setting.name)) {
        let left = whole.saturating_sub(begin.elapsed());
        if plan.setting.disk_mb.is_some() && !can_be_small() {
            report.skip(&plan, "only root can make a small disk");
        } else if plan.length() + Report::OVERHEAD > left {
            report.skip(&plan, "there is no time left");
        } else {
            report.add(&play(plan).await);
        }
    }
    if is_wanted("mixed") {
        let left = whole.saturating_sub(begin.elapsed() + Report::OVERHEAD);
        report.add(&play(Plan::mixed(seed, left)).await);
    }
    assert_eq!(report.end(), 0, "promises were broken: see above, and repeat with TORTURE_SEED={seed}");
}

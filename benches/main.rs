//! What callbackd does, measured in one run against the plain design: see `README.md` beside this file.
//!
//! `measure` holds one module a measurement; `stage` sets up what is measured, `load` asks it, `report` says what came
//! out; `plain` is what callbackd is compared with. The decision worth arguing about: one program, which starts itself
//! again as the plain design, so that both are built alike and a link with all optimisations is paid for once.

mod load;
mod measure;
mod peers;
mod plain;
mod report;
mod stage;

use std::{io::Write as _, process::ExitCode, time::Duration};

use anyhow::{Context as _, bail};
use clap::Parser;
use tokio::{runtime, signal::unix};

use crate::{
    measure::{Measurement, Scale},
    report::Report,
    stage::Stage,
};

/// All of it, set-up included. Beyond it something hangs.
const WHOLE_MAX: Duration = Duration::from_mins(25);

/// Measures callbackd against the plain design.
#[derive(Parser)]
struct Args {
    /// What is measured; everything but replay and growth unless named.
    #[arg(value_enum)]
    measurements: Vec<Measurement>,
    /// Few and short rounds: shows that everything works, and numbers that mean nothing.
    #[arg(long)]
    quick: bool,
    /// Rounds, if fewer than usual.
    #[arg(long)]
    rounds: Option<usize>,
    /// Be the plain design.
    #[arg(long, hide = true)]
    plain: bool,
    /// Be the limit, at this address.
    #[arg(long, hide = true)]
    limit: Option<std::net::SocketAddr>,
    /// Said by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    match run(Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: Args) -> anyhow::Result<()> {
    if args.plain {
        return runtime::Builder::new_multi_thread().enable_all().build()?.block_on(plain::run());
    }
    if let Some(address) = args.limit {
        return peers::run_limit(address);
    }
    // Half of the machine, so that what is measured is not starved by who measures.
    let cores = std::thread::available_parallelism()?.get();
    let runtime =
        runtime::Builder::new_multi_thread().worker_threads((cores / 2).max(1)).enable_all().build()?;
    runtime.block_on(async {
        tokio::select! {
            done = tokio::time::timeout(WHOLE_MAX, measure(args)) => {
                done.unwrap_or_else(|_| bail!("not done after {} s", WHOLE_MAX.as_secs()))
            }
            name = stopped() => bail!("stopped by {}", name?),
        }
    })
}

/// However it ends, what was started ends with the values that hold it.
async fn measure(args: Args) -> anyhow::Result<()> {
    let mut scale = if args.quick { Scale::quick() } else { Scale::full() };
    scale.rounds = args.rounds.map_or(scale.rounds, |rounds| rounds.clamp(1, scale.rounds));
    let mut measurements = args.measurements;
    let names: Vec<&str> = measurements.iter().map(|measurement| measurement.name()).collect();
    let part = (!names.is_empty()).then(|| names.join("-"));
    if measurements.is_empty() {
        measurements = Measurement::usual();
    }
    stage::raise_open_files()?;
    let stage = Stage::set_up().await.context("setting up")?;
    let mut report = Report::begin(&stage, part.as_deref(), args.quick).await?;
    for measurement in measurements {
        let section = measurement.run(&stage, &scale).await.with_context(|| measurement.name())?;
        report.add(section)?;
    }
    stage.take_down().await?;
    report.end()
}

async fn stopped() -> anyhow::Result<&'static str> {
    let mut interrupt = unix::signal(unix::SignalKind::interrupt())?;
    let mut terminate = unix::signal(unix::SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => Ok("SIGINT"),
        _ = terminate.recv() => Ok("SIGTERM"),
    }
}

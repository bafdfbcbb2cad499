//! The measurements, one a module. Each sets up its own servers and databases, and returns its part of the report.

mod fanout;
mod footprint;
mod growth;
mod ingest;
mod latency;
mod limits;
mod lists;
mod replay;
mod streams;
mod timing;

use std::time::Duration;

use clap::ValueEnum;

use crate::{report::Section, stage::Stage};

#[derive(Clone, Copy, ValueEnum)]
pub enum Measurement {
    /// Acknowledged callbacks a second, and how long an answer takes.
    Ingest,
    /// What PostgreSQL takes with no server in front of it.
    Limits,
    /// From sending a callback to reading its event.
    Latency,
    /// Frames a second to a thousand streams.
    Fanout,
    /// To ten thousand streams, beside other servers of streams.
    Streams,
    /// Pages, filters, text and counts in millions of callbacks.
    Lists,
    /// Everything from the beginning, a million callbacks.
    Replay,
    /// Nodes, rows and streams, against callbacks received a second.
    Growth,
    /// Whether the time of a signature check tells anything.
    Timing,
    /// Time to start, and memory.
    Footprint,
}

impl Measurement {
    /// What is measured when nothing is named. The others fill tables of millions for a figure or two, and are named.
    pub fn usual() -> Vec<Self> {
        let named_only = |measurement: &Self| matches!(measurement, Self::Replay | Self::Growth);
        Self::value_variants().iter().copied().filter(|measurement| !named_only(measurement)).collect()
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Limits => "limits",
            Self::Latency => "latency",
            Self::Fanout => "fanout",
            Self::Streams => "streams",
            Self::Lists => "lists",
            Self::Replay => "replay",
            Self::Growth => "growth",
            Self::Timing => "timing",
            Self::Footprint => "footprint",
        }
    }

    pub async fn run(self, stage: &Stage, scale: &Scale) -> anyhow::Result<Section> {
        match self {
            Self::Ingest => ingest::measure(stage, scale).await,
            Self::Limits => limits::measure(stage, scale).await,
            Self::Latency => latency::measure(stage, scale).await,
            Self::Fanout => fanout::measure(stage, scale).await,
            Self::Streams => streams::measure(stage, scale).await,
            Self::Lists => lists::measure(stage, scale).await,
            Self::Replay => replay::measure(stage, scale).await,
            Self::Growth => growth::measure(stage, scale).await,
            Self::Timing => timing::measure(stage, scale).await,
            Self::Footprint => footprint::measure(stage, scale).await,
        }
    }
}

/// How much is done. Everything is bounded, so that all of it fits in twenty-five minutes.
pub struct Scale {
    /// Each round measures both sides.
    pub rounds: usize,
    pub warm_up: Duration,
    /// Of one run of the load generator.
    pub run: Duration,
    pub streams: usize,
    /// Of the streams of crowds, one in so many.
    pub streams_divisor: usize,
    /// Callbacks sent one after the other, with one stream open and with all.
    pub singles: usize,
    pub singles_to_all: usize,
    /// Callbacks sent at once to all streams.
    pub burst: usize,
    /// Callbacks in the table that is looked back in, first and then.
    pub rows: [i64; 2],
    /// Callbacks a second that come in meanwhile: a quarter of what a machine with two cores receives.
    pub load_rate: u32,
}

impl Scale {
    pub fn full() -> Self {
        Self {
            rounds: 3,
            warm_up: Duration::from_millis(500),
            run: Duration::from_secs(3),
            streams: 1_000,
            streams_divisor: 1,
            singles: 500,
            singles_to_all: 50,
            burst: 1_000,
            rows: [1_000_000, 5_000_000],
            load_rate: 3_000,
        }
    }

    pub fn quick() -> Self {
        Self {
            rounds: 1,
            warm_up: Duration::from_millis(100),
            run: Duration::from_millis(500),
            streams: 50,
            streams_divisor: 20,
            singles: 20,
            singles_to_all: 5,
            burst: 100,
            rows: [300_000, 400_000],
            load_rate: 100,
        }
    }
}

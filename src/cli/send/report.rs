//! What is said of it: each answer of a few, progress of many, and a summary.

use std::{
    collections::BTreeMap,
    io::{IsTerminal as _, Write as _},
    time::Duration,
};

use anyhow::bail;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use tokio::time::Instant;

use super::sender::{Acknowledgement, Delivery, Outcome};
use crate::foreign;

/// Answers that are shown one by one; of more a person reads none.
const SHOWN_MAX: u64 = 10;
/// Answers that are kept for `--json`.
const KEPT_MAX: usize = 100;

/// What is seen while it goes on.
pub struct Screen {
    total: u64,
    each: bool,
    progress: Option<ProgressBar>,
}

impl Screen {
    pub fn new(total: u64, json: bool) -> Self {
        let each = !json && total <= SHOWN_MAX;
        let progress = (!each && !json && std::io::stderr().is_terminal()).then(|| {
            let style = "{bar:30} {human_pos} of {human_len}, {per_sec}, {eta} left {msg}";
            ProgressBar::new(total).with_style(ProgressStyle::with_template(style).expect("a valid template"))
        });
        Self { total, each, progress }
    }

    pub fn retrying(&self, outcome: &Outcome, attempt: usize, wait: Duration) {
        let text = format!(
            "attempt {attempt} failed, again in {}: {}",
            humantime::format_duration(wait),
            outcome.describe()
        );
        match &self.progress {
            Some(bar) => bar.set_message(text),
            None if self.each => say(std::io::stderr(), &text),
            None => {}
        }
    }

    pub fn show(&self, delivery: &Delivery) {
        if let Some(bar) = &self.progress {
            bar.inc(1);
        }
        // A single failure is what the command ends with.
        let is_said_at_the_end = self.total == 1 && !matches!(delivery.outcome, Outcome::Acknowledged(..));
        if self.each && !is_said_at_the_end {
            let job = delivery.job_id.as_deref().unwrap_or("–");
            let took = milliseconds(delivery.took);
            say(std::io::stdout(), &format!("{} ({took} ms) job {job}", delivery.outcome.describe()));
        }
    }

    pub fn finish(&self) {
        if let Some(bar) = &self.progress {
            bar.finish_and_clear();
        }
    }
}

/// A closed pipe at the other end is no reason to stop sending.
fn say(mut out: impl std::io::Write, text: &str) {
    let _ = writeln!(out, "{text}");
}

impl Outcome {
    fn describe(&self) -> String {
        match self {
            Self::Acknowledged(status, answer) => {
                let cursor = answer.cursor.as_deref();
                let cursor = cursor.map(|cursor| format!(", cursor {}", foreign::line(cursor)));
                let known = match answer {
                    Acknowledgement { spooled: true, .. } => ", spooled until its database is back",
                    Acknowledgement { duplicate: true, .. } => ", received before",
                    _ => "",
                };
                let warning = answer.warning.as_deref();
                let warning = warning.map(|text| format!(", warning: {}", foreign::line(text)));
                let (cursor, warning) = (cursor.unwrap_or_default(), warning.unwrap_or_default());
                format!("{} acknowledged{cursor}{known}{warning}", status.as_u16())
            }
            Self::Refused(status, reason) => format!("{} {}", status.as_u16(), foreign::line(reason)),
            Self::Unanswered(reason) => reason.clone(),
        }
    }

    /// Under which it is counted.
    fn kind(&self) -> String {
        match self {
            Self::Acknowledged(status, _) | Self::Refused(status, _) => status.as_u16().to_string(),
            Self::Unanswered(_) => "no answer".to_owned(),
        }
    }
}

/// What is known of all of them.
pub struct Tally {
    start: Instant,
    latencies: Vec<Duration>,
    answers: BTreeMap<String, u64>,
    duplicates: u64,
    retried: u64,
    lost: u64,
    why: Option<String>,
    kept: Vec<Kept>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    job_id: Option<String>,
    answer: String,
    id: Option<String>,
    cursor: Option<String>,
    duplicate: bool,
    attempts: usize,
    latency_ms: f64,
    problem: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    server: String,
    sent: usize,
    acknowledged: usize,
    duplicates: u64,
    retried: u64,
    per_second: f64,
    answers: BTreeMap<String, u64>,
    latency_ms: Latency,
    first: Vec<Kept>,
}

#[derive(Serialize)]
struct Latency {
    p50: f64,
    p90: f64,
    p99: f64,
    max: f64,
}

impl Tally {
    pub fn new(start: Instant) -> Self {
        Self {
            start,
            latencies: Vec::new(),
            answers: BTreeMap::new(),
            duplicates: 0,
            retried: 0,
            lost: 0,
            why: None,
            kept: Vec::new(),
        }
    }

    pub fn add(&mut self, delivery: Delivery) {
        self.latencies.push(delivery.took);
        *self.answers.entry(delivery.outcome.kind()).or_default() += 1;
        self.retried += u64::from(delivery.attempts > 1);
        let problem = match &delivery.outcome {
            Outcome::Acknowledged(..) => None,
            other => Some(other.describe()),
        };
        if let Some(problem) = &problem {
            self.lost += 1;
            self.why.get_or_insert_with(|| problem.clone());
        }
        let (answer, attempts) = (delivery.outcome.kind(), delivery.attempts);
        let acknowledged = match delivery.outcome {
            Outcome::Acknowledged(_, answer) => answer,
            Outcome::Refused(..) | Outcome::Unanswered(_) => Acknowledgement::default(),
        };
        self.duplicates += u64::from(acknowledged.duplicate);
        if self.kept.len() < KEPT_MAX {
            self.kept.push(Kept {
                job_id: delivery.job_id,
                answer,
                id: acknowledged.id,
                cursor: acknowledged.cursor,
                duplicate: acknowledged.duplicate,
                attempts,
                latency_ms: milliseconds(delivery.took),
                problem,
            });
        }
    }

    /// Says how it went; an error if anything was not acknowledged.
    pub fn conclude(mut self, server: String, json: bool) -> anyhow::Result<()> {
        let (sent, lost, why) = (self.latencies.len(), self.lost, self.why.take());
        let summary = self.summary(server);
        let mut out = std::io::stdout().lock();
        if json {
            writeln!(out, "{}", serde_json::to_string_pretty(&summary)?)?;
        } else if sent > 1 {
            write!(out, "{}", summary.text())?;
        }
        match why {
            Some(why) if sent == 1 => bail!("not acknowledged: {why}"),
            Some(why) => bail!("{lost} of {sent} were not acknowledged; the first: {why}"),
            None => Ok(()),
        }
    }

    fn summary(mut self, server: String) -> Summary {
        self.latencies.sort();
        let seconds = self.start.elapsed().as_secs_f64().max(f64::EPSILON);
        let sent = self.latencies.len();
        let at = |percent| milliseconds(percentile(&self.latencies, percent));
        Summary {
            server,
            sent,
            acknowledged: sent - usize::try_from(self.lost).unwrap_or(sent),
            duplicates: self.duplicates,
            retried: self.retried,
            per_second: rounded(f64::from(u32::try_from(sent).unwrap_or(u32::MAX)) / seconds),
            answers: self.answers,
            latency_ms: Latency { p50: at(50), p90: at(90), p99: at(99), max: at(100) },
            first: self.kept,
        }
    }
}

impl Summary {
    fn text(&self) -> String {
        let answers: Vec<String> =
            self.answers.iter().map(|(kind, count)| format!("{kind}: {count}")).collect();
        let Latency { p50, p90, p99, max } = self.latency_ms;
        format!(
            "sent {} to {}, {} acknowledged ({} received before, {} after a retry), {} a second\n\
             answers   {}\n\
             latency   p50 {p50} ms, p90 {p90} ms, p99 {p99} ms, max {max} ms\n",
            self.sent,
            self.server,
            self.acknowledged,
            self.duplicates,
            self.retried,
            self.per_second,
            answers.join(", ")
        )
    }
}

/// The nearest rank: a value that was measured, never one between two.
fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

fn milliseconds(time: Duration) -> f64 {
    rounded(time.as_secs_f64() * 1000.0)
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_value_that_was_measured() {
        let times: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        for (percent, expected) in [(50, 100), (90, 180), (99, 198), (100, 200)] {
            assert_eq!(percentile(&times, percent), Duration::from_millis(expected), "{percent}");
        }
        assert_eq!(percentile(&times[..1], 50), Duration::from_millis(1));
        assert_eq!(percentile(&[], 50), Duration::ZERO);
    }
}

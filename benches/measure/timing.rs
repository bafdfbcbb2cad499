//! Whether the time of a signature check tells how much of a forged signature is right: two forgeries, one wrong from its
//! first digit on and one only in its last, checked in random order, and Welch's t-test over the times (as `dudect` does
//! it). Whoever could tell them apart could find a signature digit by digit.

use std::{hint::black_box, time::Instant};

use anyhow::{Context as _, ensure};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use callbackd::{
    source::{
        self, LLM, Source,
        scheme::{Envelope, Keys},
    },
    telemetry::count,
};
use chrono::{DateTime, Utc};
use rand::{RngExt as _, SeedableRng as _, rngs::SmallRng};

use super::Scale;
use crate::{
    load::body,
    report::{Section, Single},
    stage::Stage,
};

/// Of both forgeries together, in one round.
const CHECKS: usize = 200_000;
/// What interrupts and other programs do to a check is above all ordinary times: the rest of a thousand is left out.
const KEPT_PER_MILLE: usize = 950;
/// Of each forgery, in turn: where in memory one lies must not be taken for what it says.
const COPIES: usize = 64;

struct Forgeries {
    source: Source,
    body: String,
    at: DateTime<Utc>,
    /// In turn: wrong from the first digit on, and only in the last.
    headers: Vec<HeaderMap>,
}

pub async fn measure(stage: &Stage, scale: &Scale) -> anyhow::Result<Section> {
    let mut source = source::find(&[], LLM)?.context("it has a preset")?;
    source.add_secret(&stage.secret).map_err(anyhow::Error::msg)?;
    let checks = if scale.rounds < 3 { CHECKS / 10 } else { CHECKS };
    let (rounds, forgeries) = (scale.rounds, Forgeries::of(source)?);
    let measuring = move || {
        let mut told = [Vec::new(), Vec::new()];
        for round in 0..rounds {
            let [ours, naive] = &mut told;
            ours.push(t(checks, round, |which| forgeries.is_accepted(which)));
            naive.push(t(checks, round, |which| forgeries.is_equal(which)));
        }
        told
    };
    let [ours, naive] = tokio::task::spawn_blocking(measuring).await?;
    let mut table = Single::default();
    // `dudect`'s own bound.
    table.add("t of callbackd's check", ours, "below 4.5");
    table.add("t of one that compares digit by digit until they differ", naive, "far above");
    Ok(Section {
        title: "What the time of a check tells",
        about: format!(
            "{checks} checks a round of two forged signatures of one body of 2,048 bytes, in random order: one is wrong in \
             its first digit, the other only in its last. Welch's t of their times, the slowest {} of a thousand left \
             out. The second row shows that such a difference would be seen.",
            1_000 - KEPT_PER_MILLE
        ),
        tables: vec![table.markdown()],
        plots: Vec::new(),
    })
}

impl Forgeries {
    fn of(source: Source) -> anyhow::Result<Self> {
        let mut forgeries = Self { source, body: body(), at: Utc::now(), headers: Vec::new() };
        let (name, value) = forgeries.sign();
        let last = value.len() - 1;
        let first = value.find('=').context("a prefix, and digits behind it")? + 1;
        let forge = |place: usize| -> anyhow::Result<HeaderMap> {
            let mut forged = value.clone().into_bytes();
            // A letter for a letter: those are read otherwise than numerals, and that is no secret.
            forged[place] = match forged[place] {
                b'0' | b'a' => forged[place] + 1,
                _ => forged[place] - 1,
            };
            Ok(HeaderMap::from_iter([(HeaderName::try_from(name.as_str())?, HeaderValue::try_from(forged)?)]))
        };
        for _ in 0..COPIES {
            forgeries.headers.extend([forge(first)?, forge(last)?]);
        }
        ensure!(!forgeries.is_accepted(0) && !forgeries.is_accepted(1), "a forgery was taken for good");
        Ok(forgeries)
    }

    fn sign(&self) -> (String, String) {
        let envelope = Envelope { id: "", at: self.at };
        let secret = self.source.secrets.first().expect("one was added");
        let mut headers = self.source.scheme.sign(secret, envelope, self.body.as_bytes());
        let header = headers.pop().expect("a signature");
        (header.name, header.value)
    }

    fn is_accepted(&self, which: usize) -> bool {
        let keys = Keys { secrets: &self.source.secrets, published: &[] };
        let verdict = self.source.scheme.verify(&self.headers[which], self.body.as_bytes(), keys, self.at);
        verdict.result().is_ok()
    }

    /// As one would write it who has not heard of this.
    fn is_equal(&self, which: usize) -> bool {
        let (name, value) = self.sign();
        let presented = self.headers[which].get(name).map(HeaderValue::as_bytes).unwrap_or_default();
        value.bytes().zip(presented).all(|(one, other)| black_box(one) == *other)
    }
}

/// How surely the times of the two forgeries differ.
fn t(checks: usize, seed: usize, check: impl Fn(usize) -> bool) -> f64 {
    let mut random = SmallRng::seed_from_u64(seed as u64);
    let mut warm = random.clone();
    for _ in 0..checks / 10 {
        black_box(check(warm.random_range(0..2 * COPIES)));
    }
    let mut times = [Vec::with_capacity(checks), Vec::with_capacity(checks)];
    for _ in 0..checks {
        let which = random.random_range(0..2 * COPIES);
        let begun = Instant::now();
        black_box(check(black_box(which)));
        times[which % 2].push(begun.elapsed().as_nanos());
    }
    let mut all: Vec<u128> = times.iter().flatten().copied().collect();
    all.sort_unstable();
    let slowest = all.get(all.len() * KEPT_PER_MILLE / 1_000).copied().unwrap_or(u128::MAX);
    let [one, other] = times.map(|times| Times::of(times.into_iter().filter(|time| *time <= slowest)));
    (one.mean - other.mean).abs() / (one.spread + other.spread).sqrt()
}

struct Times {
    mean: f64,
    /// The variance of the mean.
    spread: f64,
}

impl Times {
    fn of(times: impl Iterator<Item = u128>) -> Self {
        let times: Vec<f64> = times.map(|time| f64::from(u32::try_from(time).unwrap_or(u32::MAX))).collect();
        let number = count(times.len().max(2));
        let mean = times.iter().sum::<f64>() / number;
        let variance = times.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / (number - 1.0);
        Self { mean, spread: variance / number }
    }
}

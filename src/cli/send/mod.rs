//! `callbackd send`: plays the LLM service, so that everything can be tried without one.
//!
//! Speaks to a server as a stranger would, over HTTP, and knows of it only its address and the secret. What the service
//! does that breaks naive receivers is done here too: each retry is built again, with a new and malformed timestamp.

mod llm;
mod message;
mod report;
mod sender;

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use anyhow::{Context as _, bail};
use clap::Args;
use futures_util::{StreamExt as _, stream};
use tokio::time::Instant;
use url::Url;

use self::{
    message::Message,
    report::{Screen, Tally},
    sender::{Proof, Sender},
};
use super::{
    place::Where,
    server::{self, server_url},
    sources,
};
use crate::{
    config::{Config, GivenSource, Unsigned},
    source::{Algorithm, LLM, Secret, Source},
};

/// Plays a service: builds callbacks, signs them as it does, sends them, and retries as the LLM service does.
///
/// Any source can be played that the settings describe or that an admin has added, and any preset (llm, stepper, openai,
/// replicate, github, stripe, …) whose secret is set. Without --url it finds the server of this data folder, else the
/// one that the settings describe; the secret comes from the same places, and from the database for what an admin has
/// added. Ends with status 1 if any callback was not acknowledged.
///
/// Example: callbackd send --event workflow.failed
///
/// Example: callbackd send --source openai --event response.failed
///
/// Example: callbackd send --source github --count 1000 --rate 50 --duplicate
#[derive(Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Send {
    /// Who to play: a source, or a preset.
    #[arg(long, value_name = "NAME", default_value = LLM)]
    source: String,
    /// What happened, such as workflow.failed; what it is unless said, depends on the source.
    #[arg(long, value_name = "EVENT")]
    event: Option<String>,
    /// Sends the bytes of this file as they are, instead of a made-up callback.
    #[arg(long, value_name = "FILE", conflicts_with = "event")]
    file: Option<PathBuf>,
    /// How many, each a job of its own (the bytes of a file stay the same).
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    count: u64,
    /// At most so many jobs a second; as fast as they are answered if left out.
    #[arg(long, value_name = "R", value_parser = rate)]
    rate: Option<f64>,
    /// At most so many requests at once.
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..))]
    concurrency: u16,
    /// The server, or the whole address of its webhook.
    #[arg(long, value_name = "URL", value_parser = server_url)]
    url: Option<Url>,
    /// Sends each twice, as a service does that has missed the first answer.
    #[arg(long)]
    duplicate: bool,
    /// Signs with a wrong secret: the server should refuse, and record it.
    #[arg(long)]
    bad_signature: bool,
    /// Waits before the second, third, … attempt.
    #[arg(long, value_name = "TIMES", value_delimiter = ',', default_value = "5s,15s,45s", value_parser = humantime::parse_duration)]
    retry_after: Vec<Duration>,
    /// One attempt only.
    #[arg(long, conflicts_with = "retry_after")]
    no_retry: bool,
    /// Prints one object at the end: counts, latencies, and the first 100 answers.
    #[arg(long)]
    json: bool,
}

impl Send {
    pub async fn run(self, place: Where) -> anyhow::Result<()> {
        let config = place.config(BTreeMap::new())?;
        let found = sources::find(&place, &config, &self.source).await?;
        let source = found.source;
        let url = self.url.clone().map_or_else(|| server::known(&config), Ok)?;
        let waits = if self.no_retry { Vec::new() } else { self.retry_after.clone() };
        let proof = self.proof(&source, found.unknown, &config)?;
        // Tried before anything is sent: an event that the source does not have is a mistake of the command line.
        self.message(&source)?;
        let sender = Sender::new(webhook(url, &source.path), source.clone(), proof, waits)?;
        let tally = self.send_all(&sender, &source).await?;
        tally.conclude(sender.server(), self.json)
    }

    fn proof(&self, source: &Source, unknown: Option<String>, config: &Config) -> anyhow::Result<Proof> {
        if self.bad_signature {
            let secret = Secret::new(&source.random_secret(), None, source.algorithm, &source.format);
            return Ok(Proof::Secret(secret.map(Box::new).map_err(anyhow::Error::msg)?));
        }
        match source.secrets.first() {
            Some(secret) => Ok(Proof::Secret(Box::new(secret.clone()))),
            None if self.source == LLM && config.ingest.unsigned == Unsigned::Accept => Ok(Proof::None),
            None => {
                bail!("there is no secret to sign with: {}", unknown.unwrap_or_else(|| no_secret(source)))
            }
        }
    }

    /// A callback of its own.
    fn message(&self, source: &Source) -> anyhow::Result<Message> {
        Message::made_up(source, self.event.as_deref())
    }

    async fn send_all(&self, sender: &Sender, source: &Source) -> anyhow::Result<Tally> {
        let file = self.file.as_ref().map(|path| {
            let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
            Ok::<_, anyhow::Error>(Message::verbatim(source, bytes))
        });
        let file = file.transpose()?;
        let per_job = if self.duplicate { 2 } else { 1 };
        let screen = Screen::new(self.count * per_job, self.json);
        let start = Instant::now();
        let deliver = async |number: u64| {
            if let Some(rate) = self.rate {
                tokio::time::sleep_until(start + interval(number, rate)).await;
            }
            let message = file.clone().map_or_else(|| self.message(source), Ok)?;
            let mut deliveries = Vec::new();
            for _ in 0..per_job {
                deliveries.push(sender.deliver(&message, &screen).await);
            }
            Ok::<_, anyhow::Error>(deliveries)
        };
        let mut tally = Tally::new(start);
        let sending = stream::iter(0..self.count).map(deliver).buffer_unordered(self.concurrency.into());
        let mut sending = std::pin::pin!(sending);
        while let Some(deliveries) = sending.next().await {
            for delivery in deliveries? {
                screen.show(&delivery);
                tally.add(delivery);
            }
        }
        screen.finish();
        Ok(tally)
    }
}

/// What to do about it.
fn no_secret(source: &Source) -> String {
    let own = GivenSource::named(&source.name).env("secret");
    match &*source.name {
        LLM => "set LLM_WEBHOOK_SECRET to the server's, or name the data folder of a \
                development server with --data-dir"
            .to_owned(),
        "stepper" | "stepper-callback" => {
            format!("set WEBHOOK_SECRET (or {own}) to the server's")
        }
        name if source.algorithm == Algorithm::Ed25519 => format!(
            "{name} signs with a private key that nobody but the service has, so nobody can sign for it: to try the \
             source, set {own} to a key of your own (32 bytes in hex), here and at the server; --bad-signature needs none"
        ),
        _ => format!("set {own} to the server's"),
    }
}

/// When job `number` is due.
fn interval(number: u64, rate: f64) -> Duration {
    #[expect(
        clippy::cast_precision_loss,
        reason = "nobody sends so many that a job's turn could be told apart"
    )]
    Duration::try_from_secs_f64(number as f64 / rate).unwrap_or(Duration::MAX / 2)
}

/// The address of a server gets the source's path; one with a path of its own is meant as it is.
fn webhook(mut url: Url, path: &str) -> Url {
    if url.path().len() <= 1 {
        url.set_path(path);
    }
    url
}

fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse().ok().filter(|rate: &f64| rate.is_finite() && *rate > 0.0);
    rate.ok_or_else(|| "must be a number above 0".to_owned())
}

//! `callbackd verify`: checks one request offline, and says why it does not verify.

use std::{
    collections::BTreeMap,
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use chrono::{DateTime, Utc};
use clap::{Args, CommandFactory as _, error::ErrorKind};
use ed25519_dalek::VerifyingKey;
use secrecy::SecretString;

use super::{
    place::Where,
    sources::{self, Found},
};
use crate::{
    callback::{Cause, Diagnosis, Finding},
    config::GivenSource,
    ingest::{
        self,
        diagnosis::{Case, Token, diagnose},
    },
    jwks,
    source::{LLM, Secret, Source},
};

/// Checks the signature of a request offline, and says why it does not verify.
///
/// Asks no server: it needs the source's secret, from the settings or from a file, the headers and the exact bytes of the
/// body (the console's "Download", or `GET /api/admin/llm-callbacks/{id}/raw`). A source that is not of the settings is
/// looked for in the database, and keys that a service publishes are fetched, unless a file has them. Ends with status 0
/// if it verifies, 1 if not, and 2 if it cannot be checked.
///
/// Example: callbackd verify --source llm --body body.json --header 'X-Webhook-Signature: sha256=5bdc…'
///
/// Example: callbackd verify --source stripe --body - --header 'Stripe-Signature: t=1686089970,v1=68be…' --at 2023-06-06T22:20:00Z < body.json
#[derive(Args, Debug)]
pub struct Verify {
    /// Who is said to have sent it: a source, or a preset.
    #[arg(long, value_name = "NAME", default_value = LLM)]
    source: String,
    /// The body, byte for byte; - for standard input.
    #[arg(long, value_name = "FILE")]
    body: PathBuf,
    /// A header of the request; once for each.
    #[arg(long = "header", short = 'H', value_name = "NAME: VALUE", value_parser = header)]
    headers: Vec<(HeaderName, HeaderValue)>,
    /// When it was received, as timestamps are judged by it: 2026-01-31T12:00:00Z; now if left out.
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<DateTime<Utc>>,
    /// Reads the secret from this file, instead of the settings.
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// Reads the keys that the service publishes from this file (JWKS), instead of fetching them.
    #[arg(long, value_name = "FILE")]
    jwks_file: Option<PathBuf>,
    /// Prints an object: whether it is verified, with which secret, and the diagnosis.
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub async fn run(self, place: Where) -> anyhow::Result<()> {
        let Checked { source, others, published, body } = match self.prepare(&place).await {
            Ok(checked) => checked,
            Err(error) => usage(&format!("{error:#}")),
        };
        let headers: HeaderMap = self.headers.iter().cloned().collect();
        let case = Case {
            source: &source,
            published: &published,
            others: &others.iter().collect::<Vec<_>>(),
            headers: &headers,
            body: Some(&body),
            received_at: self.at.unwrap_or_else(Utc::now),
            token: Token::Presented,
        };
        let diagnosis = diagnose(&case);
        let key = (diagnosis.code == Cause::Verified).then(|| used(&case));
        self.tell(&diagnosis, key)
    }

    async fn prepare(&self, place: &Where) -> anyhow::Result<Checked> {
        let config = place.config(BTreeMap::new())?;
        let Found { mut source, others, unknown } = sources::find(place, &config, &self.source).await?;
        if let Some(file) = &self.secret_file {
            let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
            source.secrets.clear();
            source
                .add_secret(&SecretString::from(text))
                .map_err(|allowed| anyhow::anyhow!("the secret in {} {allowed}", file.display()))?;
        }
        let published = self.published(&source).await?;
        if published.is_empty() && source.secrets.is_empty() {
            let set =
                || format!("give --secret-file, or set {}", GivenSource::named(&self.source).env("secret"));
            bail!("there is no secret to check with: {}", unknown.unwrap_or_else(set));
        }
        Ok(Checked { source, others, published, body: read(&self.body)? })
    }

    /// The keys of a service that publishes some: of the file that is given, else as it publishes them now. Whoever
    /// gives the secret wants to know of that one.
    async fn published(&self, source: &Source) -> anyhow::Result<Vec<VerifyingKey>> {
        let (place, keys) = match (&self.jwks_file, &source.jwks_url) {
            (Some(_), None) => bail!("{} is not verified with keys that a service publishes", self.source),
            (Some(file), Some(_)) => {
                let (place, bytes) = (file.display().to_string(), std::fs::read(file));
                let parsed = jwks::parse(&bytes.with_context(|| place.clone())?, ingest::usable);
                (place.clone(), parsed.context(place)?)
            }
            (None, Some(url)) if self.secret_file.is_none() => {
                let keys = ingest::published_at(url)?.keys().await;
                (url.to_string(), keys.with_context(|| format!("{url}; give them with --jwks-file"))?)
            }
            (None, _) => return Ok(Vec::new()),
        };
        if keys.is_empty() {
            bail!("{place} holds no key that can verify");
        }
        Ok(keys.iter().map(|named| named.key).collect())
    }

    /// `key` is what verified it, if it is verified.
    fn tell(&self, diagnosis: &Diagnosis, key: Option<Used>) -> anyhow::Result<()> {
        let verified = key.is_some();
        let mut out = std::io::stdout().lock();
        if self.json {
            let secret = key.and_then(|Used(fingerprint)| fingerprint);
            let answer =
                serde_json::json!({ "verified": verified, "secret": secret, "diagnosis": diagnosis });
            writeln!(out, "{}", serde_json::to_string_pretty(&answer)?)?;
        } else if let Some(Used(Some(fingerprint))) = key {
            writeln!(out, "verified, with the secret of {fingerprint}")?;
        } else if let Some(Used(None)) = key {
            writeln!(out, "verified, with a key that {} publishes", self.source)?;
        } else {
            for finding in &diagnosis.findings {
                write!(out, "{}", text(finding))?;
            }
            for proof in &diagnosis.proofs {
                let kind = format!("{:?}", proof.proof).to_lowercase();
                writeln!(out, "{kind:<10} {}", proof.outcome.replace('_', " "))?;
            }
        }
        if verified { Ok(()) } else { bail!("not verified: {}", code(diagnosis.code)) }
    }
}

/// What is needed to check a request.
struct Checked {
    source: Source,
    /// Whose secret it may have been instead.
    others: Vec<Source>,
    published: Vec<VerifyingKey>,
    body: Vec<u8>,
}

/// The fingerprint of the one secret with which alone it verifies; `None` where that is a published key.
struct Used(Option<String>);

fn used(case: &Case<'_>) -> Used {
    let verifies = |secret: &&Secret| {
        let mut source = case.source.clone();
        source.secrets = vec![(*secret).clone()];
        diagnose(&Case { source: &source, published: &[], ..*case }).code == Cause::Verified
    };
    Used(case.source.secrets.iter().find(verifies).map(|secret| secret.fingerprint().to_string()))
}

fn text(finding: &Finding) -> String {
    let figures = finding.figures.iter().map(|figure| format!("    {}: {}\n", figure.name, figure.value));
    format!(
        "{}\n  {}\n  To do: {}\n{}\n",
        code(finding.code),
        finding.problem,
        finding.remedy,
        figures.collect::<String>()
    )
}

/// As it is written in JSON.
fn code(cause: Cause) -> String {
    serde_json::to_value(cause).ok().and_then(|code| code.as_str().map(str::to_owned)).unwrap_or_default()
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    if file == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).context("standard input")?;
        return Ok(bytes);
    }
    std::fs::read(file).with_context(|| file.display().to_string())
}

fn header(text: &str) -> Result<(HeaderName, HeaderValue), String> {
    let (name, value) = text.split_once(':').ok_or("must be 'Name: value'")?;
    let name = name.trim().parse().map_err(|_| format!("{:?} is no name of a header", name.trim()))?;
    let value = value.trim().parse().map_err(|_| "the value holds what no header may hold".to_owned())?;
    Ok((name, value))
}

fn time(text: &str) -> Result<DateTime<Utc>, String> {
    let read = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
    read.map_err(|_| "must be a time such as 2026-01-31T12:00:00Z".to_owned())
}

/// Says it as any other mistake of the command line, and ends with status 2.
fn usage(text: &str) -> ! {
    super::Cli::command().error(ErrorKind::ValueValidation, text).exit()
}

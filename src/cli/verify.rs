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
use secrecy::SecretString;

use super::place::Where;
use crate::{
    callback::{Cause, Diagnosis, Finding},
    config::{Config, GivenSource},
    development,
    ingest::diagnosis::{Case, Token, diagnose},
    source::{self, LLM, Secret, Source},
};

/// Checks the signature of a request offline, and says why it does not verify.
///
/// Asks no server and no database: it needs the source's secret, from the settings or from a file, the headers and the
/// exact bytes of the body (the console's "Download", or `GET /api/admin/llm-callbacks/{id}/raw`). Ends with status 0 if
/// it verifies, 1 if not, and 2 if it cannot be checked.
///
/// Example: callbackd verify --source llm --body body.json --header 'X-Webhook-Signature: sha256=5bdc…'
///
/// Example: callbackd verify --source stripe --body - --header 'Stripe-Signature: t=1686089970,v1=68be…' --at 2023-06-06T22:20:00Z < body.json
#[derive(Args, Debug)]
pub struct Verify {
    /// Who is said to have sent it: a configured source, or a preset.
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
    /// Prints an object: whether it is verified, with which secret, and the diagnosis.
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub fn run(self, place: &Where) -> anyhow::Result<()> {
        let (checked, body) = match self.prepare(place) {
            Ok(prepared) => prepared,
            Err(error) => usage(&format!("{error:#}")),
        };
        let headers: HeaderMap = self.headers.iter().cloned().collect();
        let Checked { source, others } = &checked;
        let others: Vec<&Source> = others.iter().collect();
        let case = Case {
            source,
            published: &[],
            others: &others,
            headers: &headers,
            body: Some(&body),
            received_at: self.at.unwrap_or_else(Utc::now),
            token: Token::Presented,
        };
        let diagnosis = diagnose(&case);
        let secret = (diagnosis.code == Cause::Verified).then(|| used(&case)).flatten();
        self.tell(&diagnosis, secret)
    }

    fn prepare(&self, place: &Where) -> anyhow::Result<(Checked, Vec<u8>)> {
        let config = place.config(BTreeMap::new())?;
        let source = self.source(&config)?;
        let names = config.sources.iter().map(|given| given.name.as_str());
        let others = names.filter(|name| **name != *source.name);
        let others = others.filter_map(|name| source::find(&config.sources, name).ok().flatten()).collect();
        Ok((Checked { source, others }, read(&self.body)?))
    }

    fn source(&self, config: &Config) -> anyhow::Result<Source> {
        let found = source::find(&config.sources, &self.source)?;
        let mut source = found.with_context(|| {
            let presets = source::presets().collect::<Vec<_>>().join(", ");
            format!("no source {:?} is configured, and it is no preset; these are: {presets}", self.source)
        })?;
        if let Some(file) = &self.secret_file {
            let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
            source.secrets.clear();
            source
                .add_secret(&SecretString::from(text))
                .map_err(|allowed| anyhow::anyhow!("the secret in {} {allowed}", file.display()))?;
        }
        let generated = development::known_webhook_secret(&config.data_dir);
        if let Some(text) = generated.filter(|_| self.source == LLM && source.secrets.is_empty()) {
            source.add_secret(&text).map_err(anyhow::Error::msg)?;
        }
        if !source.secrets.is_empty() {
            return Ok(source);
        }
        if source.jwks_url.is_some() {
            bail!(
                "{} is verified with keys that its service publishes, and these are not fetched here",
                self.source
            );
        }
        bail!(
            "there is no secret to check with: give --secret-file, or set {}",
            GivenSource::named(&self.source).env("secret")
        )
    }

    fn tell(&self, diagnosis: &Diagnosis, secret: Option<String>) -> anyhow::Result<()> {
        let verified = diagnosis.code == Cause::Verified;
        let mut out = std::io::stdout().lock();
        if self.json {
            let answer =
                serde_json::json!({ "verified": verified, "secret": secret, "diagnosis": diagnosis });
            writeln!(out, "{}", serde_json::to_string_pretty(&answer)?)?;
        } else if verified {
            writeln!(out, "verified, with the secret of {}", secret.unwrap_or_default())?;
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

/// The source that is asked about, and those whose secret it may have been instead.
struct Checked {
    source: Source,
    others: Vec<Source>,
}

/// The one secret with which alone it verifies.
fn used(case: &Case<'_>) -> Option<String> {
    let verifies = |secret: &&Secret| {
        let mut source = case.source.clone();
        source.secrets = vec![(*secret).clone()];
        diagnose(&Case { source: &source, ..*case }).code == Cause::Verified
    };
    case.source.secrets.iter().find(verifies).map(|secret| secret.fingerprint().to_string())
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

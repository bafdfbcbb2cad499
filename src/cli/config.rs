//! `callbackd config`: the settings in force, and where each comes from.

use std::{collections::BTreeMap, io::Write as _};

use clap::Args;
use serde::Serialize;

use super::place::Where;
use crate::{
    config::{Config, Embedded, Origin},
    development,
    source::{self, LLM},
};

/// Prints the settings in force and where each comes from. Secrets are masked.
///
/// Example: callbackd config --json
#[derive(Args, Debug)]
pub struct ShowConfig {
    /// Prints an array of objects instead of a table.
    #[arg(long)]
    json: bool,
    /// Also says what each setting is for.
    #[arg(long, conflicts_with = "json")]
    explain: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    key: &'a str,
    value: &'a str,
    origin: String,
    environment: &'a str,
    help: &'static str,
}

impl ShowConfig {
    pub fn run(self, place: &Where) -> anyhow::Result<()> {
        let config = place.config(BTreeMap::new())?;
        // What is said of sources must be of use too.
        source::all(&config.sources)?;
        for sentence in &config.ignored {
            writeln!(std::io::stderr(), "callbackd: {sentence}")?;
        }
        let lines = config.origins.iter().map(|shown| {
            let made = made(&config, &shown.key);
            let origin = if made.is_some() { &Origin::Development } else { &shown.origin };
            Line {
                key: &shown.key,
                value: made.unwrap_or(&shown.value),
                origin: origin.to_string(),
                environment: &shown.environment,
                help: shown.help,
            }
        });
        let mut out = std::io::stdout().lock();
        if self.json {
            writeln!(out, "{}", serde_json::to_string_pretty(&lines.collect::<Vec<_>>())?)?;
            return Ok(());
        }
        for line in lines {
            let value = if line.value.is_empty() { "–" } else { line.value };
            writeln!(out, "{:<32} {value:<24} {}", line.key, line.origin)?;
            if self.explain {
                writeln!(out, "    {} ({})\n", line.help, line.environment)?;
            }
        }
        Ok(())
    }
}

/// What a development server makes for itself, in place of a setting that nobody has given.
fn made(config: &Config, key: &str) -> Option<&'static str> {
    if !config.development() || config.database.embedded == Embedded::No {
        return None;
    }
    let there = match key {
        "database_url" => return Some("(a PostgreSQL of its own)"),
        "llm_webhook_secret" if config.secrets_of(LLM).is_empty() => {
            development::known_webhook_secret(&config.data_dir).is_some()
        }
        "secrets_key" if config.seal_keys.is_empty() => {
            development::known_seal_key(&config.data_dir).is_ok_and(|key| key.is_some())
        }
        _ => return None,
    };
    Some(if there { "(set, hidden)" } else { "(at the first start)" })
}

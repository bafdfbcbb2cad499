//! `callbackd config`: the settings in force, and where each comes from.

use std::{collections::BTreeMap, io::Write as _};

use clap::Args;
use serde::Serialize;

use super::place::Where;
use crate::source;

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
struct Line {
    key: String,
    value: String,
    origin: String,
    environment: String,
    help: &'static str,
}

impl ShowConfig {
    pub fn run(self, place: &Where) -> anyhow::Result<()> {
        let config = place.config(BTreeMap::new())?;
        // What is said of sources must be of use too.
        source::all(&config.sources)?;
        let lines = config.origins.into_iter().map(|shown| Line {
            key: shown.key,
            value: shown.value,
            origin: shown.origin.to_string(),
            environment: shown.environment,
            help: shown.help,
        });
        let mut out = std::io::stdout().lock();
        if self.json {
            writeln!(out, "{}", serde_json::to_string_pretty(&lines.collect::<Vec<_>>())?)?;
            return Ok(());
        }
        for line in lines {
            let value = if line.value.is_empty() { "–" } else { &line.value };
            writeln!(out, "{:<32} {value:<24} {}", line.key, line.origin)?;
            if self.explain {
                writeln!(out, "    {} ({})\n", line.help, line.environment)?;
            }
        }
        Ok(())
    }
}

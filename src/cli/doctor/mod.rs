//! `callbackd doctor`: looks at everything that a server depends on, and says what to do about what is wrong.
//!
//! Changes nothing, and needs no running server: what the server would do at its start is tried here one by one, so that
//! the first failure does not hide the next.

mod database;
mod finding;
mod notifications;
mod settings;
mod site;
mod spool;

use std::{collections::BTreeMap, io::Write as _};

use anyhow::bail;
use clap::Args;

use self::finding::{Finding, State};
use super::place::Where;
use crate::config::Config;

/// Checks settings, database, notifications, clocks, secrets and the server, and says what to do.
///
/// Changes nothing. Ends with status 1 if anything fails; what is only to be considered is a warning.
///
/// Example: callbackd doctor --json
#[derive(Args, Debug)]
pub struct Doctor {
    /// Prints an object with all findings.
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub async fn run(self, place: Where) -> anyhow::Result<()> {
        let findings = match place.config(BTreeMap::new()) {
            Ok(config) => examine(&place, &config).await?,
            Err(error) => vec![Finding::fail(
                "settings",
                format!("{error:#}"),
                "correct it; `callbackd config --explain` says what each setting is for",
            )],
        };
        self.tell(&findings)
    }

    fn tell(&self, findings: &[Finding]) -> anyhow::Result<()> {
        let failed = findings.iter().filter(|finding| finding.state == State::Fail).count();
        let mut out = std::io::stdout().lock();
        if self.json {
            let answer = serde_json::json!({ "ok": failed == 0, "checks": findings });
            writeln!(out, "{}", serde_json::to_string_pretty(&answer)?)?;
        } else {
            for finding in findings {
                write!(out, "{}", finding.text())?;
            }
        }
        match failed {
            0 => Ok(()),
            1 => bail!("1 check failed"),
            more => bail!("{more} checks failed"),
        }
    }
}

async fn examine(place: &Where, config: &Config) -> anyhow::Result<Vec<Finding>> {
    let mut findings = settings::examine(config);
    findings.extend(spool::examine(config));
    if config.development() && !config.data_dir.exists() {
        findings.push(Finding::warn(
            "database",
            format!("there is no development database in {} yet", config.data_dir.display()),
            "start `callbackd serve`, which makes one, or set DATABASE_URL",
        ));
    } else {
        match place.database().await {
            Ok(database) => {
                let found = database::examine(config, &database.settings).await;
                findings.extend(database.finish(Ok(found)).await?);
            }
            Err(error) => findings.push(Finding::fail(
                "database",
                format!("{error:#}"),
                "a development database needs PostgreSQL on this machine; else set DATABASE_URL",
            )),
        }
    }
    findings.push(site::examine(config).await);
    Ok(findings)
}

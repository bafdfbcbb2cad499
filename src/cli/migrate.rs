//! `callbackd migrate`: where the schema stands, forward, and back.

use std::io::Write as _;

use anyhow::bail;
use clap::{Args, Subcommand};

use crate::db::Settings;
use crate::db::migrate::{self, State, Step};

/// Shows or changes the version of the database's schema.
///
/// Example: callbackd migrate status
#[derive(Args, Debug)]
pub struct Migrate {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Lists every migration and whether the database has it (the default).
    Status {
        /// Prints an array of objects instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Applies what is pending; the server does the same when it starts.
    Up,
    /// Takes migrations back, and with them the data that they made room for.
    ///
    /// Without --yes nothing is changed: it says what would be lost.
    ///
    /// Example: callbackd migrate down --to 2 --yes
    Down {
        /// The version to go back to; 0 empties the database.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..))]
        to: i32,
        /// Really does it.
        #[arg(long)]
        yes: bool,
    },
}

impl Migrate {
    /// Runs it against a database, which for a development server must be running by now.
    pub async fn run(self, settings: &Settings) -> anyhow::Result<()> {
        let mut out = std::io::stdout();
        match self.command.unwrap_or(Command::Status { json: false }) {
            Command::Status { json: true } => {
                let steps = migrate::status(settings).await?;
                writeln!(out, "{}", serde_json::to_string_pretty(&steps)?)?;
            }
            Command::Status { json: false } => {
                for step in migrate::status(settings).await? {
                    writeln!(out, "{}", line(&step))?;
                }
            }
            Command::Up => {
                let applied = migrate::up(settings).await?;
                for step in &applied {
                    writeln!(out, "applied V{:03} {}", step.version, step.name)?;
                }
                if applied.is_empty() {
                    writeln!(out, "nothing to do: the schema is up to date")?;
                }
            }
            Command::Down { to, yes } => return down(settings, to, yes).await,
        }
        Ok(())
    }
}

async fn down(settings: &Settings, to: i32, yes: bool) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    let mut steps = migrate::above(migrate::status(settings).await?, to);
    steps.reverse();
    if steps.is_empty() {
        writeln!(out, "nothing to do: the schema is at version {to} or below")?;
        return Ok(());
    }
    for step in &steps {
        let loses = step.loses.as_deref().unwrap_or("No way back is known to this callbackd.");
        writeln!(out, "V{:03} {:<20} {loses}", step.version, step.name)?;
    }
    if !yes {
        bail!("nothing was changed: say --yes to take back the {} above, newest first", count(steps.len()));
    }
    let taken = migrate::down(settings, to).await?;
    writeln!(out, "took back {}", count(taken.len()))?;
    Ok(())
}

fn count(steps: usize) -> String {
    if steps == 1 { "1 migration".to_owned() } else { format!("{steps} migrations") }
}

fn line(step: &Step) -> String {
    let state = match step.state {
        State::Applied => step.applied_at.as_deref().unwrap_or("applied"),
        State::Pending => "pending",
        State::Unknown => "applied by a newer callbackd",
    };
    format!("V{:03} {:<20} {state}", step.version, step.name)
}

//! The command line. One file a subcommand; no rules here.

pub mod admin;
mod config;
mod doctor;
mod export;
mod filters;
pub mod migrate;
mod openapi;
mod place;
mod send;
mod serve;
mod server;
mod sources;
pub(crate) mod tail;
pub mod token;
mod verify;

use clap::{CommandFactory as _, Parser, Subcommand, error::ErrorKind};

use self::place::Where;

/// A realtime inbox for the callbacks that LLM services send.
///
/// Without a subcommand it serves. Without a database it runs a PostgreSQL of its own (development mode).
#[derive(Parser, Debug)]
#[command(version, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    serve: serve::Serve,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand, Debug)]
enum Command {
    Serve(serve::Serve),
    Migrate(migrate::Migrate),
    Admin(admin::Admin),
    Token(token::Token),
    Send(send::Send),
    Tail(tail::Tail),
    Verify(verify::Verify),
    Export(export::Export),
    Config(config::ShowConfig),
    Doctor(doctor::Doctor),
    Openapi(openapi::OpenApi),
}

impl Cli {
    pub async fn run(self) -> anyhow::Result<()> {
        self.refuse_misplaced();
        let place = self.place;
        match self.command.unwrap_or(Command::Serve(self.serve)) {
            Command::Serve(serve) => Box::pin(serve.run(place)).await,
            Command::Migrate(migrate) => {
                let database = place.database().await?;
                let outcome = migrate.run(&database.settings).await;
                database.finish(outcome).await
            }
            Command::Admin(admin) => {
                let database = place.migrated().await?;
                let outcome = admin.run(database.db().await?).await;
                database.finish(outcome).await
            }
            Command::Token(token) => {
                let database = place.migrated().await?;
                let outcome = token.run(database.db().await?).await;
                database.finish(outcome).await
            }
            Command::Export(export) => {
                let database = place.migrated().await?;
                let outcome = export.run(database.db().await?).await;
                database.finish(outcome).await
            }
            Command::Send(send) => Box::pin(send.run(place)).await,
            Command::Tail(tail) => Box::pin(tail.run(place)).await,
            Command::Verify(verify) => Box::pin(verify.run(place)).await,
            Command::Config(config) => config.run(&place),
            Command::Doctor(doctor) => Box::pin(doctor.run(place)).await,
            Command::Openapi(openapi::OpenApi) => openapi::OpenApi::run(),
        }
    }

    /// Flags of `serve` in front of a subcommand would be left out without a word. Those of every subcommand may stand
    /// on either side, so clap's own setting, which refuses both, does not do.
    fn refuse_misplaced(&self) {
        if self.command.is_some() && self.serve.has_flags() {
            let text = "--listen, --public-url and --log belong behind `serve`";
            Self::command().error(ErrorKind::ArgumentConflict, text).exit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_the_database_is_may_be_said_on_either_side_of_the_subcommand() {
        for words in ["callbackd --data-dir x token list", "callbackd token list --data-dir x"] {
            let cli =
                Cli::try_parse_from(words.split(' ')).unwrap_or_else(|error| panic!("{words}: {error}"));
            assert_eq!(cli.place.data_dir.as_deref(), Some(std::path::Path::new("x")), "{words}");
        }
    }
}

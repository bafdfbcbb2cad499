//! The command line. One file a subcommand; no rules here.

pub mod admin;
mod config;
mod doctor;
pub mod migrate;
mod openapi;
mod place;
mod send;
mod serve;
pub mod token;

use clap::{Parser, Subcommand};

use self::place::Where;

/// A realtime inbox for the callbacks that LLM services send.
///
/// Without a subcommand it serves. Without a database it runs a PostgreSQL of its own (development mode).
#[derive(Parser, Debug)]
#[command(version, max_term_width = 100, args_conflicts_with_subcommands = true)]
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
    Config(config::ShowConfig),
    Doctor(doctor::Doctor),
    Openapi(openapi::OpenApi),
}

impl Cli {
    pub async fn run(self) -> anyhow::Result<()> {
        let place = self.place;
        match self.command.unwrap_or(Command::Serve(self.serve)) {
            Command::Serve(serve) => serve.run(place).await,
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
            Command::Send(send) => send.run(place).await,
            Command::Config(config) => config.run(&place),
            Command::Doctor(doctor) => doctor.run(place).await,
            Command::Openapi(openapi::OpenApi) => openapi::OpenApi::run(),
        }
    }
}

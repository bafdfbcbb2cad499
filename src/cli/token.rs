//! `callbackd token`: API tokens for programs.

use std::io::Write as _;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use secrecy::ExposeSecret as _;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    db::Db,
    session::{
        ApiToken, Person,
        people::{self, Email},
        tokens,
    },
};

/// Makes, lists and revokes API tokens.
///
/// Example: TOKEN=$(callbackd token create --email ada@example.org --name export)
#[derive(Args, Debug)]
pub struct Token {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Makes a token that may do what its owner may, and prints it, once and alone.
    ///
    /// Example: callbackd token create --email ada@example.org --name export
    Create {
        /// Its owner.
        #[arg(long)]
        email: String,
        /// What it is for.
        #[arg(long)]
        name: String,
    },
    /// Lists tokens, never what they open.
    List {
        /// Only of this person.
        #[arg(long)]
        email: Option<String>,
        /// Prints an array of objects instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Revokes a token at once.
    ///
    /// Example: callbackd token revoke 0198c0de-0000-7000-8000-000000000000
    Revoke {
        /// As `list` shows it.
        id: Uuid,
    },
}

/// A token with its owner, since the command line lists everybody's.
#[derive(Serialize)]
struct Listed<'a> {
    email: &'a str,
    #[serde(flatten)]
    token: &'a ApiToken,
}

impl Token {
    pub async fn run(self, db: Db) -> anyhow::Result<()> {
        match self.command {
            Command::Create { email, name } => create(&db, &email, &name).await,
            Command::List { email, json } => list(&db, email.as_deref(), json).await,
            Command::Revoke { id } => revoke(&db, id).await,
        }
    }
}

async fn create(db: &Db, email: &str, name: &str) -> anyhow::Result<()> {
    let owner = owner(db, email).await?;
    let name = tokens::Name::parse(name).context("a name is a line of 1 to 100 characters")?;
    let made = tokens::create(db, owner.id, &name).await?;
    let (_, token) = made.context("one person may have 100 tokens: revoke one first")?;
    writeln!(std::io::stdout().lock(), "{}", token.expose_secret())?;
    Ok(())
}

async fn list(db: &Db, email: Option<&str>, json: bool) -> anyhow::Result<()> {
    let owner = match email {
        Some(email) => Some(owner(db, email).await?.id),
        None => None,
    };
    let tokens = tokens::list(db, owner).await?;
    let mut out = std::io::stdout().lock();
    if json {
        let listed: Vec<_> = tokens.iter().map(|token| Listed { email: &token.email, token }).collect();
        writeln!(out, "{}", serde_json::to_string_pretty(&listed)?)?;
        return Ok(());
    }
    for token in tokens {
        let used = token
            .last_used_at
            .map_or_else(|| "never".to_owned(), |time| time.format("%Y-%m-%d %H:%M").to_string());
        writeln!(out, "{}  {:<30}  last used {used:<16}  {}", token.id, token.name, token.email)?;
    }
    Ok(())
}

async fn revoke(db: &Db, id: Uuid) -> anyhow::Result<()> {
    if !tokens::revoke(db, id, None).await? {
        anyhow::bail!("there is no token with this id, or it was revoked already");
    }
    writeln!(std::io::stdout().lock(), "revoked {id}")?;
    Ok(())
}

async fn owner(db: &Db, email: &str) -> anyhow::Result<Person> {
    let found = people::find_with_password(db, &Email::parse(email)?).await?;
    Ok(found.map(|(person, _)| person).ok_or(people::Error::Unknown)?)
}

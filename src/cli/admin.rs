//! `callbackd admin`: people, from the machine that the database can be reached from.

use std::io::{BufRead as _, Write as _};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    db::Db,
    session::{
        Role,
        password::{self, Hasher},
        people::{self, Email, NewPerson, Profile},
    },
};

/// People that are read at once.
const LIST_PAGE: i64 = 1_000;

/// Adds, lists and removes people, and gives them other passwords.
///
/// Example: callbackd admin create --email ada@example.org
#[derive(Args, Debug)]
pub struct Admin {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Adds a person. The password is asked for on the terminal.
    ///
    /// Example: callbackd admin create --email ada@example.org --password-stdin < password.txt
    Create {
        /// What the person signs in with.
        #[arg(long)]
        email: String,
        /// Reads the password from the first line of standard input.
        #[arg(long)]
        password_stdin: bool,
        /// An admin sees all callbacks, a member their own.
        #[arg(long, value_enum, default_value = "admin")]
        role: Role,
    },
    /// Gives a person another password, which is asked for on the terminal, and ends their sessions.
    ///
    /// Example: callbackd admin password --email ada@example.org
    Password {
        #[arg(long)]
        email: String,
        /// Reads the password from the first line of standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Lists everybody.
    List {
        /// Prints an array of objects instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Removes a person, whose sessions and tokens end at once.
    ///
    /// Example: callbackd admin remove --email ada@example.org
    Remove {
        #[arg(long)]
        email: String,
    },
}

impl Admin {
    pub async fn run(self, db: Db) -> anyhow::Result<()> {
        match self.command {
            Command::Create { email, password_stdin, role } => {
                create(&db, &email, password_stdin, role).await
            }
            Command::Password { email, password_stdin } => set_password(&db, &email, password_stdin).await,
            Command::List { json } => list(&db, json).await,
            Command::Remove { email } => remove(&db, &email).await,
        }
    }
}

async fn create(db: &Db, email: &str, password_stdin: bool, role: Role) -> anyhow::Result<()> {
    let email = Email::parse(email)?;
    // Asked for before the password is: nobody should think of one in vain.
    if people::find_with_password(db, &email).await?.is_some() {
        return Err(people::Error::EmailTaken.into());
    }
    let password = password(password_stdin).await?;
    let new = NewPerson { email, role, password: Some(password), external: None };
    let made = people::create(db, &Hasher::default(), new).await?;
    writeln!(std::io::stdout().lock(), "added {} as {}", made.email, made.role.as_str())?;
    Ok(())
}

async fn set_password(db: &Db, email: &str, password_stdin: bool) -> anyhow::Result<()> {
    let (person, _) =
        people::find_with_password(db, &Email::parse(email)?).await?.ok_or(people::Error::Unknown)?;
    let password = password(password_stdin).await?;
    people::reset_password(db, &Hasher::default(), person.id, password).await?;
    writeln!(std::io::stdout().lock(), "{} has another password; their sessions have ended", person.email)?;
    Ok(())
}

/// Everybody, page by page.
async fn everybody(db: &Db) -> anyhow::Result<Vec<Profile>> {
    let mut all: Vec<Profile> = Vec::new();
    loop {
        let after = all.last().map_or("", |last| last.email.as_str());
        let page = people::list(db, after, LIST_PAGE).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

async fn list(db: &Db, json: bool) -> anyhow::Result<()> {
    let people = everybody(db).await?;
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&people)?)?;
        return Ok(());
    }
    for person in people {
        let day = person.created_at.format("%Y-%m-%d");
        writeln!(out, "{}  {:<6}  {day}  {}", person.id, person.role.as_str(), person.email)?;
    }
    Ok(())
}

async fn remove(db: &Db, email: &str) -> anyhow::Result<()> {
    let email = Email::parse(email)?;
    let (person, _) = people::find_with_password(db, &email).await?.ok_or(people::Error::Unknown)?;
    people::remove(db, person.id).await?;
    writeln!(std::io::stdout().lock(), "removed {}", person.email)?;
    Ok(())
}

async fn password(from_stdin: bool) -> anyhow::Result<SecretString> {
    if from_stdin { first_line() } else { tokio::task::spawn_blocking(ask).await? }
}

/// Without its line end; other white space belongs to the password.
fn first_line() -> anyhow::Result<SecretString> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("standard input cannot be read")?;
    Ok(SecretString::from(line.trim_end_matches(['\r', '\n'])))
}

/// Twice, without echo: a mistyped password would lock out the only admin.
fn ask() -> anyhow::Result<SecretString> {
    let no_terminal = "there is no terminal to ask on: use --password-stdin";
    let prompt = format!("Password (at least {} characters): ", password::LENGTH_MIN);
    let first = SecretString::from(rpassword::prompt_password(prompt).context(no_terminal)?);
    let second = SecretString::from(rpassword::prompt_password("Once more: ").context(no_terminal)?);
    if first.expose_secret() != second.expose_secret() {
        bail!("the two passwords differ");
    }
    Ok(first)
}

//! The schema's versions: what there is, the way there, and the way back.
//!
//! The files are in `sql/migrations` and `sql/rollback`. The decision worth arguing about: a database that is newer than
//! this program is accepted, unless a migration recorded that older programs do not survive it; so that a node can
//! restart in the middle of a rolling upgrade.

use std::time::Duration;

use rust_embed::RustEmbed;
use tokio_postgres::{Client, Transaction};

use super::{Settings, connect_dedicated};

mod embedded {
    refinery::embed_migrations!("sql/migrations");
}

#[derive(RustEmbed)]
#[folder = "sql/rollback"]
struct Rollbacks;

/// "callbckd" as a number: advisory locks are shared by everything in the database.
const LOCK: i64 = 0x6361_6c6c_6263_6b64;
/// Polled, never waited for: a waiter that blocks holds a transaction that a migration elsewhere may wait for.
const LOCK_POLL: Duration = Duration::from_millis(100);
/// Another node's migration of a large table takes its time; after this somebody should look.
const LOCK_WAIT: Duration = Duration::from_mins(10);

/// Why the schema could not be brought where it should be.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database failed.
    #[error("migrating the database")]
    Db(#[from] super::Error),
    /// A migration failed, or one that was applied has another content here.
    #[error("migrating the database")]
    Migration(#[from] refinery::Error),
    /// Somebody else migrates, or hangs while doing so.
    #[error("another process has been migrating this database for {} s: look for its transaction in pg_stat_activity", LOCK_WAIT.as_secs())]
    Locked,
    /// The database has moved on too far.
    #[error(
        "the database needs a callbackd that knows schema version {minimum}, and this one knows {known}: upgrade it"
    )]
    TooNew {
        /// What the database asks for.
        minimum: i32,
        /// The newest version here.
        known: i32,
    },
    /// A migration with a lower number came after one with a higher number.
    #[error(
        "migration {0} is older than what the database has and was never applied: it cannot be applied now"
    )]
    OutOfOrder(i32),
    /// A migration of a newer program can only be taken back by that program.
    #[error("this callbackd has no way back from schema version {0}: use the one that applied it")]
    NoWayBack(i32),
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Db(error.into())
    }
}

/// Where a migration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// In the database.
    Applied,
    /// Only here: `up` applies it.
    Pending,
    /// Only in the database: a newer callbackd applied it.
    Unknown,
}

/// One migration, here or in the database.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// Its number.
    pub version: i32,
    /// The word in its file's name.
    pub name: String,
    /// Where it stands.
    pub state: State,
    /// When it was applied (RFC 3339).
    pub applied_at: Option<String>,
    /// What taking it back loses, as its rollback file says.
    pub loses: Option<String>,
}

/// Every migration known here or to the database, oldest first. Changes nothing and takes no lock.
pub async fn status(settings: &Settings) -> Result<Vec<Step>, Error> {
    connected(settings, async |client| steps(client).await).await
}

/// Applies what is pending and returns it. Safe to call from any number of nodes at once.
pub async fn up(settings: &Settings) -> Result<Vec<Step>, Error> {
    let pending = status(settings).await?;
    if pending.iter().all(|step| step.state != State::Pending) && !pending.is_empty() {
        return connected(settings, async |client| refuse_if_too_old(client).await.map(|()| Vec::new()))
            .await;
    }
    locked(settings, async |client| {
        client.batch_execute(include_str!("../../sql/queries/migrate/create_requirement.sql")).await?;
        refuse_if_too_old(client).await?;
        let before = steps(client).await?;
        embedded::migrations::runner().set_abort_missing(false).run_async(client).await?;
        let after = steps(client).await?;
        if let Some(step) = after.iter().find(|step| step.state == State::Pending) {
            return Err(Error::OutOfOrder(step.version));
        }
        let is_new =
            |step: &Step| before.iter().any(|old| old.version == step.version && old.state == State::Pending);
        Ok(after.into_iter().filter(is_new).collect())
    })
    .await
}

/// Takes back everything above version `to`, newest first, in one transaction, and returns it.
pub async fn down(settings: &Settings, to: i32) -> Result<Vec<Step>, Error> {
    locked(settings, async |client| {
        let mut taken = above(steps(client).await?, to);
        taken.sort_by_key(|step| std::cmp::Reverse(step.version));
        let transaction = client.transaction().await?;
        for step in &taken {
            take_back(&transaction, step).await?;
        }
        transaction.commit().await?;
        Ok(taken)
    })
    .await
}

/// The applied steps above a version.
pub fn above(steps: Vec<Step>, to: i32) -> Vec<Step> {
    steps.into_iter().filter(|step| step.version > to && step.state != State::Pending).collect()
}

async fn take_back(transaction: &Transaction<'_>, step: &Step) -> Result<(), Error> {
    let sql = rollback(step.version).ok_or(Error::NoWayBack(step.version))?;
    transaction.batch_execute(&sql).await?;
    transaction.execute(include_str!("../../sql/queries/migrate/forget.sql"), &[&step.version]).await?;
    Ok(())
}

async fn refuse_if_too_old(client: &Client) -> Result<(), Error> {
    if !tables(client).await?.requirement {
        return Ok(());
    }
    let row = client.query_opt(include_str!("../../sql/queries/migrate/requirement.sql"), &[]).await?;
    let minimum = row.map_or(Ok(0), |row| row.try_get("minimum_version"))?;
    let known = known().last().map_or(0, |(version, _)| *version);
    if minimum > known { Err(Error::TooNew { minimum, known }) } else { Ok(()) }
}

async fn steps(client: &Client) -> Result<Vec<Step>, Error> {
    let history = include_str!("../../sql/queries/migrate/history.sql");
    let rows = if tables(client).await?.history { client.query(history, &[]).await? } else { Vec::new() };
    let mut steps: Vec<Step> = known().into_iter().map(|(version, name)| pending(version, name)).collect();
    for row in rows {
        let version: i32 = row.try_get("version")?;
        let applied_at: Option<String> = row.try_get("applied_on")?;
        if let Some(step) = steps.iter_mut().find(|step| step.version == version) {
            (step.state, step.applied_at) = (State::Applied, applied_at);
        } else {
            let name: Option<String> = row.try_get("name")?;
            let step = pending(version, name.unwrap_or_default());
            steps.push(Step { state: State::Unknown, applied_at, ..step });
        }
    }
    steps.sort_by_key(|step| step.version);
    Ok(steps)
}

fn pending(version: i32, name: String) -> Step {
    Step { version, name, state: State::Pending, applied_at: None, loses: loses(version) }
}

/// Number and name of every migration in this program, oldest first.
fn known() -> Vec<(i32, String)> {
    let runner = embedded::migrations::runner();
    let mut known: Vec<_> =
        runner.get_migrations().iter().map(|m| (m.version(), m.name().to_owned())).collect();
    known.sort();
    known
}

/// The text of the rollback file of a version.
fn rollback(version: i32) -> Option<String> {
    let prefix = format!("V{version:03}__");
    let name = Rollbacks::iter().find(|name| name.starts_with(&prefix))?;
    Some(String::from_utf8_lossy(&Rollbacks::get(&name)?.data).into_owned())
}

/// The first line of a rollback file, less its comment mark.
fn loses(version: i32) -> Option<String> {
    Some(rollback(version)?.lines().next()?.trim_start_matches('-').trim().to_owned())
}

struct Tables {
    history: bool,
    requirement: bool,
}

async fn tables(client: &Client) -> Result<Tables, Error> {
    let row = client.query_one(include_str!("../../sql/queries/migrate/tables.sql"), &[]).await?;
    Ok(Tables { history: row.try_get("history")?, requirement: row.try_get("requirement")? })
}

/// Works on a connection of its own, driven meanwhile.
async fn connected<T>(
    settings: &Settings,
    work: impl AsyncFnOnce(&mut Client) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut connection = connect_dedicated(settings).await?;
    tokio::select! {
        done = work(&mut connection.client) => done,
        ended = connection.messages.drive() => Err(ended.err().map_or(super::Error::Closed, Into::into).into()),
    }
}

/// Works while nobody else migrates. The lock belongs to a transaction of another connection, so that it is let go
/// whatever happens, and also behind a pooler that gives each transaction another session.
async fn locked<T>(
    settings: &Settings,
    work: impl AsyncFnOnce(&mut Client) -> Result<T, Error>,
) -> Result<T, Error> {
    connected(settings, async |holder| {
        let deadline = tokio::time::Instant::now() + LOCK_WAIT;
        loop {
            let transaction = holder.transaction().await?;
            let row = transaction
                .query_one(include_str!("../../sql/queries/migrate/try_lock.sql"), &[&LOCK])
                .await?;
            if row.try_get("locked")? {
                transaction.batch_execute(include_str!("../../sql/queries/migrate/keep_open.sql")).await?;
                let done = connected(settings, work).await;
                transaction.rollback().await?;
                return done;
            }
            transaction.rollback().await?;
            if tokio::time::Instant::now() > deadline {
                return Err(Error::Locked);
            }
            tokio::time::sleep(LOCK_POLL).await;
        }
    })
    .await
}

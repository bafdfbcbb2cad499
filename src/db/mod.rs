//! The way to PostgreSQL: a pool, connections of one's own, classes of errors, migrations.
//!
//! Knows nothing of callbacks, sessions or HTTP. The decision worth arguing about: there is no trait and no query
//! builder; a store calls `query`, `query_opt` or `execute` with a text from `sql/queries`, prepared once a connection.

mod connect;
mod dedicated;
mod error;
pub mod migrate;
mod remedy;
pub mod rights;
mod tls;

use std::path::PathBuf;
use std::time::Duration;

use deadpool_postgres::{
    Client, Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime, Timeouts,
};
use secrecy::SecretString;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

pub use connect::{check_url, place};
pub use dedicated::{Dedicated, Messages, connect_dedicated};
pub use error::{Class, Error, class, constraint};
pub use remedy::{remedy, within};

/// How long a caller waits for a free connection before it is told that the database is away.
const POOL_WAIT: Duration = Duration::from_secs(5);

/// A pooled connection unused for longer is asked whether it still lives: a round trip is cheap against a request
/// that fails, and a busy connection is never asked.
const IDLE_BEFORE_CHECK: Duration = Duration::from_secs(30);

/// How long that question may take.
const CHECK_WAIT: Duration = Duration::from_secs(2);

/// Parameters of a statement, as `tokio_postgres` takes them.
pub type Params<'a> = &'a [&'a (dyn ToSql + Sync)];

/// What is needed to reach the database.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `postgresql://…` or `host=… user=…`; shown to nobody, for it may hold a password.
    pub url: SecretString,
    /// Connections the pool may open.
    pub pool_max: usize,
    /// PEM file of the authorities to trust instead of the system's, for `sslmode` `verify-ca` and `verify-full`.
    pub ca_file: Option<PathBuf>,
    /// Shown in `pg_stat_activity`.
    pub application_name: String,
}

/// A handle, cheap to clone, over the pool.
#[derive(Clone, Debug)]
pub struct Db {
    pool: Pool,
}

impl Db {
    /// Opens the pool and checks the database once: that it answers, its version and its encoding.
    pub async fn connect(settings: &Settings) -> Result<Self, Error> {
        let db = Self::open(settings)?;
        db.check().await?;
        Ok(db)
    }

    /// Makes the pool without connecting, for a start while the database is away.
    pub fn open(settings: &Settings) -> Result<Self, Error> {
        let target = connect::target(settings)?;
        Ok(Self { pool: pool(target, settings.pool_max) })
    }

    /// Refuses a PostgreSQL older than 14 and a database whose encoding is not UTF8.
    pub async fn check(&self) -> Result<(), Error> {
        let client = self.get().await?;
        let row = client.query_one(include_str!("../../sql/queries/db/server.sql"), &[]).await?;
        let version: i32 = row.try_get("version")?;
        if version < 140_000 {
            return Err(Error::TooOld { major: version / 10_000 });
        }
        let encoding: String = row.try_get("encoding")?;
        if encoding != "UTF8" {
            return Err(Error::Encoding(encoding));
        }
        Ok(())
    }

    /// Which database this is: that of its cluster, and its own number there. The same on every standby.
    pub async fn identity(&self) -> Result<(i64, u32), Error> {
        let row = self.query_one(include_str!("../../sql/queries/db/identity.sql"), &[]).await?;
        Ok((row.try_get("system_identifier")?, row.try_get("database_oid")?))
    }

    /// A connection of the pool; waits at most five seconds for one.
    pub async fn get(&self) -> Result<Client, Error> {
        Ok(self.pool.get().await?)
    }

    /// All rows of a statement. The caller's SQL bounds them.
    pub async fn query(&self, sql: &str, params: Params<'_>) -> Result<Vec<Row>, Error> {
        let client = self.get().await?;
        let statement = client.prepare_cached(sql).await?;
        client.query(&statement, params).await.map_err(|error| discard_if_dead(client, error))
    }

    /// The one row of a statement, or none. More than one is an error.
    pub async fn query_opt(&self, sql: &str, params: Params<'_>) -> Result<Option<Row>, Error> {
        let client = self.get().await?;
        let statement = client.prepare_cached(sql).await?;
        client.query_opt(&statement, params).await.map_err(|error| discard_if_dead(client, error))
    }

    /// The one row of a statement that always has one.
    pub async fn query_one(&self, sql: &str, params: Params<'_>) -> Result<Row, Error> {
        let client = self.get().await?;
        let statement = client.prepare_cached(sql).await?;
        client.query_one(&statement, params).await.map_err(|error| discard_if_dead(client, error))
    }

    /// How many rows a statement touched.
    pub async fn execute(&self, sql: &str, params: Params<'_>) -> Result<u64, Error> {
        let client = self.get().await?;
        let statement = client.prepare_cached(sql).await?;
        client.execute(&statement, params).await.map_err(|error| discard_if_dead(client, error))
    }

    /// Connections open, and how many of them are free.
    pub fn occupancy(&self) -> (usize, usize) {
        let status = self.pool.status();
        (status.size, status.available)
    }

    /// Closes the pool: waiting callers get an error, connections end as they come back.
    pub fn close(&self) {
        self.pool.close();
    }
}

fn pool(target: connect::Target, max: usize) -> Pool {
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    Pool::builder(Manager::from_config(target.config, target.tls, recycling))
        .max_size(max)
        .timeouts(Timeouts {
            wait: Some(POOL_WAIT),
            create: Some(connect::CONNECT_WAIT),
            recycle: Some(CHECK_WAIT + Duration::from_secs(1)),
        })
        .pre_recycle(check_when_idle())
        .runtime(Runtime::Tokio1)
        .build()
        .expect("a runtime is given, which is all that building asks for")
}

/// A connection that just failed as the database being away is not given to the next caller: after a failover it
/// may lead to a server that only reads.
fn discard_if_dead(client: Client, error: tokio_postgres::Error) -> Error {
    if class(&error) == Class::Unavailable {
        drop(Client::take(client));
    }
    Error::Postgres(error)
}

fn check_when_idle() -> Hook {
    Hook::async_fn(|client, metrics| {
        Box::pin(async move {
            if metrics.last_used() < IDLE_BEFORE_CHECK {
                return Ok(());
            }
            match tokio::time::timeout(CHECK_WAIT, client.check_connection()).await {
                Ok(Ok(())) => Ok(()),
                Ok(Err(error)) => Err(HookError::Backend(error)),
                Err(_) => Err(HookError::message("an idle connection did not answer")),
            }
        })
    })
}

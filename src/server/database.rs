//! The ways to the database, and waiting for it at the start.

use std::time::Duration;

use secrecy::SecretString;
use tokio::time::Instant;

use crate::{
    config::Config,
    db::{self, Db},
};

/// How long a start waits for a database that is itself starting.
pub const WAIT: Duration = Duration::from_secs(30);
/// Between two attempts.
const AGAIN: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub struct Ways {
    /// Of people's requests; it may lead through a pooler.
    pub pooled: db::Settings,
    /// Of the listener and the writer, past a pooler where there is one: in transaction mode it swallows LISTEN, and gives
    /// the writer's prepared statement to connections that do not have it.
    pub direct: db::Settings,
}

impl Ways {
    /// `url` is that of the configuration, or of the PostgreSQL that was started for it.
    pub fn new(config: &Config, url: SecretString) -> Self {
        let pooled = db::Settings {
            url,
            pool_max: config.database.pool_max,
            ca_file: config.database.ca_file.clone(),
            application_name: "callbackd".to_owned(),
        };
        let direct = config.database.listener_url.clone().unwrap_or_else(|| pooled.url.clone());
        Self { direct: db::Settings { url: direct, ..pooled.clone() }, pooled }
    }

    /// Waits so long for a database that is away, and brings its schema up to date before anybody uses it.
    pub async fn prepare(&self, patience: Duration) -> anyhow::Result<()> {
        let deadline = Instant::now() + patience;
        self.prepare_while(|| Instant::now() < deadline).await
    }

    /// The same without an end. Fails only for what waiting does not mend.
    pub async fn prepare_when_there(&self) -> anyhow::Result<()> {
        self.prepare_while(|| true).await
    }

    async fn prepare_while(&self, is_patient: impl Fn() -> bool) -> anyhow::Result<()> {
        loop {
            match self.attempt().await {
                Ok(()) => return Ok(()),
                Err(error) if is_away(&error) && is_patient() => {
                    tracing::warn!(error = %format!("{error:#}"), "the database is away, trying again");
                    tokio::time::sleep(AGAIN).await;
                }
                Err(error) => return Err(error.context("the database cannot be used")),
            }
        }
    }

    async fn attempt(&self) -> anyhow::Result<()> {
        let db = Db::connect(&self.pooled).await?;
        db::migrate::up(&self.pooled).await?;
        // What the writer stores elsewhere would be acknowledged, and never be seen.
        anyhow::ensure!(
            Db::open(&self.direct)?.identity().await? == db.identity().await?,
            "listener_database_url leads to another database than database_url"
        );
        Ok(())
    }
}

pub fn is_away(error: &anyhow::Error) -> bool {
    error.downcast_ref::<db::Error>().is_some_and(|error| error.class() == db::Class::Unavailable)
}

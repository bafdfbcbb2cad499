//! The ways to the database, and waiting for it at the start.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
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
        let mut said = String::new();
        loop {
            let error = match self.attempt().await {
                Ok(()) => return Ok(()),
                Err(error) => self.explained(error),
            };
            if !is_away(&error) || !is_patient() {
                return Err(error);
            }
            // Once for each cause, however long it lasts.
            let text = format!("{error:#}");
            if text != said {
                tracing::warn!(error = %text, "the database is away: trying again every second");
                said = text;
            }
            tokio::time::sleep(AGAIN).await;
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
        match db::rights::missing(&db).await? {
            Some(missing) => anyhow::bail!("{missing}; {}", missing.remedy()),
            None => Ok(()),
        }
    }

    /// Which database, and what to do, in front of what went wrong.
    fn explained(&self, error: anyhow::Error) -> anyhow::Error {
        let place = db::place(self.pooled.url.expose_secret());
        let remedy = db::remedy(error.as_ref()).map(|remedy| format!(" ({remedy})")).unwrap_or_default();
        error.context(format!("the database {place} cannot be used{remedy}").replace("  ", " "))
    }
}

pub fn is_away(error: &anyhow::Error) -> bool {
    db::within(error.as_ref()).is_some_and(|error| error.class() == db::Class::Unavailable)
}

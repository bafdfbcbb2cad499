//! Where the settings and the database are: the flags that every subcommand has, so that all find the same.

use std::{collections::BTreeMap, path::PathBuf};

use clap::Args;
use secrecy::SecretString;

use crate::{
    config::{Config, Layers},
    db::{self, Db},
    embedded::{self, Attached},
};

#[derive(Args, Debug, Clone)]
pub struct Where {
    /// Settings file; `callbackd.toml` in the working folder if it is there.
    #[arg(long, global = true, help_heading = "Settings", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder of development mode [default: .callbackd].
    #[arg(long, global = true, help_heading = "Settings", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// PostgreSQL to use instead of one of its own. Prefer the environment: a command line can be seen by others.
    #[arg(long, global = true, help_heading = "Settings", value_name = "URL")]
    pub database_url: Option<String>,
}

impl Where {
    /// The settings in force; `flags` are those of the subcommand.
    pub fn config(&self, mut flags: BTreeMap<&'static str, String>) -> anyhow::Result<Config> {
        if let Some(dir) = &self.data_dir {
            flags.insert("data_dir", dir.display().to_string());
        }
        if let Some(url) = &self.database_url {
            flags.insert("database_url", url.clone());
        }
        Ok(Config::resolve(&Layers::read(flags, self.config.as_deref())?)?)
    }

    /// The database, reached or started for the time of one command.
    pub async fn database(&self) -> anyhow::Result<Database> {
        let config = self.config(BTreeMap::new())?;
        let attached = match &config.database.url {
            Some(_) => None,
            None => Some(embedded::attach_or_start(&config.data_dir).await?),
        };
        let own = || attached.as_ref().map(|attached| SecretString::from(attached.database_url()));
        let url = config.database.url.clone().or_else(own).unwrap_or_default();
        let settings = db::Settings {
            url,
            pool_max: 2,
            ca_file: config.database.ca_file.clone(),
            application_name: "callbackd (command)".to_owned(),
        };
        Ok(Database { settings, attached })
    }

    /// The same, with its schema up to date.
    pub async fn migrated(&self) -> anyhow::Result<Database> {
        let database = self.database().await?;
        match db::migrate::up(&database.settings).await {
            Ok(_) => Ok(database),
            Err(error) => {
                database.finish(Ok(())).await?;
                Err(error.into())
            }
        }
    }
}

pub struct Database {
    pub settings: db::Settings,
    attached: Option<Attached>,
}

impl Database {
    pub async fn db(&self) -> anyhow::Result<Db> {
        Ok(Db::connect(&self.settings).await?)
    }

    /// Stops what was started here, and passes the outcome on.
    pub async fn finish<T>(self, outcome: anyhow::Result<T>) -> anyhow::Result<T> {
        if let Some(attached) = self.attached {
            attached.stop().await?;
        }
        outcome
    }
}

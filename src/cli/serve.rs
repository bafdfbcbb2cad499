//! `callbackd serve`: the server, in development with a PostgreSQL and a secret of its own.

use std::{collections::BTreeMap, io::Write as _, path::Path};

use anyhow::{Context as _, bail};
use clap::Args;
use secrecy::{ExposeSecret as _, SecretString};

use super::place::Where;
use crate::{
    config::{Config, Embedded},
    development::{self, Ready},
    embedded,
    server::{self, Server},
    source::LLM,
    telemetry,
};

/// Runs the server; also what `callbackd` alone does.
///
/// Example: callbackd serve --listen 127.0.0.1:8080
#[derive(Args, Debug)]
pub struct Serve {
    /// Address and port to listen on; port 0 takes a free one [default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Where senders and people reach the server, such as `https://callbacks.example.com`.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// What is logged: error, warn, info, debug, or a filter [default: info].
    #[arg(long, value_name = "FILTER")]
    log: Option<String>,
}

impl Serve {
    fn flags(&self) -> BTreeMap<&'static str, String> {
        let flags = [("listen", &self.listen), ("public_url", &self.public_url), ("log", &self.log)];
        flags.into_iter().filter_map(|(key, value)| Some((key, value.clone()?))).collect()
    }

    pub fn has_flags(&self) -> bool {
        !self.flags().is_empty()
    }

    pub async fn run(self, place: Where) -> anyhow::Result<()> {
        let config = place.config(self.flags())?;
        telemetry::log(&config.log);
        for sentence in &config.ignored {
            tracing::warn!("{sentence}");
        }
        let metrics = telemetry::metrics()?;
        let Some(url) = config.database.url.clone() else {
            return Box::pin(in_development(config, metrics)).await;
        };
        let server = Server::start(config, url, metrics).await?;
        if server.is_whole {
            server.say_ready();
        }
        server.run().await
    }
}

async fn in_development(
    mut config: Config,
    metrics: metrics_exporter_prometheus::PrometheusHandle,
) -> anyhow::Result<()> {
    refuse_unasked(&config)?;
    // Making a database takes longer than finding out that the port is taken.
    drop(server::listen(config.listen)?);
    let data_dir = config.data_dir.clone();
    let mut postgres = embedded::start(&data_dir).await?;
    if config.secrets_of(LLM).is_empty() {
        config.give_secret(LLM, development::webhook_secret(&data_dir)?);
    }
    if config.seal_keys.is_empty() {
        config.seal_keys.push(development::seal_key(&data_dir)?);
    }
    let secret = config.secrets_of(LLM).first().map(|secret| secret.text.clone());
    let url = SecretString::from(postgres.database_url());
    let outcome = match Server::start(config, url, metrics).await {
        Ok(server) => serve(server, secret, &data_dir, &mut postgres).await,
        Err(error) => Err(error),
    };
    Ready::forget(&data_dir);
    postgres.stop().await?;
    outcome
}

async fn serve(
    server: Server,
    secret: Option<SecretString>,
    data_dir: &Path,
    postgres: &mut embedded::Embedded,
) -> anyhow::Result<()> {
    let admin = server.sessions.ensure_development_admin().await?;
    let link = server.sessions.make_link(admin.id).await?;
    let local = development::local_url(server.address);
    let ready = Ready {
        url: local.clone(),
        sign_in_url: format!("{local}/sign-in#link={}", link.expose_secret()),
        pid: std::process::id(),
    };
    ready.remember(data_dir)?;
    let curl = first_command(&server, &local).context("no source is enabled, so nothing can be received")?;
    let banner = development::banner(&ready, data_dir, &admin.email, secret.as_ref(), &curl);
    std::io::stdout().write_all(banner.as_bytes())?;
    let shutdown = server.shutdown.clone();
    let watched = async {
        let ended = postgres.ended().await;
        shutdown.soft.cancel();
        ended
    };
    let running = server.run();
    tokio::pin!(running);
    tokio::select! {
        outcome = &mut running => outcome,
        ended = watched => {
            running.await?;
            ended?;
            bail!("the development database ended by itself; {}/postgres/log says why", data_dir.display())
        }
    }
}

/// How to send a first callback: as the LLM service, unless that source was turned off.
fn first_command(server: &Server, url: &str) -> Option<String> {
    let all = server.sources.all();
    let first = all.iter().find(|enabled| &*enabled.source.name == LLM).or_else(|| all.first())?;
    first.source.example(url, &uuid::Uuid::new_v4().to_string(), chrono::Utc::now())
}

/// A server with a database of its own, and a sign-in link that it prints, is not for the open network unasked.
fn refuse_unasked(config: &Config) -> anyhow::Result<()> {
    let local = config.listen.ip().is_loopback();
    match config.database.embedded {
        Embedded::Yes => Ok(()),
        Embedded::Auto if local => Ok(()),
        Embedded::Auto => bail!(
            "no DATABASE_URL is set, and a development database starts unasked only on loopback, not on {}: set \
             DATABASE_URL, or CALLBACKD_EMBEDDED=true if you mean it",
            config.listen
        ),
        Embedded::No => bail!("DATABASE_URL must be set: embedded = false forbids a database of its own"),
    }
}

//! The composition root: everything is made here, in the order of the callback's way, and handed what it needs.
//!
//! The one place that spawns (by way of `shutdown`). Reads top to bottom: database, hub, writer, listener, streams,
//! router, and at the end the address that it listens on.

mod entrance;
mod meanwhile;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context as _;
use axum::{Router, extract::FromRef};
use chrono::Utc;
use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::SecretString;
use tokio::sync::mpsc;
use uuid::Uuid;

use self::entrance::Entrance;
use crate::{
    api, callback,
    callback::Retention,
    catalog::Catalog,
    config::{Config, Unsigned},
    db::{self, Db},
    fetch::{Fetcher, Fetches},
    http,
    hub::Hub,
    ingest::{Ingest, Sources},
    listen::{self, Listener},
    operations::Operations,
    replay::Replays,
    session::{Place, Sessions},
    shutdown::{Ending, Shutdown},
    source::{self, Source},
    stream::{NEWS_MAX, Streams, Watch},
};

/// Between sweeps of expired sessions and links.
const SWEEP_INTERVAL: Duration = Duration::from_hours(1);
/// Between two foldings of measured times into their histograms. They are kept one by one until then, whether anybody
/// asks for metrics or not.
const METRICS_INTERVAL: Duration = Duration::from_secs(5);
/// How long a start waits for a database that is itself starting.
const DATABASE_WAIT: Duration = Duration::from_secs(30);
const DATABASE_AGAIN: Duration = Duration::from_secs(1);

/// What handlers are made of; each takes only the parts it uses. One handle, since every request is given one.
#[derive(Clone)]
pub struct AppState(Arc<Stations>);

struct Stations {
    ingest: Ingest,
    callbacks: callback::Store,
    exports: callback::Exports,
    sessions: Sessions,
    streams: Streams,
    operations: Operations,
    replays: Replays,
    fetches: Fetches,
    catalog: Catalog,
}

impl AppState {
    pub fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }
}

/// A handler's `State` of one part.
macro_rules! part {
    ($part:ty, $name:ident) => {
        impl FromRef<AppState> for $part {
            fn from_ref(state: &AppState) -> Self {
                state.0.$name.clone()
            }
        }
    };
}
part!(Ingest, ingest);
part!(callback::Store, callbacks);
part!(callback::Exports, exports);
part!(Sessions, sessions);
part!(Streams, streams);
part!(Operations, operations);
part!(Replays, replays);
part!(Fetches, fetches);
part!(Catalog, catalog);

/// A server that answers.
pub struct Server {
    pub address: SocketAddr,
    pub sessions: Sessions,
    pub sources: Sources,
    /// Where senders and people reach it, without a trailing slash.
    pub url: String,
    /// Else its database is away, and it takes callbacks alone so far.
    pub is_whole: bool,
    /// Ends it, as a signal would.
    pub shutdown: Shutdown,
    ending: Ending,
    deadline: Duration,
}

impl Server {
    /// Starts everything; returns when the server answers. With a spool it does not wait for a database that is away: it
    /// takes callbacks, and becomes whole when the database is there. `database_url` is that of the configuration, or of the
    /// PostgreSQL that was started for it.
    pub async fn start(
        config: Config,
        database_url: SecretString,
        metrics: PrometheusHandle,
    ) -> anyhow::Result<Self> {
        let sources = source::all(&config.sources)?;
        anyhow::ensure!(
            sources.iter().all(Source::has_keys) || config.ingest.unsigned == Unsigned::Accept,
            "LLM_WEBHOOK_SECRET must be set: without it no callback can be verified (to try callbackd without one, set \
             CALLBACKD_UNSIGNED=accept; then anybody can store callbacks)"
        );
        let sources = Sources::new(sources)?;
        let settings = settings(&config, database_url);
        let direct = direct(&config, &settings);
        let patience = if config.spool.is_some() { Duration::ZERO } else { DATABASE_WAIT };
        let reached = database(&settings, &direct, patience).await;
        let is_whole = reached.is_ok();
        // Without it callbacks can be taken, if there is somewhere to put them.
        match reached {
            Err(error) if config.spool.is_none() || !is_away(&error) => return Err(error),
            _ => {}
        }
        let listener = http::listen(config.listen);
        let listener = listener.with_context(|| format!("cannot listen on {}", config.listen))?;
        let address = listener.local_addr()?;
        let url = config.public_url.clone().unwrap_or_else(|| format!("http://{}", reachable(address)));

        let (shutdown, ending) = Shutdown::new();
        let places = http::Places::new(&config.connections, &config.access.trusted_proxies);
        let deadline = config.shutdown_deadline;
        let ground = Ground::new(config, settings, direct, sources.clone(), url.clone(), metrics, &shutdown)?;
        let sessions = ground.sessions.clone();
        let app = if is_whole { ground.build().await? } else { meanwhile::serve(ground, address) };
        shutdown.task("http", http::serve(listener, app, places, shutdown.clone()));
        Ok(Self { address, sessions, sources, url, is_whole, shutdown, ending, deadline })
    }

    pub fn say_ready(&self) {
        say_ready(&self.url, self.address);
    }

    /// Runs until a signal, or until a task fails; then ends in order.
    pub async fn run(self) -> anyhow::Result<()> {
        self.ending.wait(self.deadline).await
    }
}

fn say_ready(url: &str, address: SocketAddr) {
    tracing::info!(url, %address, "callbackd {} is ready", env!("CARGO_PKG_VERSION"));
}

fn settings(config: &Config, url: SecretString) -> db::Settings {
    db::Settings {
        url,
        pool_max: config.database.pool_max,
        ca_file: config.database.ca_file.clone(),
        application_name: "callbackd".to_owned(),
    }
}

/// The schema is brought up to date before anybody uses it. A database that is just starting is waited for.
async fn database(settings: &db::Settings, direct: &db::Settings, patience: Duration) -> anyhow::Result<()> {
    let deadline = tokio::time::Instant::now() + patience;
    loop {
        let attempt = async {
            let db = Db::connect(settings).await?;
            db::migrate::up(settings).await?;
            // What the writer stores elsewhere would be acknowledged, and never be seen.
            anyhow::ensure!(
                Db::open(direct)?.identity().await? == db.identity().await?,
                "listener_database_url leads to another database than database_url"
            );
            anyhow::Ok(())
        };
        match attempt.await {
            Ok(()) => return Ok(()),
            Err(error) if is_away(&error) && tokio::time::Instant::now() < deadline => {
                tracing::warn!(error = %format!("{error:#}"), "the database is away, trying again");
                tokio::time::sleep(DATABASE_AGAIN).await;
            }
            Err(error) => return Err(error.context("the database cannot be used")),
        }
    }
}

/// The way of the listener and the writer, past a pooler where there is one: in transaction mode it swallows LISTEN, and
/// gives the writer's prepared statement to connections that do not have it.
fn direct(config: &Config, settings: &db::Settings) -> db::Settings {
    let url = config.database.listener_url.clone().unwrap_or_else(|| settings.url.clone());
    db::Settings { url, ..settings.clone() }
}

fn is_away(error: &anyhow::Error) -> bool {
    error.downcast_ref::<db::Error>().is_some_and(|error| error.class() == db::Class::Unavailable)
}

/// What the stations stand on: all that can be made before the database is there.
struct Ground {
    config: Config,
    settings: db::Settings,
    direct: db::Settings,
    db: Db,
    hub: Hub,
    /// This server, as its writer names it in notifications.
    node: Uuid,
    sources: Sources,
    sessions: Sessions,
    entrance: Entrance,
    url: String,
    metrics: PrometheusHandle,
    shutdown: Shutdown,
}

impl Ground {
    fn new(
        config: Config,
        settings: db::Settings,
        direct: db::Settings,
        sources: Sources,
        url: String,
        metrics: PrometheusHandle,
        shutdown: &Shutdown,
    ) -> anyhow::Result<Self> {
        let (db, hub, node) = (Db::open(&settings)?, Hub::new(&config.streams), Uuid::new_v4());
        let place = Place { public_url: config.public_url.clone(), development: config.development() };
        let (sessions, lookups) = Sessions::new(db.clone(), &config.access, config.external.as_ref(), place)?;
        shutdown.task("session look-ups", infallible(lookups.run(shutdown.hard.clone())));
        let entrance = Entrance::new(&config, direct.clone(), &db, &hub, sources.clone(), node, shutdown)?;
        let shutdown = shutdown.clone();
        Ok(Self {
            config,
            settings,
            direct,
            db,
            hub,
            node,
            sources,
            sessions,
            entrance,
            url,
            metrics,
            shutdown,
        })
    }

    /// Everything else, once the schema is there.
    async fn build(self) -> anyhow::Result<Router> {
        let config = &self.config;
        let catalog =
            Catalog::new(self.db.clone(), config.sources.clone(), self.sources.clone(), &config.seal_keys);
        let catalog = catalog.await?;
        self.shutdown.task("catalog of sources", infallible(catalog.clone().run(self.shutdown.hard.clone())));
        if let Some((email, password)) = &config.access.admin {
            self.sessions.ensure_first_admin(email, password).await.context("CALLBACKD_ADMIN_EMAIL")?;
        }
        let state = stations(self, catalog).await?;
        Ok(api::router(state))
    }
}

/// Makes the stations and starts their tasks.
async fn stations(ground: Ground, catalog: Catalog) -> anyhow::Result<AppState> {
    let Ground { config, direct, db, hub, node, sources, sessions, entrance, url, metrics, shutdown, .. } =
        ground;
    let callbacks = callback::Store::new(db.clone());
    let Entrance { ingest, handed, tasks } = entrance;
    let fetches = fetching(&db, &sources, &hub, &shutdown);
    tasks.start(&shutdown);

    let (news, heard) = mpsc::channel(NEWS_MAX);
    let parts = listen::Parts {
        settings: direct,
        db: db.clone(),
        store: callbacks.clone(),
        hub: hub.clone(),
        handed,
        news,
        node,
        poll_interval: config.listener.poll_interval,
    };
    let (listener, mode) = Listener::new(parts).await?;
    shutdown.task("listener", listener.run(shutdown.hard.clone()));

    let streams = Streams::new(config.streams.clone(), hub.clone(), callbacks.clone(), sessions.clone());
    let watch = Watch::new(streams.clone(), heard, catalog.bell());
    shutdown.task("watch over streams", watch.run(shutdown.soft.clone(), shutdown.hard.clone()));

    let replays = Replays::new(callbacks.clone(), streams.clone(), &config.replay_urls)?;

    let retention = Retention { db: db.clone(), keep: config.retention };
    keep_house(retention, sessions.clone(), metrics.clone(), &shutdown);

    let operations = Operations::new(crate::operations::Parts {
        db,
        mode,
        metrics,
        ingest: ingest.clone(),
        catalog: catalog.clone(),
        streams: streams.clone(),
        hub,
        shutdown: shutdown.clone(),
        url,
        development: config.development(),
        metrics_token: config.access.metrics_token.clone(),
        limits: (&config).into(),
        retention: config.retention,
        started_at: Utc::now(),
    });
    Ok(AppState(Arc::new(Stations {
        ingest,
        callbacks,
        exports: callback::Exports::default(),
        sessions,
        streams,
        operations,
        replays,
        fetches,
        catalog,
    })))
}

fn fetching(db: &Db, sources: &Sources, hub: &Hub, shutdown: &Shutdown) -> Fetches {
    let (task, handle) = Fetcher::new(db.clone(), sources.clone(), hub.clone());
    shutdown.task("fetcher", task.run(shutdown.hard.clone()));
    handle
}

/// What runs beside, for the sake of memory and disk.
fn keep_house(retention: Retention, sessions: Sessions, metrics: PrometheusHandle, shutdown: &Shutdown) {
    shutdown.task("retention", retention.run(shutdown.hard.clone()));
    shutdown.task("sweep", infallible(sweep(sessions, shutdown.clone())));
    shutdown.task("metrics", infallible(fold_metrics(metrics, shutdown.clone())));
}

async fn infallible(run: impl Future<Output = ()>) -> anyhow::Result<()> {
    run.await;
    Ok(())
}

/// Removes what has expired. Best effort: nothing depends on it but the size of tables.
async fn sweep(sessions: Sessions, shutdown: Shutdown) {
    loop {
        tokio::select! {
            () = shutdown.hard.cancelled() => return,
            () = tokio::time::sleep(SWEEP_INTERVAL) => {}
        }
        if let Err(error) = sessions.sweep().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "expired sessions were not removed");
        }
    }
}

async fn fold_metrics(metrics: PrometheusHandle, shutdown: Shutdown) {
    loop {
        tokio::select! {
            () = shutdown.hard.cancelled() => return,
            () = tokio::time::sleep(METRICS_INTERVAL) => metrics.run_upkeep(),
        }
    }
}

/// An address that a browser on this machine can be sent to: a wildcard is nobody's.
fn reachable(address: SocketAddr) -> SocketAddr {
    let mut address = address;
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

//! All stations and their tasks: first those that can do without the database, then the rest.

use anyhow::Context as _;
use axum::Router;
use chrono::Utc;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{
    database::Ways,
    entrance::Entrance,
    housekeeping, infallible,
    state::{AppState, Stations},
};
use crate::{
    api, callback,
    callback::Retention,
    catalog::Catalog,
    config::Config,
    db::Db,
    fetch::{Fetcher, Fetches},
    hub::Hub,
    ingest::Sources,
    listen::{self, Listener},
    operations::Operations,
    replay::Replays,
    session::{Place, Sessions},
    shutdown::Shutdown,
    stream::{NEWS_MAX, Streams, Watch},
};

/// What the stations stand on: all that can be made before the database is there.
pub struct Ground {
    config: Config,
    pub ways: Ways,
    db: Db,
    hub: Hub,
    /// This server, as its writer names it in notifications.
    node: Uuid,
    sources: Sources,
    pub catalog: Catalog,
    pub sessions: Sessions,
    pub entrance: Entrance,
    pub url: String,
    metrics: PrometheusHandle,
    pub shutdown: Shutdown,
}

impl Ground {
    pub fn new(
        config: Config,
        ways: Ways,
        sources: Sources,
        url: String,
        metrics: PrometheusHandle,
        shutdown: &Shutdown,
    ) -> anyhow::Result<Self> {
        let (db, hub, node) = (Db::open(&ways.pooled)?, Hub::new(&config.streams), Uuid::new_v4());
        let place = Place { public_url: config.public_url.clone(), development: config.development() };
        let (sessions, lookups) = Sessions::new(db.clone(), &config.access, config.external.as_ref(), place)?;
        shutdown.task("session look-ups", infallible(lookups.run(shutdown.hard.clone())));
        let entrance =
            Entrance::new(&config, ways.direct.clone(), &db, &hub, sources.clone(), node, shutdown)?;
        let spool = config.spool.as_ref().map(|spool| spool.dir.as_path());
        let (given, keys) = (config.sources.clone(), &config.seal_keys);
        let catalog = Catalog::new(db.clone(), given, sources.clone(), keys, spool, hub.alerts().clone());
        let shutdown = shutdown.clone();
        Ok(Self { config, ways, db, hub, node, sources, catalog, sessions, entrance, url, metrics, shutdown })
    }

    /// Everything else, once the schema is there.
    pub async fn build(self) -> anyhow::Result<Router> {
        let (catalog, hard) = (self.catalog.clone(), self.shutdown.hard.clone());
        catalog.load().await?;
        self.shutdown.task("catalog of sources", infallible(catalog.run(hard)));
        if let Some((email, password)) = &self.config.access.admin {
            self.sessions.ensure_first_admin(email, password).await.context("CALLBACKD_ADMIN_EMAIL")?;
        }
        Ok(api::router(stations(self).await?))
    }
}

/// Makes the stations and starts their tasks.
async fn stations(ground: Ground) -> anyhow::Result<AppState> {
    let Ground { config, ways, db, hub, node, sources, catalog, sessions, entrance, url, metrics, shutdown } =
        ground;
    let callbacks = callback::Store::new(db.clone());
    let Entrance { ingest, handed, tasks } = entrance;
    let fetches = fetching(&db, &sources, &hub, &shutdown);
    tasks.start(&shutdown);

    let (news, heard) = mpsc::channel(NEWS_MAX);
    let parts = listen::Parts {
        settings: ways.direct,
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
    housekeeping::start(retention, sessions.clone(), metrics.clone(), &shutdown);

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
    Ok(AppState::new(Stations {
        ingest,
        callbacks,
        exports: callback::Exports::default(),
        sessions,
        streams,
        operations,
        replays,
        fetches,
        catalog,
    }))
}

fn fetching(db: &Db, sources: &Sources, hub: &Hub, shutdown: &Shutdown) -> Fetches {
    let (task, handle) = Fetcher::new(db.clone(), sources.clone(), hub.clone());
    shutdown.task("fetcher", task.run(shutdown.hard.clone()));
    handle
}

//! Every setting: its name, its default, its limits and the reason for them. The only reader of the
//! environment.
//!
//! A setting is read as text from the first layer that has it (flag, environment, file, default) and parsed once,
//! here; everything behind this file holds typed values. Keys are flat on purpose: the same word is the key in the
//! file, the flag and, in capitals behind `CALLBACKD_`, the environment variable.

pub mod desk;
mod ignored;
mod layers;
mod parse;
mod seal_key;
mod sources;
mod table;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use ipnet::IpNet;
use secrecy::{ExposeSecret as _, SecretString};

pub use self::{
    layers::{Error, File, Layers, Origin},
    seal_key::SealKey,
    sources::{GivenSecret, GivenSource, SOURCE_SETTINGS, SourceSetting},
    table::{SETTINGS, Setting},
};

/// What is in force, typed, with where each value came from.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the server listens. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where senders and people reach the server, without a trailing slash; `None`: derived from `listen`.
    pub public_url: Option<String>,
    /// Where development mode keeps its PostgreSQL, its generated secret and its lock.
    pub data_dir: PathBuf,
    pub database: Database,
    pub ingest: Ingest,
    /// `None`: while the database is away, senders get 503.
    pub spool: Option<Spool>,
    /// Who may send, as configured; `source` knows what it means.
    pub sources: Vec<GivenSource>,
    pub rejects: Rejects,
    pub listener: Listener,
    pub streams: Streams,
    pub connections: Connections,
    pub access: Access,
    pub external: Option<External>,
    /// What lets commands in that talk to a server.
    pub token: Option<SecretString>,
    /// With which forwarded callbacks are signed anew.
    pub resign_secret: Option<SecretString>,
    /// What secrets in the database are sealed with; the first one seals, any of them opens.
    pub seal_keys: Vec<SealKey>,
    /// Where the server may send callbacks again.
    pub replay_urls: Vec<url::Url>,
    pub retention: Option<Duration>,
    pub log: Log,
    /// How long a stop waits for requests in flight before it ends them.
    pub shutdown_deadline: Duration,
    /// What was said in the environment and means nothing, a sentence each.
    pub ignored: Vec<String>,
    /// Each setting with its text (secrets masked) and its origin, in the order of the table; sources behind them.
    pub origins: Vec<Shown>,
}

#[derive(Debug, Clone)]
pub struct Shown {
    pub key: String,
    pub value: String,
    pub origin: Origin,
    pub environment: String,
    pub help: &'static str,
}

#[derive(Debug, Clone)]
pub struct Database {
    /// `None`: development mode, the server starts a PostgreSQL of its own.
    pub url: Option<SecretString>,
    /// For the listener's and the writer's connection, where `url` leads through a pooler in transaction mode.
    pub listener_url: Option<SecretString>,
    pub pool_max: usize,
    pub ca_file: Option<PathBuf>,
    /// Whether an own PostgreSQL may be started: unasked only on loopback.
    pub embedded: Embedded,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Embedded {
    /// When there is no `database_url` and the server listens on loopback.
    Auto,
    Yes,
    No,
}

#[derive(Debug, Clone)]
pub struct Ingest {
    pub unsigned: Unsigned,
    /// From the whole body read to the answer; beyond it 503.
    pub ack_deadline: Duration,
    /// From the request's head to the whole body; beyond it 408.
    pub body_deadline: Duration,
    pub queue_callbacks_max: usize,
    pub queue_bytes_max: usize,
    /// Callbacks a second of one source; `None`: no limit.
    pub rate_per_source: Option<u32>,
}

/// Where callbacks go while the database is away.
#[derive(Debug, Clone)]
pub struct Spool {
    pub dir: PathBuf,
    /// On disk; beyond it 503.
    pub bytes_max: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsigned {
    Reject,
    Accept,
}

#[derive(Debug, Clone)]
pub struct Rejects {
    pub per_source_per_minute: u32,
    pub per_address_per_minute: u32,
    pub rows_max: u32,
    pub bytes_max: u64,
}

#[derive(Debug, Clone)]
pub struct Listener {
    /// How often the table is read without a notification, jittered by a fifth.
    pub poll_interval: Duration,
}

#[derive(Debug, Clone)]
pub struct Streams {
    pub per_admin_max: usize,
    pub per_address_max: usize,
    pub max: usize,
    pub age_max: Duration,
    pub heartbeat: Duration,
    pub stall: Duration,
    pub ring_frames_max: usize,
    pub ring_bytes_max: usize,
}

#[derive(Debug, Clone)]
pub struct Connections {
    pub max: usize,
    pub per_address_max: usize,
}

#[derive(Debug, Clone)]
pub struct Access {
    pub session_idle: Duration,
    pub session_max: Duration,
    pub requests_per_minute: u32,
    pub trusted_proxies: Vec<IpNet>,
    /// The first admin, made at start when nobody has that address.
    pub admin: Option<(String, SecretString)>,
    pub metrics_token: Option<SecretString>,
}

/// An issuer whose access tokens may be exchanged for a session.
#[derive(Debug, Clone)]
pub struct External {
    pub issuer: String,
    pub audience: String,
    pub key: ExternalKey,
}

#[derive(Debug, Clone)]
pub enum ExternalKey {
    Hs256(SecretString),
    Jwks(url::Url),
}

#[derive(Debug, Clone)]
pub struct Log {
    pub filter: String,
    pub format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Pretty on a terminal, JSON otherwise.
    Auto,
    Pretty,
    Json,
}

impl Config {
    /// Resolves every setting. The first bad one is named with its value (never a secret's) and what is allowed.
    pub fn resolve(layers: &Layers) -> Result<Self, Error> {
        let sources = sources::gather(layers)?;
        let of_sources = sources.iter().flat_map(GivenSource::shown);
        let origins = layers.shown().into_iter().chain(of_sources).collect();
        let config = Self {
            listen: layers.parse("listen", parse::address)?,
            public_url: layers.optional("public_url", parse::public_url)?,
            data_dir: layers.parse("data_dir", parse::path)?,
            database: database(layers)?,
            ingest: ingest(layers)?,
            spool: spool(layers)?,
            sources,
            rejects: rejects(layers)?,
            listener: Listener { poll_interval: layers.parse("listener_poll_interval", parse::duration)? },
            streams: streams(layers)?,
            connections: Connections {
                max: layers.parse("connections_max", parse::count)?,
                per_address_max: layers.parse("connections_per_address_max", parse::count)?,
            },
            access: access(layers)?,
            external: external(layers)?,
            token: layers.secret("token")?,
            resign_secret: layers.secret("resign_secret")?,
            seal_keys: seal_keys(layers)?,
            replay_urls: layers.parse("replay_urls", parse::urls)?,
            retention: layers.optional("retention_days", parse::days)?,
            log: Log {
                filter: layers.parse("log", parse::log_filter)?,
                format: layers.parse("log_format", parse::log_format)?,
            },
            shutdown_deadline: layers.parse("shutdown_deadline", parse::duration)?,
            ignored: ignored::ignored(layers),
            origins,
        };
        layers.refuse_unknown()?;
        Ok(config)
    }

    /// The secrets that are configured for a source, newest first.
    pub fn secrets_of(&self, source: &str) -> &[GivenSecret] {
        let given = self.sources.iter().find(|given| given.name == source);
        given.map(|given| given.secrets.as_slice()).unwrap_or_default()
    }

    /// Gives a source one more secret, which nobody has configured.
    pub fn give_secret(&mut self, source: &str, text: SecretString) {
        let secret = GivenSecret {
            key: format!("sources.{source}.secret"),
            text,
            until: None,
            origin: Origin::Development,
        };
        if let Some(given) = self.sources.iter_mut().find(|given| given.name == source) {
            given.secrets.push(secret);
        } else {
            let mut given = GivenSource::named(source);
            given.secrets.push(secret);
            self.sources.push(given);
        }
    }

    /// Whether this server runs its own PostgreSQL: what behaviour calls development mode.
    pub fn development(&self) -> bool {
        self.database.url.is_none()
    }
}

fn seal_keys(layers: &Layers) -> Result<Vec<SealKey>, Error> {
    let mut keys = Vec::new();
    for key in ["secrets_key", "secrets_key_previous"] {
        let Some((text, origin)) = layers.secret_with_origin(key)? else { continue };
        let parsed = SealKey::parse(text.expose_secret()).map_err(|allowed| Error::Bad {
            key: key.to_owned(),
            value: "(hidden)".to_owned(),
            origin,
            allowed,
        });
        keys.push(parsed?);
    }
    Ok(keys)
}

fn database(layers: &Layers) -> Result<Database, Error> {
    Ok(Database {
        url: layers.secret("database_url")?,
        listener_url: layers.secret("listener_database_url")?,
        pool_max: layers.parse("database_pool_max", parse::count)?,
        ca_file: layers.optional("database_ca_file", parse::path)?,
        embedded: layers.parse("embedded", parse::embedded)?,
    })
}

fn ingest(layers: &Layers) -> Result<Ingest, Error> {
    Ok(Ingest {
        unsigned: layers.parse("unsigned", parse::unsigned)?,
        ack_deadline: layers.parse("ack_deadline", parse::duration)?,
        body_deadline: layers.parse("body_deadline", parse::duration)?,
        queue_callbacks_max: layers.parse("queue_callbacks_max", parse::count)?,
        queue_bytes_max: layers.parse("queue_bytes_max", parse::queue_bytes)?,
        rate_per_source: layers.optional("webhook_rate_per_source", parse::number)?,
    })
}

fn spool(layers: &Layers) -> Result<Option<Spool>, Error> {
    let bytes_max = layers.parse("spool_max_bytes", parse::spool_bytes)?;
    Ok(layers.optional("spool_dir", parse::path)?.map(|dir| Spool { dir, bytes_max }))
}

fn rejects(layers: &Layers) -> Result<Rejects, Error> {
    Ok(Rejects {
        per_source_per_minute: layers.parse("rejects_per_source_per_minute", parse::number)?,
        per_address_per_minute: layers.parse("rejects_per_address_per_minute", parse::number)?,
        rows_max: layers.parse("rejects_rows_max", parse::number)?,
        bytes_max: layers.parse("rejects_bytes_max", parse::number)?,
    })
}

fn streams(layers: &Layers) -> Result<Streams, Error> {
    Ok(Streams {
        per_admin_max: layers.parse("streams_per_admin_max", parse::count)?,
        per_address_max: layers.parse("streams_per_address_max", parse::count)?,
        max: layers.parse("streams_max", parse::count)?,
        age_max: layers.parse("stream_max_age", parse::duration)?,
        heartbeat: layers.parse("stream_heartbeat", parse::duration)?,
        stall: layers.parse("stream_stall", parse::duration)?,
        ring_frames_max: layers.parse("ring_frames_max", parse::count)?,
        ring_bytes_max: layers.parse("ring_bytes_max", parse::count)?,
    })
}

fn access(layers: &Layers) -> Result<Access, Error> {
    let admin = match (layers.optional("admin_email", parse::text)?, layers.secret("admin_password")?) {
        (Some(email), Some(password)) => Some((email, password)),
        (None, None) => None,
        (Some(_), None) => return Err(Error::needs("admin_email", "admin_password")),
        (None, Some(_)) => return Err(Error::needs("admin_password", "admin_email")),
    };
    Ok(Access {
        session_idle: layers.parse("session_idle", parse::duration)?,
        session_max: layers.parse("session_max", parse::duration)?,
        requests_per_minute: layers.parse("requests_per_minute", parse::number)?,
        trusted_proxies: layers.parse("trusted_proxies", parse::networks)?,
        admin,
        metrics_token: layers.secret("metrics_token")?,
    })
}

fn external(layers: &Layers) -> Result<Option<External>, Error> {
    let secret = layers.secret("external_hs256_secret")?;
    let jwks = layers.optional("external_jwks_url", parse::url)?;
    let Some(issuer) = layers.optional("external_issuer", parse::text)? else {
        return match (secret, jwks) {
            (None, None) => Ok(None),
            (Some(_), _) => Err(Error::needs("external_hs256_secret", "external_issuer")),
            (None, Some(_)) => Err(Error::needs("external_jwks_url", "external_issuer")),
        };
    };
    let audience = layers.text("external_audience")?;
    let key = match (secret, jwks) {
        (Some(secret), None) => ExternalKey::Hs256(secret),
        (None, Some(url)) => ExternalKey::Jwks(url),
        // Both would leave the algorithm to the token: exactly one is allowed.
        _ => {
            return Err(Error::needs(
                "external_issuer",
                "exactly one of external_hs256_secret, external_jwks_url",
            ));
        }
    };
    Ok(Some(External { issuer, audience, key }))
}

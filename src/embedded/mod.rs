//! A PostgreSQL of our own, for development and tests: found on this machine, started, and gone with us.
//!
//! Knows nothing of what is stored in it. The decision worth arguing about: PostgreSQL runs under a shell that holds the
//! reading end of a pipe of ours. When we stop, or are killed in whatever way, the pipe closes and the shell shuts
//! PostgreSQL down; no signal has to arrive, no thread has to live, and it works the same on Linux and macOS.

mod account;
mod error;
mod find;
mod launch;
mod pidfile;
mod place;

use std::path::Path;
use std::time::Duration;

use tokio::process::{Child, ChildStdin};
use tokio_postgres::NoTls;

pub use error::Error;

use pidfile::PidFile;
use place::Place;

use crate::lock::{self, Lock, NotLocked};

/// The superuser of the cluster, and the database in it.
const NAME: &str = "callbackd";

/// The port in the socket's name where none is asked for.
const PORT: u16 = 5432;
/// A short subcommand may hold the folder; a second server holds it for good.
const LOCK_WAIT: Duration = Duration::from_secs(5);
/// How often a condition is looked at again while waiting for it.
const POLL: Duration = Duration::from_millis(10);
/// A fast shutdown writes one checkpoint; a minute means a disk that no longer answers.
const STOP_WAIT: Duration = Duration::from_mins(1);

/// How the cluster is run. The default is what `callbackd serve` uses.
#[derive(Clone, Debug)]
pub struct Options {
    /// `max_connections` of the cluster.
    pub max_connections: u16,
    /// A port on 127.0.0.1 to listen on as well; none by default, so that only the private socket leads in.
    pub tcp_port: Option<u16>,
    /// Further `name=value` settings.
    pub settings: Vec<String>,
    /// Remove the whole data folder once PostgreSQL has ended, in whatever way we end: only for one made for this.
    pub remove_afterwards: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { max_connections: 100, tcp_port: None, settings: Vec::new(), remove_afterwards: false }
    }
}

/// A running PostgreSQL. Dropping it shuts PostgreSQL down without waiting; [`Embedded::stop`] waits.
#[derive(Debug)]
pub struct Embedded {
    url: String,
    shell: Child,
    pipe: Option<ChildStdin>,
    _lock: Lock,
}

/// Starts the cluster of a data folder, making it first if need be, and its database `callbackd`.
pub async fn start(data_dir: &Path) -> Result<Embedded, Error> {
    start_with(data_dir, Options::default()).await
}

/// The same, with options.
pub async fn start_with(data_dir: &Path, options: Options) -> Result<Embedded, Error> {
    let started = start_cluster(data_dir, &options).await;
    if started.is_err() && options.remove_afterwards {
        // No shell may have come to run that would do it; the error of the start says more than one of this.
        let _ = std::fs::remove_dir_all(data_dir);
    }
    started
}

async fn start_cluster(data_dir: &Path, options: &Options) -> Result<Embedded, Error> {
    let lock = lock(data_dir).await?;
    let place = Place::prepare(data_dir)?;
    let programs = find::programs(&place)?;
    let stale = pidfile::clear(&place.cluster).await?;
    launch::init(&place, &programs).await?;
    if options.remove_afterwards {
        place.account.own(data_dir).map_err(Error::io("handing over a folder to be removed"))?;
    }
    let port = options.tcp_port.unwrap_or(PORT);
    let remove = options.remove_afterwards.then_some(data_dir);
    let mut running = launch::spawn(&place, &programs, options, stale, remove).await?;
    if let Err(error) = wait_ready(&place, &mut running).await {
        drop(running.pipe.take());
        return Err(error);
    }
    let embedded =
        Embedded { url: place.url(port, NAME), shell: running.shell, pipe: running.pipe, _lock: lock };
    create_database(&place.url(port, "postgres")).await?;
    tracing::debug!(folder = %place.root.display(), version = programs.major, "development database is ready");
    Ok(embedded)
}

/// The cluster as it runs, or one started for the caller's own time.
#[derive(Debug)]
pub enum Attached {
    /// A server holds it: it goes when that server goes.
    Running(String),
    /// Started here: stop it when done.
    Started(Box<Embedded>),
}

impl Attached {
    /// How to connect.
    pub fn database_url(&self) -> &str {
        match self {
            Self::Running(url) => url,
            Self::Started(embedded) => embedded.database_url(),
        }
    }

    /// Stops what was started here; leaves a server's alone.
    pub async fn stop(self) -> Result<(), Error> {
        match self {
            Self::Running(_) => Ok(()),
            Self::Started(embedded) => embedded.stop().await,
        }
    }
}

/// For subcommands: the server's cluster while it runs, else one started for the time of the command.
pub async fn attach_or_start(data_dir: &Path) -> Result<Attached, Error> {
    match running_url(data_dir) {
        Some(url) => Ok(Attached::Running(url)),
        None => Ok(Attached::Started(Box::new(start(data_dir).await?))),
    }
}

/// Whether a data folder has a cluster, running or not.
pub fn is_made(data_dir: &Path) -> bool {
    Place::existing(data_dir).is_some_and(|place| place.major().is_some())
}

/// How to connect to the cluster of a data folder while somebody runs it.
pub fn running_url(data_dir: &Path) -> Option<String> {
    let place = Place::existing(data_dir)?;
    let pid_file = PidFile::read(&place.cluster)?;
    (pid_file.ready && pidfile::is_postgres(pid_file.pid)).then(|| place.url(pid_file.port, NAME))
}

impl Embedded {
    /// How to connect, by the private socket.
    pub fn database_url(&self) -> &str {
        &self.url
    }

    /// Shuts PostgreSQL down, cutting off whoever is connected, and waits for its end.
    pub async fn stop(mut self) -> Result<(), Error> {
        drop(self.pipe.take());
        match tokio::time::timeout(STOP_WAIT, self.shell.wait()).await {
            Ok(ended) => ended.map(|_| ()).map_err(Error::io("waiting for PostgreSQL to end")),
            Err(_) => Err(Error::StillRunning { seconds: STOP_WAIT.as_secs() }),
        }
    }

    /// Ends only when PostgreSQL does, so that a server can notice.
    pub async fn ended(&mut self) -> Result<(), Error> {
        self.shell.wait().await.map(|_| ()).map_err(Error::io("waiting for PostgreSQL"))
    }
}

async fn create_database(maintenance_url: &str) -> Result<(), Error> {
    let (client, connection) = tokio_postgres::connect(maintenance_url, NoTls).await?;
    let work = async {
        let sql = include_str!("../../sql/queries/embedded/has_database.sql");
        if client.query_opt(sql, &[&NAME]).await?.is_none() {
            client.batch_execute(include_str!("../../sql/queries/embedded/create_database.sql")).await?;
        }
        Ok(())
    };
    tokio::select! {
        done = work => done,
        ended = connection => Err(ended.map_or_else(Error::from, |()| Error::Ended(String::new()))),
    }
}

/// Line 1 of `postmaster.pid` is our child and line 8 says `ready`.
async fn wait_ready(place: &Place, running: &mut launch::Running) -> Result<(), Error> {
    loop {
        if PidFile::read(&place.cluster).is_some_and(|file| file.ready && file.pid == running.pid) {
            return Ok(());
        }
        let ended = running.shell.try_wait().map_err(Error::io("waiting for PostgreSQL"))?;
        if ended.is_some() {
            return Err(Error::Ended(place.end_of_log()));
        }
        tokio::time::sleep(POLL).await;
    }
}

/// The lock of a data folder: ours until we end, in whatever way.
async fn lock(data_dir: &Path) -> Result<Lock, Error> {
    place::create_data_dir(data_dir)?;
    let path = data_dir.join("postgres.lock");
    let deadline = tokio::time::Instant::now() + LOCK_WAIT;
    loop {
        match lock::lock(&path) {
            Ok(lock) => return Ok(lock),
            Err(NotLocked::Failed(source)) => return Err(Error::Folder { path, source }),
            Err(NotLocked::Held(_)) if tokio::time::Instant::now() < deadline => {
                tokio::time::sleep(POLL * 10).await;
            }
            Err(NotLocked::Held(holder)) => return Err(Error::InUse { folder: data_dir.into(), holder }),
        }
    }
}

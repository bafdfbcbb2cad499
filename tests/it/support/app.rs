//! Whole servers: in this process, or as the real program in a process of its own, which can be killed.
//!
//! Both are a [`Site`] with a database. What a test does not set is as in production.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::ops::Deref;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, OnceLock};

use callbackd::config::{Config, Layers};
use callbackd::server::Server;
use callbackd::shutdown::Shutdown;
use callbackd::telemetry;
use metrics_exporter_prometheus::PrometheusHandle;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use secrecy::SecretString;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStderr, Command};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_postgres::Client;

use super::PATIENCE;
use super::postgres::TestDatabase;
use super::secrets;
use super::site::{self, Site};

pub const SECRET: &str = "secret-of-the-tests";

/// Settings by environment variable.
pub type Settings<'a> = &'a [(&'a str, &'a str)];

/// A server in this process. Stops when dropped.
pub struct TestApp {
    site: Site,
    pub database: Arc<TestDatabase>,
    /// Beside the server.
    pub client: Client,
    shutdown: Shutdown,
    running: JoinHandle<anyhow::Result<()>>,
}

impl TestApp {
    /// With a database of its own.
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    pub async fn with(settings: Settings<'_>) -> Self {
        Self::beside(&Arc::new(TestDatabase::new().await), settings).await
    }

    /// One node of several over the same database, or another life of one.
    pub async fn beside(database: &Arc<TestDatabase>, settings: Settings<'_>) -> Self {
        Self::through(&database.url(), database, settings).await
    }

    /// A server that reaches its database by another address, such as a proxy's.
    pub async fn through(url: &str, database: &Arc<TestDatabase>, settings: Settings<'_>) -> Self {
        let started = Self::try_start(url, settings).await;
        let (server, secret) = started.expect("the server starts");
        let (address, shutdown) = (server.address, server.shutdown.clone());
        let running = tokio::spawn(server.run());
        let client = database.client().await;
        Self { site: Site::new(address, &secret), database: database.clone(), client, shutdown, running }
    }

    /// The server, or why it does not start.
    pub async fn try_start(url: &str, settings: Settings<'_>) -> anyhow::Result<(Server, String)> {
        secrets::watch_own_log();
        let environment = environment(url, settings);
        let secret = environment.get("LLM_WEBHOOK_SECRET").cloned().unwrap_or_default();
        let config = Config::resolve(&Layers::of(environment, None))?;
        let server = Server::start(config, SecretString::from(url.to_owned()), metrics()).await?;
        Ok((server, secret.trim().to_owned()))
    }

    /// The API token of a new admin.
    pub async fn admin(&self) -> String {
        site::admin_token(&self.client).await
    }

    /// Asks the server to stop in order, without waiting for it.
    pub fn ask_to_stop(&self) {
        self.shutdown.soft.cancel();
    }

    /// Stops in order; what is under way is finished.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.ask_to_stop();
        let ended = tokio::time::timeout(PATIENCE, &mut self.running).await;
        ended.expect("the server stops in time").expect("it does not panic")
    }
}

impl Deref for TestApp {
    type Target = Site;

    fn deref(&self) -> &Site {
        &self.site
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.shutdown.soft.cancel();
        self.shutdown.hard.cancel();
        self.running.abort();
        if !std::thread::panicking() {
            secrets::assert_none_was_logged();
        }
    }
}

/// The real program in a process of its own. Killed when dropped.
pub struct TestProcess {
    site: Site,
    pub database: Arc<TestDatabase>,
    pub client: Client,
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
    reading: JoinHandle<()>,
}

impl TestProcess {
    pub async fn start(settings: Settings<'_>) -> Self {
        Self::beside(&Arc::new(TestDatabase::new().await), settings).await
    }

    pub async fn beside(database: &Arc<TestDatabase>, settings: Settings<'_>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_callbackd"));
        command.arg("serve");
        Self::of(command, database, settings).await
    }

    /// None of its files may become longer than so many blocks of 512 bytes (1,024 with some shells).
    pub async fn with_short_files(blocks: u32, database: &Arc<TestDatabase>, settings: Settings<'_>) -> Self {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", &format!("ulimit -f {blocks} && exec \"$0\" serve")]);
        command.arg(env!("CARGO_BIN_EXE_callbackd"));
        Self::of(command, database, settings).await
    }

    async fn of(mut command: Command, database: &Arc<TestDatabase>, settings: Settings<'_>) -> Self {
        let environment = environment(&database.url(), settings);
        let secret = environment.get("LLM_WEBHOOK_SECRET").cloned().unwrap_or_default();
        let mut child = command
            .env_clear()
            .envs(environment)
            // No settings file lies there.
            .current_dir(std::env::temp_dir())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the program starts");
        let log = Arc::new(Mutex::new(Vec::new()));
        let (found, address) = oneshot::channel();
        let stderr = child.stderr.take().expect("it is a pipe");
        let reading = tokio::spawn(read_log(stderr, log.clone(), found));
        let address = tokio::time::timeout(PATIENCE, address).await.expect("it is ready in time");
        let address = address.unwrap_or_else(|_| panic!("it ended: {log:?}"));
        let client = database.client().await;
        Self {
            site: Site::new(address, secret.trim()),
            database: database.clone(),
            client,
            child,
            log,
            reading,
        }
    }

    /// The API token of a new admin.
    pub async fn admin(&self) -> String {
        site::admin_token(&self.client).await
    }

    /// Everything that it has logged so far.
    pub fn log(&self) -> String {
        self.log.lock().expect("nobody panicked over it").join("\n")
    }

    /// SIGTERM.
    pub fn terminate(&self) {
        self.signal(Signal::SIGTERM);
    }

    /// SIGKILL.
    pub async fn kill(&mut self) {
        self.signal(Signal::SIGKILL);
        self.ended().await;
    }

    pub async fn ended(&mut self) -> ExitStatus {
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        let status = ended.expect("the process ends in time").expect("it can be waited for");
        (&mut self.reading).await.expect("its log is read to the end");
        secrets::assert_none_was_logged();
        status
    }

    pub fn pid(&self) -> u32 {
        self.child.id().expect("it has not been waited for")
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.pid()).expect("a pid fits"));
        kill(pid, signal).expect("it is our own process");
    }
}

impl Deref for TestProcess {
    type Target = Site;

    fn deref(&self) -> &Site {
        &self.site
    }
}

fn environment(url: &str, settings: Settings<'_>) -> BTreeMap<String, String> {
    let defaults = [
        ("CALLBACKD_LISTEN", "127.0.0.1:0"),
        ("DATABASE_URL", url),
        ("LLM_WEBHOOK_SECRET", SECRET),
        ("CALLBACKD_LOG_FORMAT", "json"),
    ];
    let all = defaults.iter().chain(settings);
    secrets::register_settings(all.clone().copied());
    all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// One recorder serves the whole test program.
fn metrics() -> PrometheusHandle {
    static METRICS: OnceLock<PrometheusHandle> = OnceLock::new();
    METRICS.get_or_init(|| telemetry::metrics().expect("no other recorder is installed")).clone()
}

/// Keeps the log, and finds in it where the server listens.
async fn read_log(stderr: ChildStderr, log: Arc<Mutex<Vec<String>>>, found: oneshot::Sender<SocketAddr>) {
    let mut found = Some(found);
    let mut lines = BufReader::new(stderr).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        secrets::look_at_log(line.as_bytes());
        let entry: Value = serde_json::from_str(&line).unwrap_or_default();
        let address = entry["address"].as_str().and_then(|text| text.parse().ok());
        log.lock().expect("nobody panicked over it").push(line);
        if let (Some(address), Some(found)) = (address, found.take_if(|_| address.is_some())) {
            let _ = found.send(address);
        }
    }
}

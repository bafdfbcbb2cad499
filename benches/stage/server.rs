//! A server under load. Both sides are asked the same at the same paths.

use std::{
    ffi::OsStr,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context as _, ensure};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::{io::AsyncWriteExt as _, process::Command};

use super::{Stage, child::Child, connect, sessions, until};
use crate::{load::Connection, plain};

/// The binary that cargo has built beside this one, in the same profile.
pub const PRODUCT: &str = env!("CARGO_BIN_EXE_callbackd");
/// Names another binary of callbackd, to compare two of them.
const OTHER_PRODUCT: &str = "BENCH_CALLBACKD";
const READY_WAIT: Duration = Duration::from_secs(30);
const EMAIL: &str = "bench@example.org";

/// Both sides of a measurement.
pub struct Pair {
    pub product: Server,
    pub plain: Server,
}

impl Pair {
    /// Either goes first in every second round: whoever is first finds a machine that has just rested.
    pub fn in_turn(&self, round: usize) -> [&Server; 2] {
        if round.is_multiple_of(2) { [&self.product, &self.plain] } else { [&self.plain, &self.product] }
    }

    pub async fn stop(self) -> anyhow::Result<()> {
        self.product.stop().await?;
        self.plain.stop().await
    }
}

pub struct Server {
    pub name: &'static str,
    pub address: SocketAddr,
    pub token: String,
    /// Whether it promises that every stream gets every callback, in order.
    pub gapless: bool,
    pub database_url: String,
    child: Child,
}

impl Server {
    pub async fn product(stage: &Stage, database_url: String) -> anyhow::Result<Self> {
        Self::product_with(stage, database_url, &[]).await
    }

    pub async fn product_with(
        stage: &Stage,
        database_url: String,
        settings: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        let address = free_address()?;
        let child = Self::product_process(stage, address, &database_url, settings).await?;
        let token = token(&database_url).await?;
        Ok(Self { name: "callbackd", address, token, gapless: true, database_url, child })
    }

    /// Another node on the same database.
    pub async fn another(&self, stage: &Stage) -> anyhow::Result<Self> {
        let (address, database_url) = (free_address()?, self.database_url.clone());
        let child = Self::product_process(stage, address, &database_url, &[]).await?;
        Ok(Self { name: self.name, address, token: self.token.clone(), gapless: true, database_url, child })
    }

    /// Stops it in order. It can be started again where it was.
    pub async fn rest(self, stage: &Stage) -> anyhow::Result<Resting> {
        let Self { child, address, token, database_url, .. } = self;
        child.stop().await?;
        let transactions = stage.transactions(database_url.rsplit('/').next().unwrap_or_default()).await?;
        Ok(Resting { address, token, database_url, transactions })
    }

    async fn product_process(
        stage: &Stage,
        address: SocketAddr,
        database_url: &str,
        settings: &[(&str, &str)],
    ) -> anyhow::Result<Child> {
        let listen = address.to_string();
        let mut environment = vec![
            ("CALLBACKD_LISTEN", listen.as_str()),
            ("DATABASE_URL", database_url),
            ("LLM_WEBHOOK_SECRET", stage.secret.expose_secret()),
            // The defaults are for browsers; here a thousand streams come from one person at one address.
            ("CALLBACKD_STREAMS_PER_ADMIN_MAX", "20000"),
            ("CALLBACKD_STREAMS_PER_ADDRESS_MAX", "20000"),
            ("CALLBACKD_CONNECTIONS_PER_ADDRESS_MAX", "25000"),
            ("CALLBACKD_REQUESTS_PER_MINUTE", "1000000"),
        ];
        environment.extend(settings);
        let log = stage.folder.join("callbackd.log");
        let program = std::env::var_os(OTHER_PRODUCT).unwrap_or_else(|| PRODUCT.into());
        let mut child = Child::start(Path::new(&program), [OsStr::new("serve")], &environment, &log).await?;
        ready(&mut child, address, &log).await?;
        Ok(child)
    }

    pub async fn plain(stage: &Stage, database_url: String) -> anyhow::Result<Self> {
        let settings = callbackd::db::Settings {
            url: SecretString::from(database_url.clone()),
            pool_max: 1,
            ca_file: None,
            application_name: "callbackd-bench".to_owned(),
        };
        callbackd::db::migrate::up(&settings).await?;
        let address = free_address()?;
        let listen = address.to_string();
        let environment = [
            (plain::ADDRESS, listen.as_str()),
            ("DATABASE_URL", &database_url),
            ("LLM_WEBHOOK_SECRET", stage.secret.expose_secret()),
        ];
        let log = stage.folder.join("plain.log");
        let program: PathBuf = std::env::current_exe()?;
        let mut child = Child::start(&program, [OsStr::new("--plain")], &environment, &log).await?;
        ready(&mut child, address, &log).await?;
        let token = plain::TOKEN.to_owned();
        Ok(Self { name: "plain", address, token, gapless: false, database_url, child })
    }

    pub fn pid(&self) -> i32 {
        self.child.pid
    }

    pub async fn client(&self) -> anyhow::Result<tokio_postgres::Client> {
        connect(&self.database_url).await
    }

    pub async fn stop(self) -> anyhow::Result<()> {
        self.child.stop().await
    }

    /// Whole requests for as many streams, each of a session of its own.
    pub async fn stream_requests(&self, count: usize) -> anyhow::Result<Vec<Vec<u8>>> {
        let client = connect(&self.database_url).await?;
        sessions::stream_requests(&client, count).await
    }

    /// How many callbacks are stored.
    pub async fn rows(&self) -> anyhow::Result<usize> {
        let client = self.client().await?;
        let count: i64 = client.query_one("select count(*) from llm_callbacks", &[]).await?.try_get(0)?;
        Ok(usize::try_from(count)?)
    }
}

/// callbackd between two lives.
pub struct Resting {
    address: SocketAddr,
    token: String,
    database_url: String,
    /// In its database so far. Every statement of callbackd's is one.
    pub transactions: i64,
}

impl Resting {
    pub async fn start(&self, stage: &Stage) -> anyhow::Result<Server> {
        let (token, database_url) = (self.token.clone(), self.database_url.clone());
        let child = Server::product_process(stage, self.address, &database_url, &[]).await?;
        Ok(Server { name: "callbackd", address: self.address, token, gapless: true, database_url, child })
    }
}

/// Free a moment ago; nobody else asks for it in between but by bad luck, and then the start fails.
pub fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

async fn ready(child: &mut Child, address: SocketAddr, log: &Path) -> anyhow::Result<()> {
    let mut ended = false;
    until("a server is ready", READY_WAIT, || {
        ended = child.has_ended();
        async move { ended || is_ready(address).await }
    })
    .await
    .with_context(|| log.display().to_string())?;
    ensure!(!ended, "it ended by itself: {}", log.display());
    Ok(())
}

/// Until it takes connections.
pub async fn accepts(child: &mut Child, address: SocketAddr) -> anyhow::Result<()> {
    let mut ended = false;
    until("a server takes connections", READY_WAIT, || {
        ended = child.has_ended();
        async move { ended || Connection::open(address).await.is_ok() }
    })
    .await?;
    ensure!(!ended, "it ended by itself");
    Ok(())
}

pub async fn is_ready(address: SocketAddr) -> bool {
    let Ok(mut connection) = Connection::open(address).await else { return false };
    connection.get("/readyz").await.is_ok_and(|answer| answer.status == 200)
}

/// By the command line, as a person would get one.
async fn token(database_url: &str) -> anyhow::Result<String> {
    let create = ["admin", "create", "--email", EMAIL, "--password-stdin"];
    command(database_url, &create, b"a long enough password\n").await?;
    let token = command(database_url, &["token", "create", "--email", EMAIL, "--name", "bench"], b"").await?;
    Ok(token.trim().to_owned())
}

async fn command(database_url: &str, arguments: &[&str], input: &[u8]) -> anyhow::Result<String> {
    let mut command = Command::new(PRODUCT);
    command.args(arguments).env_clear().env("DATABASE_URL", database_url).current_dir(std::env::temp_dir());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn()?;
    child.stdin.take().context("standard input is a pipe")?.write_all(input).await?;
    let output = tokio::time::timeout(READY_WAIT, child.wait_with_output()).await??;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "callbackd {}: {said}", arguments.join(" "));
    Ok(String::from_utf8(output.stdout)?)
}

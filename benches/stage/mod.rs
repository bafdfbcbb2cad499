//! What is measured, set up anew: one PostgreSQL for both sides, and on it a server and a database for each.

mod bare;
mod child;
mod copied;
mod fill;
mod footprint;
mod server;
mod sessions;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context as _;
use callbackd::embedded::{self, Embedded};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use secrecy::SecretString;
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

pub use self::{
    bare::{BATCH, batches, single_rows},
    child::Child,
    copied::copied,
    fill::fill,
    footprint::DataFolder,
    server::{Pair, Server, accepts, free_address},
};

/// What the PostgreSQL of both sides runs with besides its defaults: nothing that costs durability. Checkpoints come
/// when the bench asks for one, between the runs.
pub const POSTGRES_SETTINGS: [&str; 4] =
    ["shared_buffers=512MB", "max_wal_size=8GB", "checkpoint_timeout=30min", "fsync=on"];

pub struct Stage {
    postgres: Embedded,
    maintenance: Client,
    /// Of this whole run.
    pub secret: SecretString,
    /// For logs and the report.
    pub folder: PathBuf,
    /// Where PostgreSQL's data lies.
    pub data_dir: PathBuf,
}

impl Stage {
    pub async fn set_up() -> anyhow::Result<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench");
        std::fs::create_dir_all(&folder)?;
        let data_dir = temporary_folder();
        let options = embedded::Options {
            settings: POSTGRES_SETTINGS.map(str::to_owned).into(),
            remove_afterwards: true,
            ..embedded::Options::default()
        };
        let postgres = embedded::start_with(&data_dir, options).await?;
        let maintenance = connect(&url_of(&postgres, "postgres")).await?;
        let secret = SecretString::from(Uuid::new_v4().simple().to_string());
        Ok(Self { postgres, maintenance, secret, folder, data_dir })
    }

    /// callbackd and the plain design, each with an empty database.
    pub async fn pair(&self, measurement: &str) -> anyhow::Result<Pair> {
        let product = self.database(&format!("callbackd_{measurement}")).await?;
        let plain = self.database(&format!("plain_{measurement}")).await?;
        Ok(Pair {
            product: Server::product(self, product).await.context("starting callbackd")?,
            plain: Server::plain(self, plain).await.context("starting the plain design")?,
        })
    }

    /// callbackd alone, with an empty database and these settings besides.
    pub async fn product(&self, measurement: &str, settings: &[(&str, &str)]) -> anyhow::Result<Server> {
        let database = self.database(&format!("callbackd_{measurement}")).await?;
        Server::product_with(self, database, settings).await.context("starting callbackd")
    }

    /// So far in a database that nobody is connected to any more.
    async fn transactions(&self, database: &str) -> anyhow::Result<i64> {
        let connected = "select count(*) from pg_stat_activity where datname = $1";
        let done = "select xact_commit + xact_rollback from pg_stat_database where datname = $1";
        let number = async |sql: &str| -> Result<i64, tokio_postgres::Error> {
            self.maintenance.query_one(sql, &[&database]).await?.try_get(0)
        };
        while number(connected).await? > 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(number(done).await?)
    }

    async fn database(&self, name: &str) -> anyhow::Result<String> {
        self.maintenance
            .batch_execute(&format!("create database {name} encoding 'UTF8' template template0"))
            .await?;
        Ok(url_of(&self.postgres, name))
    }

    /// Before each run, so that none pays for what another has written.
    pub async fn checkpoint(&self) -> anyhow::Result<()> {
        Ok(self.maintenance.batch_execute("checkpoint").await?)
    }

    /// A program that came with this PostgreSQL.
    pub async fn program(&self, name: &str) -> anyhow::Result<PathBuf> {
        let pid: i32 = self.maintenance.query_one("select pg_backend_pid()", &[]).await?.try_get(0)?;
        let server = std::fs::read_link(format!("/proc/{pid}/exe")).context("where PostgreSQL is")?;
        let program = server.with_file_name(name);
        anyhow::ensure!(program.is_file(), "there is no {}", program.display());
        Ok(program)
    }

    pub async fn postgres_version(&self) -> anyhow::Result<String> {
        Ok(self.maintenance.query_one("show server_version", &[]).await?.try_get(0)?)
    }

    pub async fn take_down(self) -> anyhow::Result<()> {
        drop(self.maintenance);
        Ok(self.postgres.stop().await?)
    }
}

async fn connect(url: &str) -> anyhow::Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    // Ends with the client.
    tokio::spawn(connection);
    Ok(client)
}

fn url_of(postgres: &Embedded, database: &str) -> String {
    let url = postgres.database_url();
    let server = url.rsplit_once('/').map_or(url, |(server, _)| server);
    format!("{server}/{database}")
}

/// Directly below the system's: PostgreSQL's account must be able to reach it, also when it is not ours.
fn temporary_folder() -> PathBuf {
    std::env::temp_dir().join(format!("callbackd-bench-{}", Uuid::new_v4().simple()))
}

/// A thousand streams are a thousand sockets here, and as many in each server: they inherit it.
pub fn raise_open_files() -> anyhow::Result<()> {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).context("raising the limit of open files")
}

/// Asked again every few milliseconds until it is true.
async fn until<F: Future<Output = bool>>(
    what: &str,
    wait: Duration,
    mut holds: impl FnMut() -> F,
) -> anyhow::Result<()> {
    let waiting = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(wait, waiting).await.with_context(|| format!("waited in vain until {what}"))
}

//! One PostgreSQL for the whole test program, and a database of its own for each test.
//!
//! Notifications, advisory locks and sequences belong to a database, so tests with one each can run side by side. It is
//! cloned from a template that was migrated once. The decision worth arguing about: the cluster is started through the
//! product's own launcher, so that every run of the tests also tries that, and nothing has to be installed or cleaned.

use std::path::PathBuf;
use std::sync::OnceLock;

use callbackd::db::{self, Db};
use callbackd::embedded::{self, Embedded};
use secrecy::SecretString;
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

/// Every test may hold a few dozen connections, on as many threads as the machine has.
const CONNECTIONS: u16 = 300;

const TEMPLATE: &str = "migrated";

struct Cluster {
    /// Never dropped: PostgreSQL goes when this program ends, however it ends, and takes its folder along.
    embedded: Embedded,
}

static CLUSTER: OnceLock<Cluster> = OnceLock::new();

/// A database that one test has for itself; gone when dropped.
pub struct TestDatabase {
    name: String,
    url: String,
    /// Of the shared cluster, and not of one that goes as a whole.
    is_shared: bool,
}

impl TestDatabase {
    /// A copy of the migrated schema, without data.
    pub async fn new() -> Self {
        Self::cloned_from(TEMPLATE).await
    }

    /// Without a schema, as a first start finds it.
    pub async fn empty() -> Self {
        Self::cloned_from("template0").await
    }

    async fn cloned_from(template: &str) -> Self {
        let name = format!("t{}", Uuid::new_v4().simple());
        let client = maintenance().await;
        let sql = format!("create database {name} encoding 'UTF8' template {template}");
        client.batch_execute(&sql).await.expect("a database is created");
        Self { url: url_of(&name), name, is_shared: true }
    }

    /// The database of another cluster, which is not removed.
    pub fn at(url: String) -> Self {
        let name = url.rsplit('/').next().expect("a URL has a path").to_owned();
        Self { name, url, is_shared: false }
    }

    /// How to connect, by the cluster's socket.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Settings with a small pool.
    pub fn settings(&self) -> db::Settings {
        settings(&self.url())
    }

    /// The product's own pool over this database.
    pub async fn db(&self) -> Db {
        Db::connect(&self.settings()).await.expect("the test database is there")
    }

    /// A plain connection, beside whatever the product does.
    pub async fn client(&self) -> Client {
        connect(&self.url()).await
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if !self.is_shared {
            return;
        }
        let sql = format!("drop database if exists {} with (force)", self.name);
        // Not waited for: if the program ends first, the whole cluster goes.
        std::thread::spawn(move || {
            on_own_runtime(async move {
                // A database that stays costs only room.
                let _ = maintenance().await.batch_execute(&sql).await;
            });
        });
    }
}

/// Settings for any URL, such as one that leads through a proxy.
pub fn settings(url: &str) -> db::Settings {
    db::Settings {
        url: SecretString::from(url.to_owned()),
        pool_max: 8,
        ca_file: None,
        application_name: "callbackd-test".to_owned(),
    }
}

/// The socket of the shared cluster, for a proxy in front of it.
pub fn socket() -> PathBuf {
    let config: tokio_postgres::Config =
        cluster().embedded.database_url().parse().expect("our own URL is valid");
    match &config.get_hosts()[0] {
        tokio_postgres::config::Host::Unix(folder) => folder.join(".s.PGSQL.5432"),
        tokio_postgres::config::Host::Tcp(name) => unreachable!("the cluster has a socket only, not {name}"),
    }
}

async fn maintenance() -> Client {
    connect(&url_of("postgres")).await
}

async fn connect(url: &str) -> Client {
    let (client, connection) =
        tokio_postgres::connect(url, NoTls).await.expect("the cluster takes connections");
    // Ends with the client.
    tokio::spawn(connection);
    client
}

fn url_of(database: &str) -> String {
    let url = cluster().embedded.database_url();
    let (server, _) = url.rsplit_once('/').expect("a URL has a path");
    format!("{server}/{database}")
}

fn cluster() -> &'static Cluster {
    CLUSTER.get_or_init(|| std::thread::spawn(|| on_own_runtime(start())).join().expect("the cluster starts"))
}

async fn start() -> Cluster {
    let folder = std::env::temp_dir().join(format!("callbackd-it-{}", Uuid::new_v4().simple()));
    let options = embedded::Options {
        max_connections: CONNECTIONS,
        remove_afterwards: true,
        ..embedded::Options::default()
    };
    let embedded = embedded::start_with(&folder, options).await.expect("PostgreSQL is on this machine");
    let (server, _) = embedded.database_url().rsplit_once('/').expect("a URL has a path");
    let template = format!("{server}/{TEMPLATE}");
    let client = connect(&format!("{server}/postgres")).await;
    client
        .batch_execute(&format!("create database {TEMPLATE} template template0"))
        .await
        .expect("a template");
    db::migrate::up(&settings(&template)).await.expect("the migrations apply");
    Cluster { embedded }
}

/// The shared cluster must not belong to the runtime of whichever test came first.
fn on_own_runtime<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime can be made").block_on(work)
}

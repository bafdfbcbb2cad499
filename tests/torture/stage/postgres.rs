//! A PostgreSQL under our hands: it crashes, comes back, is copied, follows another and takes its place.
//!
//! Made by the product's own launcher, then run without it: that one knows no standby.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use callbackd::embedded;
use nix::sys::signal::Signal;
use nix::unistd::Uid;
use tokio::process::Command;
use tokio_postgres::{Client, NoTls};

use super::process::{Account, Process};
use crate::support::eventually;

const SETTINGS: [&str; 9] = [
    "listen_addresses=",
    "max_connections=80",
    "wal_level=replica",
    "max_wal_senders=8",
    "hot_standby=on",
    "logging_collector=off",
    "log_min_messages=warning",
    // Else a small disk would be full of what is kept for later.
    "min_wal_size=32MB",
    "max_wal_size=64MB",
];

/// What of an installation is needed to run one.
#[derive(Clone, Debug)]
pub struct Programs {
    bin: PathBuf,
    account: Option<Account>,
}

pub struct Postgres {
    programs: Programs,
    /// Holds data, socket and log.
    folder: PathBuf,
    process: Option<Process>,
}

impl Postgres {
    /// A new cluster with an empty database `callbackd`; not running yet.
    pub async fn create(folder: &Path) -> Self {
        let embedded = embedded::start(folder).await.expect("PostgreSQL is on this machine");
        let client = connect(embedded.database_url()).await.expect("it takes connections");
        let sql = "select setting from pg_config where name = 'BINDIR'";
        let bin: String = client.query_one(sql, &[]).await.expect("a superuser may ask").get(0);
        drop(client);
        embedded.stop().await.expect("it stops");
        fs::rename(folder.join("postgres/data"), folder.join("data")).expect("its data can be moved");
        let owner = fs::metadata(folder.join("data")).expect("it is there");
        let account = Account { uid: owner.uid(), gid: owner.gid() };
        let account = Uid::effective().is_root().then_some(account);
        Self { programs: Programs { bin: bin.into(), account }, folder: folder.to_owned(), process: None }
            .prepared()
    }

    /// A place for the copy of another.
    pub fn beside(&self, folder: &Path) -> Self {
        fs::create_dir_all(folder).expect("a folder can be made");
        Self { programs: self.programs.clone(), folder: folder.to_owned(), process: None }.prepared()
    }

    fn prepared(self) -> Self {
        self.own(&self.folder);
        self
    }

    fn own(&self, path: &Path) {
        if let Some(Account { uid, gid }) = self.programs.account {
            chown(path, Some(uid), Some(gid)).expect("root may");
        }
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).expect("it is ours");
    }

    pub fn socket(&self) -> PathBuf {
        self.folder.join(".s.PGSQL.5432")
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// How to connect, beside all proxies.
    pub fn url(&self) -> String {
        format!("host={} user=callbackd dbname=callbackd", self.folder.display())
    }

    pub async fn client(&self) -> Client {
        self.try_client().await.expect("it takes connections")
    }

    pub async fn try_client(&self) -> Result<Client, tokio_postgres::Error> {
        connect(&self.url()).await
    }

    /// Ready to be asked when it returns.
    pub async fn start(&mut self) {
        let mut command = vec![self.program("postgres"), "-D".into(), self.data().display().to_string()];
        let sockets = format!("unix_socket_directories=\"{}\"", self.folder.display());
        let settings = SETTINGS.iter().map(|&setting| setting.to_owned()).chain([sockets]);
        command.extend(settings.flat_map(|setting| ["-c".to_owned(), setting]));
        let log = self.folder.join("log");
        self.process =
            Some(Process::start(&command, &[], self.programs.account, &log, Signal::SIGQUIT).await);
        eventually("PostgreSQL takes connections", async || connect(&self.url()).await.is_ok()).await;
    }

    /// At once, as when the machine dies: nothing is written any more.
    pub async fn crash(&mut self) {
        let mut process = self.process.take().expect("it runs");
        process.signal(Signal::SIGQUIT);
        process.ended().await;
    }

    /// Whether it runs, or has ended by itself.
    pub fn is_running(&mut self) -> bool {
        self.process.as_mut().is_some_and(|process| !process.has_ended())
    }

    /// Replaces its data by a copy of another's that runs.
    pub async fn copy(&self, other: &Self) {
        let _ = fs::remove_dir_all(self.data());
        let mut command = self.command("pg_basebackup");
        command.arg("--pgdata").arg(self.data()).arg("--host").arg(&other.folder);
        command.args(["--username=callbackd", "--checkpoint=fast", "--wal-method=stream", "--no-sync"]);
        finished(command).await;
    }

    /// Its data is replaced by what another, which does not run, has.
    pub fn take_data(&self, other: &Self) {
        let _ = fs::remove_dir_all(self.data());
        fs::rename(other.data(), self.data()).expect("both are on one disk");
    }

    /// Starts as a standby of another, whose copy it is.
    pub async fn follow(&mut self, primary: &Self) {
        fs::write(self.data().join("standby.signal"), "").expect("it can be written");
        // Where `alter system` can change it.
        let settings = fs::File::options().append(true).open(self.data().join("postgresql.auto.conf"));
        let whom = primary.folder.display();
        writeln!(
            settings.expect("a cluster has one"),
            "primary_conninfo = 'host={whom} user=callbackd application_name=standby'"
        )
        .expect("it can be written");
        self.start().await;
    }

    /// Ends being a standby. By a program, not by a query: what is still being recovered may cancel those.
    pub async fn promote(&self) {
        let mut command = self.command("pg_ctl");
        command.args(["promote", "--wait", "--silent", "--pgdata"]).arg(self.data());
        finished(command).await;
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// One of PostgreSQL's programs, as the user that it runs as.
    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(self.program(name));
        command.current_dir("/").kill_on_drop(true);
        if let Some(Account { uid, gid }) = self.programs.account {
            command.uid(uid).gid(gid);
        }
        command
    }

    fn program(&self, name: &str) -> String {
        self.programs.bin.join(name).display().to_string()
    }
}

async fn finished(mut command: Command) {
    let output = command.output().await.expect("it is beside postgres");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

async fn connect(url: &str) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    // Ends with the client.
    tokio::spawn(connection);
    Ok(client)
}

//! A PostgreSQL of one test's own, which can die.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use callbackd::embedded::{self, Embedded};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use uuid::Uuid;

use super::postgres::TestDatabase;

/// Gone, with its folder, when dropped.
pub struct OwnCluster {
    folder: PathBuf,
    embedded: Option<Embedded>,
    pub database: Arc<TestDatabase>,
}

impl OwnCluster {
    pub async fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("callbackd-it-{}", Uuid::new_v4().simple()));
        let embedded = embedded::start(&folder).await.expect("PostgreSQL is on this machine");
        let database = Arc::new(TestDatabase::at(embedded.database_url().to_owned()));
        Self { folder, embedded: Some(embedded), database }
    }

    /// Ends it at once, as when it crashes: nothing is written any more, connections break.
    pub async fn crash(&mut self) {
        let pid = self.pid().expect("it runs");
        kill(pid, Signal::SIGQUIT).expect("it is our own process");
        let mut embedded = self.embedded.take().expect("it runs");
        embedded.ended().await.expect("it can be waited for");
    }

    /// Starts it again after a crash, with what it had written.
    pub async fn revive(&mut self) {
        let again = embedded::start(&self.folder).await;
        self.embedded = Some(again.expect("it recovers"));
    }

    /// A copy of what it has written, after a crash.
    pub fn snapshot(&self) -> PathBuf {
        let copy = self.folder.join("snapshot");
        // Its files belong to whoever PostgreSQL runs as.
        let copied = Command::new("cp").arg("-a").arg(self.data()).arg(&copy).status();
        assert!(copied.is_ok_and(|status| status.success()), "its files can be copied");
        copy
    }

    pub fn put_back(&self, snapshot: PathBuf) {
        fs::remove_dir_all(self.data()).expect("it does not run");
        fs::rename(snapshot, self.data()).expect("both are in one folder");
    }

    fn data(&self) -> PathBuf {
        self.folder.join("postgres/data")
    }

    /// The process of PostgreSQL itself.
    fn pid(&self) -> Option<Pid> {
        let file = fs::read_to_string(self.data().join("postmaster.pid")).ok()?;
        file.lines().next()?.trim().parse().ok().map(Pid::from_raw)
    }
}

impl Drop for OwnCluster {
    fn drop(&mut self) {
        let running = self.embedded.take().and_then(|_| self.pid());
        let deadline = Instant::now() + Duration::from_secs(10);
        // Its folder can be removed only once it has ended.
        while running.is_some_and(|pid| kill(pid, None).is_ok()) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

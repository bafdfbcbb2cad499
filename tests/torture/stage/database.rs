//! The database of all nodes: one host, or a primary and its standby, which change places.

use std::path::{Path, PathBuf};

use tokio_postgres::Client;

use super::postgres::Postgres;
use crate::model::Cursor;
use crate::support::eventually;

/// Whether commits wait for the standby.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replication {
    None,
    Asynchronous,
    Synchronous,
}

pub struct Database {
    hosts: Vec<Postgres>,
    /// Which of them is the primary.
    primary: usize,
    replication: Replication,
    /// A base backup, once one was taken.
    backup: Option<Postgres>,
}

impl Database {
    pub async fn start(folder: &Path, replication: Replication) -> Self {
        let mut first = Postgres::create(&folder.join("a")).await;
        first.start().await;
        let second = (replication != Replication::None).then(|| first.beside(&folder.join("b")));
        let hosts = [first].into_iter().chain(second).collect();
        let mut database = Self { hosts, primary: 0, replication, backup: None };
        if replication != Replication::None {
            database.build_standby().await;
        }
        database
    }

    /// Where nodes find all hosts.
    pub fn sockets(&self) -> Vec<PathBuf> {
        self.hosts.iter().map(Postgres::socket).collect()
    }

    /// To the primary.
    pub async fn client(&self) -> Client {
        self.hosts[self.primary].client().await
    }

    /// The same while it may be away.
    pub async fn try_client(&self) -> Result<Client, tokio_postgres::Error> {
        self.hosts[self.primary].try_client().await
    }

    pub async fn crash(&mut self) {
        self.hosts[self.primary].crash().await;
    }

    pub async fn revive(&mut self) {
        if !self.hosts[self.primary].is_running() {
            self.hosts[self.primary].start().await;
        }
    }

    async fn build_standby(&mut self) {
        let standby = 1 - self.primary;
        let (left, right) = self.hosts.split_at_mut(1);
        let (primary, host) = match standby {
            1 => (&left[0], &mut right[0]),
            _ => (&right[0], &mut left[0]),
        };
        host.copy(primary).await;
        host.follow(primary).await;
        let client = primary.client().await;
        let sql = "select count(*) from pg_stat_replication where state = 'streaming'";
        eventually("the standby follows", async || {
            client.query_one(sql, &[]).await.is_ok_and(|row| row.get::<_, i64>(0) > 0)
        })
        .await;
        if self.replication == Replication::Synchronous {
            let name = "alter system set synchronous_standby_names = 'standby'";
            client.batch_execute(name).await.expect("a superuser may");
            client.batch_execute("select pg_reload_conf()").await.expect("a superuser may");
            eventually("commits wait for the standby", async || {
                let sql = "select count(*) from pg_stat_replication where sync_state = 'sync'";
                client.query_one(sql, &[]).await.is_ok_and(|row| row.get::<_, i64>(0) > 0)
            })
            .await;
        }
    }

    /// From now on the standby hears nothing more, as if its line were cut.
    pub async fn cut_off_standby(&self) {
        let standby = self.hosts[1 - self.primary].client().await;
        let sql = "alter system set primary_conninfo = ''";
        standby.batch_execute(sql).await.expect("a superuser may");
        standby.batch_execute("select pg_reload_conf()").await.expect("a superuser may");
    }

    /// Commits wait for it from now on, where replication is synchronous.
    pub async fn crash_standby(&mut self) {
        self.hosts[1 - self.primary].crash().await;
    }

    pub async fn revive_standby(&mut self) {
        self.hosts[1 - self.primary].start().await;
    }

    /// The standby takes the place of the primary, which is dead for good. Up to where nothing was lost.
    pub async fn promote(&mut self) -> Cursor {
        let standby = &self.hosts[1 - self.primary];
        let kept = head(&standby.client().await).await;
        standby.promote().await;
        self.primary = 1 - self.primary;
        kept
    }

    /// What was the primary begins anew, as a standby.
    pub async fn replace_standby(&mut self) {
        self.build_standby().await;
    }

    pub async fn back_up(&mut self) {
        let host = &self.hosts[self.primary];
        let backup = host.beside(&host.folder().with_extension("backup"));
        backup.copy(host).await;
        self.backup = Some(backup);
    }

    /// The primary dies, and is started again with what the backup holds. Up to where nothing was lost.
    pub async fn restore(&mut self) -> Cursor {
        self.crash().await;
        let backup = self.backup.take().expect("one was taken");
        let host = &mut self.hosts[self.primary];
        host.take_data(&backup);
        host.start().await;
        head(&host.client().await).await
    }
}

/// The highest position.
async fn head(client: &Client) -> Cursor {
    let row = client.query_one("select coalesce(max(seq), 0) from llm_callbacks", &[]).await;
    row.expect("the table is there").get(0)
}

//! A foreign session that holds the lock of the cursor: callbacks gather in the writer's queue until it lets go, behind
//! the two batches that the writer has on its way.

use tokio_postgres::Client;

use super::eventually;
use super::postgres::TestDatabase;
use super::site::{Answer, Site, llm};

/// The lock under which positions are drawn.
const CURSOR_LOCK: i64 = 7_161_124_095_258_616_683;

/// Opens when dropped, as the session ends.
pub struct Gate {
    client: Client,
}

impl Gate {
    pub async fn closed(database: &TestDatabase) -> Self {
        let client = database.client().await;
        client.execute("select pg_advisory_lock($1)", &[&CURSOR_LOCK]).await.expect("nobody holds it");
        Self { client }
    }

    /// Waits until a batch stands before it.
    pub async fn held_up(&self) {
        let sql = "select count(*) from pg_locks join pg_database on pg_database.oid = pg_locks.database
            where locktype = 'advisory' and not granted and datname = current_database()";
        eventually("a batch waits for the lock of the cursor", async || {
            let row = self.client.query_one(sql, &[]).await.expect("locks can be seen");
            row.get::<_, i64>(0) > 0
        })
        .await;
    }

    /// One callback on its way in each of the two batches; returns when they are answered.
    pub async fn two_ahead(&self, site: &Site) -> [Answer; 2] {
        let second = async {
            self.held_up().await;
            site.deliver(ahead("second")).await
        };
        let (first, second) = tokio::join!(site.deliver(ahead("first")), second);
        [first, second]
    }

    /// Waits until these two are on their way: what is delivered from now on gathers.
    pub async fn two_are_ahead(&self, site: &Site, admin: &str) {
        self.held_up().await;
        reading(site, admin, ahead("first").len() + ahead("second").len()).await;
        queued(site, admin, 0).await;
    }

    pub async fn open(&self) {
        self.client.execute("select pg_advisory_unlock($1)", &[&CURSOR_LOCK]).await.expect("it was ours");
    }
}

fn ahead(job: &str) -> String {
    llm("workflow.completed", job)
}

/// Waits until so many callbacks are queued behind the batches that are on their way.
pub async fn queued(site: &Site, admin: &str, callbacks: u64) {
    load_is(site, admin, "callbacks", callbacks).await;
}

/// Waits until bodies of so many bytes together are being read or wait to be written.
pub async fn reading(site: &Site, admin: &str, bytes: usize) {
    load_is(site, admin, "bytes", bytes as u64).await;
}

async fn load_is(site: &Site, admin: &str, what: &str, amount: u64) {
    eventually("so much is on its way", async || {
        let system = site.get(admin, "/api/admin/system").await;
        system.json["queue"][what].as_u64() == Some(amount)
    })
    .await;
}

//! What is acted upon: nodes in processes of their own, their proxies, and a PostgreSQL that can die.

mod database;
mod disk;
mod node;
mod postgres;
mod process;

use std::path::{Path, PathBuf};

use tokio::sync::{Mutex, MutexGuard};

pub use database::{Database, Replication};
pub use disk::can_be_small;
pub use node::Node;

use crate::support::site;
use disk::Folder;

/// Where logs and the report go.
pub fn output() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/torture");
    std::fs::create_dir_all(&folder).expect("target can be written");
    folder
}

/// How it is set up.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Names its logs.
    pub name: &'static str,
    pub nodes: usize,
    pub replication: Replication,
    /// How often nodes read the table without being notified.
    pub poll_interval: &'static str,
    /// The database on a disk of so many megabytes.
    pub disk_mb: Option<u32>,
    /// Whether nodes have an outage spool.
    pub spools: bool,
}

/// Everything ends, and is removed, when it is dropped.
pub struct Stage {
    pub nodes: Vec<Node>,
    database: Mutex<Database>,
    /// An admin's.
    pub token: String,
    // After the processes whose files are in it.
    pub folder: Folder,
}

impl Stage {
    pub async fn set_up(setting: &Setting) -> Self {
        let folder = Folder::new(setting.disk_mb);
        let database = Database::start(folder.path(), setting.replication).await;
        let mut nodes = Vec::new();
        for number in 0..setting.nodes {
            let log = output().join(format!("{}-node-{number}.log", setting.name));
            let _ = std::fs::remove_file(&log);
            let spool = setting.spools.then(|| folder.path().join(format!("spool-{number}")));
            nodes.push(Node::start(&database.sockets(), setting.poll_interval, spool.as_deref(), &log).await);
        }
        let token = site::admin_token(&database.client().await).await;
        Self { nodes, database: Mutex::new(database), token, folder }
    }

    /// Whether nothing is left in any node's spool.
    pub fn is_drained(&self) -> bool {
        let spools = (0..self.nodes.len()).map(|number| self.folder.path().join(format!("spool-{number}")));
        let mut files = spools.filter_map(|spool| std::fs::read_dir(spool).ok()).flatten().flatten();
        files.all(|file| file.path().extension().is_none_or(|extension| extension != "v1"))
    }

    /// Faults of the database come one after the other.
    pub async fn database(&self) -> MutexGuard<'_, Database> {
        self.database.lock().await
    }
}

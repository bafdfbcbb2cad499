//! callbackd alone, as a developer starts it: with a PostgreSQL of its own in a data folder.

use std::{ffi::OsStr, fs, path::PathBuf, time::Duration};

use anyhow::Context as _;
use callbackd::development::Ready;
use tokio::time::Instant;

use super::{
    child::Child,
    server::{PRODUCT, is_ready},
    temporary_folder, until,
};

const READY_WAIT: Duration = Duration::from_mins(1);

/// Gone when dropped.
pub struct DataFolder(PathBuf);

/// A server with a data folder of its own.
pub struct Development {
    child: Child,
    /// From starting the process to an answer that it is ready.
    pub started_in: Duration,
}

impl DataFolder {
    pub fn new() -> Self {
        Self(temporary_folder())
    }

    pub async fn start(&self, log: &std::path::Path) -> anyhow::Result<Development> {
        let begin = Instant::now();
        let arguments = ["serve", "--listen", "127.0.0.1:0", "--data-dir"].map(OsStr::new);
        let arguments = arguments.into_iter().chain([self.0.as_os_str()]);
        let child = Child::start(PRODUCT.as_ref(), arguments, &[], log).await?;
        until("callbackd is ready", READY_WAIT, || async {
            // Written when it answers; whether it is ready is asked.
            let Some(address) =
                Ready::read(&self.0).and_then(|ready| ready.url.strip_prefix("http://")?.parse().ok())
            else {
                return false;
            };
            is_ready(address).await
        })
        .await
        .with_context(|| log.display().to_string())?;
        Ok(Development { child, started_in: begin.elapsed() })
    }
}

impl Drop for DataFolder {
    fn drop(&mut self) {
        // What stays behind costs room only.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Development {
    pub fn pid(&self) -> i32 {
        self.child.pid
    }

    pub async fn stop(self) -> anyhow::Result<()> {
        self.child.stop().await
    }
}

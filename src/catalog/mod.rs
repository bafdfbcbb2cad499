//! All sources there are: those of the configuration, and those that admins have added, which lie in the database.
//!
//! The decision worth arguing about: the configuration wins. What it says can be changed by nobody who can only sign in,
//! and a source of the database that would take its name or its path is left out, and says why.

mod api;
mod copy;
mod kept;
mod store;
pub(crate) mod vault;

use std::{
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

use chrono::{DateTime, Utc};
use tokio::sync::{Mutex, Notify};
use tokio_util::sync::CancellationToken;

use self::{
    copy::Copy,
    store::{NewSecret, SourceRow},
};
use crate::{
    client,
    config::{Error as Misconfigured, GivenSource, SealKey},
    db::{self, Db},
    hub::{Alert, Alerts},
    ingest::Sources,
    source::{self, Source},
};

pub use self::{
    api::routes,
    kept::{Kept, KeptSecret},
    vault::Vault,
};

/// Sources that admins may add.
pub const SOURCES_MAX: i64 = 100;
/// Secrets of one of them: two are live while one is rotated.
pub const SECRETS_MAX: i64 = 10;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Database(#[from] db::Error),
    #[error(transparent)]
    Client(#[from] client::Error),
    #[error(transparent)]
    Configuration(#[from] Misconfigured),
}

/// What admins have added, for those who only look.
pub async fn look(db: &Db, keys: &[SealKey]) -> Result<Vec<Kept>, db::Error> {
    let vault = Vault::new(keys);
    let rows = store::all(db).await?;
    Ok(rows.into_iter().map(|row| Kept::read(row, &vault)).collect())
}

/// A handle, cheap to clone.
#[derive(Clone)]
pub struct Catalog(Arc<Parts>);

struct Parts {
    db: Db,
    configured: Vec<GivenSource>,
    /// What requests are received with.
    sources: Sources,
    vault: Vault,
    kept: RwLock<Arc<Vec<Kept>>>,
    /// For a start in an outage, where there is an outage spool.
    copy: Option<Arc<Copy>>,
    alerts: Alerts,
    /// An older look at the database must not replace a newer one.
    loading: Mutex<Loading>,
    changed: Arc<Notify>,
}

#[derive(Default)]
struct Loading {
    /// What the copy says.
    copied: String,
    /// From when on it is the copy that is received with.
    recalled_at: Option<DateTime<Utc>>,
}

impl Catalog {
    /// Knows nothing yet: it is told to load, or to recall. `spool` is the folder of the outage spool.
    pub fn new(
        db: Db,
        configured: Vec<GivenSource>,
        sources: Sources,
        keys: &[SealKey],
        spool: Option<&Path>,
        alerts: Alerts,
    ) -> Self {
        Self(Arc::new(Parts {
            db,
            configured,
            sources,
            vault: Vault::new(keys),
            kept: RwLock::default(),
            copy: spool.map(|folder| Arc::new(Copy::inside(folder))),
            alerts,
            loading: Mutex::default(),
            changed: Arc::default(),
        }))
    }

    /// Rung when somebody has changed a source, or may have.
    pub fn bell(&self) -> Arc<Notify> {
        self.0.changed.clone()
    }

    /// In the order of their names.
    pub fn kept(&self) -> Arc<Vec<Kept>> {
        self.0.kept.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Follows what other nodes change, until `shutdown`.
    pub async fn run(self, shutdown: CancellationToken) {
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = self.0.changed.notified() => {}
            }
            if let Err(error) = self.load().await {
                // What was known stays in force; the next gap in the news, at the latest, rings again.
                tracing::warn!(error = &error as &dyn std::error::Error, "the sources were not read again");
            }
        }
    }

    /// Reads the database, and receives with what it says from then on.
    pub async fn load(&self) -> Result<(), Error> {
        let parts = &*self.0;
        let mut loading = parts.loading.lock().await;
        let mut rows = store::all(&parts.db).await?;
        if self.seal_again(&rows).await? {
            rows = store::all(&parts.db).await?;
        }
        self.copy(&rows, &mut loading).await;
        let before = self.kept();
        self.put_in_force(rows)?;
        if let Some(since) = loading.recalled_at.take() {
            let now = self.kept();
            let outdated: Vec<_> = before.iter().filter(|kept| !kept.still_holds(&now)).collect();
            if !outdated.is_empty() {
                let names: Vec<_> = outdated.iter().map(|kept| kept.name.as_str()).collect();
                parts.alerts.raise(Alert::sources_outdated(&names.join(", "), since));
            }
        }
        Ok(())
    }

    /// Receives with what was last known, since the database is away. Where that cannot be read, with the sources of the
    /// configuration alone.
    pub async fn recall(&self) -> Result<(), Error> {
        let Some(copy) = &self.0.copy else { return Ok(()) };
        let mut loading = self.0.loading.lock().await;
        match copy.read() {
            Ok(None) => {}
            Ok(Some(rows)) => {
                self.put_in_force(rows)?;
                loading.recalled_at = Some(Utc::now());
                let sources = self.kept().iter().filter(|kept| kept.usable().is_some()).count();
                tracing::info!(sources, "until the database is back, sources of admins are those last known");
            }
            Err(error) => {
                tracing::error!(
                    file = %copy.path().display(),
                    error = &error as &dyn std::error::Error,
                    "what was last known of the sources that admins have added cannot be used: until the database is \
                     back their callbacks are answered 503"
                );
            }
        }
        Ok(())
    }

    /// For the next start. What is there already is not written again.
    async fn copy(&self, rows: &[SourceRow], loading: &mut Loading) {
        let Parts { copy: Some(copy), alerts, .. } = &*self.0 else { return };
        let text = copy::encode(rows).expect("a source is JSON");
        if text == loading.copied {
            return;
        }
        let (copy, written) = (copy.clone(), text.clone());
        let written = tokio::task::spawn_blocking(move || copy.write(&written)).await;
        match written.expect("nothing there panics") {
            Ok(()) => {
                loading.copied = text;
                alerts.clear(Alert::SOURCES_NOT_COPIED);
            }
            Err(error) => alerts.raise(Alert::sources_not_copied(&error.to_string())),
        }
    }

    fn put_in_force(&self, rows: Vec<SourceRow>) -> Result<(), Error> {
        let parts = &*self.0;
        let mut live = source::all(&parts.configured)?;
        let mut kept: Vec<Kept> = rows.into_iter().map(|row| Kept::read(row, &parts.vault)).collect();
        for kept in &mut kept {
            let Some(source) = kept.usable() else { continue };
            match clash(&live, &source.name, &source.path) {
                None => live.push(source.clone()),
                Some(why) => kept.problem = Some(why),
            }
        }
        let before = self.kept();
        // They are read again every few seconds: what is wrong is said when it becomes so.
        let is_known =
            |kept: &Kept| before.iter().any(|old| old.name == kept.name && old.problem == kept.problem);
        for kept in kept.iter().filter(|kept| kept.problem.is_some() && !is_known(kept)) {
            tracing::error!(source = kept.name, problem = kept.problem, "a source cannot be used");
        }
        parts.sources.replace(live)?;
        *parts.kept.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(kept);
        Ok(())
    }

    /// What a key sealed that is being replaced is sealed with the new one. Whether there was any.
    async fn seal_again(&self, rows: &[SourceRow]) -> Result<bool, Error> {
        let Parts { db, vault, .. } = &*self.0;
        let mut any = false;
        for row in rows {
            for secret in row.secrets.iter().filter(|secret| vault.is_outdated(&secret.sealed)) {
                let Ok(text) = vault.open(&row.name, secret.id, &secret.sealed) else { continue };
                let Ok(sealed) = vault.seal(&row.name, secret.id, &text) else { continue };
                store::seal_again(db, &NewSecret { id: secret.id, sealed }, &secret.sealed.key_id).await?;
                any = true;
                tracing::info!(source = row.name, "a secret was sealed with the new secrets_key");
            }
            let key = row.fetch_key.as_ref().filter(|key| vault.is_outdated(&key.sealed));
            if let Some(key) = key {
                let bound = kept::bound_to_fetch(&row.name);
                let Ok(text) = vault.open(&bound, key.id, &key.sealed) else { continue };
                let Ok(sealed) = vault.seal(&bound, key.id, &text) else { continue };
                let new = NewSecret { id: key.id, sealed };
                store::seal_fetch_key_again(db, &row.name, &new, &key.sealed.key_id).await?;
                any = true;
            }
        }
        Ok(any)
    }
}

/// Why a source cannot be beside `others`.
fn clash(others: &[Source], name: &str, path: &str) -> Option<String> {
    if others.iter().any(|other| &*other.name == name) {
        return Some(format!("the configuration has a source {name}"));
    }
    let other = others.iter().find(|other| other.path == path)?;
    Some(format!("its path {path} is that of {} too: set another path", other.name))
}

//! All sources there are: those of the configuration, and those that admins have added, which lie in the database.
//!
//! The decision worth arguing about: the configuration wins. What it says can be changed by nobody who can only sign in,
//! and a source of the database that would take its name or its path is left out, and says why.

mod api;
mod kept;
mod store;
pub(crate) mod vault;

use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::{Mutex, Notify};
use tokio_util::sync::CancellationToken;

use self::store::NewSecret;
use crate::{
    client,
    config::{Error as Misconfigured, GivenSource, SealKey},
    db::{self, Db},
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
    /// An older look at the database must not replace a newer one.
    loading: Mutex<()>,
    changed: Arc<Notify>,
}

impl Catalog {
    /// With what the database holds now.
    pub async fn new(
        db: Db,
        configured: Vec<GivenSource>,
        sources: Sources,
        keys: &[SealKey],
    ) -> Result<Self, Error> {
        let catalog = Self(Arc::new(Parts {
            db,
            configured,
            sources,
            vault: Vault::new(keys),
            kept: RwLock::default(),
            loading: Mutex::default(),
            changed: Arc::default(),
        }));
        catalog.load().await?;
        Ok(catalog)
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
    async fn load(&self) -> Result<(), Error> {
        let parts = &*self.0;
        let _one_at_a_time = parts.loading.lock().await;
        let rows = store::all(&parts.db).await?;
        self.seal_again(&rows).await?;
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

    /// What a key sealed that is being replaced is sealed with the new one.
    async fn seal_again(&self, rows: &[store::SourceRow]) -> Result<(), Error> {
        let Parts { db, vault, .. } = &*self.0;
        for row in rows {
            for secret in row.secrets.iter().filter(|secret| vault.is_outdated(&secret.sealed)) {
                let Ok(text) = vault.open(&row.name, secret.id, &secret.sealed) else { continue };
                let Ok(sealed) = vault.seal(&row.name, secret.id, &text) else { continue };
                store::seal_again(db, &NewSecret { id: secret.id, sealed }, &secret.sealed.key_id).await?;
                tracing::info!(source = row.name, "a secret was sealed with the new secrets_key");
            }
            let key = row.fetch_key.as_ref().filter(|key| vault.is_outdated(&key.sealed));
            if let Some(key) = key {
                let bound = kept::bound_to_fetch(&row.name);
                let Ok(text) = vault.open(&bound, key.id, &key.sealed) else { continue };
                let Ok(sealed) = vault.seal(&bound, key.id, &text) else { continue };
                let new = NewSecret { id: key.id, sealed };
                store::seal_fetch_key_again(db, &row.name, &new, &key.sealed.key_id).await?;
            }
        }
        Ok(())
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

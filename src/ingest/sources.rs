//! All enabled sources, by path: a snapshot that can be replaced while requests come in.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use ed25519_dalek::VerifyingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk};

use crate::{client, jwks::Jwks, source::Source};

/// A source with what keeps its published keys.
#[derive(Debug)]
pub struct Enabled {
    pub source: Source,
    pub published: Option<Arc<Jwks<VerifyingKey>>>,
}

/// A handle, cheap to clone; all clones see a replacement at once.
#[derive(Debug, Clone)]
pub struct Sources(Arc<RwLock<Arc<Snapshot>>>);

type Snapshot = HashMap<String, Arc<Enabled>>;

impl Sources {
    pub fn new(sources: Vec<Source>) -> Result<Self, client::Error> {
        let snapshot = snapshot(sources, &Snapshot::new())?;
        Ok(Self(Arc::new(RwLock::new(Arc::new(snapshot)))))
    }

    /// Puts others in their place. Requests that are being received go on with what they began with.
    pub fn replace(&self, sources: Vec<Source>) -> Result<(), client::Error> {
        let snapshot = snapshot(sources, &self.snapshot())?;
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
        Ok(())
    }

    pub fn at(&self, path: &str) -> Option<Arc<Enabled>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(path).cloned()
    }

    pub fn contains(&self, path: &str) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains_key(path)
    }

    /// In the order of their names.
    pub fn all(&self) -> Vec<Arc<Enabled>> {
        let mut all: Vec<_> = self.snapshot().values().cloned().collect();
        all.sort_by(|a, b| a.source.name.cmp(&b.source.name));
        all
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Keys that were fetched for an address before are taken over.
fn snapshot(sources: Vec<Source>, before: &Snapshot) -> Result<Snapshot, client::Error> {
    let known = |url: &url::Url| {
        let mut published = before.values().filter_map(|enabled| enabled.published.as_ref());
        published.find(|published| published.url() == url).cloned()
    };
    let enabled = |source: Source| {
        let published = match &source.jwks_url {
            None => None,
            Some(url) => Some(known(url).map_or_else(|| published_at(url).map(Arc::new), Ok)?),
        };
        Ok((source.path.clone(), Arc::new(Enabled { source, published })))
    };
    sources.into_iter().map(enabled).collect()
}

/// The keys that a service publishes there.
pub fn published_at(url: &url::Url) -> Result<Jwks<VerifyingKey>, client::Error> {
    Jwks::new(url.clone(), usable)
}

/// Whether such a key can verify, and with it what can.
pub fn usable(jwk: &Jwk) -> Option<VerifyingKey> {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let AlgorithmParameters::OctetKeyPair(key) = &jwk.algorithm else { return None };
    let bytes = URL_SAFE_NO_PAD.decode(key.x.trim_end_matches('=')).ok()?;
    let bytes: [u8; 32] = bytes.try_into().ok()?;
    VerifyingKey::from_bytes(&bytes).ok().filter(|_| key.curve == EllipticCurve::Ed25519)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::GivenSource, source};

    fn fal(path: &str) -> Source {
        let mut given = GivenSource::named("fal");
        given.settings.insert("path".to_owned(), path.into());
        source::all(&[given]).unwrap().into_iter().find(|source| &*source.name == "fal").unwrap()
    }

    #[test]
    fn a_replacement_is_seen_by_every_handle_and_takes_fetched_keys_over() {
        let sources = Sources::new(vec![fal("/before")]).unwrap();
        let handle = sources.clone();
        let before = handle.at("/before").unwrap();
        sources.replace(vec![fal("/after")]).unwrap();
        assert!(!handle.contains("/before"));
        let after = handle.at("/after").unwrap();
        assert_eq!((&*after.source.name, handle.all().len()), ("fal", 1));
        assert!(Arc::ptr_eq(before.published.as_ref().unwrap(), after.published.as_ref().unwrap()));
    }
}

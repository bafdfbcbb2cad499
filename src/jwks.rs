//! Keys that somebody publishes (JWKS, RFC 7517): fetched when needed, kept for a while, asked for again when none fits.
//!
//! Anybody can send what names unknown keys, so asking again is limited; and the answer is somebody else's, so it is
//! bounded in time and size and leads nowhere else.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use serde::Deserialize;
use tokio::{sync::Mutex, time::Instant};

use crate::client;

/// A key set is asked for again after this long, so that a withdrawn key stops working.
const FRESH: Duration = Duration::from_mins(10);

/// While the publisher cannot be reached, the last known keys work this long.
const KEPT: Duration = Duration::from_hours(6);

/// Between two requests to the publisher, whatever is asked for and whether it answers.
const BETWEEN: Duration = Duration::from_secs(10);

/// One whole request: somebody waits for it.
const WAIT: Duration = Duration::from_secs(5);

/// A set of some keys is a few kilobytes.
const BYTES_MAX: usize = 262_144;
const KEYS_MAX: usize = 64;

/// Why there are no keys. For logs; never holds anything of the answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("published keys are not available: {0}")]
pub struct Unavailable(String);

/// A key and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named<K> {
    pub id: Option<String>,
    pub key: K,
}

/// The keys of one publisher. Shared, never changed.
pub type Keys<K> = Arc<[Named<K>]>;

/// One publisher. `usable` says what a published key is good for, if it is.
#[derive(Debug)]
pub struct Jwks<K> {
    url: url::Url,
    client: reqwest::Client,
    usable: fn(&Jwk) -> Option<K>,
    kept: RwLock<Kept<K>>,
    /// Held while the publisher is asked: everybody else who needs new keys waits for the same answer.
    asked: Mutex<Asked>,
}

#[derive(Debug)]
struct Kept<K> {
    keys: Keys<K>,
    /// When they were fetched.
    at: Option<Instant>,
}

#[derive(Debug, Default)]
struct Asked {
    last: Option<Instant>,
    answered: bool,
}

impl<K> Jwks<K> {
    pub fn new(url: url::Url, usable: fn(&Jwk) -> Option<K>) -> Result<Self, client::Error> {
        let kept = RwLock::new(Kept { keys: Arc::new([]), at: None });
        Ok(Self { url, client: client()?, usable, kept, asked: Mutex::default() })
    }

    pub fn url(&self) -> &url::Url {
        &self.url
    }

    /// The keys; asked for if none are kept or these are old. Old ones do while the publisher is away.
    pub async fn keys(&self) -> Result<Keys<K>, Unavailable> {
        if let Some(keys) = self.kept(FRESH) {
            return Ok(keys);
        }
        let asked = self.ask(FRESH).await;
        self.kept(KEPT).map_or_else(|| Err(asked.err().unwrap_or_else(Unavailable::just_asked)), Ok)
    }

    /// Keys newer than `known`, of which none fits; the same again if there are no newer ones. An error when that is
    /// not known, because the publisher does not answer.
    pub async fn newer(&self, known: &Keys<K>) -> Result<Keys<K>, Unavailable> {
        let kept = self.kept(KEPT).filter(|kept| !Arc::ptr_eq(kept, known));
        if let Some(keys) = kept {
            return Ok(keys);
        }
        self.ask(Duration::ZERO).await?;
        self.kept(KEPT).ok_or_else(Unavailable::just_asked)
    }

    /// Asks, unless somebody else has just done so or keys have become younger than `age` meanwhile.
    async fn ask(&self, age: Duration) -> Result<(), Unavailable> {
        let mut asked = self.asked.lock().await;
        if self.kept(age).is_some() {
            return Ok(());
        }
        if asked.last.is_some_and(|last| last.elapsed() < BETWEEN) {
            return if asked.answered { Ok(()) } else { Err(Unavailable::just_asked()) };
        }
        let fetched = self.fetch().await;
        *asked = Asked { last: Some(Instant::now()), answered: fetched.is_ok() };
        let keys =
            fetched.inspect_err(|error| tracing::warn!(%error, url = %self.url, "keys were not fetched"))?;
        let kept = Kept { keys, at: Some(Instant::now()) };
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = kept;
        Ok(())
    }

    fn kept(&self, age_max: Duration) -> Option<Keys<K>> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.at.is_some_and(|at| at.elapsed() < age_max).then(|| kept.keys.clone())
    }

    async fn fetch(&self) -> Result<Keys<K>, Unavailable> {
        let fetched = tokio::time::timeout(WAIT, self.body()).await;
        let body = fetched.map_err(|_| Unavailable("no answer in time".to_owned()))??;
        parse(&body, self.usable)
    }

    async fn body(&self) -> Result<Vec<u8>, Unavailable> {
        let unavailable = |error: reqwest::Error| Unavailable(error.without_url().to_string());
        let mut response = self.client.get(self.url.clone()).send().await.map_err(unavailable)?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(Unavailable(format!("the answer's status is {}", response.status())));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unavailable)? {
            if body.len() + chunk.len() > BYTES_MAX {
                return Err(Unavailable(format!("the answer is over {BYTES_MAX} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

impl Unavailable {
    fn just_asked() -> Self {
        Self("they could not be fetched a moment ago".to_owned())
    }
}

/// The keys that can be used. Others in the set are left out: keys are published for other purposes as well.
pub fn parse<K>(body: &[u8], usable: fn(&Jwk) -> Option<K>) -> Result<Keys<K>, Unavailable> {
    #[derive(Deserialize)]
    struct Set {
        keys: Vec<serde_json::Value>,
    }
    let set: Set =
        serde_json::from_slice(body).map_err(|error| Unavailable(format!("no key set: {error}")))?;
    let named = |key| {
        let jwk: Jwk = serde_json::from_value(key).ok()?;
        let encrypts = matches!(jwk.common.public_key_use, Some(PublicKeyUse::Encryption));
        let key = usable(&jwk).filter(|_| !encrypts)?;
        Some(Named { id: jwk.common.key_id, key })
    };
    Ok(set.keys.into_iter().take(KEYS_MAX).filter_map(named).collect())
}

/// No proxy from the environment: the address is the operator's.
fn client() -> Result<reqwest::Client, client::Error> {
    Ok(client::builder()?.no_proxy().connect_timeout(WAIT).build()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_for_signing_are_kept_and_others_left_out() {
        let set = serde_json::json!({"keys": [
            {"kty": "OKP", "kid": "one", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
            {"kty": "OKP", "use": "enc", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
            {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
            "nonsense",
        ]});
        let keys = parse(set.to_string().as_bytes(), |_| Some(())).unwrap();
        let ids: Vec<_> = keys.iter().map(|key| key.id.as_deref()).collect();
        assert_eq!(ids, [Some("one"), None]);
        assert!(parse(b"{}", |_| Some(())).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn keys_grow_old_and_end() {
        let url = "http://127.0.0.1:9/".parse().unwrap();
        let jwks: Jwks<()> = Jwks::new(url, |_| Some(())).unwrap();
        assert!(jwks.kept(KEPT).is_none());
        *jwks.kept.write().unwrap() = Kept { keys: Arc::new([]), at: Some(Instant::now()) };
        assert!(jwks.kept(FRESH).is_some());
        tokio::time::advance(FRESH).await;
        assert!(jwks.kept(FRESH).is_none() && jwks.kept(KEPT).is_some());
        tokio::time::advance(KEPT).await;
        assert!(jwks.kept(KEPT).is_none());
    }
}

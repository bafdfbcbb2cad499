//! The issuer's published keys: fetched when needed, kept for a while, asked for again when a token names a new one.
//!
//! Anybody can send tokens that name unknown keys, so asking again is limited; and the answer is somebody else's, so it
//! is bounded in time and size and leads nowhere else.

use std::time::Duration;

use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse},
};
use serde::Deserialize;
use tokio::{sync::Mutex, time::Instant};

use super::{Error, Key};
use crate::client;

/// A key set is asked for again after this long, so that a withdrawn key stops working.
const FRESH: Duration = Duration::from_mins(10);

/// While the issuer cannot be reached, the last known keys work this long.
const KEPT: Duration = Duration::from_hours(6);

/// Between two requests to the issuer, whatever tokens name and whether it answers.
const BETWEEN: Duration = Duration::from_secs(10);

/// One whole request: somebody waits for it.
const WAIT: Duration = Duration::from_secs(5);

/// A set of some keys is a few kilobytes.
const BYTES_MAX: usize = 262_144;
const KEYS_MAX: usize = 64;

/// 2048 bits, in base64url: a shorter RSA key is not accepted, as RFC 7518 says.
const RSA_MODULUS_TEXT_MIN: usize = 341;

#[derive(Debug)]
pub(super) struct Jwks {
    url: url::Url,
    client: reqwest::Client,
    /// Held while the issuer is asked: everybody else waits for the same answer.
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    keys: Vec<Key>,
    fetched: Option<Instant>,
    asked: Option<Instant>,
}

impl Jwks {
    pub fn new(url: url::Url) -> Result<Self, Error> {
        let client = client().map_err(|error| Error::Keys(error.to_string()))?;
        Ok(Self { url, client, state: Mutex::default() })
    }

    /// The key of that name; without a name, the only key there is.
    pub async fn find(&self, id: Option<&str>) -> Result<Key, Error> {
        let mut state = self.state.lock().await;
        let now = Instant::now();
        let found = state.find(id, now);
        let settled = found.is_some() && state.is_fresh(now);
        if settled || !state.may_ask(now) {
            return found.ok_or_else(|| state.missing());
        }
        state.asked = Some(now);
        match self.fetch().await {
            Ok(keys) => {
                state.keys = keys;
                state.fetched = Some(now);
                state.find(id, now).ok_or_else(|| state.missing())
            }
            Err(error) => {
                tracing::warn!(%error, "the issuer's keys could not be fetched");
                found.ok_or(error)
            }
        }
    }

    async fn fetch(&self) -> Result<Vec<Key>, Error> {
        let fetched = tokio::time::timeout(WAIT, self.body()).await;
        let body = fetched.map_err(|_| Error::Keys("no answer in time".to_owned()))??;
        parse(&body)
    }

    async fn body(&self) -> Result<Vec<u8>, Error> {
        let unavailable = |error: reqwest::Error| Error::Keys(error.without_url().to_string());
        let mut response = self.client.get(self.url.clone()).send().await.map_err(unavailable)?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(Error::Keys(format!("the answer's status is {}", response.status())));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unavailable)? {
            if body.len() + chunk.len() > BYTES_MAX {
                return Err(Error::Keys(format!("the answer is over {BYTES_MAX} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

impl State {
    fn find(&self, id: Option<&str>, now: Instant) -> Option<Key> {
        if self.fetched.is_none_or(|fetched| now.duration_since(fetched) > KEPT) {
            return None;
        }
        let found = match (id, self.keys.as_slice()) {
            (None, [only]) => Some(only),
            (None, _) => None,
            (Some(id), keys) => keys.iter().find(|key| key.id.as_deref() == Some(id)),
        };
        found.cloned()
    }

    fn is_fresh(&self, now: Instant) -> bool {
        self.fetched.is_some_and(|fetched| now.duration_since(fetched) < FRESH)
    }

    fn may_ask(&self, now: Instant) -> bool {
        self.asked.is_none_or(|asked| now.duration_since(asked) >= BETWEEN)
    }

    /// Not having any keys is the issuer's fault; not having this one is the token's.
    fn missing(&self) -> Error {
        match self.fetched {
            Some(_) => Error::Refused("it names no key that the issuer publishes".to_owned()),
            None => Error::Keys("they could not be fetched a moment ago".to_owned()),
        }
    }
}

/// The keys that can be used. Others in the set are left out: issuers publish keys for other purposes as well.
fn parse(body: &[u8]) -> Result<Vec<Key>, Error> {
    #[derive(Deserialize)]
    struct Set {
        keys: Vec<serde_json::Value>,
    }
    let set: Set =
        serde_json::from_slice(body).map_err(|error| Error::Keys(format!("no key set: {error}")))?;
    let keys = set.keys.into_iter().take(KEYS_MAX);
    Ok(keys.filter_map(|key| usable(&serde_json::from_value(key).ok()?)).collect())
}

/// The key with the one algorithm of its kind, unless it states another. Never a symmetric one.
fn usable(jwk: &Jwk) -> Option<Key> {
    if matches!(jwk.common.public_key_use, Some(PublicKeyUse::Encryption)) {
        return None;
    }
    let (algorithm, name) = match &jwk.algorithm {
        AlgorithmParameters::RSA(key) if key.n.len() >= RSA_MODULUS_TEXT_MIN => {
            (Algorithm::RS256, KeyAlgorithm::RS256)
        }
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
            (Algorithm::ES256, KeyAlgorithm::ES256)
        }
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
            (Algorithm::EdDSA, KeyAlgorithm::EdDSA)
        }
        _ => return None,
    };
    if jwk.common.key_algorithm.is_some_and(|stated| stated != name) {
        return None;
    }
    Some(Key { id: jwk.common.key_id.clone(), algorithm, verifies: DecodingKey::from_jwk(jwk).ok()? })
}

/// No proxy from the environment: the address is the operator's.
fn client() -> Result<reqwest::Client, client::Error> {
    Ok(client::builder()?.no_proxy().connect_timeout(WAIT).build()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_that_sign_with_their_own_algorithm_are_used() {
        let n = "Q".repeat(342);
        let set = serde_json::json!({"keys": [
            {"kty": "RSA", "kid": "rsa", "n": n, "e": "AQAB"},
            {"kty": "RSA", "kid": "rsa-stated", "alg": "RS256", "use": "sig", "n": n, "e": "AQAB"},
            {"kty": "RSA", "kid": "short", "n": "Q".repeat(171), "e": "AQAB"},
            {"kty": "RSA", "kid": "other-algorithm", "alg": "PS512", "n": n, "e": "AQAB"},
            {"kty": "RSA", "kid": "for-encryption", "use": "enc", "n": n, "e": "AQAB"},
            {"kty": "oct", "kid": "symmetric", "alg": "HS256", "k": "c2VjcmV0"},
            {"kty": "EC", "kid": "unknown-curve", "crv": "secp256k1", "x": "AA", "y": "AA"},
            {"kty": "EC", "kid": "ec", "crv": "P-256",
             "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
             "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
            {"kty": "OKP", "kid": "ed", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
            "nonsense",
        ]});
        let keys = parse(set.to_string().as_bytes()).unwrap();
        let kept: Vec<_> = keys.iter().map(|key| (key.id.as_deref().unwrap(), key.algorithm)).collect();
        let expected = [
            ("rsa", Algorithm::RS256),
            ("rsa-stated", Algorithm::RS256),
            ("ec", Algorithm::ES256),
            ("ed", Algorithm::EdDSA),
        ];
        assert_eq!(kept, expected);
    }

    #[test]
    fn the_issuer_is_asked_at_most_every_ten_seconds_and_old_keys_end() {
        let now = Instant::now();
        let mut state = State::default();
        assert!(state.may_ask(now) && !state.is_fresh(now));
        state.asked = Some(now);
        state.fetched = Some(now);
        assert!(!state.may_ask(now + Duration::from_secs(9)));
        assert!(state.may_ask(now + BETWEEN));
        assert!(state.is_fresh(now) && !state.is_fresh(now + FRESH));
        state.keys =
            vec![Key { id: None, algorithm: Algorithm::HS256, verifies: DecodingKey::from_secret(b"k") }];
        assert!(state.find(None, now + KEPT).is_some());
        assert!(state.find(None, now + KEPT + Duration::from_secs(1)).is_none());
    }
}

//! Access tokens of another issuer, exchanged for a session of ours.
//!
//! Everything a token says about how to verify it is ignored but the name of its key: the algorithm belongs to the key,
//! so neither `none` nor a public key used as a shared secret gets anywhere. What it proves is an issuer and a subject;
//! an e-mail address in it proves nothing and is not read.

pub(crate) mod published;

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::{config, jwks::Jwks};

/// Access tokens are one to two kilobytes; more is not read.
const TOKEN_BYTES_MAX: usize = 16_384;

/// How far the issuer's clock may be ahead of ours, in seconds.
const LEEWAY: u64 = 30;

/// In bytes; OIDC allows 255 characters.
const SUBJECT_BYTES_MAX: usize = 512;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The token proves nothing. The text names the check for the log and never quotes the token.
    #[error("the external token was refused: {0}")]
    Refused(String),
    /// The issuer's keys cannot be had now.
    #[error("the issuer's keys are not available: {0}")]
    Keys(String),
}

/// What a good token proves.
#[derive(Debug, PartialEq, Eq)]
pub struct Proof {
    pub issuer: String,
    pub subject: String,
    /// The session made of it ends no later.
    pub expires_at: DateTime<Utc>,
}

/// The one issuer that is configured.
#[derive(Debug)]
pub struct Issuer {
    name: String,
    audience: String,
    keys: Keys,
}

#[derive(Debug)]
enum Keys {
    Shared(Key),
    Published(Jwks<Key>),
}

/// A key, with the one algorithm that it may be used with.
#[derive(Clone, Debug)]
pub struct Key {
    algorithm: Algorithm,
    verifies: DecodingKey,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    /// Seconds since 1970; the standard allows fractions.
    exp: f64,
}

impl Issuer {
    pub fn new(settings: &config::External) -> Result<Self, Error> {
        let keys = match &settings.key {
            config::ExternalKey::Hs256(secret) => Keys::Shared(Key {
                algorithm: Algorithm::HS256,
                verifies: DecodingKey::from_secret(secret.expose_secret().as_bytes()),
            }),
            config::ExternalKey::Jwks(url) => {
                let keys = Jwks::new(url.clone(), published::usable);
                Keys::Published(keys.map_err(|error| Error::Keys(error.to_string()))?)
            }
        };
        Ok(Self { name: settings.issuer.clone(), audience: settings.audience.clone(), keys })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Verifies signature, issuer, audience and times; all of them must be there.
    pub async fn verify(&self, token: &SecretString) -> Result<Proof, Error> {
        let token = token.expose_secret();
        if token.len() > TOKEN_BYTES_MAX {
            return Err(Error::Refused("too long".to_owned()));
        }
        let header = jsonwebtoken::decode_header(token).map_err(refused)?;
        if header.crit.is_some() {
            return Err(Error::Refused("it has critical extensions, and none is known".to_owned()));
        }
        let key = self.key(&header).await?;
        let claims = jsonwebtoken::decode::<Claims>(token, &key.verifies, &self.rules(key.algorithm));
        self.proof(claims.map_err(refused)?.claims)
    }

    async fn key(&self, header: &Header) -> Result<Key, Error> {
        match &self.keys {
            Keys::Shared(key) => Ok(key.clone()),
            Keys::Published(keys) => published::find(keys, header.kid.as_deref()).await,
        }
    }

    fn rules(&self, algorithm: Algorithm) -> Validation {
        let mut rules = Validation::new(algorithm);
        rules.set_issuer(&[&self.name]);
        rules.set_audience(&[&self.audience]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        rules.validate_nbf = true;
        rules.leeway = LEEWAY;
        rules
    }

    fn proof(&self, claims: Claims) -> Result<Proof, Error> {
        #[expect(clippy::cast_possible_truncation, reason = "it saturates, and is then no time at all")]
        let expires_at = DateTime::from_timestamp(claims.exp as i64, 0);
        let expires_at = expires_at.ok_or_else(|| Error::Refused("exp is no time".to_owned()))?;
        // The leeway is for nbf alone: a session that has ended already would be of no use.
        if expires_at <= Utc::now() {
            return Err(Error::Refused("expired".to_owned()));
        }
        let subject = claims.sub;
        if subject.is_empty() || subject.len() > SUBJECT_BYTES_MAX || subject.contains('\0') {
            return Err(Error::Refused("sub is no subject".to_owned()));
        }
        Ok(Proof { issuer: self.name.clone(), subject, expires_at })
    }
}

fn refused(error: impl std::fmt::Display) -> Error {
    Error::Refused(error.to_string())
}

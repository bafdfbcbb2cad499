//! Passwords: the rule they must keep, and hashing that cannot be used to take the machine's memory or cores.
//!
//! An unknown account costs what a known one does: it is verified against a hash that nothing matches.

use std::{sync::Arc, time::Duration};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use metrics::counter;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

/// In characters. Long beats complicated: NIST SP 800-63B asks for 8, and for 15 where it is the only factor.
pub const LENGTH_MIN: usize = 12;

/// In bytes; beyond it hashing would be work for an attacker's sake.
pub const BYTES_MAX: usize = 1_024;

/// OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// The same cost as every stored hash, and no password that anybody knows.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LW5vYm9keQ$Zm9yIGFjY291bnRzIHRoYXQgZG8gbm90IGV4aXN0ISE";

/// Hashing at once: each takes 19 MiB and a core.
const AT_ONCE_MAX: usize = 4;

/// Waiting for their turn. Beyond it sign-in answers 503; a whole queue takes about a second.
const WAITING_MAX: usize = 64;

/// How long one waits for its turn.
const TURN: Duration = Duration::from_secs(5);

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("a password must have at least {LENGTH_MIN} characters")]
    TooShort,
    #[error("a password must have at most {BYTES_MAX} bytes")]
    TooLong,
    #[error("too many passwords are being checked")]
    Busy,
    #[error("argon2 failed: {0}")]
    Argon2(String),
}

/// Hashes and verifies, a few at a time.
#[derive(Clone, Debug)]
pub struct Hasher {
    waiting: Arc<Semaphore>,
    working: Arc<Semaphore>,
}

impl Default for Hasher {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            waiting: Arc::new(Semaphore::new(WAITING_MAX)),
            working: Arc::new(Semaphore::new(cores.min(AT_ONCE_MAX))),
        }
    }
}

impl Hasher {
    /// Refuses a password that does not keep the rule; else its PHC string.
    pub async fn hash(&self, password: SecretString) -> Result<String, Error> {
        check(&password)?;
        self.work(move || {
            let hash = argon2().hash_password(password.expose_secret().as_bytes()).map_err(failed)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether this is the password behind `hash`. `None`, nobody's, takes as long and is never right.
    pub async fn verify(&self, password: SecretString, hash: Option<String>) -> Result<bool, Error> {
        if password.expose_secret().len() > BYTES_MAX {
            return Ok(false);
        }
        self.work(move || {
            let stored = PasswordHash::new(hash.as_deref().unwrap_or(NOBODY)).map_err(failed)?;
            let right = argon2().verify_password(password.expose_secret().as_bytes(), &stored).is_ok();
            Ok(right && hash.is_some())
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let _waiting = self.waiting.try_acquire().map_err(|_| Error::Busy)?;
        let turn = tokio::time::timeout(TURN, Arc::clone(&self.working).acquire_owned());
        let permit = turn.await.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)?;
        counter!("callbackd_password_checks_total").increment(1);
        // The permit goes along: a caller that gives up does not stop the work, so it must not free its place.
        tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        })
        .await
        .map_err(failed)?
    }
}

/// Whether it keeps the rule.
pub(super) fn check(password: &SecretString) -> Result<(), Error> {
    let text = password.expose_secret();
    if text.len() > BYTES_MAX {
        return Err(Error::TooLong);
    }
    if text.chars().count() < LENGTH_MIN { Err(Error::TooShort) } else { Ok(()) }
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("OWASP's parameters are within bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Argon2(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretString {
        SecretString::from(text.to_owned())
    }

    #[tokio::test]
    async fn a_password_is_verified_against_its_own_hash_only() {
        let hasher = Hasher::default();
        let hash = hasher.hash(secret("correct horse battery")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(hash, hasher.hash(secret("correct horse battery")).await.unwrap(), "salted");
        assert!(hasher.verify(secret("correct horse battery"), Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify(secret("correct horse batterz"), Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify(secret("correct horse battery"), None).await.unwrap());
    }

    #[test]
    fn nobody_costs_what_somebody_does() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        let params = Params::try_from(&nobody).unwrap();
        assert_eq!((params.m_cost(), params.t_cost(), params.p_cost()), (MEMORY_KIB, PASSES, LANES));
        assert_eq!(nobody.hash.unwrap().as_bytes().len(), 32);
    }

    #[tokio::test]
    async fn the_rule_says_how_long() {
        let hasher = Hasher::default();
        for (length, refused) in [(11, true), (12, false), (1024, false), (1025, true)] {
            assert_eq!(hasher.hash(secret(&"p".repeat(length))).await.is_err(), refused, "{length}");
        }
        // Characters, not bytes.
        assert!(hasher.hash(secret(&"ä".repeat(11))).await.is_err());
    }

    #[tokio::test]
    async fn a_flood_is_refused_beyond_the_queue() {
        let hasher = Hasher::default();
        let _busy = hasher.working.acquire_many(hasher.working.available_permits().try_into().unwrap()).await;
        let _queue = hasher.waiting.acquire_many(WAITING_MAX.try_into().unwrap()).await;
        let refused = hasher.verify(secret("whatever it is"), None).await;
        assert!(matches!(refused, Err(Error::Busy)), "{refused:?}");
    }
}

//! Random tokens: made once, handed out once, kept only as their hash.
//!
//! SHA-256 without salt or stretching is enough here, and only here: a token has 256 random bits, so there is nothing
//! to guess, and the hash can be looked up by its unique index without comparing secrets byte by byte.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::{TryRng as _, rngs::SysRng};
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};

/// Marks an API token, so that scanners of leaked secrets recognise it.
pub(super) const API_TOKEN_PREFIX: &str = "cbd_";

/// 32 bytes in base64url without padding.
const TEXT_LENGTH: usize = 43;

/// What is stored of a token.
pub type Hash = [u8; 32];

/// A token that was just made.
#[derive(Debug)]
pub(super) struct Fresh {
    pub text: SecretString,
    pub hash: Hash,
}

impl Fresh {
    /// 256 bits from the operating system, behind `prefix`.
    pub fn new(prefix: &str) -> Self {
        let mut bytes = [0_u8; 32];
        SysRng.try_fill_bytes(&mut bytes).expect("the operating system has random numbers");
        let text = format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes));
        Self { hash: hash(&text), text: SecretString::from(text) }
    }
}

/// The hash of what a client sent, or `None` when that cannot be a token of ours: then nothing is asked of the database.
pub fn hash_of(prefix: &str, text: &str) -> Option<Hash> {
    let random = text.strip_prefix(prefix)?;
    let ours = random.len() == TEXT_LENGTH
        && random.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    ours.then(|| hash(text))
}

fn hash(text: &str) -> Hash {
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    #[test]
    fn a_fresh_token_is_found_by_its_hash_and_never_comes_twice() {
        let (one, two) = (Fresh::new("cbd_"), Fresh::new("cbd_"));
        assert_ne!(one.hash, two.hash);
        assert_eq!(hash_of("cbd_", one.text.expose_secret()), Some(one.hash));
        assert!(!format!("{one:?}").contains(one.text.expose_secret()));
    }

    #[test]
    fn what_cannot_be_a_token_is_not_looked_up() {
        let good = "A".repeat(TEXT_LENGTH);
        assert!(hash_of("", &good).is_some());
        for bad in ["", "A", &good[1..], &format!("{good}A"), &good.replacen('A', "=", 1)] {
            assert_eq!(hash_of("", bad), None, "{bad}");
        }
        assert_eq!(hash_of("cbd_", &good), None);
    }
}

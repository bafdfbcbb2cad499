//! The dedupe key: by it a retry is the same callback.
//!
//! The first byte is the version of the rule, so that a better rule never takes an old row's key for its own.

use sha2::{Digest as _, Sha256};

use super::payload::canonical;

/// SHA-256 over the canonical form of the payload, less the members that the source ignores.
const CANONICAL_V1: u8 = 1;

pub type DedupeKey = [u8; 33];

pub fn dedupe_key(payload: &str, ignored: &[&str]) -> DedupeKey {
    let mut key = [CANONICAL_V1; 33];
    key[1..].copy_from_slice(&Sha256::digest(canonical(payload, ignored)));
    key
}

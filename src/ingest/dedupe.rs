//! The dedupe key: by it a retry is the same callback.
//!
//! The first byte is the version of the rule, so that a better rule never takes an old row's key for its own. A
//! delivery's id is hashed with the content: the same id with other content is another callback, and the part of the
//! key that comes from the id says that there are two.

use sha2::{Digest as _, Sha256};

use super::payload::canonical;

/// SHA-256 over the canonical form of the payload, less the members that the source ignores.
const CANONICAL_V1: u8 = 1;
/// Half of the SHA-256 of the delivery's signed id, then half of that of the canonical form. 128 bits of each: whoever
/// could make two that collide holds the secret.
const DELIVERY_V1: u8 = 2;

pub type DedupeKey = [u8; 33];

/// The version and the id's part of a key.
pub type DeliveryKey = [u8; 17];

pub fn dedupe_key(payload: &str, ignored: &[String], delivery: Option<&[u8]>) -> DedupeKey {
    let content = Sha256::digest(canonical(payload, ignored));
    let mut key = [CANONICAL_V1; 33];
    match delivery {
        None => key[1..].copy_from_slice(&content),
        Some(id) => {
            key[0] = DELIVERY_V1;
            key[1..17].copy_from_slice(&Sha256::digest(id)[..16]);
            key[17..].copy_from_slice(&content[..16]);
        }
    }
    key
}

/// What deliveries of one id have in common; `None` where the rule knows no id.
pub fn delivery_key(key: &DedupeKey) -> Option<DeliveryKey> {
    let start = key.first_chunk()?;
    (start[0] == DELIVERY_V1).then_some(*start)
}

//! Seals secrets before they go into the database, and opens them again: ChaCha20-Poly1305 with keys of the settings.
//!
//! What is sealed is bound to its source and to its row, so that nobody who can write to the database can give a secret
//! to another source. Nonces are random: with 96 bits, and a few thousand seals in the life of a key, none comes twice.

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{config::SealKey, source::hex};

/// Of a key's SHA-256, in bytes: enough to tell keys apart.
const KEY_ID_BYTES: usize = 4;

/// The keys: the first one seals, any of them opens.
pub struct Vault(Vec<Key>);

struct Key {
    id: String,
    key: LessSafeKey,
}

/// A secret as it lies in the database.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sealed {
    pub key_id: String,
    #[serde(with = "base64_text")]
    pub nonce: Vec<u8>,
    #[serde(with = "base64_text")]
    pub bytes: Vec<u8>,
}

/// Bytes in JSON.
mod base64_text {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(bytes))
    }

    pub fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<Vec<u8>, D::Error> {
        STANDARD.decode(String::deserialize(from)?).map_err(D::Error::custom)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Closed {
    #[error("secrets_key is not set")]
    NoKey,
    #[error("its secret was sealed with the key {0}, which is neither secrets_key nor secrets_key_previous")]
    KeyUnknown(String),
    #[error("its secret is too long to be sealed")]
    TooLong,
    #[error("its secret was changed in the database, or belongs to another source")]
    Damaged,
}

impl Vault {
    pub fn new(keys: &[SealKey]) -> Self {
        Self(keys.iter().map(Key::new).collect())
    }

    pub fn seal(&self, source: &str, id: Uuid, secret: &SecretString) -> Result<Sealed, Closed> {
        let Key { id: key_id, key } = self.0.first().ok_or(Closed::NoKey)?;
        let nonce: [u8; NONCE_LEN] = rand::random();
        let mut bytes = secret.expose_secret().as_bytes().to_vec();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), bound_to(source, id), &mut bytes)
            .map_err(|_| Closed::TooLong)?;
        Ok(Sealed { key_id: key_id.clone(), nonce: nonce.to_vec(), bytes })
    }

    pub fn open(&self, source: &str, id: Uuid, sealed: &Sealed) -> Result<SecretString, Closed> {
        if self.0.is_empty() {
            return Err(Closed::NoKey);
        }
        let known = self.0.iter().find(|key| key.id == sealed.key_id);
        let Key { key, .. } = known.ok_or_else(|| Closed::KeyUnknown(sealed.key_id.clone()))?;
        let nonce = Nonce::try_assume_unique_for_key(&sealed.nonce).map_err(|_| Closed::Damaged)?;
        let mut bytes = sealed.bytes.clone();
        let open = key.open_in_place(nonce, bound_to(source, id), &mut bytes).map_err(|_| Closed::Damaged)?;
        std::str::from_utf8(open).map(SecretString::from).map_err(|_| Closed::Damaged)
    }

    /// Whether it was sealed with a key that is being replaced.
    pub fn is_outdated(&self, sealed: &Sealed) -> bool {
        self.0.first().is_some_and(|key| key.id != sealed.key_id)
    }
}

impl Key {
    fn new(key: &SealKey) -> Self {
        let id = hex(&Sha256::digest(key.expose())[..KEY_ID_BYTES]);
        let key = UnboundKey::new(&CHACHA20_POLY1305, key.expose()).expect("a key has 32 bytes");
        Self { id, key: LessSafeKey::new(key) }
    }
}

fn bound_to(source: &str, id: Uuid) -> Aad<Vec<u8>> {
    Aad::from([id.as_bytes().as_slice(), source.as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(keys: &[u8]) -> Vault {
        let keys: Vec<_> = keys.iter().map(|byte| SealKey::from([*byte; 32])).collect();
        Vault::new(&keys)
    }

    fn open(vault: &Vault, source: &str, id: Uuid, sealed: &Sealed) -> Result<String, Closed> {
        vault.open(source, id, sealed).map(|secret| secret.expose_secret().to_owned())
    }

    #[test]
    fn what_is_sealed_opens_for_its_own_row_alone() {
        let (vault, id) = (vault(&[1]), Uuid::from_u128(1));
        let sealed = vault.seal("openai", id, &"whsec_x".into()).unwrap();
        assert!(!sealed.bytes.windows(5).any(|bytes| bytes == b"whsec"));
        assert_eq!(open(&vault, "openai", id, &sealed).as_deref(), Ok("whsec_x"));
        assert_eq!(open(&vault, "stripe", id, &sealed), Err(Closed::Damaged));
        assert_eq!(open(&vault, "openai", Uuid::from_u128(2), &sealed), Err(Closed::Damaged));
        let mut changed = sealed.clone();
        changed.bytes[0] ^= 1;
        assert_eq!(open(&vault, "openai", id, &changed), Err(Closed::Damaged));
        assert_eq!(open(&vault, "openai", id, &Sealed { nonce: vec![0; 3], ..sealed }), Err(Closed::Damaged));
    }

    #[test]
    fn a_key_is_replaced_without_losing_what_it_sealed() {
        let id = Uuid::from_u128(1);
        let old = vault(&[1]).seal("openai", id, &"x".into()).unwrap();
        let both = vault(&[2, 1]);
        assert_eq!(open(&both, "openai", id, &old).as_deref(), Ok("x"));
        assert!(both.is_outdated(&old));
        let new = both.seal("openai", id, &"x".into()).unwrap();
        assert!(!both.is_outdated(&new));
        assert_eq!(open(&vault(&[2]), "openai", id, &new).as_deref(), Ok("x"));
        assert_eq!(open(&vault(&[2]), "openai", id, &old), Err(Closed::KeyUnknown(old.key_id.clone())));
        assert_eq!(open(&vault(&[]), "openai", id, &old), Err(Closed::NoKey));
    }
}

//! Keys ready to sign with, and the tags that they make.

use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Sha256, Sha512};
use subtle::{Choice, ConstantTimeEq as _};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    HmacSha256,
    HmacSha512,
    /// With published keys; a secret is a private key of one's own, for trying.
    Ed25519,
}

impl Algorithm {
    pub const ALL: [Self; 3] = [Self::HmacSha256, Self::HmacSha512, Self::Ed25519];

    pub fn name(self) -> &'static str {
        match self {
            Self::HmacSha256 => "hmac-sha256",
            Self::HmacSha512 => "hmac-sha512",
            Self::Ed25519 => "ed25519",
        }
    }

    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Self::HmacSha256 => "HMAC-SHA256",
            Self::HmacSha512 => "HMAC-SHA512",
            Self::Ed25519 => "Ed25519 signature",
        }
    }
}

/// Takes what is signed, piece by piece.
pub type Sink<'a> = &'a mut dyn FnMut(&[u8]);

/// A key, expanded once: what is done for each request is only what depends on it.
#[derive(Clone)]
pub enum Key {
    HmacSha256(Hmac<Sha256>),
    HmacSha512(Hmac<Sha512>),
    Ed25519(Box<SigningKey>),
}

impl Key {
    pub fn new(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, String> {
        let impossible = |_| "HMAC takes a key of any length".to_owned();
        Ok(match algorithm {
            Algorithm::HmacSha256 => Self::HmacSha256(Hmac::new_from_slice(bytes).map_err(impossible)?),
            Algorithm::HmacSha512 => Self::HmacSha512(Hmac::new_from_slice(bytes).map_err(impossible)?),
            Algorithm::Ed25519 => {
                let seed = bytes.try_into().map_err(|_| "must be a private key of 32 bytes")?;
                Self::Ed25519(Box::new(SigningKey::from_bytes(seed)))
            }
        })
    }

    /// The tag of what `feed` hands over.
    pub fn sign(&self, feed: &mut dyn FnMut(Sink<'_>)) -> Tag {
        match self {
            Self::HmacSha256(key) => {
                let mut mac = key.clone();
                feed(&mut |bytes| mac.update(bytes));
                Tag::of(&mac.finalize().into_bytes())
            }
            Self::HmacSha512(key) => {
                let mut mac = key.clone();
                feed(&mut |bytes| mac.update(bytes));
                Tag::of(&mac.finalize().into_bytes())
            }
            Self::Ed25519(key) => {
                let mut message = Vec::new();
                feed(&mut |bytes| message.extend_from_slice(bytes));
                Tag::of(&key.sign(&message).to_bytes())
            }
        }
    }

    pub fn published(&self) -> Option<VerifyingKey> {
        match self {
            Self::Ed25519(key) => Some(key.verifying_key()),
            _ => None,
        }
    }
}

/// The bytes of a signature: 32 or 64 of them.
#[derive(Debug, Clone, Copy)]
pub struct Tag {
    bytes: [u8; Self::BYTES_MAX],
    length: usize,
}

impl Tag {
    pub const BYTES_MAX: usize = 64;

    /// Cut at what the longest tag has.
    fn of(tag: &[u8]) -> Self {
        Self::read(|bytes| {
            let length = tag.len().min(bytes.len());
            bytes.get_mut(..length)?.copy_from_slice(tag.get(..length)?);
            Some(length)
        })
        .expect("a slice fits into itself")
    }

    /// One that is written in place; `decode` says how many bytes it has written.
    pub fn read(decode: impl FnOnce(&mut [u8; Self::BYTES_MAX]) -> Option<usize>) -> Option<Self> {
        let mut bytes = [0; Self::BYTES_MAX];
        let length = decode(&mut bytes)?;
        Some(Self { bytes, length })
    }

    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// Looks at all bytes: how long it takes tells nothing of where they differ.
    pub fn ct_eq(&self, other: &Self) -> Choice {
        self.bytes().ct_eq(other.bytes())
    }

    /// Whether it is as long as what a key pair makes.
    pub fn is_of_a_pair(&self) -> bool {
        self.length == ed25519_dalek::SIGNATURE_LENGTH
    }

    pub fn is_signed_by(&self, key: &VerifyingKey, message: &[u8]) -> bool {
        let signature = ed25519_dalek::Signature::from_slice(self.bytes());
        signature.is_ok_and(|signature| key.verify_strict(message, &signature).is_ok())
    }
}

//! A key that seals what may not lie open in the database.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret as _, SecretSlice};

use crate::source::{hex, unhex};

/// 32 bytes; never printed.
#[derive(Clone)]
pub struct SealKey(SecretSlice<u8>);

impl SealKey {
    pub fn parse(text: &str) -> Result<Self, String> {
        let bytes =
            unhex(text.as_bytes()).filter(|bytes| bytes.len() == 32).or_else(|| STANDARD.decode(text).ok());
        let bytes: Option<[u8; 32]> = bytes.and_then(|bytes| bytes.try_into().ok());
        let allowed = "must be 32 bytes in hex or base64, such as `openssl rand -base64 32` prints them";
        bytes.map(Self::from).ok_or_else(|| allowed.to_owned())
    }

    /// One that nobody else has.
    pub fn random() -> Self {
        Self::from(rand::random::<[u8; 32]>())
    }

    pub fn expose(&self) -> &[u8] {
        self.0.expose_secret()
    }

    pub fn to_hex(&self) -> String {
        hex(self.expose())
    }
}

impl From<[u8; 32]> for SealKey {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes.to_vec().into())
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_in_hex_and_base64_and_never_printed() {
        let key = SealKey::random();
        for text in [key.to_hex(), key.to_hex().to_uppercase(), STANDARD.encode(key.expose())] {
            assert_eq!(SealKey::parse(&text).unwrap().expose(), key.expose());
        }
        assert!(!format!("{key:?}").contains(&key.to_hex()));
        for text in ["", "secret", "00ff", &STANDARD.encode([1; 31])] {
            assert!(SealKey::parse(text).unwrap_err().contains("32 bytes"));
        }
    }
}

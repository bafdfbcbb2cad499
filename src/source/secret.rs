//! A secret of a source, made ready to sign with, and the little of it that may be shown.

use std::fmt;

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use chrono::{DateTime, Utc};
use ed25519_dalek::VerifyingKey;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use super::{
    hex,
    scheme::{Algorithm, Key},
    unhex,
};

/// As senders write it, with padding or without.
pub const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// One secret. Several may be active at once, so that one can be replaced with no callback lost.
#[derive(Clone)]
pub struct Secret {
    text: SecretString,
    digest: [u8; 32],
    pub(super) key: Key,
    /// When it ends, if it is being retired.
    pub until: Option<DateTime<Utc>>,
}

/// How the key stands in the secret's text: as it is, or in hex or base64 behind a prefix such as `whsec_`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format {
    pub prefix: String,
    pub encoding: Encoding,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Text,
    Hex,
    Base64,
}

impl Secret {
    /// The text is trimmed of surrounding white space: senders do the same with theirs. The error says what is
    /// allowed, and nothing of the secret.
    pub fn new(
        text: &SecretString,
        until: Option<DateTime<Utc>>,
        algorithm: Algorithm,
        format: &Format,
    ) -> Result<Self, String> {
        let text = text.expose_secret().trim();
        if text.is_empty() {
            return Err("must not be empty".to_owned());
        }
        let key = Key::new(algorithm, &format.bytes(text)?)?;
        let digest = Sha256::digest(text).into();
        Ok(Self { text: SecretString::from(text), digest, key, until })
    }

    pub fn is_active(&self, now: DateTime<Utc>) -> bool {
        self.until.is_none_or(|until| now < until)
    }

    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.text)
    }

    /// The SHA-256 of its text.
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// The public half, of a key pair.
    pub fn public(&self) -> Option<VerifyingKey> {
        self.key.published()
    }

    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({}, until {:?})", self.fingerprint(), self.until)
    }
}

impl Format {
    /// `{text}`, `{hex}`, `{base64}`, each behind a prefix if there is one: `whsec_{base64}`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let encodings =
            [("{text}", Encoding::Text), ("{hex}", Encoding::Hex), ("{base64}", Encoding::Base64)];
        let found = encodings
            .iter()
            .find_map(|(ending, encoding)| Some((text.strip_suffix(ending)?.to_owned(), *encoding)));
        let (prefix, encoding) = found.ok_or("must end with {text}, {hex} or {base64}")?;
        Ok(Self { prefix, encoding })
    }

    /// The key's bytes. The prefix may be left out, as in the services' own libraries.
    pub(super) fn bytes(&self, text: &str) -> Result<Vec<u8>, String> {
        let text = text.strip_prefix(self.prefix.as_str()).unwrap_or(text);
        let bytes = match self.encoding {
            Encoding::Text => Some(text.as_bytes().to_vec()),
            Encoding::Hex => unhex(text.as_bytes()),
            Encoding::Base64 => BASE64.decode(text).ok(),
        };
        bytes.filter(|bytes| !bytes.is_empty()).ok_or_else(|| format!("must be {self}"))
    }

    /// The text of a key, for secrets that are made here.
    pub fn write(&self, key: &[u8]) -> String {
        let text = match self.encoding {
            Encoding::Text | Encoding::Hex => hex(key),
            Encoding::Base64 => BASE64.encode(key),
        };
        format!("{}{text}", self.prefix)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let encoding = match self.encoding {
            Encoding::Text => "text",
            Encoding::Hex => "hex",
            Encoding::Base64 => "base64",
        };
        match self.prefix.as_str() {
            "" => write!(f, "{encoding}"),
            prefix => write!(f, "{encoding}, with or without {prefix} in front"),
        }
    }
}

/// What may be shown of a secret: its length and the beginning of its SHA-256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Fingerprint {
    pub fn of(secret: &SecretString) -> Self {
        let digest = Sha256::digest(secret.expose_secret().as_bytes());
        let first = digest.get(..4).unwrap_or_default();
        Self(format!("{} bytes, sha256 {}…", secret.expose_secret().len(), hex(first)))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str, format: &str) -> Result<Secret, String> {
        let format = Format::parse(format).unwrap();
        Secret::new(&SecretString::from(text), None, Algorithm::HmacSha256, &format)
    }

    #[test]
    fn a_secret_is_trimmed_and_never_printed() {
        let secret = secret(" key-of-somebody\n", "{text}").unwrap();
        assert_eq!(secret.expose(), "key-of-somebody");
        assert_eq!(secret.fingerprint().to_string(), "15 bytes, sha256 e3ec9ca2…");
        assert!(!format!("{secret:?}").contains("somebody"));
    }

    #[test]
    fn what_is_no_key_of_its_format_is_refused_without_being_shown() {
        for (text, format, expected) in [
            ("whsec_*no-base64*", "whsec_{base64}", "must be base64, with or without whsec_ in front"),
            ("whsec_", "whsec_{base64}", "must be base64, with or without whsec_ in front"),
            ("0g", "{hex}", "must be hex"),
            ("   ", "{text}", "must not be empty"),
        ] {
            assert_eq!(secret(text, format).unwrap_err(), expected);
        }
        assert!(
            secret("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_{base64}").is_ok(),
            "the prefix may be left out"
        );
    }

    #[test]
    fn a_retiring_secret_ends_at_its_date() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let mut secret = secret("key", "{text}").unwrap();
        assert!(secret.is_active(now));
        secret.until = Some(now);
        assert!(!secret.is_active(now) && secret.is_active(now - chrono::TimeDelta::seconds(1)));
    }
}

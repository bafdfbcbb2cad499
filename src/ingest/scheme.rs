//! How a source signs, and whether a request is signed so.
//!
//! Every secret of the source is tried, and every comparison looks at all bytes: how long an answer takes tells
//! nothing about a secret, nor which of several matched.

use axum::http::HeaderMap;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq as _};

/// How a source proves that a request is its own.
#[derive(Debug, Clone)]
pub enum Scheme {
    /// HMAC-SHA256 of the raw body, in hex behind a prefix, in one of several headers.
    HmacSha256Hex { headers: &'static [&'static str], prefix: &'static str },
}

/// Why a request failed authentication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    MissingSignature,
    InvalidSignature,
}

impl Rejection {
    /// Stable; stored with the record, and the problem's code.
    pub fn code(self) -> &'static str {
        match self {
            Self::MissingSignature => "missing_signature",
            Self::InvalidSignature => "invalid_signature",
        }
    }

    /// The short public text.
    pub fn error(self) -> &'static str {
        match self {
            Self::MissingSignature => "Missing signature header",
            Self::InvalidSignature => "Invalid signature",
        }
    }
}

/// The SHA-256 that a signature names.
type Digest = [u8; 32];

impl Scheme {
    /// The name under which documents and the console show it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::HmacSha256Hex { .. } => "hmac-sha256-hex",
        }
    }

    /// The header to sign in, for instructions.
    pub fn header(&self) -> &'static str {
        match self {
            Self::HmacSha256Hex { headers, .. } => headers[0],
        }
    }

    /// Whether the headers that it needs are there: all that can be known before the body is read.
    pub fn check_headers(&self, headers: &HeaderMap) -> Result<(), Rejection> {
        match self {
            Self::HmacSha256Hex { headers: names, .. } => {
                let present = names.iter().any(|name| headers.contains_key(*name));
                if present { Ok(()) } else { Err(Rejection::MissingSignature) }
            }
        }
    }

    /// What was presented as proof, as it is stored: the first signature header's text.
    pub fn presented(&self, headers: &HeaderMap) -> Option<String> {
        match self {
            Self::HmacSha256Hex { headers: names, .. } => names
                .iter()
                .find_map(|name| headers.get(*name))
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
        }
    }

    /// What a sender should do about a rejection.
    pub fn advice(&self, rejection: Rejection) -> String {
        let (header, Self::HmacSha256Hex { prefix, .. }) = (self.header(), self);
        match rejection {
            Rejection::MissingSignature => {
                format!(
                    "send {header}: {prefix}<hex>, the HMAC-SHA256 of the raw body with the shared secret"
                )
            }
            Rejection::InvalidSignature => {
                format!(
                    "{header} is not {prefix}<hex> of this body's bytes under any active secret of this source"
                )
            }
        }
    }

    pub fn verify(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        secrets: &[SecretString],
    ) -> Result<(), Rejection> {
        match self {
            Self::HmacSha256Hex { headers: names, prefix } => {
                let presented = names.iter().flat_map(|name| headers.get_all(*name));
                let digests: Vec<Digest> =
                    presented.filter_map(|value| hex_digest(value.as_bytes(), prefix)).collect();
                let valid = secrets.iter().fold(Choice::from(0), |valid, secret| {
                    let expected = sign(secret, body);
                    digests.iter().fold(valid, |valid, digest| valid | digest.ct_eq(&expected))
                });
                if bool::from(valid) { Ok(()) } else { Err(Rejection::InvalidSignature) }
            }
        }
    }

    /// The header value with which a sender would sign `body`.
    pub fn sign(&self, secret: &SecretString, body: &[u8]) -> String {
        match self {
            Self::HmacSha256Hex { prefix, .. } => format!("{prefix}{}", hex(&sign(secret, body))),
        }
    }
}

fn sign(secret: &SecretString, body: &[u8]) -> Digest {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
        .expect("HMAC takes a key of any length");
    mac.update(body);
    mac.finalize().into_bytes().into()
}

/// The digest behind the prefix; `None` when it is not 64 hex digits, in either case.
fn hex_digest(value: &[u8], prefix: &str) -> Option<Digest> {
    let digits = value.trim_ascii().strip_prefix(prefix.as_bytes())?;
    let mut digest = Digest::default();
    if digits.len() != 2 * digest.len() {
        return None;
    }
    for (byte, pair) in digest.iter_mut().zip(digits.chunks_exact(2)) {
        let nibble = |digit: &u8| char::from(*digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
        *byte = nibble(pair.first()?)? << 4 | nibble(pair.get(1)?)?;
    }
    Some(digest)
}

pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LLM: Scheme =
        Scheme::HmacSha256Hex { headers: &["x-webhook-signature", "x-llm-signature"], prefix: "sha256=" };

    type Case<'a> = (&'a [(&'static str, &'a str)], Result<(), Rejection>);

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_signature_is_checked_under_both_names_and_every_secret() {
        let secrets: Vec<SecretString> = ["new", "old"].map(SecretString::from).into();
        let body = b"{\"job_id\":\"a\"}";
        let with_old = LLM.sign(&secrets[1], body);
        let upper = with_old.to_uppercase().replace("SHA256=", "sha256=");
        let bare = with_old.trim_start_matches("sha256=").to_owned();
        let foreign = LLM.sign(&SecretString::from("other"), body);

        let cases: [Case<'_>; 8] = [
            (&[("x-webhook-signature", &with_old)], Ok(())),
            (&[("x-llm-signature", &with_old)], Ok(())),
            (&[("x-webhook-signature", &upper)], Ok(())),
            (&[("x-webhook-signature", "sha256=00"), ("x-llm-signature", &with_old)], Ok(())),
            (&[("x-webhook-signature", &bare)], Err(Rejection::InvalidSignature)),
            (&[("x-webhook-signature", &foreign)], Err(Rejection::InvalidSignature)),
            (&[("x-webhook-signature", "")], Err(Rejection::InvalidSignature)),
            (&[("x-webhook-signature", "sha256=zz")], Err(Rejection::InvalidSignature)),
        ];
        for (pairs, expected) in cases {
            assert_eq!(LLM.verify(&headers(pairs), body, &secrets), expected, "{pairs:?}");
        }
        assert_eq!(LLM.check_headers(&headers(&[])), Err(Rejection::MissingSignature));
    }

    /// RFC 4231, test case 2.
    #[test]
    fn the_digest_is_hmac_sha256() {
        assert_eq!(
            LLM.sign(&SecretString::from("Jefe"), b"what do ya want for nothing?"),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}

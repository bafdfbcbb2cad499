//! With which algorithm a signature may have been made instead.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};

use crate::{
    callback::{Cause, Finding},
    source::scheme::{Algorithm as Configured, Content, Signed},
};

pub struct Algorithm {
    /// `None` for the one that is configured.
    pub finding: Option<Finding>,
    pub method: Method,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    HmacSha1,
    HmacSha256,
    HmacSha512,
    /// A hash of the content alone, which everybody can make.
    Sha256,
    /// A hash of the secret and the content behind it.
    SecretSha256,
}

/// The configured one first. A signature by a key pair has no other.
pub fn algorithms(configured: Configured) -> Vec<Algorithm> {
    let own = match configured {
        Configured::HmacSha256 => Method::HmacSha256,
        Configured::HmacSha512 => Method::HmacSha512,
        Configured::Ed25519 => return vec![Algorithm { finding: None, method: Method::HmacSha512 }],
    };
    let all =
        [Method::HmacSha256, Method::HmacSha1, Method::HmacSha512, Method::Sha256, Method::SecretSha256];
    let others = all.into_iter().filter(|method| *method != own);
    let others = others.map(|method| Algorithm { finding: Some(method.finding(configured)), method });
    std::iter::once(Algorithm { finding: None, method: own }).chain(others).collect()
}

/// The commonest signature: of the body alone.
pub fn hmac_sha256(key: &[u8], body: &[u8]) -> Option<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(body);
    Some(mac.finalize().into_bytes().to_vec())
}

impl Method {
    pub fn tag(self, key: &[u8], content: &Content, request: Signed<'_>) -> Option<Vec<u8>> {
        let feed = |sink: &mut dyn FnMut(&[u8])| {
            content.feed(&request.presented, request.headers, request.body, sink);
        };
        Some(match self {
            Self::HmacSha1 => {
                let mut mac = Hmac::<Sha1>::new_from_slice(key).ok()?;
                feed(&mut |bytes| mac.update(bytes));
                mac.finalize().into_bytes().to_vec()
            }
            Self::HmacSha256 => {
                let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
                feed(&mut |bytes| mac.update(bytes));
                mac.finalize().into_bytes().to_vec()
            }
            Self::HmacSha512 => {
                let mut mac = Hmac::<Sha512>::new_from_slice(key).ok()?;
                feed(&mut |bytes| mac.update(bytes));
                mac.finalize().into_bytes().to_vec()
            }
            Self::Sha256 | Self::SecretSha256 => {
                let mut hash = Sha256::new();
                hash.update(if self == Self::Sha256 { &[] } else { key });
                feed(&mut |bytes| hash.update(bytes));
                hash.finalize().to_vec()
            }
        })
    }

    fn title(self) -> &'static str {
        match self {
            Self::HmacSha1 => "HMAC-SHA1",
            Self::HmacSha256 => "HMAC-SHA256",
            Self::HmacSha512 => "HMAC-SHA512",
            Self::Sha256 => "a plain SHA-256, made without the secret",
            Self::SecretSha256 => "a plain SHA-256 of the secret and what is signed, one behind the other",
        }
    }

    fn finding(self, configured: Configured) -> Finding {
        let (expected, name) = (configured.title(), configured.name());
        let problem = format!("The signature is {}; this source expects {expected}.", self.title());
        let remedy = match self {
            Self::HmacSha256 => "Have the sender use HMAC with that algorithm, or set algorithm = \"hmac-sha256\" for this source.".to_owned(),
            Self::HmacSha512 => "Have the sender use HMAC with that algorithm, or set algorithm = \"hmac-sha512\" for this source.".to_owned(),
            _ => format!("Have the sender sign with {expected} ({name}), keyed with the secret."),
        };
        Finding::new(Cause::SignatureAlgorithm, problem, remedy)
            .figure("Expected", expected)
            .figure("Found", &self.title())
    }
}

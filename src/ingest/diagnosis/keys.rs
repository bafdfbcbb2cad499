//! Which key a signature may have been made with.

use base64::Engine as _;
use chrono::{DateTime, Utc};
use ed25519_dalek::VerifyingKey;
use secrecy::{ExposeSecret as _, SecretSlice};

use super::{Case, placeholder::stand_ins};
use crate::{
    callback::{Cause, Finding},
    source::{Algorithm, BASE64, Fingerprint, Secret, Source, unhex},
};

pub struct Key {
    /// `None` for an active secret, read as is configured.
    pub finding: Option<Finding>,
    pub material: Material,
}

pub enum Material {
    Shared(SecretSlice<u8>),
    Public(VerifyingKey),
}

/// Active ones as configured first, each key once.
pub fn keys(case: &Case<'_>) -> Vec<Key> {
    if case.source.algorithm == Algorithm::Ed25519 {
        let own = case.source.secrets.iter().filter_map(Secret::public);
        let all = case.published.iter().copied().chain(own);
        return all.map(|key| Key { finding: None, material: Material::Public(key) }).collect();
    }
    let now = case.received_at;
    let mut ring = Ring(Vec::new());
    let (active, retired): (Vec<&Secret>, Vec<&Secret>) =
        case.source.secrets.iter().partition(|secret| secret.is_active(now));
    for secret in &active {
        ring.add(case.source.key(secret), || None);
    }
    for secret in &active {
        readings(&mut ring, secret);
    }
    for secret in retired {
        ring.add(case.source.key(secret), || Some(retired_finding(secret, now)));
    }
    for other in case.others {
        for secret in &other.secrets {
            ring.add(other.key(secret), || Some(foreign_finding(other, secret)));
        }
    }
    ring.add(Some(Vec::new()), || Some(empty_finding()));
    for text in stand_ins(&case.source.name) {
        ring.add(Some(text.clone().into_bytes()), || Some(stand_in_finding(&text)));
    }
    ring.0
}

struct Ring(Vec<Key>);

impl Ring {
    fn add(&mut self, bytes: Option<Vec<u8>>, finding: impl FnOnce() -> Option<Finding>) {
        let Some(bytes) = bytes else { return };
        let is_known = self.0.iter().any(|key| {
            matches!(&key.material, Material::Shared(known) if known.expose_secret() == bytes.as_slice())
        });
        if !is_known {
            let material = Material::Shared(SecretSlice::from(bytes));
            self.0.push(Key { finding: finding(), material });
        }
    }
}

/// The same secret, as it may stand at the sender.
fn readings(ring: &mut Ring, secret: &Secret) {
    let text = secret.expose();
    let print = secret.fingerprint();
    let bare = text.rsplit_once("whsec_").map_or(text, |(_, rest)| rest);
    let around = [
        ("", "\n", "a line feed behind it"),
        ("", "\r\n", "a line end (\\r\\n) behind it"),
        ("", " ", "a space behind it"),
        (" ", "", "a space in front of it"),
        ("", "\t", "a tab behind it"),
    ];
    for (before, after, what) in around {
        ring.add(Some(format!("{before}{text}{after}").into_bytes()), || Some(untrimmed(what, &print)));
    }
    for quote in ['"', '\''] {
        ring.add(Some(format!("{quote}{text}{quote}").into_bytes()), || Some(quoted(quote, &print)));
    }
    let decoded = [
        (Some(text.as_bytes().to_vec()), "its text as it is, not decoded"),
        (Some(bare.as_bytes().to_vec()), "its text behind whsec_ as it is, not decoded"),
        (BASE64.decode(bare).ok(), "the bytes that its text is base64 of"),
        (unhex(bare.as_bytes()), "the bytes that its text is hex of"),
    ];
    for (bytes, what) in decoded {
        let bytes = bytes.filter(|bytes| !bytes.is_empty());
        ring.add(bytes, || Some(decoding(what, &print)));
    }
}

fn untrimmed(what: &str, print: &Fingerprint) -> Finding {
    Finding::new(
        Cause::SecretUntrimmed,
        format!("The signature was made with the right secret and {what}."),
        "Remove the white space from the sender's secret; it often comes from `echo` (use printf %s) or from a file's last line.",
    )
    .figure("Secret", print)
}

fn quoted(quote: char, print: &Fingerprint) -> Finding {
    Finding::new(
        Cause::SecretQuoted,
        format!("The signature was made with the right secret in quotes ({quote})."),
        "Remove the quotes from the sender's secret; some readers of .env files and Docker's --env-file keep them.",
    )
    .figure("Secret", print)
}

fn decoding(what: &str, print: &Fingerprint) -> Finding {
    Finding::new(
        Cause::SecretDecoding,
        format!("The signature was made with the right secret read in another way: as key it used {what}."),
        "Have the sender read the secret as the service's documentation says, or set secret_format for this source: \"{text}\", \"{hex}\", \"{base64}\", or \"whsec_{base64}\".",
    )
    .figure("Secret", print)
}

fn retired_finding(secret: &Secret, now: DateTime<Utc>) -> Finding {
    let until = secret.until.unwrap_or(now);
    Finding::new(
        Cause::SecretRetired,
        format!(
            "The signature was made with a secret that was retired on {}.",
            until.format("%Y-%m-%d %H:%M UTC")
        ),
        "Give the sender the secret that is active now, or move the date on which the old one ends.",
    )
    .figure("Secret", &secret.fingerprint())
}

fn foreign_finding(other: &Source, secret: &Secret) -> Finding {
    Finding::new(
        Cause::SecretOfOtherSource,
        format!("The signature was made with the secret of the source {}.", other.name),
        format!("Have the sender use this source's secret, or post to {}.", other.path),
    )
    .figure("Secret", &secret.fingerprint())
    .figure("Its source", &other.name)
}

fn empty_finding() -> Finding {
    Finding::new(
        Cause::SecretEmpty,
        "The signature was made with an empty secret.",
        "Set the secret where the sender runs: its variable is unset there, or empty.",
    )
}

fn stand_in_finding(text: &str) -> Finding {
    Finding::new(
        Cause::SecretPlaceholder,
        format!("The signature was made with the text {text} instead of a secret."),
        "Set the secret where the sender runs; a variable in single quotes, or in a file that no shell reads, is not expanded.",
    )
}

//! Signing anew: a local server usually knows another secret than the one that the sender has.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use chrono::Utc;
use secrecy::SecretString;
use uuid::Uuid;

use super::sources::Sources;
use crate::{
    config::GivenSource,
    source::{Secret, Source, scheme::Envelope},
};

pub struct Resigner {
    secret: SecretString,
    pub sources: Sources,
}

impl Resigner {
    pub fn new(secret: SecretString, configured: Vec<GivenSource>) -> Self {
        Self { secret, sources: Sources::new(configured) }
    }

    /// Puts new proofs in place of the old ones, made now, by the source's own scheme. The delivery's id stays.
    pub fn sign(&self, source: &Source, headers: &mut HeaderMap, body: &[u8]) -> Result<(), String> {
        let secret = Secret::new(&self.secret, None, source.algorithm, &source.format);
        let secret = secret.map_err(|allowed| unusable(source, &allowed))?;
        let made_up = format!("msg_{}", Uuid::new_v4().simple());
        let id = source.scheme.presented(headers).id.and_then(|id| str::from_utf8(id).ok());
        let id = id.map_or(made_up, str::to_owned);
        let proofs = source.scheme.sign(&secret, Envelope { id: &id, at: Utc::now() }, body);
        let parsed = proofs.into_iter().map(|proof| {
            Some((HeaderName::try_from(proof.name).ok()?, HeaderValue::try_from(proof.value).ok()?))
        });
        let parsed: Option<Vec<(HeaderName, HeaderValue)>> = parsed.collect();
        let parsed = parsed.ok_or("the secret fits into no header")?;
        // Nothing is touched before all is known to be good: what is refused goes on as it came.
        for name in proof_headers(source) {
            headers.remove(name);
        }
        for (name, value) in parsed {
            headers.insert(name, value);
        }
        Ok(())
    }
}

fn unusable(source: &Source, allowed: &str) -> String {
    let name = &source.name;
    if source.jwks_url.is_some() {
        format!(
            "{name} signs with a private key and publishes the other half, so no shared secret can; to sign with a key of your own, the secret {allowed}"
        )
    } else {
        format!("the secret for {name} {allowed}")
    }
}

/// Every header that may carry a proof.
fn proof_headers(source: &Source) -> Vec<HeaderName> {
    let scheme = &source.scheme;
    let signature = scheme.signature.iter().flat_map(|signature| signature.lines.iter());
    let timestamp = scheme.timestamp.iter().flat_map(|timestamp| timestamp.lines.iter());
    let token = scheme.token.iter().flat_map(|token| token.lines.iter());
    signature.chain(timestamp).chain(token).map(|line| line.header.clone()).collect()
}

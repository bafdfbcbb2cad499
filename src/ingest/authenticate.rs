//! Whether a request is its source's own.
//!
//! What a scheme says is all that is needed, but for published keys: these may have changed since they were fetched, and
//! then they are asked for once more before a request is refused.

use std::sync::Arc;

use axum::http::HeaderMap;
use chrono::Utc;
use ed25519_dalek::VerifyingKey;

use super::sources::Enabled;
use crate::{
    jwks,
    source::{Verdict, scheme::Keys},
};

/// Every proof's outcome. An error when the service's keys cannot be had: then nobody knows.
pub async fn verify(
    enabled: &Enabled,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Verdict, jwks::Unavailable> {
    let Some(published) = &enabled.published else {
        return Ok(with(enabled, headers, body, &[]));
    };
    if !enabled.source.secrets.is_empty() {
        // One's own private key needs nobody else's answer.
        let own = with(enabled, headers, body, &[]);
        if own.signature == Some(Ok(())) {
            return Ok(own);
        }
    }
    let known = published.keys().await?;
    let verdict = with(enabled, headers, body, &plain(&known));
    if verdict.signature == Some(Ok(())) {
        return Ok(verdict);
    }
    let newer = published.newer(&known).await?;
    if Arc::ptr_eq(&newer, &known) {
        return Ok(verdict);
    }
    Ok(with(enabled, headers, body, &plain(&newer)))
}

/// The keys that its service publishes, as far as they can be had.
pub async fn published(enabled: &Enabled) -> Vec<VerifyingKey> {
    let Some(published) = &enabled.published else { return Vec::new() };
    published.keys().await.map(|keys| plain(&keys)).unwrap_or_default()
}

fn with(enabled: &Enabled, headers: &HeaderMap, body: &[u8], published: &[VerifyingKey]) -> Verdict {
    let source = &enabled.source;
    let keys = Keys { secrets: &source.secrets, published };
    source.scheme.verify(headers, body, keys, Utc::now())
}

fn plain(keys: &jwks::Keys<VerifyingKey>) -> Vec<VerifyingKey> {
    keys.iter().map(|named| named.key).collect()
}

//! A rejected request as it is kept, made into a request once more.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{
    callback::{Diagnosis, RawBody, Store},
    ingest::{api::Ingest, diagnosis::Token, examine::Examination, headers, sources::Enabled},
    problem::{Problem, Result},
};

pub struct Stored {
    pub id: Uuid,
    /// With the settings of now.
    pub enabled: Arc<Enabled>,
    pub headers: HeaderMap,
    /// `None` where the request was refused before its body was read.
    pub body: Option<Bytes>,
    pub received_at: DateTime<Utc>,
    pub diagnosis: Option<Diagnosis>,
    pub accepted_as: Option<Uuid>,
}

impl Stored {
    pub async fn load(ingest: &Ingest, store: &Store, id: Uuid) -> Result<Self> {
        let row = store.rejected(id).await?.ok_or_else(|| {
            Problem::not_found("there is no callback with this id; it may have been deleted")
        })?;
        if row.rejection.is_none() {
            return Err(not_rejected());
        }
        let known = ingest.sources().all();
        let enabled = known.into_iter().find(|enabled| *enabled.source.name == *row.source);
        let enabled = enabled.ok_or_else(|| source_gone(&row.source))?;
        let body = match row.body {
            RawBody::Json(bytes) | RawBody::Other(bytes) => Some(Bytes::from(bytes)),
            RawBody::NeverRead => None,
        };
        let (diagnosis, accepted_as) = (row.diagnosis, row.accepted_as);
        let headers = map(&row.headers);
        Ok(Self { id, enabled, headers, body, received_at: row.received_at, diagnosis, accepted_as })
    }

    pub fn examination(&self) -> Examination {
        Examination {
            id: self.id,
            enabled: self.enabled.clone(),
            headers: self.headers.clone(),
            body: self.body.clone(),
            received_at: self.received_at,
            token: Token::Withheld(headers::withheld_outcome(&self.headers, &self.enabled.source.scheme)),
        }
    }

    /// The id of the callback that it becomes: always the same, so that whoever accepts it twice, or again after an
    /// answer that was lost, has stored it once. Its first part is the reject's time.
    pub fn id_when_accepted(&self) -> Uuid {
        let digest = Sha256::digest([b"accepted ".as_slice(), self.id.as_bytes()].concat());
        let millis = self.id.get_timestamp().map_or(0, |at| {
            let (seconds, nanos) = at.to_unix();
            seconds * 1000 + u64::from(nanos / 1_000_000)
        });
        let random = digest.first_chunk().copied().unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}

/// What cannot be a header any more is left out.
fn map(pairs: &[(String, String)]) -> HeaderMap {
    let pair = |(name, value): &(String, String)| -> Option<(HeaderName, HeaderValue)> {
        Some((name.parse().ok()?, HeaderValue::from_bytes(value.as_bytes()).ok()?))
    };
    pairs.iter().filter_map(pair).collect()
}

fn not_rejected() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "not_rejected",
        "It was not rejected",
        "only a request that failed authentication can be checked again or accepted",
    )
}

fn source_gone(name: &str) -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "source_not_enabled",
        "Its source is not enabled",
        format!("there is no enabled source {name} now, so nothing says how its requests verify"),
    )
}

//! Reading a request's body within its limits.
//!
//! Bodies being read and callbacks waiting to be written share one budget of bytes, taken before the first byte is
//! read and given back when the request is answered: memory is bounded however many senders there are.

use std::{sync::Arc, time::Duration};

use axum::{body::Body, http::HeaderMap};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The largest body that is accepted. Larger ones are refused without being read.
pub const BODY_BYTES_MAX: usize = 1_048_576;

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    TooLarge,
    /// Other bodies have the whole budget.
    NoRoom,
    /// It did not come in time.
    TooSlow,
    /// The sender went away, or its framing is broken.
    Broken,
}

/// The budget of bytes.
#[derive(Debug, Clone)]
pub struct Budget {
    bytes: Arc<Semaphore>,
    total: u32,
}

/// A share of the budget, given back when dropped.
#[derive(Debug)]
pub struct Share {
    _permit: OwnedSemaphorePermit,
}

impl Budget {
    /// At least one body must fit, or nothing would ever be accepted.
    pub fn new(bytes: usize) -> Self {
        let total = u32::try_from(bytes.max(BODY_BYTES_MAX)).unwrap_or(u32::MAX);
        Self { bytes: Arc::new(Semaphore::new(total as usize)), total }
    }

    pub fn used(&self) -> usize {
        self.total as usize - self.bytes.available_permits()
    }

    pub(super) async fn take(&self, bytes: usize, wait: Duration) -> Result<Share, Unread> {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let permit = tokio::time::timeout(wait, self.bytes.clone().acquire_many_owned(bytes)).await;
        match permit {
            Ok(Ok(permit)) => Ok(Share { _permit: permit }),
            _ => Err(Unread::NoRoom),
        }
    }
}

/// The declared length, if there is one: `Err` when it is above the limit.
pub fn declared(headers: &HeaderMap) -> Result<Option<usize>, Unread> {
    let length = headers.get("content-length").and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    match length.map(usize::try_from) {
        Some(Ok(length)) if length <= BODY_BYTES_MAX => Ok(Some(length)),
        Some(_) => Err(Unread::TooLarge),
        None => Ok(None),
    }
}

/// Reads a whole body. One of undeclared length takes the room of the largest.
pub async fn read(
    body: Body,
    declared: Option<usize>,
    budget: &Budget,
    wait: Duration,
    deadline: Duration,
) -> Result<(Bytes, Share), Unread> {
    let share = budget.take(declared.unwrap_or(BODY_BYTES_MAX), wait).await?;
    let bytes = tokio::time::timeout(deadline, collect(body, declared.unwrap_or_default()))
        .await
        .map_err(|_| Unread::TooSlow)??;
    Ok((bytes, share))
}

async fn collect(mut body: Body, expected: usize) -> Result<Bytes, Unread> {
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Unread::Broken)?.into_data() else { continue };
        if whole.is_empty() && data.len() == expected {
            // The usual small body comes in one piece, which need not be copied.
            return Ok(data);
        }
        if whole.len() + data.len() > BODY_BYTES_MAX {
            return Err(Unread::TooLarge);
        }
        whole.reserve(expected.saturating_sub(whole.len()));
        whole.extend_from_slice(&data);
    }
    Ok(whole.freeze())
}

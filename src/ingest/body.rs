//! Reading a request's body within its limits.
//!
//! Bodies being read and callbacks waiting to be written share one budget of bytes, given back when the request is
//! answered: memory is bounded however many senders there are. A sender that promises much and sends nothing takes none
//! of it, or a few of them would keep all others out: room is taken when bytes come, and in two steps, so that bodies
//! wait for room in their order instead of for each other.

use std::{sync::Arc, time::Duration};

use axum::{body::Body, http::HeaderMap};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout, timeout_at},
};

/// The largest body that is accepted. Larger ones are refused without being read.
pub const BODY_BYTES_MAX: usize = 1_048_576;

/// What a body takes at its first byte, or less if it promises less. With a byte more than this it takes all that it
/// promises.
const FIRST_ROOM_BYTES: usize = 64 * 1024;

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
    budget: Arc<Semaphore>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Budget {
    /// The configuration sees to it that one body fits, or nothing would ever be accepted.
    pub fn new(bytes: usize) -> Self {
        let total = u32::try_from(bytes).unwrap_or(u32::MAX);
        Self { bytes: Arc::new(Semaphore::new(total as usize)), total }
    }

    pub fn used(&self) -> usize {
        self.total as usize - self.bytes.available_permits()
    }

    fn share(&self) -> Share {
        Share { budget: self.bytes.clone(), permit: None }
    }

    /// A share of so many bytes that are there already.
    pub(super) async fn take(&self, bytes: usize, wait: Duration) -> Result<Share, Unread> {
        let mut share = self.share();
        share.grow(bytes, Instant::now() + wait).await?;
        Ok(share)
    }
}

impl Share {
    async fn grow(&mut self, bytes: usize, deadline: Instant) -> Result<(), Unread> {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let more = timeout_at(deadline, self.budget.clone().acquire_many_owned(bytes)).await;
        let Ok(Ok(more)) = more else { return Err(Unread::NoRoom) };
        match &mut self.permit {
            Some(permit) => permit.merge(more),
            None => self.permit = Some(more),
        }
        Ok(())
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

/// Reads a whole body; waits for its room until `wait` has passed. One of undeclared length promises the largest.
pub async fn read(
    body: Body,
    declared: Option<usize>,
    budget: &Budget,
    wait: Duration,
    deadline: Duration,
) -> Result<(Bytes, Share), Unread> {
    let mut share = budget.share();
    let reading = collect(body, declared.unwrap_or(BODY_BYTES_MAX), &mut share, Instant::now() + wait);
    let bytes = timeout(deadline, reading).await.map_err(|_| Unread::TooSlow)??;
    Ok((bytes, share))
}

async fn collect(
    mut body: Body,
    promised: usize,
    share: &mut Share,
    room_by: Instant,
) -> Result<Bytes, Unread> {
    let (mut whole, mut room) = (BytesMut::new(), 0);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Unread::Broken)?.into_data() else { continue };
        if whole.len() + data.len() > BODY_BYTES_MAX {
            return Err(Unread::TooLarge);
        }
        let needed = whole.len() + data.len();
        if needed > room {
            let enough = if needed > FIRST_ROOM_BYTES { promised } else { promised.min(FIRST_ROOM_BYTES) };
            share.grow(enough - room, room_by).await?;
            room = enough;
        }
        if whole.is_empty() && data.len() == promised {
            // The usual small body comes in one piece, which need not be copied.
            return Ok(data);
        }
        whole.reserve(room.saturating_sub(whole.len()));
        whole.extend_from_slice(&data);
    }
    Ok(whole.freeze())
}

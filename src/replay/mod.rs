//! Out again: a callback that was received is handed on, to a developer's machine or to an address of the settings.
//!
//! The decision worth arguing about: the server itself sends to addresses of its settings alone. No request can name
//! another one, so nobody can make it ask where it should not; a developer's machine is reached the other way round, by
//! the stream that its `callbackd tail --forward` holds open.

mod api;
pub mod outgoing;

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::Semaphore;
use url::Url;
use uuid::Uuid;

use crate::{
    callback::{Ended, NewAttempt, RawBody, Store, Viewer},
    client, db,
    problem::Problem,
    signal::Signal,
    stream::Streams,
};

pub use self::api::routes;

/// Callbacks that this server sends again at the same time; each may wait for its answer.
const SENDING_MAX: usize = 16;

/// Handing on; a handle, cheap to clone.
#[derive(Clone)]
pub struct Replays(Arc<Parts>);

struct Parts {
    store: Store,
    streams: Streams,
    /// Addresses of the settings, each with a client of its own.
    urls: Vec<(Url, reqwest::Client)>,
    sending: Semaphore,
}

/// Why a callback is not handed on.
enum Refused {
    NoCallback,
    NoBody,
    Rejected,
    NoTarget,
    Busy,
    Database(db::Error),
}

impl Replays {
    pub fn new(store: Store, streams: Streams, urls: &[Url]) -> Result<Self, client::Error> {
        let urls = urls.iter().map(|url| Ok((url.clone(), outgoing::client(url)?)));
        let urls = urls.collect::<Result<_, client::Error>>()?;
        Ok(Self(Arc::new(Parts { store, streams, urls, sending: Semaphore::new(SENDING_MAX) })))
    }

    /// Sends it to an address of the settings, or has a forwarding `tail` send it. The attempt's id.
    async fn replay(&self, viewer: &Viewer, id: Uuid, target: &str) -> Result<Uuid, Refused> {
        let detail = self.0.store.detail(viewer, id).await?.ok_or(Refused::NoCallback)?;
        if detail.item.rejection.is_some() {
            return Err(Refused::Rejected);
        }
        let attempt =
            |target: String| NewAttempt { id: Uuid::now_v7(), callback: id, target, by: viewer.profile };
        let tail = target.parse().ok().and_then(|id: Uuid| self.0.streams.tail(id));
        if let Some(tail) = tail {
            let new = attempt(tail.url);
            let signal = Signal::Replay { tail: tail.id, attempt: new.id, callback: id };
            let added = self.0.store.add_attempt(&new, None, Some(&signal)).await?;
            return if added { Ok(new.id) } else { Err(Refused::NoCallback) };
        }
        let known = self.0.urls.iter().find(|(url, _)| outgoing::shown(url) == target);
        let (url, client) = known.ok_or(Refused::NoTarget)?;
        let body = match self.0.store.raw(viewer, id).await?.ok_or(Refused::NoCallback)? {
            RawBody::Json(bytes) | RawBody::Other(bytes) => Bytes::from(bytes),
            RawBody::NeverRead => return Err(Refused::NoBody),
        };
        let _permit = self.0.sending.try_acquire().map_err(|_| Refused::Busy)?;
        let new = attempt(target.to_owned());
        // Stored first, so that what was sent is known to have been sent, whatever happens meanwhile.
        if !self.0.store.add_attempt(&new, None, None).await? {
            return Err(Refused::NoCallback);
        }
        let headers = outgoing::headers(detail.request_headers.get());
        let ended = outgoing::send(client, url, headers, body).await;
        self.0.store.finish_attempt(new.id, id, &ended).await?;
        Ok(new.id)
    }

    /// What a `tail` has done on its own, or because it was asked to.
    async fn report(&self, new: NewAttempt, asked: bool, ended: &Ended) -> Result<(), Refused> {
        let known = asked && self.0.store.finish_attempt(new.id, new.callback, ended).await?;
        if known || asked || self.0.store.add_attempt(&new, Some(ended), None).await? {
            return Ok(());
        }
        Err(Refused::NoCallback)
    }
}

impl From<db::Error> for Refused {
    fn from(error: db::Error) -> Self {
        Self::Database(error)
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        use axum::http::StatusCode;
        let conflict = |code, error: &'static str, detail: &'static str| {
            Self::new(StatusCode::CONFLICT, code, error, detail)
        };
        match refused {
            Refused::NoCallback => {
                Self::not_found("there is no callback with this id; it may have been deleted")
            }
            Refused::NoBody => {
                conflict("no_body", "No body", "this request was refused before its body was read")
            }
            Refused::Rejected => conflict(
                "not_verified",
                "Not verified",
                "this request was refused, so it is handed on to nobody",
            ),
            Refused::NoTarget => conflict(
                "no_target",
                "No such target",
                "it must be one of GET /api/admin/replay-targets: a callbackd tail --forward that is connected now, or \
                 an address of the setting replay_urls",
            ),
            Refused::Busy => Self::unavailable(
                "this server is sending as many callbacks again as it may",
                std::time::Duration::from_secs(2),
            ),
            Refused::Database(error) => error.into(),
        }
    }
}

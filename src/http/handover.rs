//! How a handler says that its answer has no end: it leaves somebody who goes on with the connection.

use std::{
    convert::Infallible,
    fmt,
    future::{Future, pending},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    body::Body,
    http::{Method, Request, Response, Version, response},
};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::{outlet::Outlet, places::Place, strict};

type Speaking = Pin<Box<dyn Future<Output = ()> + Send>>;
/// Speaks until the answer ends.
type Speaker = Box<dyn FnOnce(Outlet) -> Speaking + Send>;

/// The connection that a request came on.
#[derive(Clone, Default)]
pub struct Connection {
    cut: CancellationToken,
    /// Left by a handler.
    speaker: Arc<Mutex<Option<Speaker>>>,
}

impl Connection {
    pub(super) fn new(cut: CancellationToken) -> Self {
        Self { cut, speaker: Arc::default() }
    }

    /// Closes it at once, whatever is being written.
    pub fn cut(&self) {
        self.cut.cancel();
    }

    pub fn is_cut(&self) -> bool {
        self.cut.is_cancelled()
    }

    /// Once the answer's head has been sent, `speaker` goes on with the connection: it is the answer's body. Of an
    /// answer that must not have one it is dropped.
    pub fn hand_over<F>(&self, speaker: impl FnOnce(Outlet) -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        *lock(&self.speaker) = Some(Box::new(|outlet| Box::pin(speaker(outlet))));
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("is_cut", &self.is_cut()).finish_non_exhaustive()
    }
}

/// An answer that goes on with its connection.
pub(super) struct Handover {
    version: Version,
    head: response::Parts,
    speaker: Speaker,
}

impl Handover {
    /// The answer, from its first byte to its end.
    pub async fn run(self, socket: TcpStream, place: Place) {
        // Nobody is there any more, or it is spoken to to the end.
        if let Ok(outlet) = Outlet::open(socket, self.version, &self.head).await {
            (self.speaker)(outlet).await;
        }
        drop(place);
    }
}

/// Where a request's task leaves it for the connection's.
#[derive(Clone, Default)]
pub(super) struct Slot(Arc<Mutex<Option<Handover>>>);

impl Slot {
    pub fn is_filled(&self) -> bool {
        lock(&self.0).is_some()
    }

    pub fn take(&self) -> Option<Handover> {
        lock(&self.0).take()
    }
}

/// The answer to a request; never, if the connection is handed over instead.
pub(super) async fn answer(
    app: Router,
    connection: Connection,
    slot: Slot,
    request: Request<Body>,
) -> Result<Response<Body>, Infallible> {
    if let Some(problem) = strict::ambiguous(&request) {
        return Ok(strict::refusal(problem));
    }
    let is_last = strict::is_chunked(request.headers());
    let (version, has_body) = (request.version(), request.method() != Method::HEAD);
    let response = app.oneshot(request).await?;
    let response = if is_last { strict::last(response) } else { response };
    let speaker = lock(&connection.speaker).take();
    match speaker.filter(|_| has_body) {
        None => Ok(response),
        Some(speaker) => {
            *lock(&slot.0) = Some(Handover { version, head: response.into_parts().0, speaker });
            pending().await
        }
    }
}

/// Nothing is left half done where it is held.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

//! What requests are answered with: the stations, each of which a handler asks for by its type.

use std::sync::Arc;

use axum::extract::FromRef;

use crate::{
    callback, catalog::Catalog, fetch::Fetches, ingest::Ingest, operations::Operations, replay::Replays,
    session::Sessions, stream::Streams,
};

/// What handlers are made of; each takes only the parts it uses. One handle, since every request is given one.
#[derive(Clone)]
pub struct AppState(Arc<Stations>);

/// The stations of a callback's way, and what looks at them.
pub struct Stations {
    pub ingest: Ingest,
    pub callbacks: callback::Store,
    pub exports: callback::Exports,
    pub sessions: Sessions,
    pub streams: Streams,
    pub operations: Operations,
    pub replays: Replays,
    pub fetches: Fetches,
    pub catalog: Catalog,
}

impl AppState {
    pub fn new(stations: Stations) -> Self {
        Self(Arc::new(stations))
    }

    pub fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }
}

/// A handler's `State` of one part.
macro_rules! part {
    ($part:ty, $name:ident) => {
        impl FromRef<AppState> for $part {
            fn from_ref(state: &AppState) -> Self {
                state.0.$name.clone()
            }
        }
    };
}
part!(Ingest, ingest);
part!(callback::Store, callbacks);
part!(callback::Exports, exports);
part!(Sessions, sessions);
part!(Streams, streams);
part!(Operations, operations);
part!(Replays, replays);
part!(Fetches, fetches);
part!(Catalog, catalog);

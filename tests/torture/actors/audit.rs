//! The last reader of each node, when everything is over: from the beginning to where the stream is ready.

use std::net::SocketAddr;

use super::Place;
use super::client::uuid;
use crate::model::{Fact, Reader};
use crate::support::PATIENCE;
use crate::support::sse::{ADMIN_STREAM, Stream};

/// How many callbacks the node calls unviewed; none if it does not become ready.
pub async fn audit(reader: Reader, front: SocketAddr, place: &Place) -> Option<i64> {
    place.recorder.note(Fact::Opened { reader, after: Some(0) });
    tokio::time::timeout(PATIENCE, read(reader, front, place)).await.ok().flatten()
}

async fn read(reader: Reader, front: SocketAddr, place: &Place) -> Option<i64> {
    let url = format!("http://{front}{ADMIN_STREAM}?after=0");
    let mut stream = Stream::try_of(place.http.get(url).bearer_auth(&place.token)).await?;
    while let Some(event) = stream.advance().await {
        let cursor = event.id.as_deref().and_then(|id| id.parse().ok());
        match (event.name.as_str(), cursor) {
            ("callback", Some(cursor)) => {
                place.recorder.note(Fact::Saw { reader, cursor, id: uuid(&event.data["id"]) });
            }
            ("ready", Some(cursor)) => {
                place.recorder.note(Fact::Passed { reader, cursor });
                return event.data["unviewedCount"].as_i64();
            }
            _ => {}
        }
    }
    None
}

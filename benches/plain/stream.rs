//! Notifications in, events out, as axum's own server-sent events have it.

use std::{convert::Infallible, future::poll_fn, sync::Arc};

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::sse::{Event, KeepAlive, Sse},
};
use futures_util::{Stream, StreamExt as _, stream};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio_postgres::{AsyncMessage, NoTls};

use super::{Plain, TOKEN};

/// Passes on what is notified, for as long as the connection lives.
pub async fn listen(url: String, events: broadcast::Sender<Arc<(String, String)>>) -> anyhow::Result<()> {
    let (client, mut connection) = tokio_postgres::connect(&url, NoTls).await?;
    let listening = client.batch_execute("listen plain_callbacks");
    tokio::pin!(listening);
    let mut asked = false;
    loop {
        let message = tokio::select! {
            done = &mut listening, if !asked => {
                done?;
                asked = true;
                continue;
            }
            message = poll_fn(|cx| connection.poll_message(cx)) => message,
        };
        match message {
            Some(Ok(AsyncMessage::Notification(notification))) => {
                let (cursor, item) = notification.payload().split_once(' ').unwrap_or_default();
                // Nobody watching is no error.
                let _ = events.send(Arc::new((cursor.to_owned(), item.to_owned())));
            }
            Some(message) => drop(message?),
            None => anyhow::bail!("the listening connection was closed"),
        }
    }
}

pub async fn stream(
    State(plain): State<Plain>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, StatusCode> {
    let presented =
        headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    if presented != Some(TOKEN) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    let ready = stream::iter([Ok(Event::default().event("ready").data("{}"))]);
    let live = stream::unfold(plain.events.subscribe(), |mut events| async {
        loop {
            match events.recv().await {
                Ok(event) => {
                    let event = Event::default().event("callback").id(&event.0).data(&event.1);
                    return Some((Ok(event), events));
                }
                // What was missed by being too slow is gone.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    });
    Ok(Sse::new(ready.chain(live)).keep_alive(KeepAlive::default()))
}

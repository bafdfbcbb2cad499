//! A connection that is never pooled: for the listener and the writer, which must see notifications and notices.
//!
//! Knows nothing of what they do with it. The decision worth arguing about: the caller polls [`Messages`] in a task of
//! its own, since nothing here may spawn; until it is polled, the client makes no progress.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{AsyncMessage, Client, Connection, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;
use tokio_stream::Stream;

use super::{Error, Settings, connect};

type TlsStream = <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream;

/// Both halves of a connection of one's own.
pub struct Dedicated {
    /// Sends statements.
    pub client: Client,
    /// Drives the connection; must be polled for the client to work.
    pub messages: Messages,
}

/// Notices and notifications in the order they came. Ends when the connection ends; after an error nothing follows.
pub struct Messages {
    connection: Connection<Socket, TlsStream>,
    failed: bool,
}

/// Opens a connection of one's own, with or without TLS as the URL says, within five seconds.
pub async fn connect_dedicated(settings: &Settings) -> Result<Dedicated, Error> {
    let target = connect::target(settings)?;
    let connecting = target.config.connect(target.tls);
    let (client, connection) = tokio::time::timeout(connect::CONNECT_WAIT, connecting)
        .await
        .map_err(|_| Error::Timeout { seconds: connect::CONNECT_WAIT.as_secs() })??;
    Ok(Dedicated { client, messages: Messages { connection, failed: false } })
}

impl Stream for Messages {
    type Item = Result<AsyncMessage, tokio_postgres::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.failed {
            return Poll::Ready(None);
        }
        let message = ready!(self.connection.poll_message(cx));
        self.failed = matches!(message, Some(Err(_)));
        Poll::Ready(message)
    }
}

impl Messages {
    /// Drives the connection to its end, for a caller who does not care for messages.
    pub async fn drive(mut self) -> Result<(), tokio_postgres::Error> {
        use tokio_stream::StreamExt as _;
        while let Some(message) = self.next().await {
            message?;
        }
        Ok(())
    }
}

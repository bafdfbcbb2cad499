//! The connection that listens. Never from the pool: LISTEN belongs to a session.

use std::{error::Error as StdError, pin::Pin, time::Duration};

use rand::RngExt as _;
use tokio_postgres::{AsyncMessage, Client, Notification};
use tokio_stream::StreamExt as _;
use uuid::Uuid;

use super::wake::Wake;
use crate::{
    db::{self, Messages},
    signal::{self, Signal},
};

const CALLBACKS: &str = "callbackd_callbacks";
pub const ECHO: &str = "callbackd_echo";
const LISTEN: &str = include_str!("../../sql/queries/signal/listen.sql");

/// First and longest wait between attempts to connect; doubled in between.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

#[derive(Debug)]
pub enum Heard {
    /// A new connection listens.
    Connected,
    Disconnected,
    Callbacks(Wake),
    Signal(Signal),
    /// Our own notification to ourselves.
    Echo,
}

pub struct Link {
    settings: db::Settings,
    node: Uuid,
    state: State,
    back_off: Duration,
}

/// An attempt to connect is kept here, so that it goes on after whoever waited was called away.
enum State {
    Open(Box<Open>),
    Connecting(Pin<Box<dyn Future<Output = Result<Open, db::Error>> + Send>>),
}

struct Open {
    /// Held because dropping it ends the connection.
    _client: Client,
    messages: Messages,
}

impl Link {
    pub fn new(settings: db::Settings, node: Uuid) -> Self {
        let first = Box::pin(Open::connect(settings.clone()));
        Self { settings, node, state: State::Connecting(first), back_off: BACK_OFF.0 }
    }

    /// Connects if need be, and waits for what is heard next. Safe to be cancelled.
    pub async fn next(&mut self) -> Heard {
        loop {
            match &mut self.state {
                State::Connecting(attempt) => match attempt.await {
                    Ok(open) => {
                        self.state = State::Open(Box::new(open));
                        self.back_off = BACK_OFF.0;
                        return Heard::Connected;
                    }
                    Err(error) => {
                        tracing::warn!(
                            error = &error as &dyn StdError,
                            "the listener cannot reach the database"
                        );
                        self.connect_later();
                    }
                },
                State::Open(open) => match open.messages.next().await {
                    Some(Ok(AsyncMessage::Notification(notification))) => {
                        if let Some(heard) = self.understand(&notification) {
                            return heard;
                        }
                    }
                    Some(Ok(_)) => {}
                    ended => {
                        let error = ended.and_then(Result::err);
                        tracing::warn!(
                            error = error.as_ref().map(|error| error as &dyn StdError),
                            "the listening connection ended"
                        );
                        self.disconnect();
                        return Heard::Disconnected;
                    }
                },
            }
        }
    }

    pub fn is_connected(&self) -> bool {
        matches!(self.state, State::Open(_))
    }

    /// Ends the connection; the next call of `next` makes another.
    pub fn disconnect(&mut self) {
        self.connect_later();
    }

    fn connect_later(&mut self) {
        let (settings, wait) =
            (self.settings.clone(), self.back_off.mul_f64(rand::rng().random_range(0.5..1.0)));
        self.back_off = (self.back_off * 2).min(BACK_OFF.1);
        self.state = State::Connecting(Box::pin(async move {
            tokio::time::sleep(wait).await;
            Open::connect(settings).await
        }));
    }

    /// What is not ours on these channels is passed over.
    fn understand(&self, notification: &Notification) -> Option<Heard> {
        let payload = notification.payload();
        match notification.channel() {
            CALLBACKS => payload.parse().ok().map(Heard::Callbacks),
            ECHO => (payload == self.node.to_string()).then_some(Heard::Echo),
            signal::CHANNEL => serde_json::from_str(payload).ok().map(Heard::Signal),
            _ => None,
        }
    }
}

impl Open {
    async fn connect(settings: db::Settings) -> Result<Self, db::Error> {
        let db::Dedicated { client, mut messages } = db::connect_dedicated(&settings).await?;
        {
            let mut listening = std::pin::pin!(client.batch_execute(LISTEN));
            loop {
                // Notifications that come before LISTEN is answered are for rows that the catch-up reads.
                tokio::select! {
                    done = &mut listening => break done?,
                    message = messages.next() => match message {
                        Some(Ok(_)) => {}
                        Some(Err(error)) => return Err(error.into()),
                        None => return Err(db::Error::Closed),
                    },
                }
            }
        }
        Ok(Self { _client: client, messages })
    }
}

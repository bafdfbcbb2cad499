//! The writer's own connection. Not from the pool: it must see warnings that come with a commit, and no other user of
//! a pool may make it wait.

use std::{convert::Infallible, error::Error as StdError, time::Duration};

use tokio_postgres::{AsyncMessage, Client, Statement, error::SqlState};
use tokio_stream::StreamExt as _;

use crate::{
    callback::NewCallback,
    db::{self, Class, Messages},
    ingest::store::{self, Call, Stored},
};

/// First and longest wait between attempts to connect; doubled in between.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// Why a batch was not acknowledged.
#[derive(Debug)]
pub enum Fault {
    /// It may have been committed.
    Unknown(Box<dyn StdError + Send + Sync>),
    Conflict,
    /// Another node held the lock of the cursor for too long.
    CursorLocked,
    RowLocked,
    NotificationQueueFull,
    /// Nothing was stored, because of one of its rows.
    Refused(tokio_postgres::Error),
}

impl Fault {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "unknown",
            Self::Conflict => "conflict",
            Self::CursorLocked => "cursor_locked",
            Self::RowLocked => "row_locked",
            Self::NotificationQueueFull => "notification_queue_full",
            Self::Refused(_) => "refused",
        }
    }
}

/// The connection, opened when it is needed.
pub struct Link {
    settings: db::Settings,
    open: Option<Open>,
    /// Before the next attempt to connect: none while all goes well.
    wait: Duration,
}

struct Open {
    client: Client,
    statement: Statement,
    messages: Messages,
}

impl Link {
    pub fn new(settings: db::Settings) -> Self {
        Self { settings, open: None, wait: Duration::ZERO }
    }

    /// Opens the connection ahead of the first batch, and again when it ends. Safe to be cancelled.
    pub async fn keep_open(&mut self) -> Infallible {
        loop {
            match &mut self.open {
                Some(open) => {
                    open.until_closed().await;
                    self.open = None;
                }
                None => {
                    if let Err(error) = self.connect().await {
                        tracing::warn!(
                            error = &error as &dyn StdError,
                            "the writer cannot reach the database"
                        );
                    }
                }
            }
        }
    }

    /// One attempt to store a batch. After `Fault::Unknown` the connection is a new one.
    pub async fn store(&mut self, batch: &[&NewCallback], call: Call) -> Result<Stored, Fault> {
        self.ensure_open().await?;
        let open = self.open.as_mut().expect("it has just been opened");
        let result = open.store(batch, call).await;
        match result {
            Ok(_) => self.wait = Duration::ZERO,
            Err(Fault::Unknown(_)) => {
                self.open = None;
                self.back_off();
            }
            Err(_) => {}
        }
        result
    }

    /// Opens the connection if it is not open: one attempt, which may have to wait first.
    pub async fn ensure_open(&mut self) -> Result<(), Fault> {
        if self.open.is_none() {
            self.connect().await.map_err(|error| Fault::Unknown(error.into()))?;
        }
        Ok(())
    }

    async fn connect(&mut self) -> Result<(), db::Error> {
        tokio::time::sleep(self.wait.mul_f64(rand::random_range(0.5..1.0))).await;
        // A database that takes connections but stores nothing (its disk is full) must not be asked in a circle
        // either, so only a stored batch ends the waiting.
        self.back_off();
        self.open = Some(Open::connect(&self.settings).await?);
        Ok(())
    }

    fn back_off(&mut self) {
        self.wait = (self.wait * 2).clamp(BACK_OFF.0, BACK_OFF.1);
    }
}

impl Open {
    async fn connect(settings: &db::Settings) -> Result<Self, db::Error> {
        let db::Dedicated { client, mut messages } = db::connect_dedicated(settings).await?;
        let statement = tokio::select! {
            prepared = prepare(&client) => prepared?,
            () = end_of(&mut messages) => return Err(db::Error::Closed),
        };
        Ok(Self { client, statement, messages })
    }

    async fn until_closed(&mut self) {
        end_of(&mut self.messages).await;
    }

    async fn store(&mut self, batch: &[&NewCallback], call: Call) -> Result<Stored, Fault> {
        let Self { client, statement, messages } = self;
        let mut doubt = None;
        let storing = store::store(client, statement, batch, call);
        tokio::pin!(storing);
        loop {
            tokio::select! {
                biased;
                message = messages.next() => match message {
                    Some(Ok(message)) => doubt = doubt.or(warning(message)),
                    Some(Err(error)) => return Err(Fault::Unknown(error.into())),
                    None => return Err(Fault::Unknown("the connection was closed".into())),
                },
                result = &mut storing => {
                    return match (result, doubt) {
                        (Ok(stored), None) => Ok(stored),
                        (Ok(_), Some(doubt)) => Err(Fault::Unknown(doubt.into())),
                        (Err(error), _) => Err(fault(error)),
                    };
                }
            }
        }
    }
}

/// The session's defaults are set, whatever the database's are: the procedure counts on read committed.
async fn prepare(client: &Client) -> Result<Statement, tokio_postgres::Error> {
    client.batch_execute(include_str!("../../../sql/queries/callback/writer_session.sql")).await?;
    store::prepare(client).await
}

/// Drives the connection to its end.
async fn end_of(messages: &mut Messages) {
    while let Some(Ok(_)) = messages.next().await {}
}

/// A warning at commit: the wait for a synchronous standby was cut short, so the row may not be there after a failover.
fn warning(message: AsyncMessage) -> Option<String> {
    match message {
        AsyncMessage::Notice(notice) if *notice.code() == SqlState::WARNING => {
            Some(notice.message().to_owned())
        }
        _ => None,
    }
}

fn fault(error: tokio_postgres::Error) -> Fault {
    match db::class(&error) {
        Class::Unavailable => Fault::Unknown(error.into()),
        Class::Conflict => Fault::Conflict,
        Class::NotificationQueueFull => Fault::NotificationQueueFull,
        Class::LockTimeout if waited_for_cursor(&error) => Fault::CursorLocked,
        Class::LockTimeout => Fault::RowLocked,
        Class::Refused | Class::Bug => Fault::Refused(error),
    }
}

/// Both locks time out with the same code; the statement that waited tells them apart, in every language.
fn waited_for_cursor(error: &tokio_postgres::Error) -> bool {
    error
        .as_db_error()
        .and_then(|error| error.where_())
        .is_some_and(|place| place.contains("pg_advisory_xact_lock"))
}

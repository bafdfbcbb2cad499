//! The writer's own connection, and the batches that are on their way over it. Not from the pool: it must see warnings
//! that come with a commit, and no other user of a pool may make it wait.
//!
//! The decision worth arguing about: a second batch is sent while the first is being committed. PostgreSQL takes them
//! one after the other, as they came, and begins the second the moment that the first is done, instead of waiting for
//! us to hear of it and to send the next. But only once it is as large as the first: sent at once it would hold what
//! came first and leave all others to the next, and small batches cost more for each of their rows.

use std::{
    error::Error as StdError,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{future::BoxFuture, stream::FuturesOrdered};
use tokio_postgres::{AsyncMessage, Client, Statement, error::SqlState};
use tokio_stream::StreamExt as _;

use super::{batch::Batch, queue::Reach};
use crate::{
    db::{self, Class, Messages},
    ingest::store::{self, Stored},
};

/// First and longest wait between attempts to connect; doubled in between.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));
/// Batches on their way. A third would only wait behind the second, and be smaller than it could be.
const IN_FLIGHT_MAX: usize = 2;

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
    /// Nothing was stored, and no row need be at fault: a right that is missing, a procedure that is gone.
    Failed(tokio_postgres::Error),
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
            Self::Failed(_) => "failed",
        }
    }
}

/// A batch that has come to an end.
pub struct Finished {
    pub batch: Batch,
    pub outcome: Result<Stored, Fault>,
    /// How long it took, less the time for which it only waited behind the one before.
    pub elapsed: Duration,
}

/// The batch, what was answered, and when it was sent.
type Answer = (Batch, Result<Stored, tokio_postgres::Error>, Instant);

/// The connection, opened again whenever it ends.
pub struct Link {
    settings: db::Settings,
    open: Option<Open>,
    /// In the order sent, which is that of the answers. Outlives its connection, to end with an error each.
    in_flight: FuturesOrdered<BoxFuture<'static, Answer>>,
    rows_sent_last: usize,
    /// How many of the next to finish were on their way when a warning came: whose it was cannot be told.
    doubtful: usize,
    last_finished: Instant,
    /// Before the next attempt to connect: none while all goes well.
    wait: Duration,
    /// The last attempt to connect did not succeed.
    unreachable: bool,
    /// Connections that were lost while something was on its way, since the last one over which something was stored.
    lost: u32,
}

struct Open {
    client: Arc<Client>,
    statement: Statement,
    messages: Messages,
    /// Nothing has been stored over it yet.
    is_new: bool,
}

impl Link {
    pub fn new(settings: db::Settings) -> Self {
        let (in_flight, last_finished) = (FuturesOrdered::new(), Instant::now());
        Self {
            settings,
            open: None,
            in_flight,
            rows_sent_last: 0,
            doubtful: 0,
            last_finished,
            wait: Duration::ZERO,
            unreachable: false,
            lost: 0,
        }
    }

    /// One connection that is lost may be a chance; what fails on the next one too is away.
    pub fn reach(&self) -> Reach {
        Reach { connected: self.is_open(), away: self.unreachable || self.lost > 1 }
    }

    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    pub fn has_room(&self) -> bool {
        self.is_open() && self.in_flight.len() < IN_FLIGHT_MAX
    }

    /// Whether a batch of so many rows is to be sent now.
    pub fn takes(&self, rows: usize) -> bool {
        self.has_room() && (self.is_idle() || rows >= self.rows_sent_last)
    }

    pub fn is_idle(&self) -> bool {
        self.in_flight.is_empty()
    }

    /// Puts a batch on its way; `has_room` must hold. What becomes of it is told by `next`.
    pub fn send(&mut self, mut batch: Batch) {
        let open = self.open.as_ref().expect("there is room only on an open connection");
        batch.call.enters = open.is_new;
        let (client, statement) = (open.client.clone(), open.statement.clone());
        let sent = Instant::now();
        self.rows_sent_last = batch.len();
        self.in_flight.push_back(Box::pin(async move {
            let stored = store::store(&client, &statement, &batch.callbacks(), batch.call).await;
            (batch, stored, sent)
        }));
    }

    /// Keeps the connection going until a batch has come to an end, or until it has just been opened (`None`). Safe to
    /// be cancelled.
    pub async fn next(&mut self) -> Option<Finished> {
        loop {
            let Some(open) = &mut self.open else {
                // What was on its way over the lost connection comes to its end first.
                if let Some(answer) = self.in_flight.next().await {
                    return Some(self.finished(answer));
                }
                self.connect().await;
                return None;
            };
            tokio::select! {
                biased;
                Some(answer) = self.in_flight.next() => return Some(self.finished(answer)),
                message = open.messages.next() => match message {
                    Some(Ok(message)) if is_warning(&message) => self.doubtful = self.in_flight.len(),
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => self.close(!self.in_flight.is_empty()),
                },
            }
        }
    }

    fn finished(&mut self, (batch, stored, sent): Answer) -> Finished {
        let begun = sent.max(std::mem::replace(&mut self.last_finished, Instant::now()));
        let elapsed = self.last_finished - begun;
        let is_doubtful = self.doubtful > 0;
        self.doubtful = self.doubtful.saturating_sub(1);
        let outcome = match stored {
            Ok(_) if is_doubtful => {
                Err(Fault::Unknown("a warning came with a commit: a standby may not have it".into()))
            }
            Ok(stored) => Ok(stored),
            Err(error) => Err(fault(error)),
        };
        match &outcome {
            Ok(_) => {
                (self.wait, self.lost) = (Duration::ZERO, 0);
                if let Some(open) = &mut self.open {
                    open.is_new = false;
                }
            }
            Err(Fault::Unknown(_)) => self.close(true),
            Err(_) => {}
        }
        Finished { batch, outcome, elapsed }
    }

    /// After an unknown outcome the connection is a new one. What else was on its way over it fails with it.
    fn close(&mut self, was_storing: bool) {
        if self.open.take().is_some() {
            self.lost += u32::from(was_storing);
            self.back_off();
        }
    }

    /// One attempt, which may have to wait first.
    async fn connect(&mut self) {
        tokio::time::sleep(self.wait.mul_f64(rand::random_range(0.5..1.0))).await;
        // A database that takes connections but stores nothing (its disk is full) must not be asked in a circle
        // either, so only a stored batch ends the waiting.
        self.back_off();
        match Open::connect(&self.settings).await {
            Ok(open) => (self.open, self.unreachable) = (Some(open), false),
            Err(error) => {
                self.unreachable = true;
                tracing::warn!(error = &error as &dyn StdError, "the writer cannot reach the database");
            }
        }
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
        Ok(Self { client: Arc::new(client), statement, messages, is_new: true })
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
fn is_warning(message: &AsyncMessage) -> bool {
    let AsyncMessage::Notice(notice) = message else { return false };
    let is_warning = *notice.code() == SqlState::WARNING;
    if is_warning {
        tracing::warn!(warning = notice.message(), "the database warned while callbacks were stored");
    }
    is_warning
}

fn fault(error: tokio_postgres::Error) -> Fault {
    match db::class(&error) {
        Class::Unavailable => Fault::Unknown(error.into()),
        Class::Conflict => Fault::Conflict,
        Class::NotificationQueueFull => Fault::NotificationQueueFull,
        Class::LockTimeout if waited_for_cursor(&error) => Fault::CursorLocked,
        Class::LockTimeout => Fault::RowLocked,
        Class::Refused => Fault::Refused(error),
        Class::Bug => Fault::Failed(error),
    }
}

/// Both locks time out with the same code; the statement that waited tells them apart, in every language.
fn waited_for_cursor(error: &tokio_postgres::Error) -> bool {
    error
        .as_db_error()
        .and_then(|error| error.where_())
        .is_some_and(|place| place.contains("pg_advisory_xact_lock"))
}

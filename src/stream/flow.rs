//! A stream's life around what it says: heartbeats, its age, the end of its session, the order to end.

use std::{pin::Pin, time::Duration};

use bytes::Bytes;
use rand::RngExt as _;
use tokio::time::{Instant, Sleep, sleep_until};

use super::{control::Bye, course::Course, registry::Place, registry::verdict};
use crate::{
    callback::Viewer,
    http::{Outlet, Rest},
    session::{Credential, Sessions},
};

/// A session that has not ended when it was to (it was used elsewhere) is asked about again this much later.
const SESSION_ASKED_AGAIN: Duration = Duration::from_secs(30);

/// A comment: keeps proxies from closing. It has no id, which would spoil the client's `Last-Event-ID`.
const HEARTBEAT: Bytes = Bytes::from_static(b":\n\n");

pub struct Flow {
    pub place: Place,
    pub course: Course,
    pub session: Session,
    pub times: Times,
}

/// By what the stream was let in.
pub struct Session {
    pub sessions: Sessions,
    pub viewer: Viewer,
    pub credential: Credential,
}

/// When something is due. One timer for all, since there may be many thousand streams.
pub struct Times {
    heartbeat: Duration,
    heartbeat_at: Instant,
    old_at: Instant,
    /// When the session is to be asked about.
    expired_at: Option<Instant>,
    timer: Pin<Box<Sleep>>,
}

enum Due {
    Heartbeat,
    Old,
    Expired,
}

impl Times {
    /// The age limit is reached at 80 to 100 % of `age_max`, so that streams that began together do not end together.
    ///
    /// A credential that is `doubtful` is asked about at once.
    pub fn new(heartbeat: Duration, age_max: Duration, credential: &Credential, doubtful: bool) -> Self {
        let now = Instant::now();
        let left = |at: chrono::DateTime<chrono::Utc>| (at - chrono::Utc::now()).to_std().unwrap_or_default();
        Self {
            heartbeat,
            heartbeat_at: now + heartbeat,
            old_at: now + age_max.mul_f64(rand::rng().random_range(0.8..1.0)),
            expired_at: if doubtful { Some(now) } else { credential.expires_at().map(|at| now + left(at)) },
            timer: Box::pin(sleep_until(now)),
        }
    }

    /// Something was said: the next heartbeat is not due before long.
    fn said(&mut self) {
        self.heartbeat_at = Instant::now() + self.heartbeat;
    }

    /// The timer is not set anew each time something is said, but when it goes off too early.
    async fn due(&mut self) -> Due {
        loop {
            let next = self.heartbeat_at.min(self.old_at).min(self.expired_at.unwrap_or(self.old_at));
            if self.timer.deadline() > next || self.timer.is_elapsed() {
                self.timer.as_mut().reset(next);
            }
            self.timer.as_mut().await;
            let now = Instant::now();
            if self.expired_at.is_some_and(|at| at <= now) {
                return Due::Expired;
            } else if self.old_at <= now {
                return Due::Old;
            } else if self.heartbeat_at <= now {
                return Due::Heartbeat;
            }
        }
    }
}

impl Flow {
    /// Speaks until the stream ends, or its client has gone. The next words are made when the socket has taken the last.
    pub async fn speak(mut self, mut outlet: Outlet) {
        loop {
            let (said, goes_on) = tokio::select! {
                biased;
                said = self.next() => said,
                () = outlet.gone() => return,
            };
            match outlet.offer(said) {
                Ok(None) => {}
                // Boxed, as every future here that is seldom needed: it would be room in each of many thousand streams.
                Ok(Some(rest)) => {
                    if !Box::pin(self.wait(&mut outlet, rest)).await {
                        return;
                    }
                }
                Err(_) => return,
            }
            if !goes_on {
                return Box::pin(outlet.close()).await;
            }
        }
    }

    /// Until the reader has made room; false if it has gone, or was cut off.
    async fn wait(&self, outlet: &mut Outlet, rest: Rest) -> bool {
        let control = &self.place.control;
        control.given();
        let flushed = tokio::select! {
            flushed = outlet.flush(rest) => flushed.is_ok(),
            () = control.is_cut() => false,
        };
        control.taken();
        flushed
    }

    /// The next bytes, and whether more will follow.
    async fn next(&mut self) -> (Bytes, bool) {
        loop {
            let due = tokio::select! {
                biased;
                bye = self.place.control.ended() => return (bye.bytes(), false),
                // Before what is to be said, which under load never ends.
                due = self.times.due() => due,
                said = self.course.next() => {
                    self.times.said();
                    return (said, true);
                }
            };
            match due {
                Due::Heartbeat => {
                    self.times.said();
                    return (HEARTBEAT, true);
                }
                Due::Old => return (Bye::MaxAge.bytes(), false),
                Due::Expired => {
                    if let Some(bye) = Box::pin(self.session.verdict()).await {
                        return (bye.bytes(), false);
                    }
                    self.times.expired_at = Some(Instant::now() + SESSION_ASKED_AGAIN);
                }
            }
        }
    }
}

impl Session {
    /// While the database is away nobody is thrown out: it is asked again.
    async fn verdict(&self) -> Option<Bye> {
        let standing = self.sessions.standing(&[self.credential]).await.ok()?;
        verdict(&self.viewer, *standing.first()?)
    }
}

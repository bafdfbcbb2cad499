//! What the listener looks at each time its timer goes off: whether notifications arrive, whether their queue has room,
//! what has been pruned.

use std::time::Duration;

use metrics::gauge;
use tokio::time::Instant;

use super::{Listener, Mode, link::ECHO};
use crate::{db, hub::Alert};

const SEND_ECHO: &str = include_str!("../../sql/queries/signal/echo.sql");

/// How long a notification to itself may take. Longer means that nothing arrives.
const ECHO_WAIT: Duration = Duration::from_secs(5);
/// Above this share the notification queue is about to fill, and then commits notify nobody.
const QUEUE_USAGE_MAX: f64 = 0.5;

/// The notification to itself.
pub(super) enum Echo {
    Returned,
    Awaited { until: Instant },
}

impl Listener {
    /// Through the pool, so that it also shows whether both addresses lead to the same database.
    pub(super) async fn send_echo(&mut self) {
        match self.db.query_one(SEND_ECHO, &[&ECHO, &self.node.to_string()]).await {
            Ok(_) => self.echo = Echo::Awaited { until: Instant::now() + ECHO_WAIT },
            Err(error) => {
                // That of an earlier connection is not waited for: it went with it.
                self.echo = Echo::Returned;
                tracing::debug!(
                    error = &error as &dyn std::error::Error,
                    "no notification to itself was sent"
                );
            }
        }
    }

    /// A connection on which nothing arrives is silent, dead, or led astray by a pooler: it is replaced, and until one
    /// answers the table is read every second.
    pub(super) async fn check_echo(&mut self) {
        match self.echo {
            Echo::Awaited { until } if Instant::now() < until => {}
            Echo::Awaited { .. } if self.link.is_connected() => {
                if *self.mode.borrow() != Mode::Polling {
                    self.hub.alerts().raise(Alert::polling("a notification to itself did not come back"));
                }
                self.link.disconnect();
                self.set_mode(Mode::Polling);
            }
            _ => self.send_echo().await,
        }
    }

    /// After a failover or a restore the database may know less than was published. Then so must we: what is gone is shown
    /// to nobody any more, and what comes now must not be taken for older. Whether that was so.
    pub(super) async fn check_loss(&mut self) -> Result<bool, db::Error> {
        let kept = self.store.kept(self.position).await?;
        if kept >= self.position {
            return Ok(false);
        }
        tracing::error!(
            shown = %self.position,
            kept = %kept,
            "the database has lost callbacks that were shown, in a failover or a restore"
        );
        self.position = kept;
        self.hub.lost(kept);
        Ok(true)
    }

    /// Pruning tells nobody, row by row; it only moves the floor.
    pub(super) async fn check_floor(&mut self) {
        if let Ok(floor) = self.store.floor().await {
            self.hub.forget(floor);
        }
    }

    pub(super) async fn check_queue(&mut self) {
        match self.store.notification_queue_usage().await {
            Ok(usage) if usage > QUEUE_USAGE_MAX => self.hub.alerts().raise(Alert::notification_queue_full()),
            Ok(usage) => {
                gauge!("callbackd_notification_queue_usage").set(usage);
                self.hub.alerts().clear("notification_queue_full");
            }
            Err(_) => {}
        }
    }
}

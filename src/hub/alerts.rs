//! What an operator should know now: logged once, pushed to every admin's stream, told to those who come later.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use tokio::sync::broadcast;

use super::{Event, frame::event};
use crate::callback::SameDelivery;

/// Often enough to be remembered, seldom enough to be read.
const REPEATED_AFTER: TimeDelta = TimeDelta::hours(1);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Warning,
    Error,
}

/// One alert. `kind` is stable; raising the same kind again replaces it.
#[derive(Debug, Clone, Serialize)]
pub struct Alert {
    pub kind: &'static str,
    pub severity: Severity,
    pub title: &'static str,
    pub detail: String,
    pub at: DateTime<Utc>,
}

impl Alert {
    fn new(kind: &'static str, severity: Severity, title: &'static str, detail: impl Into<String>) -> Self {
        Self { kind, severity, title, detail: detail.into(), at: Utc::now() }
    }

    pub fn unsigned(source: &str) -> Self {
        let detail = format!(
            "callbacks of {source} are accepted although nobody has signed them: set its secret and unsigned = \"reject\""
        );
        Self::new("unsigned", Severity::Warning, "No webhook secret configured", detail)
    }

    pub fn same_delivery(same: &SameDelivery) -> Self {
        let detail = format!(
            "{} has sent two different callbacks under one id of a delivery, and both are stored: {} and {}; the same id \
             must mean the same callback, so ask the sender which one it meant",
            same.source, same.id, same.other
        );
        Self::new("same_delivery", Severity::Warning, "One delivery, two callbacks", detail)
    }

    pub fn notification_queue_full() -> Self {
        let detail = "PostgreSQL's notification queue is full, so callbacks are stored without notifying and found by \
                      polling: end the session that is listening while idle in a transaction (see pg_stat_activity)";
        Self::new("notification_queue_full", Severity::Error, "Notification queue is full", detail)
    }

    pub fn polling(why: &str) -> Self {
        let detail = format!(
            "{why}: new callbacks are found by polling every second; set listener_database_url to a direct connection, \
             as poolers in transaction mode swallow LISTEN"
        );
        Self::new("listener_polling", Severity::Warning, "Notifications do not arrive", detail)
    }
}

/// A handle, cheap to clone.
#[derive(Debug, Clone)]
pub struct Alerts {
    active: Arc<Mutex<BTreeMap<&'static str, Alert>>>,
    sender: broadcast::Sender<Event>,
}

impl Alerts {
    pub(super) fn new(sender: broadcast::Sender<Event>) -> Self {
        Self { active: Arc::default(), sender }
    }

    /// Logs and pushes it, and keeps it for streams that open later. One that is on already is repeated hourly.
    pub fn raise(&self, alert: Alert) {
        let known = self.active().get(alert.kind).map(|known| known.at);
        if known.is_some_and(|at| alert.at - at < REPEATED_AFTER) {
            return;
        }
        tracing::warn!(kind = alert.kind, detail = alert.detail, "{}", alert.title);
        let bytes = event("alert", None, &alert);
        self.active().insert(alert.kind, alert);
        let _ = self.sender.send(Event::Alert(bytes));
    }

    /// It is over: later streams are not told any more.
    pub fn clear(&self, kind: &'static str) {
        if self.active().remove(kind).is_some() {
            tracing::info!(kind, "an alert is over");
        }
    }

    pub fn is_active(&self, kind: &str) -> bool {
        self.active().contains_key(kind)
    }

    /// The alerts that are on, as events.
    pub fn active_bytes(&self) -> Bytes {
        self.active().values().flat_map(|alert| event("alert", None, alert)).collect()
    }

    pub fn list(&self) -> Vec<Alert> {
        self.active().values().cloned().collect()
    }

    fn active(&self) -> MutexGuard<'_, BTreeMap<&'static str, Alert>> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! What an operator should know now: logged once, pushed to every admin's stream, told to those who come later.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::Serialize;
use tokio::sync::broadcast;

use super::{Event, frame::event};
use crate::callback::SameDelivery;

/// Often enough to be remembered, seldom enough to be read.
const REPEATED_AFTER: TimeDelta = TimeDelta::hours(1);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something has ended well.
    Info,
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
    /// That the spool is in use, and how far it is filled.
    pub const SPOOL: &str = "spool";
    /// That its disk refuses.
    pub const SPOOL_FAILED: &str = "spool_failed";
    /// That a start in an outage would know older sources than this process does.
    pub const SOURCES_NOT_COPIED: &str = "sources_not_copied";

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

    pub fn spooling() -> Self {
        let detail = "the database does not take callbacks, so this server keeps them on its own disk (spool_dir) and \
                      answers 202; they are stored when the database is back";
        Self::new(Self::SPOOL, Severity::Warning, "Callbacks are spooled", detail)
    }

    pub fn spool_filling(bytes: u64, bytes_max: u64) -> Self {
        let detail = format!(
            "{bytes} of {bytes_max} bytes are used: bring the database back, or raise spool_max_bytes and restart; when it \
             is full, senders get 503"
        );
        Self::new(Self::SPOOL, Severity::Error, "The spool is filling", detail)
    }

    pub fn spool_full(bytes_max: u64) -> Self {
        let detail = format!(
            "all of its {bytes_max} bytes are used, so senders get 503 and give up in time: bring the database back, or \
             raise spool_max_bytes and restart"
        );
        Self::new(Self::SPOOL, Severity::Error, "The spool is full", detail)
    }

    pub fn spool_drained(callbacks: u64) -> Self {
        let were = if callbacks == 1 { "callback was" } else { "callbacks were" };
        let detail = format!("the database is back; {callbacks} spooled {were} brought to it");
        Self::new(Self::SPOOL, Severity::Info, "The spool is drained", detail)
    }

    pub fn spool_failed(error: &str) -> Self {
        let detail = format!(
            "callbacks could not be written to spool_dir ({error}), and were answered 503: see to that disk, its room and \
             its permissions"
        );
        Self::new(Self::SPOOL_FAILED, Severity::Error, "The spool's disk fails", detail)
    }

    pub fn spool_refused(file: &Path) -> Self {
        let detail = format!(
            "the database refuses a callback that had been acknowledged, and the log says why; it is kept as {}",
            file.display()
        );
        Self::new("spool_refused", Severity::Error, "A spooled callback was refused", detail)
    }

    pub fn spool_damaged(file: &Path) -> Self {
        let detail = format!(
            "a file of the spool cannot be read in full, so callbacks that had been acknowledged may be missing; it is \
             kept as {}",
            file.display()
        );
        Self::new("spool_damaged", Severity::Error, "The spool is damaged", detail)
    }

    pub fn sources_not_copied(error: &str) -> Self {
        let detail = format!(
            "what the database says of sources could not be copied to spool_dir ({error}): if this server is started while \
             the database is away, it receives with what it knew before; see to that disk, its room and its permissions"
        );
        Self::new(Self::SOURCES_NOT_COPIED, Severity::Warning, "Sources are not copied", detail)
    }

    pub fn sources_outdated(names: &str, since: DateTime<Utc>) -> Self {
        let detail = format!(
            "this server was started while the database was away, and from {} until now judged requests by the sources that \
             it last knew; meanwhile {names} had been changed, turned off or removed, or had lost a secret: look at what \
             came from there in that time, and delete what should not be there",
            since.to_rfc3339_opts(SecondsFormat::Secs, true)
        );
        Self::new("sources_outdated", Severity::Warning, "Received by outdated sources", detail)
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

    /// Logs and pushes it, and keeps it for streams that open later. One that is on already, and says the same, is
    /// repeated hourly.
    pub fn raise(&self, alert: Alert) {
        let known = self.active().get(alert.kind).map(|known| (known.title, known.at));
        if known.is_some_and(|(title, at)| title == alert.title && alert.at - at < REPEATED_AFTER) {
            return;
        }
        tracing::warn!(kind = alert.kind, detail = alert.detail, "{}", alert.title);
        let bytes = event("alert", None, &alert);
        self.active().insert(alert.kind, alert);
        let _ = self.sender.send(Event::Admins(bytes));
    }

    /// The last word on its kind: logged and pushed, and not kept.
    pub fn end(&self, alert: &Alert) {
        tracing::info!(kind = alert.kind, detail = alert.detail, "{}", alert.title);
        self.active().remove(alert.kind);
        let _ = self.sender.send(Event::Admins(event("alert", None, alert)));
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

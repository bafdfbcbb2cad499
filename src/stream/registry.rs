//! Every open stream of this server: how many may be open, and whose they are.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use rand::RngExt as _;
use uuid::Uuid;

use super::control::{Bye, Control};
use crate::{
    callback::{Scope, Viewer},
    config,
    http::Connection,
    problem::{Problem, Result},
    session::{Credential, Role},
};

/// A stream, as others see it.
pub struct Entry {
    pub viewer: Viewer,
    pub credential: Credential,
    address: IpAddr,
    pub control: Arc<Control>,
    connection: Connection,
}

/// A handle, cheap to clone.
#[derive(Clone)]
pub struct Registry {
    streams: Arc<Mutex<HashMap<u64, Entry>>>,
    /// Keys are never used twice.
    next_key: Arc<AtomicU64>,
    limits: config::Streams,
}

/// An open stream's place; it is free again when this is dropped.
pub struct Place {
    registry: Registry,
    key: u64,
    pub control: Arc<Control>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.registry.streams().remove(&self.key);
    }
}

impl Registry {
    pub fn new(limits: config::Streams) -> Self {
        Self { streams: Arc::default(), next_key: Arc::default(), limits }
    }

    pub fn open(
        &self,
        viewer: Viewer,
        credential: Credential,
        address: IpAddr,
        connection: Connection,
    ) -> Result<Place> {
        let mut streams = self.streams();
        self.check_limits(&streams, &viewer, address)?;
        let key = self.next_key.fetch_add(1, Ordering::Relaxed);
        let control = Arc::new(Control::default());
        streams.insert(key, Entry { viewer, credential, address, control: control.clone(), connection });
        Ok(Place { registry: self.clone(), key, control })
    }

    fn check_limits(&self, streams: &HashMap<u64, Entry>, viewer: &Viewer, address: IpAddr) -> Result<()> {
        if streams.len() >= self.limits.max {
            return Err(Problem::unavailable(
                "this server has as many streams as it may (streams_max)",
                jittered(),
            ));
        }
        let of_person = streams.values().filter(|entry| entry.viewer.profile == viewer.profile).count();
        if of_person >= self.limits.per_admin_max {
            let detail = "you have as many open streams as you may (streams_per_admin_max); close one";
            return Err(Problem::too_many(detail, jittered()));
        }
        let of_address = streams.values().filter(|entry| entry.address == address).count();
        if of_address >= self.limits.per_address_max {
            let detail = "your address has as many open streams as it may (streams_per_address_max)";
            return Err(Problem::too_many(detail, jittered()));
        }
        Ok(())
    }

    pub fn len(&self) -> usize {
        self.streams().len()
    }

    /// As whom a person watches here, if at all.
    pub fn viewer(&self, person: Uuid) -> Option<Viewer> {
        self.streams().values().find(|entry| entry.viewer.profile == person).map(|entry| entry.viewer.clone())
    }

    /// The credentials behind the streams that `chosen` picks.
    pub fn credentials(&self, chosen: impl Fn(&Entry) -> bool) -> Vec<Credential> {
        let mut credentials: Vec<_> =
            self.streams().values().filter(|entry| chosen(entry)).map(|entry| entry.credential).collect();
        credentials.sort_by_key(Credential::id);
        credentials.dedup_by_key(|credential| credential.id());
        credentials
    }

    pub fn end(&self, bye: Bye, chosen: impl Fn(&Entry) -> bool) {
        for entry in self.streams().values().filter(|entry| chosen(entry)) {
            entry.control.end(bye);
        }
    }

    /// Ends streams that have not been read for `stall`. Their last event cannot reach them, so the connection is cut.
    pub fn cut_stalled(&self, stall: Duration) -> usize {
        let stall_ms = u64::try_from(stall.as_millis()).unwrap_or(u64::MAX);
        let streams = self.streams();
        let stalled = streams.values().filter(|entry| entry.control.unread_ms() > stall_ms);
        stalled.inspect(|entry| entry.control.end(Bye::Slow)).inspect(|entry| entry.connection.cut()).count()
    }

    fn streams(&self) -> MutexGuard<'_, HashMap<u64, Entry>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    /// Why this stream must end when its owner now has `role`, if it must.
    pub fn verdict(&self, role: Option<Role>) -> Option<Bye> {
        verdict(&self.viewer, role)
    }
}

pub fn verdict(viewer: &Viewer, role: Option<Role>) -> Option<Bye> {
    match (role, &viewer.scope) {
        (None, _) => Some(Bye::SessionExpired),
        (Some(Role::Admin), Scope::All) | (Some(Role::Member), Scope::Owner(_)) => None,
        (Some(_), _) => Some(Bye::RoleRemoved),
    }
}

/// Those who are refused together must not come back together.
fn jittered() -> Duration {
    Duration::from_millis(rand::rng().random_range(2_000..10_000))
}

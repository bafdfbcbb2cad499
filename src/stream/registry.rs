//! Every open stream of this server: how many may be open, and whose they are.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rand::RngExt as _;
use tokio::time::Instant;
use uuid::Uuid;

use super::control::{Bye, Control};
use crate::{
    callback::{Scope, Viewer},
    config,
    problem::{Problem, Result},
    session::{Credential, Role, Standing},
};

/// How long it is remembered that somebody's access has changed: far longer than from a request's look-up to its stream.
const TOLD_FOR: Duration = Duration::from_secs(30);

/// A `callbackd tail --forward` behind a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tail {
    /// The same over all of its streams.
    pub id: Uuid,
    /// Where it sends callbacks, as it is shown.
    pub url: String,
}

/// A stream, as others see it.
pub struct Entry {
    pub viewer: Viewer,
    pub credential: Credential,
    address: IpAddr,
    pub control: Arc<Control>,
    tail: Option<Tail>,
}

/// A handle, cheap to clone.
#[derive(Clone)]
pub struct Registry {
    open: Arc<Mutex<Open>>,
    limits: config::Streams,
}

#[derive(Default)]
struct Open {
    streams: HashMap<u64, Entry>,
    /// Keys are never used twice.
    next_key: u64,
    of_person: HashMap<Uuid, usize>,
    of_address: HashMap<IpAddr, usize>,
    /// Credentials and people whose access has just changed.
    told: HashMap<Uuid, Instant>,
}

/// An open stream's place; it is free again when this is dropped.
pub struct Place {
    registry: Registry,
    key: u64,
    pub control: Arc<Control>,
    /// Its owner's access changed while it was being opened: it must be asked for again.
    pub doubtful: bool,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.registry.open_streams().remove(self.key);
    }
}

impl Registry {
    pub fn new(limits: config::Streams) -> Self {
        Self { open: Arc::default(), limits }
    }

    pub fn open(
        &self,
        viewer: Viewer,
        credential: Credential,
        address: IpAddr,
        tail: Option<Tail>,
    ) -> Result<Place> {
        let mut open = self.open_streams();
        self.check_limits(&open, &viewer, address)?;
        let doubtful = open.was_told(credential.id()) || open.was_told(viewer.profile);
        let control = Arc::new(Control::default());
        let key = open.insert(Entry { viewer, credential, address, control: control.clone(), tail });
        Ok(Place { registry: self.clone(), key, control, doubtful })
    }

    /// Remembers that the access of these credentials or people has changed: a stream that is just being opened was
    /// let in by what was known before, and would be missed by whoever ends those that are open.
    pub fn tell(&self, ids: &[Uuid]) {
        let now = Instant::now();
        let mut open = self.open_streams();
        open.told.retain(|_, told| now - *told < TOLD_FOR);
        open.told.extend(ids.iter().map(|id| (*id, now)));
    }

    fn check_limits(&self, open: &Open, viewer: &Viewer, address: IpAddr) -> Result<()> {
        if open.streams.len() >= self.limits.max {
            return Err(Problem::unavailable(
                "this server has as many streams as it may (streams_max)",
                jittered(),
            ));
        }
        if open.of_person.get(&viewer.profile).is_some_and(|count| *count >= self.limits.per_admin_max) {
            let detail = "you have as many open streams as you may (streams_per_admin_max); close one";
            return Err(Problem::too_many(detail, jittered()));
        }
        if open.of_address.get(&address).is_some_and(|count| *count >= self.limits.per_address_max) {
            let detail = "your address has as many open streams as it may (streams_per_address_max)";
            return Err(Problem::too_many(detail, jittered()));
        }
        Ok(())
    }

    pub fn len(&self) -> usize {
        self.open_streams().streams.len()
    }

    /// As whom a person watches here, if at all.
    pub fn viewer(&self, person: Uuid) -> Option<Viewer> {
        let open = self.open_streams();
        open.of_person.get(&person)?;
        open.streams.values().find(|entry| entry.viewer.profile == person).map(|entry| entry.viewer.clone())
    }

    /// Every forwarding `tail` that is connected here, and whose it is; one that is just connecting anew counts once.
    pub fn tails(&self) -> Vec<(Tail, Uuid)> {
        let open = self.open_streams();
        let tails = open.streams.values().filter(|entry| entry.viewer.scope == Scope::All);
        let mut tails: Vec<_> =
            tails.filter_map(|entry| Some((entry.tail.clone()?, entry.viewer.profile))).collect();
        drop(open);
        tails.sort_by(|a, b| (&a.0.url, a.0.id).cmp(&(&b.0.url, b.0.id)));
        tails.dedup_by_key(|(tail, _)| tail.id);
        tails
    }

    /// The credentials behind the streams that `chosen` picks.
    pub fn credentials(&self, chosen: impl Fn(&Entry) -> bool) -> Vec<Credential> {
        let open = self.open_streams();
        let chosen = open.streams.values().filter(|entry| chosen(entry));
        let mut credentials: Vec<_> = chosen.map(|entry| entry.credential).collect();
        drop(open);
        credentials.sort_by_key(Credential::id);
        credentials.dedup_by_key(|credential| credential.id());
        credentials
    }

    /// Ends every stream for which `verdict` gives a reason.
    pub fn end(&self, verdict: impl Fn(&Entry) -> Option<Bye>) {
        for entry in self.open_streams().streams.values() {
            if let Some(bye) = verdict(entry) {
                entry.control.end(bye);
            }
        }
    }

    /// Ends streams that have not been read for `stall`. Their last event cannot reach them, so the connection is cut.
    pub fn cut_stalled(&self, stall: Duration) -> usize {
        let stall_ms = u64::try_from(stall.as_millis()).unwrap_or(u64::MAX);
        let open = self.open_streams();
        let stalled = open.streams.values().filter(|entry| entry.control.unread_ms() > stall_ms);
        stalled.inspect(|entry| entry.control.end(Bye::Slow)).inspect(|entry| entry.control.cut()).count()
    }

    /// Ends every stream at once.
    pub fn cut_all(&self) {
        for entry in self.open_streams().streams.values() {
            entry.control.end(Bye::ShuttingDown);
            entry.control.cut();
        }
    }

    fn open_streams(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn insert(&mut self, entry: Entry) -> u64 {
        self.next_key += 1;
        *self.of_person.entry(entry.viewer.profile).or_default() += 1;
        *self.of_address.entry(entry.address).or_default() += 1;
        self.streams.insert(self.next_key, entry);
        self.next_key
    }

    fn remove(&mut self, key: u64) {
        if let Some(entry) = self.streams.remove(&key) {
            one_less(&mut self.of_person, &entry.viewer.profile);
            one_less(&mut self.of_address, &entry.address);
        }
    }

    fn was_told(&self, id: Uuid) -> bool {
        self.told.get(&id).is_some_and(|told| told.elapsed() < TOLD_FOR)
    }
}

/// Whoever has none left is forgotten.
fn one_less<K: Hash + Eq>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

impl Entry {
    /// Why this stream must end when its credential now is worth so much, if it must.
    pub fn verdict(&self, standing: Standing) -> Option<Bye> {
        verdict(&self.viewer, standing)
    }
}

pub fn verdict(viewer: &Viewer, standing: Standing) -> Option<Bye> {
    match (standing, &viewer.scope) {
        (Standing::Ended, _) => Some(Bye::SessionExpired),
        (Standing::Revoked, _) => Some(Bye::SignedOut),
        (Standing::Valid(Role::Admin), Scope::All) | (Standing::Valid(Role::Member), Scope::Owner(_)) => None,
        (Standing::Valid(_), _) => Some(Bye::RoleRemoved),
    }
}

/// Those who are refused together must not come back together.
fn jittered() -> Duration {
    Duration::from_millis(rand::rng().random_range(2_000..10_000))
}

//! People, their sessions and API tokens, and every way to get in.
//!
//! A session is a random token in a cookie, not a signed one: it can be taken back, on every node at once, because each
//! request asks the database who it is. What makes that affordable is that requests of the same moment ask together
//! ([`Lookups`]); nothing that decides access is remembered beyond that.
//!
//! Whoever loses access loses it in the statement that also tells the nodes so ([`crate::signal`]). Other modules take an
//! extractor ([`Admin`], [`Member`], [`SignedIn`]) and know no more of all this.

pub(crate) mod address;
mod api;
pub(crate) mod cookie;
mod error;
pub(crate) mod external;
pub(crate) mod extract;
mod limit;
mod lookup;
pub(crate) mod opaque;
mod origin;
pub mod password;
pub mod people;
mod person;
mod sign_in;
mod store;
pub mod tokens;

use std::{
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant as StdInstant},
};

use axum::http::HeaderMap;
use ipnet::IpNet;
use secrecy::SecretString;
use tokio::{sync::Semaphore, time::Instant};
use uuid::Uuid;

pub use self::{
    address::{ClientAddress, neighbourhood},
    api::routes,
    cookie::NAME as COOKIE_NAME,
    error::Error,
    extract::{Admin, InPerson, Member, SignedIn},
    lookup::Lookups,
    origin::refuse_cross_origin,
    person::{Credential, Person, Role, Standing},
    sign_in::{Opened, Visitor},
    tokens::ApiToken,
};
use self::{limit::Rate, limit::Slowdown, lookup::Lookup, password::Hasher, store::Store};
use crate::{
    config,
    db::{self, Db},
};

/// Sign-ins of one address: a burst for an office behind one address, then one every three seconds.
const SIGN_INS_PER_MINUTE: u32 = 20;
const SIGN_INS_AT_ONCE: u32 = 20;

/// Sign-ins that wait for an account's slow-down at the same time, each an open request; beyond it 429.
const SLOWED_MAX: usize = 1_024;

/// Rows that one statement of [`Sessions::sweep`] removes: short locks.
const SWEEP_BATCH: i64 = 5_000;

/// How people reach this server.
#[derive(Clone, Debug)]
pub struct Place {
    /// As configured, or `None` when it is only derived from the listener.
    pub public_url: Option<String>,
    /// Whether this server runs its own PostgreSQL, and so takes one-time links.
    pub development: bool,
}

/// A cheap handle to everything about getting in.
#[derive(Clone, Debug)]
pub struct Sessions {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    store: Store,
    lookup: Lookup,
    hasher: Hasher,
    issuer: Option<external::Issuer>,
    trusted_proxies: Vec<IpNet>,
    place: Place,
    requests: Rate<Uuid>,
    sign_ins: Rate<IpAddr>,
    accounts: Slowdown<opaque::Hash>,
    slowed: Semaphore,
}

impl Sessions {
    /// The handle, and the task without which nobody is recognised: the caller runs it.
    pub fn new(
        db: Db,
        access: &config::Access,
        external: Option<&config::External>,
        place: Place,
    ) -> Result<(Self, Lookups), Error> {
        let store = Store::new(db, access.session_idle, access.session_max);
        let (lookup, lookups) = lookup::new(store.clone());
        let shared = Shared {
            store,
            lookup,
            hasher: Hasher::default(),
            issuer: external.map(external::Issuer::new).transpose()?,
            trusted_proxies: access.trusted_proxies.clone(),
            place,
            requests: Rate::new(access.requests_per_minute, access.requests_per_minute),
            sign_ins: Rate::new(SIGN_INS_PER_MINUTE, SIGN_INS_AT_ONCE),
            accounts: Slowdown::new(),
            slowed: Semaphore::new(SLOWED_MAX),
        };
        Ok((Self { shared: Arc::new(shared) }, lookups))
    }

    /// Who a request comes from: its bearer token if it has one, else its cookie. Counts against its rate.
    pub async fn recognise(&self, headers: &HeaderMap) -> Result<SignedIn, Error> {
        let hash = match extract::bearer(headers) {
            Some(token) => opaque::hash_of(opaque::API_TOKEN_PREFIX, token),
            None => cookie::read(headers).and_then(|token| opaque::hash_of("", token)),
        };
        let hash = hash.ok_or(Error::NoSession)?;
        let found = self.shared.lookup.find(hash).await?.ok_or(Error::NoSession)?;
        self.shared.requests.take(found.credential.id(), Instant::now()).map_err(Error::TooMany)?;
        Ok(found)
    }

    /// What each credential is still worth, in their order. One query, whatever their number.
    pub async fn standing(&self, credentials: &[Credential]) -> Result<Vec<Standing>, db::Error> {
        let known = self.shared.store.standing(credentials).await?;
        let of = |credential: &Credential| known.get(&credential.id()).copied().unwrap_or(Standing::Ended);
        Ok(credentials.iter().map(of).collect())
    }

    /// The client behind a socket's address, as far as trusted proxies say.
    pub fn client_address(&self, socket: IpAddr, headers: &HeaderMap) -> IpAddr {
        address::resolve(socket, headers, &self.shared.trusted_proxies)
    }

    /// A sign-in link for a person: ten minutes, once, in development mode and on this machine only.
    pub async fn make_link(&self, profile: Uuid) -> Result<SecretString, db::Error> {
        self.shared.store.make_link(profile).await
    }

    /// The admin of development mode: the oldest there is, or else a new one without a password.
    pub async fn ensure_development_admin(&self) -> Result<Person, Error> {
        Ok(people::ensure_development_admin(self.shared.store.db()).await?)
    }

    /// Makes an admin unless somebody has that address already, whose password and role are then left alone.
    /// Returns whether it did.
    pub async fn ensure_first_admin(&self, email: &str, password: &SecretString) -> Result<bool, Error> {
        let (db, hasher) = (self.shared.store.db(), &self.shared.hasher);
        Ok(people::ensure_first_admin(db, hasher, email, password).await?)
    }

    /// Removes what has ended: sessions, links, and tokens revoked a month ago. Called hourly; returns how many rows.
    pub async fn sweep(&self) -> Result<u64, db::Error> {
        let started = StdInstant::now();
        let mut removed = self.shared.store.sweep_links_and_tokens().await?;
        loop {
            let batch = self.shared.store.sweep_sessions(SWEEP_BATCH).await?;
            removed += batch;
            // What is left after a while waits for the next hour.
            if batch < SWEEP_BATCH.unsigned_abs() || started.elapsed() > Duration::from_mins(1) {
                return Ok(removed);
            }
        }
    }

    pub fn public_url(&self) -> Option<&str> {
        self.shared.place.public_url.as_deref()
    }

    pub fn development(&self) -> bool {
        self.shared.place.development
    }
}

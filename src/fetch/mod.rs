//! Thin callbacks made whole: the object that a callback names is fetched from the service's own API, after the sender has
//! been answered, and kept beside the callback.
//!
//! The decision worth arguing about: nobody who receives or stores callbacks knows of this. What is to be fetched is found
//! by position, as a stream finds what it has not sent: each source has a position up to which its callbacks were looked
//! at, and since positions are in the order of commits, none is passed over, whatever dies and when. A notification only
//! makes it sooner. An attempt belongs to the node that has claimed its row, for a while: who does not come back in time
//! is taken for dead, and what it would have said later counts for nothing.

mod api;
mod once;
mod pace;
mod store;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use metrics::{counter, gauge, histogram};
use rand::RngExt as _;
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::{
    once::{Failure, Outcome},
    store::{Claim, Looked, Store},
};
use crate::{
    client::{self, Reach},
    db::{self, Class, Db},
    hub::{Event, Hub},
    ingest::{self, Sources},
    source::{Fetch, Source},
    telemetry::count,
};

pub use self::api::{Fetches, routes};

/// Attempts of one node at a time, and of one source: a service that hangs leaves room for the others.
const RUNNING_MAX: usize = 8;
const RUNNING_PER_SOURCE_MAX: usize = 4;
/// The table is looked at this often without a word of something new, jittered by a fifth.
const POLL_INTERVAL: Duration = Duration::from_secs(15);
/// What is due may be held by another node for the moment in which it claims it.
const BETWEEN_ROUNDS: Duration = Duration::from_millis(20);
/// After the database was away.
const AWAY_WAIT: Duration = Duration::from_secs(1);
/// Beyond the longest that an attempt takes, to say how it ended.
const LEASE_MARGIN: Duration = Duration::from_secs(30);
/// To give back at the end what was broken off.
const RELEASE_WAIT: Duration = Duration::from_secs(2);

/// The task that fetches.
pub struct Fetcher {
    store: Store,
    sources: Sources,
    hub: Hub,
    /// Rung when somebody wants an object again.
    bell: Arc<Notify>,
    clients: HashMap<Reach, reqwest::Client>,
    /// Sources that have a position.
    begun: HashSet<Arc<str>>,
    running: HashMap<Uuid, Running>,
}

struct Running {
    source: Arc<str>,
    /// Of its claim.
    name: Uuid,
}

/// The callbacks whose attempts are over.
type Attempts = FuturesUnordered<BoxFuture<'static, Uuid>>;

impl Fetcher {
    pub fn new(db: Db, sources: Sources, hub: Hub) -> (Self, Fetches) {
        let (store, bell) = (Store::new(db), Arc::new(Notify::new()));
        let handle = Fetches::new(store.clone(), sources.clone(), bell.clone());
        let (clients, begun, running) = (HashMap::new(), HashSet::new(), HashMap::new());
        let fetcher = Self { store, sources, hub, bell, clients, begun, running };
        (fetcher, handle)
    }

    /// Runs until `shutdown`. A database that is away is no error: what is in it is found later.
    pub async fn run(mut self, shutdown: CancellationToken) -> Result<(), db::Error> {
        let (mut attempts, mut news) = (Attempts::new(), self.hub.subscribe());
        loop {
            let wait = match self.round(&mut attempts).await {
                Ok(wait) => wait,
                Err(error) if error.class() == Class::Bug => return Err(error),
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "fetching waits for the database"
                    );
                    AWAY_WAIT
                }
            };
            tokio::select! {
                () = shutdown.cancelled() => break,
                Some(done) = attempts.next() => drop(self.running.remove(&done)),
                () = something_new(&mut news, &self.sources) => {}
                () = self.bell.notified() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
        self.release().await;
        Ok(())
    }

    /// Looks for what is new, and begins what is due; how long nothing will be.
    async fn round(&mut self, attempts: &mut Attempts) -> Result<Duration, db::Error> {
        let idle = POLL_INTERVAL.mul_f64(rand::rng().random_range(0.8..1.2));
        let sources = self.sources.all();
        let fetching: Vec<(&Source, &Fetch)> =
            sources.iter().filter_map(|it| Some((&it.source, it.source.fetch.as_ref()?))).collect();
        if fetching.is_empty() {
            return Ok(idle);
        }
        self.begin(&fetching).await?;
        let mut free = Vec::new();
        for (source, fetch) in fetching {
            while self.store.look(&source.name, |event| fetch.has(event)).await? == Looked::Partly {}
            self.begin_due(source, fetch, attempts).await?;
            if self.room_for(&source.name) > 0 {
                free.push(&*source.name);
            }
        }
        gauge!("callbackd_fetches_running").set(count(self.running.len()));
        // What is due and has no room begins when an attempt ends.
        Ok(self.store.next(&free).await?.map_or(idle, |wait| wait.clamp(BETWEEN_ROUNDS, idle)))
    }

    async fn begin(&mut self, fetching: &[(&Source, &Fetch)]) -> Result<(), db::Error> {
        let names = fetching.iter().map(|(source, _)| &source.name);
        let new: Vec<&Arc<str>> = names.filter(|name| !self.begun.contains(*name)).collect();
        if !new.is_empty() {
            self.store.begin(&new.iter().map(|name| &***name).collect::<Vec<_>>()).await?;
            self.begun.extend(new.into_iter().cloned());
        }
        Ok(())
    }

    async fn begin_due(
        &mut self,
        source: &Source,
        fetch: &Fetch,
        attempts: &mut Attempts,
    ) -> Result<(), db::Error> {
        let room = self.room_for(&source.name);
        if room == 0 {
            return Ok(());
        }
        let client = match self.client(fetch) {
            Ok(client) => client,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "no client to fetch with");
                return Ok(());
            }
        };
        let lease = fetch.timeout + LEASE_MARGIN;
        let limit = i64::try_from(room).unwrap_or(1);
        for claim in self.store.claim(&source.name, limit, lease).await? {
            let running = Running { source: source.name.clone(), name: claim.name };
            self.running.insert(claim.callback, running);
            let (store, client, source) = (self.store.clone(), client.clone(), source.clone());
            attempts.push(Box::pin(async move {
                let callback = claim.callback;
                if let Err(error) = finish(&store, &client, &source, claim).await {
                    // Its claim runs out, and somebody tries again.
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, %callback, "how fetching ended was not recorded");
                }
                callback
            }));
        }
        Ok(())
    }

    fn room_for(&self, source: &str) -> usize {
        let own = self.running.values().filter(|running| &*running.source == source).count();
        (RUNNING_MAX.saturating_sub(self.running.len())).min(RUNNING_PER_SOURCE_MAX.saturating_sub(own))
    }

    /// Sources that may reach the same share connections.
    fn client(&mut self, fetch: &Fetch) -> Result<reqwest::Client, client::Error> {
        let reach = fetch.reach();
        if let Some(client) = self.clients.get(&reach) {
            return Ok(client.clone());
        }
        let client = client::builder_within(&reach)?.build()?;
        self.clients.insert(reach, client.clone());
        Ok(client)
    }

    async fn release(&self) {
        let claims: Vec<_> =
            self.running.iter().map(|(callback, running)| (*callback, running.name)).collect();
        if claims.is_empty() {
            return;
        }
        // Otherwise their claims run out.
        let _ = tokio::time::timeout(RELEASE_WAIT, self.store.release(&claims)).await;
    }
}

/// One attempt, and what becomes of it.
async fn finish(
    store: &Store,
    client: &reqwest::Client,
    source: &Source,
    claim: Claim,
) -> Result<(), db::Error> {
    let Some(fetch) = &source.fetch else { return Ok(()) };
    let headers = stored_headers(&claim.headers);
    let id = ingest::object_id(&fetch.id, headers.clone(), &claim.payload);
    let url = id.and_then(|id| fetch.url(claim.event.as_deref(), &id));
    let (outcome, seconds) = match &url {
        None => (Outcome::Never(Failure::new("it names no object: its id is missing, or none")), 0.0),
        Some(url) => {
            let started = Instant::now();
            (attempt(client, fetch, url, &claim).await, started.elapsed().as_secs_f64())
        }
    };
    histogram!("callbackd_fetch_seconds", "source" => source.name.to_string()).record(seconds);
    let url = url.as_ref().map(url::Url::as_str);
    let wait = pace::wait(&outcome, claim.attempts, fetch.attempts_max, rand::random());
    let counted = match outcome {
        Outcome::Fetched { status, object } => {
            let complete = ingest::completed(source, headers, &claim.payload, &object);
            store.fetched(&claim, url.unwrap_or_default(), status, &object, &complete).await?;
            "fetched"
        }
        Outcome::Later(failure, _) | Outcome::Missing(failure) | Outcome::Never(failure) => {
            let failure = if wait.is_some() { failure } else { pace::final_words(failure, claim.attempts) };
            tracing::debug!(source = %source.name, callback = %claim.callback, error = failure.error, "not fetched");
            store.failed(&claim, url, &failure, wait).await?;
            if wait.is_some() { "again" } else { "failed" }
        }
    };
    counter!("callbackd_fetches_total", "source" => source.name.to_string(), "outcome" => counted)
        .increment(1);
    Ok(())
}

/// Whoever died over it so often must not take it up for ever.
async fn attempt(client: &reqwest::Client, fetch: &Fetch, url: &url::Url, claim: &Claim) -> Outcome {
    if claim.attempts > fetch.attempts_max {
        return Outcome::Never(Failure::new("no attempt came to an end"));
    }
    if let Err(refused) = fetch.reach().check(url) {
        return Outcome::Never(Failure::new(refused.to_string()));
    }
    once::attempt(client, fetch, url).await
}

impl Fetch {
    /// Without TLS the key is read by whoever is on the way: then only networks of the operator's are reached.
    fn reach(&self) -> Reach {
        Reach { public: !self.is_open(), networks: self.private_networks.clone() }
    }
}

/// As they are kept: credentials left out.
fn stored_headers(pairs: &[(String, String)]) -> axum::http::HeaderMap {
    let parsed = pairs.iter().filter_map(|(name, value)| {
        Some((axum::http::HeaderName::try_from(name).ok()?, axum::http::HeaderValue::try_from(value).ok()?))
    });
    parsed.collect()
}

/// Waits until a source has sent something that fetches. What is missed here, the timer finds.
async fn something_new(news: &mut broadcast::Receiver<Event>, sources: &Sources) {
    loop {
        match news.recv().await {
            Ok(Event::Callbacks(published)) => {
                let Some(batch) = published.batch.upgrade() else { return };
                let all = sources.all();
                let fetches =
                    |name: &str| all.iter().any(|it| &*it.source.name == name && it.source.fetch.is_some());
                if batch.frames.iter().any(|frame| fetches(&frame.facets.source)) {
                    return;
                }
            }
            Ok(_) => {}
            Err(broadcast::error::RecvError::Lagged(_)) => return,
            // The hub is part of this server, and ends with it.
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}

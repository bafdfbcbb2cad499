//! What the writer hands to its own listener, against what the listener hears: whichever comes first.

use std::time::Duration;

use callbackd::callback::{Cursor, Item, Store};
use callbackd::config;
use callbackd::hub::{Event, Hub};
use callbackd::ingest::Handed;
use callbackd::listen::{Listener, News, Parts};
use tokio::sync::{broadcast, mpsc};
use tokio_postgres::Client;
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;

use crate::support::postgres::TestDatabase;
use crate::support::rows::{self, NewRow};
use crate::support::{PATIENCE, eventually};

/// A listener without a server around it: the test is its writer.
struct Node {
    _database: TestDatabase,
    client: Client,
    store: Store,
    hub: Hub,
    events: broadcast::Receiver<Event>,
    handed: mpsc::Sender<Handed>,
    id: Uuid,
    _news: mpsc::Receiver<News>,
    _stop: DropGuard,
}

impl Node {
    async fn start() -> Self {
        let (database, node) = (TestDatabase::new().await, Uuid::new_v4());
        let (client, db) = (database.client().await, database.db().await);
        let hub = Hub::new(&config::Streams {
            per_admin_max: 1,
            per_address_max: 1,
            max: 1,
            age_max: PATIENCE,
            heartbeat: PATIENCE,
            stall: PATIENCE,
            ring_frames_max: 100,
            ring_bytes_max: 1_000_000,
        });
        let (handed, taken) = mpsc::channel(8);
        let (news, heard) = mpsc::channel(8);
        let store = Store::new(db.clone());
        let parts = Parts {
            settings: database.settings(),
            db,
            store: store.clone(),
            hub: hub.clone(),
            handed: taken,
            news,
            node,
            poll_interval: Duration::from_hours(1),
        };
        let (listener, mut mode) = Listener::new(parts).await.expect("the database is there");
        let stop = CancellationToken::new();
        tokio::spawn(listener.run(stop.clone()));
        let listening = mode.wait_for(|mode| mode.as_str() == "listening");
        tokio::time::timeout(PATIENCE, listening).await.expect("in time").expect("it runs");
        let events = hub.subscribe();
        Self {
            _database: database,
            client,
            store,
            hub,
            events,
            handed,
            id: node,
            _news: heard,
            _stop: stop.drop_guard(),
        }
    }

    /// Stored by this node's writer, which has not handed it over yet.
    async fn stored(&self, job: &str) -> Item {
        let stored = rows::store_as(&self.client, &[NewRow::new(job)], self.id).await;
        self.store.items(&[stored[0].id]).await.expect("items").pop().expect("it is there")
    }

    async fn hand_over(&self, item: &Item) {
        let handed = Handed { previous: Cursor::from_seq(item.cursor.seq() - 1), items: vec![item.clone()] };
        self.handed.send(handed).await.expect("it listens");
    }

    async fn event(&mut self) -> Event {
        let event = tokio::time::timeout(PATIENCE, self.events.recv()).await;
        event.expect("an event comes in time").expect("nothing was missed")
    }

    async fn published(&self, cursor: Cursor) {
        eventually("it is published", async || self.hub.head() >= cursor).await;
    }

    fn kept(&self) -> usize {
        self.hub.recent(Cursor::START).expect("all of it is in memory").frames.len()
    }
}

#[tokio::test]
async fn what_was_deleted_before_it_was_handed_over_does_not_come_back() {
    let mut node = Node::start().await;
    let item = node.stored("gone").await;
    node.store.delete(&[item.id]).await.expect("it is deleted");
    while !matches!(node.event().await, Event::Deleted(rows) if rows[0].0 == item.id) {}
    node.hand_over(&item).await;
    node.published(item.cursor).await;
    let next = node.stored("next").await;
    node.hand_over(&next).await;
    node.published(next.cursor).await;
    assert_eq!(node.kept(), 1);
}

#[tokio::test]
async fn what_is_never_handed_over_is_read() {
    let node = Node::start().await;
    let item = node.stored("lost on the way").await;
    node.published(item.cursor).await;
    assert_eq!(node.kept(), 1);
    // Too late: it is published already.
    node.hand_over(&item).await;
    let next = node.stored("next").await;
    node.published(next.cursor).await;
    assert_eq!(node.kept(), 2);
}

#[tokio::test]
async fn what_is_handed_over_waits_for_what_others_stored_before_it() {
    let node = Node::start().await;
    rows::store_silently(&node.client, &[NewRow::new("somebody else's")]).await;
    let own = node.stored("own").await;
    node.hand_over(&own).await;
    node.published(own.cursor).await;
    assert_eq!(node.kept(), 2);
}

//! A program that asks `check` for what is new, page by page, of any node.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::Value;
use tokio::sync::watch;

use super::client::uuid;
use super::{Phase, Place, pause};
use crate::model::{Cursor, Fact, Reader};

const CHECK: &str = "/api/admin/llm-callbacks/check";
const ANSWER_WAIT: Duration = Duration::from_secs(4);

pub struct Poller {
    reader: Reader,
    place: Place,
    after: Cursor,
    rng: StdRng,
}

impl Poller {
    pub fn new(reader: Reader, seed: u64, place: Place) -> Self {
        Self { reader, place, after: 0, rng: StdRng::seed_from_u64(seed) }
    }

    pub async fn run(mut self, phase: watch::Receiver<Phase>) {
        self.place.recorder.note(Fact::Opened { reader: self.reader, after: Some(0) });
        while *phase.borrow() != Phase::Over {
            let limit = self.rng.random_range(1..200);
            let path = format!("{CHECK}?after={}&limit={limit}", self.after);
            let request = self.place.http.get(self.place.url(&mut self.rng, &path));
            let page = tokio::time::timeout(ANSWER_WAIT, page(request.bearer_auth(&self.place.token))).await;
            // Whoever is behind asks on at once, and would else never be where the senders are.
            let is_behind = match &page {
                Ok(Some(page)) => self.take(page),
                _ => false,
            };
            pause(&mut self.rng, if is_behind { 0..20 } else { 20..600 }).await;
        }
    }

    /// Whether there is more.
    fn take(&mut self, page: &Value) -> bool {
        for item in page["items"].as_array().expect("a page has items") {
            let cursor = item["cursor"].as_str().and_then(|text| text.parse().ok()).expect("a position");
            self.place.recorder.note(Fact::Saw { reader: self.reader, cursor, id: uuid(&item["id"]) });
        }
        if let Some(next) = page["nextCursor"].as_str() {
            self.after = next.parse().expect("a position");
        }
        page["hasMore"] == true
    }
}

async fn page(request: reqwest::RequestBuilder) -> Option<Value> {
    let response = request.send().await.ok().filter(|response| response.status() == 200)?;
    response.json().await.ok()
}

//! An admin who views and deletes callbacks that were acknowledged, now one and now several.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::json;
use tokio::sync::watch;
use uuid::Uuid;

use super::{Phase, Place, pause};
use crate::model::{Change, Fact};

const ADMIN: &str = "/api/admin/llm-callbacks";
const ANSWER_WAIT: Duration = Duration::from_secs(4);

pub struct Admin {
    place: Place,
    rng: StdRng,
}

impl Admin {
    pub fn new(seed: u64, place: Place) -> Self {
        Self { place, rng: StdRng::seed_from_u64(seed) }
    }

    pub async fn run(mut self, phase: watch::Receiver<Phase>) {
        while *phase.borrow() == Phase::Running {
            let change = if self.rng.random_range(0..4) == 0 { Change::Deleted } else { Change::Viewed };
            let count = self.rng.random_range(1..4);
            let ids: Vec<Uuid> = (0..count)
                .filter_map(|_| self.place.recorder.any_id(self.rng.random_range(0..1 << 30)))
                .collect();
            if !ids.is_empty() {
                self.change(change, ids).await;
            }
            pause(&mut self.rng, 50..700).await;
        }
    }

    async fn change(&mut self, change: Change, ids: Vec<Uuid>) {
        let path = match change {
            Change::Viewed => format!("{ADMIN}/mark-viewed"),
            Change::Deleted => format!("{ADMIN}/delete"),
        };
        let url = self.place.url(&mut self.rng, &path);
        let request = self.place.http.post(url).bearer_auth(&self.place.token).json(&json!({ "ids": ids }));
        self.place.recorder.note(Fact::Asking { change, ids: ids.clone() });
        if let Ok(Ok(answer)) = tokio::time::timeout(ANSWER_WAIT, request.send()).await
            && answer.status().is_success()
        {
            self.place.recorder.note(Fact::Changed { change, ids });
        }
    }
}

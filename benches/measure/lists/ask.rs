//! One person's questions, one after the other.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde_json::Value;
use tokio::time::Instant;

use crate::{
    load::{Connection, percentile},
    stage::Server,
};

pub struct Asker {
    connection: Connection,
    token: String,
}

#[derive(Default)]
pub struct Times(Vec<Duration>);

pub struct Search {
    pub answers: Times,
    pub seconds: f64,
}

impl Asker {
    pub async fn open(server: &Server) -> anyhow::Result<Self> {
        Ok(Self { connection: Connection::open(server.address).await?, token: server.token.clone() })
    }

    /// So many questions, these in turn, after each was asked once.
    pub async fn times(&mut self, paths: &[String], count: usize) -> anyhow::Result<Times> {
        let mut times = Times::default();
        for path in paths.iter().take(count / 3) {
            self.ask(path).await?;
        }
        for path in paths.iter().cycle().take(count) {
            times.push(self.time(path).await?);
        }
        Ok(times)
    }

    pub async fn time(&mut self, path: &str) -> anyhow::Result<Duration> {
        let begun = Instant::now();
        self.ask(path).await?;
        Ok(begun.elapsed())
    }

    /// Asks on, wherever a search stops, until everything was looked at.
    pub async fn search(&mut self, path: &str) -> anyhow::Result<Search> {
        let (begun, mut answers, mut from) = (Instant::now(), Times::default(), String::new());
        loop {
            let asked = Instant::now();
            let body: Value = serde_json::from_slice(self.ask(&format!("{path}{from}")).await?)?;
            answers.push(asked.elapsed());
            match body["nextCursor"].as_str() {
                Some(cursor) => from = format!("&before={cursor}"),
                None => return Ok(Search { answers, seconds: begun.elapsed().as_secs_f64() }),
            }
        }
    }

    /// The id of the callback just below a position.
    pub async fn id(&mut self, before: i64) -> anyhow::Result<String> {
        let path = format!("/api/admin/llm-callbacks/history?limit=10&before={before}");
        let body: Value = serde_json::from_slice(self.ask(&path).await?)?;
        Ok(body["callbacks"][0]["id"].as_str().context("there is one")?.to_owned())
    }

    async fn ask(&mut self, path: &str) -> anyhow::Result<&[u8]> {
        let token = &self.token;
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n");
        let answer = self.connection.send(request.as_bytes()).await?;
        ensure!(answer.status == 200, "{path} was answered {}", answer.status);
        Ok(answer.body)
    }
}

impl Times {
    pub fn push(&mut self, time: Duration) {
        self.0.push(time);
    }

    pub fn add(mut self, what: &str, add: &mut impl FnMut(&str, f64)) {
        self.0.sort_unstable();
        for (name, per_mille) in [("p50", 500), ("p99", 990)] {
            add(&format!("{what}, {name}, ms"), percentile(&self.0, per_mille).as_secs_f64() * 1e3);
        }
    }
}

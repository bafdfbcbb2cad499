//! Following a stream through whatever happens to it: every callback once, in order, across all connections.

use std::time::Duration;

use anyhow::bail;
use rand::RngExt as _;
use reqwest::{StatusCode, header};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use tokio::time::Instant;
use url::Url;
use uuid::Uuid;

use super::{
    begin::Begin,
    events::{Broken, Event, Events},
};
use crate::{callback::Cursor, client, foreign};

const PATH: &str = "/api/admin/llm-callbacks/stream";

/// To connect; a server that is there takes milliseconds.
const CONNECT_WAIT: Duration = Duration::from_secs(10);
/// Heartbeats come every 15 seconds: silence for so long means that nobody is there.
const SILENCE_MAX: Duration = Duration::from_mins(1);
/// Between attempts to connect: doubled each time up to the second, with jitter. Begins anew when a stream is ready.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(15));
/// What a server may ask to wait for.
const RETRY_AFTER_MAX: Duration = Duration::from_mins(5);

/// What there is to know.
#[derive(Debug)]
pub enum News {
    /// A list item, as JSON.
    Callback(Cursor, String),
    /// A callback is to be sent again.
    Replay(Replay),
    /// Everything up to here has come.
    Ready(Cursor, Option<Back>),
    /// The server cannot go on from where it was asked to, and goes on from here.
    Reset(Cursor),
    /// What an operator should know.
    Alert(Alert),
    /// The connection is gone, and why. Said once for each reason; it is tried again until it works.
    Away(String),
}

/// A connection that had been lost is there again.
#[derive(Debug)]
pub struct Back {
    pub away: Duration,
    /// Callbacks that came meanwhile.
    pub missed: u64,
}

/// Which, and under which id that is reported.
#[derive(Debug, Deserialize)]
pub struct Replay {
    pub attempt: Uuid,
    #[serde(rename = "id")]
    pub callback: Uuid,
}

#[derive(Debug, Deserialize)]
pub struct Alert {
    pub severity: String,
    pub title: String,
    pub detail: String,
}

pub struct Follower {
    client: reqwest::Client,
    url: Url,
    token: SecretString,
    begin: Begin,
    cursor: Option<Cursor>,
    link: Link,
    back_off: Duration,
    /// Since when nothing more comes, or why it is not to be expected: kept until a stream is ready again.
    away: Option<Away>,
    missed: u64,
}

enum Link {
    Open(Box<Events>),
    Closed { again: Instant },
}

struct Away {
    since: Instant,
    why: String,
}

/// Why there is no stream.
enum Refusal {
    /// Trying again would change nothing.
    Final(anyhow::Error),
    Now {
        why: String,
        wait: Option<Duration>,
    },
}

impl Follower {
    pub fn new(
        server: &Url,
        query: impl Iterator<Item = (&'static str, String)>,
        token: SecretString,
        begin: Begin,
    ) -> anyhow::Result<Self> {
        let client = client::builder_for(server)?
            .user_agent(concat!("callbackd-tail/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_WAIT)
            .read_timeout(SILENCE_MAX)
            .build()?;
        let mut url = server.join(PATH)?;
        url.query_pairs_mut().extend_pairs(query);
        Ok(Self {
            client,
            url,
            token,
            begin,
            cursor: None,
            link: Link::Closed { again: Instant::now() },
            back_off: BACK_OFF.0,
            away: None,
            missed: 0,
        })
    }

    /// The next thing that happens; an error only where trying again would change nothing.
    pub async fn next(&mut self) -> anyhow::Result<News> {
        loop {
            let news = match &mut self.link {
                Link::Closed { again } => {
                    tokio::time::sleep_until(*again).await;
                    self.connect().await?
                }
                Link::Open(events) => match events.next().await {
                    Ok(Some(event)) => self.read(event)?,
                    Ok(None) => self.lost("the connection was closed".to_owned(), None),
                    Err(Broken::Connection(error)) if error.is_timeout() => {
                        self.lost(format!("nothing was heard for {} s", SILENCE_MAX.as_secs()), None)
                    }
                    Err(Broken::Connection(error)) => {
                        self.lost(format!("the connection broke ({})", client::cause(&error)), None)
                    }
                    Err(Broken::Nonsense) => bail!("{}: {}", self.server(), Broken::Nonsense),
                },
            };
            if let Some(news) = news {
                return Ok(news);
            }
        }
    }

    /// Scheme, host and port, for messages.
    pub fn server(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    async fn connect(&mut self) -> anyhow::Result<Option<News>> {
        match self.open().await {
            Ok(events) => {
                self.link = Link::Open(Box::new(events));
                Ok(None)
            }
            Err(Refusal::Final(error)) => Err(error),
            Err(Refusal::Now { why, wait }) => Ok(self.lost(why, wait)),
        }
    }

    async fn open(&self) -> Result<Events, Refusal> {
        let mut url = self.url.clone();
        let request = if let Some(cursor) = self.cursor {
            self.client.get(url).header("last-event-id", cursor.to_string())
        } else {
            if let Some(after) = self.begin.parameter() {
                url.query_pairs_mut().append_pair("after", &after);
            }
            self.client.get(url)
        };
        let request =
            request.bearer_auth(self.token.expose_secret()).header(header::ACCEPT, "text/event-stream");
        let answer = request.send().await.map_err(|error| Refusal::Now {
            why: format!("no server answers at {} ({})", self.server(), client::cause(&error)),
            wait: None,
        })?;
        let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if answer.status() == StatusCode::OK && kind.is_some_and(|kind| kind.starts_with("text/event-stream"))
        {
            return Ok(Events::of(answer));
        }
        Err(self.refusal(answer).await)
    }

    async fn refusal(&self, answer: reqwest::Response) -> Refusal {
        let (status, server) = (answer.status(), self.server());
        let number = |name| answer.headers().get(name)?.to_str().ok()?.parse().ok();
        let wait =
            number(header::RETRY_AFTER).map(|seconds| Duration::from_secs(seconds).min(RETRY_AFTER_MAX));
        let said = answer.json().await.unwrap_or(Said::default()).detail;
        let said = foreign::line(&said);
        let error = match status {
            StatusCode::UNAUTHORIZED => anyhow::anyhow!(
                "{server} refused the API token; `callbackd token create` makes another ({said})"
            ),
            StatusCode::FORBIDDEN => anyhow::anyhow!("{server} does not let this token in: {said}"),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => {
                return Refusal::Now { why: format!("{server} answered {status}: {said}"), wait };
            }
            status if status.is_server_error() => {
                return Refusal::Now { why: format!("{server} answered {status} {said}"), wait };
            }
            StatusCode::BAD_REQUEST => anyhow::anyhow!("{server} did not understand: {said}"),
            status => {
                anyhow::anyhow!("{server} is no callbackd, or not all of its address: it answered {status}")
            }
        };
        Refusal::Final(error)
    }

    /// Nothing where the reason is known already.
    fn lost(&mut self, why: String, wait: Option<Duration>) -> Option<News> {
        let pause = wait.unwrap_or(self.back_off).mul_f64(rand::rng().random_range(0.5..1.0));
        // What a server asks for is waited for whole.
        let pause = pause.max(wait.unwrap_or_default());
        self.back_off = (self.back_off * 2).min(BACK_OFF.1);
        self.link = Link::Closed { again: Instant::now() + pause };
        let since = match &self.away {
            Some(away) if away.why == why => return None,
            Some(away) => away.since,
            None => Instant::now(),
        };
        self.away = Some(Away { since, why: why.clone() });
        Some(News::Away(why))
    }

    fn read(&mut self, event: Event) -> anyhow::Result<Option<News>> {
        let news = match (event.name.as_str(), event.id) {
            ("callback", Some(cursor)) => {
                self.missed += u64::from(self.away.is_some());
                Some(News::Callback(cursor, event.data))
            }
            ("ready", Some(cursor)) => {
                self.back_off = BACK_OFF.0;
                let missed = std::mem::take(&mut self.missed);
                let back = self.away.take().map(|away| Back { away: away.since.elapsed(), missed });
                Some(News::Ready(cursor, back))
            }
            ("reset", Some(cursor)) => Some(News::Reset(cursor)),
            ("replay", _) => serde_json::from_str(&event.data).ok().map(News::Replay),
            ("alert", _) => serde_json::from_str(&event.data).ok().map(News::Alert),
            ("bye", _) => return self.bye(&event.data),
            _ => None,
        };
        self.cursor = event.id.or(self.cursor);
        Ok(news)
    }

    fn bye(&mut self, data: &str) -> anyhow::Result<Option<News>> {
        let Bye { reason } = serde_json::from_str(data).unwrap_or_default();
        Ok(match reason.as_str() {
            "signed_out" | "session_expired" => bail!("the API token was revoked, or has expired"),
            "role_removed" => bail!("the API token's owner is no admin any more"),
            "shutting_down" => self.lost("the server is stopping".to_owned(), None),
            // Every stream ends at some age. It goes on without a word.
            "max_age" => {
                self.link = Link::Closed { again: Instant::now() };
                None
            }
            _ => self.lost(format!("the server ended the stream ({})", foreign::line(&reason)), None),
        })
    }
}

/// What a problem says.
#[derive(Default, Deserialize)]
struct Said {
    #[serde(default)]
    detail: String,
}

#[derive(Default, Deserialize)]
struct Bye {
    reason: String,
}

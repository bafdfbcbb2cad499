//! Handing callbacks on to a local server: in order, byte for byte, each until it is answered.
//!
//! The decision worth arguing about: an answer is an answer, whatever its status: it is shown, reported, and the next
//! callback follows. Only a server that is not there, or says itself that it is not ready (502, 503, 504), is tried again,
//! because that is what one looks like that is being restarted.

mod console;
mod mark;
mod resign;
mod sources;

use std::time::Duration;

use axum::http::HeaderMap;
use bytes::Bytes;
use rand::RngExt as _;
use secrecy::SecretString;
use url::Url;
use uuid::Uuid;

pub use self::{mark::Mark, resign::Resigner};

use self::console::{Console, Report};
use super::screen::{Colour, Item, Screen};
use crate::{
    callback::{Cursor, Ended},
    foreign,
    replay::outgoing,
};

/// Between attempts: doubled each time up to the second, with jitter.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));
/// Attempts at a server that answers, but not yet, or not in time; after them the callback counts as answered.
const UNREADY_MAX: u32 = 5;
/// Characters of an answer that says what was wrong.
const ANSWER_SHOWN: usize = 200;

pub struct Forwarder {
    target: Url,
    client: reqwest::Client,
    console: Console,
    resigner: Option<Resigner>,
    mark: Mark,
    /// Under which it can be asked to send a callback again.
    pub id: Uuid,
}

impl Forwarder {
    pub fn new(
        server: Url,
        token: SecretString,
        target: Url,
        resigner: Option<Resigner>,
        mark: Mark,
    ) -> anyhow::Result<Self> {
        let (client, console) = (outgoing::client(&target)?, Console::new(server, token)?);
        Ok(Self { target, client, console, resigner, mark, id: Uuid::new_v4() })
    }

    /// What the stream is opened with, so that others may ask for replays.
    pub fn query(&self) -> [(&'static str, String); 2] {
        [("tail", self.id.to_string()), ("forward", self.shown())]
    }

    pub fn shown(&self) -> String {
        outgoing::shown(&self.target)
    }

    /// One of the stream's callbacks; the mark moves on as soon as it is answered.
    pub async fn hand_on(&mut self, cursor: Cursor, json: &str, screen: &Screen) -> anyhow::Result<()> {
        let item = Item::parse(json)?;
        if item.is_rejected() {
            self.mark.set(cursor)?;
            return Ok(screen.note(None, "not forwarded: it was refused")?);
        }
        let ended = self.send(item.id, screen).await?;
        self.mark.set(cursor)?;
        self.tell(item.id, None, ended, screen).await
    }

    /// One that somebody has asked for.
    pub async fn replay(&self, attempt: Uuid, callback: Uuid, screen: &Screen) -> anyhow::Result<()> {
        screen.say(Colour::Dim, &format!("callback {callback} is sent again, as somebody has asked"));
        let ended = self.send(callback, screen).await?;
        self.tell(callback, Some(attempt), ended, screen).await
    }

    /// Everything up to here has been handed on, or was not asked for.
    pub fn has_reached(&mut self, cursor: Cursor) -> anyhow::Result<()> {
        self.mark.set(cursor)
    }

    /// Where it stopped the last time.
    pub fn stopped_at(&self) -> Option<Cursor> {
        self.mark.cursor()
    }

    /// Nothing where there is nothing to send.
    async fn send(&self, callback: Uuid, screen: &Screen) -> anyhow::Result<Option<Ended>> {
        let Some(received) = self.console.received(callback, screen).await? else { return Ok(None) };
        let mut headers = outgoing::headers(&received.headers);
        if let Some(resigner) = &self.resigner {
            let source = resigner.sources.find(&received.source, &self.console, screen).await?;
            let signed = source.and_then(|source| resigner.sign(&source, &mut headers, &received.body));
            if let Err(why) = signed {
                screen.note(Some(false), &format!("not signed anew, sent as it came: {why}"))?;
            }
        }
        Ok(Some(self.until_answered(&headers, &received.body, screen).await))
    }

    /// Shows and reports how it ended.
    async fn tell(
        &self,
        callback: Uuid,
        attempt: Option<Uuid>,
        ended: Option<Ended>,
        screen: &Screen,
    ) -> anyhow::Result<()> {
        let Some(ended) = ended else {
            return Ok(screen.note(None, "not forwarded: it was deleted, or had no body")?);
        };
        show(&ended, screen)?;
        let report = Report::new(attempt, self.shown(), &ended);
        if let Err(error) = self.console.report(callback, &report).await {
            screen.say(Colour::Yellow, &format!("the console was not told: {error:#}"));
        }
        Ok(())
    }

    async fn until_answered(&self, headers: &HeaderMap, body: &Bytes, screen: &Screen) -> Ended {
        let (mut wait, mut unready, mut said) = (BACK_OFF.0, 0, String::new());
        loop {
            let ended = outgoing::send(&self.client, &self.target, headers.clone(), body.clone()).await;
            let why = match &ended.answer {
                Ok((status @ (502..=504), _)) => format!("it answers {status}"),
                Ok(_) => return ended,
                Err(why) => why.clone(),
            };
            // Whoever is not there at all is waited for; whoever is, but does not answer, only so often.
            unready += u32::from(ended.answer.is_ok() || was_slow(&ended));
            if unready >= UNREADY_MAX {
                return ended;
            }
            if why != said {
                let text = format!("{}: {}; trying again", self.shown(), foreign::line(&why));
                screen.say(Colour::Yellow, &text);
                said = why;
            }
            tokio::time::sleep(wait.mul_f64(rand::rng().random_range(0.5..1.0))).await;
            wait = (wait * 2).min(BACK_OFF.1);
        }
    }
}

/// Whether it took the connection and then said nothing.
fn was_slow(ended: &Ended) -> bool {
    u128::try_from(ended.duration_ms).is_ok_and(|ms| ms >= outgoing::ANSWER_WAIT.as_millis())
}

fn show(ended: &Ended, screen: &Screen) -> std::io::Result<()> {
    match &ended.answer {
        Ok((status @ 200..=299, _)) => {
            screen.note(Some(true), &format!("{status} in {} ms", ended.duration_ms))
        }
        Ok((status, answer)) => {
            let answer: String = answer.chars().take(ANSWER_SHOWN).collect();
            screen.note(Some(false), &format!("{status} in {} ms  {answer}", ended.duration_ms))
        }
        Err(why) => screen.note(Some(false), why),
    }
}

//! What is seen: a line for each callback on standard output, and what happens to the connection beside it.

use std::{
    borrow::Cow,
    io::{self, IsTerminal as _, Write},
    os::fd::AsFd as _,
    time::Duration,
};

use anyhow::Context as _;
use chrono::{DateTime, Local, NaiveDate, Utc};
use indicatif::HumanCount;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use serde::Deserialize;
use uuid::Uuid;

use super::follow::{Alert, Back};
use crate::{
    callback::{Cursor, Status},
    config::desk,
    foreign,
};

/// Between looks at whether anybody still reads: as long as a shell waits for its prompt at most.
const READER_POLL: Duration = Duration::from_millis(500);
/// Characters of an error message; the console has the rest.
const ERROR_MAX: usize = 160;

/// The members of a list item that are shown.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    pub id: Uuid,
    cursor: Cursor,
    source: String,
    callback_id: String,
    workflow_name: Option<String>,
    event_type: Option<String>,
    status: Status,
    error_message: Option<String>,
    signature_valid: bool,
    rejection: Option<String>,
    cost_usd: Option<f64>,
    total_tokens: Option<u64>,
    duration_ms: Option<u64>,
    delivery_count: u32,
    created_at: DateTime<Utc>,
}

impl Item {
    pub fn parse(json: &str) -> anyhow::Result<Self> {
        serde_json::from_str(json).context("the server sent a callback that this version does not understand")
    }

    pub fn is_rejected(&self) -> bool {
        self.rejection.is_some()
    }
}

pub struct Screen {
    json: bool,
    /// Of standard output, and of standard error.
    paint: (Paint, Paint),
    day: NaiveDate,
}

impl Screen {
    pub fn new(json: bool) -> Self {
        let paint = |terminal: bool| Paint { on: terminal && desk::allows_colours() };
        let paint = (paint(io::stdout().is_terminal()), paint(io::stderr().is_terminal()));
        Self { json, paint, day: Local::now().date_naive() }
    }

    pub fn callback(&mut self, json: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        if self.json {
            return writeln!(out, "{}", foreign::json(json));
        }
        match serde_json::from_str::<Item>(json) {
            Ok(item) => {
                let time = item.created_at.with_timezone(&Local);
                if time.date_naive() != self.day {
                    self.day = time.date_naive();
                    writeln!(out, "{}", self.paint.0.dim(&format!("── {} ──", self.day)))?;
                }
                writeln!(out, "{}", self.line(&item, time))
            }
            // A newer server may say it otherwise: better raw than not at all.
            Err(_) => writeln!(out, "{}", foreign::json(json)),
        }
    }

    fn line(&self, item: &Item, time: DateTime<Local>) -> String {
        let paint = &self.paint.0;
        let (mark, colour) = match (item.signature_valid, item.status) {
            (false, _) => ("!", Colour::Yellow),
            (true, Status::Processed) => ("✓", Colour::Green),
            (true, Status::Error) => ("✗", Colour::Red),
            (true, Status::Received) => ("·", Colour::Blue),
        };
        let event = item.event_type.as_deref().or(item.rejection.as_deref()).unwrap_or("–");
        let workflow = item.workflow_name.as_deref().unwrap_or("–");
        let mut line = [
            paint.dim(&time.format("%H:%M:%S").to_string()),
            paint.of(colour, mark),
            column(&item.source, 10),
            paint.of(colour, &column(event, 20)),
            column(workflow, 22),
            foreign::line(&item.callback_id).into_owned(),
        ]
        .join(" ");
        for detail in details(item) {
            line.push_str("  ");
            line.push_str(&paint.dim(&detail));
        }
        let problem = match (&item.rejection, &item.error_message) {
            (Some(rejection), _) => Some(format!("refused: {rejection}")),
            (None, Some(message)) => Some(message.clone()),
            (None, None) => None,
        };
        if let Some(problem) = problem {
            line.push_str("  ");
            line.push_str(&paint.of(colour, &shortened(&foreign::line(&problem), ERROR_MAX)));
        }
        line
    }

    /// What was done with the callback above, and whether it went well.
    pub fn note(&self, good: Option<bool>, text: &str) -> io::Result<()> {
        let colour = match good {
            None => Colour::Dim,
            Some(true) => Colour::Green,
            Some(false) => Colour::Red,
        };
        let text = format!("         → {}", foreign::line(text));
        if self.json {
            // Standard output is the callbacks alone.
            let _ = writeln!(io::stderr().lock(), "{}", self.paint.1.of(colour, &text));
            return Ok(());
        }
        writeln!(io::stdout().lock(), "{}", self.paint.0.of(colour, &text))
    }

    pub fn ready(&self, server: &str, cursor: Cursor, back: Option<&Back>) {
        match back {
            Some(Back { away, missed }) => {
                let away = Duration::from_secs(away.as_secs().max(1));
                let away = humantime::format_duration(away);
                let came = match *missed {
                    0 => "nothing came meanwhile".to_owned(),
                    1 => "the last callback came meanwhile".to_owned(),
                    missed => format!("the last {} callbacks came meanwhile", HumanCount(missed)),
                };
                self.say(Colour::Green, &format!("connected again after {away}: {came}"));
            }
            None => self.say(Colour::Dim, &format!("following {server}, at cursor {cursor} (Ctrl-C ends)")),
        }
    }

    pub fn reset(&self, cursor: Cursor) {
        let text = format!(
            "the server cannot go on from the cursor that was asked for: it was pruned, or is of another database. What \
             came before cursor {cursor} is not shown"
        );
        self.say(Colour::Red, &text);
    }

    pub fn away(&self, why: &str) {
        self.say(Colour::Yellow, &format!("{}; trying again until it works", foreign::line(why)));
    }

    pub fn alert(&self, alert: &Alert) {
        let colour = if alert.severity == "info" { Colour::Dim } else { Colour::Yellow };
        let (title, detail) = (foreign::line(&alert.title), foreign::line(&alert.detail));
        self.say(colour, &format!("{title}: {detail}"));
    }

    /// Beside the callbacks. Whoever has closed it does not want to know.
    pub fn say(&self, colour: Colour, text: &str) {
        let _ = writeln!(io::stderr().lock(), "{}", self.paint.1.of(colour, &format!("callbackd: {text}")));
    }
}

/// Returns when whoever read standard output has gone: while nothing comes, no write would tell.
pub async fn nobody_reads() {
    loop {
        let out = io::stdout();
        let mut stdout = [PollFd::new(out.as_fd(), PollFlags::empty())];
        let closed = poll(&mut stdout, PollTimeout::ZERO).is_ok()
            && stdout.iter().any(|fd| fd.revents().is_some_and(|events| events.contains(PollFlags::POLLERR)));
        if closed {
            return;
        }
        tokio::time::sleep(READER_POLL).await;
    }
}

/// What it cost and took, and whether it came more than once.
fn details(item: &Item) -> impl Iterator<Item = String> {
    let cost = item.cost_usd.map(|cost| format!("${cost:.4}"));
    let tokens = item.total_tokens.map(|tokens| format!("{} tokens", HumanCount(tokens)));
    let took = item.duration_ms.map(|ms| {
        if ms < 1000 { format!("{ms} ms") } else { format!("{}.{} s", ms / 1000, ms % 1000 / 100) }
    });
    let times = (item.delivery_count > 1).then(|| format!("received {} times", item.delivery_count));
    [cost, tokens, took, times, Some(format!("#{}", item.cursor))].into_iter().flatten()
}

/// Exactly so many characters.
fn column(text: &str, width: usize) -> String {
    let text = foreign::line(text);
    format!("{:<width$}", shortened(&text, width))
}

fn shortened(text: &str, width: usize) -> Cow<'_, str> {
    match text.char_indices().nth(width.saturating_sub(1)) {
        Some((cut, c)) if cut + c.len_utf8() < text.len() => Cow::Owned(format!("{}…", &text[..cut])),
        _ => Cow::Borrowed(text),
    }
}

#[derive(Debug, Clone, Copy)]
pub enum Colour {
    Dim,
    Red,
    Green,
    Yellow,
    Blue,
}

struct Paint {
    on: bool,
}

impl Paint {
    fn dim(&self, text: &str) -> String {
        self.of(Colour::Dim, text)
    }

    fn of(&self, colour: Colour, text: &str) -> String {
        let code = match colour {
            Colour::Dim => 2,
            Colour::Red => 31,
            Colour::Green => 32,
            Colour::Yellow => 33,
            Colour::Blue => 34,
        };
        if self.on { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_their_width_whatever_is_in_them() {
        for (text, expected) in [
            ("ab", "ab   "),
            ("abcde", "abcde"),
            ("abcdef", "abcd…"),
            ("毒物毒物毒物", "毒物毒物…"),
            ("", "     "),
        ] {
            assert_eq!(column(text, 5), expected);
        }
    }

    #[test]
    fn a_callback_is_one_line_without_anything_that_a_terminal_obeys() {
        let json = serde_json::json!({
            "id": Uuid::nil(), "cursor": "7", "source": "llm", "callbackId": "job\u{1b}[2J", "jobId": "job",
            "workflowName": "a\u{202e}b", "eventType": "workflow.failed", "status": "error",
            "errorMessage": "first\nsecond\u{9b}31m", "signatureValid": true, "rejection": null,
            "costUsd": 0.0123, "totalTokens": 12345, "durationMs": 3210, "deliveryCount": 2,
            "createdAt": "2026-01-31T12:00:00Z", "payloadPreview": ""
        });
        let item = Item::parse(&json.to_string()).unwrap();
        let screen =
            Screen { json: false, paint: (Paint { on: false }, Paint { on: false }), day: NaiveDate::MIN };
        let line = screen.line(&item, item.created_at.with_timezone(&Local));
        let shown = &line[line.find('✗').unwrap()..];
        assert_eq!(
            shown,
            r"✗ llm        workflow.failed      a\u{202e}b             job\u{1b}[2J  $0.0123  12,345 tokens  3.2 s  received 2 times  #7  first\nsecond\u{9b}31m"
        );
    }
}

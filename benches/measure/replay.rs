//! Everything from the beginning: a million callbacks from a cursor, by a stream that catches up and by pages of `check`,
//! against `psql` copying the same rows out.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use memchr::memmem;
use tokio::time::Instant;

use super::Scale;
use crate::{
    load::{Connection, Event, Events},
    plain::STREAM_PATH,
    report::{Comparison, Processes, Section, Single},
    stage::{Server, Stage, copied, fill},
};

/// Items of a page: the most that can be asked for.
const PAGE: usize = 500;
/// Nothing came for so long.
const STALLED: Duration = Duration::from_secs(10);

struct Replay {
    time: Duration,
    /// The most memory that the server held until a tenth of it had come, and until all had, in bytes.
    peaks: [f64; 2],
}

pub async fn measure(stage: &Stage, scale: &Scale) -> anyhow::Result<Section> {
    let server = stage.product("replay", &[]).await?;
    let [rows, _] = scale.rows;
    fill(&server.client().await?, 1, rows).await?;
    // Nobody has told it of these: it begins anew behind them.
    let server = server.rest(stage).await?.start(stage).await?;
    stage.checkpoint().await?;
    let (mut streams, mut pages, mut speeds) = (Vec::new(), Vec::new(), [Vec::new(), Vec::new()]);
    for _ in 0..scale.rounds.min(2) {
        let copy = copied(stage, &server.database_url, rows).await?;
        let (stream, page) = (stream(&server, rows).await?, check(&server, rows).await?);
        for (speeds, time) in speeds.iter_mut().zip([stream.time, page.time]) {
            speeds.push((per_second(rows, time), per_second(rows, copy)));
        }
        streams.push(stream);
        pages.push(page);
    }
    server.stop().await?;
    let [by_stream, by_pages] = speeds;
    let mut speed = Comparison::against("psql");
    speed.add("callbacks a second, one stream", by_stream);
    speed.add("callbacks a second, pages of `check`", by_pages);
    let mut memory = Single::default();
    for (what, replays) in [("stream", streams), ("pages", pages)] {
        for (place, part) in ["a tenth", "all"].into_iter().enumerate() {
            let peaks = replays.iter().map(|replay| replay.peaks[place] / 1e6).collect();
            memory.add(format!("MB of memory at most until {part} had come, {what}"), peaks, "");
        }
    }
    Ok(Section {
        title: "Everything from the beginning",
        about: format!(
            "{} rounds. {rows} callbacks from cursor 0, to one client: by a stream that catches up, and by pages of {PAGE} \
             of `check`, one asked for when the last has come. Against `psql` copying the same columns of the same rows to \
             nowhere. Each callback came once and in order: it is checked.",
            scale.rounds.min(2)
        ),
        tables: vec![speed.markdown(), memory.markdown()],
        plots: Vec::new(),
    })
}

fn per_second(rows: i64, time: Duration) -> f64 {
    callbackd::telemetry::count(usize::try_from(rows).unwrap_or_default()) / time.as_secs_f64()
}

/// Counts what comes, in order, and notes the server's memory on the way.
struct Progress {
    processes: Processes,
    begun: Instant,
    rows: i64,
    last: i64,
    count: i64,
    tenth: Option<f64>,
}

impl Progress {
    fn begin(server: &Server, rows: i64) -> anyhow::Result<Self> {
        let processes = Processes::of(server.pid());
        processes.forget_peak()?;
        Ok(Self { processes, begun: Instant::now(), rows, last: 0, count: 0, tenth: None })
    }

    fn note(&mut self, cursor: i64) -> anyhow::Result<()> {
        ensure!(cursor > self.last, "{cursor} came after {}", self.last);
        self.last = cursor;
        self.count += 1;
        if self.count == self.rows / 10 {
            self.tenth = Some(self.processes.peak());
        }
        Ok(())
    }

    fn end(self) -> anyhow::Result<Replay> {
        let (time, rows) = (self.begun.elapsed(), self.rows);
        ensure!(self.count == rows, "{} of {rows} callbacks came", self.count);
        Ok(Replay { time, peaks: [self.tenth.unwrap_or_default(), self.processes.peak()] })
    }
}

async fn stream(server: &Server, rows: i64) -> anyhow::Result<Replay> {
    let mut progress = Progress::begin(server, rows)?;
    let path = format!("{STREAM_PATH}?after=0");
    let mut events = Events::ask(server.address, &path, &server.token).await?;
    let (mut ready, mut came) = (false, Vec::new());
    while !ready {
        let mut note = |event| match event {
            Event::Callback(cursor) => came.push(cursor),
            other => ready |= other == Event::Ready,
        };
        tokio::time::timeout(STALLED, events.read(&mut note)).await.context("the stream stands still")??;
        for cursor in came.drain(..) {
            progress.note(cursor)?;
        }
    }
    progress.end()
}

async fn check(server: &Server, rows: i64) -> anyhow::Result<Replay> {
    let mut connection = Connection::open(server.address).await?;
    let mut progress = Progress::begin(server, rows)?;
    let mut more = true;
    while more {
        let (after, token) = (progress.last, &server.token);
        let request = format!(
            "GET /api/admin/llm-callbacks/check?limit={PAGE}&after={after} HTTP/1.1\r\nHost: 127.0.0.1\r\n\
             Authorization: Bearer {token}\r\n\r\n"
        );
        let answer = connection.send(request.as_bytes()).await?;
        ensure!(answer.status == 200, "a page was answered {}", answer.status);
        for cursor in cursors(answer.body) {
            progress.note(cursor)?;
        }
        more = memmem::find(answer.body, br#""hasMore":true"#).is_some();
    }
    progress.end()
}

/// Of a page's items, in their order. What callbacks say has its quotation marks escaped.
fn cursors(page: &[u8]) -> impl Iterator<Item = i64> {
    const NAME: &[u8] = br#""cursor":""#;
    memmem::find_iter(page, NAME).filter_map(|at| {
        let digits = page[at + NAME.len()..].iter().take_while(|byte| byte.is_ascii_digit());
        digits.map(|digit| i64::from(digit - b'0')).reduce(|number, digit| number * 10 + digit)
    })
}

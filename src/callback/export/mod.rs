//! An export: what a search finds, as one long file, newest first, in memory that does not grow with it.
//!
//! Read page by page, and each page gives its connection back, so that a reader who takes an hour holds nothing of the
//! database's. Newest first, as history shows it, has a second use: whatever arrives meanwhile lies above, so the file
//! is what there was when it was begun. The decision worth arguing about: a page goes no further down than a *span* of
//! positions, which grows while pages come back quickly. A search that finds next to nothing is then many short
//! statements, which can be given up at any time, and not one that reads the whole table.

pub(crate) mod cells;
mod encode;
mod places;
mod row;

use std::{
    fmt,
    ops::ControlFlow,
    time::{Duration, Instant},
};

use bytes::Bytes;
use uuid::Uuid;

use self::encode::Encoder;
pub use self::{
    places::{Exports, Full, Place},
    row::Exported,
};
use super::{Cursor, Search, Store, TooSlow, Viewer};

/// Bytes of a finished page: enough that asking for pages costs little beside sending them. One row may go beyond it.
const PAGE_BYTES: usize = 1024 * 1024;

/// Positions that the first page looks through: some milliseconds, whatever the search.
const FIRST_SPAN: i64 = 10_000;

/// And at least, however slow the search: a thousand rows are read within any deadline.
const SPAN_MIN: i64 = 1_000;

/// A page that took less lets the next one look through four times as much; one that took ten times this, a quarter.
const QUICK: Duration = Duration::from_millis(50);

/// What the file is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum Format {
    /// For spreadsheets: RFC 4180 in UTF-8, a line of names first.
    Csv,
    /// One array, an object a line.
    Json,
    /// An object a line, for programs that read as they go.
    Ndjson,
}

impl Format {
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
        }
    }

    /// Whether a reader of this format expects payloads: a cell of a spreadsheet holds 32,767 characters.
    pub const fn holds_payloads(self) -> bool {
        !matches!(self, Self::Csv)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.extension())
    }
}

/// How it is to be written.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    pub format: Format,
    pub payloads: bool,
    /// Whether a CSV file begins with a byte order mark, without which Excel takes UTF-8 for something else.
    pub bom: bool,
}

/// One export under way.
#[derive(Debug)]
pub struct Export {
    store: Store,
    viewer: Viewer,
    wanted: Wanted,
    encoder: Encoder,
    stage: Stage,
    span: i64,
    rows: u64,
    top: Cursor,
}

/// What is to be in it.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub search: Search,
    /// Only these.
    pub ids: Option<Vec<Uuid>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Begin,
    /// Everything from this position on has been looked at.
    Below(Cursor),
    Over,
}

impl Export {
    pub fn new(store: Store, viewer: Viewer, wanted: Wanted, layout: Layout) -> Self {
        let encoder = Encoder::new(layout);
        let (stage, span) = (Stage::Begin, FIRST_SPAN);
        Self { store, viewer, wanted, encoder, stage, span, rows: 0, top: Cursor::START }
    }

    /// The next bytes, which may be none where a page found nothing; `None` when the file is complete.
    pub async fn next(&mut self) -> Result<Option<Bytes>, TooSlow> {
        let (below, mut out) = match self.stage {
            Stage::Begin => (self.begin().await?, self.encoder.begin()),
            Stage::Below(below) => (below, Vec::new()),
            Stage::Over => return Ok(None),
        };
        self.page(below, &mut out).await?;
        Ok(Some(out.into()))
    }

    /// What is written instead of the rest when the rest cannot be had: no reader takes the file for a complete one.
    pub fn broken(&self) -> Bytes {
        self.encoder.broken()
    }

    /// Callbacks written so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Positions looked at so far, and all there are to look at; both are 0 before the first page.
    pub fn progress(&self) -> (u64, u64) {
        let above = self.wanted.search.above;
        let through = match self.stage {
            Stage::Begin => return (0, 0),
            Stage::Below(below) => below,
            Stage::Over => above,
        };
        let down_to = |low: Cursor| u64::try_from(self.top.seq() - low.seq()).unwrap_or_default();
        (down_to(through), down_to(above))
    }

    /// Where the first page starts: what comes later belongs to another export.
    async fn begin(&mut self) -> Result<Cursor, TooSlow> {
        let over = Cursor::from_seq(self.store.head().await?.seq().saturating_add(1));
        self.top = self.wanted.search.below.map_or(over, |below| below.min(over));
        Ok(self.top)
    }

    async fn page(&mut self, below: Cursor, out: &mut Vec<u8>) -> Result<(), TooSlow> {
        let floor = self.wanted.search.above;
        let (mut search, before) = (self.wanted.search.clone(), out.len());
        search.below = Some(below);
        loop {
            let bottom = below.seq().saturating_sub(1).saturating_sub(self.span);
            search.above = Cursor::from_seq(bottom).max(floor);
            let (started, mut rows) = (Instant::now(), self.rows);
            let take = |row: &Exported| {
                self.encoder.row(row, rows == 0, out);
                rows += 1;
                if out.len() < PAGE_BYTES { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            };
            let (ids, payloads) = (self.wanted.ids.as_deref(), self.encoder.payloads());
            match self.store.export_page(&self.viewer, &search, ids, payloads, take).await {
                Ok(stopped_at) => {
                    self.rows = rows;
                    self.look_further(stopped_at, search.above, started.elapsed());
                    break;
                }
                Err(TooSlow::Search(_)) if self.span > SPAN_MIN => self.span /= 10,
                Err(error) => return Err(error),
            }
            out.truncate(before);
        }
        if self.stage == Stage::Over {
            self.encoder.end(self.rows == 0, out);
        }
        Ok(())
    }

    /// Where the next page begins, after one that stopped early or else has seen everything above a position.
    fn look_further(&mut self, stopped_at: Option<Cursor>, seen_above: Cursor, took: Duration) {
        if let Some(last) = stopped_at {
            self.stage = Stage::Below(last);
            return;
        }
        if seen_above == self.wanted.search.above {
            self.stage = Stage::Over;
            return;
        }
        self.stage = Stage::Below(Cursor::from_seq(seen_above.seq() + 1));
        if took < QUICK {
            self.span = self.span.saturating_mul(4);
        } else if took > 10 * QUICK {
            self.span = (self.span / 4).max(SPAN_MIN);
        }
    }
}

//! History: pages of what matches a search, newest first.
//!
//! One filter has an index in the order of positions, so its page costs what it shows. What several filters or a text
//! look for may be anywhere, or nowhere: such a search goes through the positions in steps and, when its time is up,
//! gives what it has found and the place where it stopped. Whoever asks goes on from there; no question, however rare
//! its answer and however large the table, holds a connection for long, and none is refused for being slow.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tokio_postgres::types::Type;

use super::{Store, TooSlow, search::SearchParams};
use crate::callback::{Cursor, Search, ViewedItem, Viewer};

/// How long one question is worked on, about: what is felt as at once, with room for the way there and back.
const BUDGET: Duration = Duration::from_millis(40);
/// Positions of the first step: milliseconds, even if each of its rows is read.
const FIRST_STEP: i64 = 8_192;
/// How much larger a step is at most than the one before it: where an index finds what matches, a step costs its
/// question and not its positions, and the next one may be the last.
const GROWTH_MAX: f64 = 64.0;

/// A page of history.
#[derive(Debug, Clone)]
pub struct Found {
    /// Newest first.
    pub callbacks: Vec<ViewedItem>,
    /// Where the search stopped before the page was full; `None` where it is full, or everything was looked at.
    pub stopped: Option<Stopped>,
}

/// Everything between the beginning of a search and this was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped {
    /// What to go on from: below it downwards, above it upwards.
    pub at: Cursor,
    /// When the next callback that is to be looked at was received.
    pub received: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Down,
    Up,
}

impl Store {
    /// Newest first: the page just below `search.below`.
    pub async fn history(&self, viewer: &Viewer, search: &Search, limit: usize) -> Result<Found, TooSlow> {
        self.page(Way::Down, viewer, search, limit).await
    }

    /// Newest first: the page just above `search.above`.
    pub async fn history_above(
        &self,
        viewer: &Viewer,
        search: &Search,
        limit: usize,
    ) -> Result<Found, TooSlow> {
        self.page(Way::Up, viewer, search, limit).await
    }

    async fn page(&self, way: Way, viewer: &Viewer, search: &Search, limit: usize) -> Result<Found, TooSlow> {
        if search.has_an_index(viewer.scope.owner().is_some()) {
            let callbacks = self.step(way, viewer, search, limit).await?;
            return Ok(Found { callbacks, stopped: None });
        }
        // One step is made in any case: whoever goes on from where it stopped comes to the end.
        let (begun, mut size, mut has_looked) = (Instant::now(), FIRST_STEP, false);
        let (mut rest, mut callbacks) = (search.clone(), Vec::new());
        while let Some(next) = self.nearest(way, &rest).await? {
            if has_looked && begun.elapsed() >= BUDGET {
                return Ok(Found { callbacks, stopped: Some(way.before(next)) });
            }
            let (step, behind) = way.cut(&rest, next.at, size);
            let step_begun = Instant::now();
            let found = self.step(way, viewer, &step, limit - callbacks.len()).await?;
            way.join(&mut callbacks, found);
            if callbacks.len() == limit {
                break;
            }
            size = grown(size, step_begun.elapsed(), BUDGET.saturating_sub(begun.elapsed()));
            (rest, has_looked) = (behind, true);
        }
        Ok(Found { callbacks, stopped: None })
    }

    async fn step(
        &self,
        way: Way,
        viewer: &Viewer,
        search: &Search,
        limit: usize,
    ) -> Result<Vec<ViewedItem>, TooSlow> {
        let sql = match way {
            Way::Down => include_str!("../../../sql/queries/callback/history.sql"),
            Way::Up => include_str!("../../../sql/queries/callback/history_above.sql"),
        };
        let limit = i64::try_from(limit).expect("limits are small");
        let params = SearchParams::new(viewer, search);
        let mut params = params.typed();
        params.push((&limit, Type::INT8));
        self.list(sql, &params).await
    }

    /// The first callback on the way, whether it matches or not: positions are not dense, and no step is made into
    /// nothing.
    async fn nearest(&self, way: Way, search: &Search) -> Result<Option<Stopped>, TooSlow> {
        let sql = match way {
            Way::Down => include_str!("../../../sql/queries/callback/highest_between.sql"),
            Way::Up => include_str!("../../../sql/queries/callback/lowest_between.sql"),
        };
        let below = search.below.map_or(i64::MAX, Cursor::seq);
        let found = self.db.query_opt(sql, &[&search.above.seq(), &below]).await?;
        let Some(row) = found else { return Ok(None) };
        Ok(Some(Stopped { at: Cursor::from_seq(row.try_get("seq")?), received: row.try_get("created_at")? }))
    }
}

impl Way {
    /// The next so many positions from `next` on, and what then is left.
    fn cut(self, search: &Search, next: Cursor, size: i64) -> (Search, Search) {
        let (mut step, mut rest) = (search.clone(), search.clone());
        match self {
            Self::Down => {
                let edge = Cursor::from_seq(next.seq().saturating_sub(size)).max(search.above);
                step.above = edge;
                rest.below = Some(Cursor::from_seq(edge.seq() + 1));
            }
            Self::Up => {
                let edge = Cursor::from_seq(next.seq().saturating_add(size));
                let edge = search.below.map_or(edge, |below| below.min(edge));
                step.below = Some(edge);
                rest.above = Cursor::from_seq(edge.seq() - 1);
            }
        }
        (step, rest)
    }

    /// Going on from there begins with the callback that is next.
    fn before(self, next: Stopped) -> Stopped {
        let at = match self {
            Self::Down => next.at.seq().saturating_add(1),
            Self::Up => next.at.seq() - 1,
        };
        Stopped { at: Cursor::from_seq(at), ..next }
    }

    /// Newest first, whichever way they were found.
    fn join(self, callbacks: &mut Vec<ViewedItem>, found: Vec<ViewedItem>) {
        match self {
            Self::Down => callbacks.extend(found),
            Self::Up => drop(callbacks.splice(0..0, found)),
        }
    }
}

/// As large as can be looked at in the time that is left, going by the last step.
fn grown(size: i64, took: Duration, left: Duration) -> i64 {
    let factor = (left.as_secs_f64() / took.as_secs_f64().max(1e-6)).clamp(0.1, GROWTH_MAX);
    #[expect(clippy::cast_possible_truncation, reason = "positions that are looked at at once")]
    #[expect(clippy::cast_precision_loss, reason = "positions that are looked at at once")]
    let next = (size as f64 * factor) as i64;
    next.max(FIRST_STEP / 8)
}

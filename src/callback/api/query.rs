//! Parameters of lists, from text to types. Each that is malformed is refused by its name.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;

use crate::{
    callback::{After, Cursor, rfc3339},
    problem::{Problem, Result},
};

/// Characters of a search text; nobody looks for more, and each makes every row cost more.
const TEXT_MAX: usize = 200;

/// What narrows history and export, besides the filter of streams.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// `true`: only what you have viewed; `false`: only what you have not.
    #[param(value_type = Option<bool>)]
    viewed: Option<String>,
    /// Only received at or after this RFC 3339 time.
    #[param(value_type = Option<DateTime<Utc>>)]
    from: Option<String>,
    /// Only received before this RFC 3339 time.
    #[param(value_type = Option<DateTime<Utc>>)]
    to: Option<String>,
    /// Only with this text in id, callback id, workflow or preview; at most 200 characters.
    q: Option<String>,
}

/// The same, parsed.
#[derive(Debug)]
pub struct SearchRequest {
    pub viewed: Option<bool>,
    pub from: Option<DateTime<Utc>>,
    pub to: Option<DateTime<Utc>>,
    pub text: Option<String>,
}

impl TryFrom<SearchQuery> for SearchRequest {
    type Error = Problem;

    fn try_from(query: SearchQuery) -> Result<Self> {
        let text = given(query.q);
        if text.as_ref().is_some_and(|text| text.chars().count() > TEXT_MAX) {
            return Err(Problem::parameter("q", "at most 200 characters"));
        }
        Ok(Self {
            viewed: parsed("viewed", "true or false", given(query.viewed))?,
            from: given(query.from).map(|text| time("from", &text)).transpose()?,
            to: given(query.to).map(|text| time("to", &text)).transpose()?,
            text,
        })
    }
}

/// Which page of history.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// 10, 25, 50 or 100.
    #[param(value_type = Option<i64>, example = 25)]
    limit: Option<String>,
    /// Only below this cursor: the page before's `nextCursor`.
    #[param(pattern = "^(0|[1-9][0-9]{0,18})$")]
    before: Option<String>,
    /// Only the page just above this cursor, to go back up; not with `before`.
    #[param(pattern = "^(0|[1-9][0-9]{0,18})$")]
    after: Option<String>,
}

/// The same, parsed.
#[derive(Debug)]
pub struct PageRequest {
    pub limit: i64,
    pub turn: Turn,
}

/// From where to which side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// From the head, or from a cursor, downwards.
    Down(Option<Cursor>),
    /// The page just above a cursor.
    Up(Cursor),
}

impl TryFrom<PageQuery> for PageRequest {
    type Error = Problem;

    fn try_from(query: PageQuery) -> Result<Self> {
        let limit = history_limit(query.limit.as_deref())?;
        let (before, after) =
            (parsed("before", CURSOR, query.before)?, parsed("after", CURSOR, query.after)?);
        let turn = match (before, after) {
            (before, None) => Turn::Down(before),
            (None, Some(after)) => Turn::Up(after),
            (Some(_), Some(_)) => {
                return Err(Problem::parameter("after", "a cursor, where before is not given"));
            }
        };
        Ok(Self { limit, turn })
    }
}

/// How what came after a cursor is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CheckQuery {
    /// A cursor, or an RFC 3339 time, which is only as exact as clocks. Without it: from the beginning.
    after: Option<String>,
    /// 1 to 500; 20 if left out.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 500, example = 20)]
    limit: Option<String>,
    /// `true` leaves out what you have viewed.
    #[param(value_type = Option<bool>)]
    unviewed: Option<String>,
}

/// The same, parsed.
#[derive(Debug)]
pub struct CheckRequest {
    pub after: After,
    pub limit: i64,
    pub unviewed: bool,
}

impl TryFrom<CheckQuery> for CheckRequest {
    type Error = Problem;

    fn try_from(query: CheckQuery) -> Result<Self> {
        let limit = parsed("limit", "1 to 500", query.limit)?.unwrap_or(20);
        if !(1..=500).contains(&limit) {
            return Err(Problem::parameter("limit", "1 to 500"));
        }
        Ok(Self {
            after: query.after.as_deref().map_or(Ok(After::Cursor(Cursor::START)), After::of_parameter)?,
            limit,
            unviewed: parsed("unviewed", "true or false", given(query.unviewed))?.unwrap_or(false),
        })
    }
}

const CURSOR: &str = "a cursor: decimal digits as nextCursor or an event's id gave them";

/// A member of a JSON body, by its name; null counts as absent.
pub(super) fn member<T: serde::de::DeserializeOwned>(
    name: &str,
    allowed: &str,
    value: Option<Value>,
) -> Result<Option<T>> {
    let value = value.filter(|value| !value.is_null());
    value.map(serde_json::from_value).transpose().map_err(|_| Problem::parameter(name, allowed))
}

fn history_limit(text: Option<&str>) -> Result<i64> {
    match text {
        None | Some("25") => Ok(25),
        Some("10") => Ok(10),
        Some("50") => Ok(50),
        Some("100") => Ok(100),
        Some(_) => Err(Problem::parameter("limit", "10, 25, 50 or 100")),
    }
}

fn time(name: &str, text: &str) -> Result<DateTime<Utc>> {
    rfc3339(text).ok_or_else(|| Problem::parameter(name, "an RFC 3339 time such as 2026-01-31T12:00:00Z"))
}

pub(super) fn parsed<T: FromStr>(name: &str, allowed: &str, text: Option<String>) -> Result<Option<T>> {
    text.map(|text| text.parse()).transpose().map_err(|_| Problem::parameter(name, allowed))
}

/// An empty parameter counts as absent where a form may send it.
fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

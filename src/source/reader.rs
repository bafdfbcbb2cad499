//! Reading what is said of a source: its own settings first, and behind them those of its preset.

use toml::Value;

use super::preset::{self, preset};
use crate::config::{Error, GivenSource};

/// What was given, and behind it the preset.
pub(super) struct Reader<'a> {
    pub given: &'a GivenSource,
    pub preset_name: Option<&'a str>,
    preset: Option<&'static toml::Table>,
}

impl<'a> Reader<'a> {
    /// A source that bears a preset's name need not name it again. One without a preset says everything itself.
    pub fn new(given: &'a GivenSource) -> Result<Self, Error> {
        let chosen = given.settings.get("preset").map(|value| value.as_str().unwrap_or_default());
        let preset_name = chosen.or_else(|| preset(&given.name).map(|_| given.name.as_str()));
        let preset = match preset_name {
            None => None,
            Some(name) => Some(preset(name).ok_or_else(|| {
                let names = preset::names().collect::<Vec<_>>().join(", ");
                given.bad("preset", format!("must be one of {names}"))
            })?),
        };
        Ok(Self { given, preset_name, preset })
    }

    /// An empty text takes away what the preset says.
    pub fn value(&self, key: &str) -> Option<&'a Value> {
        let value = self.given.settings.get(key).or_else(|| at(self.preset?, key))?;
        (value.as_str() != Some("")).then_some(value)
    }

    pub fn text(&self, key: &str) -> Result<Option<String>, Error> {
        self.parse(key, |text| Ok(text.to_owned()))
    }

    pub fn parse<T>(&self, key: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<Option<T>, Error> {
        let Some(value) = self.value(key) else { return Ok(None) };
        let text = plain(value).ok_or_else(|| self.given.bad(key, "must be a single value"))?;
        read(&text).map(Some).map_err(|allowed| self.given.bad(key, allowed))
    }

    /// One or several.
    pub fn list<T>(&self, key: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, Error> {
        let bad = |allowed: String| self.given.bad(key, allowed);
        let one = |value: &Value| {
            let text = value.as_str().ok_or_else(|| bad("must be a text or an array of texts".to_owned()))?;
            read(text).map_err(bad)
        };
        match self.value(key) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => items.iter().map(one).collect(),
            Some(value) => Ok(vec![one(value)?]),
        }
    }

    pub fn pairs<T>(
        &self,
        key: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Vec<(String, T)>, Error> {
        let bad = |allowed: String| self.given.bad(key, allowed);
        let table = match self.value(key) {
            None => return Ok(Vec::new()),
            Some(Value::Table(table)) => table,
            Some(_) => {
                return Err(bad("must be a table, such as { \"job.done\" = \"processed\" }".to_owned()));
            }
        };
        let pair = |(word, value): (&String, &Value)| {
            let text = value.as_str().ok_or_else(|| bad("must be a table of texts".to_owned()))?;
            Ok((word.clone(), read(text).map_err(|allowed| bad(format!("{word:?} {allowed}")))?))
        };
        table.iter().map(pair).collect()
    }

    /// A table by the sender's words, or one text for all of them.
    pub fn by_word<T>(
        &self,
        key: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Vec<(String, T)>, Error> {
        match self.value(key) {
            Some(Value::String(_)) => {
                Ok(self.parse(key, read)?.map(|one| ("*".to_owned(), one)).into_iter().collect())
            }
            _ => self.pairs(key, read),
        }
    }

    /// What to do about a source that proves nothing.
    pub fn unproven(&self) -> String {
        match self.preset_name {
            Some(_) => {
                "it has neither a signature nor a token, so nobody could be told from anybody".to_owned()
            }
            None => format!(
                "no preset has this name, so preset must be set to one of {}, or signature or token",
                preset::names().collect::<Vec<_>>().join(", ")
            ),
        }
    }

    pub fn problem(&self, problem: &str) -> Error {
        Error::Source { name: self.given.name.clone(), problem: problem.to_owned() }
    }
}

/// A setting of a table in the table has both names: `fetch.url`.
fn at<'a>(table: &'a toml::Table, key: &str) -> Option<&'a Value> {
    match key.split_once('.') {
        Some((outer, inner)) => table.get(outer)?.as_table()?.get(inner),
        None => table.get(key),
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(_) | Value::Table(_) => None,
        other => Some(other.to_string()),
    }
}

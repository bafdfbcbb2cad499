//! The secrets of a source: taken out of what may be shown, the newest first, each with when it ends.

use chrono::{DateTime, NaiveDate, Utc};
use secrecy::SecretString;

use super::{GivenSource, plain};
use crate::config::layers::{Error, Origin};

/// The one secret that opens the service's door, not ours.
pub const FETCH_KEY: &str = "fetch.key";

#[derive(Debug, Clone)]
pub struct GivenSecret {
    /// The setting that holds it, in full, for messages.
    pub key: String,
    pub text: SecretString,
    /// When it ends, if it is being retired.
    pub until: Option<DateTime<Utc>>,
    pub origin: Origin,
}

impl GivenSecret {
    pub fn shown(&self) -> String {
        match self.until {
            None => "(set, hidden)".to_owned(),
            Some(until) => format!("(set, hidden) until {}", until.to_rfc3339()),
        }
    }
}

/// One that somebody has said.
pub fn given(
    source: &GivenSource,
    key: &str,
    text: Option<&str>,
    origin: &Origin,
) -> Result<GivenSecret, Error> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| hidden_bad(source, key, origin, "must be a text, and not empty"))?;
    Ok(GivenSecret {
        key: source.key(key),
        text: SecretString::from(text),
        until: None,
        origin: origin.clone(),
    })
}

/// When the previous secret ends, by whichever name it was given.
pub fn retire(source: &mut GivenSource) -> Result<(), Error> {
    const KEY: &str = "secret_previous_until";
    let Some(value) = source.settings.get(KEY) else { return Ok(()) };
    let until = time(&plain(value)).map_err(|allowed| source.bad(KEY, allowed))?;
    let mut found = false;
    for previous in source.secrets.iter_mut().filter(|secret| age(&secret.key) == PREVIOUS) {
        previous.until = Some(until);
        found = true;
    }
    if found { Ok(()) } else { Err(source.bad(KEY, "needs secret_previous, whose end it is")) }
}

const PREVIOUS: u8 = 1;

/// The newest comes first: with it examples are signed.
pub fn age(key: &str) -> u8 {
    match key.rsplit(['.', '_']).next() {
        Some("secret") => 0,
        Some("previous") => PREVIOUS,
        _ => 2,
    }
}

/// A day begins at midnight UTC.
pub fn time(text: &str) -> Result<DateTime<Utc>, String> {
    let day = || text.parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0).map(|time| time.and_utc());
    let exact = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc()).ok();
    exact
        .or_else(day)
        .ok_or_else(|| "must be a day or a time, such as 2027-01-31 or 2027-01-31T12:00:00Z".to_owned())
}

/// A secret that cannot be used: it is not shown.
pub fn hidden_bad(source: &GivenSource, key: &str, origin: &Origin, allowed: &str) -> Error {
    Error::Bad {
        key: source.key(key),
        value: "(hidden)".to_owned(),
        origin: origin.clone(),
        allowed: allowed.to_owned(),
    }
}

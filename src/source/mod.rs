//! One configured sender of callbacks: its path, how it proves itself, where its fields are.
//!
//! A source is data, made of a preset and what the configuration says otherwise. This folder knows what the data means:
//! how a request is verified with it and how one is signed. It knows nothing of requests that wait, or of rows.

mod define;
mod fetch;
mod fields;
mod preset;
mod reader;
mod sample;
pub mod scheme;
mod secret;

use std::{collections::BTreeMap, sync::Arc};

use secrecy::SecretString;
use serde_json::{Map, Value};

pub use self::{
    define::WEBHOOKS,
    fetch::Fetch,
    fields::{DurationUnit, Fields, Place, Pointer, element},
    sample::{Sample, TEST_HEADER, test_mark},
    scheme::{Algorithm, Rejection, Scheme, Verdict},
    secret::{BASE64, Fingerprint, Format, Secret},
};
use crate::config::{Error, GivenSource};

/// The source that is always there.
pub const LLM: &str = "llm";

/// A sender.
#[derive(Debug, Clone)]
pub struct Source {
    pub name: Arc<str>,
    pub preset: Option<String>,
    pub title: String,
    pub path: String,
    pub scheme: Scheme,
    pub algorithm: Algorithm,
    pub format: Format,
    /// Newest first.
    pub secrets: Vec<Secret>,
    /// Where the service publishes its keys, if it does.
    pub jwks_url: Option<url::Url>,
    pub fields: Fields,
    /// How objects are fetched that its callbacks only name, if they are.
    pub fetch: Option<Fetch>,
    /// Top-level members that differ from one retry to the next, as they stand between quotes.
    pub ignored: Vec<String>,
    sample: Map<String, Value>,
}

impl Source {
    /// Whether anything can be verified. Only `llm` may be without, where unsigned callbacks are accepted.
    pub fn has_keys(&self) -> bool {
        !self.secrets.is_empty() || self.jwks_url.is_some()
    }

    /// Whether its callbacks only name what they are about, so that a made-up one names nothing.
    pub fn is_thin(&self) -> bool {
        self.fetch.is_some() || self.preset.as_deref().is_some_and(preset_fetches)
    }

    /// Another secret, the newest.
    pub fn add_secret(&mut self, text: &SecretString) -> Result<(), String> {
        self.secrets.insert(0, Secret::new(text, None, self.algorithm, &self.format)?);
        Ok(())
    }

    /// The bytes of a secret's key, as this source reads them.
    pub fn key(&self, secret: &Secret) -> Option<Vec<u8>> {
        self.format.bytes(secret.expose()).ok()
    }

    /// A secret that nobody else has. Of basic authentication it is a user and a password.
    pub fn random_secret(&self) -> SecretString {
        let secret = self.format.write(&rand::random::<[u8; 32]>());
        let is_basic = self.scheme.token.as_ref().is_some_and(scheme::Token::is_basic);
        SecretString::from(if is_basic { format!("callbackd:{secret}") } else { secret })
    }

    /// The sender's own name for its job id, and where it is, for messages.
    pub fn job_id_field(&self) -> String {
        self.fields.job_id.first().map(Place::to_string).unwrap_or_default()
    }
}

/// The source of this name, as configured or else as its preset says; `None` for a name that nobody knows.
pub fn find(given: &[GivenSource], name: &str) -> Result<Option<Source>, Error> {
    let known = given.iter().find(|given| given.name == name);
    match (known, preset::preset(name)) {
        (Some(given), _) => define::define(given),
        (None, Some(_)) => define::define(&GivenSource::named(name)),
        (None, None) => Ok(None),
    }
}

/// What the settings of a source mean; `None` when they turn it off.
pub fn define(given: &GivenSource) -> Result<Option<Source>, Error> {
    define::define(given)
}

/// Names of all presets, in the order of the alphabet.
pub fn presets() -> impl Iterator<Item = &'static str> {
    preset::names()
}

/// Whether a preset knows where the objects are that its callbacks only name.
pub fn preset_fetches(name: &str) -> bool {
    preset::preset(name).and_then(|preset| preset.get("fetch")?.get("url")).is_some()
}

/// Every enabled source of the configuration, `llm` among them unless it was turned off. A source without anything to
/// verify with is refused, but for `llm`: whoever starts the server decides about that one.
pub fn all(given: &[GivenSource]) -> Result<Vec<Source>, Error> {
    let llm = (!given.iter().any(|source| source.name == LLM)).then(|| GivenSource::named(LLM));
    let mut sources = Vec::new();
    for given in llm.iter().chain(given) {
        let Some(source) = define::define(given)? else { continue };
        if !source.has_keys() && given.name != LLM {
            let (key, env) = (given.key("secret"), given.env("secret"));
            let problem = format!(
                "no secret is set: set {env}, or {key} in callbackd.toml, or turn it off with enabled = false"
            );
            return Err(Error::Source { name: given.name.clone(), problem });
        }
        sources.push(source);
    }
    refuse_shared_paths(&sources)?;
    Ok(sources)
}

fn refuse_shared_paths(sources: &[Source]) -> Result<(), Error> {
    let mut paths: BTreeMap<&str, &str> = BTreeMap::new();
    for source in sources {
        if let Some(other) = paths.insert(&source.path, &source.name) {
            let problem = format!("its path {} is that of {other} too", source.path);
            return Err(Error::Source { name: source.name.to_string(), problem });
        }
    }
    Ok(())
}

pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Bytes of hex digits in either case, if they fit; the number of bytes.
pub fn unhex_into(digits: &[u8], bytes: &mut [u8]) -> Option<usize> {
    let nibble = |digit: &u8| char::from(*digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let length = digits.len() / 2;
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    for (byte, pair) in bytes.get_mut(..length)?.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = nibble(pair.first()?)? << 4 | nibble(pair.get(1)?)?;
    }
    Some(length)
}

pub fn unhex(digits: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = vec![0; digits.len() / 2];
    unhex_into(digits, &mut bytes)?;
    Some(bytes)
}

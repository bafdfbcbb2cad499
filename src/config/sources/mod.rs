//! What is said of each source, gathered from file, environment and admins, with where it was said.
//!
//! Only gathered: what the words mean is known to `source`, which lays them over a preset. Secrets are taken out first,
//! so that what is left may be shown in a message.

mod added;
mod environment;
mod file;
mod secret;
mod table;

use std::collections::BTreeMap;

use self::secret::{FETCH_KEY, age, retire};
pub use self::{
    environment::PREFIX as VARIABLES,
    secret::GivenSecret,
    table::{SOURCE_SETTINGS, SourceSetting},
};
use super::{
    Shown,
    layers::{Error, Layers, Origin},
};

/// A name is a label of metrics and stands in addresses.
const NAME_BYTES_MAX: usize = 40;

/// One source, as configured.
#[derive(Debug, Clone)]
pub struct GivenSource {
    pub name: String,
    /// By key; nothing of it is secret.
    pub settings: toml::Table,
    /// Newest first.
    pub secrets: Vec<GivenSecret>,
    /// What the service's own API lets in.
    pub fetch_key: Option<GivenSecret>,
    origins: BTreeMap<String, Origin>,
}

impl GivenSource {
    /// One that nobody has said anything of.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            settings: toml::Table::new(),
            secrets: Vec::new(),
            fetch_key: None,
            origins: BTreeMap::new(),
        }
    }

    /// `[sources.<name>.fetch]` has settings of its own, `fetch.url` and others.
    fn flat(
        &self,
        key: &str,
        value: &toml::Value,
        origin: &Origin,
    ) -> Result<Vec<(String, toml::Value)>, Error> {
        match (key, value) {
            ("fetch", toml::Value::Table(table)) => {
                Ok(table.iter().map(|(key, value)| (format!("fetch.{key}"), value.clone())).collect())
            }
            ("fetch", _) => Err(Error::Bad {
                key: self.key("fetch"),
                value: String::new(),
                origin: origin.clone(),
                allowed: format!("must be a table, such as [sources.{}.fetch]", self.name),
            }),
            _ => Ok(vec![(key.to_owned(), value.clone())]),
        }
    }

    /// Puts a secret where it belongs.
    fn keep(&mut self, secret: GivenSecret) {
        if secret.key == self.key(FETCH_KEY) {
            self.fetch_key = Some(secret);
        } else {
            self.secrets.push(secret);
        }
    }

    /// A value that cannot be used: the setting, what it is, where it stands, and what is allowed.
    pub fn bad(&self, key: &str, allowed: impl Into<String>) -> Error {
        let value = self.settings.get(key).map(plain).unwrap_or_default();
        let origin = self.origins.get(key).cloned().unwrap_or(Origin::Preset);
        Error::Bad { key: self.key(key), value, origin, allowed: allowed.into() }
    }

    /// `sources.openai.path`.
    pub fn key(&self, key: &str) -> String {
        format!("sources.{}.{key}", self.name)
    }

    /// `CALLBACKD_SOURCES_OPENAI_PATH`.
    pub fn env(&self, key: &str) -> String {
        environment::variable(&self.name, key)
    }

    /// Every setting that somebody has given, as `callbackd config` shows it.
    pub(super) fn shown(&self) -> Vec<Shown> {
        let line = |setting: &SourceSetting, value: String, origin: &Origin| Shown {
            key: self.key(setting.key),
            value,
            origin: origin.clone(),
            environment: self.env(setting.key),
            help: setting.help,
        };
        let given = SOURCE_SETTINGS.iter().filter_map(|setting| {
            let value = self.settings.get(setting.key)?;
            Some(line(setting, plain(value), self.origins.get(setting.key)?))
        });
        let secrets = SOURCE_SETTINGS.iter().filter(|setting| setting.secret).flat_map(|setting| {
            let all = self.secrets.iter().chain(&self.fetch_key);
            let own = all.filter(|secret| secret.key == self.key(setting.key));
            own.map(|secret| line(setting, secret.shown(), &secret.origin))
        });
        secrets.chain(given).collect()
    }
}

/// All that are configured, by name.
pub(super) fn gather(layers: &Layers) -> Result<Vec<GivenSource>, Error> {
    let mut sources: BTreeMap<String, GivenSource> = BTreeMap::new();
    if let Some((path, tables)) = layers.source_tables() {
        for (name, table) in tables {
            let source = file::read(path, name, table)?;
            sources.insert(name.clone(), source);
        }
    }
    for (variable, text) in layers.variables(environment::PREFIX) {
        environment::read(&mut sources, variable, text)?;
    }
    for (name, settings) in [
        ("llm", ["llm_webhook_secret", "llm_webhook_secret_previous"]),
        ("stepper", ["webhook_secret", "webhook_secret_previous"]),
        ("stepper-callback", ["webhook_secret", "webhook_secret_previous"]),
    ] {
        of_settings(layers, &mut sources, name, settings)?;
    }
    for source in sources.values_mut() {
        retire(source)?;
        source.secrets.sort_by_key(|secret| age(&secret.key));
    }
    Ok(sources.into_values().collect())
}

/// The secrets that have settings of their own, under the names by which everybody knows them.
fn of_settings(
    layers: &Layers,
    sources: &mut BTreeMap<String, GivenSource>,
    name: &str,
    settings: [&'static str; 2],
) -> Result<(), Error> {
    for key in settings {
        let Some((text, origin)) = layers.secret_with_origin(key)? else { continue };
        let source = sources.entry(name.to_owned()).or_insert_with(|| GivenSource::named(name));
        source.secrets.push(GivenSecret { key: key.to_owned(), text, until: None, origin });
    }
    Ok(())
}

fn check_name(name: &str, place: impl Fn() -> String) -> Result<(), Error> {
    let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    let starts = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    if starts && name.len() <= NAME_BYTES_MAX && name.bytes().all(good) {
        return Ok(());
    }
    Err(Error::BadName { place: place(), name: name.to_owned(), bytes_max: NAME_BYTES_MAX })
}

/// A text without its quotes, anything else as TOML writes it.
fn plain(value: &toml::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

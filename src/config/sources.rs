//! What is said of each source, gathered from file and environment, with where it was said.
//!
//! Only gathered: what the words mean is known to `source`, which lays them over a preset. Secrets are taken out first,
//! so that what is left may be shown in a message.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use chrono::{DateTime, NaiveDate, Utc};
use secrecy::SecretString;

use super::{
    Shown,
    layers::{Error, Layers, Origin, read_text},
    source_table::{SOURCE_SETTINGS, SourceSetting},
};

const PREFIX: &str = "CALLBACKD_SOURCES_";
/// A name is a label of metrics and stands in addresses.
const NAME_BYTES_MAX: usize = 40;
/// The one secret that opens the service's door, not ours.
const FETCH_KEY: &str = "fetch.key";
/// What only the configuration may say: an admin turns a source off otherwise, and must not reach into the network that
/// the server stands in.
const OF_THE_FILE: [&str; 3] = ["enabled", "secret_previous_until", "fetch.private_networks"];

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

#[derive(Debug, Clone)]
pub struct GivenSecret {
    /// The setting that holds it, in full, for messages.
    pub key: String,
    pub text: SecretString,
    /// When it ends, if it is being retired.
    pub until: Option<DateTime<Utc>>,
    pub origin: Origin,
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

    /// One that an admin has added, with its secrets, newest first. `enabled` is not said here.
    pub fn added(
        name: &str,
        settings: &serde_json::Map<String, serde_json::Value>,
        secrets: Vec<(SecretString, Option<DateTime<Utc>>)>,
        fetch_key: Option<SecretString>,
    ) -> Result<Self, Error> {
        const PLACE: &str = "the settings of the source";
        check_name(name, || "name".to_owned())?;
        let mut source = Self::named(name);
        for (key, value) in settings {
            // JSON knows a nothing, which TOML does not.
            let value = toml::Value::try_from(value);
            let value = value.map_err(|_| source.bad(key, "must be a text, a number, a list or a table"))?;
            for (key, value) in source.flat(key, &value, &Origin::Admin)? {
                let known = setting(&key).filter(|(setting, _)| !setting.secret);
                let Some(known) = known.map(|(it, _)| it.key).filter(|key| !OF_THE_FILE.contains(key)) else {
                    return Err(Error::Unknown { place: PLACE.to_owned(), hint: hint(&key), key });
                };
                source.origins.insert(known.to_owned(), Origin::Admin);
                source.settings.insert(known.to_owned(), value);
            }
        }
        let secret = |key: &str, text, until| GivenSecret {
            key: format!("sources.{name}.{key}"),
            text,
            until,
            origin: Origin::Admin,
        };
        source.secrets = secrets.into_iter().map(|(text, until)| secret("secret", text, until)).collect();
        source.fetch_key = fetch_key.map(|text| secret(FETCH_KEY, text, None));
        Ok(source)
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
        format!("{PREFIX}{}_{}", upper(&self.name), upper(key))
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
            own.map(|secret| line(setting, hidden(secret), &secret.origin))
        });
        secrets.chain(given).collect()
    }
}

/// All that are configured, by name.
pub(super) fn gather(layers: &Layers) -> Result<Vec<GivenSource>, Error> {
    let mut sources: BTreeMap<String, GivenSource> = BTreeMap::new();
    if let Some((path, tables)) = layers.source_tables() {
        for (name, table) in tables {
            let source = of_file(path, name, table)?;
            sources.insert(name.clone(), source);
        }
    }
    for (variable, text) in layers.variables(PREFIX) {
        let (name, setting, is_file) = split(variable)?;
        let name = known_spelling(&sources, &name);
        check_name(&name, || variable.to_owned())?;
        let source = sources.entry(name.clone()).or_insert_with(|| GivenSource::named(&name));
        of_environment(source, setting, variable, text, is_file)?;
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

fn of_file(path: &Path, name: &str, value: &toml::Value) -> Result<GivenSource, Error> {
    let origin = Origin::File(path.to_owned());
    check_name(name, || format!("{}: [sources.{name}]", path.display()))?;
    let mut source = GivenSource::named(name);
    let toml::Value::Table(table) = value else {
        return Err(Error::Bad {
            key: format!("sources.{name}"),
            value: String::new(),
            origin,
            allowed: "must be a table, such as [sources.openai]".to_owned(),
        });
    };
    for (key, value) in table {
        for (key, value) in source.flat(key, value, &origin)? {
            set(&mut source, path, &key, &value, &origin)?;
        }
    }
    Ok(source)
}

/// One setting of the file.
fn set(
    source: &mut GivenSource,
    path: &Path,
    key: &str,
    value: &toml::Value,
    origin: &Origin,
) -> Result<(), Error> {
    match (key, setting(key)) {
        ("secrets", _) => source.secrets.extend(secret_list(source, value, origin)?),
        (_, Some((setting, false))) if setting.secret => {
            source.keep(secret(source, setting.key, value.as_str(), origin)?);
        }
        (_, Some((setting, true))) => {
            let text = read_secret(source, key, value.as_str(), origin)?;
            source.keep(secret(source, setting.key, Some(&text), origin)?);
        }
        (_, Some((setting, false))) => {
            source.settings.insert(setting.key.to_owned(), value.clone());
            source.origins.insert(setting.key.to_owned(), origin.clone());
        }
        (_, None) => {
            let (place, key, hint) = (path.display().to_string(), source.key(key), hint(key));
            return Err(Error::Unknown { place, key, hint });
        }
    }
    Ok(())
}

fn of_environment(
    source: &mut GivenSource,
    setting: &SourceSetting,
    variable: &str,
    text: &str,
    is_file: bool,
) -> Result<(), Error> {
    let origin = Origin::Environment(variable.to_owned());
    if setting.secret {
        let text = if is_file { read_text(Path::new(text))? } else { text.to_owned() };
        // The environment wins over the file.
        let key = source.key(setting.key);
        source.secrets.retain(|known| known.key != key);
        source.keep(secret(source, setting.key, Some(&text), &origin)?);
    } else {
        source.settings.insert(setting.key.to_owned(), value_of(text));
        source.origins.insert(setting.key.to_owned(), origin);
    }
    Ok(())
}

/// A list or a table is written as in the file.
fn value_of(text: &str) -> toml::Value {
    let is_compound = text.trim_start().starts_with(['[', '{']);
    let parsed = format!("value = {text}").parse::<toml::Table>().ok();
    let compound = parsed.filter(|_| is_compound).and_then(|mut table| table.remove("value"));
    compound.unwrap_or_else(|| toml::Value::String(text.to_owned()))
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

fn secret(
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

fn secret_list(
    source: &GivenSource,
    value: &toml::Value,
    origin: &Origin,
) -> Result<Vec<GivenSecret>, Error> {
    const ALLOWED: &str = "must be an array of texts, or of tables with secret or secret_file, and until";
    let bad = |allowed: &str| hidden_bad(source, "secrets", origin, allowed);
    let items = value.as_array().ok_or_else(|| bad(ALLOWED))?;
    let one = |item: &toml::Value| {
        let table = match item {
            toml::Value::String(text) => return secret(source, "secrets", Some(text), origin),
            toml::Value::Table(table) => table,
            _ => return Err(bad(ALLOWED)),
        };
        if table.keys().any(|key| !["secret", "secret_file", "until"].contains(&key.as_str())) {
            return Err(bad(ALLOWED));
        }
        let text = match (table.get("secret"), table.get("secret_file")) {
            (Some(text), None) => text.as_str().map(str::to_owned),
            (None, file) => Some(read_secret(source, "secrets", file.and_then(toml::Value::as_str), origin)?),
            _ => return Err(bad(ALLOWED)),
        };
        let mut given = secret(source, "secrets", text.as_deref(), origin)?;
        let until = table.get("until").map(|until| time(&plain(until)).map_err(|allowed| bad(&allowed)));
        given.until = until.transpose()?;
        Ok(given)
    };
    items.iter().map(one).collect()
}

fn read_secret(
    source: &GivenSource,
    key: &str,
    file: Option<&str>,
    origin: &Origin,
) -> Result<String, Error> {
    let path = file.ok_or_else(|| hidden_bad(source, key, origin, "must be the path of a file"))?;
    read_text(Path::new(path))
}

/// When the previous secret ends.
fn retire(source: &mut GivenSource) -> Result<(), Error> {
    const KEY: &str = "secret_previous_until";
    let Some(value) = source.settings.get(KEY) else { return Ok(()) };
    let until = time(&plain(value)).map_err(|allowed| source.bad(KEY, allowed))?;
    let key = source.key("secret_previous");
    match source.secrets.iter_mut().find(|secret| secret.key == key) {
        Some(previous) => previous.until = Some(until),
        None => return Err(source.bad(KEY, "needs secret_previous, whose end it is")),
    }
    Ok(())
}

/// The newest comes first: with it examples are signed.
fn age(key: &str) -> u8 {
    match key.rsplit(['.', '_']).next() {
        Some("secret") => 0,
        Some("previous") => 1,
        _ => 2,
    }
}

/// A day begins at midnight UTC.
fn time(text: &str) -> Result<DateTime<Utc>, String> {
    let day = || text.parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0).map(|time| time.and_utc());
    let exact = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc()).ok();
    exact
        .or_else(day)
        .ok_or_else(|| "must be a day or a time, such as 2027-01-31 or 2027-01-31T12:00:00Z".to_owned())
}

/// The setting that a variable names, and of which source. Names of sources may end like settings: the longest setting
/// that fits is meant.
fn split(variable: &str) -> Result<(String, &'static SourceSetting, bool), Error> {
    let rest = variable.strip_prefix(PREFIX).unwrap_or_default();
    let ends = SOURCE_SETTINGS.iter().flat_map(|setting| {
        let plain = (format!("_{}", upper(setting.key)), setting, false);
        let file = setting.secret.then(|| (format!("_{}_FILE", upper(setting.key)), setting, true));
        std::iter::once(plain).chain(file)
    });
    let found = ends.filter(|(end, ..)| rest.len() > end.len() && rest.ends_with(end.as_str()));
    let (end, setting, is_file) = found.max_by_key(|(end, ..)| end.len()).ok_or_else(|| Error::Unknown {
        place: "environment".to_owned(),
        key: variable.to_owned(),
        hint: ", it must be CALLBACKD_SOURCES_<NAME>_<SETTING>, see docs/sources.md for the settings"
            .to_owned(),
    })?;
    let name = rest.strip_suffix(end.as_str()).unwrap_or_default();
    Ok((name.to_ascii_lowercase().replace('_', "-"), setting, is_file))
}

/// A source of the file may be written with underscores, which a variable cannot tell from hyphens.
fn known_spelling(sources: &BTreeMap<String, GivenSource>, name: &str) -> String {
    sources.keys().find(|known| upper(known) == upper(name)).cloned().unwrap_or_else(|| name.to_owned())
}

fn check_name(name: &str, place: impl Fn() -> String) -> Result<(), Error> {
    let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    let starts = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    if starts && name.len() <= NAME_BYTES_MAX && name.bytes().all(good) {
        return Ok(());
    }
    Err(Error::BadName { place: place(), name: name.to_owned(), bytes_max: NAME_BYTES_MAX })
}

/// The setting of a key in the file, and whether the key is that of a file with its value.
fn setting(key: &str) -> Option<(&'static SourceSetting, bool)> {
    let find = |key: &str| SOURCE_SETTINGS.iter().find(|setting| setting.key == key);
    let file = || key.strip_suffix("_file").and_then(find).filter(|setting| setting.secret);
    find(key).map(|setting| (setting, false)).or_else(|| Some((file()?, true)))
}

fn hint(key: &str) -> String {
    let known: BTreeSet<&str> = SOURCE_SETTINGS.iter().map(|setting| setting.key).collect();
    let near = known.iter().find(|name| name.contains(key) || key.contains(**name));
    near.map_or_else(
        || ", docs/sources.md lists what a source may have".to_owned(),
        |near| format!(", did you mean {near:?}?"),
    )
}

fn hidden_bad(source: &GivenSource, key: &str, origin: &Origin, allowed: &str) -> Error {
    Error::Bad {
        key: source.key(key),
        value: "(hidden)".to_owned(),
        origin: origin.clone(),
        allowed: allowed.to_owned(),
    }
}

fn hidden(secret: &GivenSecret) -> String {
    match secret.until {
        None => "(set, hidden)".to_owned(),
        Some(until) => format!("(set, hidden) until {}", until.to_rfc3339()),
    }
}

fn upper(text: &str) -> String {
    text.to_ascii_uppercase().replace(['-', '.'], "_")
}

/// A text without its quotes, anything else as TOML writes it.
fn plain(value: &toml::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

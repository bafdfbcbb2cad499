//! Where a setting's text comes from: flag, environment, file, default, in that order.
//!
//! A secret may also be given as a file (`…_FILE` in the environment, `…_file` in the file), so that it need not
//! stand in an environment that other programs can read.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
    path::{Path, PathBuf},
};

use secrecy::SecretString;

use super::{
    Shown,
    table::{SETTINGS, Setting},
};

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Flag,
    Environment(String),
    File(PathBuf),
    /// What is known of a service, where a source does not say otherwise.
    Preset,
    /// Whoever has added a source at run time.
    Admin,
    /// Made up for development, and kept in the data folder.
    Development,
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => write!(f, "flag"),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Preset => write!(f, "preset"),
            Self::Admin => write!(f, "an admin"),
            Self::Development => write!(f, "made for development"),
            Self::Default => write!(f, "default"),
        }
    }
}

/// Why the settings cannot be used. Always names the setting; never holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{key} = {value:?} (from {origin}): {allowed}")]
    Bad { key: String, value: String, origin: Origin, allowed: String },
    #[error("{key} is set, so {needed} must be set too")]
    Needs { key: &'static str, needed: &'static str },
    #[error("{key} must be set ({env}, or {key} in callbackd.toml)")]
    Missing { key: &'static str, env: &'static str },
    #[error("{first} and {second} are both set: leave one of them out")]
    Twice { first: String, second: String },
    #[error("{place}: unknown setting {key:?}{hint}")]
    Unknown { place: String, key: String, hint: String },
    #[error(
        "{place}: {name:?} is no name of a source: at most {bytes_max} lower-case letters, digits and hyphens, such as openai"
    )]
    BadName { place: String, name: String, bytes_max: usize },
    #[error("source {name}: {problem}")]
    Source { name: String, problem: String },
    #[error("{path} cannot be read")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{path} is not valid TOML: {detail}")]
    NotToml { path: PathBuf, detail: String },
}

impl Error {
    pub(super) fn needs(key: &'static str, needed: &'static str) -> Self {
        Self::Needs { key, needed }
    }
}

/// The texts of all layers.
#[derive(Default)]
pub struct Layers {
    flags: BTreeMap<&'static str, String>,
    environment: BTreeMap<String, String>,
    file: Option<File>,
}

/// The settings file.
pub struct File {
    path: PathBuf,
    values: BTreeMap<String, String>,
    /// Below `sources`.
    sources: toml::Table,
}

impl Layers {
    /// `flags` by setting key; `file` when one was named, else `callbackd.toml` in the working folder if it is there.
    pub fn read(flags: BTreeMap<&'static str, String>, file: Option<&Path>) -> Result<Self, Error> {
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let default_file = Path::new("callbackd.toml");
        let path = file.or_else(|| default_file.exists().then_some(default_file));
        let file = path.map(File::read).transpose()?;
        Ok(Self { flags, environment, file })
    }

    /// Layers without a process around them, for tests of the rules.
    pub fn of(environment: BTreeMap<String, String>, file: Option<File>) -> Self {
        Self { flags: BTreeMap::new(), environment, file }
    }

    /// Variables that begin so, and are not empty.
    pub(super) fn variables(&self, prefix: &str) -> impl Iterator<Item = (&str, &str)> {
        let all =
            self.environment.iter().filter(move |(name, text)| name.starts_with(prefix) && !text.is_empty());
        all.map(|(name, text)| (name.as_str(), text.as_str()))
    }

    pub(super) fn source_tables(&self) -> Option<(&Path, &toml::Table)> {
        self.file.as_ref().map(|file| (file.path.as_path(), &file.sources))
    }

    pub(super) fn text(&self, key: &'static str) -> Result<String, Error> {
        self.parse(key, |text| Ok(text.to_owned()))
    }

    /// A setting that has a default, or must be given.
    pub(super) fn parse<T>(
        &self,
        key: &'static str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, Error> {
        self.optional(key, parse)?.ok_or(Error::Missing { key, env: setting(key).env })
    }

    /// A setting that may be absent. An empty text counts as absent, as is usual in environments.
    pub(super) fn optional<T>(
        &self,
        key: &'static str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Error> {
        let Some((text, origin)) = self.find(setting(key))? else { return Ok(None) };
        parse(&text).map(Some).map_err(|allowed| {
            let value = if setting(key).secret { "(hidden)".to_owned() } else { text.clone() };
            Error::Bad { key: key.to_owned(), value, origin, allowed }
        })
    }

    /// A secret, trimmed of surrounding white space: senders do the same with theirs.
    pub(super) fn secret(&self, key: &'static str) -> Result<Option<SecretString>, Error> {
        self.optional(key, |text| Ok(SecretString::from(text.trim().to_owned())))
    }

    /// The same with where it was found; an empty one counts as absent.
    pub(super) fn secret_with_origin(
        &self,
        key: &'static str,
    ) -> Result<Option<(SecretString, Origin)>, Error> {
        let found = self.find(setting(key))?.filter(|(text, _)| !text.trim().is_empty());
        Ok(found.map(|(text, origin)| (SecretString::from(text.trim().to_owned()), origin)))
    }

    fn find(&self, setting: &Setting) -> Result<Option<(String, Origin)>, Error> {
        if let Some(text) = self.flags.get(setting.key) {
            return Ok(Some((text.clone(), Origin::Flag)));
        }
        if let Some(found) = self.in_environment(setting)? {
            return Ok(Some(found));
        }
        if let Some(found) = self.in_file(setting)? {
            return Ok(Some(found));
        }
        Ok(setting.default.map(|text| (text.to_owned(), Origin::Default)))
    }

    fn in_environment(&self, setting: &Setting) -> Result<Option<(String, Origin)>, Error> {
        let get = |name: &str| self.environment.get(name).filter(|text| !text.is_empty()).cloned();
        let file = format!("{}_FILE", setting.env);
        let origin = |name: &str| Origin::Environment(name.to_owned());
        match (get(setting.env), get(&file).filter(|_| setting.secret)) {
            (Some(_), Some(_)) => Err(Error::Twice { first: setting.env.to_owned(), second: file }),
            (Some(text), None) => Ok(Some((text, origin(setting.env)))),
            (None, Some(path)) => Ok(Some((read_text(Path::new(&path))?, origin(&file)))),
            (None, None) => Ok(None),
        }
    }

    fn in_file(&self, setting: &Setting) -> Result<Option<(String, Origin)>, Error> {
        let Some(File { path, values, .. }) = &self.file else { return Ok(None) };
        let get = |key: &str| values.get(key).filter(|text| !text.is_empty()).cloned();
        let file = format!("{}_file", setting.key);
        let origin = Origin::File(path.clone());
        match (get(setting.key), get(&file).filter(|_| setting.secret)) {
            (Some(_), Some(_)) => Err(Error::Twice { first: setting.key.to_owned(), second: file }),
            (Some(text), None) => Ok(Some((text, origin))),
            (None, Some(secret_path)) => Ok(Some((read_text(Path::new(&secret_path))?, origin))),
            (None, None) => Ok(None),
        }
    }

    /// Every setting as `callbackd config` shows it.
    pub(super) fn shown(&self) -> Vec<Shown> {
        let shown = |setting: &'static Setting| {
            let (value, origin) =
                self.find(setting).ok().flatten().unwrap_or((String::new(), Origin::Default));
            let value = if setting.secret && !value.is_empty() { "(set, hidden)".to_owned() } else { value };
            Shown {
                key: setting.key.to_owned(),
                value,
                origin,
                environment: setting.env.to_owned(),
                help: setting.help,
            }
        };
        SETTINGS.iter().map(shown).collect()
    }

    /// A misspelt key must not be ignored: it would leave a default in force that nobody chose.
    pub(super) fn refuse_unknown(&self) -> Result<(), Error> {
        let known: BTreeSet<String> = SETTINGS.iter().flat_map(Setting::file_keys).collect();
        let Some(File { path, values, .. }) = &self.file else { return Ok(()) };
        let Some(key) = values.keys().find(|key| !known.contains(*key)) else { return Ok(()) };
        let hint = near(key, &known).map_or_else(
            || ", see `callbackd config` for all".to_owned(),
            |near| format!(", did you mean {near:?}?"),
        );
        Err(Error::Unknown { place: path.display().to_string(), key: key.clone(), hint })
    }
}

/// A name that one was probably meant for.
pub(super) fn near<'a>(name: &str, known: &'a BTreeSet<String>) -> Option<&'a String> {
    known.iter().find(|other| other.contains(name) || name.contains(other.as_str()))
}

fn setting(key: &str) -> &'static Setting {
    SETTINGS.iter().find(|setting| setting.key == key).expect("every key read here stands in the table")
}

pub(super) fn read_text(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|source| Error::Unreadable { path: path.to_owned(), source })
}

impl File {
    /// The file's values as text, whatever TOML type they have: one parser serves all layers. Sources stay as they are.
    fn read(path: &Path) -> Result<Self, Error> {
        Self::parse(path, &read_text(path)?)
    }

    /// The same of a text that is not on a disk.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Error> {
        let not_toml = |detail: &str| Error::NotToml { path: path.to_owned(), detail: detail.to_owned() };
        // The parser's own message quotes the line it stumbled over, which may hold a secret.
        let mut table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            not_toml(&format!("line {}: {}", before.matches('\n').count() + 1, error.message()))
        })?;
        let sources = match table.remove("sources") {
            None => toml::Table::new(),
            Some(toml::Value::Table(sources)) => sources,
            Some(_) => return Err(not_toml("sources holds tables, such as [sources.openai]")),
        };
        let values = table.into_iter().map(|(key, value)| (key, flat(value))).collect();
        Ok(Self { path: path.to_owned(), values, sources })
    }
}

fn flat(value: toml::Value) -> String {
    match value {
        toml::Value::String(text) => text,
        toml::Value::Array(items) => items.into_iter().map(flat).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

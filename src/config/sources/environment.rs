//! `CALLBACKD_SOURCES_<NAME>_<SETTING>`: what variables say of sources. They win over the file.

use std::{collections::BTreeMap, path::Path};

use super::{
    GivenSource, check_name, secret,
    table::{SOURCE_SETTINGS, SourceSetting},
};
use crate::config::layers::{Error, Origin, read_text};

pub const PREFIX: &str = "CALLBACKD_SOURCES_";

/// `CALLBACKD_SOURCES_OPENAI_PATH`.
pub fn variable(source: &str, key: &str) -> String {
    format!("{PREFIX}{}_{}", upper(source), upper(key))
}

/// Lays one variable over what is known.
pub fn read(sources: &mut BTreeMap<String, GivenSource>, variable: &str, text: &str) -> Result<(), Error> {
    let (name, setting, is_file) = split(variable)?;
    let name = known_spelling(sources, &name);
    check_name(&name, || variable.to_owned())?;
    let source = sources.entry(name.clone()).or_insert_with(|| GivenSource::named(&name));
    set(source, setting, variable, text, is_file)
}

fn set(
    source: &mut GivenSource,
    setting: &SourceSetting,
    variable: &str,
    text: &str,
    is_file: bool,
) -> Result<(), Error> {
    let origin = Origin::Environment(variable.to_owned());
    if setting.key == "secrets" {
        // A list in a variable would be one secret that nobody has.
        let allowed = "is for the settings file alone; a variable gives _SECRET or _SECRET_PREVIOUS";
        return Err(secret::hidden_bad(source, setting.key, &origin, allowed));
    }
    if setting.secret {
        let text = if is_file { read_text(Path::new(text))? } else { text.to_owned() };
        // The environment wins over the file.
        let key = source.key(setting.key);
        source.secrets.retain(|known| known.key != key);
        source.keep(secret::given(source, setting.key, Some(&text), &origin)?);
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

fn upper(text: &str) -> String {
    text.to_ascii_uppercase().replace(['-', '.'], "_")
}

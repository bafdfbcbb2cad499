//! `[sources.<name>]` of the settings file.

use std::path::Path;

use super::{
    GivenSecret, GivenSource, check_name, plain,
    secret::{self, hidden_bad, time},
    table::{hint, setting},
};
use crate::config::layers::{Error, Origin, read_text};

pub fn read(path: &Path, name: &str, value: &toml::Value) -> Result<GivenSource, Error> {
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
            source.keep(secret::given(source, setting.key, value.as_str(), origin)?);
        }
        (_, Some((setting, true))) => {
            let text = read_secret(source, key, value.as_str(), origin)?;
            source.keep(secret::given(source, setting.key, Some(&text), origin)?);
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
            toml::Value::String(text) => return secret::given(source, "secrets", Some(text), origin),
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
        let mut given = secret::given(source, "secrets", text.as_deref(), origin)?;
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

//! What an admin says of a source at run time, by the same keys as the file.

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use super::{
    GivenSecret, GivenSource, check_name,
    secret::FETCH_KEY,
    table::{hint, setting},
};
use crate::config::layers::{Error, Origin};

/// What only the configuration may say: an admin turns a source off otherwise, and must not reach into the network that
/// the server stands in. Keys come from where a preset says that its service publishes them.
const OF_THE_FILE: [&str; 4] = ["enabled", "secret_previous_until", "jwks_url", "fetch.private_networks"];

impl GivenSource {
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
}

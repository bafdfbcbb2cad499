//! Which source a callback is of, for whoever signs it anew: as the settings beside this command have it, else as an
//! admin has added it to the server, else as a preset says.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::console::Console;
use crate::{
    cli::tail::screen::Screen,
    config::GivenSource,
    source::{self, LLM, Source},
};

/// What a server has said of a source counts for so long: an admin may change it, and nobody wants to ask for each
/// callback.
const FRESH: Duration = Duration::from_mins(1);

pub struct Sources {
    /// By the settings beside this command.
    configured: Vec<GivenSource>,
    /// By the server, and when it said so.
    known: Mutex<HashMap<String, (Instant, Source)>>,
}

#[derive(Deserialize)]
struct Answer {
    sources: Vec<Served>,
}

/// What is needed of one source in the server's list.
#[derive(Deserialize)]
struct Served {
    name: String,
    preset: Option<String>,
    added: Option<Added>,
}

#[derive(Deserialize)]
struct Added {
    settings: Map<String, Value>,
}

impl Sources {
    pub fn new(configured: Vec<GivenSource>) -> Self {
        Self { configured, known: Mutex::default() }
    }

    /// The source of this name; the inner error says why it is not known here.
    pub async fn find(
        &self,
        name: &str,
        console: &Console,
        screen: &Screen,
    ) -> anyhow::Result<Result<Source, String>> {
        if name == LLM || self.configured.iter().any(|given| given.name == name) {
            return Ok(source::find(&self.configured, name)
                .map_err(|error| error.to_string())
                .and_then(|found| found.ok_or_else(|| nobody(name))));
        }
        if let Some(source) = self.fresh(name) {
            return Ok(Ok(source));
        }
        let served: Vec<Served> = match console.sources(screen).await? {
            Some(list) => serde_json::from_slice::<Answer>(&list)?.sources,
            None => Vec::new(),
        };
        let found = of_server(name, served.into_iter().find(|served| served.name == name));
        if let Ok(source) = &found {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            known.insert(name.to_owned(), (Instant::now(), source.clone()));
        }
        Ok(found)
    }

    fn fresh(&self, name: &str) -> Option<Source> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(name).filter(|(at, _)| at.elapsed() < FRESH).map(|(_, source)| source.clone())
    }
}

/// Of one that the server's own settings have, no more than the preset is told.
fn of_server(name: &str, served: Option<Served>) -> Result<Source, String> {
    let given = match served {
        Some(Served { added: Some(Added { mut settings }), .. }) => {
            // How objects are fetched needs a key, which is told to nobody.
            settings.retain(|key, _| !key.starts_with("fetch"));
            GivenSource::added(name, &settings, Vec::new(), None).map_err(|error| error.to_string())?
        }
        Some(Served { preset: Some(preset), .. }) => {
            let mut given = GivenSource::named(name);
            given.settings.insert("preset".to_owned(), preset.into());
            given
        }
        _ => GivenSource::named(name),
    };
    let is_told = given.settings.contains_key("preset") || source::presets().any(|preset| preset == name);
    if !is_told && given.settings.is_empty() {
        return Err(nobody(name));
    }
    source::define(&given).map_err(|error| error.to_string())?.ok_or_else(|| nobody(name))
}

fn nobody(name: &str) -> String {
    format!(
        "no source {name:?} is configured here, and the server does not tell how it signs, so its scheme is not known"
    )
}

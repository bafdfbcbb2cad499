//! The source that a command is about: of the configuration, else as an admin has added it, else as a preset says.
//!
//! As in the server the configuration wins, and for what it says no database is asked. One that cannot be asked stops
//! nobody who can do without: why it could not is said where a secret is missing.

use anyhow::{Context as _, anyhow};

use super::place::Where;
use crate::{
    catalog::{self, Kept},
    config::Config,
    development, embedded,
    source::{self, LLM, Source},
};

/// A source, with what is known of it.
pub struct Found {
    pub source: Source,
    /// Whose secret it may have been instead.
    pub others: Vec<Source>,
    /// Why there may be a secret that is not known here.
    pub unknown: Option<String>,
}

/// The source of this name.
pub async fn find(place: &Where, config: &Config, name: &str) -> anyhow::Result<Found> {
    let configured = configured(config)?;
    let is_configured = name == LLM || config.sources.iter().any(|given| given.name == name);
    let (added, unasked) = if is_configured { (Vec::new(), None) } else { split(added(place, config).await) };
    let (source, unknown) = match added.iter().find(|kept| kept.name == name) {
        Some(kept) => of_admin(kept)?,
        None => {
            (source::find(&config.sources, name)?.with_context(|| nobody(name, unasked.as_deref()))?, unasked)
        }
    };
    let added = added.into_iter().filter_map(|kept| kept.source);
    let others = configured.into_iter().chain(added).filter(|other| *other.name != *name).collect();
    Ok(Found { source: with_generated(source, config)?, others, unknown })
}

/// Those of the configuration that are turned on.
fn configured(config: &Config) -> anyhow::Result<Vec<Source>> {
    let defined = config.sources.iter().map(source::define);
    Ok(defined.filter_map(Result::transpose).collect::<Result<_, _>>()?)
}

/// What admins have added, where there is a database. A folder that has none yet gets none here.
async fn added(place: &Where, config: &Config) -> anyhow::Result<Vec<Kept>> {
    if config.database.url.is_none() && !embedded::is_made(&config.data_dir) {
        return Ok(Vec::new());
    }
    let mut keys = config.seal_keys.clone();
    if keys.is_empty() && config.development() {
        keys.extend(development::known_seal_key(&config.data_dir)?);
    }
    let database = place.database().await?;
    let looked = async { Ok(catalog::look(&database.db().await?, &keys).await?) }.await;
    database.finish(looked).await
}

fn split(added: anyhow::Result<Vec<Kept>>) -> (Vec<Kept>, Option<String>) {
    match added {
        Ok(added) => (added, None),
        Err(error) => (Vec::new(), Some(format!("what admins have added could not be read: {error:#}"))),
    }
}

/// One that receives no more can still be played, and asked about.
fn of_admin(kept: &Kept) -> anyhow::Result<(Source, Option<String>)> {
    let problem = kept.problem.as_ref().map(|problem| format!("{} cannot be used: {problem}", kept.name));
    let source = kept.source.clone().ok_or_else(|| anyhow!(problem.clone().unwrap_or_default()))?;
    Ok((source, problem))
}

/// The secret of `llm` that development mode has made up.
fn with_generated(mut source: Source, config: &Config) -> anyhow::Result<Source> {
    if &*source.name == LLM
        && source.secrets.is_empty()
        && let Some(text) = development::known_webhook_secret(&config.data_dir)
    {
        source.add_secret(&text).map_err(anyhow::Error::msg)?;
    }
    Ok(source)
}

fn nobody(name: &str, unasked: Option<&str>) -> String {
    let presets = source::presets().collect::<Vec<_>>().join(", ");
    let unasked = unasked.map(|why| format!("; {why}")).unwrap_or_default();
    format!(
        "no source {name:?} is configured or was added, and it is no preset; these are: {presets}{unasked}"
    )
}

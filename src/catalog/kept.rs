//! A source that an admin has added: what it says, and whether it can be used.

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{store::SourceRow, vault::Vault};
use crate::{
    config::{Error, GivenSource},
    source::{self, Fingerprint, Source},
};

#[derive(Debug)]
pub struct Kept {
    pub name: String,
    /// What a settings file would say of it, less its secrets.
    pub settings: Map<String, Value>,
    pub enabled: bool,
    /// Goes up with each change.
    pub version: i64,
    /// Newest first.
    pub secrets: Vec<KeptSecret>,
    /// What it fetches objects with, where there is such a key and it can be opened.
    pub fetch_key: Option<SecretString>,
    /// Why there is a key to fetch with, and nothing is fetched.
    pub fetch_problem: Option<String>,
    /// What the settings mean; `None` where they mean nothing any more.
    pub source: Option<Source>,
    /// Why it does not receive, though it is turned on.
    pub problem: Option<String>,
}

#[derive(Debug)]
pub struct KeptSecret {
    pub id: Uuid,
    /// `None` where it cannot be opened.
    pub fingerprint: Option<Fingerprint>,
    pub until: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

impl Kept {
    pub fn read(row: SourceRow, vault: &Vault) -> Self {
        let (mut open, mut secrets, mut closed) = (Vec::new(), Vec::new(), None);
        for secret in row.secrets {
            let opened = vault.open(&row.name, secret.id, &secret.sealed);
            secrets.push(KeptSecret {
                id: secret.id,
                fingerprint: opened.as_ref().ok().map(Fingerprint::of),
                until: secret.until,
                created_at: secret.created_at,
            });
            match opened {
                Ok(text) => open.push((text, secret.until)),
                Err(why) => closed = Some(why.to_string()),
            }
        }
        // One that opens is enough to receive with: its sender must not be answered 404 for the sake of another.
        let mut problem = closed.filter(|_| open.is_empty());
        let fetch_key = row.fetch_key.map(|key| vault.open(&bound_to_fetch(&row.name), key.id, &key.sealed));
        let (fetch_key, fetch_problem) = match fetch_key.transpose() {
            Ok(key) => (key, None),
            Err(why) => (None, Some(why.to_string())),
        };
        // What is fetched later must not keep anybody from sending now.
        let stands_in = || SecretString::from("sealed");
        let key = fetch_key.clone().or_else(|| fetch_problem.is_some().then(stands_in));
        let mut defined = define(&row.name, &row.settings, open, key);
        if let (Ok(source), Some(_)) = (&mut defined, &fetch_problem) {
            source.fetch = None;
        }
        let source = defined.map_err(|error| problem = Some(error.to_string())).ok();
        if source.as_ref().is_some_and(|source| !source.has_keys()) && problem.is_none() {
            problem = Some("it has no secret".to_owned());
        }
        let SourceRow { name, settings, enabled, version, .. } = row;
        let problem = problem.filter(|_| enabled);
        Self { name, settings, enabled, version, secrets, fetch_key, fetch_problem, source, problem }
    }

    /// What is received with, if it is turned on and can be used.
    pub fn usable(&self) -> Option<&Source> {
        self.source.as_ref().filter(|_| self.enabled && self.problem.is_none())
    }

    /// Whether whoever was let in by this one is still let in: it was not changed, turned off or removed, and has all
    /// its secrets for as long as it had.
    pub fn still_holds(&self, now: &[Self]) -> bool {
        if self.usable().is_none() {
            return true;
        }
        let has = |now: &Self, secret: &KeptSecret| {
            let same = now.secrets.iter().find(|other| other.id == secret.id);
            same.is_some_and(|same| same.until.is_none_or(|end| secret.until.is_some_and(|old| old <= end)))
        };
        now.iter().any(|now| {
            now.name == self.name
                && now.version == self.version
                && now.usable().is_some()
                && self.secrets.iter().all(|secret| has(now, secret))
        })
    }
}

/// What seals a key to fetch with, so that nobody can put a secret in its place. No source's name has such a sign.
pub fn bound_to_fetch(source: &str) -> String {
    format!("{source}#fetch")
}

/// What an admin's words mean.
pub fn define(
    name: &str,
    settings: &Map<String, Value>,
    secrets: Vec<(SecretString, Option<DateTime<Utc>>)>,
    fetch_key: Option<SecretString>,
) -> Result<Source, Error> {
    let given = GivenSource::added(name, settings, secrets, fetch_key)?;
    let source = source::define(&given)?;
    Ok(source.expect("only `enabled` turns a source off, and it is no setting here"))
}

//! One configured sender of callbacks: its path, how it signs, where its fields are.

use std::{collections::HashMap, fmt, sync::Arc};

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::scheme::{Scheme, hex};
use crate::{callback::Status, config};

pub const LLM_PATH: &str = "/api/webhooks/llm-callback";

/// A sender.
#[derive(Debug, Clone)]
pub struct Source {
    pub name: Arc<str>,
    pub path: &'static str,
    pub scheme: Scheme,
    /// All that are active, newest first. Empty only where unsigned callbacks are accepted.
    pub secrets: Vec<SecretString>,
    pub fields: Fields,
    /// Top-level members that differ from one retry to the next, as they stand between quotes.
    pub ignored: &'static [&'static str],
}

/// JSON pointers to the fields, in the order in which they are tried.
#[derive(Debug, Clone)]
pub struct Fields {
    pub job_id: &'static str,
    pub event: &'static [&'static str],
    pub workflow: &'static [&'static str],
    pub error_message: &'static [&'static str],
    pub owner: &'static [&'static str],
    pub cost_usd: &'static [&'static str],
    pub total_tokens: &'static [&'static str],
    pub duration_ms: &'static [&'static str],
    /// Events that end a job, and how; others are steps.
    pub outcomes: &'static [(&'static str, Status)],
}

impl Source {
    /// The LLM service, with the secrets it may sign with.
    pub fn llm(secrets: Vec<SecretString>) -> Self {
        Self {
            name: "llm".into(),
            path: LLM_PATH,
            scheme: Scheme::HmacSha256Hex {
                headers: &["X-Webhook-Signature", "X-LLM-Signature"],
                prefix: "sha256=",
            },
            secrets,
            fields: Fields {
                job_id: "/job_id",
                event: &["/event"],
                workflow: &["/workflow_name"],
                error_message: &["/error_message", "/error", "/error/message"],
                owner: &["/user_id", "/result/metadata/user_id"],
                cost_usd: &["/cost_data/cost_usd", "/cost_usd"],
                total_tokens: &["/cost_data/total_tokens", "/tokens/total"],
                duration_ms: &["/duration_ms"],
                outcomes: &[("workflow.completed", Status::Processed), ("workflow.failed", Status::Error)],
            },
            // Each retry is built again with a new one.
            ignored: &["timestamp"],
        }
    }

    /// A command that sends one callback, signed with the newest secret, which it does not show. Each has a job id of
    /// its own, so that none is taken for a retry of another.
    pub fn example(&self, url: &str) -> Option<String> {
        let job = Uuid::new_v4();
        let body = format!(
            r#"{{"event":"workflow.completed","job_id":"{job}","result":{{"output":"Hello"}},"status":"completed","workflow_name":"first_callback"}}"#
        );
        let signature = self.scheme.sign(self.secrets.first()?, body.as_bytes());
        let (header, path) = (self.scheme.header(), self.path);
        Some(format!(
            "curl {url}{path} \\\n  -H 'Content-Type: application/json' \\\n  -H '{header}: {signature}' \\\n  -d '{body}'"
        ))
    }

    /// The sender's own name for its job id, for messages.
    pub fn job_id_name(&self) -> &'static str {
        self.fields.job_id.trim_start_matches('/')
    }
}

/// What may be shown of a secret: its length and the beginning of its SHA-256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Fingerprint {
    pub fn of(secret: &SecretString) -> Self {
        let digest = Sha256::digest(secret.expose_secret().as_bytes());
        let first = digest.get(..4).unwrap_or_default();
        Self(format!("{} bytes, sha256 {}…", secret.expose_secret().len(), hex(first)))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// All enabled sources, by path.
#[derive(Debug, Clone)]
pub struct Sources(Arc<HashMap<&'static str, Arc<Source>>>);

impl Sources {
    pub fn new(ingest: &config::Ingest) -> Self {
        let llm = Source::llm(ingest.llm_secrets.clone());
        Self(Arc::new([(llm.path, Arc::new(llm))].into()))
    }

    pub fn at(&self, path: &str) -> Option<Arc<Source>> {
        self.0.get(path).cloned()
    }

    /// In the order of their names.
    pub fn all(&self) -> Vec<Arc<Source>> {
        let mut all: Vec<_> = self.0.values().cloned().collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }
}

//! What narrows a list or a stream: the same words in a query string, in SQL and in memory.

use serde::Deserialize;
use utoipa::IntoParams;

use super::{Item, Status};
use crate::problem::Problem;

/// The filter as a query string writes it; every part may be left out.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FilterQuery {
    /// Only callbacks of this source.
    pub source: Option<String>,
    /// Only callbacks of this workflow.
    pub workflow: Option<String>,
    /// Only callbacks with this event.
    pub event: Option<String>,
    /// `received`, `processed` or `error`.
    pub status: Option<String>,
    /// Only callbacks of this job.
    pub job: Option<String>,
    /// `valid` or `invalid`.
    pub signature: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Signature {
    Valid,
    Invalid,
}

/// The filter, parsed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub source: Option<String>,
    pub workflow: Option<String>,
    pub event: Option<String>,
    pub status: Option<Status>,
    pub job: Option<String>,
    pub signature: Option<Signature>,
}

/// What a filter looks at, and who may see it.
#[derive(Debug, Clone)]
pub struct Facets {
    pub source: String,
    pub workflow: Option<String>,
    pub event: Option<String>,
    pub status: Status,
    pub job: Option<String>,
    pub signature_valid: bool,
    pub owner: Option<String>,
}

impl From<Item> for Facets {
    fn from(item: Item) -> Self {
        Self {
            source: item.source,
            workflow: item.workflow_name,
            event: item.event_type,
            status: item.status,
            job: item.job_id,
            signature_valid: item.signature_valid,
            owner: item.subject_user_id,
        }
    }
}

impl Filter {
    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// As a query string writes it.
    pub fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let signature = self.signature.map(|signature| match signature {
            Signature::Valid => "valid",
            Signature::Invalid => "invalid",
        });
        let pairs = [
            ("source", self.source.as_deref()),
            ("workflow", self.workflow.as_deref()),
            ("event", self.event.as_deref()),
            ("status", self.status.map(Status::as_str)),
            ("job", self.job.as_deref()),
            ("signature", signature),
        ];
        pairs.into_iter().filter_map(|(name, value)| Some((name, value?)))
    }

    pub fn matches(&self, facets: &Facets) -> bool {
        let same = |wanted: &Option<String>, actual: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| actual == Some(wanted))
        };
        same(&self.source, Some(&facets.source))
            && same(&self.workflow, facets.workflow.as_deref())
            && same(&self.event, facets.event.as_deref())
            && same(&self.job, facets.job.as_deref())
            && self.status.is_none_or(|status| status == facets.status)
            && self
                .signature
                .is_none_or(|signature| (signature == Signature::Valid) == facets.signature_valid)
    }
}

impl TryFrom<FilterQuery> for Filter {
    type Error = Problem;

    /// An empty parameter counts as absent: that is what an empty form field sends.
    fn try_from(query: FilterQuery) -> Result<Self, Problem> {
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        let status = match given(query.status).as_deref() {
            None => None,
            Some("received") => Some(Status::Received),
            Some("processed") => Some(Status::Processed),
            Some("error") => Some(Status::Error),
            Some(_) => return Err(Problem::parameter("status", "received, processed or error")),
        };
        let signature = match given(query.signature).as_deref() {
            None => None,
            Some("valid") => Some(Signature::Valid),
            Some("invalid") => Some(Signature::Invalid),
            Some(_) => return Err(Problem::parameter("signature", "valid or invalid")),
        };
        let (source, workflow) = (given(query.source), given(query.workflow));
        let (event, job) = (given(query.event), given(query.job));
        Ok(Self { source, workflow, event, status, job, signature })
    }
}

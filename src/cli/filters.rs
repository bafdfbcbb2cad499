//! The filters of lists and streams, as flags.

use clap::Args;

use crate::callback::{Filter, Signature, Status};

#[derive(Args, Debug, Clone)]
#[command(next_help_heading = "Filters")]
pub struct Filters {
    /// Only callbacks of this source.
    #[arg(long)]
    source: Option<String>,
    /// Only callbacks of this workflow.
    #[arg(long)]
    workflow: Option<String>,
    /// Only callbacks with this event.
    #[arg(long)]
    event: Option<String>,
    /// Only callbacks with this status.
    #[arg(long, value_enum)]
    status: Option<Status>,
    /// Only callbacks of this job.
    #[arg(long)]
    job: Option<String>,
    /// Only verified callbacks, or only others.
    #[arg(long, value_enum)]
    signature: Option<Signature>,
}

impl From<Filters> for Filter {
    fn from(filters: Filters) -> Self {
        let Filters { source, workflow, event, status, job, signature } = filters;
        Self { source, workflow, event, status, job, signature }
    }
}

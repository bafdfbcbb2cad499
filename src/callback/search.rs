//! What history and export look for among stored callbacks: the filter of streams, and what only stored callbacks can
//! be asked for besides.

use super::{Cursor, Filter};

/// By default everything.
#[derive(Debug, Clone, Default)]
pub struct Search {
    pub filter: Filter,
    /// Only what the viewer has, or has not, viewed.
    pub viewed: Option<bool>,
    /// Only with this text in id, callback id, workflow or preview.
    pub text: Option<String>,
    /// Only above this position.
    pub above: Cursor,
    /// Only below this position.
    pub below: Option<Cursor>,
}

impl Search {
    /// Whether all that is looked for lies together in an index, in the order of positions; `owned` where only one
    /// person's are looked for. A job has few callbacks: what else is asked of them costs nothing.
    pub fn has_an_index(&self, owned: bool) -> bool {
        let Filter { source, workflow, event, status, job, signature } = &self.filter;
        let narrow = [
            source.is_some(),
            workflow.is_some(),
            event.is_some(),
            status.is_some(),
            signature.is_some(),
            self.viewed.is_some(),
            owned,
        ];
        let narrowed = narrow.into_iter().filter(|narrowed| *narrowed).count();
        job.is_some() || (self.text.is_none() && narrowed <= 1)
    }
}

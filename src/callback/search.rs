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

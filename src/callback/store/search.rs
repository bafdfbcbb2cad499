//! A search as the first twelve parameters of its statements.

use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use crate::callback::{Cursor, Search, Signature, Status, Viewer};

/// A statement's parameter, and its type: these statements are not prepared beforehand.
pub(super) type Typed<'a> = (&'a (dyn ToSql + Sync), Type);

/// Holds what the parameters refer to.
pub(super) struct SearchParams<'a> {
    person: Uuid,
    owner: Option<&'a str>,
    above: i64,
    below: i64,
    status: Option<&'static str>,
    valid: Option<bool>,
    text: Option<String>,
    search: &'a Search,
}

impl<'a> SearchParams<'a> {
    pub fn new(viewer: &'a Viewer, search: &'a Search) -> Self {
        Self {
            person: viewer.profile,
            owner: viewer.scope.owner(),
            above: search.above.seq(),
            below: search.below.map_or(i64::MAX, Cursor::seq),
            status: search.filter.status.map(Status::as_str),
            valid: search.filter.signature.map(|signature| signature == Signature::Valid),
            text: search.text.as_deref().map(contains),
            search,
        }
    }

    /// $1 person, $2 owner, $3 above, $4 below, $5 source, $6 status, $7 workflow, $8 event, $9 verified, $10 job,
    /// $11 viewed, $12 text.
    pub fn typed(&self) -> Vec<Typed<'_>> {
        let filter = &self.search.filter;
        vec![
            (&self.person, Type::UUID),
            (&self.owner, Type::TEXT),
            (&self.above, Type::INT8),
            (&self.below, Type::INT8),
            (&filter.source, Type::TEXT),
            (&self.status, Type::TEXT),
            (&filter.workflow, Type::TEXT),
            (&filter.event, Type::TEXT),
            (&self.valid, Type::BOOL),
            (&filter.job, Type::TEXT),
            (&self.search.viewed, Type::BOOL),
            (&self.text, Type::TEXT),
        ]
    }
}

/// A pattern for `ilike` that means the text itself, wherever it stands.
fn contains(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for character in text.chars() {
        if matches!(character, '\\' | '%' | '_') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

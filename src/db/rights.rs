//! Whether this role may do what the server does. Asked before it takes anything: else every callback would be refused.

use super::{Db, Error};

/// Every table that the server reads and writes.
const TABLES: [&str; 16] = [
    "profiles",
    "external_identities",
    "sessions",
    "api_tokens",
    "sign_in_links",
    "llm_callbacks",
    "llm_callback_views",
    "llm_callback_view_marks",
    "llm_callback_attempts",
    "llm_callback_fetches",
    "llm_callback_fetch_positions",
    "sources",
    "source_secrets",
    "source_fetch_keys",
    "cursor_epoch",
    "cursor_gaps",
];
const SEQUENCES: [&str; 1] = ["llm_callbacks_seq"];

/// What a role lacks, and how to give it.
#[derive(Debug, thiserror::Error)]
#[error("{role} may not read and write {}", .names.join(", "))]
pub struct Missing {
    role: String,
    schema: String,
    /// Of tables and sequences.
    names: Vec<String>,
}

impl Missing {
    pub fn remedy(&self) -> String {
        let Self { role, schema, .. } = self;
        format!(
            "as their owner: grant select, insert, update, delete on all tables in schema {schema} to {role}; grant \
             usage, select, update on all sequences in schema {schema} to {role}"
        )
    }
}

/// `None`: nothing is missing of what is there.
pub async fn missing(db: &Db) -> Result<Option<Missing>, Error> {
    let sql = include_str!("../../sql/queries/db/missing_rights.sql");
    let rows = db.query(sql, &[&TABLES.as_slice(), &SEQUENCES.as_slice()]).await?;
    let names = rows.iter().map(|row| row.try_get("name")).collect::<Result<Vec<String>, _>>()?;
    if names.is_empty() {
        return Ok(None);
    }
    let row = db.query_one(include_str!("../../sql/queries/db/role.sql"), &[]).await?;
    Ok(Some(Missing { role: row.try_get("role")?, schema: row.try_get("schema")?, names }))
}

//! Marking callbacks as viewed, and lists of ids in bodies.

use axum::Json;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{query::member, show::unknown};
use crate::{
    callback::{MarkedAnswer, Store, Viewer},
    problem::{Problem, Result},
    signal::Seen,
};

/// Ids in one request: one page of any list, several times over.
pub(super) const IDS_MAX: usize = 500;

/// Exactly one of the three.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkViewed {
    #[schema(value_type = Option<Uuid>)]
    id: Option<Value>,
    /// At most 500. Ids that are unknown, deleted or somebody else's are passed over.
    #[schema(value_type = Option<Vec<Uuid>>)]
    ids: Option<Value>,
    /// Everything up to this cursor, but nothing that comes later.
    #[schema(value_type = Option<String>)]
    through: Option<Value>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ids {
    /// At most 500. Ids that are unknown, or deleted already, are passed over.
    #[schema(value_type = Vec<Uuid>)]
    ids: Option<Value>,
}

/// A single unknown id is 404, since its sender believes it to exist; among several, one may have been deleted by
/// somebody else a moment ago, and the others are to be marked all the same.
pub(super) async fn mark_viewed(
    store: &Store,
    viewer: &Viewer,
    body: MarkViewed,
) -> Result<Json<MarkedAnswer>> {
    let single = body.id.is_some();
    let marked = store.mark(viewer, &body.parse()?).await?;
    if single && marked.known == 0 {
        return Err(unknown());
    }
    Ok(Json(MarkedAnswer { success: true, unviewed_count: marked.unviewed }))
}

impl MarkViewed {
    fn parse(self) -> Result<Seen> {
        let id: Option<Uuid> = member("id", "a uuid", self.id)?;
        let ids = list(self.ids)?;
        let through = member("through", "a cursor as decimal text", self.through)?;
        match (id, ids, through) {
            (Some(id), None, None) => Ok(Seen::Ids(vec![id])),
            (None, Some(ids), None) => Ok(Seen::Ids(ids)),
            (None, None, Some(cursor)) => Ok(Seen::Through(cursor)),
            _ => {
                Err(Problem::bad_request("Invalid body", "exactly one of id, ids and through must be given"))
            }
        }
    }
}

impl Ids {
    pub(super) fn parse(self) -> Result<Vec<Uuid>> {
        list(self.ids)?.ok_or_else(|| Problem::parameter("ids", ALLOWED))
    }
}

const ALLOWED: &str = "an array of at most 500 uuids";

fn list(value: Option<Value>) -> Result<Option<Vec<Uuid>>> {
    let ids: Option<Vec<Uuid>> = member("ids", ALLOWED, value)?;
    match ids {
        Some(ids) if ids.len() > IDS_MAX => Err(Problem::parameter("ids", ALLOWED)),
        ids => Ok(ids),
    }
}

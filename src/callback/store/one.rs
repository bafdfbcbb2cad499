//! One callback: all about it, its job, its bytes.

use serde_json::value::RawValue;
use uuid::Uuid;

use super::{COUNTED_MAX, Store, rows};
use crate::{
    callback::{Detail, FetchState, FetchedObject, Item, RawBody, Viewer},
    db,
    source::TEST_HEADER,
};

impl Store {
    pub async fn detail(&self, viewer: &Viewer, id: Uuid) -> Result<Option<Detail>, db::Error> {
        let sql = include_str!("../../../sql/queries/callback/detail.sql");
        let found = self.db.query_opt(sql, &[&viewer.profile, &viewer.scope.owner(), &id]).await?;
        Ok(found.as_ref().map(detail).transpose()?)
    }

    /// The newest callbacks of a job, oldest first.
    pub async fn job(
        &self,
        viewer: &Viewer,
        source: &str,
        job_id: &str,
        limit: i64,
    ) -> Result<Vec<Item>, db::Error> {
        let sql = include_str!("../../../sql/queries/callback/job.sql");
        let found = self.db.query(sql, &[&viewer.scope.owner(), &source, &job_id, &limit]).await?;
        Ok(rows::all(&found, rows::item)?)
    }

    /// The bytes as they were received. A request that was refused before its body was read has none.
    pub async fn raw(&self, viewer: &Viewer, id: Uuid) -> Result<Option<RawBody>, db::Error> {
        let sql = include_str!("../../../sql/queries/callback/raw.sql");
        let Some(row) = self.db.query_opt(sql, &[&viewer.scope.owner(), &id]).await? else { return Ok(None) };
        Ok(Some(RawBody::new(row.try_get("payload")?, row.try_get("raw_body")?)))
    }

    /// How many rows were not verified; 10,001 means more than 10,000.
    pub async fn unverified_count(&self) -> Result<i64, db::Error> {
        let sql = include_str!("../../../sql/queries/callback/unverified_count.sql");
        let row = self.db.query_one(sql, &[&COUNTED_MAX]).await?;
        Ok(row.try_get("count")?)
    }
}

fn detail(row: &tokio_postgres::Row) -> Result<Detail, tokio_postgres::Error> {
    let (item, headers) = (rows::item(row)?, row.try_get::<_, String>("request_headers")?);
    Ok(Detail {
        viewed_by_current_user: row.try_get("viewed")?,
        signature_header: row.try_get("signature_header")?,
        verified_at: row.try_get("verified_at")?,
        updated_at: row.try_get("updated_at")?,
        payload: row.try_get("payload")?,
        payload_plain: row.try_get("payload_plain")?,
        test: headers.contains(&format!("[\"{TEST_HEADER}\",")),
        request_headers: json(headers),
        diagnosis: row.try_get::<_, Option<String>>("diagnosis")?.map(json),
        accepted_by: row.try_get("accepted_by")?,
        accepted_by_email: row.try_get("accepted_by_email")?,
        accepted_at: row.try_get("accepted_at")?,
        accepted_as: row.try_get("accepted_as")?,
        accepted_from: row.try_get("accepted_from")?,
        object: object(row)?,
        raw_bytes: row.try_get("raw_bytes")?,
        subject_user_id: item.subject_user_id.clone(),
        item,
    })
}

fn object(row: &tokio_postgres::Row) -> Result<Option<FetchedObject>, tokio_postgres::Error> {
    let Some(state) = row.try_get::<_, Option<&str>>("fetch_state")? else { return Ok(None) };
    Ok(Some(FetchedObject {
        state: FetchState::from_column(state),
        attempts: row.try_get("fetch_attempts")?,
        url: row.try_get("fetch_url")?,
        tried_at: row.try_get("fetch_tried_at")?,
        next_at: row.try_get("fetch_next_at")?,
        status: row.try_get("fetch_status")?,
        error: row.try_get("fetch_error")?,
        answer: row.try_get("fetch_answer")?,
        fetched_at: row.try_get("fetched_at")?,
        body: row.try_get("object")?,
    }))
}

/// Passed on as it stands.
fn json(text: String) -> Box<RawValue> {
    RawValue::from_string(text).expect("a json column holds JSON")
}

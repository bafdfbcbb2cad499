//! From a row to a type, by the names of columns.

use tokio_postgres::{Error, Row};

use crate::callback::{Cause, Cursor, Item, Status, ViewedItem};

pub(super) fn item(row: &Row) -> Result<Item, Error> {
    Ok(Item {
        id: row.try_get("id")?,
        cursor: Cursor::from_seq(row.try_get("seq")?),
        source: row.try_get("source")?,
        callback_id: row.try_get("callback_id")?,
        job_id: row.try_get("external_job_id")?,
        workflow_name: row.try_get("workflow_name")?,
        event_type: row.try_get("event_type")?,
        status: Status::from_column(row.try_get("status")?),
        error_message: row.try_get("error_message")?,
        signature_valid: row.try_get("signature_valid")?,
        rejection: row.try_get("rejection")?,
        cause: row.try_get::<_, Option<&str>>("cause")?.and_then(Cause::from_code),
        accepted: row.try_get("accepted")?,
        payload_preview: row.try_get("payload_preview")?,
        cost_usd: row.try_get("cost_usd")?,
        total_tokens: row.try_get("total_tokens")?,
        duration_ms: row.try_get("duration_ms")?,
        delivery_count: row.try_get("delivery_count")?,
        created_at: row.try_get("created_at")?,
        subject_user_id: row.try_get("subject_user_id")?,
    })
}

pub(super) fn viewed_item(row: &Row) -> Result<ViewedItem, Error> {
    Ok(ViewedItem { item: item(row)?, viewed_by_current_user: row.try_get("viewed")? })
}

pub(super) fn all<T>(rows: &[Row], map: impl Fn(&Row) -> Result<T, Error>) -> Result<Vec<T>, Error> {
    rows.iter().map(map).collect()
}

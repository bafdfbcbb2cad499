//! Attempts to hand a callback on. Whoever looks at the callback is told of each.

use deadpool_postgres::Transaction;
use uuid::Uuid;

use super::Store;
use crate::{
    callback::attempt::{Attempt, Ended, GONE, KEPT_MAX, SILENT},
    db,
    signal::{self, Signal},
};

/// Who hands a callback on, and where.
#[derive(Debug, Clone)]
pub struct NewAttempt {
    pub id: Uuid,
    pub callback: Uuid,
    pub target: String,
    pub by: Uuid,
}

impl Store {
    /// Newest first; `None` where there is no such callback.
    pub async fn attempts(&self, callback: Uuid) -> Result<Option<Vec<Attempt>>, db::Error> {
        let sql = include_str!("../../../sql/queries/attempt/list.sql");
        let rows = self.db.query(sql, &[&callback, &KEPT_MAX, &SILENT.as_secs_f64(), &GONE]).await?;
        let attempts = rows.iter().filter_map(|row| attempt(row).transpose());
        Ok((!rows.is_empty()).then(|| attempts.collect::<Result<_, _>>()).transpose()?)
    }

    /// An attempt that begins, or that has ended already; whether there is such a callback. Whoever is to make it is told
    /// by `signal`, if and only if it is stored.
    pub async fn add_attempt(
        &self,
        new: &NewAttempt,
        ended: Option<&Ended>,
        signal: Option<&Signal>,
    ) -> Result<bool, db::Error> {
        let mut client = self.db.get().await?;
        let transaction = client.transaction().await?;
        let (status, answer, error) = columns(ended);
        let sql = include_str!("../../../sql/queries/attempt/add.sql");
        let duration_ms = ended.map(|ended| ended.duration_ms);
        let added = transaction
            .execute(
                sql,
                &[
                    &new.id,
                    &new.callback,
                    &storable(&new.target),
                    &new.by,
                    &ended.is_some(),
                    &status,
                    &duration_ms,
                    &answer,
                    &error,
                    &KEPT_MAX,
                ],
            )
            .await?;
        if added > 0 {
            tell(&transaction, new.callback).await?;
            if let Some(signal) = signal {
                signal::send(&transaction, signal).await?;
            }
        }
        transaction.commit().await?;
        Ok(added > 0)
    }

    /// How an attempt ended that had begun; whether it was still open.
    pub async fn finish_attempt(&self, id: Uuid, callback: Uuid, ended: &Ended) -> Result<bool, db::Error> {
        let mut client = self.db.get().await?;
        let transaction = client.transaction().await?;
        let (status, answer, error) = columns(Some(ended));
        let sql = include_str!("../../../sql/queries/attempt/finish.sql");
        let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 6] =
            [&id, &callback, &status, &ended.duration_ms, &answer, &error];
        let finished = transaction.execute(sql, &parameters).await?;
        if finished > 0 {
            tell(&transaction, callback).await?;
        }
        transaction.commit().await?;
        Ok(finished > 0)
    }
}

async fn tell(transaction: &Transaction<'_>, callback: Uuid) -> Result<(), db::Error> {
    signal::send(transaction, &Signal::Updated { ids: vec![callback] }).await
}

type Columns = (Option<i32>, Option<String>, Option<String>);

fn columns(ended: Option<&Ended>) -> Columns {
    match ended.map(|ended| &ended.answer) {
        None => (None, None, None),
        Some(Ok((status, answer))) => (Some(i32::from(*status)), Some(storable(answer)), None),
        Some(Err(error)) => (None, None, Some(storable(error))),
    }
}

/// PostgreSQL's text holds no U+0000.
fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// Nothing for a callback that was never sent again.
fn attempt(row: &tokio_postgres::Row) -> Result<Option<Attempt>, tokio_postgres::Error> {
    let Some(id) = row.try_get("id")? else { return Ok(None) };
    Ok(Some(Attempt {
        id,
        target: row.try_get("target")?,
        by: row.try_get("by")?,
        started_at: row.try_get("started_at")?,
        ended_at: row.try_get("ended_at")?,
        status: row.try_get("status")?,
        duration_ms: row.try_get("duration_ms")?,
        answer: row.try_get("answer")?,
        error: row.try_get("error")?,
    }))
}

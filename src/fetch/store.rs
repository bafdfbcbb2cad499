//! What is to be fetched, as rows: found by position, given to one node at a time, finished once.

use std::time::Duration;

use tokio_postgres::Row;
use uuid::Uuid;

use super::once::Failure;
use crate::{
    callback::Complete,
    db::{Db, Error},
    signal::{self, Signal},
    source::TEST_HEADER,
};

/// Callbacks of one look at a source: their rows are locked for a moment.
const LOOK_ROWS: i64 = 500;

/// A source begins this long ago: what it sent while it was being turned on is fetched too, and no older history.
const BEGIN_BACK: Duration = Duration::from_mins(5);

#[derive(Debug, Clone)]
pub struct Store {
    db: Db,
}

/// What one look found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looked {
    /// There is nothing up to the head, or another node is looking.
    Through,
    /// There is more.
    Partly,
}

/// An attempt that is ours to make.
#[derive(Debug, Clone)]
pub struct Claim {
    pub callback: Uuid,
    /// Whoever finishes must still have it.
    pub name: Uuid,
    /// This one included.
    pub attempts: u32,
    pub event: Option<String>,
    pub payload: String,
    pub headers: Vec<(String, String)>,
}

/// A callback that somebody wants the object of.
#[derive(Debug)]
pub struct Named {
    pub source: String,
    pub event: Option<String>,
    /// Whether it was verified, or accepted by an admin.
    pub vouched: bool,
}

impl Store {
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// Where sources begin that were never looked at.
    pub async fn begin(&self, sources: &[&str]) -> Result<(), Error> {
        let sql = include_str!("../../sql/queries/fetch/begin.sql");
        self.db.execute(sql, &[&sources, &BEGIN_BACK.as_secs_f64()]).await?;
        Ok(())
    }

    /// Adds what a source has sent since the last look, of the events that are `wanted`.
    pub async fn look(&self, source: &str, wanted: impl Fn(Option<&str>) -> bool) -> Result<Looked, Error> {
        let mut client = self.db.get().await?;
        let transaction = client.transaction().await?;
        let position = include_str!("../../sql/queries/fetch/lock_position.sql");
        let Some(row) = transaction.query_opt(position, &[&source]).await? else {
            return Ok(Looked::Through);
        };
        let after: i64 = row.try_get("seq")?;
        let found = include_str!("../../sql/queries/fetch/look.sql");
        let rows = transaction.query(found, &[&source, &after, &LOOK_ROWS, &TEST_HEADER]).await?;
        let (mut ids, mut through, mut count) = (Vec::new(), after, 0);
        for row in &rows {
            let Some(id) = row.try_get::<_, Option<Uuid>>("id")? else { continue };
            count += 1;
            through = row.try_get("seq")?;
            if wanted(row.try_get("event_type")?) {
                ids.push(id);
            }
        }
        let looked = if count == LOOK_ROWS { Looked::Partly } else { Looked::Through };
        if let (Looked::Through, Some(row)) = (looked, rows.first()) {
            through = through.max(row.try_get("head")?);
        }
        if through > after {
            let add = include_str!("../../sql/queries/fetch/add.sql");
            transaction.execute(add, &[&ids, &source]).await?;
            let advance = include_str!("../../sql/queries/fetch/move.sql");
            transaction.execute(advance, &[&source, &through]).await?;
            transaction.commit().await?;
        }
        Ok(looked)
    }

    /// At most `limit` attempts of a source, for this long.
    pub async fn claim(&self, source: &str, limit: i64, lease: Duration) -> Result<Vec<Claim>, Error> {
        let sql = include_str!("../../sql/queries/fetch/claim.sql");
        let rows = self.db.query(sql, &[&source, &limit, &lease.as_secs_f64()]).await?;
        Ok(rows.iter().map(claim).collect::<Result<_, _>>()?)
    }

    /// When something is due next; `None` where nothing waits.
    pub async fn next(&self, sources: &[&str]) -> Result<Option<Duration>, Error> {
        let sql = include_str!("../../sql/queries/fetch/next.sql");
        let wait: Option<f64> = self.db.query_one(sql, &[&sources]).await?.try_get("wait")?;
        Ok(wait.map(|seconds| Duration::from_secs_f64(seconds.max(0.0))))
    }

    /// Keeps the object, and the fields that it completes; whether the attempt still was ours.
    pub async fn fetched(
        &self,
        claim: &Claim,
        url: &str,
        status: u16,
        object: &str,
        complete: &Complete,
    ) -> Result<bool, Error> {
        let mut client = self.db.get().await?;
        let transaction = client.transaction().await?;
        let keep = include_str!("../../sql/queries/fetch/fetched.sql");
        let parameters: crate::db::Params<'_> =
            &[&claim.callback, &claim.name, &url, &i32::from(status), &object];
        if transaction.execute(keep, parameters).await? == 0 {
            return Ok(false);
        }
        let fill = include_str!("../../sql/queries/fetch/complete.sql");
        let parameters: crate::db::Params<'_> = &[
            &claim.callback,
            &complete.workflow_name,
            &complete.status.as_str(),
            &complete.error_message,
            &complete.subject_user_id,
            &complete.cost_usd,
            &complete.total_tokens,
            &complete.duration_ms,
        ];
        transaction.execute(fill, parameters).await?;
        signal::send(&transaction, &Signal::Updated { ids: vec![claim.callback] }).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Keeps why it did not come, and when it is tried again, if it is; whether the attempt still was ours.
    pub async fn failed(
        &self,
        claim: &Claim,
        url: Option<&str>,
        failure: &Failure,
        wait: Option<Duration>,
    ) -> Result<bool, Error> {
        let mut client = self.db.get().await?;
        let transaction = client.transaction().await?;
        let sql = include_str!("../../sql/queries/fetch/failed.sql");
        let (status, wait) = (failure.status.map(i32::from), wait.map(|wait| wait.as_secs_f64()));
        let parameters: crate::db::Params<'_> =
            &[&claim.callback, &claim.name, &url, &status, &failure.error, &failure.answer, &wait];
        let finished = transaction.execute(sql, parameters).await?;
        if finished > 0 {
            signal::send(&transaction, &Signal::Updated { ids: vec![claim.callback] }).await?;
        }
        transaction.commit().await?;
        Ok(finished > 0)
    }

    /// Gives attempts back that were broken off.
    pub async fn release(&self, claims: &[(Uuid, Uuid)]) -> Result<(), Error> {
        let (callbacks, names): (Vec<_>, Vec<_>) = claims.iter().copied().unzip();
        self.db.execute(include_str!("../../sql/queries/fetch/release.sql"), &[&callbacks, &names]).await?;
        Ok(())
    }

    /// Begins anew, from the first attempt.
    pub async fn again(&self, callback: Uuid) -> Result<(), Error> {
        let mut client = self.db.get().await?;
        let transaction = client.transaction().await?;
        let begun =
            transaction.execute(include_str!("../../sql/queries/fetch/again.sql"), &[&callback]).await?;
        if begun > 0 {
            signal::send(&transaction, &Signal::Updated { ids: vec![callback] }).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    pub async fn named(&self, callback: Uuid) -> Result<Option<Named>, Error> {
        let row = self.db.query_opt(include_str!("../../sql/queries/fetch/named.sql"), &[&callback]).await?;
        let named = |row: Row| {
            Ok(Named {
                source: row.try_get("source")?,
                event: row.try_get("event_type")?,
                vouched: row.try_get("vouched")?,
            })
        };
        row.map(named).transpose()
    }
}

fn claim(row: &Row) -> Result<Claim, tokio_postgres::Error> {
    let headers: String = row.try_get("request_headers")?;
    Ok(Claim {
        callback: row.try_get("callback_id")?,
        name: row.try_get("claim")?,
        attempts: u32::try_from(row.try_get::<_, i32>("attempts")?).unwrap_or(u32::MAX),
        event: row.try_get("event_type")?,
        // Deleted meanwhile: what is not there names nothing.
        payload: row.try_get::<_, Option<_>>("payload")?.unwrap_or_default(),
        headers: serde_json::from_str(&headers).unwrap_or_default(),
    })
}

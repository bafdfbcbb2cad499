//! Rejected requests that are looked at once more: why they did not verify, and what an accepted one became.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Store;
use crate::{
    callback::{Diagnosis, RawBody},
    db,
    signal::{self, Signal},
};

/// What is kept of a request that failed authentication.
#[derive(Debug, Clone)]
pub struct RejectedRequest {
    pub source: String,
    /// `None` for a row that was not rejected.
    pub rejection: Option<String>,
    /// `[name, value]`, without credentials.
    pub headers: Vec<(String, String)>,
    pub body: RawBody,
    pub received_at: DateTime<Utc>,
    pub diagnosis: Option<Diagnosis>,
    /// The callback that it became, if it was accepted.
    pub accepted_as: Option<Uuid>,
}

impl Store {
    pub async fn rejected(&self, id: Uuid) -> Result<Option<RejectedRequest>, db::Error> {
        let sql = include_str!("../../../sql/queries/callback/rejected.sql");
        let Some(row) = self.db.query_opt(sql, &[&id]).await? else { return Ok(None) };
        let headers: String = row.try_get("request_headers")?;
        let diagnosis: Option<String> = row.try_get("diagnosis")?;
        Ok(Some(RejectedRequest {
            source: row.try_get("source")?,
            rejection: row.try_get("rejection")?,
            // Ours, and written by us; what an older or newer version wrote otherwise is as good as none.
            headers: serde_json::from_str(&headers).unwrap_or_default(),
            body: RawBody::new(row.try_get("payload")?, row.try_get("raw_body")?),
            received_at: row.try_get("created_at")?,
            diagnosis: diagnosis.and_then(|text| serde_json::from_str(&text).ok()),
            accepted_as: row.try_get("accepted_as")?,
        }))
    }

    /// Keeps a diagnosis with its request, and tells the streams.
    ///
    /// # Panics
    ///
    /// Never: a type of our own always becomes JSON.
    pub async fn record_diagnosis(&self, id: Uuid, diagnosis: &Diagnosis) -> Result<(), db::Error> {
        let text = serde_json::to_string(diagnosis).expect("a diagnosis always becomes JSON");
        let mut client = self.db.get().await?;
        let transaction = client.transaction().await?;
        let statement =
            transaction.prepare_cached(include_str!("../../../sql/queries/callback/diagnose.sql")).await?;
        if transaction.execute(&statement, &[&id, &text]).await? > 0 {
            signal::send(&transaction, &Signal::Updated { ids: vec![id] }).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Keeps with a reject what it became and who decided it, and tells the streams of both. The first decision stays.
    pub async fn record_acceptance(
        &self,
        reject: Uuid,
        callback: Uuid,
        person: Uuid,
    ) -> Result<(), db::Error> {
        let mut client = self.db.get().await?;
        let transaction = client.transaction().await?;
        let statement =
            transaction.prepare_cached(include_str!("../../../sql/queries/callback/accept.sql")).await?;
        if transaction.execute(&statement, &[&reject, &callback, &person]).await? > 0 {
            signal::send(&transaction, &Signal::Updated { ids: vec![reject, callback] }).await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

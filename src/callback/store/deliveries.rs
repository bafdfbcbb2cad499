//! Callbacks that came under one delivery's id.

use uuid::Uuid;

use super::Store;
use crate::db;

/// A stored callback and the part of its dedupe key that comes from its delivery's id.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub source: String,
    pub key: [u8; 17],
    pub id: Uuid,
}

/// Two callbacks of one source under one id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SameDelivery {
    pub source: String,
    pub id: Uuid,
    pub other: Uuid,
}

impl Store {
    /// Of these callbacks those that are not alone under their delivery's id.
    pub async fn same_delivery(&self, deliveries: &[Delivery]) -> Result<Vec<SameDelivery>, db::Error> {
        let sql = include_str!("../../../sql/queries/callback/same_delivery.sql");
        let sources: Vec<&str> = deliveries.iter().map(|delivery| delivery.source.as_str()).collect();
        let keys: Vec<&[u8]> = deliveries.iter().map(|delivery| delivery.key.as_slice()).collect();
        let ids: Vec<Uuid> = deliveries.iter().map(|delivery| delivery.id).collect();
        let found = self.db.query(sql, &[&sources, &keys, &ids]).await?;
        let read = |row: &tokio_postgres::Row| {
            Ok(SameDelivery {
                source: row.try_get("source")?,
                id: row.try_get("id")?,
                other: row.try_get("other_id")?,
            })
        };
        Ok(super::rows::all(&found, read)?)
    }
}

//! Who has seen what: a row a callback and person, and one watermark a person.

use deadpool_postgres::Transaction;
use tokio_postgres::{GenericClient, types::Type};
use uuid::Uuid;

use super::{COUNTED_MAX, Store};
use crate::{
    callback::{Cursor, Marked, Viewer},
    db,
    signal::{self, Seen, Signal},
};

impl Store {
    /// How many callbacks this person has not seen; 10,001 means more than 10,000.
    pub async fn unviewed_count(&self, viewer: &Viewer) -> Result<i64, db::Error> {
        let client = self.db.get().await?;
        count(&**client, viewer).await
    }

    /// The same for several people, in their order.
    pub async fn unviewed_counts(&self, viewers: &[&Viewer]) -> Result<Vec<i64>, db::Error> {
        // By itself it can be planned better.
        if let [viewer] = viewers {
            return Ok(vec![self.unviewed_count(viewer).await?]);
        }
        let people: Vec<Uuid> = viewers.iter().map(|viewer| viewer.profile).collect();
        let owners: Vec<Option<&str>> = viewers.iter().map(|viewer| viewer.scope.owner()).collect();
        let sql = include_str!("../../../sql/queries/view/unviewed_counts.sql");
        let rows = self.db.query(sql, &[&people, &owners, &COUNTED_MAX]).await?;
        rows.iter().map(|row| Ok(row.try_get("count")?)).collect()
    }

    /// Marks as viewed, and tells the person's other streams if that changed anything.
    pub async fn mark(&self, viewer: &Viewer, seen: &Seen) -> Result<Marked, db::Error> {
        let mut client = self.db.get().await?;
        let transaction = client.transaction().await?;
        let (known, fresh) = match seen {
            Seen::Ids(ids) => mark_ids(&transaction, viewer, ids).await?,
            Seen::Through(cursor) => (0, mark_through(&transaction, viewer, *cursor).await?),
        };
        if let Some(what) = fresh {
            signal::send(&transaction, &Signal::Viewed { admin: viewer.profile, what }).await?;
        }
        let unviewed = count(&*transaction, viewer).await?;
        transaction.commit().await?;
        Ok(Marked { known, unviewed })
    }
}

async fn mark_ids(
    transaction: &Transaction<'_>,
    viewer: &Viewer,
    ids: &[Uuid],
) -> Result<(usize, Option<Seen>), tokio_postgres::Error> {
    let statement = transaction.prepare_cached(include_str!("../../../sql/queries/view/mark.sql")).await?;
    let rows = transaction.query(&statement, &[&viewer.profile, &viewer.scope.owner(), &ids]).await?;
    let mut fresh = Vec::new();
    for row in &rows {
        if row.try_get("fresh")? {
            fresh.push(row.try_get("id")?);
        }
    }
    Ok((rows.len(), (!fresh.is_empty()).then_some(Seen::Ids(fresh))))
}

async fn mark_through(
    transaction: &Transaction<'_>,
    viewer: &Viewer,
    cursor: Cursor,
) -> Result<Option<Seen>, tokio_postgres::Error> {
    let sql = include_str!("../../../sql/queries/view/mark_through.sql");
    let statement = transaction.prepare_cached(sql).await?;
    let moved = transaction.query_opt(&statement, &[&viewer.profile, &cursor.seq()]).await?;
    moved.map(|row| Ok(Seen::Through(Cursor::from_seq(row.try_get("through_seq")?)))).transpose()
}

async fn count(client: &impl GenericClient, viewer: &Viewer) -> Result<i64, db::Error> {
    let sql = include_str!("../../../sql/queries/view/unviewed_count.sql");
    let row = client
        .query_typed_one(
            sql,
            &[(&viewer.profile, Type::UUID), (&viewer.scope.owner(), Type::TEXT), (&COUNTED_MAX, Type::INT8)],
        )
        .await?;
    Ok(row.try_get("count")?)
}

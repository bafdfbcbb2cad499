//! Pages of an export, which may hold payloads.

use std::{ops::ControlFlow, pin::pin};

use futures_util::TryStreamExt as _;
use tokio_postgres::{
    Row,
    types::{FromSql, ToSql, Type},
};
use uuid::Uuid;

use super::{Store, TooSlow, rows, search::SearchParams};
use crate::callback::{Cursor, Exported, RawBody, Search, Viewer};

/// Rows of a page: each page is planned anew, which is little beside so many rows.
const ROWS: i64 = 512;

/// Rows that are fetched at once, from one on, doubled up to these: with payloads of 1 MiB and objects as large as
/// `fetch.bytes_max` lets them be, and without. They bound what
/// a page can hold beyond the bytes at which its taker stops it.
const FETCHED_WITH_PAYLOADS_MAX: i32 = 16;
const FETCHED_MAX: i32 = 256;

/// The bytes of a `json` column, which are its text.
struct Json(Vec<u8>);

impl<'a> FromSql<'a> for Json {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(raw.to_vec()))
    }

    fn accepts(kind: &Type) -> bool {
        *kind == Type::JSON
    }
}

impl Store {
    /// Gives rows that match, newest first, until `take` has enough or there are no more. Returns the position of the
    /// last one if there may be more below it. The connection is the caller's only until this returns.
    pub async fn export_page(
        &self,
        viewer: &Viewer,
        search: &Search,
        ids: Option<&[Uuid]>,
        payloads: bool,
        mut take: impl FnMut(&Exported) -> ControlFlow<()>,
    ) -> Result<Option<Cursor>, TooSlow> {
        let search = SearchParams::new(viewer, search);
        let mut all = search.typed();
        all.extend([
            (&ROWS as &(dyn ToSql + Sync), Type::INT8),
            (&ids, Type::UUID_ARRAY),
            (&payloads, Type::BOOL),
        ]);
        let (params, types): (Vec<_>, Vec<_>) = all.into_iter().unzip();

        let mut client = self.db.get().await?;
        let transaction = client.transaction().await?;
        transaction.batch_execute(include_str!("../../../sql/queries/callback/bound_list.sql")).await?;
        let sql = include_str!("../../../sql/queries/callback/export.sql");
        let statement = transaction.prepare_typed(sql, &types).await?;
        let portal = transaction.bind(&statement, &params).await?;
        let fetched_max = if payloads { FETCHED_WITH_PAYLOADS_MAX } else { FETCHED_MAX };
        let (mut fetched, mut count, mut last) = (1, 0, None);
        loop {
            let mut rows = pin!(transaction.query_portal_raw(&portal, fetched).await?);
            let (mut came, mut enough) = (0, ControlFlow::Continue(()));
            while let Some(row) = rows.try_next().await? {
                let row = exported(&row, payloads)?;
                last = Some(row.item.cursor);
                // All that was fetched is taken: what is left would have been sent in vain.
                enough = take(&row);
                came += 1;
            }
            count += i64::from(came);
            if came < fetched {
                break;
            }
            if enough.is_break() {
                transaction.commit().await?;
                return Ok(last);
            }
            fetched = fetched_max.min(fetched * 2);
        }
        transaction.commit().await?;
        Ok(last.filter(|_| count == ROWS))
    }
}

fn exported(row: &Row, with_payload: bool) -> Result<Exported, tokio_postgres::Error> {
    let item = rows::item(row)?;
    let exported = Exported {
        subject_user_id: item.subject_user_id.clone(),
        verified_at: row.try_get("verified_at")?,
        updated_at: row.try_get("updated_at")?,
        payload: None,
        raw_body: None,
        object: None,
        item,
    };
    if !with_payload {
        return Ok(exported);
    }
    let payload: Option<Json> = row.try_get("payload")?;
    let raw_body: Option<Vec<u8>> = row.try_get("raw_body")?;
    let object: Option<Json> = row.try_get("object")?;
    Ok(exported.with_object(object.map(|Json(text)| text)).with_body(match (payload, raw_body) {
        (Some(Json(text)), _) => RawBody::Json(text),
        (None, Some(bytes)) => RawBody::Other(bytes),
        (None, None) => RawBody::NeverRead,
    }))
}

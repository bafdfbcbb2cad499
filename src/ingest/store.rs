//! The call that stores a batch: one array a column, one round trip, committed when it returns.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use tokio_postgres::{Client, Row, Statement, types::ToSql};
use uuid::Uuid;

use crate::{
    callback::{Cursor, NewCallback},
    config, db,
    signal::{DeletedRow, Signal},
};

const STORE: &str = include_str!("../../sql/queries/callback/store.sql");

const TRIM_REJECTS: &str = include_str!("../../sql/queries/callback/trim_rejects.sql");
const SIGNAL: &str = include_str!("../../sql/queries/signal/send.sql");

/// How the procedure is called.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    /// False only while the queue of notifications is full.
    pub notify: bool,
    /// How long one row may wait for somebody's lock, as PostgreSQL writes times.
    pub row_lock_wait: &'static str,
    /// Which server stores, so that its own listener does not read back what it has been handed; nil when nothing is
    /// handed over.
    pub node: Uuid,
    /// Whether this connection has stored nothing yet: then it is looked up which database it leads to.
    pub enters: bool,
}

/// What became of a batch, in its order.
#[derive(Debug)]
pub struct Stored {
    /// The highest position before this batch.
    pub previous: Cursor,
    pub at: DateTime<Utc>,
    pub rows: Vec<StoredRow>,
}

#[derive(Debug, Clone, Copy)]
pub struct StoredRow {
    /// Its own, or that of the first delivery when it is a duplicate.
    pub id: Uuid,
    pub cursor: Cursor,
    pub duplicate: bool,
}

pub async fn prepare(client: &Client) -> Result<Statement, tokio_postgres::Error> {
    client.prepare(STORE).await
}

/// The same on a pooled connection.
pub async fn prepare_cached(client: &deadpool_postgres::Client) -> Result<Statement, tokio_postgres::Error> {
    client.prepare_cached(STORE).await
}

/// Removes a source's oldest rejects beyond its limits; streams are told as of any deletion.
pub async fn trim_rejects(
    client: &deadpool_postgres::Client,
    source: &str,
    limits: &config::Rejects,
) -> Result<(), db::Error> {
    let rows_max = i64::from(limits.rows_max);
    let bytes_max = i64::try_from(limits.bytes_max).unwrap_or(i64::MAX);
    let statement = client.prepare_cached(TRIM_REJECTS).await?;
    let gone = client.query(&statement, &[&source, &rows_max, &bytes_max]).await?;
    if gone.is_empty() {
        return Ok(());
    }
    let rows = gone.iter().map(|row| Ok(DeletedRow(row.try_get("id")?, None)));
    let rows = rows.collect::<Result<_, tokio_postgres::Error>>()?;
    let statement = client.prepare_cached(SIGNAL).await?;
    for payload in (Signal::Deleted { rows }).payloads() {
        client.execute(&statement, &[&payload]).await?;
    }
    Ok(())
}

/// Stores `batch`, whose dedupe keys must differ from each other. Nothing is stored when this fails with an error of
/// the database; when the connection fails, the outcome is unknown.
pub async fn store(
    client: &Client,
    statement: &Statement,
    batch: &[&NewCallback],
    call: Call,
) -> Result<Stored, tokio_postgres::Error> {
    let columns = Columns::of(batch);
    let row = client.query_one(statement, &columns.params(&call)).await?;
    stored(batch, &row)
}

/// The database names what it knew already; everything else got the positions after `previous`, in its order.
fn stored(batch: &[&NewCallback], row: &Row) -> Result<Stored, tokio_postgres::Error> {
    let places: Option<Vec<i32>> = row.try_get("known_places")?;
    let ids: Option<Vec<Uuid>> = row.try_get("known_ids")?;
    let seqs: Option<Vec<i64>> = row.try_get("known_seqs")?;
    let known = places.into_iter().flatten().zip(ids.into_iter().flatten()).zip(seqs.into_iter().flatten());
    let mut known = known.peekable();
    let previous: i64 = row.try_get("previous_seq")?;
    let mut last = previous;
    let rows = (1..).zip(batch).map(|(place, new)| {
        if let Some(((_, id), seq)) = known.next_if(|((known, _), _)| *known == place) {
            return StoredRow { id, cursor: Cursor::from_seq(seq), duplicate: id != new.id };
        }
        last += 1;
        StoredRow { id: new.id, cursor: Cursor::from_seq(last), duplicate: false }
    });
    let rows = rows.collect();
    Ok(Stored { previous: Cursor::from_seq(previous), at: row.try_get("stored_at")?, rows })
}

/// The batch turned on its side.
struct Columns<'a> {
    ids: Vec<Uuid>,
    sources: Vec<&'a str>,
    callback_ids: Vec<&'a str>,
    dedupe_keys: Vec<Option<&'a [u8]>>,
    signature_valids: Vec<bool>,
    signature_headers: Vec<Option<&'a str>>,
    verified_ats: Vec<Option<DateTime<Utc>>>,
    raw_bodies: Vec<Option<&'a [u8]>>,
    payloads: Vec<Option<&'a str>>,
    payload_plains: Vec<bool>,
    payload_previews: Vec<&'a str>,
    external_job_ids: Vec<Option<&'a str>>,
    workflow_names: Vec<Option<&'a str>>,
    event_types: Vec<Option<&'a str>>,
    statuses: Vec<&'a str>,
    error_messages: Vec<Option<&'a str>>,
    subject_user_ids: Vec<Option<&'a str>>,
    costs_usd: Vec<Option<f64>>,
    total_tokens: Vec<Option<i64>>,
    durations_ms: Vec<Option<i64>>,
    request_headers: Vec<&'a str>,
    rejections: Vec<Option<&'a str>>,
    accepted_bys: Vec<Option<Uuid>>,
}

impl<'a> Columns<'a> {
    fn of(batch: &[&'a NewCallback]) -> Self {
        fn column<'a, T>(batch: &[&'a NewCallback], value: impl Fn(&'a NewCallback) -> T) -> Vec<T> {
            batch.iter().map(|new| value(new)).collect()
        }
        Self {
            ids: column(batch, |new| new.id),
            sources: column(batch, |new| &*new.source),
            callback_ids: column(batch, |new| new.callback_id.as_str()),
            dedupe_keys: column(batch, |new| new.dedupe_key.as_ref().map(<[u8; 33]>::as_slice)),
            signature_valids: column(batch, |new| new.signature_valid),
            signature_headers: column(batch, |new| new.signature_header.as_deref()),
            verified_ats: column(batch, |new| new.verified_at),
            raw_bodies: column(batch, |new| raw_body(&new.body, new.body_is_json)),
            payloads: column(batch, |new| payload(&new.body, new.body_is_json)),
            payload_plains: column(batch, |new| new.payload_plain),
            payload_previews: column(batch, |new| new.payload_preview.as_str()),
            external_job_ids: column(batch, |new| new.external_job_id.as_deref()),
            workflow_names: column(batch, |new| new.workflow_name.as_deref()),
            event_types: column(batch, |new| new.event_type.as_deref()),
            statuses: column(batch, |new| new.status.as_str()),
            error_messages: column(batch, |new| new.error_message.as_deref()),
            subject_user_ids: column(batch, |new| new.subject_user_id.as_deref()),
            costs_usd: column(batch, |new| new.cost_usd),
            total_tokens: column(batch, |new| new.total_tokens),
            durations_ms: column(batch, |new| new.duration_ms),
            request_headers: column(batch, |new| new.request_headers.as_str()),
            rejections: column(batch, |new| new.rejection),
            accepted_bys: column(batch, |new| new.accepted_by),
        }
    }

    /// In the order of the statement's placeholders.
    fn params<'b>(&'b self, call: &'b Call) -> [&'b (dyn ToSql + Sync); 27] {
        [
            &self.ids,
            &self.sources,
            &self.callback_ids,
            &self.dedupe_keys,
            &self.signature_valids,
            &self.signature_headers,
            &self.verified_ats,
            &self.raw_bodies,
            &self.payloads,
            &self.payload_plains,
            &self.payload_previews,
            &self.external_job_ids,
            &self.workflow_names,
            &self.event_types,
            &self.statuses,
            &self.error_messages,
            &self.subject_user_ids,
            &self.costs_usd,
            &self.total_tokens,
            &self.durations_ms,
            &self.request_headers,
            &self.rejections,
            &self.accepted_bys,
            &call.notify,
            &call.row_lock_wait,
            &call.node,
            &call.enters,
        ]
    }
}

fn raw_body(body: &Bytes, is_json: bool) -> Option<&[u8]> {
    (!is_json && !body.is_empty()).then_some(body)
}

fn payload(body: &Bytes, is_json: bool) -> Option<&str> {
    if is_json { std::str::from_utf8(body).ok() } else { None }
}

//! Callbacks put into the database as the writer does it: by the storing procedure, in batches.

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use tokio_postgres::Client;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::secrets;

/// A callback to be; a verified `workflow.completed` unless changed.
#[derive(Clone, Debug)]
pub struct NewRow {
    pub id: Uuid,
    pub source: &'static str,
    pub callback_id: String,
    pub dedupe_key: Option<Vec<u8>>,
    pub valid: bool,
    pub raw_body: Option<Vec<u8>>,
    pub payload: Option<String>,
    pub plain: bool,
    pub preview: String,
    pub job: Option<String>,
    pub workflow: Option<String>,
    pub event: &'static str,
    pub status: &'static str,
    pub owner: Option<String>,
    pub headers: String,
    pub rejection: Option<&'static str>,
}

/// What the procedure said about one callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    pub id: Uuid,
    pub seq: i64,
    pub duplicate: bool,
}

impl NewRow {
    pub fn new(callback_id: &str) -> Self {
        let payload = format!("{{\"job_id\":\"{callback_id}\"}}");
        let id = Uuid::now_v7();
        Self {
            id,
            source: "llm",
            callback_id: callback_id.to_owned(),
            dedupe_key: Some(id.as_bytes().to_vec()),
            valid: true,
            raw_body: None,
            preview: payload.clone(),
            payload: Some(payload),
            plain: true,
            job: Some(callback_id.to_owned()),
            workflow: Some("summarise".to_owned()),
            event: "workflow.completed",
            status: "processed",
            owner: None,
            headers: r#"[["content-type","application/json"]]"#.to_owned(),
            rejection: None,
        }
    }

    /// A request that failed authentication.
    pub fn reject(callback_id: &str) -> Self {
        Self {
            valid: false,
            dedupe_key: None,
            rejection: Some("invalid_signature"),
            ..Self::new(callback_id)
        }
    }

    pub fn owned_by(self, owner: Uuid) -> Self {
        Self { owner: Some(owner.to_string()), ..self }
    }
}

/// Stores one batch, as a node that hands nothing over.
pub async fn store(client: &Client, rows: &[NewRow]) -> Vec<Stored> {
    store_as(client, rows, Uuid::nil()).await
}

/// Stores one batch, as this node.
pub async fn store_as(client: &Client, rows: &[NewRow], node: Uuid) -> Vec<Stored> {
    call(client, rows, true, node).await
}

/// Stores one batch and notifies nobody.
pub async fn store_silently(client: &Client, rows: &[NewRow]) -> Vec<Stored> {
    call(client, rows, false, Uuid::nil()).await
}

async fn call(client: &Client, rows: &[NewRow], notifies: bool, node: Uuid) -> Vec<Stored> {
    let headers: Vec<Option<&str>> = rows.iter().map(|row| row.valid.then_some("sha256=00")).collect();
    let now = Utc::now();
    let verified: Vec<Option<DateTime<Utc>>> = rows.iter().map(|row| row.valid.then_some(now)).collect();
    let (texts, floats, numbers, people) =
        (nothing::<&str>(rows), nothing::<f64>(rows), nothing::<i64>(rows), nothing::<Uuid>(rows));
    let params: [&(dyn ToSql + Sync); 25] = [
        &each(rows, |row| row.id),
        &each(rows, |row| row.source),
        &each(rows, |row| row.callback_id.as_str()),
        &each(rows, |row| row.dedupe_key.as_deref()),
        &each(rows, |row| row.valid),
        &headers,
        &verified,
        &each(rows, |row| row.raw_body.as_deref()),
        &each(rows, |row| row.payload.as_deref()),
        &each(rows, |row| row.plain),
        &each(rows, |row| row.preview.as_str()),
        &each(rows, |row| row.job.as_deref()),
        &each(rows, |row| row.workflow.as_deref()),
        &each(rows, |row| row.event),
        &each(rows, |row| row.status),
        &texts,
        &each(rows, |row| row.owner.as_deref()),
        &floats,
        &numbers,
        &numbers,
        &each(rows, |row| row.headers.as_str()),
        &each(rows, |row| row.rejection),
        &people,
        &notifies,
        &node,
    ];
    let columns: Vec<String> = (1..=params.len() - 2).map(|place| format!("${place}")).collect();
    let columns = columns.join(", ");
    let sql =
        format!("call store_callbacks_v3({columns}, $24, null, $25, true, null, null, null, null, null)");
    let answer = client.query_one(&sql, &params).await.expect("the batch is stored");
    let places: Vec<i32> = answer.get::<_, Option<_>>("known_places").unwrap_or_default();
    let ids: Vec<Uuid> = answer.get::<_, Option<_>>("known_ids").unwrap_or_default();
    let seqs: Vec<i64> = answer.get::<_, Option<_>>("known_seqs").unwrap_or_default();
    let mut seq: i64 = answer.get("previous_seq");
    let stored = (1..).zip(rows).map(|(place, row)| {
        if let Some(known) = places.iter().position(|known| *known == place) {
            return Stored { id: ids[known], seq: seqs[known], duplicate: ids[known] != row.id };
        }
        seq += 1;
        Stored { id: row.id, seq, duplicate: false }
    });
    stored.collect()
}

/// A person with a profile and no mark.
pub async fn person(client: &Client, role: &str) -> Uuid {
    let id = Uuid::new_v4();
    let sql = "insert into profiles (id, email, role) values ($1, $3, $2)";
    client.execute(sql, &[&id, &role, &format!("{id}@example.org")]).await.expect("a profile");
    id
}

/// An API token of a person.
pub async fn token(client: &Client, person: Uuid) -> String {
    let id = Uuid::new_v4();
    // 43 characters, as 32 bytes in base64 have.
    let token = format!("cbd_{}{}", id.simple(), &id.simple().to_string()[..11]);
    let hash = Sha256::digest(token.as_bytes()).to_vec();
    let sql = "insert into api_tokens (id, token_hash, profile_id, name) values ($1, $2, $3, 'test')";
    client.execute(sql, &[&id, &hash, &person]).await.expect("a token");
    secrets::register(&token);
    token
}

/// A browser's session of a person, which ends after so many seconds: the value of its cookie.
pub async fn session(client: &Client, person: Uuid, seconds: f64) -> String {
    let id = Uuid::new_v4();
    let token = format!("{}{}", id.simple(), &id.simple().to_string()[..11]);
    let hash = Sha256::digest(token.as_bytes()).to_vec();
    let sql = "insert into sessions (id, token_hash, profile_id, expires_at, user_agent, address)
        values ($1, $2, $3, now() + make_interval(secs => $4), 'test', '127.0.0.1')";
    client.execute(sql, &[&id, &hash, &person, &seconds]).await.expect("a session");
    secrets::register(&token);
    token
}

fn each<'a, T>(rows: &'a [NewRow], part: impl Fn(&'a NewRow) -> T) -> Vec<T> {
    rows.iter().map(part).collect()
}

fn nothing<T>(rows: &[NewRow]) -> Vec<Option<T>> {
    rows.iter().map(|_| None).collect()
}

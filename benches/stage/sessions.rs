//! Ten thousand people's tabs: sessions written straight into the database, as the server would have written them.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use tokio_postgres::Client;
use uuid::Uuid;

/// Sessions of one person: as many as it may have streams by default.
const PER_PERSON: usize = 20;

/// A whole request for a stream of each. A session was last seen a minute and a half ago, as that of a stream would
/// have been.
pub async fn stream_requests(client: &Client, count: usize) -> anyhow::Result<Vec<Vec<u8>>> {
    let people: Vec<Uuid> = (0..count.div_ceil(PER_PERSON)).map(|_| Uuid::new_v4()).collect();
    let emails: Vec<String> = people.iter().map(|id| format!("{id}@example.org")).collect();
    client
        .execute(
            "insert into profiles (id, email, role) select id, email, 'ADMIN' from unnest($1::uuid[], $2::text[]) t (id, email)",
            &[&people, &emails],
        )
        .await?;
    let tokens: Vec<String> = (0..count).map(|_| token()).collect();
    let hashes: Vec<Vec<u8>> = tokens.iter().map(|token| Sha256::digest(token).to_vec()).collect();
    let ids: Vec<Uuid> = (0..count).map(|_| Uuid::new_v4()).collect();
    let owners: Vec<Uuid> = people.iter().flat_map(|id| [*id; PER_PERSON]).take(count).collect();
    client
        .execute(
            "insert into sessions (id, token_hash, profile_id, last_seen_at, expires_at, user_agent, address)
             select id, hash, owner, now() - interval '90 seconds', now() + interval '1 day', 'bench', '127.0.0.1'
             from unnest($1::uuid[], $2::bytea[], $3::uuid[]) t (id, hash, owner)",
            &[&ids, &hashes, &owners],
        )
        .await?;
    Ok(tokens.iter().map(|token| request(token)).collect())
}

/// 32 random bytes in base64url.
fn token() -> String {
    let bytes = [Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()].concat();
    URL_SAFE_NO_PAD.encode(bytes)
}

fn request(token: &str) -> Vec<u8> {
    let path = crate::plain::STREAM_PATH;
    format!(
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\nCookie: callbackd_session={token}\r\n\r\n"
    )
    .into()
}

//! Rows by position: what the listener and replay stand on.

use callbackd::callback::{Cursor, Row, Store, Viewer};
use chrono::{DateTime, Utc};

use crate::support::postgres::TestDatabase;
use crate::support::rows::{NewRow, person, store};

fn cursors(rows: &[Row]) -> Vec<i64> {
    rows.iter().map(|row| row.cursor().seq()).collect()
}

#[tokio::test]
async fn pages_follow_the_order_of_positions_with_rejects_and_shells_in_their_places() {
    let database = TestDatabase::new().await;
    let client = database.client().await;
    let callbacks = Store::new(database.db().await);
    assert_eq!(callbacks.head().await.unwrap(), Cursor::START);
    assert_eq!(callbacks.floor().await.unwrap(), Cursor::START);

    let stored =
        store(&client, &[NewRow::new("a"), NewRow::reject("b"), NewRow::new("c"), NewRow::new("d")]).await;
    let seqs: Vec<i64> = stored.iter().map(|row| row.seq).collect();
    let at = Cursor::from_seq;
    assert_eq!(callbacks.head().await.unwrap(), at(seqs[3]));
    assert_eq!(cursors(&callbacks.page_after(Cursor::START, None, 10).await.unwrap()), seqs);
    assert_eq!(cursors(&callbacks.page_after(at(seqs[0]), None, 2).await.unwrap()), seqs[1..3]);
    assert_eq!(
        cursors(&callbacks.page_after(Cursor::START, Some(at(seqs[1])), 10).await.unwrap()),
        seqs[..2]
    );

    assert_eq!(callbacks.delete(&[stored[2].id, stored[2].id]).await.unwrap(), 1);
    let rows = callbacks.page_after(Cursor::START, None, 10).await.unwrap();
    assert_eq!(cursors(&rows), seqs);
    assert!(matches!(rows[2], Row::Gone(_)), "{rows:?}");
    let Row::Live(reject) = &rows[1] else { panic!("{rows:?}") };
    assert_eq!((reject.signature_valid, reject.rejection.as_deref()), (false, Some("invalid_signature")));

    let named = callbacks.items(&stored.iter().map(|row| row.id).collect::<Vec<_>>()).await.unwrap();
    assert_eq!(named.iter().map(|item| item.cursor.seq()).collect::<Vec<_>>(), [seqs[0], seqs[1], seqs[3]]);
}

#[tokio::test]
async fn a_time_means_the_last_position_of_its_batch() {
    let database = TestDatabase::new().await;
    let client = database.client().await;
    let callbacks = Store::new(database.db().await);
    let first = store(&client, &[NewRow::new("a"), NewRow::new("b")]).await;
    store(&client, &[NewRow::new("c")]).await;
    let row = client
        .query_one("select created_at from llm_callbacks where seq = $1", &[&first[0].seq])
        .await
        .unwrap();
    let time: DateTime<Utc> = row.get(0);
    assert_eq!(callbacks.cursor_at(time).await.unwrap(), Cursor::from_seq(first[1].seq));
    assert_eq!(callbacks.cursor_at(time - chrono::TimeDelta::microseconds(1)).await.unwrap(), Cursor::START);
}

#[tokio::test]
async fn unviewed_counts_are_exact_up_to_ten_thousand_and_then_one_more() {
    let database = TestDatabase::new().await;
    let client = database.client().await;
    let callbacks = Store::new(database.db().await);
    let viewer = Viewer::admin(person(&client, "ADMIN").await);
    let row = NewRow { payload: None, preview: String::new(), ..NewRow::new("many") };
    let rows: Vec<NewRow> =
        (0..10_000).map(|_| NewRow { id: uuid::Uuid::now_v7(), dedupe_key: None, ..row.clone() }).collect();
    store(&client, &rows).await;
    assert_eq!(callbacks.unviewed_count(&viewer).await.unwrap(), 10_000);
    store(
        &client,
        &rows[..2].iter().map(|row| NewRow { id: uuid::Uuid::now_v7(), ..row.clone() }).collect::<Vec<_>>(),
    )
    .await;
    assert_eq!(callbacks.unviewed_count(&viewer).await.unwrap(), 10_001);
}

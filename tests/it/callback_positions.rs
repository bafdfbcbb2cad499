//! Rows by position: what the listener and replay stand on.

use callbackd::callback::{Cursor, Row, Store, Viewer};
use chrono::{DateTime, Utc};

use crate::support::eventually;
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

#[tokio::test]
async fn storing_never_goes_through_what_is_stored() {
    let database = TestDatabase::new().await;
    let client = database.client().await;
    // A table that is known to be empty: then any plan looks as good as any other, and the one that is made is kept.
    client.batch_execute("vacuum analyze llm_callbacks").await.unwrap();
    let writer = database.client().await;
    writer.batch_execute(include_str!("../../sql/queries/callback/writer_session.sql")).await.unwrap();
    for batch in 0..40 {
        let rows: Vec<NewRow> = (0..10).map(|place| NewRow::new(&format!("{batch}-{place}"))).collect();
        store(&writer, &rows).await;
        let first = &rows[0];
        let again = NewRow { dedupe_key: first.dedupe_key.clone(), ..NewRow::new(&first.callback_id) };
        assert!(store(&writer, &[again]).await[0].duplicate);
    }
    drop(writer);
    let counted = "select t.n_tup_ins, t.n_tup_upd, t.seq_tup_read + (select sum(i.idx_tup_read)::bigint
            from pg_stat_user_indexes as i where i.relname = t.relname)
        from pg_stat_user_tables as t where t.relname = 'llm_callbacks'";
    let mut read = 0_i64;
    eventually("the writer's counts are known", async || {
        let row = client.query_one(counted, &[]).await.unwrap();
        read = row.get(2);
        (row.get::<_, i64>(0), row.get::<_, i64>(1)) == (400, 40)
    })
    .await;
    assert!(read < 1_000, "400 callbacks and 40 duplicates were stored by reading {read} rows");
}

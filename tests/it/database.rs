//! The way to the database: what happens to callers when it is cut, stalled, full of conflicts, or the wrong one.

use std::time::{Duration, Instant};

use callbackd::db::{self, Class, Db};
use futures_util::StreamExt as _;
use tokio_postgres::AsyncMessage;

use crate::support::chaos::{ChaosProxy, Upstream};
use crate::support::eventually;
use crate::support::postgres::{TestDatabase, settings};

#[tokio::test]
async fn a_cut_connection_is_replaced_for_the_next_caller() {
    let database = TestDatabase::new().await;
    let proxy = ChaosProxy::before_postgres().await;
    let db = Db::connect(&settings(&proxy.database_url(database.name()))).await.unwrap();
    db.query_one("select 1", &[]).await.unwrap();

    proxy.cut();
    eventually("the pool has a good connection again", async || db.query_one("select 1", &[]).await.is_ok())
        .await;

    proxy.refuse();
    let error = db.query_one("select 1", &[]).await.unwrap_err();
    assert_eq!(error.class(), Class::Unavailable, "{error:?}");
    proxy.resume();
    eventually("it is back", async || db.query_one("select 1", &[]).await.is_ok()).await;
}

#[tokio::test]
async fn connecting_to_a_database_that_says_nothing_ends_with_an_error() {
    let database = TestDatabase::new().await;
    let proxy = ChaosProxy::before_postgres().await;
    proxy.stall();
    let begun = Instant::now();
    let error = Db::connect(&settings(&proxy.database_url(database.name()))).await.unwrap_err();
    assert_eq!(error.class(), Class::Unavailable, "{error:?}");
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_connection_of_its_own_hears_notifications_and_its_own_end() {
    let database = TestDatabase::new().await;
    let proxy = ChaosProxy::before_postgres().await;
    let connection = db::connect_dedicated(&settings(&proxy.database_url(database.name()))).await.unwrap();
    let (client, mut messages) = (connection.client, connection.messages);
    let (heard, mut hearing) = tokio::sync::mpsc::unbounded_channel();
    let driver = tokio::spawn(async move {
        while let Some(message) = messages.next().await {
            heard.send(message).expect("the test listens");
        }
    });
    client.batch_execute("listen here").await.unwrap();
    database.client().await.batch_execute("notify here, 'now'").await.unwrap();
    let Some(Ok(AsyncMessage::Notification(notification))) = hearing.recv().await else {
        panic!("something else came than the notification");
    };
    assert_eq!(notification.payload(), "now");

    proxy.cut();
    driver.await.expect("the messages end by themselves");
    assert_eq!(db::class(&client.simple_query("select 1").await.unwrap_err()), Class::Unavailable);
}

#[tokio::test]
async fn errors_say_what_to_do_about_them() {
    let database = TestDatabase::empty().await;
    let db = database.db().await;
    let client = database.client().await;
    client
        .batch_execute(
            "create table things (n int constraint things_pkey primary key); insert into things values (1)",
        )
        .await
        .unwrap();
    for (sql, class) in [
        ("insert into things values (1)", Class::Refused),
        ("select 1 / 0", Class::Refused),
        ("insert into things select 99999999999", Class::Refused),
        ("select * from nothing", Class::Bug),
        ("select pg_terminate_backend(pg_backend_pid())", Class::Unavailable),
    ] {
        let error = db.query(sql, &[]).await.unwrap_err();
        assert_eq!(error.class(), class, "{sql}: {error:?}");
    }
    let error = db.execute("insert into things values (1)", &[]).await.unwrap_err();
    assert_eq!(db::constraint(&error), Some("things_pkey"));

    client.batch_execute("begin; lock table things").await.unwrap();
    let impatient = db.get().await.unwrap();
    impatient.batch_execute("set lock_timeout = 10").await.unwrap();
    let error = impatient.query("select * from things", &[]).await.unwrap_err();
    assert_eq!(db::class(&error), Class::LockTimeout, "{error:?}");
}

/// Both have SQLSTATE 54000.
#[tokio::test]
async fn too_large_index_rows_are_not_taken_for_a_full_queue() {
    let database = TestDatabase::empty().await;
    let db = database.db().await;
    database.client().await.batch_execute("create table wide (t text unique)").await.unwrap();
    let sql = "insert into wide select string_agg(md5(n::text), '') from generate_series(1, 5000) as n";
    let error = db.execute(sql, &[]).await.unwrap_err();
    let code = |error: &db::Error| match error {
        db::Error::Postgres(error) => error.code().map(|code| code.code().to_owned()),
        _ => None,
    };
    assert_eq!(code(&error).as_deref(), Some("54000"));
    assert_eq!(error.class(), Class::Refused);
}

#[tokio::test]
async fn a_database_of_another_encoding_is_refused() {
    let database = TestDatabase::empty().await;
    let client = database.client().await;
    let name = format!("{}_latin", database.name());
    let sql = format!("create database {name} encoding 'LATIN1' locale 'C' template template0");
    client.batch_execute(&sql).await.unwrap();
    let url = database.url().replace(database.name(), &name);
    let error = Db::connect(&settings(&url)).await.unwrap_err();
    assert!(error.to_string().contains("LATIN1") && error.to_string().contains("UTF8"), "{error}");
    client.batch_execute(&format!("drop database {name} with (force)")).await.unwrap();
}

/// Why a lost connection means that the outcome is unknown, and not that nothing was done.
#[tokio::test]
async fn a_statement_whose_answer_is_lost_has_been_done_all_the_same() {
    let database = TestDatabase::empty().await;
    let client = database.client().await;
    client.batch_execute("create table things (n int)").await.unwrap();
    let near = ChaosProxy::before_postgres().await;
    let far = ChaosProxy::start(Upstream::Tcp(near.address())).await;
    let db = Db::connect(&settings(&far.database_url(database.name()))).await.unwrap();
    let lone = db.get().await.unwrap();
    let statement = lone.prepare_cached("insert into things values (1)").await.unwrap();

    near.hold_answers();
    let inserting = tokio::spawn(async move { lone.execute(&statement, &[]).await });
    eventually("the row is there", async || {
        client.query_one("select count(*) from things", &[]).await.unwrap().get::<_, i64>(0) == 1
    })
    .await;
    far.cut();
    let error = inserting.await.expect("it ends by itself").unwrap_err();
    assert_eq!(db::class(&error), Class::Unavailable);
}

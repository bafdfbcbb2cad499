//! The schema's way there and back: every step has both, nodes may race, and older programs are refused only when asked.

use std::path::Path;

use callbackd::db::migrate::{self, Error, State};
use tokio_postgres::Client;

use crate::support::postgres::TestDatabase;

fn files(folder: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql").join(folder);
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let mut names: Vec<_> = entries
        .map(|entry| entry.expect("it can be listed").file_name().into_string().expect("its names are text"))
        .collect();
    names.sort();
    names
}

async fn schema(client: &Client) -> Vec<String> {
    let rows = client.query(include_str!("support/schema.sql"), &[]).await.expect("the catalog can be read");
    rows.iter().map(|row| row.get("thing")).collect()
}

/// A file named otherwise would be passed over without a word.
#[test]
fn every_migration_has_a_proper_name_and_a_way_back_that_says_what_it_loses() {
    let migrations = files("migrations");
    assert!(!migrations.is_empty());
    for (index, name) in migrations.iter().enumerate() {
        let word =
            name.strip_prefix(&format!("V{:03}__", index + 1)).and_then(|rest| rest.strip_suffix(".sql"));
        let word = word.unwrap_or_else(|| panic!("{name} is not number {} of V00n__word.sql", index + 1));
        assert!(word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'), "{name}");
    }
    assert_eq!(files("rollback"), migrations);
    for name in migrations {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql/rollback").join(&name);
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.starts_with("-- Loses"), "sql/rollback/{name} does not begin with `-- Loses …`");
    }
}

#[tokio::test]
async fn the_way_back_leaves_nothing_and_the_way_there_again_leaves_the_same() {
    let database = TestDatabase::new().await;
    let (settings, client) = (database.settings(), database.client().await);
    let before = schema(&client).await;

    let applied = migrate::status(&settings).await.unwrap();
    assert_eq!(applied.len(), files("migrations").len());
    assert!(applied.iter().all(|step| step.state == State::Applied && step.applied_at.is_some()));
    assert!(migrate::up(&settings).await.unwrap().is_empty());

    let taken = migrate::down(&settings, 0).await.unwrap();
    assert_eq!(taken.len(), applied.len());
    let left: Vec<_> = schema(&client).await;
    let ours =
        |thing: &&String| !thing.contains("refinery_schema_history") && !thing.contains("callbackd_schema");
    assert_eq!(left.iter().filter(ours).collect::<Vec<_>>(), ["extension plpgsql"]);

    assert_eq!(migrate::up(&settings).await.unwrap().len(), applied.len());
    assert_eq!(schema(&client).await, before);
}

/// Each step alone, so that a rollback which only works after its neighbours is found.
#[tokio::test]
async fn every_single_step_back_can_be_gone_forward_again() {
    let database = TestDatabase::new().await;
    let (settings, client) = (database.settings(), database.client().await);
    let before = schema(&client).await;
    for step in migrate::status(&settings).await.unwrap().iter().rev() {
        migrate::down(&settings, step.version - 1).await.unwrap();
        assert_eq!(
            migrate::status(&settings).await.unwrap()[usize::try_from(step.version).unwrap() - 1].state,
            State::Pending
        );
    }
    migrate::up(&settings).await.unwrap();
    assert_eq!(schema(&client).await, before);
}

#[tokio::test]
async fn nodes_that_start_at_once_on_an_empty_database_all_succeed() {
    for _ in 0..RACES {
        let database = TestDatabase::empty().await;
        let settings = database.settings();
        let (a, b, c) = tokio::join!(migrate::up(&settings), migrate::up(&settings), migrate::up(&settings));
        let applied = [a, b, c].map(|applied| applied.expect("every node succeeds").len());
        assert_eq!(applied.iter().sum::<usize>(), files("migrations").len(), "{applied:?}");
    }
}

/// Without the lock 20 of 20 fail, so a few are enough.
const RACES: usize = 5;

#[tokio::test]
async fn a_newer_database_is_tolerated_unless_it_says_that_we_are_too_old() {
    let database = TestDatabase::new().await;
    let (settings, client) = (database.settings(), database.client().await);
    let newer = "insert into refinery_schema_history values (900, 'newer', '2026-01-01T00:00:00Z', '1')";
    client.batch_execute(newer).await.unwrap();
    assert!(migrate::up(&settings).await.unwrap().is_empty());
    assert_eq!(migrate::status(&settings).await.unwrap().last().unwrap().state, State::Unknown);

    let before = schema(&client).await;
    assert!(matches!(migrate::down(&settings, 0).await, Err(Error::NoWayBack(900))));
    assert_eq!(schema(&client).await, before, "a way back that fails half-way changes nothing");

    client.batch_execute("update callbackd_schema set minimum_version = 900").await.unwrap();
    let error = migrate::up(&settings).await.unwrap_err();
    assert!(matches!(error, Error::TooNew { minimum: 900, .. }), "{error}");
}

#[tokio::test]
async fn a_migration_that_was_left_out_is_not_passed_over() {
    let database = TestDatabase::new().await;
    let client = database.client().await;
    client.batch_execute("delete from refinery_schema_history where version = 1").await.unwrap();
    let error = migrate::up(&database.settings()).await.unwrap_err();
    assert!(matches!(error, Error::OutOfOrder(1)), "{error}");
}

//! The PostgreSQL of our own: it starts, keeps its data, is alone on its folder, and goes when we go.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use callbackd::embedded::{self, Error};
use tokio_postgres::NoTls;

/// Runs one statement on a connection of its own and gives its first column as text.
async fn ask(url: &str, sql: &str) -> anyhow::Result<String> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    let driver = tokio::spawn(connection);
    let rows = client.simple_query(sql).await?;
    drop(client);
    driver.await??;
    let row = rows.iter().find_map(|message| match message {
        tokio_postgres::SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or_default().to_owned()),
        _ => None,
    });
    Ok(row.unwrap_or_default())
}

#[tokio::test]
async fn data_is_kept_from_one_start_to_the_next() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    // As root the account that PostgreSQL runs as must be able to pass.
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711))?;
    let first = embedded::start(folder.path()).await?;
    ask(first.database_url(), "create table kept as select 7 as n").await?;
    assert_eq!(ask(first.database_url(), "show fsync").await?, "on");
    assert_eq!(ask(first.database_url(), "show listen_addresses").await?, "");
    assert_eq!(embedded::running_url(folder.path()).as_deref(), Some(first.database_url()));
    first.stop().await?;
    assert_eq!(embedded::running_url(folder.path()), None);

    let second = embedded::start(folder.path()).await?;
    assert_eq!(ask(second.database_url(), "select n from kept").await?, "7");
    second.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_second_server_on_the_folder_is_told_who_has_it() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711))?;
    let first = embedded::start(folder.path()).await?;
    let error = embedded::start(folder.path()).await.err().map(|error| (error.to_string(), error));
    let Some((text, Error::InUse { .. })) = error else { panic!("the second start gave {error:?}") };
    assert!(text.contains(&std::process::id().to_string()), "{text}");

    let attached = embedded::attach_or_start(folder.path()).await?;
    assert_eq!(attached.database_url(), first.database_url());
    attached.stop().await?;
    assert_eq!(ask(first.database_url(), "select 1").await?, "1");
    first.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_long_and_awkward_folder_name_works() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711))?;
    let awkward = folder.path().join("a b,c'd\"e %2F é").join("x".repeat(90));
    let started = embedded::start(&awkward).await?;
    assert_eq!(ask(started.database_url(), "select current_database()").await?, "callbackd");
    started.stop().await?;
    assert!(!Path::new(&awkward).join("postgres/data/postmaster.pid").exists());
    Ok(())
}

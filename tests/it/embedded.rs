//! The PostgreSQL of our own: it starts, keeps its data, is alone on its folder, and goes when we go.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::{Command, Stdio};

use callbackd::embedded::{self, Error, Options};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;
use tokio_postgres::NoTls;

use crate::support::eventually;

/// A data folder; as root the account that PostgreSQL runs as must be able to pass through it.
fn folder() -> TempDir {
    folder_with_mode(0o711)
}

fn folder_with_mode(mode: u32) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(mode)).expect("it is ours");
    folder
}

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
    let folder = folder();
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
    let folder = folder();
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
    let folder = folder();
    let awkward = folder.path().join("a b,c'd\"e %2F é").join("x".repeat(90));
    let started = embedded::start(&awkward).await?;
    assert_eq!(ask(started.database_url(), "select current_database()").await?, "callbackd");
    started.stop().await?;
    assert!(!Path::new(&awkward).join("postgres/data/postmaster.pid").exists());
    Ok(())
}

/// Run by the test below in a process of its own, to be killed: says where its cluster is, and waits.
#[tokio::test]
#[ignore = "only another test runs it"]
async fn holds_a_cluster_until_killed() -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("callbackd-it-{}", uuid::Uuid::new_v4().simple()));
    let options = Options { remove_afterwards: true, ..Options::default() };
    let started = embedded::start_with(&folder, options).await?;
    println!("\nfolder {}", folder.display());
    assert_eq!(ask(started.database_url(), "select 1").await?, "1");
    std::future::pending::<()>().await;
    Ok(())
}

#[tokio::test]
async fn nothing_is_left_when_the_server_is_killed() -> anyhow::Result<()> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(["--ignored", "--exact", "--nocapture", "embedded::holds_a_cluster_until_killed"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let stdout = BufReader::new(child.stdout.take().expect("it is a pipe"));
    let line =
        stdout.lines().map_while(Result::ok).find_map(|line| line.strip_prefix("folder ").map(str::to_owned));
    let cluster = Path::new(&line.expect("the cluster starts")).to_path_buf();
    let postgres = postmaster(&cluster)?;
    assert_eq!(kill(postgres, None), Ok(()), "PostgreSQL runs");

    child.kill()?;
    child.wait()?;
    eventually("PostgreSQL has ended", async || kill(postgres, None).is_err()).await;
    eventually("its folder is gone", async || !cluster.exists()).await;
    Ok(())
}

/// The worst case: the server and the shell that guards PostgreSQL were both killed.
#[tokio::test]
async fn a_postgres_that_was_left_behind_is_replaced() -> anyhow::Result<()> {
    let folder = folder();
    let first = embedded::start(folder.path()).await?;
    let postgres = postmaster(folder.path())?;
    for shell in guards_of(folder.path())? {
        kill(shell, Signal::SIGKILL)?;
    }
    drop(first);
    assert_eq!(kill(postgres, None), Ok(()), "it lost its guards, so it still runs");

    let second = embedded::start(folder.path()).await?;
    assert_ne!(postmaster(folder.path())?, postgres);
    assert_eq!(ask(second.database_url(), "select 1").await?, "1");
    second.stop().await?;
    Ok(())
}

/// A process that took over the number of a PostgreSQL that was killed must not keep the cluster from starting.
#[tokio::test]
async fn a_pid_file_that_names_a_stranger_is_disregarded() -> anyhow::Result<()> {
    let folder = folder();
    embedded::start(folder.path()).await?.stop().await?;
    let data = folder.path().join("postgres/data");
    let stranger = std::process::id();
    std::fs::write(
        data.join("postmaster.pid"),
        format!("{stranger}\n{}\n1\n5432\n\n\n\nready\n", data.display()),
    )?;
    if nix::unistd::Uid::effective().is_root() {
        let owner = std::fs::metadata(&data)?;
        std::os::unix::fs::chown(data.join("postmaster.pid"), Some(owner.uid()), Some(owner.gid()))?;
    }
    assert_eq!(embedded::running_url(folder.path()), None);
    embedded::start(folder.path()).await?.stop().await?;
    Ok(())
}

fn postmaster(folder: &Path) -> anyhow::Result<Pid> {
    let text = std::fs::read_to_string(folder.join("postgres/data/postmaster.pid"))?;
    Ok(Pid::from_raw(text.lines().next().unwrap_or_default().parse()?))
}

/// The shells whose command line names the folder.
fn guards_of(folder: &Path) -> anyhow::Result<Vec<Pid>> {
    let name = folder.display().to_string();
    let mut guards = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let entry = entry?;
        let Ok(pid) = entry.file_name().to_string_lossy().parse() else { continue };
        let Ok(command) = std::fs::read(entry.path().join("cmdline")) else { continue };
        let command = String::from_utf8_lossy(&command);
        if command.starts_with("/bin/sh") && command.contains(&name) {
            guards.push(Pid::from_raw(pid));
        }
    }
    Ok(guards)
}

/// A data folder in root's home: the account that PostgreSQL runs as cannot get there.
#[tokio::test]
async fn a_folder_that_only_root_can_enter_has_its_cluster_elsewhere() -> anyhow::Result<()> {
    if !nix::unistd::Uid::effective().is_root() {
        return Ok(());
    }
    let folder = folder_with_mode(0o700);
    let first = embedded::start(folder.path()).await?;
    ask(first.database_url(), "create table kept as select 7 as n").await?;
    assert_eq!(embedded::running_url(folder.path()).as_deref(), Some(first.database_url()));
    first.stop().await?;
    let elsewhere = std::fs::read_to_string(folder.path().join("postgres.location"))?;
    assert!(elsewhere.starts_with("/var/lib/callbackd/"), "{elsewhere}");

    let second = embedded::start(folder.path()).await?;
    assert_eq!(ask(second.database_url(), "select n from kept").await?, "7");
    second.stop().await?;
    std::fs::remove_dir_all(elsewhere.trim_end())?;
    Ok(())
}

//! TLS to the database: each `sslmode` verifies what its name says, against a certificate for `localhost`.
//!
//! The key in `support/tls` is for these tests alone; its authority's key was thrown away.

use std::path::PathBuf;

use callbackd::db::{self, Db};
use callbackd::embedded::{self, Embedded, Options};

use crate::support::postgres::settings;

/// A cluster with a port and a certificate; gone when dropped.
async fn encrypted_cluster() -> anyhow::Result<(Embedded, u16)> {
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let folder = std::env::temp_dir().join(format!("callbackd-it-{}", uuid::Uuid::new_v4().simple()));
    let options = Options { tcp_port: Some(port), remove_afterwards: true, ..Options::default() };
    let started = embedded::start_with(&folder, options).await?;
    let db = Db::connect(&settings(started.database_url())).await?;
    // PostgreSQL writes the files itself: the key must belong to the account that it runs as.
    for (name, text) in [
        ("server.key", include_str!("support/tls/server.key")),
        ("server.crt", include_str!("support/tls/server.pem")),
    ] {
        let lines = text.trim().replace('\n', "'), ('");
        let sql = format!("copy (values ('{lines}')) to program 'umask 077; cat > {name}'");
        db.get().await?.batch_execute(&sql).await?;
    }
    db.get().await?.batch_execute("alter system set ssl = on").await?;
    db.execute("select pg_reload_conf()", &[]).await?;
    crate::support::eventually("encryption is on", async || {
        let row = Db::connect(&settings(started.database_url())).await;
        let Ok(db) = row else { return false };
        db.query_one("show ssl", &[]).await.is_ok_and(|row| row.get::<_, &str>(0) == "on")
    })
    .await;
    Ok((started, port))
}

fn authority() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/support/tls/authority.pem")
}

#[tokio::test]
async fn each_mode_verifies_what_its_name_says() -> anyhow::Result<()> {
    let (cluster, port) = encrypted_cluster().await?;
    let known = Some(authority());
    // Host, mode, authority; whether the connection is made, and then whether it is encrypted.
    for (host, mode, ca_file, encrypted) in [
        ("localhost", "disable", &None, Ok(false)),
        ("localhost", "prefer", &None, Ok(true)),
        ("localhost", "require", &None, Ok(true)),
        ("127.0.0.1", "require", &known, Ok(true)),
        ("127.0.0.1", "verify-ca", &known, Ok(true)),
        ("localhost", "verify-full", &known, Ok(true)),
        ("127.0.0.1", "verify-full", &known, Err(())),
        ("localhost", "verify-full", &None, Err(())),
        ("localhost", "verify-ca", &None, Err(())),
    ] {
        let url = format!("postgresql://callbackd@{host}:{port}/callbackd?sslmode={mode}");
        let settings = db::Settings { ca_file: ca_file.clone(), ..settings(&url) };
        let seen = async {
            let db = Db::connect(&settings).await?;
            let row = db.query_one("select ssl from pg_stat_ssl where pid = pg_backend_pid()", &[]).await?;
            Ok::<bool, db::Error>(row.get(0))
        };
        let seen = seen.await;
        assert_eq!(seen.as_ref().copied().map_err(|_| ()), encrypted, "{host} {mode} {ca_file:?}: {seen:?}");
        // The connection that belongs to no pool is made in the same way.
        assert_eq!(db::connect_dedicated(&settings).await.is_ok(), encrypted.is_ok(), "{host} {mode}");
    }
    cluster.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_file_without_an_authority_is_named() {
    let not_one = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let url = "postgresql://callbackd@localhost/callbackd?sslmode=verify-full";
    let error = Db::connect(&db::Settings { ca_file: Some(not_one), ..settings(url) }).await.unwrap_err();
    assert!(error.to_string().contains("Cargo.toml"), "{error}");
}

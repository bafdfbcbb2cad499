//! Sources that admins have added, at a start while the database is away: what was last known of them is received with,
//! and what no longer holds is said.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::fault_spool::{borrowed, files, settings};
use crate::support::app::{TestApp, TestProcess};
use crate::support::chaos::ChaosProxy;
use crate::support::eventually;
use crate::support::postgres::TestDatabase;
use crate::support::site::{Site, signature};

const SOURCES: &str = "/api/admin/sources";
const SECRET: &str = "what partners sign with";

/// A database that can be away, and the folder of a spool.
struct Place {
    database: Arc<TestDatabase>,
    proxy: ChaosProxy,
    spool: TempDir,
}

impl Place {
    async fn new() -> Self {
        let (database, proxy) = (Arc::new(TestDatabase::new().await), ChaosProxy::before_postgres().await);
        Self { database, proxy, spool: tempfile::tempdir().expect("a folder") }
    }

    fn settings(&self, key: u8) -> Vec<(String, String)> {
        let mut settings = settings(self.spool.path());
        settings.push(("DATABASE_URL".to_owned(), self.proxy.database_url(self.database.name())));
        settings.push(("CALLBACKD_SECRETS_KEY".to_owned(), format!("{key:02x}").repeat(32)));
        settings
    }

    async fn process(&self, key: u8) -> TestProcess {
        TestProcess::beside(&self.database, &borrowed(&self.settings(key))).await
    }

    /// Another node of the same key, which reaches the database.
    async fn elsewhere(&self) -> TestApp {
        let key = "01".repeat(32);
        TestApp::beside(&self.database, &[("CALLBACKD_SECRETS_KEY", &key)]).await
    }

    /// A life in which an admin adds these sources, and then the database goes away.
    async fn lived(&self, names: &[&str]) {
        let mut process = self.process(1).await;
        let admin = process.admin().await;
        for name in names {
            let settings = json!({"preset": "llm", "path": format!("/api/webhooks/{name}")});
            let new = json!({"name": name, "settings": settings, "secret": SECRET});
            assert_eq!(process.post(&admin, SOURCES, &new).await.status, 201);
        }
        self.proxy.refuse();
        process.kill().await;
    }

    fn copy(&self) -> PathBuf {
        self.spool.path().join("sources")
    }
}

/// The status that a callback of such a source is answered.
async fn send(site: &Site, source: &str, job: &str, secret: &str) -> u16 {
    let body = json!({"job_id": job, "event": "workflow.completed"}).to_string();
    let request = site.request(Method::POST, &format!("/api/webhooks/{source}"));
    let request = request.header("X-Webhook-Signature", signature(secret, body.as_bytes()));
    site.ask(request.body(body)).await.status
}

async fn is_whole(process: &TestProcess) {
    eventually("it is whole", async || {
        process.ask(process.request(Method::GET, "/readyz")).await.status == 200
    })
    .await;
}

async fn alerts(process: &TestProcess) -> Vec<Value> {
    let system = process.get(&process.admin().await, "/api/admin/system").await;
    system.json["alerts"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn a_server_started_in_an_outage_receives_with_what_it_last_knew() {
    let place = Place::new().await;
    place.lived(&["partner"]).await;
    let copy = fs::read_to_string(place.copy()).expect("it was written");
    assert!(copy.contains("partner") && !copy.contains(SECRET), "sealed: {copy}");
    let process = place.process(1).await;
    assert_eq!(send(&process, "partner", "in the outage", SECRET).await, 202);
    assert_eq!(send(&process, "partner", "forged", "another").await, 401);
    assert_eq!(send(&process, "unknown", "x", SECRET).await, 503, "it may have been added elsewhere");
    place.proxy.resume();
    is_whole(&process).await;
    eventually("nothing is left in the spool", async || files(place.spool.path()).is_empty()).await;
    let sql =
        "select callback_id, source, signature_valid from llm_callbacks where callback_id = 'in the outage'";
    let row = process.client.query_one(sql, &[]).await.expect("it was stored");
    assert_eq!((row.get(0), row.get(1), row.get(2)), ("in the outage", "partner", true));
    let alerts = alerts(&process).await;
    assert!(alerts.iter().all(|alert| alert["kind"] == "spool"), "all of it still holds: {alerts:?}");
}

#[tokio::test]
async fn what_no_longer_held_in_the_outage_is_said_when_the_database_is_back() {
    let place = Place::new().await;
    place.lived(&["kept", "removed", "revoked", "rotated", "turned-off"]).await;
    let other = place.elsewhere().await;
    let admin = other.admin().await;
    assert_eq!(other.delete(&admin, &format!("{SOURCES}/removed")).await.status, 204);
    let sql = "select id::text from source_secrets where source = 'revoked'";
    let id: String = other.client.query_one(sql, &[]).await.expect("one").get(0);
    let revoked = other.delete(&admin, &format!("{SOURCES}/revoked/secrets/{id}")).await;
    assert_eq!(revoked.status, 204);
    // One that is rotated still lets everybody in.
    let second = other.post(&admin, &format!("{SOURCES}/rotated/secrets"), &json!({})).await;
    assert_eq!(second.status, 201);
    let off = json!({
        "version": 1, "enabled": false,
        "settings": {"preset": "llm", "path": "/api/webhooks/turned-off"},
    });
    let request = other.request(Method::PUT, &format!("{SOURCES}/turned-off"));
    assert_eq!(other.ask(request.bearer_auth(&admin).json(&off)).await.status, 200);

    let process = place.process(1).await;
    assert_eq!(send(&process, "revoked", "by an old secret", SECRET).await, 202, "it cannot know");
    place.proxy.resume();
    is_whole(&process).await;
    let alerts = alerts(&process).await;
    let outdated = alerts.iter().find(|alert| alert["kind"] == "sources_outdated");
    let detail = outdated.and_then(|alert| alert["detail"].as_str()).expect("it is told");
    assert!(detail.contains("meanwhile removed, revoked, turned-off had been"), "{detail}");
    assert_eq!(send(&process, "revoked", "late", SECRET).await, 404, "it is known now");
}

#[tokio::test]
async fn what_cannot_be_used_of_it_is_said_and_the_server_starts() {
    let place = Place::new().await;
    place.lived(&["partner"]).await;
    let whole = fs::read_to_string(place.copy()).expect("it was written");
    for (text, said) in [
        (whole.replacen("partner", "pirates", 1), "its checksum is wrong"),
        (whole.replacen(" v1 ", " v9 ", 1), "written by another version of callbackd: its format is v9"),
        ("[]".to_owned(), "not a file of callbackd's"),
    ] {
        fs::write(place.copy(), text).expect("it can be written");
        let mut process = place.process(1).await;
        assert!(process.log().contains(said), "{said}: {}", process.log());
        assert_eq!(send(&process, "partner", "x", SECRET).await, 503, "it may be good later");
        let configured = process.deliver(crate::support::site::llm("workflow.completed", said)).await;
        assert_eq!(configured.status, 202, "{configured:?}");
        process.kill().await;
    }
    fs::write(place.copy(), whole).expect("it can be written");
    let process = place.process(2).await;
    let log = process.log();
    assert!(log.contains("neither secrets_key nor secrets_key_previous"), "{log}");
    assert_eq!(send(&process, "partner", "x", SECRET).await, 503);
}

#[tokio::test]
async fn a_disk_that_takes_no_copy_is_told_and_tried_again() {
    let place = Place::new().await;
    place.proxy.resume();
    let process = place.process(1).await;
    // Nothing can be put in its place.
    let _ = fs::remove_file(place.copy());
    fs::create_dir_all(place.copy().join("occupied")).expect("it is ours");
    let admin = process.admin().await;
    let settings = json!({"preset": "llm", "path": "/api/webhooks/partner"});
    let new = json!({"name": "partner", "settings": settings, "secret": SECRET});
    assert_eq!(process.post(&admin, SOURCES, &new).await.status, 201, "it is in the database");
    assert_eq!(alerts(&process).await[0]["kind"], "sources_not_copied");
    fs::remove_dir_all(place.copy()).expect("it is ours");
    let second = process.post(&admin, &format!("{SOURCES}/partner/secrets"), &json!({})).await;
    assert_eq!(second.status, 201);
    assert_eq!(alerts(&process).await, Vec::<Value>::new());
    assert!(fs::read_to_string(place.copy()).expect("it was written").contains("partner"));
}

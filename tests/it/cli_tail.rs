//! `callbackd tail`, the real program beside a real server: nothing missed, nothing twice, whatever happens between.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::Value;

use crate::support::app::{TestApp, TestProcess};
use crate::support::chaos::{ChaosProxy, Upstream};
use crate::support::eventually;
use crate::support::program::run;
use crate::support::rows::{NewRow, store};
use crate::support::running::Running;
use crate::support::site::{Site, llm};

fn tail(url: &str, token: &str, flags: &str) -> Running {
    let line = format!("tail --url {url} {flags}");
    Running::start(&line, &[("CALLBACKD_TOKEN", token)], Path::new("/tmp"))
}

fn numbered(from: usize, to: usize) -> Vec<NewRow> {
    (from..to).map(|number| NewRow::new(&format!("job-{number}"))).collect()
}

/// The callback ids of lines as `--json` prints them.
fn ids(lines: &[String]) -> Vec<String> {
    let id = |line: &String| {
        let item: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        item["callbackId"].as_str().expect("a callback id").to_owned()
    };
    lines.iter().map(id).collect()
}

fn expected(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("job-{number}")).collect()
}

#[tokio::test]
async fn a_server_that_is_killed_and_started_again_costs_no_callback() {
    let mut server = TestProcess::start(&[]).await;
    let token = server.admin().await;
    let following = tail(&server.url(""), &token, "--json --after 0");
    store(&server.client, &numbered(0, 20)).await;
    following.lines(20).await;
    server.kill().await;
    following.says("trying again until it works").await;
    store(&server.client, &numbered(20, 50)).await;

    let address = server.address.to_string();
    let again = TestProcess::beside(&server.database, &[("CALLBACKD_LISTEN", &address)]).await;
    following.says("the last 30 callbacks came meanwhile").await;
    store(&again.client, &numbered(50, 60)).await;
    let lines = following.lines(60).await;
    assert_eq!(ids(&lines), expected(60), "each once, in order");
}

#[tokio::test]
async fn connections_that_are_cut_again_and_again_cost_nothing_either() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let proxy = ChaosProxy::start(Upstream::Tcp(app.address)).await;
    let following = tail(&format!("http://{}", proxy.address()), &token, "--json --after 0");
    for round in 0..6 {
        store(&app.client, &numbered(round * 50, round * 50 + 50)).await;
        // It is cut somewhere in the middle of what was just stored.
        following.lines(round * 50 + 1).await;
        proxy.cut();
    }
    let lines = following.lines(300).await;
    assert_eq!(ids(&lines), expected(300));
}

#[tokio::test]
async fn without_a_cursor_it_begins_now_and_a_terminal_gets_a_line_for_each() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    app.store(llm("workflow.completed", "before")).await;
    let mut following = tail(&app.url(""), &token, "");
    following.says("following http://").await;
    app.store(llm("workflow.failed", "after")).await;
    let lines = following.lines(1).await;
    let line = &lines[0];
    assert!(line.contains(" ✗ llm        workflow.failed ") && line.contains(" after  "), "{line}");
    assert!(!line.contains('\u{1b}'), "no colours in a pipe: {line}");
    following.interrupt();
    assert_eq!((following.ended().await, following.out().len()), (0, 1));
}

#[tokio::test]
async fn it_is_narrowed_on_the_server_and_begins_at_a_time() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    store(&app.client, &[NewRow::new("old")]).await;
    let sql = "update llm_callbacks set created_at = created_at - interval '1 hour'";
    app.client.execute(sql, &[]).await.expect("it can be made older");
    let failed = |id: &str| NewRow { status: "error", ..NewRow::new(id) };
    store(&app.client, &[failed("failed"), NewRow::new("well"), NewRow::reject("forged")]).await;
    for (flags, wanted) in [
        ("--after 10m", vec!["failed", "well", "forged"]),
        ("--after 0 --status error", vec!["failed"]),
        ("--after 0 --signature invalid", vec!["forged"]),
        ("--after 0 --job old --workflow summarise --source llm --event workflow.completed", vec!["old"]),
    ] {
        let following = tail(&app.url(""), &token, &format!("--json {flags}"));
        following.says("following").await;
        let lines = following.lines(wanted.len()).await;
        assert_eq!(ids(&lines), wanted, "{flags}");
    }
}

#[tokio::test]
async fn whoever_is_not_let_in_is_told_why() {
    let app = TestApp::start().await;
    let url = app.url("");
    let member = crate::support::rows::person(&app.client, "MEMBER").await;
    let member = crate::support::rows::token(&app.client, member).await;
    let known = format!("cbd_{}", "x".repeat(43));
    for (token, flags, code, text) in [
        (known.as_str(), "", 1, "refused the API token"),
        (&member, "", 1, "does not let this token in"),
        ("", "", 1, "set CALLBACKD_TOKEN"),
        (&known, "--after yesterday", 2, "must be a cursor such as 4711"),
        (&known, "--status done", 2, "[possible values: received, processed, error]"),
        (&known, "--url ftp://nowhere", 2, "must be an http or https address"),
    ] {
        let at = if flags.contains("--url") { String::new() } else { format!("--url {url} ") };
        let ended = run(&format!("tail {at}{flags}"), &[("CALLBACKD_TOKEN", token)]).await;
        assert!(ended.code == code && ended.stderr.contains(text), "{flags:?}: {ended:?}");
        assert!(token.is_empty() || !ended.stderr.contains(token), "{ended:?}");
    }
}

#[tokio::test]
async fn a_token_that_is_revoked_ends_it() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let mut following = tail(&app.url(""), &token, "");
    following.says("following").await;
    let tokens = app.get(&token, "/api/auth/tokens").await;
    let id = tokens.json["tokens"][0]["id"].as_str().expect("one token").to_owned();
    assert_eq!(app.delete(&token, &format!("/api/auth/tokens/{id}")).await.status, 204);
    assert_eq!(following.ended().await, 1);
    assert!(following.err().contains("the API token was revoked"), "{}", following.err());
}

#[tokio::test]
async fn whoever_has_read_enough_ends_it_without_a_word() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let mut following = tail(&app.url(""), &token, "--json");
    following.says("following").await;
    let said = following.err();
    following.close_out();
    // Nothing comes that it would have to write.
    assert_eq!(following.ended().await, 0);
    assert_eq!(following.err(), said);
}

#[tokio::test]
async fn what_a_terminal_would_obey_never_reaches_it() {
    let app = TestApp::start().await;
    let token = app.admin().await;
    let hostile = "\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}\u{2066}\u{7f}";
    let row = NewRow {
        workflow: Some(hostile.to_owned()),
        payload: Some("{}".to_owned()),
        preview: hostile.to_owned(),
        ..NewRow::new(&format!("job {hostile}"))
    };
    store(&app.client, &[row]).await;
    for flags in ["--after 0", "--after 0 --json"] {
        let lines = tail(&app.url(""), &token, flags).lines(1).await;
        let obeyed = lines[0].chars().find(|c| c.is_control() || ('\u{202a}'..='\u{2069}').contains(c));
        assert_eq!(obeyed, None, "{flags}: {lines:?}");
    }
}

#[tokio::test]
async fn beside_a_development_server_nothing_has_to_be_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Running::start("serve --listen 127.0.0.1:0", &[], folder.path());
    let ready = folder.path().join(".callbackd/ready.json");
    eventually(&format!("it is ready: {}", server.err()), async || ready.exists()).await;
    let sent = Running::start("send", &[], folder.path()).ended().await;
    assert_eq!(sent, 0);
    let first = Running::start("tail --after 0 --json", &[], folder.path());
    first.lines(1).await;
    let token = folder.path().join(".callbackd/token");
    let made = std::fs::read_to_string(&token).expect("a token is kept");
    let rights = std::fs::metadata(&token).expect("it is there").permissions().mode();
    assert_eq!(rights & 0o777, 0o600);

    let second = Running::start("tail --after 0 --json", &[], folder.path());
    second.lines(1).await;
    assert_eq!(std::fs::read_to_string(&token).expect("it is there"), made, "one is enough");
    // One that was revoked, or is of a database that is gone, is made anew.
    std::fs::write(&token, format!("cbd_{}", "x".repeat(43))).expect("it can be written");
    Running::start("tail --after 0 --json", &[], folder.path()).lines(1).await;
    server.interrupt();
    assert_eq!(server.ended().await, 0);
}

#[tokio::test]
async fn a_server_that_is_not_there_yet_is_waited_for() {
    let first = TestApp::start().await;
    let (token, address) = (first.admin().await, first.address.to_string());
    let database = first.database.clone();
    first.stop().await.expect("it stops");
    let following = tail(&format!("http://{address}"), &token, "--json --after 0");
    following.says("no server answers at http://").await;
    let app = TestApp::beside(&database, &[("CALLBACKD_LISTEN", &address)]).await;
    let site: &Site = &app;
    site.store(llm("workflow.completed", "first")).await;
    assert_eq!(ids(&following.lines(1).await), ["first"]);
}

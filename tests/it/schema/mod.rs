//! The document of the API against a real server: schemathesis makes requests of it, right ones and wrong ones, and
//! holds every answer to what is documented.
//!
//! `make schema` runs it, and `make test` with it, for as many examples as are named here; for longer:
//! `make schema SCHEMA_EXAMPLES=500 SCHEMA_SEED=1`.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use crate::support::app::TestProcess;
use crate::support::rows::{self, NewRow};
use crate::support::site::{SIGNATURE, llm};

/// Requests of each operation, beside those that its document's examples and limits suggest.
const EXAMPLES: &str = "8";
const SEED: &str = "4";

/// Above what so many examples take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(5);

/// What says more about how documents are written than about the server: a rule over two members cannot be said in one.
/// Who is let in is tried by `access`; the checker would send a good token beside its bad cookie.
const NOT_CHECKED: &str = "positive_data_acceptance,ignored_auth";

/// Those that a program with an API token is refused.
const IN_PERSON: [&str; 5] = ["createToken", "changePassword", "login", "loginByLink", "exchange"];

#[tokio::test]
#[ignore = "make schema runs it"]
async fn every_answer_is_one_that_the_document_says() {
    let process = TestProcess::start(&[
        ("WEBHOOK_SECRET", "secret-of-reports"),
        ("CALLBACKD_REQUESTS_PER_MINUTE", "10000000"),
        ("CALLBACKD_STREAMS_PER_ADMIN_MAX", "10000"),
        // Streams are asked for as well, and must end.
        ("CALLBACKD_STREAM_MAX_AGE", "100ms"),
        ("CALLBACKD_REPLAY_URLS", "http://127.0.0.1:9/"),
        ("CALLBACKD_SECRETS_KEY", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
    ])
    .await;
    let folder = tempfile::tempdir().expect("a folder can be made");

    let stored = process.store(llm("workflow.completed", "kept")).await;
    let rejected = process.send(llm("workflow.failed", "rejected"), &[(SIGNATURE, "sha256=00")]).await;
    assert_eq!(rejected.status, 401);
    let admin = process.admin().await;
    configure(folder.path(), stored["id"].as_str().expect("an id"));
    let as_admin = ["--exclude-path-regex", "^/api/me/callbacks"];
    check(&process, folder.path(), &format!("Authorization: Bearer {admin}"), &as_admin).await;

    let member = rows::person(&process.client, "MEMBER").await;
    let own = rows::store(&process.client, &[NewRow::new("own").owned_by(member)]).await;
    configure(folder.path(), &own[0].id.to_string());
    let token = rows::token(&process.client, member).await;
    let as_member = ["--include-path-regex", "^/api/me/callbacks"];
    check(&process, folder.path(), &format!("Authorization: Bearer {token}"), &as_member).await;

    let session = rows::session(&process.client, member, 3600.0).await;
    let in_person = IN_PERSON.map(|id| ["--include-operation-id", id]).concat();
    check(&process, folder.path(), &format!("Cookie: callbackd_session={session}"), &in_person).await;

    let log = process.log();
    let failures: Vec<&str> = log.lines().filter(|line| line.contains("\"ERROR\"")).collect();
    assert!(failures.is_empty(), "{failures:#?}");
}

/// Runs the checker over some of the operations, as somebody.
async fn check(process: &TestProcess, folder: &Path, credential: &str, operations: &[&str]) {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join(".tools/venv/bin/schemathesis");
    assert!(program.is_file(), "schemathesis is missing: `make schema` installs it");
    let chosen = |name, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
    let running = Command::new(program)
        .arg("run")
        .arg(process.url("/openapi.json"))
        .args(["--header", credential, "--exclude-checks", NOT_CHECKED])
        .args(["--phases", "examples,coverage,fuzzing", "--workers", "1", "--warnings", "off"])
        .args([
            "--max-examples",
            &chosen("SCHEMA_EXAMPLES", EXAMPLES),
            "--seed",
            &chosen("SCHEMA_SEED", SEED),
        ])
        .args(["--continue-on-failure", "--request-timeout", "10"])
        .args(operations)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(PATIENCE, running).await.expect("it ends in time");
    let output = output.expect("it can be run");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("passed"), "something was tried: {said}");
}

/// The checker finds its settings in its folder. Requests about one callback are about one that is there, so that what
/// they are answered is seen as well.
fn configure(folder: &Path, callback: &str) {
    let hooks = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/schema/hooks.py");
    let operations = [
        "callbackDetail",
        "callbackRaw",
        "callbackAttempts",
        "reportAttempt",
        "replayCallback",
        "verifyCallback",
        "acceptCallback",
        "ownCallbackDetail",
        "ownCallbackRaw",
    ];
    let about = operations.map(|id| {
        format!("[[operations]]\ninclude-operation-id = \"{id}\"\nparameters = {{ \"path.id\" = \"{callback}\" }}\n")
    });
    let settings = format!("hooks = {:?}\n\n{}", hooks.display().to_string(), about.join("\n"));
    std::fs::write(folder.join("schemathesis.toml"), settings).expect("it can be written");
}

//! `callbackd export`: files and pipes, beside a running server.

use std::fs;

use crate::support::app::TestApp;
use crate::support::program::{Program, run};
use crate::support::rows::{NewRow, store};

async fn export(app: &TestApp, flags: &str) -> Program {
    run(&format!("export {flags}"), &[("DATABASE_URL", &app.database.url())]).await
}

#[tokio::test]
async fn a_file_is_written_as_its_name_says_and_replaces_the_old_one_whole() {
    let app = TestApp::start().await;
    let failed = NewRow { status: "error", ..NewRow::new("failed") };
    store(&app.client, &[NewRow::new("first"), failed, NewRow::reject("forged")]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("all.csv"), "old").expect("it can be written");

    let wrote = export(&app, &format!("--output {}", path("all.csv"))).await;
    assert_eq!((wrote.code, wrote.stdout.as_str()), (0, ""), "{wrote:?}");
    assert!(wrote.stderr.starts_with("exported 3 callbacks ("), "{wrote:?}");
    let file = fs::read_to_string(path("all.csv")).expect("it is there");
    assert!(file.starts_with("id,cursor,") && file.lines().count() == 4, "{file}");

    let wrote = export(&app, &format!("--status error --payload=false -o {}", path("failed.json"))).await;
    assert_eq!(wrote.code, 0, "{wrote:?}");
    let file = fs::read_to_string(path("failed.json")).expect("it is there");
    let file: Vec<serde_json::Value> = serde_json::from_str(&file).expect("an array");
    assert_eq!((file.len(), &file[0]["callbackId"], file[0].get("payload")), (1, &"failed".into(), None));
    let names: Vec<_> =
        fs::read_dir(folder.path()).expect("a folder").map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "nothing is left aside: {names:?}");
}

#[tokio::test]
async fn standard_output_is_for_programs_that_read_as_they_go() {
    let app = TestApp::start().await;
    store(&app.client, &[NewRow::new("one"), NewRow::reject("two")]).await;
    let wrote = export(&app, "--signature valid --from 2020-01-01T00:00:00Z --q one").await;
    assert_eq!(wrote.code, 0, "{wrote:?}");
    let line: serde_json::Value = serde_json::from_str(&wrote.stdout).expect("one object");
    assert_eq!((&line["callbackId"], &line["payload"]["job_id"]), (&"one".into(), &"one".into()));
    let id = line["id"].as_str().expect("a uuid");
    let wrote = export(&app, &format!("--format csv --bom --ids {id}")).await;
    assert!(wrote.stdout.starts_with("\u{feff}id,") && wrote.stdout.lines().count() == 2, "{wrote:?}");
}

#[tokio::test]
async fn a_wrong_flag_is_2_and_a_failure_is_1_and_leaves_no_file() {
    let app = TestApp::start().await;
    for flags in ["--format xlsx", "--from yesterday", "--status done", "--ids x", "--payload=maybe"] {
        let refused = export(&app, flags).await;
        assert_eq!(refused.code, 2, "{flags}: {refused:?}");
    }
    let refused = export(&app, "--output /nowhere/at/all.csv").await;
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.stderr.contains("/nowhere/at/all.csv.part"), "{refused:?}");

    store(&app.client, &[NewRow::new("one")]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("all.csv").display().to_string();
    app.client.batch_execute("alter table llm_callbacks rename to gone").await.expect("it can be renamed");
    let broken = export(&app, &format!("--output {path}")).await;
    assert_eq!(broken.code, 1, "{broken:?}");
    assert!(broken.stderr.contains("the export is incomplete and was not kept"), "{broken:?}");
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
    let broken = export(&app, "--format json").await;
    assert!(broken.code == 1 && broken.stdout.contains("EXPORT INCOMPLETE"), "{broken:?}");
}

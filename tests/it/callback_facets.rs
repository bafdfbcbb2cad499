//! What there is to filter by, and that asking for it does not depend on the number of rows.

use serde_json::{Value, json};

use crate::support::inbox::{ADMIN, Inbox, MEMBER};
use crate::support::rows::{NewRow, store};

fn row(source: &'static str, workflow: Option<&str>, event: &'static str) -> NewRow {
    NewRow { source, workflow: workflow.map(str::to_owned), event, ..NewRow::new("job") }
}

#[tokio::test]
async fn an_admin_is_told_every_value_once_and_nothing_that_a_stranger_made_up() {
    let inbox = Inbox::start().await;
    let admin = inbox.admin().await;
    let path = format!("{ADMIN}/facets");
    let nothing = json!({ "sources": [], "workflows": [], "events": [] });
    assert_eq!(inbox.json(&admin, &path).await, nothing);

    let rows = [
        row("llm", Some("translate"), "workflow.completed"),
        row("llm", Some("summarise"), "workflow.failed"),
        row("llm", None, "workflow.completed"),
        row("stepper", Some(""), "report_completed"),
        row("llm", Some("deleted"), "deleted"),
        NewRow {
            source: "github",
            event: "made up",
            workflow: Some("a stranger's".into()),
            ..NewRow::reject("x")
        },
        // Accepted without a signature, where no secret is set: not rejected.
        NewRow { valid: false, ..row("llm", Some("unsigned"), "workflow.failed") },
    ];
    let stored = store(&inbox.client, &rows).await;
    inbox.store.delete(&[stored[4].id]).await.unwrap();
    let expected = json!({
        "sources": ["github", "llm", "stepper"],
        "workflows": ["summarise", "translate", "unsigned"],
        "events": ["report_completed", "workflow.completed", "workflow.failed"],
    });
    assert_eq!(inbox.json(&admin, &path).await, expected);
}

#[tokio::test]
async fn a_member_is_told_only_of_their_own() {
    let inbox = Inbox::start().await;
    let (member, other) = (inbox.member().await, inbox.member().await);
    let rows = [
        row("llm", Some("translate"), "workflow.completed").owned_by(member.id),
        row("stepper", None, "report_completed").owned_by(member.id),
        row("openai", Some("another's"), "response.completed").owned_by(other.id),
        row("openai", Some("nobody's"), "response.completed"),
        NewRow { workflow: Some("forged".into()), ..NewRow::reject("x").owned_by(member.id) },
    ];
    store(&inbox.client, &rows).await;
    let expected = json!({
        "sources": ["llm", "stepper"],
        "workflows": ["translate"],
        "events": ["report_completed", "workflow.completed"],
    });
    assert_eq!(inbox.json(&member, &format!("{MEMBER}/facets")).await, expected);
}

#[tokio::test]
async fn no_more_than_two_hundred_values_are_told() {
    let inbox = Inbox::start().await;
    let (admin, member) = (inbox.admin().await, inbox.member().await);
    let names = (0..250).map(|number| format!("workflow-{number:03}"));
    let rows: Vec<_> =
        names.map(|name| row("llm", Some(&name), "workflow.completed").owned_by(member.id)).collect();
    store(&inbox.client, &rows).await;
    for (caller, path) in [(&admin, format!("{ADMIN}/facets")), (&member, format!("{MEMBER}/facets"))] {
        let workflows = inbox.json(caller, &path).await["workflows"].clone();
        let workflows = workflows.as_array().unwrap();
        assert_eq!(
            (workflows.len(), &workflows[0], &workflows[199]),
            (200, &json!("workflow-000"), &json!("workflow-199"))
        );
    }
}

/// The plan touches a row for each value, not the thousands that have it.
#[tokio::test]
async fn values_are_found_by_jumping_through_an_index() {
    let inbox = Inbox::start().await;
    for _ in 0..5 {
        let name = |number: usize| format!("workflow-{}", number % 10);
        let rows: Vec<_> = (0..1_000).map(|number| row("llm", Some(&name(number)), "step")).collect();
        store(&inbox.client, &rows).await;
    }
    inbox.client.batch_execute("analyze llm_callbacks").await.unwrap();
    let sql = include_str!("../../sql/queries/callback/facets.sql").replace("$1", "200");
    let sql = format!("explain (analyze, format json) {sql}");
    let plan: Value = inbox.client.query_one(&sql, &[]).await.unwrap().get(0);
    let touched = touched(&plan[0]["Plan"]);
    assert!((12.0..50.0).contains(&touched), "{touched} rows\n{plan:#}");
}

/// How many rows of the table the plan has read, in all its loops.
fn touched(node: &Value) -> f64 {
    let figure = |name: &str| node[name].as_f64().expect("a plan that was run has figures");
    let reads = node["Relation Name"] == "llm_callbacks";
    let own = if reads { figure("Actual Rows") * figure("Actual Loops") } else { 0.0 };
    own + node["Plans"].as_array().into_iter().flatten().map(touched).sum::<f64>()
}

//! What members may see: verified callbacks of their own, and nothing that tells of any other.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::inbox::{ADMIN, Inbox, MEMBER, column, refusal};
use crate::support::rows::{NewRow, store};

#[tokio::test]
async fn a_member_sees_verified_callbacks_of_their_own_and_nothing_else() {
    let inbox = Inbox::start().await;
    let (member, other) = (inbox.member().await, inbox.member().await);
    let rows = [
        NewRow::new("job").owned_by(member.id),
        NewRow::new("job").owned_by(other.id),
        NewRow::reject("job").owned_by(member.id),
        NewRow::new("job"),
        NewRow::new("job").owned_by(member.id),
    ];
    let stored = store(&inbox.client, &rows).await;
    let ids = |places: &[usize]| places.iter().map(|place| stored[*place].id.to_string()).collect::<Vec<_>>();

    let history = inbox.json(&member, &format!("{MEMBER}/history")).await;
    assert_eq!(column(&history["callbacks"], "id"), ids(&[4, 0]));
    let rejects = inbox.json(&member, &format!("{MEMBER}/history?signature=invalid")).await;
    assert_eq!(rejects["callbacks"], json!([]));
    let check = inbox.json(&member, &format!("{MEMBER}/check")).await;
    assert_eq!(column(&check["items"], "id"), ids(&[0, 4]));
    let detail = inbox.json(&member, &format!("{MEMBER}/{}", stored[0].id)).await;
    assert_eq!(column(&detail["job"], "id"), ids(&[0, 4]));
    assert_eq!(inbox.json(&member, &format!("{MEMBER}/unviewed-count")).await, json!({ "count": 2 }));
    assert_eq!(inbox.get(&member, &format!("{MEMBER}/{}/raw", stored[0].id)).await.status(), 200);

    for hidden in &stored[1..4] {
        for path in [format!("{MEMBER}/{}", hidden.id), format!("{MEMBER}/{}/raw", hidden.id)] {
            assert_eq!(refusal(inbox.get(&member, &path).await).await.0, 404, "{path}");
        }
        let mark = inbox.post(&member, &format!("{MEMBER}/mark-viewed"), &json!({ "id": hidden.id })).await;
        assert_eq!(refusal(mark).await.0, 404);
    }
}

#[tokio::test]
async fn a_member_marks_their_own_and_leaves_others_alone() {
    let inbox = Inbox::start().await;
    let member = inbox.member().await;
    let rows = [NewRow::new("a").owned_by(member.id), NewRow::new("b"), NewRow::new("c").owned_by(member.id)];
    let stored = store(&inbox.client, &rows).await;
    let mark = async |body: Value| {
        let answer = inbox.post(&member, &format!("{MEMBER}/mark-viewed"), &body).await;
        answer.json::<Value>().await.unwrap()["unviewedCount"].clone()
    };
    assert_eq!(mark(json!({ "ids": stored.iter().map(|row| row.id).collect::<Vec<_>>() })).await, 0);
    let kept = inbox.client.query_one("select count(*) from llm_callback_views", &[]).await.unwrap();
    assert_eq!(kept.get::<_, i64>(0), 2);
    store(&inbox.client, &[NewRow::new("d").owned_by(member.id)]).await;
    assert_eq!(mark(json!({ "through": stored[2].seq.to_string() })).await, 1);
}

#[tokio::test]
async fn nobody_enters_by_the_wrong_door() {
    let inbox = Inbox::start().await;
    let (admin, member) = (inbox.admin().await, inbox.member().await);
    let stored = store(&inbox.client, &[NewRow::new("a").owned_by(member.id)]).await;
    let id = stored[0].id;
    let paths = ["history", "facets", "check", "unviewed-count", &id.to_string(), &format!("{id}/raw")];
    for path in paths {
        let answer = refusal(inbox.get(&member, &format!("{ADMIN}/{path}")).await).await;
        assert_eq!(answer.0, 403, "{path}");
        let answer = refusal(inbox.get(&admin, &format!("{MEMBER}/{path}")).await).await;
        assert_eq!(answer.0, 403, "{path}");
        for base in [ADMIN, MEMBER] {
            let open = inbox.request(Method::GET, &format!("{base}/{path}")).send().await.unwrap();
            assert_eq!(refusal(open).await.0, 401, "{base}/{path}");
        }
    }
    assert_eq!(refusal(inbox.get(&member, &format!("{ADMIN}/invalid-signature-count")).await).await.0, 403);
    assert_eq!(refusal(inbox.delete(&member, &format!("{ADMIN}/{id}")).await).await.0, 403);
    let many = inbox.post(&member, &format!("{ADMIN}/delete"), &json!({ "ids": [id] })).await;
    assert_eq!(refusal(many).await.0, 403);
    assert_eq!(inbox.delete(&member, &format!("{MEMBER}/{id}")).await.status(), 405);
}

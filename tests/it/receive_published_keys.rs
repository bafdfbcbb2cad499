//! A source whose service publishes its keys: kept, asked for again when none fits, and never a 401 while they are away.

use callbackd::source::Source;
use callbackd::source::scheme::Envelope;
use chrono::Utc;
use reqwest::Method;

use crate::support::app::TestApp;
use crate::support::publisher::{Publisher, fal, keys};
use crate::support::site::Answer;

async fn deliver(app: &TestApp, source: &Source, job: &str) -> Answer {
    let body = format!(r#"{{"request_id":"{job}","status":"OK"}}"#);
    let secret = source.secrets.first().expect("it has one");
    let headers = source.scheme.sign(secret, Envelope { id: job, at: Utc::now() }, body.as_bytes());
    let request = app.request(Method::POST, &source.path).body(body);
    let request = headers.iter().fold(request, |request, header| request.header(&header.name, &header.value));
    app.ask(request).await
}

#[tokio::test]
async fn published_keys_are_kept_and_asked_for_once_more_when_none_fits() {
    let publisher = Publisher::start(Some(keys(&[1, 2]))).await;
    let app = publisher.app().await;
    for (job, number) in [("a", 1), ("b", 2), ("c", 1)] {
        assert_eq!(deliver(&app, &fal(number), job).await.status, 200, "{job}");
    }
    assert_eq!(publisher.asked(), 1, "they are kept");

    for job in ["d", "e", "f"] {
        assert_eq!(deliver(&app, &fal(9), job).await.problem(), (401, "Invalid signature"), "{job}");
    }
    assert_eq!(publisher.asked(), 1, "whoever forges cannot make the server ask");
    let missing = app.ask(app.request(Method::POST, "/api/webhooks/fal").body("{}")).await;
    assert_eq!(missing.problem(), (401, "Missing signature header"));
}

#[tokio::test]
async fn a_new_key_is_found_although_older_ones_are_kept() {
    let publisher = Publisher::start(Some(keys(&[1]))).await;
    let app = publisher.app().await;
    assert_eq!(deliver(&app, &fal(1), "a").await.status, 200);
    publisher.publish(Some(keys(&[2])));
    tokio::time::pause();
    tokio::time::advance(std::time::Duration::from_secs(11)).await;
    tokio::time::resume();
    assert_eq!(deliver(&app, &fal(2), "b").await.status, 200);
    assert_eq!(publisher.asked(), 2);
    assert_eq!(deliver(&app, &fal(1), "c").await.status, 401, "one that is withdrawn ends");
}

#[tokio::test]
async fn nobody_is_refused_for_keys_that_cannot_be_had() {
    let publisher = Publisher::start(None).await;
    let app = publisher.app().await;
    for job in ["a", "b"] {
        let answer = deliver(&app, &fal(1), job).await;
        assert_eq!(answer.problem(), (503, "Service unavailable"));
        assert_ne!(answer.header("retry-after"), "");
    }
    assert_eq!(publisher.asked(), 1, "asked again only after a while");
    let sql = "select count(*) from llm_callbacks";
    assert_eq!(app.client.query_one(sql, &[]).await.expect("a count").get::<_, i64>(0), 0);
}

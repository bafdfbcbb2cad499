//! Whether a server answers where these settings say that one is.

use std::time::Duration;

use super::finding::Finding;
use crate::{
    client,
    config::Config,
    development::{self, Ready},
};

const CHECK: &str = "server";
/// Of an answer that takes two seconds at most.
const WAIT: Duration = Duration::from_secs(5);

pub async fn examine(config: &Config) -> Finding {
    let running = config.development().then(|| Ready::read(&config.data_dir)).flatten();
    let url = running.map_or_else(|| development::local_url(config.listen), |ready| ready.url);
    match ask(&url).await {
        Err(error) => Finding::fail(CHECK, format!("{error:#}"), "correct the system's certificates"),
        Ok(None) => {
            Finding::warn(CHECK, format!("nobody answers at {url}"), "start it with `callbackd serve`")
        }
        Ok(Some((200, _))) => Finding::ok(CHECK, format!("{url} is ready")),
        Ok(Some((503, body))) => Finding::fail(
            CHECK,
            format!("{url} is not ready: {body}"),
            "see its log; what is missing stands in this answer",
        ),
        Ok(Some((status, _))) => Finding::warn(
            CHECK,
            format!("{url}/readyz answers {status}: that is no callbackd"),
            "listen elsewhere: another program has this port",
        ),
    }
}

/// Status and text of the answer; none when nobody answers.
async fn ask(url: &str) -> anyhow::Result<Option<(u16, String)>> {
    let client = client::builder()?.no_proxy().timeout(WAIT).build()?;
    let Ok(answer) = client.get(format!("{url}/readyz")).send().await else { return Ok(None) };
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap_or_default();
    Ok(Some((status, text.chars().take(200).collect())))
}

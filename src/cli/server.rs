//! The server that a command talks to over HTTP: where it is, and the token that lets the command in.
//!
//! With a development server nothing has to be said: its data folder tells the address, and whoever may read that folder
//! may read the database, so a token is made there once and kept beside it.

use std::path::Path;

use anyhow::{Context as _, bail};
use reqwest::StatusCode;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::place::Where;
use crate::{
    client,
    config::Config,
    db::Db,
    development::{self, Ready},
    session::{people, tokens},
};

/// Under which the token of the data folder stands among its owner's.
const TOKEN_NAME: &str = "callbackd tail";

/// The server that runs on this data folder, else the one that the settings describe.
pub fn known(config: &Config) -> anyhow::Result<Url> {
    let url = match (running(config), &config.public_url) {
        (Some(ready), _) => ready.url,
        (None, Some(url)) => url.clone(),
        (None, None) => development::local_url(config.listen),
    };
    Ok(url.parse()?)
}

/// The configured API token; for the server of this data folder one that is made if there is none.
pub async fn token(place: &Where, config: &Config, url: &Url) -> anyhow::Result<SecretString> {
    if let Some(token) = &config.token {
        return Ok(token.clone());
    }
    if !is_ours(config, url) {
        bail!(
            "an API token is needed: make one with `callbackd token create --email E --name tail` beside the server, \
             and set CALLBACKD_TOKEN (or CALLBACKD_TOKEN_FILE) to it"
        );
    }
    if let Some(token) = development::known_token(&config.data_dir)
        && !is_refused(url, &token).await?
    {
        return Ok(token);
    }
    let database = place.database().await?;
    let made = make_token(&database.db().await?, &config.data_dir).await;
    database.finish(made).await
}

async fn make_token(db: &Db, data_dir: &Path) -> anyhow::Result<SecretString> {
    let owner = people::oldest_admin(db).await?.context("there is no admin yet: start the server first")?;
    let name = tokens::Name::parse(TOKEN_NAME).expect("it is a line of text");
    let made = tokens::create(db, owner.id, &name).await?;
    let (_, token) = made.context("one person may have 100 tokens: revoke one first")?;
    development::keep_token(data_dir, token.expose_secret())?;
    Ok(token)
}

/// Whether the server knows the token no longer. One that does not answer has refused nothing.
async fn is_refused(url: &Url, token: &SecretString) -> anyhow::Result<bool> {
    let client = client::builder_for(url)?.timeout(ANSWER_WAIT).build()?;
    let asked = client.get(url.join("/api/auth/me")?).bearer_auth(token.expose_secret()).send().await;
    Ok(asked.is_ok_and(|answer| answer.status() == StatusCode::UNAUTHORIZED))
}

/// A server on this machine takes milliseconds.
const ANSWER_WAIT: std::time::Duration = std::time::Duration::from_secs(5);

/// Whether it is the server that runs on this data folder.
pub fn is_ours(config: &Config, url: &Url) -> bool {
    running(config).is_some_and(|ready| ready.url.parse().is_ok_and(|own: Url| own == *url))
}

fn running(config: &Config) -> Option<Ready> {
    config.development().then(|| Ready::read(&config.data_dir)).flatten()
}

/// An address as a flag gives it.
pub fn server_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.ok_or_else(|| "must be an http or https address, such as http://127.0.0.1:8080".to_owned())
}

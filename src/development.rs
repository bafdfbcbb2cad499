//! Development mode: what makes a first start need no configuration.
//!
//! A secret that is generated once, a sign-in link, a ready command, and a file that tells other programs (the
//! subcommand `send`, tests) where the server is. All of it lies in the data folder, for its owner alone.

use std::{
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    net::SocketAddr,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use crate::{config::SealKey, source::hex};

/// A running development server, as `ready.json` tells it. Written when it answers, removed when it stops.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ready {
    pub url: String,
    /// Works once, within ten minutes, on this machine.
    pub sign_in_url: String,
    pub pid: u32,
}

impl Ready {
    pub fn remember(&self, data_dir: &Path) -> anyhow::Result<()> {
        let text = serde_json::to_string_pretty(self)?;
        let path = ready_path(data_dir);
        // Written aside and renamed, so that whoever waits for it finds it whole.
        let aside = path.with_extension("new");
        let _ = fs::remove_file(&aside);
        write_private(&aside, &text)
            .and_then(|()| fs::rename(&aside, &path))
            .with_context(|| path.display().to_string())
    }

    pub fn read(data_dir: &Path) -> Option<Self> {
        serde_json::from_str(&fs::read_to_string(ready_path(data_dir)).ok()?).ok()
    }

    pub fn forget(data_dir: &Path) {
        let _ = fs::remove_file(ready_path(data_dir));
    }
}

fn ready_path(data_dir: &Path) -> PathBuf {
    data_dir.join("ready.json")
}

fn secret_path(data_dir: &Path) -> PathBuf {
    data_dir.join("llm_webhook_secret")
}

/// The secret of the source `llm`, made at the first start.
pub fn webhook_secret(data_dir: &Path) -> anyhow::Result<SecretString> {
    if let Some(secret) = known_webhook_secret(data_dir) {
        return Ok(secret);
    }
    let secret = hex(&rand::random::<[u8; 32]>());
    let path = secret_path(data_dir);
    write_private(&path, &secret).with_context(|| path.display().to_string())?;
    Ok(SecretString::from(secret))
}

/// The same, if it has been made.
pub fn known_webhook_secret(data_dir: &Path) -> Option<SecretString> {
    let text = fs::read_to_string(secret_path(data_dir)).ok()?;
    let secret = text.trim();
    (!secret.is_empty()).then(|| SecretString::from(secret))
}

/// What secrets in the database are sealed with, made at the first start.
pub fn seal_key(data_dir: &Path) -> anyhow::Result<SealKey> {
    // One that is damaged is not replaced: what it sealed could not be opened any more.
    if let Some(key) = known_seal_key(data_dir)? {
        return Ok(key);
    }
    let (path, key) = (seal_key_path(data_dir), SealKey::random());
    write_private(&path, &key.to_hex()).with_context(|| path.display().to_string())?;
    Ok(key)
}

/// The same, if it has been made.
pub fn known_seal_key(data_dir: &Path) -> anyhow::Result<Option<SealKey>> {
    let path = seal_key_path(data_dir);
    match fs::read_to_string(&path) {
        Ok(text) => {
            let key = SealKey::parse(text.trim());
            key.map(Some).map_err(|allowed| anyhow::anyhow!("{} {allowed}", path.display()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}

fn seal_key_path(data_dir: &Path) -> PathBuf {
    data_dir.join("secrets_key")
}

/// The API token of commands beside this server, if one has been made.
pub fn known_token(data_dir: &Path) -> Option<SecretString> {
    let text = fs::read_to_string(token_path(data_dir)).ok()?;
    Some(SecretString::from(text.trim()))
}

pub fn keep_token(data_dir: &Path, token: &str) -> anyhow::Result<()> {
    let path = token_path(data_dir);
    write_private(&path, token).with_context(|| path.display().to_string())
}

fn token_path(data_dir: &Path) -> PathBuf {
    data_dir.join("token")
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}

/// Where a browser on this machine reaches it.
pub fn local_url(address: SocketAddr) -> String {
    let ip = address.ip();
    match (ip.is_unspecified(), ip.is_ipv6()) {
        (true, false) => format!("http://127.0.0.1:{}", address.port()),
        (true, true) => format!("http://[::1]:{}", address.port()),
        (false, _) => format!("http://{address}"),
    }
}

/// What a first start prints.
pub fn banner(
    ready: &Ready,
    data_dir: &Path,
    email: &str,
    secret: Option<&SecretString>,
    curl: &str,
) -> String {
    let mut text = String::new();
    let folder = data_dir.display();
    let _ = writeln!(
        text,
        "\ncallbackd {} is ready, with a development database in {folder}",
        env!("CARGO_PKG_VERSION")
    );
    let _ = writeln!(
        text,
        "\nSign in as {email} (once, within 10 minutes, on this machine):\n\n  {}",
        ready.sign_in_url
    );
    let _ = writeln!(text, "\nThen send a first callback and see it come in:\n");
    for line in curl.lines() {
        let _ = writeln!(text, "  {line}");
    }
    if let Some(secret) = secret {
        let _ = writeln!(
            text,
            "\nThe secret to sign with, as your LLM service's webhook secret:\n\n  {}",
            secret.expose_secret()
        );
    }
    let _ = writeln!(text, "\nStop with Ctrl-C.\n");
    text
}

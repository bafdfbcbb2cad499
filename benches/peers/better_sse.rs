//! better-sse on Node: a server of twenty lines, as its documentation writes them. Installed from npm below
//! `target/bench`, where it is not there yet.

use std::{ffi::OsStr, fs, net::SocketAddr, path::Path, process::Stdio};

use anyhow::Context as _;
use tokio::process::Command;

use super::{Kind, Peer};
use crate::stage::{Child, accepts};

const PACKAGE: &str = "better-sse@0.16.1";
const PROGRAM: &str = include_str!("better_sse.mjs");

/// What it is, or why it cannot be had.
pub async fn install(folder: &Path) -> Result<String, String> {
    let node = which("node").await.ok_or("Node is not installed")?;
    let place = folder.join("better-sse");
    if !place.join("node_modules/better-sse").exists() {
        fs::create_dir_all(&place).map_err(|error| error.to_string())?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--silent", "--no-audit", "--no-fund", "--no-save", "--prefix"]).arg(&place);
        let installed = npm.arg(PACKAGE).stdout(Stdio::null()).stderr(Stdio::null()).status().await;
        if !installed.is_ok_and(|status| status.success()) {
            return Err(format!("npm could not install {PACKAGE}"));
        }
    }
    let version = Command::new(node).arg("--version").output().await.map_err(|error| error.to_string())?;
    Ok(format!("{PACKAGE} on Node {}", String::from_utf8_lossy(&version.stdout).trim()))
}

async fn which(program: &str) -> Option<String> {
    let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).output().await.ok()?;
    let path = String::from_utf8(found.stdout).ok()?.trim().to_owned();
    (!path.is_empty()).then_some(path)
}

pub async fn start(address: SocketAddr, folder: &Path) -> anyhow::Result<Peer> {
    let node = which("node").await.context("Node was found before")?;
    let folder = folder.join("better-sse");
    let program = folder.join("server.mjs");
    fs::write(&program, PROGRAM)?;
    let port = address.port().to_string();
    let log = folder.join("node.log");
    let arguments = [program.as_os_str(), OsStr::new(&port)];
    let environment = [("NODE_ENV", "production")];
    let mut child = Child::start(node.as_ref(), arguments, &environment, &log).await?;
    accepts(&mut child, address).await.with_context(|| log.display().to_string())?;
    let name = Kind::BetterSse.name();
    Ok(Peer { name, address, opened: b"\r\n\r\n", stream: "/stream", publish: "/publish", child })
}

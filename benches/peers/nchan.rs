//! nginx with nchan, as Debian has it: messages in memory, streams as `EventSource`, no access log.

use std::{ffi::OsStr, fs, net::SocketAddr, path::Path};

use anyhow::Context as _;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
};

use super::{Kind, Peer};
use crate::stage::{Child, accepts};

const NGINX: &str = "/usr/sbin/nginx";
const MODULE: &str = "/usr/lib/nginx/modules/ngx_nchan_module.so";
/// Messages that are kept for those who come back.
pub const KEPT: usize = 100;

pub async fn version() -> Result<String, String> {
    if !Path::new(NGINX).exists() || !Path::new(MODULE).exists() {
        return Err(
            "nginx with nchan is not installed (Debian: nginx-light and libnginx-mod-nchan)".to_owned()
        );
    }
    let said =
        tokio::process::Command::new(NGINX).arg("-v").output().await.map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&said.stderr);
    let package = tokio::process::Command::new("dpkg-query")
        .args(["-W", "-f=${Version}", "libnginx-mod-nchan"])
        .output()
        .await
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    Ok(format!("{}, nchan {package}", text.trim().trim_start_matches("nginx version: ")))
}

pub async fn start(address: SocketAddr, workers: usize, folder: &Path) -> anyhow::Result<Peer> {
    let folder = folder.join(format!("nchan-{workers}"));
    fs::create_dir_all(&folder)?;
    let file = folder.join("nginx.conf");
    fs::write(&file, settings(address, workers, &folder))?;
    let arguments = [OsStr::new("-c"), file.as_os_str(), OsStr::new("-p"), folder.as_os_str()];
    let log = folder.join("nginx.log");
    let mut child = Child::start(NGINX.as_ref(), arguments, &[], &log).await?;
    accepts(&mut child, address).await.with_context(|| log.display().to_string())?;
    let name = Kind::Nchan(workers).name();
    Ok(Peer { name, address, opened: b"\r\n\r\n", stream: "/stream", publish: "/publish", child })
}

fn settings(address: SocketAddr, workers: usize, folder: &Path) -> String {
    let folder = folder.display();
    let user = if nix::unistd::geteuid().is_root() { "user root;" } else { "" };
    format!(
        "load_module {MODULE};
{user}
daemon off;
worker_processes {workers};
worker_rlimit_nofile 20000;
pid {folder}/nginx.pid;
error_log {folder}/error.log error;
events {{ worker_connections 19000; use epoll; multi_accept on; }}
http {{
    access_log off;
    tcp_nodelay on;
    keepalive_requests 1000000;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    nchan_shared_memory_size 128M;
    server {{
        listen {address} backlog=4096;
        location = /publish {{
            nchan_publisher; nchan_channel_id bench; nchan_message_buffer_length {KEPT}; nchan_message_timeout 0;
        }}
        location = /stream {{
            nchan_subscriber eventsource; nchan_channel_id bench; nchan_subscriber_first_message newest;
            nchan_subscriber_timeout 0; nchan_eventsource_ping_interval 0;
        }}
        location = /kept {{
            nchan_subscriber eventsource; nchan_channel_id bench; nchan_subscriber_first_message oldest;
            nchan_subscriber_timeout 0; nchan_eventsource_ping_interval 0;
        }}
    }}
}}
"
    )
}

/// The ids of the messages that are kept, oldest first, as a stream at `path` says them.
pub async fn ids(address: SocketAddr, path: &str, count: usize) -> anyhow::Result<Vec<String>> {
    let mut socket = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n");
    socket.write_all(request.as_bytes()).await?;
    let mut lines = BufReader::new(socket).lines();
    let mut ids = Vec::new();
    while ids.len() < count {
        let line = lines.next_line().await?.context("the stream ended")?;
        ids.extend(line.strip_prefix("id: ").map(str::to_owned));
    }
    Ok(ids)
}

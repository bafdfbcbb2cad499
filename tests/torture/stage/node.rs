//! A node: the real program, with a proxy before it and one before each database host, at an address that stays the
//! same from life to life.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use nix::sys::signal::Signal;
use tokio::sync::Mutex;

use super::process::Process;
use crate::support::app::SECRET;
use crate::support::chaos::{ChaosProxy, Upstream};
use crate::support::eventually;
use crate::support::site::http_client;

/// Short where a fault of a few seconds must be noticed, and small where memory must not serve everything.
const SETTINGS: [(&str, &str); 10] = [
    ("CALLBACKD_ACK_DEADLINE", "2s"),
    ("CALLBACKD_STREAM_HEARTBEAT", "1s"),
    ("CALLBACKD_STREAM_STALL", "3s"),
    ("CALLBACKD_STREAM_MAX_AGE", "20s"),
    ("CALLBACKD_STREAMS_PER_ADMIN_MAX", "1000"),
    ("CALLBACKD_STREAMS_PER_ADDRESS_MAX", "1000"),
    ("CALLBACKD_REQUESTS_PER_MINUTE", "1000000"),
    // All of them come from one address.
    ("CALLBACKD_CONNECTIONS_PER_ADDRESS_MAX", "10000"),
    ("CALLBACKD_RING_FRAMES_MAX", "200"),
    ("CALLBACKD_SHUTDOWN_DEADLINE", "3s"),
];

pub struct Node {
    listen: SocketAddr,
    environment: Vec<(&'static str, String)>,
    log: PathBuf,
    /// Before the node: for senders and streams.
    pub front: ChaosProxy,
    /// Before each host of the database.
    pub backs: Vec<ChaosProxy>,
    process: Mutex<Option<Process>>,
}

impl Node {
    pub async fn start(sockets: &[PathBuf], poll_interval: &str, spool: Option<&Path>, log: &Path) -> Self {
        let listen = free_address();
        let mut backs = Vec::new();
        for socket in sockets {
            backs.push(ChaosProxy::start(Upstream::Unix(socket.clone())).await);
        }
        let hosts: Vec<String> = backs.iter().map(|back| back.address().to_string()).collect();
        let url = format!(
            "postgresql://callbackd@{}/callbackd?target_session_attrs=read-write&sslmode=disable",
            hosts.join(",")
        );
        let mut environment = vec![
            ("CALLBACKD_LISTEN", listen.to_string()),
            ("DATABASE_URL", url),
            ("LLM_WEBHOOK_SECRET", SECRET.to_owned()),
            ("CALLBACKD_LISTENER_POLL_INTERVAL", poll_interval.to_owned()),
        ];
        environment.extend(spool.map(|spool| ("CALLBACKD_SPOOL_DIR", spool.display().to_string())));
        environment.extend(SETTINGS.map(|(name, value)| (name, value.to_owned())));
        let node = Self {
            listen,
            environment,
            log: log.to_owned(),
            front: ChaosProxy::start(Upstream::Tcp(listen)).await,
            backs,
            process: Mutex::new(None),
        };
        node.revive().await;
        node.ready().await;
        node
    }

    /// Starts it unless it runs.
    pub async fn revive(&self) {
        let mut process = self.process.lock().await;
        if process.as_mut().is_none_or(Process::has_ended) {
            let command = [env!("CARGO_BIN_EXE_callbackd"), "serve"];
            *process =
                Some(Process::start(&command, &self.environment, None, &self.log, Signal::SIGKILL).await);
        }
    }

    /// Whether it has ended without being told to.
    pub async fn has_ended(&self) -> bool {
        self.process.lock().await.as_mut().is_some_and(Process::has_ended)
    }

    pub async fn ready(&self) {
        let (http, url) = (http_client(), format!("http://{}/readyz", self.listen));
        eventually("a node is ready", async || {
            let answer = http.get(&url).send().await;
            answer.is_ok_and(|answer| answer.status() == 200)
        })
        .await;
    }

    /// Ends it with SIGKILL or SIGTERM; it stays down until it is revived.
    pub async fn end(&self, signal: Signal) {
        if let Some(mut process) = self.process.lock().await.take() {
            process.signal(signal);
            process.ended().await;
        }
    }

    /// SIGSTOP or SIGCONT.
    pub async fn signal(&self, signal: Signal) {
        if let Some(process) = &*self.process.lock().await {
            process.signal(signal);
        }
    }

    /// Nothing is wrong with its networks any more.
    pub fn heal(&self) {
        for proxy in self.backs.iter().chain([&self.front]) {
            proxy.resume();
        }
    }
}

/// Free a moment ago. The node must be found where it was when it comes back, so it cannot choose for itself.
fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it is bound")
}

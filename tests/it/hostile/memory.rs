//! What hostile connections cost in memory, all together and at their worst moment.

use std::fs;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::support::app::TestProcess;
use crate::support::site::{SIGNATURE, WEBHOOK, llm};
use crate::support::{PATIENCE, eventually};

/// Bodies being read or waiting to be written, in all.
const BUDGET: usize = 16 * 1024 * 1024;
/// What a connection may hold beside: a head and what is read with it, or a piece of a body that waits for room and what
/// was read behind it, or an answer that nobody reads.
const CONNECTION: usize = 128 * 1024;
/// Whatever else: what the allocator keeps for a moment, and pages of the program that were not touched before.
const REST: usize = 32 * 1024 * 1024;

/// What is sent on one connection, a piece after the other. What is answered is read only where somebody `reads`.
struct Hostile {
    pieces: Vec<Vec<u8>>,
    reads: bool,
}

impl Hostile {
    fn silent(text: String) -> Self {
        Self { pieces: vec![text.into_bytes()], reads: false }
    }

    fn webhook(framing: &str, pieces: Vec<Vec<u8>>) -> Self {
        let proof = format!("{SIGNATURE}: sha256={}", "0".repeat(64));
        let head = format!("POST {WEBHOOK} HTTP/1.1\r\nHost: x\r\n{proof}\r\n{framing}\r\n\r\n");
        Self { pieces: [vec![head.into_bytes()], pieces].concat(), reads: true }
    }

    /// Sends all that is taken, drops `sending`, and stays until everybody leaves.
    async fn run(self, address: SocketAddr, sending: mpsc::Sender<()>, mut leave: watch::Receiver<bool>) {
        let mut socket = TcpStream::connect(address).await.expect("there are places left");
        let mut scratch = vec![0; 16 * 1024];
        for piece in &self.pieces {
            // A server that has seen enough closes before everything is sent.
            if socket.write_all(piece).await.is_err() {
                break;
            }
            if self.reads {
                // An answer that has come early must not stop whoever sends.
                let _ = socket.try_read(&mut scratch);
            }
        }
        drop(sending);
        let read = async {
            while self.reads && socket.read(&mut scratch).await.is_ok_and(|read| read > 0) {}
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = read => {}
            _ = leave.wait_for(|leave| *leave) => {}
        }
    }
}

fn everybody() -> Vec<Hostile> {
    let mut all = Vec::new();
    let mut add = |count: usize, make: &dyn Fn() -> Hostile| all.extend((0..count).map(|_| make()));
    add(150, &|| Hostile::silent(format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}", "x".repeat(60_000))));
    add(50, &|| Hostile::silent(format!("GET / HTTP/1.1\r\nHost: x\r\n{}", "X: x\r\n".repeat(10_000))));
    // All but the last byte of the largest body: 60 MiB in all.
    let most = vec![b' '; (1 << 20) - 1];
    add(60, &|| Hostile::webhook("Content-Length: 1048576", vec![most.clone()]));
    let chunk = [b"10000\r\n".to_vec(), vec![b' '; 65_536], b"\r\n".to_vec()].concat();
    add(30, &|| Hostile::webhook("Transfer-Encoding: chunked", vec![chunk.clone(); 64]));
    add(50, &|| {
        Hostile::webhook("Content-Encoding: gzip\r\nContent-Length: 65536", vec![vec![0x1f; 65_536]])
    });
    // Each answer is much longer than its question, and nobody reads it.
    add(20, &|| Hostile::silent("GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(2_000)));
    // Rejects, one after the other.
    let proof = format!("{SIGNATURE}: sha256={}", "0".repeat(64));
    let body = format!("{{\"job_id\":\"x\",\"padding\":\"{}\"}}", "x".repeat(20_000));
    let reject = format!(
        "POST {WEBHOOK} HTTP/1.1\r\nHost: x\r\n{proof}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    add(20, &|| Hostile { pieces: vec![reject.clone().into_bytes(); 100], reads: true });
    all
}

/// In bytes, of a line of `/proc/<pid>/status`.
fn memory(app: &TestProcess, what: &str) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", app.pid())).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix(what)).expect("Linux counts it");
    let kilobytes = line.trim_start_matches(':').trim().trim_end_matches(" kB").parse::<usize>();
    kilobytes.expect("a number") * 1024
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn hostile_connections_cost_a_bounded_amount_of_memory() {
    let budget = BUDGET.to_string();
    let settings = [("CALLBACKD_QUEUE_BYTES_MAX", budget.as_str()), ("CALLBACKD_BODY_DEADLINE", "1s")];
    let app = TestProcess::start(&settings).await;
    app.store(llm("workflow.completed", "before")).await;
    let before = memory(&app, "VmRSS");
    let (sending, mut all_sent) = mpsc::channel(1);
    let (leave, left) = watch::channel(false);
    let everybody = everybody();
    let connections = everybody.len();
    let mut hostile = JoinSet::new();
    for each in everybody {
        hostile.spawn(each.run(app.address, sending.clone(), left.clone()));
    }
    drop(sending);
    timeout(2 * PATIENCE, all_sent.recv()).await.expect("the server takes it, or has had enough");
    eventually("whoever means well is served in their midst", async || {
        app.deliver(llm("workflow.completed", "amidst")).await.status == 200
    })
    .await;
    let (grown, bound) = (memory(&app, "VmHWM") - before, BUDGET + connections * CONNECTION + REST);
    assert!(grown <= bound, "{grown} bytes for {connections} connections, at most {bound}: {before} before");
    leave.send_replace(true);
    hostile.join_all().await;
    app.store(llm("workflow.completed", "after")).await;
}

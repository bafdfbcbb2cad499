//! A proxy in front of PostgreSQL, or of the server, that misbehaves on demand.
//!
//! Knows nothing of what it carries. The decision worth arguing about: it stands on TCP even before a socket file, since
//! what is tried here are the failures of networks.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What a slow network adds to each piece.
const SLOW_BY: Duration = Duration::from_millis(30);
/// Of each piece that is read, so many go byte by byte.
const DRIBBLED_BYTES: usize = 64;

/// Where connections lead.
#[derive(Clone, Debug)]
pub enum Upstream {
    Unix(PathBuf),
    Tcp(SocketAddr),
}

/// What happens to bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Open,
    /// Nothing goes through in either direction; connections stay open.
    Stalled,
    /// Requests go through, answers do not: the outcome stays unknown.
    AnswersHeld,
    /// Everything arrives a little late.
    Slow,
    /// A few bytes at a time, whatever they belong to.
    Dribbled,
    /// New connections are closed at once.
    Refused,
}

#[derive(Clone, Copy, Debug)]
struct State {
    mode: Mode,
    /// Nobody is registered for notifications, as behind a pooler in transaction mode.
    deaf: bool,
    /// Raised by a cut: connections of an earlier number end.
    cuts: u64,
}

/// Stops, with all its connections, when dropped.
pub struct ChaosProxy {
    address: SocketAddr,
    state: watch::Sender<State>,
    accepting: JoinHandle<()>,
}

impl ChaosProxy {
    pub async fn start(upstream: Upstream) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let (state, _) = watch::channel(State { mode: Mode::Open, deaf: false, cuts: 0 });
        let accepting = tokio::spawn(accept(listener, upstream, state.clone()));
        Self { address, state, accepting }
    }

    /// In front of the tests' PostgreSQL.
    pub async fn before_postgres() -> Self {
        Self::start(Upstream::Unix(super::postgres::socket())).await
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How to reach a database of the tests' PostgreSQL through this proxy.
    pub fn database_url(&self, database: &str) -> String {
        format!("postgresql://callbackd@{}/{database}?sslmode=disable", self.address)
    }

    /// Everything flows again; what was held back arrives.
    pub fn resume(&self) {
        self.set(Mode::Open);
    }

    pub fn stall(&self) {
        self.set(Mode::Stalled);
    }

    pub fn hold_answers(&self) {
        self.set(Mode::AnswersHeld);
    }

    pub fn slow_down(&self) {
        self.set(Mode::Slow);
    }

    pub fn dribble(&self) {
        self.set(Mode::Dribbled);
    }

    /// Swallows every `listen`, and answers it as if it had been heard.
    pub fn swallow_listen(&self) {
        self.state.send_modify(|state| state.deaf = true);
    }

    /// Ends every connection; new ones are welcome.
    pub fn cut(&self) {
        self.state.send_modify(|state| state.cuts += 1);
    }

    /// Ends every connection and lets nobody in, until `resume`.
    pub fn refuse(&self) {
        self.state
            .send_modify(|state| *state = State { mode: Mode::Refused, cuts: state.cuts + 1, ..*state });
    }

    fn set(&self, mode: Mode) {
        self.state.send_modify(|state| state.mode = mode);
    }
}

impl Drop for ChaosProxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut();
    }
}

async fn accept(listener: TcpListener, upstream: Upstream, state: watch::Sender<State>) {
    while let Ok((client, _)) = listener.accept().await {
        if state.borrow().mode != Mode::Refused {
            tokio::spawn(carry(client, upstream.clone(), state.subscribe()));
        }
    }
}

async fn carry(client: TcpStream, upstream: Upstream, state: watch::Receiver<State>) {
    // Small answers must not wait for the next one.
    let _ = client.set_nodelay(true);
    match upstream {
        Upstream::Unix(path) => match UnixStream::connect(path).await {
            Ok(server) => join(client, server, state).await,
            Err(_) => drop(client),
        },
        Upstream::Tcp(address) => match TcpStream::connect(address).await {
            Ok(server) => join(client, server, state).await,
            Err(_) => drop(client),
        },
    }
}

async fn join<S: AsyncRead + AsyncWrite>(client: TcpStream, server: S, state: watch::Receiver<State>) {
    let (client_reads, client_writes) = client.into_split();
    let (server_reads, server_writes) = tokio::io::split(server);
    let cuts = state.borrow().cuts;
    let mut watched = state.clone();
    let cut = watched.wait_for(move |state| state.cuts != cuts);
    tokio::select! {
        () = pump(client_reads, server_writes, state.clone(), |mode| mode != Mode::Stalled) => {}
        () = pump(server_reads, client_writes, state.clone(), is_answering) => {}
        _ = cut => {}
    }
}

fn is_answering(mode: Mode) -> bool {
    !matches!(mode, Mode::Stalled | Mode::AnswersHeld)
}

/// Carries bytes while the mode lets them; holds back what it has read while it does not.
async fn pump<R, W>(mut from: R, mut to: W, mut state: watch::Receiver<State>, flows: impl Fn(Mode) -> bool)
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let Ok(count @ 1..) = from.read(&mut buffer).await else { return };
        if state.borrow().deaf {
            deafen(&mut buffer[..count]);
        }
        let Ok(mode) = state.wait_for(|state| flows(state.mode)).await.map(|state| state.mode) else {
            return;
        };
        if write(&mut to, &buffer[..count], mode).await.is_err() {
            return;
        }
    }
}

async fn write(to: &mut (impl AsyncWrite + Unpin), bytes: &[u8], mode: Mode) -> std::io::Result<()> {
    match mode {
        Mode::Slow => tokio::time::sleep(SLOW_BY).await,
        Mode::Dribbled => {
            // The rest of a long one goes faster, or nothing else would be tried.
            let (slowly, rest) = bytes.split_at(bytes.len().min(DRIBBLED_BYTES));
            for byte in slowly {
                to.write_all(std::slice::from_ref(byte)).await?;
                to.flush().await?;
                tokio::task::yield_now().await;
            }
            return to.write_all(rest).await;
        }
        _ => {}
    }
    to.write_all(bytes).await
}

/// An empty notification in place of each `listen`: as long, and nobody takes it for one of ours.
fn deafen(bytes: &mut [u8]) {
    for at in 0..bytes.len() {
        if bytes[at..].starts_with(b"listen callbackd_") {
            bytes[at..at + 6].copy_from_slice(b"notify");
        }
    }
}

//! Connections: accepting them, their limits, their end.
//!
//! Its own loop instead of axum's, for what that one cannot do: a time limit on request heads, a limit on connections,
//! cutting one of them, and taking the socket of a stream over from hyper.

mod handover;
mod outlet;
mod places;
mod strict;

use std::{
    future::poll_fn,
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
    time::Duration,
};

use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use metrics::counter;
use socket2::{Domain, SockRef, Socket, TcpKeepalive, Type};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::{Instant, sleep, timeout},
};

pub use self::{
    handover::Connection,
    outlet::{Outlet, Rest},
    places::Places,
};
use self::{
    handover::{Slot, answer},
    places::{Full, Place},
};
use crate::shutdown::Shutdown;

/// Connections that wait to be accepted: ten thousand browsers may come back in the same moment. The system may allow
/// less (`net.core.somaxconn`); who finds no room tries again after a second.
const BACKLOG: i32 = 4_096;
/// For the first request's head to come: beyond it the connection is closed. Nobody has anything to wait for before it.
const FIRST_HEAD_WAIT: Duration = Duration::from_secs(15);
/// For the next request's head to come, from the end of the last one: beyond it the connection is closed. Longer than
/// the 60 s for which proxies keep idle connections, so that it is they who close them, and no request meets a
/// connection that is just being closed.
const HEAD_WAIT: Duration = Duration::from_secs(75);
/// Bytes of a request's head, and of what is buffered for a client that does not read.
const BUFFER_BYTES_MAX: usize = 64 * 1024;
/// Headers of one request, then 431.
const HEADERS_MAX: usize = 100;
/// Data that the other side has not acknowledged for this long means that it is gone.
const UNACKNOWLEDGED_MAX: Duration = Duration::from_secs(30);
/// A silent connection is probed after this.
const KEEPALIVE_AFTER: Duration = Duration::from_mins(1);
/// After an error of `accept` (mostly: out of file descriptors) before the next.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);
/// Between two lines in the log that connections are refused; each is counted.
const SAY_AGAIN: Duration = Duration::from_mins(1);
/// Of what a stream is sent, the system keeps no more than this that has not left yet: else a reader who does not read
/// could hold megabytes of it.
const UNSENT_MAX: u32 = 64 * 1024;
/// What is still read of a body that was refused, so that the answer is not lost in a reset.
const LINGER: (Duration, usize) = (Duration::from_secs(1), 4 * 1024 * 1024);

/// Listens, with room for many who come at once.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    // As a server that is started again finds connections of its former life.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    TcpListener::from_std(socket.into())
}

/// Accepts until `soft`; what has been accepted is finished.
pub async fn serve(listener: TcpListener, app: Router, places: Places, shutdown: Shutdown) -> io::Result<()> {
    let mut said = None;
    loop {
        let accepted = tokio::select! {
            () = shutdown.soft.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((socket, from)) => match places.take(from.ip()) {
                Ok(place) => {
                    let serving = connection(socket, from, place, app.clone(), shutdown.clone());
                    shutdown.connection(serving);
                }
                Err(full) => {
                    refuse(&socket, full);
                    if said.is_none_or(|said: Instant| said.elapsed() >= SAY_AGAIN) {
                        said = Some(Instant::now());
                        tracing::warn!(%from, limit = full.setting(), "connections are refused");
                    }
                }
            },
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "a connection could not be accepted"
                );
                sleep(ACCEPT_AGAIN).await;
            }
        }
    }
    // The task ends with the server, not before it.
    drop(listener);
    shutdown.hard.cancelled().await;
    Ok(())
}

/// Says so, as far as it can be said at once: nothing is read, and nobody waited for.
fn refuse(socket: &TcpStream, full: Full) {
    counter!("callbackd_connections_refused_total", "limit" => full.setting()).increment(1);
    let (status, title, code) = (503, "Service Unavailable", "too_many_connections");
    let detail = format!("as many connections are open as {} allows; try again", full.setting());
    let body = format!(
        "{{\"type\":\"urn:callbackd:problem:{code}\",\"title\":\"{title}\",\"status\":{status},\"detail\":\"{detail}\",\
         \"error\":\"Too many connections\",\"code\":\"{code}\"}}"
    );
    let answer = format!(
        "HTTP/1.1 {status} {title}\r\nContent-Type: application/problem+json\r\nContent-Length: {}\r\n\
         Retry-After: 5\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    // An empty send buffer takes it; whoever has gone already loses nothing.
    let _ = SockRef::from(socket).send(answer.as_bytes());
}

async fn connection(socket: TcpStream, from: SocketAddr, place: Place, app: Router, shutdown: Shutdown) {
    tune(&socket);
    // Of this connection alone: whatever wakes it looks at them, and those of the server would be everybody's lock.
    let (soft, hard) = (shutdown.soft.child_token(), shutdown.hard.child_token());
    let (handle, handed_over) = (Connection::new(hard.clone()), Slot::default());
    let slot = handed_over.clone();
    let begun = Arc::new(AtomicBool::new(false));
    let begins = begun.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        begins.store(true, Ordering::Relaxed);
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(from));
        request.extensions_mut().insert(handle.clone());
        // Boxed because hyper can be stopped short of closing the socket only with a future that may move.
        Box::pin(answer(app.clone(), handle.clone(), slot.clone(), request))
    });
    let mut serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WAIT)
        .max_buf_size(BUFFER_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .serve_connection(TokioIo::new(socket), service);
    let mut finishing = false;
    let mut first = std::pin::pin!(sleep(FIRST_HEAD_WAIT));
    loop {
        tokio::select! {
            // An error was answered as well as it could be, or there is nobody to answer.
            () = poll_fn(|cx| match serving.poll_without_shutdown(cx) {
                Poll::Pending if !handed_over.is_filled() => Poll::Pending,
                _ => Poll::Ready(()),
            }) => break,
            () = hard.cancelled() => return,
            () = &mut first, if !first.is_elapsed() => {
                if !begun.load(Ordering::Relaxed) {
                    return;
                }
            }
            () = soft.cancelled(), if !finishing => {
                finishing = true;
                std::pin::Pin::new(&mut serving).graceful_shutdown();
            }
        }
    }
    let socket = serving.into_parts().io.into_inner();
    match handed_over.take() {
        // A task of its own, since this one has room for all that an HTTP server needs.
        Some(handover) => shutdown.connection(handover.run(socket, place)),
        None => linger(socket).await,
    }
}

/// Closing a socket with unread bytes resets it, and the sender never sees why it was refused. So what still comes is
/// read for a moment.
async fn linger(mut socket: TcpStream) {
    let (wait, bytes_max) = LINGER;
    let draining = async {
        socket.shutdown().await?;
        let mut scratch = [0; 8 * 1024];
        let mut bytes = 0;
        while bytes < bytes_max {
            match socket.read(&mut scratch).await? {
                0 => break,
                read => bytes += read,
            }
        }
        io::Result::Ok(())
    };
    // Gone or slow, it makes no difference any more.
    let _ = timeout(wait, draining).await;
}

/// Small writes go out at once; a dead peer is noticed.
fn tune(socket: &TcpStream) {
    let socket = SockRef::from(socket);
    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE_AFTER);
    let tuned = socket
        .set_tcp_nodelay(true)
        .and_then(|()| socket.set_tcp_keepalive(&keepalive))
        .and_then(|()| set_unacknowledged_max(&socket));
    if let Err(error) = tuned {
        tracing::debug!(error = &error as &dyn std::error::Error, "a socket kept its defaults");
    }
}

#[cfg(target_os = "linux")]
fn set_unsent_max(socket: &SockRef<'_>) -> io::Result<()> {
    socket.set_tcp_notsent_lowat(UNSENT_MAX)
}

#[cfg(not(target_os = "linux"))]
fn set_unsent_max(_: &SockRef<'_>) -> io::Result<()> {
    Ok(())
}

#[cfg(target_os = "linux")]
fn set_unacknowledged_max(socket: &SockRef<'_>) -> io::Result<()> {
    socket.set_tcp_user_timeout(Some(UNACKNOWLEDGED_MAX))
}

#[cfg(not(target_os = "linux"))]
fn set_unacknowledged_max(_: &SockRef<'_>) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    /// A server of its own, whose clock runs as soon as nothing else does.
    async fn connected() -> (TcpStream, Shutdown) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let app = Router::new().fallback(|| async { "here" });
        let places = Places::new(&config::Connections { max: 8, per_address_max: 8 }, &[]);
        let (shutdown, _) = Shutdown::new();
        shutdown.task("http", serve(listener, app, places, shutdown.clone()));
        (TcpStream::connect(address).await.expect("it accepts"), shutdown)
    }

    async fn rest(socket: &mut TcpStream) -> String {
        let mut rest = Vec::new();
        // Closed or reset, it has ended.
        let _ = socket.read_to_end(&mut rest).await;
        String::from_utf8(rest).expect("an answer is text")
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_asks_for_nothing_is_closed_soon() {
        for begun in ["", "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: 1"] {
            let (mut socket, _shutdown) = connected().await;
            socket.write_all(begun.as_bytes()).await.expect("it is taken");
            let started = Instant::now();
            assert_eq!(rest(&mut socket).await, "", "{begun:?}");
            let waited = started.elapsed();
            assert!(waited >= FIRST_HEAD_WAIT && waited < HEAD_WAIT, "{begun:?}: {waited:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_was_used_is_kept_longer_than_proxies_keep_theirs() {
        let (mut socket, _shutdown) = connected().await;
        socket.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("it is taken");
        let started = Instant::now();
        assert!(rest(&mut socket).await.ends_with("here"));
        assert!(started.elapsed() >= HEAD_WAIT, "{:?}", started.elapsed());
    }
}

//! Connections: accepting them, their limits, their end.
//!
//! Its own loop instead of axum's, for what that one cannot do: a time limit on request heads, and cutting the one
//! connection behind a stream that nobody reads.

use std::{future::poll_fn, io, net::SocketAddr, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::{SockRef, TcpKeepalive};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::shutdown::Shutdown;

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
/// What is still read of a body that was refused, so that the answer is not lost in a reset.
const LINGER: (Duration, usize) = (Duration::from_secs(1), 4 * 1024 * 1024);

/// The connection that a request came on.
#[derive(Debug, Clone, Default)]
pub struct Connection(CancellationToken);

impl Connection {
    /// Closes it at once, whatever is being written.
    pub fn cut(&self) {
        self.0.cancel();
    }

    pub fn is_cut(&self) -> bool {
        self.0.is_cancelled()
    }
}

/// Accepts until `soft`; what has been accepted is finished.
pub async fn serve(listener: TcpListener, app: Router, shutdown: Shutdown) -> io::Result<()> {
    loop {
        let accepted = tokio::select! {
            () = shutdown.soft.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((socket, from)) => {
                let serving = connection(socket, from, app.clone(), shutdown.clone());
                shutdown.connection(serving);
            }
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

async fn connection(socket: TcpStream, from: SocketAddr, app: Router, shutdown: Shutdown) {
    tune(&socket);
    // Of this connection alone: whatever wakes it looks at them, and those of the server would be everybody's lock.
    let (soft, hard) = (shutdown.soft.child_token(), shutdown.hard.child_token());
    let handle = Connection(hard.clone());
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(from));
        request.extensions_mut().insert(handle.clone());
        // Boxed because hyper can be stopped short of closing the socket only with a future that may move.
        Box::pin(app.clone().oneshot(request))
    });
    let mut serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WAIT)
        .max_buf_size(BUFFER_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .serve_connection(TokioIo::new(socket), service);
    let mut finishing = false;
    loop {
        tokio::select! {
            // An error was answered as well as it could be, or there is nobody to answer.
            _ = poll_fn(|cx| serving.poll_without_shutdown(cx)) => break,
            () = hard.cancelled() => return,
            () = soft.cancelled(), if !finishing => {
                finishing = true;
                std::pin::Pin::new(&mut serving).graceful_shutdown();
            }
        }
    }
    linger(serving.into_parts().io.into_inner()).await;
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
fn set_unacknowledged_max(socket: &SockRef<'_>) -> io::Result<()> {
    socket.set_tcp_user_timeout(Some(UNACKNOWLEDGED_MAX))
}

#[cfg(not(target_os = "linux"))]
fn set_unacknowledged_max(_: &SockRef<'_>) -> io::Result<()> {
    Ok(())
}

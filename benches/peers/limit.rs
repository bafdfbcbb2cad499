//! What cannot be beaten by whoever writes each message to each socket: one thread, `epoll`, and a bare `send` of the
//! same bytes to all. It knows nobody, keeps nothing, and waits for nobody.

use std::{
    ffi::OsStr,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    os::fd::AsFd as _,
    path::Path,
};

use anyhow::Context as _;
use memchr::memmem;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use socket2::{Domain, SockAddr, Socket, Type};

use super::{Kind, Peer};
use crate::stage::{Child, accepts};

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n: hi\n\n";
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

pub async fn start(address: SocketAddr, folder: &Path) -> anyhow::Result<Peer> {
    let (program, listen) = (std::env::current_exe()?, address.to_string());
    let arguments = [OsStr::new("--limit"), OsStr::new(&listen)];
    let log = folder.join("limit.log");
    let mut child = Child::start(&program, arguments, &[], &log).await?;
    accepts(&mut child, address).await.with_context(|| log.display().to_string())?;
    let name = Kind::Limit.name();
    Ok(Peer { name, address, opened: b": hi\n\n", stream: "/stream", publish: "/publish", child })
}

struct Limit {
    epoll: Epoll,
    sockets: Vec<Option<Client>>,
}

struct Client {
    socket: TcpStream,
    heard: Vec<u8>,
    streams: bool,
}

/// Serves until it is ended from outside.
pub fn run(address: SocketAddr) -> anyhow::Result<()> {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    listener.bind(&SockAddr::from(address))?;
    listener.listen(4_096)?;
    listener.set_nonblocking(true)?;
    let mut limit = Limit { epoll: Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?, sockets: Vec::new() };
    limit.epoll.add(listener.as_fd(), EpollEvent::new(EpollFlags::EPOLLIN, u64::MAX))?;
    let mut events = vec![EpollEvent::empty(); 1_024];
    loop {
        let count = limit.epoll.wait(&mut events, EpollTimeout::NONE)?;
        for event in events.iter().take(count) {
            if event.data() == u64::MAX {
                while let Ok((socket, _)) = listener.accept() {
                    limit.welcome(socket.into())?;
                }
            } else {
                limit.hear(usize::try_from(event.data())?);
            }
        }
    }
}

impl Limit {
    fn welcome(&mut self, socket: TcpStream) -> anyhow::Result<()> {
        socket.set_nonblocking(true)?;
        socket.set_nodelay(true)?;
        let place = self.sockets.len() as u64;
        self.epoll.add(socket.as_fd(), EpollEvent::new(EpollFlags::EPOLLIN, place))?;
        self.sockets.push(Some(Client { socket, heard: Vec::new(), streams: false }));
        Ok(())
    }

    fn hear(&mut self, place: usize) {
        let mut buffer = [0; 8 * 1024];
        let Some(client) = &mut self.sockets[place] else { return };
        match client.socket.read(&mut buffer) {
            Ok(count) if count > 0 => client.heard.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return,
            _ => {
                self.sockets[place] = None;
                return;
            }
        }
        let Some(head) = memmem::find(&client.heard, b"\r\n\r\n").map(|end| end + 4) else { return };
        if client.heard.starts_with(b"GET") {
            client.streams = true;
            client.heard = Vec::new();
            let _ = client.socket.write(HEAD);
            return;
        }
        let body = client.heard.split_off(head);
        let length = memmem::find(&client.heard, b"Content-Length: ").map_or(0, |at| {
            let digits = client.heard[at + 16..].iter().take_while(|byte| byte.is_ascii_digit());
            digits.fold(0, |length, digit| length * 10 + usize::from(digit - b'0'))
        });
        if body.len() < length {
            client.heard.extend_from_slice(&body);
            return;
        }
        client.heard.clear();
        let _ = client.socket.write(ANSWER);
        self.say(&[b"event: callback\ndata: ", body.as_slice(), b"\n\n"].concat());
    }

    fn say(&mut self, event: &[u8]) {
        for client in self.sockets.iter_mut().flatten().filter(|client| client.streams) {
            // One that does not read misses it.
            let _ = client.socket.write(event);
        }
    }
}

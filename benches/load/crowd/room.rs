//! The crowd's thread: sockets, when each is read, and what became of it.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::TcpStream,
    os::fd::AsFd as _,
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags};
use socket2::{Domain, SockAddr, Socket, Type};
use tokio::{sync::mpsc, time::Instant};

use super::{
    Invitation, Pace,
    guest::Reading,
    tally::{Complete, Seen, Shared, Tally},
};

const BUFFER_BYTES: usize = 64 * 1024;
/// Of those that are slow or stuck: the rest stays with the server.
const SLOW_BUFFER_BYTES: usize = 4 * 1024;
/// How often, and how much, one that is slow reads.
const SLOW_EVERY: Duration = Duration::from_millis(100);
const SLOW_BYTES: usize = 1024;
/// Looks whether it is to stop.
const LOOK_MS: u8 = 20;

pub struct Room {
    epoll: Epoll,
    opened: &'static [u8],
    guests: Vec<Sitting>,
    shared: Arc<Shared>,
    tally: Tally,
    buffer: Vec<u8>,
    seen: Seen,
}

struct Sitting {
    /// None once it is closed.
    socket: Option<TcpStream>,
    /// Not yet sent.
    request: Vec<u8>,
    reading: Reading,
}

impl Room {
    pub fn new(
        invitation: Invitation,
        shared: Arc<Shared>,
        complete: mpsc::UnboundedSender<Complete>,
    ) -> anyhow::Result<Self> {
        let quick = invitation.guests.iter().filter(|guest| guest.pace == Pace::Quick).count();
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        let address = SockAddr::from(invitation.address);
        let mut guests = Vec::with_capacity(invitation.guests.len());
        for (index, guest) in invitation.guests.into_iter().enumerate() {
            let socket = connect(&address, guest.pace)?;
            epoll.add(socket.as_fd(), EpollEvent::new(EpollFlags::EPOLLOUT, index as u64))?;
            let reading = Reading::new(guest.pace);
            guests.push(Sitting { socket: Some(socket), request: guest.request, reading });
        }
        Ok(Self {
            epoll,
            opened: invitation.opened,
            guests,
            shared,
            tally: Tally::new(quick, complete),
            buffer: vec![0; BUFFER_BYTES],
            seen: Seen::default(),
        })
    }

    pub fn run(&mut self) -> anyhow::Result<Seen> {
        let mut events = vec![EpollEvent::empty(); 1_024];
        let mut slow_at = Instant::now() + SLOW_EVERY;
        while !self.shared.stopped() {
            let count = match self.epoll.wait(&mut events, LOOK_MS) {
                Err(nix::errno::Errno::EINTR) => 0,
                other => other?,
            };
            for event in events.iter().take(count) {
                let index = usize::try_from(event.data())?;
                if self.guests[index].request.is_empty() {
                    self.read(index, BUFFER_BYTES)?;
                } else {
                    self.ask(index)?;
                }
            }
            if Instant::now() >= slow_at {
                slow_at += SLOW_EVERY;
                self.read_slowly()?;
            }
        }
        Ok(self.end())
    }

    /// It is connected: the request is short enough to be taken whole.
    fn ask(&mut self, index: usize) -> anyhow::Result<()> {
        let guest = &mut self.guests[index];
        let Some(socket) = &mut guest.socket else { return Ok(()) };
        socket.take_error()?.map_or(Ok(()), Err).context("a stream could not connect")?;
        socket.write_all(&guest.request).context("a request could not be written")?;
        guest.request = Vec::new();
        let mut event = EpollEvent::new(EpollFlags::EPOLLIN, index as u64);
        Ok(self.epoll.modify(socket.as_fd(), &mut event)?)
    }

    fn read_slowly(&mut self) -> anyhow::Result<()> {
        for index in 0..self.guests.len() {
            let reading = &self.guests[index].reading;
            if reading.open && reading.pace == Pace::Slow {
                self.read(index, SLOW_BYTES)?;
            }
        }
        Ok(())
    }

    fn read(&mut self, index: usize, most: usize) -> anyhow::Result<()> {
        let guest = &mut self.guests[index];
        let Some(socket) = &mut guest.socket else { return Ok(()) };
        let count = match socket.read(&mut self.buffer[..most]) {
            Ok(count) => count,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
                return Ok(());
            }
            Err(_) => 0,
        };
        if count == 0 {
            // Closed, and with it no longer watched.
            guest.socket = None;
            if guest.reading.pace == Pace::Quick {
                self.seen.lost += 1;
            } else {
                self.seen.cut += 1;
            }
            return Ok(());
        }
        let (now, quick, was_open) = (Instant::now(), guest.reading.pace == Pace::Quick, guest.reading.open);
        let (tally, shared) = (&mut self.tally, &self.shared);
        guest.reading.take(&self.buffer[..count], self.opened, &mut |number| {
            if quick {
                tally.note(number, now, shared);
            }
        })?;
        if guest.reading.open && !was_open {
            shared.note_open();
            if !quick {
                self.epoll.delete(socket.as_fd())?;
            }
        }
        Ok(())
    }

    /// With a reset, so that no port stays taken.
    fn end(&mut self) -> Seen {
        let mut seen = std::mem::take(&mut self.seen);
        for guest in self.guests.drain(..) {
            if guest.reading.pace == Pace::Quick {
                seen.frames.push(guest.reading.frames);
                seen.unordered += usize::from(guest.reading.unordered);
            }
        }
        let (none, _) = mpsc::unbounded_channel();
        seen.waited = std::mem::replace(&mut self.tally, Tally::new(0, none)).into_waited();
        seen
    }
}

fn connect(address: &SockAddr, pace: Pace) -> anyhow::Result<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).context("a socket")?;
    socket.set_linger(Some(Duration::ZERO))?;
    if pace != Pace::Quick {
        socket.set_recv_buffer_size(SLOW_BUFFER_BYTES)?;
    }
    socket.set_nonblocking(true)?;
    match socket.connect(address) {
        Err(error) if error.raw_os_error() != Some(nix::libc::EINPROGRESS) => {
            Err(error).context("connecting")
        }
        _ => Ok(socket.into()),
    }
}

//! A crowd: up to ten thousand streams on one thread, read as cheaply as can be (`epoll`, one buffer for all), since they
//! share the machine with who serves them.
//!
//! Every message that is sent has a number. The crowd says when the last of those that read had it, how long each had
//! waited for it, and what each stream has missed.

mod guest;
mod room;
mod tally;

use std::{net::SocketAddr, sync::Arc, thread::JoinHandle, time::Duration};

use anyhow::{Context as _, anyhow, ensure};
use tokio::{sync::mpsc, time::Instant};

pub use self::{
    guest::{Guest, Pace},
    tally::Seen,
};
use self::{
    room::Room,
    tally::{Complete, Shared},
};

/// For all to be open.
const OPEN_WAIT: Duration = Duration::from_mins(1);

/// Who is to come, and where to.
pub struct Invitation {
    pub address: SocketAddr,
    /// A stream is open when it has been sent this.
    pub opened: &'static [u8],
    pub guests: Vec<Guest>,
}

pub struct Crowd {
    shared: Arc<Shared>,
    complete: mpsc::UnboundedReceiver<Complete>,
    thread: Option<JoinHandle<anyhow::Result<Seen>>>,
}

impl Crowd {
    /// All begin to connect at once; returns at once.
    pub fn invite(invitation: Invitation) -> anyhow::Result<Self> {
        let shared = Arc::new(Shared::default());
        let (sender, complete) = mpsc::unbounded_channel();
        let mut room = Room::new(invitation, shared.clone(), sender)?;
        let thread = std::thread::Builder::new().name("crowd".to_owned()).spawn(move || room.run())?;
        Ok(Self { shared, complete, thread: Some(thread) })
    }

    /// Until `size` streams are open.
    pub async fn open(&mut self, size: usize) -> anyhow::Result<()> {
        let begin = Instant::now();
        while self.shared.opened() < size {
            self.alive().await?;
            let open = self.shared.opened();
            ensure!(begin.elapsed() < OPEN_WAIT, "only {open} of {size} streams were open in time");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(())
    }

    /// Opens all; returns when they are open.
    pub async fn gather(invitation: Invitation) -> anyhow::Result<Self> {
        let size = invitation.guests.len();
        let mut crowd = Self::invite(invitation)?;
        crowd.open(size).await?;
        Ok(crowd)
    }

    /// To be called just before message `number` is sent.
    pub fn sending(&self, number: usize) {
        self.shared.sending(number);
    }

    /// The next message that everybody who reads has, and when the last had it.
    pub async fn complete(&mut self, wait: Duration) -> anyhow::Result<Complete> {
        match tokio::time::timeout(wait, self.complete.recv()).await {
            Ok(Some(complete)) => Ok(complete),
            Ok(None) => {
                self.alive().await?;
                Err(anyhow!("the crowd has left"))
            }
            Err(_) => Err(anyhow!("a message did not reach everybody within {} s", wait.as_secs())),
        }
    }

    /// Everybody leaves.
    pub async fn leave(mut self) -> anyhow::Result<Seen> {
        self.shared.stop();
        self.join().await
    }

    async fn alive(&mut self) -> anyhow::Result<()> {
        if self.thread.as_ref().is_none_or(JoinHandle::is_finished) {
            self.join().await?;
            return Err(anyhow!("the crowd has left"));
        }
        Ok(())
    }

    async fn join(&mut self) -> anyhow::Result<Seen> {
        let thread = self.thread.take().context("it is joined once")?;
        tokio::task::spawn_blocking(|| thread.join())
            .await?
            .unwrap_or_else(|_| Err(anyhow!("the crowd panicked")))
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.shared.stop();
    }
}

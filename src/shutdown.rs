//! How the server ends, and where its tasks live.
//!
//! Two tokens. `soft`: take nothing new, finish what is under way (requests in flight, streams say goodbye). `hard`:
//! whatever is left stops. A task that ends before it was told to takes the whole process with it: half-alive is worse
//! than dead.

use std::{future::Future, time::Duration};

use nix::sys::signal::Signal;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::mpsc,
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How long background tasks may take to finish once nothing needs them any more: the writer's last batch.
const TASKS_WAIT: Duration = Duration::from_secs(10);

/// A handle, cheap to clone.
#[derive(Clone)]
pub struct Shutdown {
    pub soft: CancellationToken,
    pub hard: CancellationToken,
    /// What `soft` lets finish: connections.
    connections: TaskTracker,
    /// What serves them, and stops after them.
    tasks: TaskTracker,
    failures: mpsc::Sender<anyhow::Error>,
}

/// The other end: it waits.
pub struct Ending {
    shutdown: Shutdown,
    failures: mpsc::Receiver<anyhow::Error>,
}

impl Shutdown {
    pub fn new() -> (Self, Ending) {
        let (failures, receiver) = mpsc::channel(8);
        let shutdown = Self {
            soft: CancellationToken::new(),
            hard: CancellationToken::new(),
            connections: TaskTracker::new(),
            tasks: TaskTracker::new(),
            failures,
        };
        (shutdown.clone(), Ending { shutdown, failures: receiver })
    }

    /// A background task. When it ends, well or not, before `hard`, the server ends.
    pub fn task<E>(&self, name: &'static str, run: impl Future<Output = Result<(), E>> + Send + 'static)
    where
        E: Into<anyhow::Error> + Send + 'static,
    {
        let (hard, failures) = (self.hard.clone(), self.failures.clone());
        let running = self.tasks.spawn(run);
        self.tasks.spawn(async move {
            let failure = match running.await {
                Ok(Ok(())) if hard.is_cancelled() => return,
                Ok(Ok(())) => anyhow::anyhow!("the task {name} ended by itself"),
                Ok(Err(error)) => error.into().context(format!("the task {name} failed")),
                Err(panic) => anyhow::Error::new(panic).context(format!("the task {name} panicked")),
            };
            let _ = failures.try_send(failure);
        });
    }

    /// Serving one connection. What happens there stays there.
    pub fn connection(&self, serve: impl Future<Output = ()> + Send + 'static) {
        self.connections.spawn(serve);
    }

    /// Connections that are open.
    pub fn connections(&self) -> usize {
        self.connections.len()
    }
}

impl Ending {
    /// Waits for a reason to end, then ends everything in order, within `deadline` and a little more.
    pub async fn wait(mut self, deadline: Duration) -> anyhow::Result<()> {
        let failure = tokio::select! {
            failure = self.failures.recv() => failure,
            name = told() => {
                tracing::info!(signal = name?, "stopping: requests in flight are finished, streams say goodbye");
                None
            }
            () = self.shutdown.soft.cancelled() => None,
        };
        let Shutdown { soft, hard, connections, tasks, .. } = self.shutdown;
        soft.cancel();
        connections.close();
        tasks.close();
        let finishing = async {
            tokio::select! {
                drained = timeout(deadline, connections.wait()) => drained.is_ok(),
                _ = told() => false,
            }
        };
        if !finishing.await {
            tracing::warn!(open = connections.len(), "connections were still open and are cut");
        }
        hard.cancel();
        if timeout(TASKS_WAIT, tasks.wait()).await.is_err() {
            tracing::warn!("background tasks did not end in time");
        }
        failure.map_or(Ok(()), Err)
    }
}

/// A write beyond the limit of a file's size (`LimitFSIZE`, `ulimit -f`) is to fail, and be told to who asked for it, as on
/// a full disk. Unless somebody handles the signal, it ends the process.
pub fn outlive_file_limits() -> std::io::Result<()> {
    // Its handler stays when nobody waits for it any more.
    signal(SignalKind::from_raw(Signal::SIGXFSZ as i32)).map(drop)
}

/// The signals that ask a program to stop, and which of them came.
pub async fn told() -> std::io::Result<&'static str> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    })
}

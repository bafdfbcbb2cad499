//! A way to PostgreSQL on which notifications get lost, as behind a pooler that gives each transaction another session:
//! everything else goes through, LISTEN is taken, and nothing is ever heard.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, UnixStream, tcp::OwnedWriteHalf, unix::OwnedReadHalf};
use tokio::task::JoinSet;

/// The type of a message that carries a notification.
const NOTIFICATION: u8 = b'A';

/// Ends with all its connections when dropped.
pub struct Pooler {
    address: SocketAddr,
    _running: JoinSet<()>,
}

impl Pooler {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let mut running = JoinSet::new();
        running.spawn(accept(listener));
        Self { address, _running: running }
    }

    pub fn database_url(&self, database: &str) -> String {
        format!("postgresql://callbackd@{}/{database}?sslmode=disable", self.address)
    }
}

async fn accept(listener: TcpListener) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let Ok(server) = UnixStream::connect(super::postgres::socket()).await else { return };
        let (mut asked, answers) = client.into_split();
        let (answered, mut questions) = server.into_split();
        connections.spawn(async move {
            tokio::select! {
                _ = tokio::io::copy(&mut asked, &mut questions) => {}
                _ = all_but_notifications(answered, answers) => {}
            }
        });
    }
}

/// A message is a byte for its type, and a length that counts itself.
async fn all_but_notifications(mut from: OwnedReadHalf, mut to: OwnedWriteHalf) -> std::io::Result<()> {
    loop {
        let mut head = [0; 5];
        from.read_exact(&mut head).await?;
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
        let mut body = vec![0; usize::try_from(length).expect("a length fits") - 4];
        from.read_exact(&mut body).await?;
        if head[0] != NOTIFICATION {
            to.write_all(&head).await?;
            to.write_all(&body).await?;
        }
    }
}

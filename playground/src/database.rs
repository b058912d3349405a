//! The embedded PostgreSQL: a data folder, served on a localhost port.
//!
//! PostgreSQL itself (compiled to WebAssembly) runs inside this process and serves one connection at a time. A small
//! relay stands in front of it and takes away three rough edges:
//!
//! - a client that vanishes (a reset connection) would end the embedded server: the relay hands on a clean end instead;
//! - a second connection would wait without a word: the relay lets it wait [`PATIENCE`], then answers as PostgreSQL does
//!   when it has too many clients;
//! - the embedded server can only stop once its client has left: the relay sees the client off.
//!
//! The folder is safe when the process is killed: PostgreSQL replays its log at the next start, and the lock is the
//! operating system's, so it goes with the process.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use pglite_oxide::PgliteServer;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

/// How long a second connection waits for the first to leave before it is refused.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// How long [`Database::stop`] waits for a statement that is still running.
const LAST_STATEMENT: Duration = Duration::from_secs(10);

/// A running embedded PostgreSQL.
#[derive(Debug)]
pub struct Database {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    relay: Option<JoinHandle<()>>,
    server: Option<PgliteServer>,
}

impl Database {
    /// Opens the database in `folder`, which is created when it is missing, and serves it on a free localhost port.
    pub async fn open(folder: &Path) -> Result<Self> {
        let folder = folder.to_owned();
        let server = tokio::task::spawn_blocking(move || {
            std::fs::create_dir_all(&folder)?;
            PgliteServer::builder().path(folder).start()
        })
        .await?
        .context("the embedded PostgreSQL did not start")?;
        let upstream = server
            .tcp_addr()
            .ok_or_else(|| anyhow!("the embedded PostgreSQL has no TCP address"))?;
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .context("no free port for the database")?;
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let relay = tokio::spawn(relay(listener, upstream, stopped));
        Ok(Self {
            address,
            stop,
            relay: Some(relay),
            server: Some(server),
        })
    }

    /// The address for `DATABASE_URL`. It serves one connection: a pool needs `max_connections` of 1.
    pub fn url(&self) -> String {
        format!(
            "postgresql://postgres@{}/template1?sslmode=disable",
            self.address
        )
    }

    /// Sees the client off and stops. What was committed stays in the folder.
    pub async fn stop(mut self) -> Result<()> {
        // An error would mean that the relay has ended already.
        let _ = self.stop.send(true);
        if let Some(relay) = self.relay.take() {
            relay.await?;
        }
        let Some(server) = self.server.take() else {
            return Ok(());
        };
        let stopping = tokio::task::spawn_blocking(move || server.shutdown());
        match timeout(LAST_STATEMENT, stopping).await {
            Ok(ended) => ended?.context("the embedded PostgreSQL did not stop cleanly"),
            Err(_) => Err(anyhow!(
                "a statement still runs in the embedded PostgreSQL; its work will be rolled back"
            )),
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        if let Some(server) = self.server.take() {
            // Dropping the server waits for its client, whom the relay sees off; so not on the relay's own thread.
            std::thread::spawn(move || drop(server));
        }
    }
}

/// Accepts clients until told to stop, then waits until the last one has been seen off.
async fn relay(listener: TcpListener, upstream: SocketAddr, mut stopped: watch::Receiver<bool>) {
    let seat = Arc::new(Semaphore::new(1));
    let mut clients = JoinSet::new();
    loop {
        let client = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((client, _)) => client,
                Err(error) => {
                    tracing::warn!(%error, "the database could not accept a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
            _ = stopped.changed() => break,
        };
        while clients.try_join_next().is_some() {}
        let (seat, stopped) = (Arc::clone(&seat), stopped.clone());
        clients.spawn(async move {
            if let Err(error) = serve(client, upstream, &seat, stopped).await {
                tracing::warn!(%error, "a database connection failed");
            }
        });
    }
    drop(listener);
    if timeout(LAST_STATEMENT, async {
        while clients.join_next().await.is_some() {}
    })
    .await
    .is_err()
    {
        clients.shutdown().await;
    }
}

/// One client, from its first packet to the end of its session in PostgreSQL.
async fn serve(
    mut client: TcpStream,
    upstream: SocketAddr,
    seat: &Semaphore,
    mut stopped: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let opening = tokio::select! {
        opening = timeout(PATIENCE, opening(&mut client)) => opening,
        _ = stopped.wait_for(|stopped| *stopped) => return Ok(()),
    };
    let Ok(Ok(Some(opening))) = opening else {
        return Ok(());
    };
    let seat = tokio::select! {
        seat = timeout(PATIENCE, seat.acquire()) => seat,
        _ = stopped.wait_for(|stopped| *stopped) => return Ok(()),
    };
    let Ok(Ok(_seat)) = seat else {
        return client.write_all(&refusal()).await;
    };
    let mut server = TcpStream::connect(upstream).await?;
    // One small packet follows another in this protocol; waiting to fill them up only costs time.
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    server.write_all(&opening).await?;

    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let questions = async {
        tokio::select! {
            _ = pass(&mut from_client, &mut to_server) => {}
            _ = stopped.wait_for(|stopped| *stopped) => {}
        }
        // Whatever ended it, the server sees an orderly end, rolls back and lets go.
        let _ = to_server.shutdown().await;
    };
    let answers = async {
        if pass(&mut from_server, &mut to_client).await.is_err() {
            // Nobody listens any more, but the server must be heard out: it would take a reset connection for its end.
            let _ = pass(&mut from_server, &mut tokio::io::sink()).await;
        }
        let _ = to_client.shutdown().await;
    };
    // The session is over when the server has said its last word, whatever the client still does.
    tokio::select! {
        () = answers => {}
        () = async { questions.await; std::future::pending().await } => {}
    }
    Ok(())
}

/// Copies until one side ends or fails.
async fn pass(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
) -> std::io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut buffer).await?;
        if read == 0 {
            return Ok(());
        }
        to.write_all(&buffer[..read]).await?;
    }
}

/// The first eight bytes of a client that speaks PostgreSQL's protocol: the packet's length and what it asks for. `None`
/// for anyone else (a browser that tries the port, say) and for a request to cancel, which the embedded server cannot
/// hear while it works.
async fn opening(client: &mut TcpStream) -> std::io::Result<Option<[u8; 8]>> {
    const VERSION_3: u64 = 3 << 16;
    const TLS: u64 = 80_877_103;
    const GSS: u64 = 80_877_104;
    let mut bytes = [0; 8];
    client.read_exact(&mut bytes).await?;
    // Both numbers, the length in the upper half.
    let both = u64::from_be_bytes(bytes);
    let (length, request) = (both >> 32, both & 0xFFFF_FFFF);
    let known = match request {
        TLS | GSS => length == 8,
        VERSION_3 => (9..10_000).contains(&length),
        _ => false,
    };
    Ok(known.then_some(bytes))
}

/// PostgreSQL's own answer when it has no room for one more client.
fn refusal() -> Vec<u8> {
    let mut fields = Vec::new();
    for (kind, value) in [
        (b'S', "FATAL"),
        (b'V', "FATAL"),
        (b'C', "53300"),
        (
            b'M',
            "the playground's database serves one connection at a time, and another client holds it",
        ),
    ] {
        fields.push(kind);
        fields.extend_from_slice(value.as_bytes());
        fields.push(0);
    }
    fields.push(0);
    let mut packet = vec![b'E'];
    packet.extend_from_slice(&u32::try_from(fields.len() + 4).unwrap_or(4).to_be_bytes());
    packet.extend(fields);
    packet
}

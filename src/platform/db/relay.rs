//! A way to the server on which nothing waits.
//!
//! sqlx 0.9.0 leaves Nagle's algorithm on (<https://github.com/launchbadge/sqlx/issues/4335>): the
//! first message after the TLS handshake is held back until the server acknowledges the handshake's
//! last one, which servers put off for 40 ms. That is longer than all the rest of a function's cold
//! start. sqlx takes no socket of ours, but it speaks TLS over a Unix socket too: so it gets one, and
//! what it says there goes on over TCP without delay. When sqlx does so itself, this file can go.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::io::{AsyncWriteExt, copy, sink};
use tokio::net::{TcpStream, UnixListener, UnixStream};
use tokio::task::JoinHandle;
use tracing::{debug, warn};

/// Tells the relays of a process apart.
static NUMBER: AtomicU32 = AtomicU32::new(0);

/// Passes what comes to a Unix socket on to a server. Ends when it is dropped; what is connected
/// then stays so.
pub(super) struct Relay {
    folder: PathBuf,
    listening: JoinHandle<()>,
}

impl Relay {
    /// A relay to a server. Needs a Tokio runtime around it.
    pub(super) fn to(host: &str, port: u16) -> io::Result<Self> {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("timeoff-{}-{number}", std::process::id()));
        // Left by a process that was killed and had the same number.
        let _ = std::fs::remove_dir_all(&folder);
        // Nobody else's connections pass through here.
        DirBuilder::new().mode(0o700).create(&folder)?;
        // Named as PostgreSQL names its own.
        let listener = UnixListener::bind(folder.join(format!(".s.PGSQL.{port}")))?;
        let server = (host.to_owned(), port);
        let listening = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let server = server.clone();
                tokio::spawn(async move {
                    if let Err(error) = pass(near, &server).await {
                        warn!(%error, host = server.0, "no connection to the database's server");
                    }
                });
            }
        });
        Ok(Self { folder, listening })
    }

    /// Where PostgreSQL's socket would be.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.listening.abort();
        // In the temporary folder, where it harms nobody.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Until the client closes. The server closes first when it is told to end: what the client still
/// says then, out of politeness, is not an error.
async fn pass(near: UnixStream, (host, port): &(String, u16)) -> io::Result<()> {
    let far = TcpStream::connect((host.as_str(), *port)).await?;
    far.set_nodelay(true)?;
    let (mut from_near, mut to_near) = near.into_split();
    let (mut from_far, mut to_far) = far.into_split();
    let of_server = tokio::select! {
        _ = copy(&mut from_near, &mut to_far) => return Ok(()),
        ended = copy(&mut from_far, &mut to_near) => ended,
    };
    if let Err(error) = of_server {
        debug!(%error, "a connection to the database's server broke");
    }
    to_near.shutdown().await?;
    copy(&mut from_near, &mut sink()).await.map(drop)
}

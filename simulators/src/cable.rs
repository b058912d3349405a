//! A way between two ends that can fail: whole, cut, or silent.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// How a way is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Way {
    #[default]
    Whole,
    /// Connections break, new ones too.
    Cut,
    /// Nothing breaks, and nothing arrives.
    Frozen,
}

/// A TCP connection to a server that a test can cut, freeze and mend, for all who use it.
pub struct Cable {
    way: watch::Sender<Way>,
    forget: watch::Sender<()>,
    address: SocketAddr,
}

impl Cable {
    /// A cable to a server, such as `127.0.0.1:5432`, from a free port of localhost.
    pub async fn to(server: impl Into<String>) -> io::Result<Self> {
        let server = server.into();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (way, seen) = watch::channel(Way::Whole);
        let (forget, forgotten) = watch::channel(());
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                if *seen.borrow() == Way::Cut {
                    continue;
                }
                let (server, seen) = (server.clone(), seen.clone());
                let mut forgotten = forgotten.clone();
                forgotten.mark_unchanged();
                tokio::spawn(async move {
                    let far = match TcpStream::connect(server).await {
                        Ok(far) => far,
                        Err(error) => {
                            return tracing::error!(%error, "the server does not answer");
                        }
                    };
                    let mut joined = pin!(join(near, far, seen));
                    tokio::select! {
                        () = &mut joined => {}
                        // Both ends stay as they are.
                        Ok(()) = forgotten.changed() => std::future::pending().await,
                    }
                });
            }
        });
        Ok(Self {
            way,
            forget,
            address,
        })
    }

    /// Where its near end is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Connections break, and new ones are closed at once.
    pub fn cut(&self) {
        self.way.send_replace(Way::Cut);
    }

    /// Connections stay, new ones too, and nothing arrives.
    pub fn freeze(&self) {
        self.way.send_replace(Way::Frozen);
    }

    /// The connections of now stay and pass nothing any more, as after a long sleep; new ones work.
    pub fn forget(&self) {
        self.forget.send_replace(());
    }

    /// What was held back arrives, and new connections go through.
    pub fn mend(&self) {
        self.way.send_replace(Way::Whole);
    }
}

/// Passes bytes both ways until one end closes or the way is cut.
pub(crate) async fn join<A, B>(near: A, far: B, way: watch::Receiver<Way>)
where
    A: AsyncRead + AsyncWrite,
    B: AsyncRead + AsyncWrite,
{
    let (from_near, to_near) = tokio::io::split(near);
    let (from_far, to_far) = tokio::io::split(far);
    tokio::select! {
        () = pass(from_near, to_far, way.clone()) => {}
        () = pass(from_far, to_near, way) => {}
    }
}

async fn pass<A, B>(mut from: ReadHalf<A>, mut to: WriteHalf<B>, mut way: watch::Receiver<Way>)
where
    A: AsyncRead,
    B: AsyncWrite,
{
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let mut watched = way.clone();
        let read = tokio::select! {
            read = from.read(&mut buffer) => read.unwrap_or(0),
            _ = watched.wait_for(|way| *way == Way::Cut) => 0,
        };
        let open = way
            .wait_for(|way| *way != Way::Frozen)
            .await
            .is_ok_and(|way| *way == Way::Whole);
        if read == 0
            || !open
            || to.write_all(&buffer[..read]).await.is_err()
            || to.flush().await.is_err()
        {
            return;
        }
    }
}

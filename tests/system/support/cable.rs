//! The cable between the app and its database: a test can cut it and mend it.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use url::Url;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Whole,
    /// Connections break, new ones too.
    Cut,
    /// Nothing breaks, and nothing arrives.
    Frozen,
}

/// A way to the database server that can fail.
pub struct Cable {
    state: watch::Sender<State>,
    forget: watch::Sender<()>,
    address: std::net::SocketAddr,
}

impl Cable {
    /// A cable to the server of a database's URL.
    pub async fn to(url: &str) -> Self {
        let url = Url::parse(url).expect("a database URL");
        let server = (
            url.host_str().expect("a host").to_owned(),
            url.port().unwrap_or(5432),
        );
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (state, seen) = watch::channel(State::Whole);
        let (forget, forgotten) = watch::channel(());
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                if *seen.borrow() == State::Cut {
                    continue;
                }
                let far = TcpStream::connect((server.0.as_str(), server.1))
                    .await
                    .expect("PostgreSQL answers");
                tokio::spawn(connect(near, far, seen.clone(), forgotten.clone()));
            }
        });
        Self {
            state,
            forget,
            address,
        }
    }

    /// The database's URL through this cable.
    pub fn through(&self, url: &str) -> String {
        let mut url = Url::parse(url).expect("a database URL");
        url.set_host(Some("127.0.0.1")).expect("a host");
        url.set_port(Some(self.address.port())).expect("a port");
        url.to_string()
    }

    pub fn cut(&self) {
        self.state.send_replace(State::Cut);
    }

    pub fn freeze(&self) {
        self.state.send_replace(State::Frozen);
    }

    /// The connections of now stay open and pass nothing any more; new ones work.
    pub fn forget(&self) {
        self.forget.send_replace(());
    }

    pub fn mend(&self) {
        self.state.send_replace(State::Whole);
    }
}

async fn connect(
    near: TcpStream,
    far: TcpStream,
    state: watch::Receiver<State>,
    mut forgotten: watch::Receiver<()>,
) {
    forgotten.mark_unchanged();
    let (mut from_near, mut to_near) = near.into_split();
    let (mut from_far, mut to_far) = far.into_split();
    tokio::select! {
        () = pass(&mut from_near, &mut to_far, state.clone()) => {}
        () = pass(&mut from_far, &mut to_near, state) => {}
        // Both ends stay as they are, until the test is over.
        Ok(()) = forgotten.changed() => std::future::pending().await,
    }
}

async fn pass(
    from: &mut OwnedReadHalf,
    to: &mut OwnedWriteHalf,
    mut state: watch::Receiver<State>,
) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let mut watched = state.clone();
        let read = tokio::select! {
            read = from.read(&mut buffer) => read.unwrap_or(0),
            _ = watched.wait_for(|state| *state == State::Cut) => 0,
        };
        let open = state
            .wait_for(|state| *state != State::Frozen)
            .await
            .is_ok_and(|state| *state == State::Whole);
        if read == 0 || !open || to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}

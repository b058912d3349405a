//! What stands in front of PostgreSQL in Amazon RDS: TLS with a certificate of Amazon's own
//! authority, and users who sign in with an IAM token.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use simulators::rds::{RdsConfig, RdsSim};
//!
//! let rds = RdsSim::start(RdsConfig::new("127.0.0.1:5432")).await?;
//! rds.add_access_key("AKIA", "secret", None);
//! rds.add_iam_user("timeoff_api", "postgres"); // is `postgres` in the real database
//! rds.add_password_user("timeoff_owner", "a password", "postgres");
//! // Clients connect to rds.host() and rds.port() and trust rds.ca_pem().
//! rds.cut_all(); // a failover, or a frozen client whose connections are gone
//! # Ok(())
//! # }
//! ```
//!
//! The PostgreSQL behind it is reached without TLS and has to trust its roles. Passwords are asked
//! for in the clear, inside TLS; the real one asks for SCRAM. Of an IAM policy it knows only which
//! access keys there are, not which users each may be.

mod certificate;
mod protocol;
mod session;
mod state;
mod token;

use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use rustix::net::sockopt::set_socket_linger;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::cable::Way;
use crate::clock::Clock;
use state::{Door, Shared, User};

/// How the simulated RDS is set up.
#[derive(Clone, Debug)]
pub struct RdsConfig {
    /// The real PostgreSQL, such as `127.0.0.1:5432`.
    pub upstream: String,
    /// The name that clients use: in the certificate, and in tokens. It has to lead to 127.0.0.1.
    pub host: String,
    /// The region.
    pub region: String,
    /// The time: tokens expire by it.
    pub clock: Clock,
}

impl RdsConfig {
    /// In front of this PostgreSQL, as `localhost` in `eu-central-1`, by the machine's clock.
    pub fn new(upstream: impl Into<String>) -> Self {
        Self {
            upstream: upstream.into(),
            host: "localhost".to_owned(),
            region: "eu-central-1".to_owned(),
            clock: Clock::system(),
        }
    }
}

/// An access key of somebody who may connect.
#[derive(Clone, Debug)]
pub(crate) struct AccessKey {
    secret: String,
    session_token: Option<String>,
}

/// The tokens that were used to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokensSeen {
    /// How often one was given.
    pub presented: usize,
    /// How many different ones.
    pub distinct: usize,
    /// How often one was good.
    pub accepted: usize,
}

/// The simulated RDS. Clones are the same; it ends with the last.
#[derive(Clone)]
pub struct RdsSim {
    running: Arc<Running>,
}

struct Running {
    shared: Arc<Shared>,
    ca_pem: String,
    task: AbortHandle,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
        set_all(&self.shared, Way::Cut);
    }
}

impl RdsSim {
    /// Listens on a free port of 127.0.0.1. There are no users and no access keys yet.
    pub async fn start(config: RdsConfig) -> std::io::Result<Self> {
        let (ca_pem, tls) = certificate::make(&config.host)?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared::new(config, port, tls));
        let task = tokio::spawn(accept(Arc::clone(&shared), listener)).abort_handle();
        Ok(Self {
            running: Arc::new(Running {
                shared,
                ca_pem,
                task,
            }),
        })
    }

    /// The host that clients connect to.
    pub fn host(&self) -> &str {
        &self.running.shared.config.host
    }

    /// The port that clients connect to.
    pub fn port(&self) -> u16 {
        self.running.shared.port
    }

    /// The certificate of the authority, in PEM. Another simulator has another one.
    pub fn ca_pem(&self) -> &str {
        &self.running.ca_pem
    }

    /// A user with `rds_iam`: signs in with a token alone, and is `role` in PostgreSQL.
    pub fn add_iam_user(&self, name: impl Into<String>, role: impl Into<String>) {
        self.add(name.into(), role.into(), None);
    }

    /// A user with a password, who is `role` in PostgreSQL.
    pub fn add_password_user(
        &self,
        name: impl Into<String>,
        password: impl Into<String>,
        role: impl Into<String>,
    ) {
        self.add(name.into(), role.into(), Some(password.into()));
    }

    /// Changes a password. `false`: there is no such user, or it has none. Connections stay.
    pub fn set_password(&self, name: &str, password: impl Into<String>) -> bool {
        let mut known = self.running.shared.known();
        let user = known.users.get_mut(name);
        let Some(current) = user.and_then(|user| user.password.as_mut()) else {
            return false;
        };
        *current = password.into();
        true
    }

    /// An access key whose tokens are good. With a session token (every role's key has one), the
    /// token has to carry it.
    pub fn add_access_key(
        &self,
        id: impl Into<String>,
        secret: impl Into<String>,
        session_token: Option<&str>,
    ) {
        let key = AccessKey {
            secret: secret.into(),
            session_token: session_token.map(str::to_owned),
        };
        self.running.shared.known().keys.insert(id.into(), key);
    }

    /// The tokens that were used so far.
    pub fn tokens_seen(&self) -> TokensSeen {
        self.running.shared.tokens_seen()
    }

    /// Why connections were refused so far, oldest first: more than clients are told.
    pub fn refusals(&self) -> Vec<String> {
        self.running.shared.refusals()
    }

    /// How many connections are open, stalled ones among them.
    pub fn connections(&self) -> usize {
        let mut known = self.running.shared.known();
        known.connections.retain(|way| !way.is_closed());
        known.connections.len()
    }

    /// Resets all connections, without a word. New ones are served.
    pub fn cut_all(&self) {
        set_all(&self.running.shared, Way::Cut);
    }

    /// From now on nothing passes on the connections that are open: half dead, as after a failover
    /// that nobody announced. They stay so until [`Self::cut_all`]. New ones are served.
    pub fn stall_all(&self) {
        set_all(&self.running.shared, Way::Frozen);
    }

    /// New connections are closed at once, until `refuse(false)`. Open ones stay.
    pub fn refuse(&self, refuse: bool) {
        self.running.shared.known().door = if refuse { Door::Shut } else { Door::Open };
    }

    /// New connections are taken and never answered, until `ignore(false)`. Open ones stay.
    pub fn ignore(&self, ignore: bool) {
        self.running.shared.known().door = if ignore { Door::Silent } else { Door::Open };
    }

    fn add(&self, name: String, role: String, password: Option<String>) {
        let user = User { role, password };
        self.running.shared.known().users.insert(name, user);
    }
}

/// Lets the closing of a connection reset it, as happens when a server is gone.
struct Reset(OwnedFd);

impl Reset {
    fn of(stream: &TcpStream) -> std::io::Result<Self> {
        stream.as_fd().try_clone_to_owned().map(Self)
    }

    fn now(&self) {
        if let Err(error) = set_socket_linger(&self.0, Some(Duration::ZERO)) {
            tracing::debug!(%error, "the connection is gone already");
        }
    }
}

fn set_all(shared: &Shared, way: Way) {
    for connection in &shared.known().connections {
        connection.send_replace(way);
    }
}

async fn accept(shared: Arc<Shared>, listener: TcpListener) {
    loop {
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::error!(%error, "the simulated RDS cannot take connections");
                return;
            }
        };
        let reset = match stream.set_nodelay(true).and_then(|()| Reset::of(&stream)) {
            Ok(reset) => reset,
            Err(error) => {
                tracing::debug!(%error, "the client is gone already");
                continue;
            }
        };
        let (way, mut watched) = watch::channel(Way::Whole);
        let door = {
            let mut known = shared.known();
            known.connections.retain(|way| !way.is_closed());
            if known.door != Door::Shut {
                known.connections.push(way);
            }
            known.door
        };
        let shared = Arc::clone(&shared);
        match door {
            Door::Shut => reset.now(),
            Door::Silent => {
                tokio::spawn(async move {
                    let _ = watched.wait_for(|way| *way == Way::Cut).await;
                    reset.now();
                    drop(stream);
                });
            }
            Door::Open => {
                tokio::spawn(async move {
                    let session = session::serve(shared, stream, peer.ip(), watched.clone());
                    tokio::select! {
                        ended = session => if let Err(error) = ended {
                            tracing::debug!(%error, "a connection ended");
                        },
                        _ = watched.wait_for(|way| *way == Way::Cut) => reset.now(),
                    }
                });
            }
        }
    }
}

//! What the simulated RDS knows: its users, its keys, who has come.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use super::token::{self, Expected};
use super::{AccessKey, RdsConfig, TokensSeen};
use crate::cable::Way;

/// How a user proves who it is, and the role that it then has in PostgreSQL.
pub(super) struct User {
    pub role: String,
    /// None: by IAM alone, as a member of `rds_iam`.
    pub password: Option<String>,
}

/// What becomes of a new connection.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Door {
    #[default]
    Open,
    /// Closed at once.
    Shut,
    /// Nobody answers.
    Silent,
}

pub(super) struct Shared {
    pub config: RdsConfig,
    pub port: u16,
    pub tls: TlsAcceptor,
    known: Mutex<Known>,
}

#[derive(Default)]
pub(super) struct Known {
    pub users: BTreeMap<String, User>,
    pub keys: BTreeMap<String, AccessKey>,
    pub door: Door,
    pub connections: Vec<watch::Sender<Way>>,
    tokens: BTreeSet<String>,
    presented: usize,
    accepted: usize,
    refusals: Vec<String>,
}

impl Shared {
    pub fn new(config: RdsConfig, port: u16, tls: TlsAcceptor) -> Self {
        Self {
            config,
            port,
            tls,
            known: Mutex::default(),
        }
    }

    pub fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn upstream(&self) -> &str {
        &self.config.upstream
    }

    /// Keeps why somebody was refused.
    pub fn note(&self, reason: &str) {
        tracing::info!(reason, "the simulated RDS refuses a connection");
        self.known().refusals.push(reason.to_owned());
    }

    pub fn refusals(&self) -> Vec<String> {
        self.known().refusals.clone()
    }

    pub fn tokens_seen(&self) -> TokensSeen {
        let known = self.known();
        TokensSeen {
            presented: known.presented,
            distinct: known.tokens.len(),
            accepted: known.accepted,
        }
    }

    /// The role that a user may have with this password or token, or PostgreSQL's code and words.
    pub fn judge(&self, user: &str, password: &str) -> Result<String, (&'static str, String)> {
        let wrong_password = || {
            let message = format!("password authentication failed for user \"{user}\"");
            ("28P01", message)
        };
        let mut known = self.known();
        let Some(known_user) = known.users.get(user) else {
            let reason = format!("{user}: there is no such user");
            known.refusals.push(reason);
            return Err(wrong_password());
        };
        let role = known_user.role.clone();
        let wanted = known_user.password.clone();
        let Some(wanted) = wanted else {
            known.presented += 1;
            known.tokens.insert(password.to_owned());
            let expected = Expected {
                server: format!("{}:{}", self.config.host, self.port),
                region: &self.config.region,
                user,
                now: self.config.clock.now(),
                keys: &known.keys,
            };
            let judged = token::check(password, &expected);
            if let Err(reason) = judged {
                known.refusals.push(format!("{user}: the token: {reason}"));
                let message = format!("PAM authentication failed for user \"{user}\"");
                return Err(("28000", message));
            }
            known.accepted += 1;
            return Ok(role);
        };
        if password != wanted {
            known
                .refusals
                .push(format!("{user}: the password is wrong"));
            return Err(wrong_password());
        }
        Ok(role)
    }
}

//! The signed API: programs of people admins read leave and retry what failed.
//!
//! A request is read ([`signature`]), its key and nonce are looked up ([`caller`]), and its handler
//! runs in one transaction of the key's workspace. Every answer is JSON; every refusal has a code.
//! `docs/api.md` tells how to use it.

pub mod caller;
pub mod json;
pub mod keys;
pub mod leaves;
pub mod problem;
pub mod query;
pub mod refused;
pub mod signature;
pub mod store;
pub mod target;

use std::sync::Arc;

use url::Url;

use crate::jobs::Runner;
use crate::services::Services;

/// What the API needs.
#[derive(Clone)]
pub struct Api {
    /// The database and the time.
    pub services: Services,
    /// Woken when a retry has promised work.
    pub runner: Runner,
    /// Where clients reach the app, if that is not what their requests say.
    pub public_url: Arc<Option<Url>>,
}

//! Many workspaces at once. People of all of them ask, decide, change their minds and press twice, in
//! a random order and at the same moment; afterwards every request must have been taken exactly once,
//! and nothing may have strayed into another workspace. `benches/load.rs` does the same on a larger
//! scale and measures it.
//!
//! | file | |
//! |---|---|
//! | `town.rs` | the workspaces, in which all ids are the same and all names and days differ |
//! | `plan.rs` | what people are going to do, and what must come of it |
//! | `clients.rs` | the clients that do it |
//! | `requests.rs` | each step as the request that Slack sends for it |
//! | `ledger.rs` | what was sent, and what it promised |
//! | `check.rs` | what the database and Slack have in the end, compared with that |

pub mod check;
mod clients;
mod ledger;
mod plan;
mod requests;
pub mod town;

use std::collections::BTreeMap;
use std::time::Duration;

#[allow(unused_imports)] // for the bench
pub use clients::http_client;
pub use ledger::Kind;

use clients::Desk;
use ledger::Sent;
use town::Town;

/// How much is done.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub workspaces: usize,
    /// In each workspace.
    pub people: usize,
    /// Requests that are sent, copies included.
    pub requests: usize,
    /// Clients that send at the same time.
    pub clients: usize,
    /// Connections to the database.
    pub connections: u32,
    /// Decides what is done, by whom and in which order.
    pub seed: u64,
}

/// What came of it.
#[derive(Debug, Default)]
#[allow(dead_code)] // the figures are for the bench
pub struct Report {
    /// How long each request waited for its answer.
    pub acks: BTreeMap<Kind, Vec<Duration>>,
    /// How many of the requests were copies.
    pub copies: usize,
    /// What Slack sent by itself, about the app's own messages.
    pub by_itself: usize,
    /// From the first request to the last answer.
    pub sending: Duration,
    /// From the first request to the end of the last job.
    pub until_done: Duration,
    /// Jobs that were done.
    pub jobs: i64,
    /// How long each form took from the command to the end of the job that opens it, in seconds.
    pub forms: Vec<f64>,
    /// Everything that is not as it should be.
    pub violations: Vec<String>,
}

/// Builds the workspaces, lets the clients loose, and compares.
pub async fn carry_out(size: Size) -> Report {
    let sent = send(size).await;
    let report = check::compare(&sent).await;
    sent.town.close().await;
    report
}

/// Builds the workspaces and lets the clients loose.
pub async fn send(size: Size) -> Sent {
    let town = Town::build(size).await;
    clients::send_everything(Desk::new(town, plan::draw_up(size))).await
}

//! Durable work after the ack.
//!
//! A handler enqueues a job in the transaction that changes the state; the ack follows the
//! commit, the job follows the ack. This room knows no feature: [`Dispatch`] is implemented by
//! `routes.rs`.

mod runner;
mod store;

use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};

pub use runner::{Dispatch, Drained, Runner};
pub use store::{
    enqueue, enqueue_at, enqueue_unless_queued, forget_old, is_promised, oldest_waiting, unfinished,
};

use crate::platform::again::Again;
use crate::platform::ids::WorkspaceId;

/// What may happen to a job that failed or was interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Once begun, never again: the person is told instead.
    NeverAgain,
    /// Up to so many attempts altogether, with growing pauses. Only for work that is safe to repeat.
    UpTo(u16),
}

impl Policy {
    fn max_attempts(self) -> i32 {
        match self {
            Self::NeverAgain => 1,
            Self::UpTo(attempts) => i32::from(attempts),
        }
    }
}

/// A kind of job: its payload and its rules.
pub trait Work: Serialize + DeserializeOwned + Send {
    /// The name in the job table and in `routes.rs`.
    const KIND: &'static str;
    /// What happens after a failure.
    const POLICY: Policy;

    /// Jobs of one lane run one at a time and in order. `None`: no order.
    fn lane(&self) -> Option<String> {
        None
    }
}

/// A claimed job.
#[derive(Debug, Clone)]
pub struct Job {
    /// The row.
    pub id: i64,
    /// The tenant that it belongs to.
    pub workspace: WorkspaceId,
    /// [`Work::KIND`].
    pub kind: String,
    /// The payload as JSON.
    pub payload: serde_json::Value,
    /// 1 for the first try.
    pub attempt: i32,
    /// The last try's number.
    pub max_attempts: i32,
    /// Names the request that caused it, in every log line.
    pub correlation_id: String,
}

impl Job {
    /// Reads the payload of a kind. A payload that an older version wrote and this one
    /// cannot read fails for good.
    pub fn work<W: Work>(&self) -> Result<W, JobError> {
        serde_json::from_value(self.payload.clone()).map_err(|error| {
            JobError::for_good(format!("unreadable payload of {}: {error}", self.kind))
        })
    }

    /// Whether an earlier attempt may have done part of the work.
    pub fn is_repeat(&self) -> bool {
        self.attempt > 1
    }
}

/// Why a job did not succeed; for the log and the operator, not for the person who waits.
#[derive(Debug, thiserror::Error)]
#[error("{why}")]
pub struct JobError {
    /// What went wrong.
    pub why: String,
    /// Whether another attempt can help, and the pause that the other side asked for.
    pub again: Again,
}

impl JobError {
    /// A failure that repeats itself.
    pub fn for_good(why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            again: Again::No,
        }
    }

    /// A failure that may pass.
    pub fn for_now(why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            again: Again::Yes,
        }
    }
}

impl From<sqlx::Error> for JobError {
    fn from(error: sqlx::Error) -> Self {
        Self::for_now(format!("database: {error}"))
    }
}

/// The pause before attempt `next`: 2, 4, 8 … seconds, at most 5 minutes.
pub(crate) fn backoff(next: i32) -> Duration {
    let exponent = u32::try_from(next - 1).unwrap_or(0).min(8);
    Duration::from_secs(2u64.pow(exponent).min(300))
}

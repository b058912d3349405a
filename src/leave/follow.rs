//! What follows when leave was approved, or approved leave was changed or taken back: the other
//! services, and everything that people were told of it.

use serde::{Deserialize, Serialize};

use super::{announcement, day_before, digest, status, store, sync};
use crate::jobs::{self, Job, JobError, Policy, Work};
use crate::platform::db::TenantTx;
use crate::services::Services;
use crate::tenant::store as directory;

/// Job: has every notice about leave follow it.
#[derive(Debug, Serialize, Deserialize)]
pub struct FollowLeave {
    /// Which leave.
    pub action_id: i64,
    /// Whether it was approved just now.
    pub approved: bool,
}

impl Work for FollowLeave {
    const KIND: &'static str = "leave.follow";
    const POLICY: Policy = Policy::UpTo(20);

    fn lane(&self) -> Option<String> {
        Some(format!("action:{}:follow", self.action_id))
    }
}

/// Promises that everything follows leave that was approved just now.
pub(super) async fn approved(
    tx: &mut TenantTx,
    correlation_id: &str,
    action_id: i64,
) -> Result<(), sqlx::Error> {
    promise(tx, correlation_id, action_id, true).await
}

/// Promises that everything follows approved leave that was changed or taken back.
pub(super) async fn changed(
    tx: &mut TenantTx,
    correlation_id: &str,
    action_id: i64,
) -> Result<(), sqlx::Error> {
    promise(tx, correlation_id, action_id, false).await
}

async fn promise(
    tx: &mut TenantTx,
    correlation_id: &str,
    action_id: i64,
    approved: bool,
) -> Result<(), sqlx::Error> {
    sync::follow(tx, correlation_id, action_id).await?;
    // One job before the ack; what it leads to is found out after it.
    let follow = FollowLeave {
        action_id,
        approved,
    };
    jobs::enqueue(tx, correlation_id, &follow).await
}

/// Runs [`FollowLeave`]: each notice is a job of its own, so that none waits for another.
pub async fn run(services: &Services, job: &Job) -> Result<(), JobError> {
    let FollowLeave {
        action_id,
        approved,
    } = job.work()?;
    let now = services.clock.now();
    let mut tx = services.db.begin(&job.workspace, now).await?;
    let (Some(workspace), Some(action)) = (
        directory::workspace(&mut tx).await?,
        store::action(&mut tx, action_id).await?,
    ) else {
        return Ok(());
    };
    let (settings, correlation_id) = (&workspace.settings, &job.correlation_id);
    announcement::follow(&mut tx, correlation_id, settings, action_id, approved).await?;
    day_before::follow(&mut tx, correlation_id, settings, &action, approved).await?;
    digest::follow(&mut tx, correlation_id, settings).await?;
    status::follow(&mut tx, correlation_id, &action.user).await?;
    tx.commit().await?;
    Ok(())
}

//! What the clock starts: once a minute, in every workspace.

use tracing::error;

use crate::admin;
use crate::jobs::{self, Runner};
use crate::leave::{channel, reminders, sync};
use crate::services::Services;
use crate::tenant::store;

/// One round: abandoned jobs, interrupted syncs, unanswered proposals, reminders, and forgetting
/// what is old. A failure in one workspace is logged and does not stop the others.
pub async fn tick(services: &Services, runner: &Runner) {
    if let Err(error) = runner.sweep().await {
        error!(%error, "cannot take back abandoned jobs");
    }
    match store::workspace_ids(&services.db).await {
        Ok(workspaces) => {
            for workspace in workspaces {
                if let Err(error) = sync::recover(services, &workspace).await {
                    error!(%workspace, %error, "cannot end what was interrupted");
                }
                if let Err(error) = channel::expire(services, &workspace).await {
                    error!(%workspace, %error, "cannot end unanswered proposals");
                }
                if let Err(error) = reminders::remind(services, &workspace).await {
                    error!(%workspace, %error, "cannot send reminders");
                }
            }
        }
        Err(error) => error!(%error, "cannot list the workspaces"),
    }
    let now = services.clock.now();
    if let Err(error) = jobs::forget_old(&services.db, now).await {
        error!(%error, "cannot forget what is old");
    }
    if let Err(error) = admin::store::forget_old(&services.db, now).await {
        error!(%error, "cannot forget old nonces");
    }
    runner.wake();
}

//! Workspaces that removed the app and did not come back: after the retention time, a setting of
//! theirs, everything of theirs is deleted. Nothing brings it back.

use jiff::SignedDuration;
use tracing::{error, info};

use crate::platform::ids::WorkspaceId;
use crate::services::Services;
use crate::tenant::store;

/// Deletes what is over its time; how many workspaces that were.
pub async fn forget_removed(services: &Services) -> Result<usize, sqlx::Error> {
    let mut forgotten = 0;
    for workspace in store::paused_workspace_ids(&services.db).await? {
        // One that cannot be deleted does not keep the others.
        match forget_one(services, &workspace).await {
            Ok(done) => forgotten += usize::from(done),
            Err(error) => error!(%workspace, %error, "a removed workspace cannot be deleted"),
        }
    }
    store::forget_enterprises(&services.db).await?;
    Ok(forgotten)
}

async fn forget_one(services: &Services, workspace: &WorkspaceId) -> Result<bool, sqlx::Error> {
    let mut tx = services.db.begin(workspace, services.clock.now()).await?;
    // From here to the end nobody installs it again: either that came first, or it finds nothing.
    let Some(paused) = store::paused(&mut tx).await? else {
        return Ok(false);
    };
    let kept = SignedDuration::from_hours(24 * i64::from(paused.settings.retention_days));
    if tx.now().duration_since(paused.since) < kept {
        return Ok(false);
    }
    store::delete_paused(&mut tx).await?;
    tx.commit().await?;
    info!(%workspace, days = paused.settings.retention_days, "deleted: the app was removed and did not come back");
    Ok(true)
}

//! Nobody answered: after its time a reply loses its buttons.

use super::reply;
use crate::leave::model::ReplyState;
use crate::leave::store;
use crate::platform::ids::WorkspaceId;
use crate::services::Services;

/// Ends the open replies of a workspace whose time is over.
pub async fn expire(services: &Services, workspace: &WorkspaceId) -> Result<usize, sqlx::Error> {
    let mut tx = services.db.begin(workspace, services.clock.now()).await?;
    let overdue = store::overdue_replies(&mut tx).await?;
    let found = overdue.len();
    for reply in overdue {
        let correlation_id = format!("expire:{}", reply.id);
        reply::close(&mut tx, &correlation_id, &reply, ReplyState::Expired).await?;
    }
    tx.commit().await?;
    Ok(found)
}

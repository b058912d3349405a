//! Getting to know somebody from their Slack profile.

use super::messages::Messenger;
use super::model::Person;
use super::store;
use crate::jobs::JobError;
use crate::platform::ids::{SlackUserId, WorkspaceId};
use crate::services::Services;

/// Reads somebody's name, address and zone from Slack and keeps them in the directory. `None`: no
/// person of this workspace, such as a bot or a guest from elsewhere.
pub async fn look_up(
    services: &Services,
    workspace: &WorkspaceId,
    user: &SlackUserId,
) -> Result<Option<Person>, JobError> {
    let messenger = Messenger::of(services, workspace).await?;
    let member = services.slack.user(messenger.token(), user).await?;
    if !member.is_person() {
        return Ok(None);
    }
    let mut tx = services.db.begin(workspace, services.clock.now()).await?;
    store::save_member(&mut tx, &member).await?;
    let person = store::person(&mut tx, user).await?;
    tx.commit().await?;
    Ok(person)
}

//! Getting to know somebody from their Slack profile.

use std::time::Duration;

use super::messages::Messenger;
use super::model::Person;
use super::store::{self, Adds, Claim};
use crate::clients::slack::{Member, SlackError};
use crate::jobs::JobError;
use crate::platform::again::Again;
use crate::platform::db::TenantTx;
use crate::platform::ids::{SlackUserId, WorkspaceId};
use crate::services::Services;

/// How long to wait for whoever is looking the same person up.
const PATIENCE: Duration = Duration::from_secs(10);

/// Reads somebody's name, address and zone from Slack and keeps them in the directory. `None`: no
/// person of this workspace, such as a bot or a guest from elsewhere.
///
/// Slack is asked at most once an hour for one person, however many messages they write. Who comes
/// while somebody else asks is to come again: the error says so.
pub async fn look_up(
    services: &Services,
    workspace: &WorkspaceId,
    user: &SlackUserId,
) -> Result<Option<Person>, JobError> {
    let mut tx = begin(services, workspace).await?;
    match store::claim_look_up(&mut tx, user).await? {
        Claim::Ours => tx.commit().await?,
        Claim::UnderWay => {
            return Err(JobError {
                why: "the person is being looked up already".to_owned(),
                again: Again::After(PATIENCE),
            });
        }
        Claim::Answered => {
            let person = store::person(&mut tx, user).await?;
            tx.rollback().await?;
            return Ok(person);
        }
    }
    let asked = ask(services, workspace, user).await;
    let mut tx = begin(services, workspace).await?;
    let found = match asked {
        Ok(member) => {
            if let Some(member) = member {
                store::save_member(&mut tx, &member, Adds::Everybody).await?;
            }
            store::answered(&mut tx, user).await?;
            Ok(store::person(&mut tx, user).await?)
        }
        Err(error) => {
            store::release_look_up(&mut tx, user).await?;
            Err(error)
        }
    };
    tx.commit().await?;
    found
}

async fn begin(services: &Services, workspace: &WorkspaceId) -> Result<TenantTx, sqlx::Error> {
    services.db.begin(workspace, services.clock.now()).await
}

/// Somebody's profile; `None`: Slack knows nobody with this id, or shows them to nobody here.
async fn ask(
    services: &Services,
    workspace: &WorkspaceId,
    user: &SlackUserId,
) -> Result<Option<Member>, JobError> {
    let messenger = Messenger::of(services, workspace).await?;
    match services.slack.user(messenger.token(), user).await {
        Ok(member) => Ok(Some(member)),
        Err(error) if is_nobody(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// <https://docs.slack.dev/reference/methods/users.info#errors>
fn is_nobody(error: &SlackError) -> bool {
    ["user_not_found", "user_not_visible"].contains(&error.code.as_str())
}

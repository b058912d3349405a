//! Organizations (Enterprise Grid) that install the app for their workspaces: one token for all,
//! and each workspace a tenant of its own.
//! <https://docs.slack.dev/enterprise/organization-ready-apps>

use tracing::{error, info, warn};

use super::come_aboard;
use crate::clients::slack::{Organization, Team};
use crate::platform::config::Secret;
use crate::platform::db::TenantTx;
use crate::platform::ids::{EnterpriseId, SlackUserId};
use crate::services::Services;
use crate::tenant::Workspace;
use crate::tenant::store::{self, Found, Listed, NewEnterprise, UnreadEnterprise};

/// Nobody is greeted for all workspaces of an organization, which may be hundreds: the admins of each
/// are, once its people are known.
const OF_EACH_WORKSPACE: Option<&SlackUserId> = None;

/// Keeps the token of an organization. Its workspaces are read afterwards, by [`read_new`].
pub(super) async fn install(
    services: &Services,
    organization: &Organization,
    installer: &SlackUserId,
) -> Result<(), sqlx::Error> {
    let enterprise = NewEnterprise {
        id: &organization.id,
        name: &organization.name,
        bot: &organization.bot,
        encrypted_token: &services.keyring.encrypt(organization.token.expose()),
        scopes: &organization.scopes,
        installer,
    };
    store::save_enterprise(&services.db, &enterprise, services.clock.now()).await
}

/// Reads the workspaces of organizations that are new or that gave the app to more of them. What
/// fails is tried again a minute later, and so is what changed while it was read. How many
/// organizations were read.
pub async fn read_new(services: &Services) -> Result<usize, sqlx::Error> {
    let mut read = 0;
    for enterprise in store::enterprises_to_read(&services.db).await? {
        let token = match services.keyring.decrypt(&enterprise.encrypted_token) {
            Ok(token) => Secret::new(token),
            Err(error) => {
                error!(enterprise = %enterprise.id, %error, "cannot read an organization's workspaces");
                continue;
            }
        };
        match services.slack.teams(&token).await {
            Ok(teams) => take_in(services, &enterprise, teams).await?,
            Err(error) => {
                warn!(enterprise = %enterprise.id, %error, "cannot read an organization's workspaces yet");
                continue;
            }
        }
        read += 1;
    }
    Ok(read)
}

async fn take_in(
    services: &Services,
    enterprise: &UnreadEnterprise,
    teams: Vec<Team>,
) -> Result<(), sqlx::Error> {
    info!(enterprise = %enterprise.id, workspaces = teams.len(), "the workspaces of an organization");
    for team in teams {
        let now = services.clock.now();
        let mut tx = services.db.begin(&team.id, now).await?;
        let name = Some(team.name.as_str()).filter(|name| !name.is_empty());
        let found = store::find_installation(&mut tx).await?;
        if found == Found::Installed {
            // Its name may not have been known yet, or have changed.
            if let Some(name) = name {
                store::rename_workspace(&mut tx, name).await?;
            }
        } else {
            let as_of = enterprise.teams_version;
            let listed = Some(Listed { name, as_of });
            if store::join_enterprise(&mut tx, &enterprise.id, listed).await? {
                come_aboard(&mut tx, found, "install", OF_EACH_WORKSPACE).await?;
            }
        }
        tx.commit().await?;
    }
    if !store::enterprise_was_read(&services.db, enterprise, services.clock.now()).await? {
        info!(enterprise = %enterprise.id, "its workspaces changed meanwhile: they are read again");
    }
    Ok(())
}

/// A request came from a workspace that is not known yet, of an organization that installed the app:
/// it is taken in before the request is handled. One that the app was taken away from is not.
pub async fn adopt(
    tx: &mut TenantTx,
    org: &EnterpriseId,
    correlation_id: &str,
) -> Result<Option<Workspace>, sqlx::Error> {
    let is_workspace = tx.workspace().as_str().starts_with('T');
    let found = store::find_installation(tx).await?;
    if !is_workspace || found == Found::Paused {
        return Ok(None);
    }
    if found == Found::Installed || !store::join_enterprise(tx, org, None).await? {
        // Another request of the same moment may have taken it in.
        return store::workspace(tx).await;
    }
    // The list has its name.
    store::read_enterprise_again(tx, org).await?;
    come_aboard(tx, found, correlation_id, OF_EACH_WORKSPACE).await?;
    store::workspace(tx).await
}

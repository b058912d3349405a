//! The app is removed from a workspace or an organization, or tokens are taken away. The data waits
//! for the retention time ([`super::retention`]); until then an installation finds everything as it
//! was.
//!
//! Slack delivers late and more than once: what was installed or given since then stays.

use serde_json::json;
use tracing::info;

use crate::gateway::{Event, InstallationChange};
use crate::platform::db::TenantTx;
use crate::tenant::store::{self, Actor, Audit};

/// An installation changed.
pub async fn changed(
    tx: &mut TenantTx,
    event: Event,
    change: InstallationChange,
) -> Result<(), sqlx::Error> {
    let at = event.at.unwrap_or_else(|| tx.now());
    match (change, &event.org) {
        (InstallationChange::AccessGranted, Some(org)) => {
            store::read_enterprise_again(tx, org).await
        }
        (InstallationChange::AccessRevoked(teams), Some(org)) => {
            for workspace in store::leave_enterprise(tx, org, &teams, at).await? {
                info!(%workspace, enterprise = %org, "paused: its organization took the app away");
            }
            Ok(())
        }
        (
            InstallationChange::Uninstalled | InstallationChange::TokensRevoked { bot: true, .. },
            Some(org),
        ) => {
            for workspace in store::pause_enterprise(tx, org, at).await? {
                info!(%workspace, enterprise = %org, "paused: its organization removed the app");
            }
            Ok(())
        }
        (
            InstallationChange::Uninstalled | InstallationChange::TokensRevoked { bot: true, .. },
            None,
        ) => {
            if store::pause(tx, at).await? {
                info!(workspace = %tx.workspace(), "paused: the app was removed");
                let entry = Audit {
                    actor: Actor::System,
                    subject: "workspace".to_owned(),
                    action: "removed",
                    from: None,
                    to: Some("paused"),
                    detail: json!({}),
                };
                store::audit(tx, &entry).await?;
                // Its organization may have given it the app, too.
                if let Some(org) = store::enterprise_of(tx).await? {
                    store::read_enterprise_again(tx, &org).await?;
                }
            }
            Ok(())
        }
        (InstallationChange::TokensRevoked { people, bot: false }, _) => {
            for user in people {
                store::erase_user_token(tx, &user, at).await?;
            }
            Ok(())
        }
        // Only organizations give and take access.
        (InstallationChange::AccessGranted | InstallationChange::AccessRevoked(_), None) => Ok(()),
    }
}

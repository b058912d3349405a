//! A workspace comes aboard.

use super::people::ImportPeople;
use crate::clients::slack::Identity;
use crate::jobs;
use crate::platform::again::Again;
use crate::platform::config::Secret;
use crate::platform::db::TenantTx;
use crate::services::Services;
use crate::tenant::store::{self, Actor, Audit, Installation};

/// Why a workspace could not be installed at start.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// Slack refused the token or could not be reached.
    #[error("cannot install the workspace of SLACK_BOT_TOKEN: {0}")]
    Slack(#[from] crate::clients::slack::SlackError),
    /// The database failed.
    #[error("cannot install the workspace of SLACK_BOT_TOKEN: {0}")]
    Database(#[from] sqlx::Error),
}

impl InstallError {
    /// Whether trying again later can help: Slack or the database is away.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Slack(error) => error.again != Again::No,
            Self::Database(_) => true,
        }
    }
}

/// Installs the single workspace of a bot token, or refreshes it, and has its people read.
/// `furnish` adds what the features need in a new workspace, in the same transaction.
pub async fn install_token(
    services: &Services,
    token: &Secret,
    furnish: impl AsyncFnOnce(&mut TenantTx) -> Result<(), sqlx::Error>,
) -> Result<Identity, InstallError> {
    let identity = services.slack.auth_test(token).await?;
    let mut tx = services
        .db
        .begin(&identity.team_id, services.clock.now())
        .await?;
    let installation = Installation {
        identity: &identity,
        encrypted_token: &services.keyring.encrypt(token.expose()),
        scopes: None,
        installer: None,
        from_token: true,
    };
    store::save_install(&mut tx, &installation).await?;
    furnish(&mut tx).await?;
    let entry = Audit {
        actor: Actor::System,
        subject: "workspace".to_owned(),
        action: "installed",
        from: None,
        to: None,
        detail: serde_json::json!({}),
    };
    store::audit(&mut tx, &entry).await?;
    jobs::enqueue(&mut tx, "install", &ImportPeople {}).await?;
    tx.commit().await?;
    Ok(identity)
}

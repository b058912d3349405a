//! How the app gets into a workspace, leaves it, and comes back.
//!
//! | file | what a person or Slack does |
//! |---|---|
//! | [`consent`] | installs the app, or lets it show their leave: to Slack's page and back |
//! | [`orgs`] | an organization gives the app to its workspaces |
//! | [`removed`] | removes the app, or takes a token away |
//! | [`retention`] | does not come back in time |
//! | [`scopes`] | has not given every permission that this version asks for |
//! | [`status`] | gives the app a token of their own |

pub mod consent;
pub mod orgs;
mod pages;
pub mod removed;
pub mod retention;
pub mod scopes;
mod sealed;
pub mod status;

use serde_json::json;

use super::people::begin_import;
use super::settings::leave_types::OpenLeaveType;
use super::settings::{self, OpenSettings};
use super::setup;
use crate::clients::slack::Identity;
use crate::jobs::Work as _;
use crate::leave::approvals::AskForNote;
use crate::leave::approvers::admins;
use crate::leave::form::{OpenForm, UpdateForm};
use crate::leave::{channel::ReadMessage, store as leave};
use crate::platform::again::Again;
use crate::platform::config::Secret;
use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;
use crate::services::Services;
use crate::tenant::TellPrivately;
use crate::tenant::integrations::take_environment;
use crate::tenant::store::{self, Actor, Audit, Found, Installation};

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

/// How an installation stands to what was there before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CameBack {
    /// The app was not removed before.
    No,
    /// It was, and everything is as it was, but the right to show leave as people's Slack status if
    /// `statuses_ended`.
    Yes {
        /// Somebody has to give that again.
        statuses_ended: bool,
    },
}

/// What people read about the statuses that ended with the removal.
const STATUSES_ENDED: &str = "One thing is each person's own to give again: whoever had their leave shown as their Slack status can allow it anew in timeoff's Home tab.";

/// Promises that answer something which a person has just done. After an absence nobody waits for
/// them any more; all other promises are as good as before.
const OF_THE_MOMENT: [&str; 7] = [
    OpenForm::KIND,
    UpdateForm::KIND,
    AskForNote::KIND,
    ReadMessage::KIND,
    TellPrivately::KIND,
    OpenSettings::KIND,
    OpenLeaveType::KIND,
];

/// Installs the single workspace of a bot token, or refreshes it.
pub async fn install_token(services: &Services, token: &Secret) -> Result<Identity, InstallError> {
    let identity = services.slack.auth_test(token).await?;
    let installation = Installation {
        identity: &identity,
        encrypted_token: &services.keyring.encrypt(token.expose()),
        scopes: identity.scopes.as_deref(),
        installer: None,
        from_token: true,
    };
    Box::pin(install(services, &installation)).await?;
    Ok(identity)
}

/// Whether anything is served without the workspace of this token: workspaces can install the app by
/// themselves, or one has a token that is another. Most often the first that is looked at has.
pub async fn serves_without(services: &Services, token: &Secret) -> Result<bool, sqlx::Error> {
    if services.oauth.is_some() {
        return Ok(true);
    }
    let db = &services.db;
    for workspace in store::workspace_ids(db).await? {
        let mut tx = db.begin(&workspace, services.clock.now()).await?;
        let stored = store::encrypted_bot_token(&mut tx).await?;
        tx.rollback().await?;
        let stored = stored.and_then(|stored| services.keyring.decrypt(&stored).ok());
        if stored.is_some_and(|stored| stored != token.expose()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Writes an installation of one workspace, and all that follows from it, in one transaction.
async fn install(
    services: &Services,
    installation: &Installation<'_>,
) -> Result<CameBack, sqlx::Error> {
    let workspace = &installation.identity.team_id;
    let mut tx = services.db.begin(workspace, services.clock.now()).await?;
    let found = store::find_installation(&mut tx).await?;
    store::save_install(&mut tx, installation).await?;
    if installation.from_token {
        take_environment(&mut tx).await?;
    }
    let came_back = come_aboard(&mut tx, found, "install", installation.installer).await?;
    tx.commit().await?;
    Ok(came_back)
}

/// What follows for a workspace that has the app now, however it came by it: what the features need
/// in a new workspace, its people read from Slack, and for one that comes back an end to what is too
/// late. This is also where setting up begins: `installer` is who can be asked.
async fn come_aboard(
    tx: &mut TenantTx,
    found: Found,
    correlation_id: &str,
    installer: Option<&SlackUserId>,
) -> Result<CameBack, sqlx::Error> {
    leave::add_default_leave_types(tx).await?;
    let came_back = if found == Found::Paused {
        store::end_promises(tx, &OF_THE_MOMENT).await?;
        enter_channels_again(tx, correlation_id, installer).await?;
        let statuses_ended = store::ended_statuses(tx).await?;
        CameBack::Yes { statuses_ended }
    } else {
        CameBack::No
    };
    let entry = Audit {
        actor: installer.map_or(Actor::System, Actor::Person),
        subject: "workspace".to_owned(),
        action: "installed",
        from: (found == Found::Paused).then_some("paused"),
        to: None,
        detail: json!({}),
    };
    store::audit(tx, &entry).await?;
    begin_import(tx, correlation_id, installer).await?;
    // Without somebody to greet the schedule greets the admins once they are known.
    if let Some(installer) = installer {
        let is_back = found != Found::Nothing;
        let ended = came_back
            == CameBack::Yes {
                statuses_ended: true,
            };
        let more = ended.then_some(STATUSES_ENDED);
        setup::greet_installer(tx, correlation_id, installer, is_back, more).await?;
    }
    Ok(came_back)
}

/// Slack took the app out of its channels when it was removed. Whoever installed it is told where it
/// cannot go by itself, else an admin.
async fn enter_channels_again(
    tx: &mut TenantTx,
    correlation_id: &str,
    installer: Option<&SlackUserId>,
) -> Result<(), sqlx::Error> {
    let Some(workspace) = store::workspace(tx).await? else {
        return Ok(());
    };
    let reader = match installer {
        Some(installer) => Some(installer.clone()),
        None => admins(&store::active_people(tx).await?).into_iter().next(),
    };
    if let Some(reader) = reader {
        settings::channels::enter_all(tx, correlation_id, &workspace.settings, &reader).await?;
    }
    Ok(())
}

//! Speaking to people as the app's bot: one message for each thing, changed as the thing changes.

use serde::{Deserialize, Serialize};
use url::Url;

use super::store;
use crate::clients::slack::{Bot, Message, Place, Posted, SlackError};
use crate::jobs::{self, Job, JobError, Policy, Work};
use crate::platform::again::Again;
use crate::platform::config::Secret;
use crate::platform::db::{Db, TenantTx};
use crate::platform::ids::{ChannelId, SlackUserId, WorkspaceId};
use crate::services::Services;

/// The bot of one workspace.
pub struct Messenger<'a> {
    services: &'a Services,
    workspace: WorkspaceId,
    token: Secret,
}

impl<'a> Messenger<'a> {
    /// Reads the workspace's token.
    pub async fn of(services: &'a Services, workspace: &WorkspaceId) -> Result<Self, JobError> {
        let mut tx = services.db.begin(workspace, services.clock.now()).await?;
        let encrypted = store::encrypted_bot_token(&mut tx).await?;
        tx.rollback().await?;
        Self::with_token(services, workspace, encrypted)
    }

    /// The same for a job that has read the workspace's token already.
    pub fn with_token(
        services: &'a Services,
        workspace: &WorkspaceId,
        encrypted: Option<String>,
    ) -> Result<Self, JobError> {
        let encrypted = encrypted.ok_or_else(|| {
            JobError::for_good("the app is no longer installed in this workspace")
        })?;
        let token = services
            .keyring
            .decrypt(&encrypted)
            .map_err(|error| JobError::for_good(error.to_string()))?;
        Ok(Self {
            services,
            workspace: workspace.clone(),
            token: Secret::new(token),
        })
    }

    /// The token, for calls that show nothing.
    pub fn token(&self) -> &Secret {
        &self.token
    }

    /// Itself, for what can be pressed.
    pub fn bot(&self) -> Bot<'_> {
        Bot {
            token: &self.token,
            workspace: &self.workspace,
        }
    }

    /// Shows `message` to a person in their direct messages: posts it the first time and
    /// changes it from then on. `repeat` says that an earlier attempt may have posted it
    /// without being able to note so; then it is looked for first.
    pub async fn show(
        &self,
        key: &str,
        user: &SlackUserId,
        message: &Message,
        repeat: bool,
    ) -> Result<(), JobError> {
        self.show_at(key, Place::Dm(user), message, repeat).await
    }

    /// Like [`Messenger::show`], in any place.
    pub async fn show_at(
        &self,
        key: &str,
        place: Place<'_>,
        message: &Message,
        repeat: bool,
    ) -> Result<(), JobError> {
        Ok(self.try_show_at(key, place, message, repeat).await?)
    }

    /// The same, for who can do something about Slack's answer.
    pub async fn try_show_at(
        &self,
        key: &str,
        place: Place<'_>,
        message: &Message,
        repeat: bool,
    ) -> Result<(), NotShown> {
        let slack = &self.services.slack;
        let mut at = self.posted(key).await?;
        if at.is_none() && repeat {
            at = self.recover(key, place).await?;
        }
        if let Some(at) = at {
            match slack.update_message(self.bot(), &at, message).await {
                // Where it was may be gone, and where it belongs now another place.
                Err(error) if cannot_change(&error) || is_out_of_reach(&error) => {}
                result => return Ok(result?),
            }
        }
        let name = self.name_in_slack(key);
        let posted = slack
            .post_message(self.bot(), place, message, &name)
            .await?;
        Ok(self.remember(key, &posted).await?)
    }

    /// What a message is known by in Slack: the workspaces of an organization share the bot, and with
    /// it a person's direct messages.
    fn name_in_slack(&self, key: &str) -> String {
        format!("{}:{key}", self.workspace)
    }

    /// Looks for a message that an earlier attempt may have posted without being able to note so,
    /// and notes it. Without the permission to look, nothing is found: better a message twice than
    /// never.
    pub async fn recover(&self, key: &str, place: Place<'_>) -> Result<Option<Posted>, NotShown> {
        let slack = &self.services.slack;
        let name = self.name_in_slack(key);
        let found = match slack.find_message(&self.token, place, &name).await {
            Err(error) if error.code == "missing_scope" => None,
            result => result?,
        };
        if let Some(at) = &found {
            self.remember(key, at).await?;
        }
        Ok(found)
    }

    /// Posts a message that takes the place of an older one with this key, which goes: two with
    /// the same buttons would only confuse. `once` tells this posting from the older ones when
    /// an attempt is repeated.
    pub async fn show_anew(
        &self,
        key: &str,
        once: &str,
        user: &SlackUserId,
        message: &Message,
        repeat: bool,
    ) -> Result<(), JobError> {
        self.show(once, user, message, repeat).await?;
        let (Some(new), old) = (self.posted(once).await?, self.posted(key).await?) else {
            return Ok(());
        };
        if let Some(old) = old.filter(|old| *old != new) {
            match self.services.slack.delete_message(&self.token, &old).await {
                // It stays beside the new one, which is no reason to post that again.
                Err(error) if error.again == Again::No => {
                    tracing::debug!(%error, "an older message stays");
                }
                result => result?,
            }
        }
        self.remember(key, &new).await
    }

    /// Changes the message of this key, if it was ever posted. `last`: it stays as it is then.
    pub async fn update(&self, key: &str, message: &Message, last: bool) -> Result<(), JobError> {
        let Some(at) = self.posted(key).await? else {
            return Ok(());
        };
        match self
            .services
            .slack
            .update_message(self.bot(), &at, message)
            .await
        {
            Err(error) if cannot_change(&error) || is_out_of_reach(&error) => {}
            result => result?,
        }
        if last {
            let mut tx = self.begin().await?;
            store::forget_posted_message(&mut tx, key).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    async fn begin(&self) -> Result<TenantTx, sqlx::Error> {
        let now = self.services.clock.now();
        self.services.db.begin(&self.workspace, now).await
    }

    async fn posted(&self, key: &str) -> Result<Option<Posted>, JobError> {
        let mut tx = self.begin().await?;
        let at = store::posted_message(&mut tx, key).await?;
        tx.rollback().await?;
        Ok(at)
    }

    async fn remember(&self, key: &str, at: &Posted) -> Result<(), JobError> {
        let mut tx = self.begin().await?;
        store::save_posted_message(&mut tx, key, at).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Whether a message cannot be changed any more, but another can be posted in its place: somebody
/// deleted it, or the workspace lets nobody edit old messages.
/// <https://docs.slack.dev/reference/methods/chat.update#errors>
fn cannot_change(error: &SlackError) -> bool {
    [
        "message_not_found",
        "cant_update_message",
        "edit_window_closed",
    ]
    .contains(&error.code.as_str())
}

/// Whether a message stays as it is because the app cannot get to it any more.
fn is_out_of_reach(error: &SlackError) -> bool {
    ["channel_not_found", "is_archived", "not_in_channel"].contains(&error.code.as_str())
}

/// Why a message is not shown.
#[derive(Debug, thiserror::Error)]
pub enum NotShown {
    /// Slack refused, or is not there.
    #[error(transparent)]
    Slack(#[from] SlackError),
    /// Anything else.
    #[error(transparent)]
    Other(#[from] JobError),
}

impl From<NotShown> for JobError {
    fn from(error: NotShown) -> Self {
        match error {
            NotShown::Slack(error) => error.into(),
            NotShown::Other(error) => error,
        }
    }
}

/// Where a private answer goes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Privately {
    /// Beside the message or command that was used, through its response URL.
    Respond {
        /// Slack's URL, good for half an hour.
        url: Url,
        /// Whether the answer takes the place of the ephemeral message that was pressed.
        replace: bool,
    },
    /// In a channel or a thread of it, visible to the person alone.
    InChannel {
        /// The channel.
        channel: ChannelId,
        /// The thread.
        thread_ts: Option<String>,
    },
    /// In the person's direct messages with the app.
    Dm,
}

/// Job: tells one person something that nobody else sees.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TellPrivately {
    /// The person.
    pub user: SlackUserId,
    /// Where.
    pub place: Privately,
    /// What.
    pub message: Message,
}

impl Work for TellPrivately {
    const KIND: &'static str = "workspace.tell_privately";
    // Half an hour, as long as a response URL lives.
    const POLICY: Policy = Policy::UpTo(12);
}

/// Runs [`TellPrivately`].
pub async fn tell_privately(services: &Services, job: &Job) -> Result<(), JobError> {
    let tell: TellPrivately = job.work()?;
    match &tell.place {
        Privately::Respond { url, replace } => {
            services
                .slack
                .respond(&job.workspace, url, &tell.message, *replace)
                .await?;
        }
        Privately::InChannel { channel, thread_ts } => {
            let messenger = Messenger::of(services, &job.workspace).await?;
            let place = Place::in_channel(channel, thread_ts.as_deref());
            services
                .slack
                .post_ephemeral(messenger.bot(), place, &tell.user, &tell.message)
                .await?;
        }
        Privately::Dm => {
            let messenger = Messenger::of(services, &job.workspace).await?;
            messenger
                .show(
                    &format!("tell:{}", job.id),
                    &tell.user,
                    &tell.message,
                    job.is_repeat(),
                )
                .await?;
        }
    }
    Ok(())
}

/// Forgets, in all workspaces, where something was told whose job is forgotten: it is not told again.
pub async fn forget_told(db: &Db) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT forget_told()")
        .execute(&db.across_workspaces().await?)
        .await?;
    Ok(())
}

/// Tries the direct messages where another place failed: a response URL is dead after half an
/// hour, and the app may have been shut out of a channel.
pub async fn tell_gave_up(tx: &mut TenantTx, job: &Job) -> Result<(), JobError> {
    let tell: TellPrivately = job.work()?;
    if !matches!(tell.place, Privately::Dm) {
        jobs::enqueue(
            tx,
            &job.correlation_id,
            &TellPrivately {
                place: Privately::Dm,
                ..tell
            },
        )
        .await?;
    }
    Ok(())
}

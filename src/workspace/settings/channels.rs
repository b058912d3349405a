//! Going into a channel that an admin chose, and saying so where that is not possible.

use serde::{Deserialize, Serialize};

use crate::clients::slack::{Message, SlackError};
use crate::jobs::{self, Job, JobError, Policy, Work};
use crate::platform::again::Again;
use crate::platform::db::TenantTx;
use crate::platform::ids::{ChannelId, SlackUserId};
use crate::services::Services;
use crate::tenant::messages::{Privately, TellPrivately};
use crate::tenant::{Messenger, Settings, store};

/// What a channel is chosen for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// The app reads what people write there.
    Read,
    /// The app posts there.
    Post,
    /// Its members are the approvers; the app needs to be in it only if it is private.
    Members,
}

/// Job: sees to it that the app is in a channel.
#[derive(Debug, Serialize, Deserialize)]
pub struct EnterChannel {
    /// Who chose it, and is told what is in the way.
    pub user: SlackUserId,
    /// The channel.
    pub channel: ChannelId,
    /// What for.
    pub purpose: Purpose,
}

impl Work for EnterChannel {
    const KIND: &'static str = "settings.enter_channel";
    // Joining twice is joining once.
    const POLICY: Policy = Policy::UpTo(5);
}

/// The channels of the settings, and what each was chosen for.
pub(super) fn chosen(settings: &Settings) -> [(Option<&ChannelId>, Purpose); 4] {
    [
        (settings.leave_channel.as_ref(), Purpose::Read),
        (settings.approver_channel.as_ref(), Purpose::Members),
        (settings.digest_channel.as_ref(), Purpose::Post),
        (settings.announcement_channel.as_ref(), Purpose::Post),
    ]
}

/// Promises that the app goes into all channels of the settings again: Slack took it out of them
/// when it was removed. `user` is told where that is not possible.
pub async fn enter_all(
    tx: &mut TenantTx,
    correlation_id: &str,
    settings: &Settings,
    user: &SlackUserId,
) -> Result<(), sqlx::Error> {
    for (channel, purpose) in chosen(settings) {
        if let Some(channel) = channel {
            let enter = EnterChannel {
                user: user.clone(),
                channel: channel.clone(),
                purpose,
            };
            jobs::enqueue(tx, correlation_id, &enter).await?;
        }
    }
    Ok(())
}

/// Why a channel cannot be used for what it was chosen for.
enum Outside {
    Private,
    Archived,
    MayNotJoin,
    Refused,
    /// It may be in, and yet lacks a scope for what it is to do there.
    NoPermission,
}

/// Runs [`EnterChannel`].
pub async fn enter(services: &Services, job: &Job) -> Result<(), JobError> {
    let work: EnterChannel = job.work()?;
    let mut outside = go_in(services, job, &work).await?;
    if let Ok(is_private) = outside
        && work.purpose == Purpose::Read
        && !may_read(services, job, is_private).await?
    {
        outside = Err(Outside::NoPermission);
    }
    if let Err(outside) = outside {
        tracing::info!("a channel that was chosen cannot be used yet");
        super::tell(services, job, &work.user, &in_words(&work, &outside)).await?;
    }
    Ok(())
}

/// Goes into a channel if that is needed and possible. Whether the channel is private.
async fn go_in(
    services: &Services,
    job: &Job,
    work: &EnterChannel,
) -> Result<Result<bool, Outside>, JobError> {
    let messenger = Messenger::of(services, &job.workspace).await?;
    let (slack, token) = (&services.slack, messenger.token());
    match slack.channel_info(token, &work.channel).await {
        Ok(info) if info.is_archived => return Ok(Err(Outside::Archived)),
        Ok(info) if info.is_member => return Ok(Ok(info.is_private)),
        Ok(info) if info.is_private => return Ok(Err(Outside::Private)),
        Ok(_) if work.purpose == Purpose::Members => return Ok(Ok(false)),
        Ok(_) => {}
        Err(error) if error.code == "missing_scope" && work.purpose == Purpose::Members => {
            return Ok(Err(Outside::NoPermission));
        }
        // A public channel can be joined without being looked at.
        Err(error) if error.code == "missing_scope" => {}
        Err(error) => return Ok(Err(why(error)?)),
    }
    match slack.join_channel(token, &work.channel).await {
        Ok(()) => Ok(Ok(false)),
        Err(error) => Ok(Err(why(error)?)),
    }
}

/// Whether Slack tells the app what is written in a channel that it is in.
async fn may_read(services: &Services, job: &Job, is_private: bool) -> Result<bool, sqlx::Error> {
    let now = services.clock.now();
    let mut tx = services.db.begin(&job.workspace, now).await?;
    let granted = store::granted(&mut tx).await?;
    tx.rollback().await?;
    let wanted = if is_private {
        "groups:history"
    } else {
        "channels:history"
    };
    let scopes = granted.and_then(|it| it.scopes);
    Ok(scopes.is_none_or(|scopes| scopes.iter().any(|it| it == wanted)))
}

/// What a refusal means; trouble that passes is tried again.
fn why(error: SlackError) -> Result<Outside, JobError> {
    if error.again != Again::No {
        return Err(error.into());
    }
    Ok(match error.code.as_str() {
        // Slack does not tell a private channel from one that does not exist.
        "channel_not_found" | "method_not_supported_for_channel_type" => Outside::Private,
        "is_archived" => Outside::Archived,
        "missing_scope" => Outside::MayNotJoin,
        code => {
            tracing::warn!(code, "cannot go into a channel");
            Outside::Refused
        }
    })
}

fn in_words(work: &EnterChannel, outside: &Outside) -> String {
    let channel = format!("<#{}>", work.channel);
    let purpose = match work.purpose {
        Purpose::Read => "hear what people write there",
        Purpose::Post => "post there",
        Purpose::Members => "see who its members are",
    };
    let way = match outside {
        Outside::Private => format!(
            "it is private, and only its members can let me in. Please write `/invite @timeoff` in {channel}."
        ),
        Outside::Archived => "it is archived. Please choose another channel.".to_owned(),
        Outside::MayNotJoin => format!(
            "I have no permission to join channels by myself. Please write `/invite @timeoff` in {channel}."
        ),
        Outside::NoPermission => "I was not given the permission. My Home tab says which one is missing, and how to give it."
            .to_owned(),
        Outside::Refused => format!(
            "Slack does not let me in. Please write `/invite @timeoff` in {channel}, or choose another channel."
        ),
    };
    format!("Your choice of {channel} is saved, but I cannot {purpose} yet: {way}")
}

/// Tells the admin when Slack could not be asked at all.
pub async fn gave_up(tx: &mut TenantTx, job: &Job) -> Result<(), JobError> {
    let work: EnterChannel = job.work()?;
    let channel = format!("<#{}>", work.channel);
    let text = format!(
        "Your choice of {channel} is saved, but Slack did not answer when I wanted to see whether I am in it. Please write `/invite @timeoff` there; if I am in it already, Slack says so."
    );
    jobs::enqueue(
        tx,
        &job.correlation_id,
        &TellPrivately {
            user: work.user,
            place: Privately::Dm,
            message: Message::plain(text),
        },
    )
    .await?;
    Ok(())
}

//! Posting to a channel that admins chose. Where that cannot be, they are told once, and not with
//! every digest again.

use super::notified::Posting;
use super::{approvers, store};
use crate::clients::blocks::section;
use crate::clients::slack::{Message, Place};
use crate::jobs::{self, Job, JobError};
use crate::platform::ids::ChannelId;
use crate::services::Services;
use crate::tenant::Messenger;
use crate::tenant::messages::{NotShown, Privately, TellPrivately};
use crate::tenant::store as directory;

/// Posts the message of this key, once, or brings it up to date where it was posted. `only_update`:
/// there is nothing to post (any more), but what an interrupted attempt posted must not stay as
/// it was.
pub(super) async fn post(
    services: &Services,
    job: &Job,
    posting: Posting,
    channel: &ChannelId,
    key: &str,
    message: &Message,
    only_update: bool,
) -> Result<(), JobError> {
    let messenger = Messenger::of(services, &job.workspace).await?;
    let place = Place::Channel(channel);
    let posted = match only_update {
        true if job.is_repeat() => messenger.recover(key, place).await.map(drop),
        true => Ok(()),
        false => {
            messenger
                .try_show_at(key, place, message, job.is_repeat())
                .await
        }
    };
    let problem = match posted {
        Ok(()) if only_update => return messenger.update(key, message, false).await,
        Ok(()) => {
            let mut tx = services
                .db
                .begin(&job.workspace, services.clock.now())
                .await?;
            store::end_channel_trouble(&mut tx, posting).await?;
            return Ok(tx.commit().await?);
        }
        Err(NotShown::Slack(error)) => match what_to_do(&error.code) {
            Some(problem) => problem,
            None => return Err(error.into()),
        },
        Err(NotShown::Other(error)) => return Err(error),
    };
    tell_admins(services, job, posting, channel, problem).await
}

/// What is wrong with a channel and what helps, if nobody but an admin can help.
/// <https://docs.slack.dev/reference/methods/chat.postMessage#errors>
fn what_to_do(code: &str) -> Option<&'static str> {
    match code {
        "not_in_channel" => Some(
            "I am not a member of that channel. Please invite me with `/invite` there, or choose another channel in my settings.",
        ),
        "channel_not_found" => Some(
            "the channel is gone, or it is private and I am not a member. Please invite me with `/invite` there, or choose another channel in my settings.",
        ),
        "is_archived" => {
            Some("the channel is archived. Please choose another channel in my settings.")
        }
        "restricted_action"
        | "restricted_action_read_only_channel"
        | "restricted_action_non_threadable_channel"
        | "restricted_action_thread_only_channel" => Some(
            "only some people may post there. Please let me post, or choose another channel in my settings.",
        ),
        "missing_scope" => Some(
            "I was not given the permission to write. My Home tab says which one it is and how to give it.",
        ),
        _ => None,
    }
}

async fn tell_admins(
    services: &Services,
    job: &Job,
    posting: Posting,
    channel: &ChannelId,
    problem: &str,
) -> Result<(), JobError> {
    let mut tx = services
        .db
        .begin(&job.workspace, services.clock.now())
        .await?;
    if store::note_channel_trouble(&mut tx, posting, channel).await? {
        let what = match posting {
            Posting::Digest => "who is off",
            Posting::Announcement => "approved leave",
        };
        let text = format!(
            ":warning: I cannot post {what} in {}: {problem}",
            channel.mention()
        );
        let people = directory::active_people(&mut tx).await?;
        for admin in approvers::admins(&people) {
            let tell = TellPrivately {
                user: admin,
                place: Privately::Dm,
                message: Message {
                    blocks: vec![section(&text)],
                    text: text.clone(),
                },
            };
            jobs::enqueue(&mut tx, &job.correlation_id, &tell).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

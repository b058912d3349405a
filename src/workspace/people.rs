//! The people directory: kept as Slack has it.

use serde::{Deserialize, Serialize};

use crate::clients::slack::{Member, Message};
use crate::gateway::{Ack, Cx, SlashCommand};
use crate::jobs::{Job, JobError, Policy, Work};
use crate::platform::ids::SlackUserId;
use crate::services::Services;
use crate::tenant::{Messenger, look_up, store};

/// Job: reads everybody in the workspace from Slack.
#[derive(Debug, Serialize, Deserialize)]
pub struct ImportPeople {}

impl Work for ImportPeople {
    const KIND: &'static str = "workspace.import_people";
    const POLICY: Policy = Policy::UpTo(5);

    fn lane(&self) -> Option<String> {
        Some("people".to_owned())
    }
}

/// Runs [`ImportPeople`]: new members are added, known ones updated, leavers deactivated.
pub async fn import(services: &Services, job: &Job) -> Result<(), JobError> {
    let messenger = Messenger::of(services, &job.workspace).await?;
    let members = services
        .slack
        .users(messenger.token(), &job.workspace)
        .await?;
    let mut tx = services
        .db
        .begin(&job.workspace, services.clock.now())
        .await?;
    for member in members.iter().filter(|member| member.is_person()) {
        store::save_member(&mut tx, member).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Job: reads one person from Slack whom the directory does not know yet.
#[derive(Debug, Serialize, Deserialize)]
pub struct ImportPerson {
    /// Who.
    pub user: SlackUserId,
}

impl Work for ImportPerson {
    const KIND: &'static str = "workspace.import_person";
    const POLICY: Policy = Policy::UpTo(5);

    /// The Home tab that waits for this person is published after it.
    fn lane(&self) -> Option<String> {
        Some(format!("home:{}", self.user))
    }
}

/// Runs [`ImportPerson`].
pub async fn import_one(services: &Services, job: &Job) -> Result<(), JobError> {
    let ImportPerson { user } = job.work()?;
    look_up(services, &job.workspace, &user).await?;
    Ok(())
}

/// Somebody acts whom the directory does not know: an event was missed. They are looked up.
pub async fn introduce(cx: &mut Cx, user: &SlackUserId) -> Result<(), sqlx::Error> {
    let user = user.clone();
    cx.enqueue(&ImportPerson { user }).await
}

/// A command of somebody whom the directory does not know.
pub async fn stranger(cx: &mut Cx, command: SlashCommand) -> Result<Ack, sqlx::Error> {
    introduce(cx, &command.user_id).await?;
    Ok(Ack::Reply(Message::plain(
        "I do not know you yet, so I am looking you up now. Please try again in a moment. If I still do not know you then, please ask a workspace admin to add you.",
    )))
}

/// Somebody joined, left or changed their profile: the event carries all that is kept.
pub async fn changed(cx: &mut Cx, member: Member) -> Result<Ack, sqlx::Error> {
    if member.is_person() {
        store::save_member(&mut cx.tx, &member).await?;
    }
    Ok(Ack::Done)
}

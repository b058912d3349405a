//! The people directory: kept as Slack has it.
//!
//! | what happens | file |
//! |---|---|
//! | everybody is read from Slack, page by page | `import.rs` |
//! | an admin asks for that, and sees how far it is | `progress.rs` |
//! | somebody joins, or changes their profile, or is met for the first time | here |
//!
//! With `people_from = leave_channel` an import adds only the members of the leave channel, and so do
//! the events. Whoever is known already stays as they are, also when they leave the channel: they
//! have leave, and one click should not take `/timeoff` from them. And whoever turns to the app by
//! themselves is looked up in any case.

mod import;
mod progress;
mod store;

use serde::{Deserialize, Serialize};

use crate::clients::slack::{Member, Message};
use crate::gateway::{Ack, Cx, JoinedChannel, SlashCommand};
use crate::jobs::{Job, JobError, Policy, Work};
use crate::platform::ids::SlackUserId;
use crate::services::Services;
use crate::tenant::store::{Adds, save_member};
use crate::tenant::{PeopleFrom, look_up};

pub use import::{
    Begun, ImportPeople, ResumeImport, begin_import, follow_limit, gave_up, import, resume,
};
pub use progress::{
    IMPORT, READ_AGAIN, ShowImport, import_button, import_pressed, in_words, show_import,
};
pub use store::{Import, OnlyMembers, Phase, last_import};

/// Job: reads one person from Slack whom the directory does not know yet.
#[derive(Debug, Serialize, Deserialize)]
pub struct ImportPerson {
    /// Who.
    pub user: SlackUserId,
}

impl Work for ImportPerson {
    const KIND: &'static str = "workspace.import_person";
    // More than a minute of 10 seconds each: whoever died while asking is waited for as long.
    const POLICY: Policy = Policy::UpTo(9);

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
    let adds = match cx.workspace.settings.people_from {
        PeopleFrom::Everyone => Adds::Everybody,
        PeopleFrom::LeaveChannel => Adds::Nobody,
    };
    save_member(&mut cx.tx, &member, adds).await?;
    Ok(Ack::Done)
}

/// Somebody joined the leave channel: whoever is there belongs to the people.
pub async fn joined(cx: &mut Cx, joined: JoinedChannel) -> Result<Ack, sqlx::Error> {
    if cx.person.is_none() && joined.user != cx.workspace.bot {
        introduce(cx, &joined.user).await?;
    }
    Ok(Ack::Done)
}

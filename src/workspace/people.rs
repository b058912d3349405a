//! The people directory: kept as Slack has it.

use serde::{Deserialize, Serialize};

use crate::clients::slack::Member;
use crate::gateway::{Ack, Cx};
use crate::jobs::{Job, JobError, Policy, Work};
use crate::services::Services;
use crate::tenant::{Messenger, store};

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
    let members = services.slack.users(messenger.token()).await?;
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

/// Somebody joined, left or changed their profile: the event carries all that is kept.
pub async fn changed(cx: &mut Cx, member: Member) -> Result<Ack, sqlx::Error> {
    if member.is_person() {
        store::save_member(&mut cx.tx, &member).await?;
    }
    Ok(Ack::Done)
}

//! Approved leave, announced to a channel: who and when, never the kind or the reason. One message
//! for each leave, which follows when the leave is shortened or cancelled.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::model::{ActionState, PendingAction};
use super::notified::Posting;
use super::visibility::{Viewer, sight};
use super::{posting, store, words};
use crate::clients::blocks::{context, escape, section};
use crate::clients::slack::Message;
use crate::jobs::{self, Job, JobError, Policy, Work};
use crate::platform::db::TenantTx;
use crate::services::Services;
use crate::tenant::model::zone;
use crate::tenant::store as directory;
use crate::tenant::{Messenger, Person, Settings};

/// Job: announces leave, or brings its announcement up to date.
#[derive(Debug, Serialize, Deserialize)]
pub struct Announce {
    /// Which leave.
    pub action_id: i64,
    /// Whether it was approved just now. What happens to it later is no news to those who were
    /// never told of it.
    pub approved: bool,
}

impl Work for Announce {
    const KIND: &'static str = "leave.announce";
    // For an hour and a half; what Slack could not take by then is old.
    const POLICY: Policy = Policy::UpTo(25);

    fn lane(&self) -> Option<String> {
        Some(key(self.action_id))
    }
}

fn key(action_id: i64) -> String {
    format!("announcement:{action_id}")
}

/// Promises that the announcement of a leave follows it.
pub(super) async fn follow(
    tx: &mut TenantTx,
    correlation_id: &str,
    settings: &Settings,
    action_id: i64,
    approved: bool,
) -> Result<(), sqlx::Error> {
    let announced = directory::posted_message(tx, &key(action_id)).await?;
    let announce = Announce {
        action_id,
        approved,
    };
    // One that is on its way is followed too.
    let promised = settings.announcement_channel.is_some() && approved;
    if promised || announced.is_some() || jobs::is_promised(tx, &announce).await? {
        jobs::enqueue(tx, correlation_id, &announce).await?;
    }
    Ok(())
}

/// Runs [`Announce`].
pub async fn announce(services: &Services, job: &Job) -> Result<(), JobError> {
    let Announce {
        action_id,
        approved,
    } = job.work()?;
    let now = services.clock.now();
    let mut tx = services.db.begin(&job.workspace, now).await?;
    let (Some(workspace), Some(action)) = (
        directory::workspace(&mut tx).await?,
        store::action(&mut tx, action_id).await?,
    ) else {
        return Ok(());
    };
    let Some(person) = directory::person(&mut tx, &action.user).await? else {
        return Ok(());
    };
    tx.rollback().await?;
    let settings = &workspace.settings;
    let today = now.to_zoned(zone(&settings.zone)).date();
    let message = message(&action, &person, today, !approved);
    let Some(channel) = settings.announcement_channel.as_ref().filter(|_| approved) else {
        let messenger = Messenger::of(services, &job.workspace).await?;
        return messenger.update(&key(action_id), &message, false).await;
    };
    // Leave that is over, taken back or somebody's who has left is not announced any more.
    let over = action.span.last() < person.today(now);
    let untold = sight(Viewer::Colleague, action.state).is_none() || over || !person.active;
    posting::post(
        services,
        job,
        Posting::Announcement,
        channel,
        &key(action_id),
        &message,
        untold,
    )
    .await
}

/// “Asha Rao is away Thu 5 – Fri 6 March (2 working days)”.
fn message(action: &PendingAction, person: &Person, today: Date, changed: bool) -> Message {
    let name = escape(&person.name);
    let days = words::leave_days(action, today);
    let amount = words::working_days(action.half_days);
    if action.state == ActionState::Cancelled {
        let text = format!("{name} is not away {days} after all: the leave was cancelled.");
        let shown = format!("~{name} is away {days}~\nCancelled: {name} will be at work.");
        return Message {
            text,
            blocks: vec![section(&shown)],
        };
    }
    let text = format!("{name} is away {days} ({amount})");
    let mut blocks = vec![section(&text)];
    if changed {
        blocks.push(context("Changed since it was announced."));
    }
    Message { text, blocks }
}

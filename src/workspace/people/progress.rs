//! How far the reading of people is, for the admins who asked for it.

use serde::{Deserialize, Serialize};

use super::import::begin_import;
use super::store::{self, Import, Phase, last_import};
use crate::clients::blocks::{SlackBlockButtonElement, button};
use crate::clients::slack::Message;
use crate::gateway::{Ack, BlockAction, Cx};
use crate::jobs::{Job, JobError, Policy, Work};
use crate::leave::request::tell_presser;
use crate::leave::words;
use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;
use crate::services::Services;
use crate::tenant::Messenger;
use crate::tenant::store as directory;

/// The action of the button that reads everybody again.
pub const IMPORT: &str = "people.import";
/// What is on that button.
pub const READ_AGAIN: &str = "Read people from Slack again";
/// So many names are listed.
const NAMES: usize = 10;

/// Job: shows one watcher how far the reading of people is.
#[derive(Debug, Serialize, Deserialize)]
pub struct ShowImport {
    /// Who sees it.
    pub user: SlackUserId,
}

impl Work for ShowImport {
    const KIND: &'static str = "workspace.show_import";
    const POLICY: Policy = Policy::UpTo(8);

    fn lane(&self) -> Option<String> {
        Some(format!("people:{}", self.user))
    }
}

/// The button that reads everybody again.
pub fn import_button() -> SlackBlockButtonElement {
    button(IMPORT, READ_AGAIN, "")
}

/// An admin wants everybody read again.
pub async fn import_pressed(cx: &mut Cx, pressed: BlockAction) -> Result<Ack, sqlx::Error> {
    let may = cx
        .person
        .as_ref()
        .is_some_and(|person| person.active && person.is_admin);
    if !may {
        let text = "Only a workspace admin can have the people read from Slack.";
        return tell_presser(cx, &pressed, text.to_owned()).await;
    }
    begin_import(&mut cx.tx, &cx.correlation_id, Some(&pressed.user)).await?;
    Ok(Ack::Done)
}

/// Names the message of one import to one watcher.
fn key(import: &Import, user: &SlackUserId) -> String {
    let begun = import.begun_at.as_microsecond();
    format!("people_import:{begun}:{user}")
}

/// Runs [`ShowImport`].
pub async fn show_import(services: &Services, job: &Job) -> Result<(), JobError> {
    let ShowImport { user } = job.work()?;
    let mut tx = services
        .db
        .begin(&job.workspace, services.clock.now())
        .await?;
    let Some(import) = last_import(&mut tx).await? else {
        return Ok(());
    };
    let text = in_words(&mut tx, &import).await?;
    tx.rollback().await?;
    let messenger = Messenger::of(services, &job.workspace).await?;
    let message = Message::plain(text);
    messenger
        .show(&key(&import, &user), &user, &message, job.is_repeat())
        .await
}

/// Changes the messages that were posted to what is so by now. Nothing depends on it: the end is
/// shown by jobs of its own.
pub(super) async fn update(services: &Services, job: &Job, import: &Import) {
    let Ok(messenger) = Messenger::of(services, &job.workspace).await else {
        return;
    };
    let message = Message::plain(under_way(import));
    for user in store::watchers(import) {
        let shown = messenger.update(&key(import, &user), &message, false).await;
        if let Err(error) = shown {
            tracing::debug!(%error, "progress is not shown");
        }
    }
}

/// How an import stands, in words for people.
pub async fn in_words(tx: &mut TenantTx, import: &Import) -> Result<String, sqlx::Error> {
    let people = people(import.saved.people);
    match import.phase {
        Phase::Members | Phase::People | Phase::Harvest => Ok(under_way(import)),
        Phase::Stopped => {
            let why = import.stopped_why.as_deref().unwrap_or_default();
            Ok(format!(
                ":warning: Reading people from Slack stopped after {people}. {why} What was read is kept, and the next reading goes on from there."
            ))
        }
        Phase::Done => {
            let saved = import.saved;
            let mut changes = Vec::new();
            for (count, what) in [
                (saved.added, "new"),
                (saved.returned, "back"),
                (saved.deactivated, "deactivated"),
            ] {
                if count > 0 {
                    changes.push(format!("{count} {what}"));
                }
            }
            let changes = if changes.is_empty() {
                "nobody new, nobody gone".to_owned()
            } else {
                changes.join(", ")
            };
            let mut text = format!(":white_check_mark: Done: {people} in Slack: {changes}.");
            if import.only.is_some() {
                text.push_str(" Only members of the leave channel are added.");
            }
            if import.harvest_asked {
                text.push('\n');
                text.push_str(&in_harvest(tx, import).await?);
            }
            Ok(text)
        }
    }
}

fn under_way(import: &Import) -> String {
    match import.phase {
        Phase::Members => {
            let so_far = import.only.as_ref().map_or(0, |it| it.known.len());
            format!(
                "Reading people from Slack… Looking who is in the leave channel: {so_far} so far."
            )
        }
        Phase::Harvest => format!(
            "Reading people from Slack… {} read; now looking for them in Harvest.",
            people(import.saved.people)
        ),
        _ => format!("Reading people from Slack… {} so far.", import.saved.people),
    }
}

fn people(count: i32) -> String {
    words::counted(
        usize::try_from(count).unwrap_or_default(),
        "person",
        "people",
    )
}

/// Who is in Harvest, and who is not.
async fn in_harvest(tx: &mut TenantTx, import: &Import) -> Result<String, sqlx::Error> {
    if let Some(why) = &import.harvest_error {
        let why = why.trim_end_matches('.');
        return Ok(format!(
            ":warning: Nobody was looked for in Harvest: {why}. The people are read all the same; read them again later."
        ));
    }
    let everybody = directory::active_people(tx).await?;
    let (found, missing): (Vec<_>, Vec<_>) = everybody
        .into_iter()
        .partition(|person| person.harvest_user.is_some());
    let mut text = format!("{} found in Harvest", found.len());
    if missing.is_empty() {
        text.push_str(", nobody is missing there.");
        return Ok(text);
    }
    let names: Vec<String> = missing
        .iter()
        .map(|person| crate::clients::blocks::escape(&person.name))
        .collect();
    let names = words::few(&names, NAMES);
    let (count, names) = (missing.len(), words::list(&names));
    Ok(format!(
        "{text}, {count} not: {names}. Their leave is not booked there. Give them the address in Harvest that they have in Slack and read again, or ask whoever runs timeoff: `timeoff admin person`."
    ))
}

//! Whom the app greets, and the message that each of them has.

use serde::{Deserialize, Serialize};

use super::message::message;
use super::progress::{Progress, Step};
use super::store;
use crate::clients::blocks::{SlackBlock, button, section_with_button};
use crate::clients::slack::Message;
use crate::gateway::{Ack, BlockAction, Cx};
use crate::jobs::{self, Job, JobError, Policy, Work};
use crate::leave::{approvers, request, words};
use crate::platform::again::Again;
use crate::platform::db::TenantTx;
use crate::platform::ids::{SlackUserId, WorkspaceId};
use crate::services::Services;
use crate::tenant::store as directory;
use crate::tenant::{Integrations, Messenger, Settings, look_up};
use crate::workspace::settings::admins_only;

/// Takes the set-up up again, from Home.
pub const CONTINUE: &str = "setup.continue";

/// What begins the keys under which the messages of the set-up are kept, one for each admin.
const KEY: &str = "setup:";

fn key(user: &SlackUserId) -> String {
    format!("{KEY}{user}")
}

/// Job: greets whoever installed the app.
#[derive(Debug, Serialize, Deserialize)]
pub struct Greet {
    /// Who.
    pub installer: SlackUserId,
    /// The workspace was known before.
    pub is_back: bool,
    /// What is not as it was.
    #[serde(default)]
    pub but: Option<String>,
}

impl Work for Greet {
    const KIND: &'static str = "setup.greet";
    const POLICY: Policy = Policy::UpTo(8);

    fn lane(&self) -> Option<String> {
        Some(key(&self.installer))
    }
}

/// Promises that whoever installed the app is greeted. `but`: what is not as it was.
pub async fn greet_installer(
    tx: &mut TenantTx,
    correlation_id: &str,
    installer: &SlackUserId,
    is_back: bool,
    but: Option<&str>,
) -> Result<(), sqlx::Error> {
    // Before the schedule thinks that nobody was asked.
    store::note_asked(tx).await?;
    let greet = Greet {
        installer: installer.clone(),
        is_back,
        but: but.map(str::to_owned),
    };
    jobs::enqueue(tx, correlation_id, &greet).await
}

/// Runs [`Greet`].
pub async fn greet(services: &Services, job: &Job) -> Result<(), JobError> {
    let Greet {
        installer,
        is_back,
        but,
    } = job.work()?;
    // The directory is still being read.
    let known = match look_up(services, &job.workspace, &installer).await {
        Ok(known) => known,
        // Of another workspace of the organization, perhaps.
        Err(error) if error.again == Again::No => None,
        Err(error) => return Err(error),
    };
    let is_admin = known
        .as_ref()
        .is_some_and(|person| person.is_admin && person.active);
    let mut tx = begin(services, &job.workspace).await?;
    let done = store::is_done(&mut tx).await?.unwrap_or(true);
    if !done && is_admin {
        let show = ShowSetup {
            user: installer,
            anew: true,
        };
        jobs::enqueue(&mut tx, &job.correlation_id, &show).await?;
        return Ok(tx.commit().await?);
    }
    if !done {
        store::ask_others(&mut tx).await?;
    }
    tx.commit().await?;
    let text = match (done, is_back) {
        (true, true) => {
            "Welcome back! Everything is as it was: your settings, your people and their leave."
        }
        (true, false) => return Ok(()),
        (false, _) => {
            "Thank you for bringing me here! Only admins of this workspace can set me up, so I ask them now. You hear from me as soon as you ask for time off with `/timeoff`."
        }
    };
    if known.is_none() {
        return Ok(());
    }
    let text = match but.filter(|_| done) {
        Some(but) => format!("{text} {but}"),
        None => text.to_owned(),
    };
    let messenger = Messenger::of(services, &job.workspace).await?;
    messenger
        .show(
            &format!("tell:{}", job.id),
            &installer,
            &Message::plain(&text),
            job.is_repeat(),
        )
        .await
}

/// Once its people are known, a workspace that nobody was asked to set up has its admins asked, each
/// once. How many are. Where nothing is open any more, because an operator chose it or the Google
/// account is gone, the set-up is finished, whoever was asked.
pub async fn greet_admins(
    services: &Services,
    workspace: &WorkspaceId,
) -> Result<usize, sqlx::Error> {
    let mut tx = services.db.begin(workspace, services.clock.now()).await?;
    if store::is_done(&mut tx).await? != Some(false) {
        return Ok(0);
    }
    let Some(installed) = directory::workspace(&mut tx).await? else {
        return Ok(0);
    };
    let progress = Progress::read(&mut tx, services, &installed.settings).await?;
    if progress.open().is_empty() {
        if store::note_done(&mut tx).await? {
            refresh(&mut tx, "schedule").await?;
        }
        tx.commit().await?;
        return Ok(0);
    }
    let admins = approvers::admins(&directory::active_people(&mut tx).await?);
    if admins.is_empty() || !store::note_asked(&mut tx).await? {
        return Ok(0);
    }
    let asked = admins.len();
    for user in admins {
        jobs::enqueue(&mut tx, "schedule", &ShowSetup { user, anew: false }).await?;
    }
    tx.commit().await?;
    Ok(asked)
}

/// Job: shows an admin how the set-up stands, in the one message that they have of it.
#[derive(Debug, Serialize, Deserialize)]
pub struct ShowSetup {
    /// Who.
    pub user: SlackUserId,
    /// At the end of the conversation, in the place of an older one.
    pub anew: bool,
}

impl Work for ShowSetup {
    const KIND: &'static str = "setup.show";
    const POLICY: Policy = Policy::UpTo(8);

    /// In order, so that what is shown last is how it stands.
    fn lane(&self) -> Option<String> {
        Some(format!("{}:message", key(&self.user)))
    }
}

/// Runs [`ShowSetup`].
pub async fn show(services: &Services, job: &Job) -> Result<(), JobError> {
    let ShowSetup { user, anew } = job.work()?;
    let mut tx = begin(services, &job.workspace).await?;
    let (Some(workspace), Some(person)) = (
        directory::workspace(&mut tx).await?,
        directory::person(&mut tx, &user).await?,
    ) else {
        return Ok(());
    };
    let progress = Progress::read(&mut tx, services, &workspace.settings).await?;
    tx.rollback().await?;
    let messenger = Messenger::of(services, &job.workspace).await?;
    let key = key(&user);
    if !(person.is_admin && person.active) {
        let text = "Here was the set-up of timeoff. It is for admins of this workspace, and you are none any more.";
        return messenger.update(&key, &Message::plain(text), true).await;
    }
    let message = message(&person, &workspace.settings, &progress);
    if anew {
        let once = format!("{key}:{}", job.id);
        messenger
            .show_anew(&key, &once, &user, &message, job.is_repeat())
            .await
    } else {
        messenger.show(&key, &user, &message, job.is_repeat()).await
    }
}

/// Has every message of the set-up shown as it stands now.
pub(super) async fn refresh(tx: &mut TenantTx, correlation_id: &str) -> Result<(), sqlx::Error> {
    for posted in directory::posted_keys(tx, KEY).await? {
        let user = posted.strip_prefix(KEY).map(SlackUserId::parse);
        // Other keys tell a posting of the message from the ones before it.
        if let Some(Ok(user)) = user {
            jobs::enqueue(tx, correlation_id, &ShowSetup { user, anew: false }).await?;
        }
    }
    Ok(())
}

/// “Continue” was pressed in Home.
pub async fn go_on(cx: &mut Cx, pressed: BlockAction) -> Result<Ack, sqlx::Error> {
    if let Err(why) = admins_only(cx) {
        return request::tell_presser(cx, &pressed, why.to_owned()).await;
    }
    let show = ShowSetup {
        user: pressed.user,
        anew: true,
    };
    cx.enqueue(&show).await?;
    Ok(Ack::Done)
}

/// What Home shows admins while the set-up is not finished: what is open, if anything is.
pub async fn home_blocks(
    tx: &mut TenantTx,
    services: &Services,
    settings: &Settings,
    integrations: &Integrations,
) -> Result<Vec<SlackBlock>, sqlx::Error> {
    let progress = Progress::with(tx, services, settings, integrations, false).await?;
    if progress.open().is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![home_block(&progress)])
}

/// How far the set-up is, with the button that takes it up again. Pure.
pub(in crate::workspace) fn home_block(progress: &Progress) -> SlackBlock {
    let open: Vec<String> = progress
        .open()
        .into_iter()
        .map(|step| Step::title(step).to_lowercase().replace("google", "Google"))
        .collect();
    let text = format!(
        "*Finish setting up* ({} of {})\nStill open: {}.",
        progress.dealt_with(),
        progress.steps.len(),
        words::list(&open)
    );
    section_with_button(&text, button(CONTINUE, "Continue in Messages", "setup"))
}

async fn begin(services: &Services, workspace: &WorkspaceId) -> Result<TenantTx, sqlx::Error> {
    services.db.begin(workspace, services.clock.now()).await
}

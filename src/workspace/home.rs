//! The App Home tab, where features meet.

use serde::{Deserialize, Serialize};

use super::{people, settings, setup};
use crate::clients::blocks::{SlackBlock, SlackHomeView, actions, divider, header, section};
use crate::gateway::{Ack, AppHomeOpened, Cx, DirectMessage};
use crate::jobs::{Job, JobError, Policy, Work};
use crate::leave::{command, overview, request, views};
use crate::platform::ids::SlackUserId;
use crate::services::Services;
use crate::tenant::Messenger;
use crate::tenant::messages::{Privately, TellPrivately};
use crate::tenant::store as directory;

/// Job: publishes a person's Home tab.
#[derive(Debug, Serialize, Deserialize)]
pub struct PublishHome {
    /// Whose.
    pub user: SlackUserId,
}

impl Work for PublishHome {
    const KIND: &'static str = "home.publish";
    const POLICY: Policy = Policy::UpTo(3);

    fn lane(&self) -> Option<String> {
        Some(format!("home:{}", self.user))
    }
}

/// Somebody opened the app.
pub async fn opened(cx: &mut Cx, event: AppHomeOpened) -> Result<Ack, sqlx::Error> {
    if event.tab == "home" {
        if cx.person.is_none() {
            people::introduce(cx, &event.user).await?;
        }
        cx.enqueue(&PublishHome { user: event.user }).await?;
    }
    Ok(Ack::Done)
}

/// Runs [`PublishHome`].
pub async fn publish(services: &Services, job: &Job) -> Result<(), JobError> {
    let PublishHome { user } = job.work()?;
    let mut tx = services
        .db
        .begin(&job.workspace, services.clock.now())
        .await?;
    let person = directory::person(&mut tx, &user).await?;
    let blocks: Vec<SlackBlock> = match request::registered(person) {
        Err(why) => vec![section(why)],
        Ok(person) => {
            let today = person.today(tx.now());
            let mut blocks = vec![
                header("Your time off"),
                actions("home", vec![views::request_button()]),
            ];
            blocks.extend(overview::upcoming_blocks(&mut tx, &person, today).await?);
            blocks.push(divider());
            blocks.push(overview::off_today(&mut tx, today).await?);
            if person.is_admin
                && let Some(workspace) = directory::workspace(&mut tx).await?
            {
                blocks.push(divider());
                let settings = &workspace.settings;
                blocks.extend(setup::home_blocks(&mut tx, services, settings).await?);
                blocks.extend(settings::home_blocks(&mut tx, services, settings).await?);
            }
            blocks
        }
    };
    tx.rollback().await?;
    let messenger = Messenger::of(services, &job.workspace).await?;
    services
        .slack
        .publish_home(messenger.token(), &user, &SlackHomeView::new(blocks))
        .await?;
    Ok(())
}

/// Somebody wrote to the app: it says what it can do.
pub async fn written_to(cx: &mut Cx, message: DirectMessage) -> Result<Ack, sqlx::Error> {
    let tell = TellPrivately {
        user: message.user,
        place: Privately::Dm,
        message: command::help("Here I read commands, not messages. "),
    };
    cx.enqueue(&tell).await?;
    Ok(Ack::Done)
}

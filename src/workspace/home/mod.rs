//! The App Home tab, where features meet.
//!
//! | what | file |
//! |---|---|
//! | everybody sees: how much leave is left, their own, who is off | `everyone.rs` |
//! | approvers see: what waits for them | `approver.rs` |
//! | admins see: what failed, who has no approver | `admin.rs` |
//! | all of it together | `content.rs` |
//! | long lists | `paging.rs` |
//! | nothing is read or built twice | `economy.rs`, with its one query in `store.rs` |
//!
//! Whose tab is published anew when something changes is `tenant/home.rs`: features know nothing of
//! this room.

pub mod admin;
mod approver;
mod content;
mod economy;
mod everyone;
mod paging;
mod store;

use super::people;
use crate::clients::blocks::{SlackBlock, SlackHomeView, section};
use crate::gateway::{Ack, AppHomeOpened, BlockAction, Cx, DirectMessage};
use crate::jobs::{self, Job, JobError};
use crate::leave::command;
use crate::platform::ids::SlackUserId;
use crate::services::Services;
use crate::tenant::home::{self, PublishHome, Why};
use crate::tenant::messages::{Messenger, Privately, TellPrivately};

pub use paging::{NEXT, PREVIOUS};

/// Looks for anything new.
pub const REFRESH: &str = "home.refresh";
/// The tab's callback id.
pub const HOME: &str = "home";

/// Somebody opened the app.
pub async fn opened(cx: &mut Cx, event: AppHomeOpened) -> Result<Ack, sqlx::Error> {
    if event.tab == "home" {
        if cx.person.is_none() {
            people::introduce(cx, &event.user).await?;
        }
        home::opened(&mut cx.tx, &event.user).await?;
        publish_for(cx, event.user, Why::Opened).await?;
    }
    Ok(Ack::Done)
}

/// Refresh was pressed.
pub async fn refresh(cx: &mut Cx, pressed: BlockAction) -> Result<Ack, sqlx::Error> {
    let soon = home::refresh_is_soon(&mut cx.tx, &pressed.user).await?;
    publish_for(cx, pressed.user, Why::Refresh { soon }).await?;
    Ok(Ack::Done)
}

/// Previous or Next was pressed below a list.
pub async fn turn(cx: &mut Cx, pressed: BlockAction) -> Result<Ack, sqlx::Error> {
    if let Some((list, page)) = paging::turned_to(&pressed.value) {
        home::opened(&mut cx.tx, &pressed.user).await?;
        publish_for(cx, pressed.user, Why::Turn { list, page }).await?;
    }
    Ok(Ack::Done)
}

async fn publish_for(cx: &mut Cx, user: SlackUserId, why: Why) -> Result<(), sqlx::Error> {
    cx.enqueue(&PublishHome { user, why }).await
}

/// Whether a button was pressed in the Home tab; a version before this one gave it no name, and
/// every dialog has one.
pub fn is_pressed_in(pressed: &BlockAction) -> bool {
    let name = pressed.view.as_ref().map(|view| view.callback_id.as_str());
    matches!(name, Some(HOME | ""))
}

/// What is pressed in the Home tab is answered there: with its present state, also when nothing
/// was changed because the button was out of date.
pub async fn show_outcome(cx: &mut Cx, user: &SlackUserId) -> Result<(), sqlx::Error> {
    home::opened(&mut cx.tx, user).await?;
    let publish = PublishHome {
        user: user.clone(),
        why: Why::Changed,
    };
    jobs::enqueue_unless_queued(&mut cx.tx, &cx.correlation_id, &publish).await
}

/// Runs [`PublishHome`].
pub async fn publish(services: &Services, job: &Job) -> Result<(), JobError> {
    let PublishHome { user, why } = job.work()?;
    let now = services.clock.now();
    let mut tx = services.db.begin(&job.workspace, now).await?;
    let look = store::look(&mut tx, &user).await?;
    let look =
        look.ok_or_else(|| JobError::for_good("the app is no longer installed in this workspace"))?;
    let pages = look.pages.after(&why);
    let hash = economy::hash(services, &look, &pages, now);
    let (blocks, built) = match look.cached {
        Some(ref cached) if cached.hash == hash => (cached.blocks.clone(), false),
        _ => (
            content::build(&mut tx, services, &look, &pages).await?,
            true,
        ),
    };
    tx.rollback().await?;

    let mut shown: Vec<SlackBlock> = Vec::with_capacity(blocks.len() + 2);
    if !built && let Why::Refresh { soon: true } = why {
        shown.extend(economy::please_wait(look.fresh_at, now));
    }
    shown.extend(blocks.iter().cloned());
    shown.extend(
        look.person
            .as_ref()
            .map(|person| economy::as_of(person, now)),
    );
    let view = SlackHomeView::new(shown).with_callback_id(HOME.into());
    let messenger = Messenger::with_token(services, &job.workspace, look.token)?;
    let slack = &services.slack;
    slack.publish_home(messenger.bot(), &user, &view).await?;
    if built {
        // What Slack did not take is not what they see.
        let mut tx = services.db.begin(&job.workspace, now).await?;
        store::save(&mut tx, &user, &hash, &pages, &blocks).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The tab of somebody who may not ask for leave.
fn only(why: &str) -> Vec<SlackBlock> {
    vec![section(why)]
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

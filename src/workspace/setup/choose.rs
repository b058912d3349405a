//! Choices of the set-up: each is saved at once.

use serde_json::{Map, Value, json};

use super::greet::{ShowSetup, refresh};
use super::message::how_to_try;
use super::progress::{Progress, Step};
use super::store;
use crate::clients::slack::Message;
use crate::gateway::{Ack, BlockAction, Cx, ViewSubmission};
use crate::jobs::{self, Job};
use crate::leave::request;
use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;
use crate::services::Services;
use crate::tenant::messages::{Privately, TellPrivately};
use crate::tenant::store as directory;
use crate::workspace::settings::{self, Form, admins_only};

/// A leave channel was chosen.
pub const LEAVE_CHANNEL: &str = "setup.leave_channel";
/// Approvers were chosen.
pub const APPROVERS: &str = "setup.approvers";
/// The suggested zone was taken.
pub const ZONE: &str = "setup.zone";
/// A step was skipped.
pub const SKIP: &str = "setup.skip";

/// A leave channel was chosen in the message.
pub async fn leave_channel(
    cx: &mut Cx,
    services: &Services,
    chosen: BlockAction,
) -> Result<Ack, sqlx::Error> {
    // A menu of Slack's cannot be emptied once something is chosen.
    let Some(channel) = chosen.chosen.first().cloned() else {
        return Ok(Ack::Done);
    };
    choose(cx, services, &chosen, "leave_channel", json!(channel)).await
}

/// Approvers were chosen in the message.
pub async fn approvers(
    cx: &mut Cx,
    services: &Services,
    chosen: BlockAction,
) -> Result<Ack, sqlx::Error> {
    let people = json!(chosen.chosen);
    choose(cx, services, &chosen, "approvers", people).await
}

/// The suggested zone was taken.
pub async fn zone(
    cx: &mut Cx,
    services: &Services,
    pressed: BlockAction,
) -> Result<Ack, sqlx::Error> {
    let name = json!(pressed.value);
    choose(cx, services, &pressed, "zone", name).await
}

/// A step was skipped.
pub async fn skip(
    cx: &mut Cx,
    services: &Services,
    pressed: BlockAction,
) -> Result<Ack, sqlx::Error> {
    if let Err(why) = admins_only(cx) {
        return refuse(cx, &pressed, why.to_owned()).await;
    }
    // Held before anything is written, as in every change: two at once wait for each other in order.
    if directory::settings_to_change(&mut cx.tx).await?.is_none() {
        return Ok(Ack::Done);
    }
    if let Some(step) = Step::of(&pressed.value) {
        store::answer(&mut cx.tx, step, "skipped", &pressed.user).await?;
    }
    follow(cx, services, None).await?;
    Ok(Ack::Done)
}

async fn choose(
    cx: &mut Cx,
    services: &Services,
    action: &BlockAction,
    setting: &str,
    value: Value,
) -> Result<Ack, sqlx::Error> {
    if let Err(why) = admins_only(cx) {
        return refuse(cx, action, why.to_owned()).await;
    }
    let Some(stored) = directory::settings_to_change(&mut cx.tx).await? else {
        return Ok(Ack::Done);
    };
    let change = Map::from_iter([(setting.to_owned(), value)]);
    if let Err(wrong) = settings::change(cx, &stored, &change).await? {
        let why: Vec<String> = wrong.0.into_iter().map(|it| it.why).collect();
        let text = format!("Not saved: {}", why.join(" "));
        return refuse(cx, action, text).await;
    }
    if setting == "zone" {
        // UTC may be what somebody wants.
        store::answer(&mut cx.tx, Step::Zone, "done", &action.user).await?;
    }
    follow(cx, services, None).await?;
    Ok(Ack::Done)
}

/// Tells the presser alone, and has a stale message shown as it stands.
async fn refuse(cx: &mut Cx, pressed: &BlockAction, text: String) -> Result<Ack, sqlx::Error> {
    cx.enqueue(&ShowSetup {
        user: pressed.user.clone(),
        anew: false,
    })
    .await?;
    request::tell_presser(cx, pressed, text).await
}

/// After a change of the settings, here or in Home: the messages show it, and once nothing is open
/// the set-up is finished. What changes elsewhere, [`super::greet_admins`] notices. `saved`: the form that was sent, if it was one.
pub async fn follow(
    cx: &mut Cx,
    services: &Services,
    saved: Option<&ViewSubmission>,
) -> Result<(), sqlx::Error> {
    let user = cx.person.as_ref().map(|person| person.user.clone());
    if let (Some(user), Some(submission)) = (&user, saved)
        && settings::is_form(submission, Form::Zone)
    {
        store::answer(&mut cx.tx, Step::Zone, "done", user).await?;
    }
    let correlation_id = cx.correlation_id.clone();
    go_on(&mut cx.tx, services, &correlation_id, user.as_ref()).await
}

/// After a calendar was checked and saved, or refused.
pub async fn calendar_checked(
    tx: &mut TenantTx,
    services: &Services,
    job: &Job,
    user: &SlackUserId,
) -> Result<(), sqlx::Error> {
    go_on(tx, services, &job.correlation_id, Some(user)).await
}

async fn go_on(
    tx: &mut TenantTx,
    services: &Services,
    correlation_id: &str,
    user: Option<&SlackUserId>,
) -> Result<(), sqlx::Error> {
    // Of two steps that are dealt with at once, the second sees the first.
    let Some(settings) = directory::settings_to_change(tx).await? else {
        return Ok(());
    };
    let progress = Progress::read(tx, services, &settings).await?;
    if progress.is_done {
        return Ok(());
    }
    let finished = progress.open().is_empty() && store::note_done(tx).await?;
    refresh(tx, correlation_id).await?;
    if let (true, Some(user)) = (finished, user) {
        let tell = TellPrivately {
            user: user.clone(),
            place: Privately::Dm,
            message: Message::plain(how_to_try(&settings)),
        };
        jobs::enqueue(tx, correlation_id, &tell).await?;
    }
    Ok(())
}

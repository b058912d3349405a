//! A person tries again what failed: with the button, the page or the API.

use super::follow;
use super::notice;
use crate::gateway::{Ack, BlockAction, Cx};
use crate::leave::model::ActionState;
use crate::leave::work::ShowFailedSync;
use crate::leave::{request, store};
use crate::platform::db::TenantTx;
use crate::tenant::store::{self as directory, Actor, Audit};

/// What became of the wish to try again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Retry {
    /// It begins.
    Started,
    /// There is no such leave.
    NotFound,
    /// There is nothing to try again: why, for the person.
    NotFailed(&'static str),
}

/// Tries again what failed of a leave at other services, and nothing else. Only a person may
/// call this: people delete leave there, and nobody but them knows whether it should come back.
pub async fn retry(
    tx: &mut TenantTx,
    correlation_id: &str,
    action_id: i64,
    actor: Actor<'_>,
) -> Result<Retry, sqlx::Error> {
    let Some(action) = store::action(tx, action_id).await? else {
        return Ok(Retry::NotFound);
    };
    match action.state {
        ActionState::Completed | ActionState::Cancelled => {}
        ActionState::Confirmed | ActionState::Processing => {
            return Ok(Retry::NotFailed("This leave is on its way right now."));
        }
        ActionState::Pending | ActionState::Denied | ActionState::Expired => {
            return Ok(Retry::NotFailed("This leave was never approved."));
        }
    }
    if store::retry_entries(tx, action_id).await? == 0 {
        let entries = store::entries(tx, action_id).await?;
        let why = if entries.iter().any(|entry| entry.state.is_under_way()) {
            "This leave is being tried again already."
        } else {
            "Nothing of this leave has failed: all of it is as it should be."
        };
        return Ok(Retry::NotFailed(why));
    }
    let entry = Audit {
        actor,
        subject: format!("action:{action_id}"),
        action: "retried",
        from: None,
        to: None,
        detail: serde_json::json!({}),
    };
    directory::audit(tx, &entry).await?;
    notice::tell_admins(tx, correlation_id, action_id).await?;
    follow(tx, correlation_id, action_id).await?;
    Ok(Retry::Started)
}

/// Retry was pressed in an admin's message.
pub async fn retry_pressed(cx: &mut Cx, pressed: BlockAction) -> Result<Ack, sqlx::Error> {
    let may = cx
        .person
        .as_ref()
        .is_some_and(|person| person.active && person.is_admin);
    if !may {
        let text = "Only a people admin can try this again.";
        return request::tell_presser(cx, &pressed, text.to_owned()).await;
    }
    let outcome = match pressed.value.parse() {
        Ok(id) => {
            let actor = Actor::Person(&pressed.user);
            retry(&mut cx.tx, &cx.correlation_id, id, actor).await?
        }
        Err(_) => Retry::NotFound,
    };
    let text = match outcome {
        Retry::Started => return Ok(Ack::Done),
        Retry::NotFound => "This leave does not exist any more.".to_owned(),
        Retry::NotFailed(why) => format!("Nothing was changed. {why}"),
    };
    // The message that was pressed is stale.
    if let Ok(action_id) = pressed.value.parse() {
        let admin = pressed.user.clone();
        cx.enqueue(&ShowFailedSync { action_id, admin }).await?;
    }
    request::tell_presser(cx, &pressed, text).await
}

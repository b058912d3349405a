//! Taking leave back.

use super::model::{ActionState, PendingAction};
use super::store::{self, Change};
use super::{request, views, words};
use crate::clients::blocks::section;
use crate::clients::slack::Message;
use crate::gateway::{Ack, BlockAction, Cx};
use crate::platform::ids::SlackUserId;
use crate::tenant::messages::{Privately, TellPrivately};
use crate::tenant::store::{self as directory, Actor};

/// Cancel was pressed, in a message, a list or the Home tab.
pub async fn cancel(cx: &mut Cx, pressed: BlockAction) -> Result<Ack, sqlx::Error> {
    let text = match take_back(cx, &pressed).await? {
        Ok(action) => {
            request::refresh_messages(&mut cx.tx, &cx.correlation_id, action.id).await?;
            if action.state != ActionState::Pending {
                tell_approvers(cx, &action).await?;
            }
            let today = cx
                .person
                .as_ref()
                .map_or(action.span.first(), |person| person.today(cx.now()));
            format!("Cancelled: {}.", views::title(&action, today))
        }
        Err(why) => why,
    };
    // In the request's own message and in the Home tab the change itself is the answer.
    match &pressed.response_url {
        Some(url) if pressed.ephemeral || !text.starts_with("Cancelled") => {
            let place = Privately::Respond {
                url: url.clone(),
                replace: pressed.ephemeral,
            };
            cx.enqueue(&TellPrivately {
                user: pressed.user.clone(),
                place,
                message: Message::plain(text),
            })
            .await?;
        }
        _ => {}
    }
    Ok(Ack::Done)
}

/// Cancels the action; returns it as it was before, or why not.
async fn take_back(
    cx: &mut Cx,
    pressed: &BlockAction,
) -> Result<Result<PendingAction, String>, sqlx::Error> {
    let action = match pressed.value.parse() {
        Ok(id) => store::action(&mut cx.tx, id).await?,
        Err(_) => None,
    };
    let Some(action) = action else {
        return Ok(Err("This leave does not exist any more.".to_owned()));
    };
    if action.user != pressed.user {
        return Ok(Err(
            "Only the person whose leave it is can cancel it.".to_owned()
        ));
    }
    let today = cx
        .person
        .as_ref()
        .map_or(action.span.first(), |person| person.today(cx.now()));
    if !action.state.may_become(ActionState::Cancelled) {
        return Ok(Err(format!(
            "Nothing was changed: {} is {} already.",
            views::title(&action, today),
            words::state(action.state)
        )));
    }
    if action.span.last() < today {
        return Ok(Err(
            "This leave is over. If you did not take it, please ask a people admin to correct it."
                .to_owned(),
        ));
    }
    let change = Change {
        from: action.state,
        to: ActionState::Cancelled,
        actor: Actor::Person(&pressed.user),
        note: None,
    };
    if store::change_state(&mut cx.tx, action.id, change).await? {
        Ok(Ok(action))
    } else {
        Ok(Err("Somebody was a moment faster: this request has just been decided. Please look at it again.".to_owned()))
    }
}

/// An edited message rings no bell, so whoever agreed to the leave gets a new one.
async fn tell_approvers(cx: &mut Cx, action: &PendingAction) -> Result<(), sqlx::Error> {
    let decider = action
        .decided_by
        .clone()
        .filter(|user| *user != action.user);
    let told: Vec<SlackUserId> = match decider {
        Some(user) => vec![user],
        None => store::approvals(&mut cx.tx, action.id)
            .await?
            .into_iter()
            .map(|approval| approval.approver)
            .filter(|user| *user != action.user)
            .collect(),
    };
    for user in told {
        let Some(reader) = directory::person(&mut cx.tx, &user).await? else {
            continue;
        };
        let text = format!(
            "{} cancelled leave: {}. They will be at work.",
            action.user.mention(),
            views::title(action, reader.today(cx.now()))
        );
        let message = Message {
            text: text.clone(),
            blocks: vec![section(&text)],
        };
        cx.enqueue(&TellPrivately {
            user,
            place: Privately::Dm,
            message,
        })
        .await?;
    }
    Ok(())
}

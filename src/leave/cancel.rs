//! Taking leave back.

use jiff::civil::Date;

use super::model::{ActionState, PendingAction};
use super::store::{self, Change};
use super::work::refresh_messages;
use super::{request, views, words};
use crate::clients::blocks::section;
use crate::clients::slack::Message;
use crate::gateway::{Ack, BlockAction, Cx};
use crate::platform::ids::SlackUserId;
use crate::tenant::messages::{Privately, TellPrivately};
use crate::tenant::store::{self as directory, Actor};

/// Cancel was pressed, in a message, a list or the Home tab.
pub async fn cancel(cx: &mut Cx, pressed: BlockAction) -> Result<Ack, sqlx::Error> {
    let person = match request::requester(cx) {
        Ok(person) => person,
        Err(why) => return request::tell_presser(cx, &pressed, why.to_owned()).await,
    };
    let today = person.today(cx.now());
    let mut attempt = take_back(cx, &pressed, today).await?;
    if let Err(Refusal::Faster) = attempt {
        // Decided at the same moment. Approved leave can be taken back too, so look again.
        attempt = take_back(cx, &pressed, today).await?;
    }
    let taken = match attempt {
        Ok(taken) => taken,
        Err(why) => return request::tell_presser(cx, &pressed, why.to_string()).await,
    };
    refresh_messages(&mut cx.tx, &cx.correlation_id, taken.before.id).await?;
    if taken.before.state != ActionState::Pending {
        tell_approvers(cx, &taken).await?;
    }
    // In the request's own message and in the Home tab the change itself is the answer.
    if pressed.ephemeral {
        let text = match &taken.left {
            None => format!("Cancelled: {}.", views::title(&taken.before, today)),
            Some(left) => format!(
                "Your leave ends early: {}. From today on you are at work.",
                views::title(left, today)
            ),
        };
        return request::tell_presser(cx, &pressed, text).await;
    }
    Ok(Ack::Done)
}

/// Leave that was taken back.
struct TakenBack {
    /// As it was.
    before: PendingAction,
    /// What stays of it, where it had begun; else nothing does.
    left: Option<PendingAction>,
}

/// Why nothing is taken back, for the person.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("This leave does not exist any more.")]
    Gone,
    #[error("Only the person whose leave it is can cancel it.")]
    NotYours,
    #[error("Nothing was changed: {0}.")]
    Already(String),
    #[error("This leave is over. If you did not take it, please ask a people admin to correct it.")]
    Over,
    #[error("Somebody was a moment faster and changed this. Please look at it again.")]
    Faster,
}

/// Takes back what is still to come.
async fn take_back(
    cx: &mut Cx,
    pressed: &BlockAction,
    today: Date,
) -> Result<Result<TakenBack, Refusal>, sqlx::Error> {
    let action = match pressed.value.parse() {
        Ok(id) => store::action(&mut cx.tx, id).await?,
        Err(_) => None,
    };
    let Some(before) = action else {
        return Ok(Err(Refusal::Gone));
    };
    if before.user != pressed.user {
        return Ok(Err(Refusal::NotYours));
    }
    if !before.state.may_become(ActionState::Cancelled) {
        return Ok(Err(Refusal::Already(format!(
            "{} is {} already",
            views::title(&before, today),
            words::state(before.state)
        ))));
    }
    let decided = before.state != ActionState::Pending;
    if decided && before.span.last() < today {
        return Ok(Err(Refusal::Over));
    }
    let actor = Actor::Person(&pressed.user);
    // Days that were taken stay taken.
    let last = if decided {
        store::last_day_before(&mut cx.tx, before.id, today).await?
    } else {
        None
    };
    if let Some(last) = last {
        if !store::end_early(&mut cx.tx, &before, last, actor).await? {
            return Ok(Err(Refusal::Faster));
        }
        let left = store::action(&mut cx.tx, before.id).await?;
        return Ok(Ok(TakenBack { before, left }));
    }
    let change = Change {
        from: before.state,
        to: ActionState::Cancelled,
        actor,
        note: None,
    };
    if !store::change_state(&mut cx.tx, before.id, change).await? {
        return Ok(Err(Refusal::Faster));
    }
    Ok(Ok(TakenBack { before, left: None }))
}

/// An edited message rings no bell, so whoever agreed to the leave gets a new one.
async fn tell_approvers(cx: &mut Cx, taken: &TakenBack) -> Result<(), sqlx::Error> {
    let action = &taken.before;
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
        let (who, today) = (action.user.mention(), reader.today(cx.now()));
        let text = match &taken.left {
            None => format!(
                "{who} cancelled leave: {}. They will be at work.",
                views::title(action, today)
            ),
            Some(left) => format!(
                "{who} is back early: {}, instead of {}.",
                views::title(left, today),
                words::span(&action.span, today)
            ),
        };
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

//! Taking leave back.

use jiff::civil::Date;

use super::model::{ActionState, PendingAction};
use super::store::{self, Change, GivenBack};
use super::work::refresh_messages;
use super::{follow, request, views, words};
use crate::clients::blocks::section;
use crate::clients::slack::Message;
use crate::gateway::{Ack, BlockAction, Cx};
use crate::jobs;
use crate::platform::db::TenantTx;
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
        // Decided at the same moment, and perhaps on its way to other services. Approved leave can be
        // taken back too, so look again, while nothing can change it.
        if let Ok(id) = pressed.value.parse() {
            store::hold(&mut cx.tx, id).await?;
        }
        attempt = take_back(cx, &pressed, today).await?;
    }
    let taken = match attempt {
        Ok(taken) => taken,
        Err(why) => return request::tell_presser(cx, &pressed, why.to_string()).await,
    };
    spread(&mut cx.tx, &cx.correlation_id, &taken).await?;
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

/// Gives single days back, and has everything follow: the messages, the approvers, the other
/// services. Whether `actor` may do that is the caller's to know, and so is that the days are
/// still to come.
pub async fn cancel_days(
    tx: &mut TenantTx,
    correlation_id: &str,
    action_id: i64,
    days: &[Date],
    actor: Actor<'_>,
) -> Result<GivenBack, sqlx::Error> {
    store::hold(tx, action_id).await?;
    let Some(action) = &store::action(tx, action_id).await? else {
        return Ok(GivenBack::Nothing);
    };
    let given_back = store::cancel_days(tx, action, days, actor).await?;
    let left = match &given_back {
        GivenBack::Nothing => return Ok(given_back),
        GivenBack::Days(_) => store::action(tx, action.id).await?,
        GivenBack::All => None,
    };
    let taken = TakenBack {
        before: action.clone(),
        left,
    };
    spread(tx, correlation_id, &taken).await?;
    Ok(given_back)
}

/// Everything that follows when leave is taken back. What nobody decided is nowhere else yet.
async fn spread(
    tx: &mut TenantTx,
    correlation_id: &str,
    taken: &TakenBack,
) -> Result<(), sqlx::Error> {
    let id = taken.before.id;
    if taken.before.state == ActionState::Pending {
        return refresh_messages(tx, correlation_id, id).await;
    }
    store::remove_again(tx, id).await?;
    follow::changed(tx, correlation_id, id).await?;
    tell_approvers(tx, correlation_id, taken).await
}

/// An edited message rings no bell, so whoever agreed to the leave gets a new one.
async fn tell_approvers(
    tx: &mut TenantTx,
    correlation_id: &str,
    taken: &TakenBack,
) -> Result<(), sqlx::Error> {
    let action = &taken.before;
    let decider = action
        .decided_by
        .clone()
        .filter(|user| *user != action.user);
    let told: Vec<SlackUserId> = match decider {
        Some(user) => vec![user],
        None => store::approvals(tx, action.id)
            .await?
            .into_iter()
            .map(|approval| approval.approver)
            .filter(|user| *user != action.user)
            .collect(),
    };
    for user in told {
        let Some(reader) = directory::person(tx, &user).await? else {
            continue;
        };
        let (who, today) = (action.user.mention(), reader.today(tx.now()));
        let text = match &taken.left {
            None => format!(
                "{who} cancelled leave: {}. They will be at work.",
                views::title(action, today)
            ),
            Some(left) if left.given_back != action.given_back => format!(
                "{who} gave days of leave back: {}, instead of {}.",
                views::title(left, today),
                words::leave_days(action, today)
            ),
            Some(left) => format!(
                "{who} is back early: {}, instead of {}.",
                views::title(left, today),
                words::leave_days(action, today)
            ),
        };
        let message = Message {
            text: text.clone(),
            blocks: vec![section(&text)],
        };
        let tell = TellPrivately {
            user,
            place: Privately::Dm,
            message,
        };
        jobs::enqueue(tx, correlation_id, &tell).await?;
    }
    Ok(())
}

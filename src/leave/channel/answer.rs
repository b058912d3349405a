//! The buttons of a reply. Only its author's press counts.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::reply;
use crate::gateway::{Ack, BlockAction, Cx};
use crate::leave::form::{Filled, OpenForm};
use crate::leave::model::{PendingAction, ReplyKind, ReplyState};
use crate::leave::policy::Problem;
use crate::leave::request::{self, Draft};
use crate::leave::store::{self, GivenBack, Reply};
use crate::leave::work::ShowReply;
use crate::leave::{self, words};
use crate::tenant::store::Actor;

/// Why a press does nothing, for the person who pressed.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("This is no longer there. Please write again, or use `/timeoff`.")]
    Gone,
    #[error("This is for {0} to answer: it is about their leave.")]
    NotYours(String),
    #[error("Nothing was changed: this was {0} already.")]
    Already(&'static str),
    #[error(
        "The time to answer is over, so nothing was sent. Please write again, or use `/timeoff`."
    )]
    Late,
    #[error(
        "Nothing was cancelled: those days are over, or no leave of yours any more. `/timeoff list` shows what you have."
    )]
    NothingToCancel,
    #[error("{0}")]
    NotAllowed(&'static str),
    #[error("Nothing was sent. {0}")]
    Problem(String),
}

/// Confirm was pressed: what is proposed is asked for.
pub async fn confirm(cx: &mut Cx, pressed: BlockAction) -> Result<Ack, sqlx::Error> {
    let reply = match open_reply(cx, &pressed, ReplyKind::Proposal).await? {
        Ok(reply) => reply,
        Err(refusal) => return refuse(cx, &pressed, &refusal).await,
    };
    // A request that cannot be made takes the others back with it.
    cx.tx.savepoint().await?;
    for action in store::proposed_in(&mut cx.tx, reply.id).await? {
        if action.awaits_author()
            && let Err(problem) = send(cx, &action).await?
        {
            cx.tx.rollback_to_savepoint().await?;
            return refuse(cx, &pressed, &Refusal::Problem(problem.message)).await;
        }
    }
    Ok(Ack::Done)
}

async fn send(cx: &mut Cx, action: &PendingAction) -> Result<Result<i64, Problem>, sqlx::Error> {
    let draft = Draft {
        leave_type: &action.leave_type.key,
        span: action.span,
        reason: action.reason.as_deref(),
        proposed: Some(action.id),
    };
    request::submit(cx, &draft).await
}

/// Edit was pressed: the form opens with what is proposed. Sending it sends that request.
pub async fn edit(cx: &mut Cx, pressed: BlockAction) -> Result<Ack, sqlx::Error> {
    let action = match pressed.value.parse() {
        Ok(id) => store::action(&mut cx.tx, id).await?,
        Err(_) => None,
    };
    let Some((action, reply)) = action.and_then(|action| action.reply.map(|id| (action, id)))
    else {
        return refuse(cx, &pressed, &Refusal::Gone).await;
    };
    if let Err(refusal) = open(cx, &pressed, Some(reply), ReplyKind::Proposal).await? {
        return refuse(cx, &pressed, &refusal).await;
    }
    if !action.awaits_author() {
        return refuse(cx, &pressed, &Refusal::Already("sent")).await;
    }
    let open = OpenForm {
        user: pressed.user,
        trigger_id: pressed.trigger_id,
        response_url: pressed.response_url,
        filled: Filled::with(&action.leave_type.key, &action.span),
        proposed: Some(action.id),
    };
    cx.enqueue(&open).await?;
    Ok(Ack::Done)
}

/// Cancel was pressed: nothing is asked for.
pub async fn cancel(cx: &mut Cx, pressed: BlockAction) -> Result<Ack, sqlx::Error> {
    drop_reply(cx, &pressed, ReplyKind::Proposal).await
}

/// Keep it was pressed: the leave stays.
pub async fn keep(cx: &mut Cx, pressed: BlockAction) -> Result<Ack, sqlx::Error> {
    drop_reply(cx, &pressed, ReplyKind::Cancellation).await
}

async fn drop_reply(
    cx: &mut Cx,
    pressed: &BlockAction,
    kind: ReplyKind,
) -> Result<Ack, sqlx::Error> {
    let reply = match open_reply(cx, pressed, kind).await? {
        Ok(reply) => reply,
        Err(refusal) => return refuse(cx, pressed, &refusal).await,
    };
    reply::close(
        &mut cx.tx,
        &cx.correlation_id,
        &reply,
        ReplyState::Cancelled,
    )
    .await?;
    Ok(Ack::Done)
}

/// Yes, cancel was pressed: the days are taken back.
pub async fn yes(cx: &mut Cx, pressed: BlockAction) -> Result<Ack, sqlx::Error> {
    let reply = match open_reply(cx, &pressed, ReplyKind::Cancellation).await? {
        Ok(reply) => reply,
        Err(refusal) => return refuse(cx, &pressed, &refusal).await,
    };
    let person = match request::requester(cx) {
        Ok(person) => person,
        Err(why) => return refuse(cx, &pressed, &Refusal::NotAllowed(why)).await,
    };
    cx.tx.savepoint().await?;
    let (open, confirmed) = (ReplyState::Open, ReplyState::Confirmed);
    if !store::change_reply(&mut cx.tx, reply.id, open, confirmed).await? {
        return refuse(cx, &pressed, &Refusal::Already("answered")).await;
    }
    let today = person.today(cx.now());
    let mut given_back = take_back(cx, &reply, today).await?;
    // What was approved at the same moment can be taken back too, so look again.
    given_back.extend(take_back(cx, &reply, today).await?);
    if given_back.is_empty() {
        cx.tx.rollback_to_savepoint().await?;
        return refuse(cx, &pressed, &Refusal::NothingToCancel).await;
    }
    given_back.sort_unstable();
    given_back.dedup();
    store::save_cancelled_days(&mut cx.tx, reply.id, &given_back).await?;
    cx.enqueue(&ShowReply { reply_id: reply.id }).await?;
    Ok(Ack::Done)
}

/// Gives the days back that are still to come, of whatever leave they belong to by now; which
/// those were.
async fn take_back(cx: &mut Cx, reply: &Reply, today: Date) -> Result<Vec<Date>, sqlx::Error> {
    let (Some(first), Some(last)) = (reply.days.iter().min(), reply.days.iter().max()) else {
        return Ok(Vec::new());
    };
    let user = &reply.to.user;
    let mut own = store::own_days(&mut cx.tx, user, *first, *last).await?;
    own.retain(|own| reply.days.contains(&own.day) && own.can_be_taken_back(today));
    let ids: BTreeSet<i64> = own.iter().map(|own| own.action).collect();
    let mut taken = Vec::new();
    for id in ids {
        let of_it = own.iter().filter(|own| own.action == id);
        let days: Vec<Date> = of_it.map(|own| own.day).collect();
        let actor = Actor::Person(user);
        let given_back =
            leave::cancel::cancel_days(&mut cx.tx, &cx.correlation_id, id, &days, actor).await?;
        match given_back {
            GivenBack::Nothing => {}
            GivenBack::Days(days) => taken.extend(days),
            GivenBack::All => taken.extend(days),
        }
    }
    Ok(taken)
}

async fn open_reply(
    cx: &mut Cx,
    pressed: &BlockAction,
    kind: ReplyKind,
) -> Result<Result<Reply, Refusal>, sqlx::Error> {
    open(cx, pressed, pressed.value.parse().ok(), kind).await
}

/// The reply, if it is open, of this kind, and the presser's own.
async fn open(
    cx: &mut Cx,
    pressed: &BlockAction,
    id: Option<i64>,
    kind: ReplyKind,
) -> Result<Result<Reply, Refusal>, sqlx::Error> {
    let found = match id {
        Some(id) => store::reply(&mut cx.tx, id).await?,
        None => None,
    };
    let Some(reply) = found.filter(|reply| reply.kind == kind) else {
        return Ok(Err(Refusal::Gone));
    };
    if reply.to.user != pressed.user {
        return Ok(Err(Refusal::NotYours(reply.to.user.mention())));
    }
    if reply.state != ReplyState::Open {
        return Ok(Err(match reply.state {
            ReplyState::Expired => Refusal::Late,
            state => Refusal::Already(words::reply_state(state)),
        }));
    }
    if reply.expires_at <= cx.now() {
        // The schedule has not come by yet.
        reply::close(&mut cx.tx, &cx.correlation_id, &reply, ReplyState::Expired).await?;
        return Ok(Err(Refusal::Late));
    }
    Ok(Ok(reply))
}

async fn refuse(cx: &mut Cx, pressed: &BlockAction, refusal: &Refusal) -> Result<Ack, sqlx::Error> {
    request::tell_presser(cx, pressed, refusal.to_string()).await
}

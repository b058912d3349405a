//! Asking for leave, and the one message that shows the requester how it stands.

use std::collections::HashMap;

use jiff::civil::Date;

use super::model::{ActionState, LeaveSpan, PendingAction};
use super::policy::{self, Field, Problem};
use super::store::{self, Change, Inserted, NewAction};
use super::work::{self, AskApprovers, ShowRequest};
use super::{follow, overview, sync, views};
use crate::clients::slack::Message;
use crate::gateway::{Ack, BlockAction, Cx};
use crate::jobs::{Job, JobError};
use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;
use crate::services::Services;
use crate::tenant::messages::{Privately, TellPrivately};
use crate::tenant::store::{self as directory, Actor, Audit};
use crate::tenant::{Messenger, Person};

/// What somebody asks for, as they put it.
#[derive(Debug)]
pub struct Draft<'a> {
    /// The leave type's key.
    pub leave_type: &'a str,
    /// The days.
    pub span: LeaveSpan,
    /// Why, for the approvers.
    pub reason: Option<&'a str>,
    /// The proposal in the leave channel that this is the answer to.
    pub proposed: Option<i64>,
}

/// The person who acts, if they may ask for leave; else what to tell them.
pub fn requester(cx: &Cx) -> Result<Person, &'static str> {
    registered(cx.person.clone())
}

/// A person who may ask for leave; else what to tell them.
pub fn registered(person: Option<Person>) -> Result<Person, &'static str> {
    match person {
        Some(person) if person.active => Ok(person),
        Some(_) => Err("Your account is switched off for time off. Please ask a workspace admin."),
        None => {
            Err("You are not set up for time off yet. Please ask a workspace admin to add you.")
        }
    }
}

/// Tells the person who pressed a button something that nobody else sees: beside the message, in
/// its thread if it stands in one, in place of one that only they see, or in their direct messages
/// where a view has no room for it.
pub async fn tell_presser(
    cx: &mut Cx,
    pressed: &BlockAction,
    text: String,
) -> Result<Ack, sqlx::Error> {
    let place = match (&pressed.channel, &pressed.thread_ts, &pressed.response_url) {
        // A response URL answers below the channel, where nobody looks who reads a thread.
        (Some(channel), Some(thread_ts), _) if !pressed.ephemeral => Privately::InChannel {
            channel: channel.clone(),
            thread_ts: Some(thread_ts.clone()),
        },
        (_, _, Some(url)) => Privately::Respond {
            url: url.clone(),
            replace: pressed.ephemeral,
        },
        (_, _, None) => Privately::Dm,
    };
    let message = Message::plain(text);
    let user = pressed.user.clone();
    cx.enqueue(&TellPrivately {
        user,
        place,
        message,
    })
    .await?;
    Ok(Ack::Done)
}

/// Writes a request down and promises what follows: the message to the requester, and the
/// approvers' messages. On a problem nothing is written once the transaction is taken back.
pub async fn submit(cx: &mut Cx, draft: &Draft<'_>) -> Result<Result<i64, Problem>, sqlx::Error> {
    let person = match requester(cx) {
        Ok(person) => person,
        Err(why) => return Ok(Err(Problem::new(Field::FirstDay, why))),
    };
    if let Err(problem) = policy::check_reason(draft.reason) {
        return Ok(Err(problem));
    }
    let types = store::leave_types(&mut cx.tx).await?;
    let Some(leave_type) = types.iter().find(|known| known.key == draft.leave_type) else {
        return Ok(Err(Problem::new(
            Field::LeaveType,
            "This kind of leave is no longer offered. Please choose another.",
        )));
    };
    let proposal = match draft.proposed {
        Some(id) => store::action(&mut cx.tx, id).await?,
        None => None,
    };
    if let Some(reply) = proposal.as_ref().and_then(|proposal| proposal.reply) {
        store::hold_reply(&mut cx.tx, reply).await?;
    }
    // What was proposed before midnight may be confirmed after it.
    let asked_at = proposal.as_ref().map_or(cx.now(), |it| it.created_at);
    let today = person.today(asked_at);
    let settings = &cx.workspace.settings;
    let calendar = store::calendar(
        &mut cx.tx,
        &person,
        settings,
        draft.span.first(),
        draft.span.last(),
    )
    .await?;
    let days = match policy::check(&calendar, &draft.span, today, settings.longest_leave_days) {
        Ok(days) => days,
        Err(problem) => return Ok(Err(problem)),
    };
    let new = NewAction {
        user: &person.user,
        leave_type,
        span: draft.span,
        reason: draft.reason,
        days: &days,
    };
    let inserted = match draft.proposed {
        None => store::insert_action(&mut cx.tx, &new).await?,
        Some(proposed) => {
            if let Some(reply) = proposal.as_ref().and_then(|proposal| proposal.reply)
                && let Err(problem) = withdraw_replaced(cx, reply, today).await?
            {
                return Ok(Err(problem));
            }
            match store::agree(&mut cx.tx, proposed, &new).await? {
                Some(inserted) => inserted,
                None => return Ok(Err(Problem::new(Field::FirstDay, NO_LONGER_OPEN))),
            }
        }
    };
    let id = match inserted {
        Inserted::Whole(id) => id,
        Inserted::Partly(id) => {
            let mut taken = store::overlapping(&mut cx.tx, &person.user, &days).await?;
            // The part that was free is written already, and goes with the transaction.
            taken.retain(|other| other.id != id);
            return Ok(Err(policy::overlap(&taken, today)));
        }
    };
    let entry = Audit {
        actor: Actor::Person(&person.user),
        subject: format!("action:{id}"),
        action: "requested",
        from: None,
        to: Some(ActionState::Pending.as_str()),
        detail: serde_json::json!({"leave_type": leave_type.key, "first_day": draft.span.first(), "last_day": draft.span.last()}),
    };
    directory::audit(&mut cx.tx, &entry).await?;
    if let Some(reply) = proposal.and_then(|proposal| proposal.reply) {
        store::confirm_if_answered(&mut cx.tx, reply).await?;
    }
    if leave_type.needs_approval {
        work::show_request(&mut cx.tx, &cx.correlation_id, id).await?;
    } else {
        confirm(&mut cx.tx, &cx.correlation_id, id, Actor::System).await?;
    }
    cx.enqueue(&AskApprovers {
        action_id: id,
        again: false,
    })
    .await?;
    Ok(Ok(id))
}

const NO_LONGER_OPEN: &str =
    "This proposal is no longer open. Please write again, or use `/timeoff`.";

/// The undecided requests that a proposal takes the place of.
pub async fn superseded(
    tx: &mut TenantTx,
    proposal: Option<&PendingAction>,
) -> Result<Vec<PendingAction>, sqlx::Error> {
    let Some(reply) = proposal.and_then(|proposal| proposal.reply) else {
        return Ok(Vec::new());
    };
    let mut earlier = store::replaced_by(tx, reply).await?;
    earlier.retain(|earlier| earlier.state == ActionState::Pending);
    Ok(earlier)
}

/// Withdraws what a proposal takes the place of. What was approved in the meantime stays, and then
/// the proposal cannot take its place any more.
async fn withdraw_replaced(
    cx: &mut Cx,
    reply: i64,
    today: Date,
) -> Result<Result<(), Problem>, sqlx::Error> {
    for earlier in store::replaced_by(&mut cx.tx, reply).await? {
        let withdrawn = match earlier.state {
            ActionState::Pending => {
                let change = Change {
                    from: ActionState::Pending,
                    to: ActionState::Cancelled,
                    actor: Actor::Person(&earlier.user),
                    note: None,
                };
                store::change_state(&mut cx.tx, earlier.id, change).await?
            }
            ActionState::Cancelled | ActionState::Denied | ActionState::Expired => continue,
            ActionState::Confirmed | ActionState::Processing | ActionState::Completed => false,
        };
        if !withdrawn {
            let problem = format!(
                "{} was decided in the meantime. Please cancel that first, or use `/timeoff`.",
                views::title(&earlier, today)
            );
            return Ok(Err(Problem::new(Field::FirstDay, problem)));
        }
        work::refresh_messages(&mut cx.tx, &cx.correlation_id, earlier.id).await?;
    }
    Ok(Ok(()))
}

/// Confirms a pending action, shows that to people, and sends the leave to the other services,
/// which completes it. `false`: it was not pending any more.
pub async fn confirm(
    tx: &mut TenantTx,
    correlation_id: &str,
    id: i64,
    actor: Actor<'_>,
) -> Result<bool, sqlx::Error> {
    let change = Change {
        from: ActionState::Pending,
        to: ActionState::Confirmed,
        actor,
        note: None,
    };
    if !store::change_state(tx, id, change).await? {
        return Ok(false);
    }
    follow::approved(tx, correlation_id, id).await?;
    Ok(true)
}

/// How a request stands, for its requester. `people` are those who are still there, `away` those of
/// them on leave, and until when.
pub(super) async fn status(
    tx: &mut TenantTx,
    services: &Services,
    action: &PendingAction,
    people: &[Person],
    away: &HashMap<SlackUserId, Date>,
    today: Date,
) -> Result<String, sqlx::Error> {
    let mut approvals = store::approvals(tx, action.id).await?;
    // Nobody waits for those who left.
    approvals.retain(|approval| people.iter().any(|person| person.user == approval.approver));
    let outcomes = sync::standing(tx, services, action).await?;
    Ok(views::status(action, &approvals, away, &outcomes, today))
}

/// Runs [`ShowRequest`].
pub async fn show(services: &Services, job: &Job) -> Result<(), JobError> {
    let ShowRequest { action_id } = job.work()?;
    let mut tx = services
        .db
        .begin(&job.workspace, services.clock.now())
        .await?;
    let Some(action) = store::action(&mut tx, action_id).await? else {
        return Ok(());
    };
    let (Some(workspace), Some(person)) = (
        directory::workspace(&mut tx).await?,
        directory::person(&mut tx, &action.user).await?,
    ) else {
        return Ok(());
    };
    let people = directory::active_people(&mut tx).await?;
    let away = overview::away_until(&mut tx, &workspace.settings, &people).await?;
    let today = person.today(tx.now());
    let status = status(&mut tx, services, &action, &people, &away, today).await?;
    tx.rollback().await?;
    let message = views::requesters_message(&action, status, today);
    let messenger = Messenger::of(services, &job.workspace).await?;
    messenger
        .show(
            &format!("action:{action_id}:requester"),
            &action.user,
            &message,
            job.is_repeat(),
        )
        .await
}

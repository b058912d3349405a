//! Asking the approvers: whom, and the message that shows each of them how a request stands.

use std::collections::HashMap;

use jiff::civil::Date;

use super::approvers::{self, Candidates, Chosen, PassedOver, Tier};
use super::model::{ActionState, PendingAction};
use super::visibility::Viewer;
use super::work::{self, AskApprovers, ShowApproval};
use super::{overview, reminder_times, store, views, words};
use crate::clients::blocks;
use crate::clients::slack::Message;
use crate::jobs::{self, Job, JobError};
use crate::platform::again::Again;
use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;
use crate::services::Services;
use crate::tenant::home;
use crate::tenant::messages::{Privately, TellPrivately};
use crate::tenant::store as directory;
use crate::tenant::{Messenger, Person};

/// Runs [`AskApprovers`]. Safe to repeat: whoever was asked is not asked again.
pub async fn ask(services: &Services, job: &Job) -> Result<(), JobError> {
    let AskApprovers { action_id, again } = job.work()?;
    let mut tx = services
        .db
        .begin(&job.workspace, services.clock.now())
        .await?;
    let Some(workspace) = directory::workspace(&mut tx).await? else {
        return Ok(());
    };
    let channel = workspace.settings.approver_channel.clone();
    tx.rollback().await?;

    let (mut channel_members, mut channel_unreadable) = (Vec::new(), false);
    if let Some(channel) = channel {
        let messenger = Messenger::of(services, &job.workspace).await?;
        match services
            .slack
            .channel_members(messenger.token(), &channel)
            .await
        {
            Ok(members) => channel_members = members,
            // A channel that is gone must not stop the request: the next in line are asked.
            Err(error) if error.again == Again::No => {
                tracing::warn!(%error, "cannot read the approvers' channel");
                channel_unreadable = true;
            }
            Err(error) => return Err(error.into()),
        }
    }

    let mut tx = services
        .db
        .begin(&job.workspace, services.clock.now())
        .await?;
    let Some(action) = store::action(&mut tx, action_id).await? else {
        return Ok(());
    };
    let approved = matches!(
        action.state,
        ActionState::Confirmed | ActionState::Processing | ActionState::Completed
    );
    let fyi = approved && !action.leave_type.needs_approval;
    if action.state != ActionState::Pending && !fyi {
        return Ok(());
    }
    let people = directory::active_people(&mut tx).await?;
    let Some(requester) = people.iter().find(|person| person.user == action.user) else {
        return Ok(());
    };
    let away_until = overview::away_until(&mut tx, &workspace.settings, &people).await?;
    let chosen = approvers::choose(&Candidates {
        requester,
        people: &people,
        settings: &workspace.settings,
        channel_members: &channel_members,
        away_until: &away_until,
    });
    if chosen.ask.is_empty() {
        if !fyi {
            nobody_to_ask(&mut tx, job, &action, requester, again).await?;
        }
        tx.commit().await?;
        return Ok(());
    }
    for approver in people
        .iter()
        .filter(|person| chosen.ask.contains(&person.user))
    {
        let why = why_you(
            &chosen,
            &away_until,
            channel_unreadable,
            approver.today(tx.now()),
        );
        let remind_at = if fyi {
            None
        } else {
            reminder_times::first_reminder(&mut tx, approver, &workspace.settings).await?
        };
        store::add_approval(
            &mut tx,
            action_id,
            &approver.user,
            why.as_deref(),
            remind_at,
        )
        .await?;
        jobs::enqueue(
            &mut tx,
            &job.correlation_id,
            &ShowApproval {
                action_id,
                approver: approver.user.clone(),
            },
        )
        .await?;
    }
    home::follow(&mut tx, &job.correlation_id, &chosen.ask).await?;
    // The requester's message names who decides.
    work::show_request(&mut tx, &job.correlation_id, action_id).await?;
    tx.commit().await?;
    Ok(())
}

async fn nobody_to_ask(
    tx: &mut TenantTx,
    job: &Job,
    action: &PendingAction,
    requester: &Person,
    again: bool,
) -> Result<(), sqlx::Error> {
    if !again {
        let text = format!(
            "I found nobody who can approve your request for {}. It is kept, and I look again every hour. Please ask a workspace admin to choose an approver.",
            views::title(action, requester.today(tx.now()))
        );
        let tell = TellPrivately {
            user: requester.user.clone(),
            place: Privately::Dm,
            message: Message::plain(text),
        };
        jobs::enqueue(tx, &job.correlation_id, &tell).await?;
        work::show_request(tx, &job.correlation_id, action.id).await?;
    }
    let later = tx.now() + jiff::SignedDuration::from_hours(1);
    jobs::enqueue_at(
        tx,
        &job.correlation_id,
        &AskApprovers {
            action_id: action.id,
            again: true,
        },
        later,
    )
    .await
}

/// Says why somebody is asked who is not the first in line.
fn why_you(
    chosen: &Chosen,
    away_until: &HashMap<SlackUserId, Date>,
    channel_unreadable: bool,
    today: Date,
) -> Option<String> {
    if chosen.ask.iter().any(|user| away_until.contains_key(user)) {
        return Some(
            "Everybody who can decide is on leave, so you are asked all the same.".to_owned(),
        );
    }
    let mut reasons: Vec<String> = chosen
        .passed_over
        .iter()
        .map(|over| {
            let away = words::on_leave(over.until, today);
            format!("{} is {away}", over.user.mention())
        })
        .collect();
    if channel_unreadable && chosen.tier == Tier::Admins {
        reasons.push("the approvers' channel cannot be read (is the app still in it, with the permission to look?)".to_owned());
    }
    if reasons.is_empty() {
        return None;
    }
    let beside = |over: &PassedOver| over.tier == chosen.tier;
    if !chosen.passed_over.is_empty() && chosen.passed_over.iter().all(beside) {
        return Some(format!("Not asked: {}.", words::list(&reasons)));
    }
    Some(format!("You are asked because {}.", words::list(&reasons)))
}

/// Runs [`ShowApproval`].
pub async fn show(services: &Services, job: &Job) -> Result<(), JobError> {
    let ShowApproval {
        action_id,
        approver,
    } = job.work()?;
    let mut tx = services
        .db
        .begin(&job.workspace, services.clock.now())
        .await?;
    let Some(action) = store::action(&mut tx, action_id).await? else {
        return Ok(());
    };
    let (Some(requester), Some(reader)) = (
        directory::person(&mut tx, &action.user).await?,
        directory::person(&mut tx, &approver).await?,
    ) else {
        return Ok(());
    };
    let why = store::approvals(&mut tx, action_id)
        .await?
        .into_iter()
        .find(|approval| approval.approver == approver)
        .and_then(|approval| approval.why);
    let Some(workspace) = directory::workspace(&mut tx).await? else {
        return Ok(());
    };
    let (first, last) = (action.span.first(), action.span.last());
    let calendars = store::calendars(&mut tx, &workspace.settings, first, last).await?;
    let also_off = overview::also_off(
        &mut tx,
        &requester,
        &action.span,
        &calendars,
        Viewer::Approver,
        reader.today(services.clock.now()),
    )
    .await?;
    let today = reader.today(tx.now());
    tx.rollback().await?;
    let message = views::approvers_message(&action, &approver, why.as_deref(), &also_off, today);
    let messenger = Messenger::of(services, &job.workspace).await?;
    messenger
        .show(
            &key(action_id, &approver),
            &approver,
            &message,
            job.is_repeat(),
        )
        .await
}

fn key(action_id: i64, approver: &SlackUserId) -> String {
    format!("action:{action_id}:approver:{approver}")
}

/// Tells the requester that an approver could not be asked. A message that is only out of date is
/// nobody's loss: its buttons say what happened.
pub async fn show_gave_up(tx: &mut TenantTx, job: &Job) -> Result<(), JobError> {
    let ShowApproval {
        action_id,
        approver,
    } = job.work()?;
    let posted = directory::posted_message(tx, &key(action_id, &approver)).await?;
    if posted.is_some() {
        return Ok(());
    }
    let but = format!("could not be delivered to {} in Slack", approver.mention());
    tell_undelivered(tx, job, action_id, &but).await
}

async fn tell_undelivered(
    tx: &mut TenantTx,
    job: &Job,
    action_id: i64,
    but: &str,
) -> Result<(), JobError> {
    let Some(action) = store::action(tx, action_id).await? else {
        return Ok(());
    };
    let Some(requester) = directory::person(tx, &action.user).await? else {
        return Ok(());
    };
    if action.state == ActionState::Pending {
        let text = format!(
            "Your request for {} {but}. It is kept. Please tell them in person, or ask a workspace admin to choose another approver.",
            views::title(&action, requester.today(tx.now()))
        );
        let message = Message {
            blocks: vec![blocks::section(&text)],
            text,
        };
        let tell = TellPrivately {
            user: action.user,
            place: Privately::Dm,
            message,
        };
        jobs::enqueue(tx, &job.correlation_id, &tell).await?;
    }
    Ok(())
}

/// Tells the requester that nobody could be asked.
pub async fn ask_gave_up(tx: &mut TenantTx, job: &Job) -> Result<(), JobError> {
    let AskApprovers { action_id, .. } = job.work()?;
    let but = "could not be delivered to its approvers in Slack";
    tell_undelivered(tx, job, action_id, but).await
}

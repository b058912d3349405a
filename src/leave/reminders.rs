//! What waits too long: remind its approver in their working hours, then ask the admins too.
//! Nothing here expires; a request whose first day passes is named and can still be decided.

use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::approvals::{AskApprovers, RefreshReminder, ShowApproval};
use super::days::PersonCalendar;
use super::request::ShowRequest;
use super::store::{self, Approval};
use super::{approvers, views, words};
use crate::clients::blocks::section;
use crate::clients::slack::Message;
use crate::gateway::{Ack, BlockAction, Cx};
use crate::jobs::{self, Job, JobError, Policy, Work};
use crate::platform::db::TenantTx;
use crate::platform::ids::{SlackUserId, WorkspaceId};
use crate::services::Services;
use crate::tenant::messages::{Privately, TellPrivately};
use crate::tenant::store as directory;
use crate::tenant::{Messenger, Person, Settings};

const CORRELATION: &str = "schedule";
/// How far ahead of its time a reminder joins one that is due, so that one message serves both.
const BUNDLED_WITHIN: SignedDuration = SignedDuration::from_hours(12);

/// The instant `days` of the approver's working days after `since`, in their working hours.
pub(super) async fn due_after(
    tx: &mut TenantTx,
    approver: &Person,
    settings: &Settings,
    since: Timestamp,
    days: u8,
) -> Result<Timestamp, sqlx::Error> {
    let calendar = calendar_around(tx, approver, settings, since).await?;
    Ok(calendar.working_days_after(&approver.zone, since, days))
}

async fn calendar_around(
    tx: &mut TenantTx,
    person: &Person,
    settings: &Settings,
    at: Timestamp,
) -> Result<PersonCalendar, sqlx::Error> {
    let day = person.today(at);
    store::calendar(tx, person, settings, day, day.saturating_add(120.days())).await
}

/// One round of the schedule for a workspace: due reminders, escalations, first days that passed.
pub async fn remind(services: &Services, workspace: &WorkspaceId) -> Result<(), sqlx::Error> {
    let mut tx = services.db.begin(workspace, services.clock.now()).await?;
    let Some(workspace) = directory::workspace(&mut tx).await? else {
        return Ok(());
    };
    let due = store::due_reminders(&mut tx, BUNDLED_WITHIN).await?;
    let mut begin = 0;
    while begin < due.len() {
        let approver = due[begin].approver.clone();
        let end = due[begin..]
            .iter()
            .position(|approval| approval.approver != approver)
            .map_or(due.len(), |more| begin + more);
        remind_one(&mut tx, &workspace.settings, &approver, &due[begin..end]).await?;
        begin = end;
    }
    tell_overdue(&mut tx).await?;
    tx.commit().await
}

/// Reminds one approver of everything that waits, if this is their time; one message for all.
async fn remind_one(
    tx: &mut TenantTx,
    settings: &Settings,
    approver: &SlackUserId,
    due: &[Approval],
) -> Result<(), sqlx::Error> {
    let now = tx.now();
    let person = directory::person(tx, approver)
        .await?
        .filter(|person| person.active);
    let Some(person) = person else {
        for approval in due {
            // Whoever left decides nothing: look for the next in line.
            store::set_reminder(tx, approval, approval.reminders_sent, None).await?;
            jobs::enqueue(
                tx,
                CORRELATION,
                &AskApprovers {
                    action_id: approval.action_id,
                    again: true,
                },
            )
            .await?;
        }
        return Ok(());
    };
    if let Some(until) = directory::snoozed_until(tx, approver)
        .await?
        .filter(|until| *until > now)
    {
        return store::postpone_reminders(tx, approver, until).await;
    }
    let calendar = calendar_around(tx, &person, settings, now).await?;
    if !calendar.is_working_time(&person.zone, now) {
        let next = if calendar.works_on(person.today(now)) && before_work(&calendar, &person, now) {
            start_of_work(&calendar, &person, now)
        } else {
            calendar.next_start_of_work(&person.zone, now)
        };
        return store::postpone_reminders(tx, approver, next).await;
    }
    let today = person.today(now);
    let absences = store::absences(tx, today, today, None).await?;
    if super::overview::whole_days_away(&absences, approver).contains(&today) {
        for approval in due {
            // On leave: the next in line are asked, and this reminder waits for the next working day.
            jobs::enqueue(
                tx,
                CORRELATION,
                &AskApprovers {
                    action_id: approval.action_id,
                    again: true,
                },
            )
            .await?;
        }
        let next = calendar.next_start_of_work(&person.zone, now);
        return store::postpone_reminders(tx, approver, next).await;
    }
    let mut remind = false;
    for approval in due {
        let sent = usize::try_from(approval.reminders_sent).unwrap_or_default();
        if sent >= settings.remind_after_days.len() {
            escalate(tx, approval).await?;
            store::set_reminder(tx, approval, approval.reminders_sent, None).await?;
            continue;
        }
        remind = true;
        let next_days = settings
            .remind_after_days
            .get(sent + 1)
            .copied()
            .unwrap_or(settings.escalate_after_days);
        let next = calendar_around(tx, &person, settings, approval.asked_at)
            .await?
            .working_days_after(&person.zone, approval.asked_at, next_days);
        // Settings may have changed since: never in the past, or each round would remind.
        let next = next.max(calendar.working_days_after(&person.zone, now, 1));
        store::set_reminder(tx, approval, approval.reminders_sent + 1, Some(next)).await?;
    }
    if remind {
        jobs::enqueue(
            tx,
            CORRELATION,
            &RemindApprover {
                approver: approver.clone(),
            },
        )
        .await?;
    }
    Ok(())
}

fn before_work(calendar: &PersonCalendar, person: &Person, now: Timestamp) -> bool {
    now.to_zoned(person.zone.clone()).time() < calendar.week_on(person.today(now)).starts_at
}

fn start_of_work(calendar: &PersonCalendar, person: &Person, now: Timestamp) -> Timestamp {
    let today = person.today(now);
    today
        .to_datetime(calendar.week_on(today).starts_at)
        .to_zoned(person.zone.clone())
        .map_or(now, |zoned| zoned.timestamp())
}

/// The admins are asked too, once for each request.
async fn escalate(tx: &mut TenantTx, approval: &Approval) -> Result<(), sqlx::Error> {
    let Some(action) = store::action(tx, approval.action_id).await? else {
        return Ok(());
    };
    if !store::mark_escalated(tx, action.id).await? {
        return Ok(());
    }
    let people = directory::active_people(tx).await?;
    for admin in approvers::admins(&people)
        .into_iter()
        .filter(|admin| *admin != action.user)
    {
        let Some(reader) = people.iter().find(|person| person.user == admin) else {
            continue;
        };
        let since = words::day(reader.today(approval.asked_at), reader.today(tx.now()));
        let why = format!(
            "You are asked because {} has not decided since {since}.",
            approval.approver.mention()
        );
        if store::add_approval(tx, action.id, &admin, Some(&why), None).await? {
            jobs::enqueue(
                tx,
                CORRELATION,
                &ShowApproval {
                    action_id: action.id,
                    approver: admin,
                },
            )
            .await?;
        }
    }
    jobs::enqueue(
        tx,
        CORRELATION,
        &ShowRequest {
            action_id: action.id,
        },
    )
    .await
}

/// Says once that a request's first day has passed, to requester and approvers.
async fn tell_overdue(tx: &mut TenantTx) -> Result<(), sqlx::Error> {
    for action in store::undecided(tx).await? {
        let Some(requester) = directory::person(tx, &action.user).await? else {
            continue;
        };
        if requester.today(tx.now()) <= action.span.first()
            || !store::mark_overdue(tx, action.id).await?
        {
            continue;
        }
        super::request::refresh_messages(tx, CORRELATION, action.id).await?;
        let what = views::title(&action, requester.today(tx.now()));
        let text = format!(
            "Your request for {what} has begun without a decision. It can still be decided; a word to your approver may help."
        );
        tell(tx, &action.user, text).await?;
        for approval in store::approvals(tx, action.id).await? {
            let Some(reader) = directory::person(tx, &approval.approver).await? else {
                continue;
            };
            let what = views::title(&action, reader.today(tx.now()));
            let text = format!(
                "The first day of a request that waits for you has passed: {}, {what}. You can still approve or deny it.",
                action.user.mention()
            );
            tell(tx, &approval.approver, text).await?;
        }
    }
    Ok(())
}

async fn tell(tx: &mut TenantTx, user: &SlackUserId, text: String) -> Result<(), sqlx::Error> {
    let message = Message {
        blocks: vec![section(&text)],
        text,
    };
    jobs::enqueue(
        tx,
        CORRELATION,
        &TellPrivately {
            user: user.clone(),
            place: Privately::Dm,
            message,
        },
    )
    .await
}

/// Job: one message with everything that waits for an approver.
#[derive(Debug, Serialize, Deserialize)]
pub struct RemindApprover {
    /// Whom.
    pub approver: SlackUserId,
}

impl Work for RemindApprover {
    const KIND: &'static str = "leave.remind_approver";
    const POLICY: Policy = Policy::UpTo(5);

    fn lane(&self) -> Option<String> {
        Some(format!("reminder:{}", self.approver))
    }
}

async fn message(
    services: &Services,
    job: &Job,
    approver: &SlackUserId,
) -> Result<Option<(Message, bool)>, JobError> {
    let mut tx = services
        .db
        .begin(&job.workspace, services.clock.now())
        .await?;
    let Some(person) = directory::person(&mut tx, approver).await? else {
        return Ok(None);
    };
    let today = person.today(tx.now());
    let waiting = store::waiting_for(&mut tx, approver).await?;
    tx.rollback().await?;
    let waiting: Vec<_> = waiting
        .into_iter()
        .map(|action| {
            let since = words::day(person.today(action.created_at), today);
            (action, since)
        })
        .collect();
    let empty = waiting.is_empty();
    Ok(Some((views::reminder(&waiting, today), empty)))
}

fn key(approver: &SlackUserId) -> String {
    format!("reminder:{approver}")
}

/// Runs [`RemindApprover`]: always a new message, because an edited one rings no bell.
pub async fn send(services: &Services, job: &Job) -> Result<(), JobError> {
    let RemindApprover { approver } = job.work()?;
    let Some((message, empty)) = message(services, job, &approver).await? else {
        return Ok(());
    };
    if empty {
        return Ok(());
    }
    let messenger = Messenger::of(services, &job.workspace).await?;
    messenger
        .show_anew(
            &key(&approver),
            &format!("reminder:{}", job.id),
            &approver,
            &message,
            job.is_repeat(),
        )
        .await
}

/// Runs [`RefreshReminder`].
pub async fn refresh(services: &Services, job: &Job) -> Result<(), JobError> {
    let RefreshReminder { approver } = job.work()?;
    let Some((message, _)) = message(services, job, &approver).await? else {
        return Ok(());
    };
    let messenger = Messenger::of(services, &job.workspace).await?;
    messenger.update(&key(&approver), &message).await
}

/// Snooze was pressed: no reminder before the next working day begins.
pub async fn snooze(cx: &mut Cx, pressed: BlockAction) -> Result<Ack, sqlx::Error> {
    let Some(person) = cx.person.clone() else {
        return Ok(Ack::Done);
    };
    let now = cx.now();
    let calendar = calendar_around(&mut cx.tx, &person, &cx.workspace.settings, now).await?;
    let until = calendar.next_start_of_work(&person.zone, cx.now());
    directory::snooze(&mut cx.tx, &person.user, until).await?;
    store::postpone_reminders(&mut cx.tx, &person.user, until).await?;
    let text = format!(
        "Fine. I remind you again on {} at the earliest.",
        words::day(person.today(until), person.today(cx.now()))
    );
    let place = match pressed.response_url {
        Some(url) => Privately::Respond {
            url,
            replace: false,
        },
        None => Privately::Dm,
    };
    cx.enqueue(&TellPrivately {
        user: person.user,
        place,
        message: Message::plain(text),
    })
    .await?;
    Ok(Ack::Done)
}

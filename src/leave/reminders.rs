//! What waits too long: remind its approver in their working hours, then ask the admins too.
//! Nothing here expires; a request whose first day passes is named and can still be decided.

use jiff::{SignedDuration, Timestamp, ToSpan};

use super::model::PendingAction;
use super::reminder_times::{calendar_around, due_after, first_reminder};
use super::store::{self, Approval};
use super::views::Waiting;
use super::visibility::Viewer;
use super::work::{
    AskApprovers, RefreshReminder, RemindApprover, ShowApproval, ShowRequest, refresh_messages,
};
use super::{approvers, overview, views, words};
use crate::clients::blocks::section;
use crate::clients::slack::Message;
use crate::gateway::{Ack, BlockAction, Cx};
use crate::jobs::{self, Job, JobError};
use crate::platform::db::TenantTx;
use crate::platform::ids::{SlackUserId, WorkspaceId};
use crate::services::Services;
use crate::tenant::home;
use crate::tenant::messages::{Privately, TellPrivately};
use crate::tenant::store as directory;
use crate::tenant::{Messenger, Settings};

const CORRELATION: &str = "schedule";

/// One round of the schedule for a workspace: approvers who left, first days that passed, silence
/// that goes to the admins, due reminders.
pub async fn remind(services: &Services, workspace: &WorkspaceId) -> Result<usize, sqlx::Error> {
    let mut tx = services.db.begin(workspace, services.clock.now()).await?;
    let Some(workspace) = directory::workspace(&mut tx).await? else {
        return Ok(0);
    };
    ask_instead_of_leavers(&mut tx).await?;
    tell_overdue(&mut tx, &workspace.settings).await?;
    escalate(&mut tx, &workspace.settings).await?;
    let mut reminded = 0;
    for approver in store::approvers_to_remind(&mut tx).await? {
        reminded += usize::from(remind_one(&mut tx, &workspace.settings, &approver).await?);
    }
    tx.commit().await?;
    Ok(reminded)
}

/// Where everybody who was asked has left, the next in line are asked at once.
async fn ask_instead_of_leavers(tx: &mut TenantTx) -> Result<(), sqlx::Error> {
    for action_id in store::without_approver(tx).await? {
        let ask = AskApprovers {
            action_id,
            again: false,
        };
        // With nobody to ask, another look is promised for later: once is enough.
        if !jobs::is_promised(tx, &ask).await? {
            jobs::enqueue(tx, CORRELATION, &ask).await?;
        }
    }
    Ok(())
}

/// Reminds one approver of everything that waits, if this is their time: one message for all, and
/// at most one a day. Returns whether it was.
async fn remind_one(
    tx: &mut TenantTx,
    settings: &Settings,
    approver: &SlackUserId,
) -> Result<bool, sqlx::Error> {
    let now = tx.now();
    let person = directory::person(tx, approver).await?;
    let Some(person) = person.filter(|person| person.active) else {
        // Should they come back, what waits is still theirs.
        store::postpone_reminders(tx, approver, now + SignedDuration::from_hours(24)).await?;
        return Ok(false);
    };
    let today = person.today(now);
    let tomorrow = today.saturating_add(1.day());
    let end_of_today = tomorrow
        .to_zoned(person.zone.clone())
        .map_or(now, |midnight| midnight.timestamp());
    let due = store::reminders_due(tx, approver, end_of_today).await?;
    if due.is_empty() {
        return Ok(false);
    }
    let snoozed = directory::snoozed_until(tx, approver).await?;
    if let Some(until) = snoozed.filter(|until| *until > now) {
        store::postpone_reminders(tx, approver, until).await?;
        return Ok(false);
    }
    let calendar = calendar_around(tx, &person, settings, now).await?;
    if !calendar.is_working_time(&person.zone, now) {
        let next = calendar.next_working_time(&person.zone, now);
        store::postpone_reminders(tx, approver, next).await?;
        return Ok(false);
    }
    let next_day = calendar.next_start_of_work(&person.zone, now);
    let absences = store::absences(tx, today, today, None).await?;
    if overview::whole_days_away(&absences, approver).contains(&today) {
        for approval in due {
            // The next in line are asked, and this reminder waits for the approver's return.
            let ask = AskApprovers {
                action_id: approval.action_id,
                again: true,
            };
            jobs::enqueue(tx, CORRELATION, &ask).await?;
        }
        store::postpone_reminders(tx, approver, next_day).await?;
        return Ok(false);
    }
    for approval in due {
        let asked = calendar_around(tx, &person, settings, approval.asked_at).await?;
        let planned = |sent: usize| {
            let days = settings.remind_after_days.get(sent)?;
            Some(asked.working_days_after(&person.zone, approval.asked_at, *days))
        };
        let mut sent = usize::try_from(approval.reminders_sent).unwrap_or_default();
        // A reminder that was snoozed, or that tells of a first day, comes on top of the plan.
        if planned(sent).is_some_and(|at| at < end_of_today) {
            sent += 1;
        }
        // Never twice on a day, also if settings changed or a plan was missed for long.
        let next = planned(sent).map(|at| at.max(next_day));
        let sent = i32::try_from(sent).unwrap_or(i32::MAX);
        store::set_reminder(tx, &approval, sent, next).await?;
    }
    jobs::enqueue(
        tx,
        CORRELATION,
        &RemindApprover {
            approver: approver.clone(),
        },
    )
    .await?;
    Ok(true)
}

/// What its approvers leave undecided for too long goes to the admins too, once. The one who was
/// asked first sets the pace.
async fn escalate(tx: &mut TenantTx, settings: &Settings) -> Result<(), sqlx::Error> {
    let now = tx.now();
    // So many working days are at least so many days, less the hours of the first and last.
    let days = i64::from(settings.escalate_after_days) - 1;
    let asked_by = now - SignedDuration::from_hours(24 * days);
    for action in store::not_escalated(tx, asked_by).await? {
        let mut silent = Vec::new();
        let mut due = None;
        for approval in store::approvals(tx, action.id).await? {
            let person = directory::person(tx, &approval.approver).await?;
            let Some(person) = person.filter(|person| person.active) else {
                continue;
            };
            let days = settings.escalate_after_days;
            let at = due_after(tx, &person, settings, approval.asked_at, days).await?;
            due = Some(due.map_or(at, |earlier: Timestamp| earlier.min(at)));
            silent.push(approval);
        }
        if due.is_some_and(|at| at <= now) && store::mark_escalated(tx, action.id).await? {
            ask_admins(tx, settings, &action, &silent).await?;
        }
    }
    Ok(())
}

async fn ask_admins(
    tx: &mut TenantTx,
    settings: &Settings,
    action: &PendingAction,
    silent: &[Approval],
) -> Result<(), sqlx::Error> {
    let people = directory::active_people(tx).await?;
    let away = overview::away_until(tx, settings, &people).await?;
    let mut admins = approvers::admins(&people);
    admins.retain(|admin| {
        *admin != action.user && !silent.iter().any(|approval| approval.approver == *admin)
    });
    if admins.iter().any(|admin| !away.contains_key(admin)) {
        admins.retain(|admin| !away.contains_key(admin));
    }
    let names: Vec<String> = silent
        .iter()
        .map(|approval| approval.approver.mention())
        .collect();
    let have = if names.len() == 1 { "has" } else { "have" };
    let since = silent.iter().map(|approval| approval.asked_at).min();
    for admin in people.iter().filter(|person| admins.contains(&person.user)) {
        let since = words::day(
            admin.today(since.unwrap_or(tx.now())),
            admin.today(tx.now()),
        );
        let why = format!(
            "You are asked because {} {have} not decided since {since}.",
            words::list(&names)
        );
        let remind_at = first_reminder(tx, admin, settings).await?;
        if store::add_approval(tx, action.id, &admin.user, Some(&why), remind_at).await? {
            let show = ShowApproval {
                action_id: action.id,
                approver: admin.user.clone(),
            };
            jobs::enqueue(tx, CORRELATION, &show).await?;
        }
    }
    home::follow(tx, CORRELATION, &admins).await?;
    jobs::enqueue(
        tx,
        CORRELATION,
        &ShowRequest {
            action_id: action.id,
        },
    )
    .await
}

/// Says once that a request's first day has passed: to the requester when their next day's work
/// begins, to its approvers with a reminder in their own working hours.
async fn tell_overdue(tx: &mut TenantTx, settings: &Settings) -> Result<(), sqlx::Error> {
    let now = tx.now();
    // Nobody's today is more than a day from the date in UTC.
    let utc = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    for action in store::begun_undecided(tx, utc).await? {
        let Some(requester) = directory::person(tx, &action.user).await? else {
            continue;
        };
        let (first, today) = (action.span.first(), requester.today(now));
        // Who asks afterwards knows that the day has passed.
        if today <= first || first < requester.today(action.created_at) {
            continue;
        }
        let calendar = calendar_around(tx, &requester, settings, now).await?;
        let local = now.to_zoned(requester.zone.clone()).time();
        if local < calendar.week_on(today).starts_at || !store::mark_overdue(tx, action.id).await? {
            continue;
        }
        refresh_messages(tx, CORRELATION, action.id).await?;
        store::remind_everybody(tx, action.id).await?;
        let text = format!(
            "Nobody has decided on your request for {} yet, and its first day has passed. It can still be decided; a word to your approver may help.",
            views::title(&action, today)
        );
        let message = Message {
            blocks: vec![section(&text)],
            text,
        };
        let tell = TellPrivately {
            user: action.user.clone(),
            place: Privately::Dm,
            message,
        };
        jobs::enqueue(tx, CORRELATION, &tell).await?;
    }
    Ok(())
}

async fn waiting(
    services: &Services,
    job: &Job,
    approver: &SlackUserId,
) -> Result<Option<(Message, bool)>, JobError> {
    let now = services.clock.now();
    let mut tx = services.db.begin(&job.workspace, now).await?;
    let (Some(workspace), Some(person)) = (
        directory::workspace(&mut tx).await?,
        directory::person(&mut tx, approver).await?,
    ) else {
        return Ok(None);
    };
    let today = person.today(now);
    let undecided = store::waiting_for(&mut tx, approver).await?;
    let spans = || undecided.iter().map(|action| action.span);
    let first = spans().map(|span| span.first()).min().unwrap_or(today);
    let last = spans().map(|span| span.last()).max().unwrap_or(today);
    let calendars = store::calendars(&mut tx, &workspace.settings, first, last).await?;
    let mut waiting = Vec::new();
    for action in undecided {
        let Some(requester) = directory::person(&mut tx, &action.user).await? else {
            continue;
        };
        let span = &action.span;
        let viewer = Viewer::Approver;
        let also_off =
            overview::also_off(&mut tx, &requester, span, &calendars, viewer, today).await?;
        let since = words::day(person.today(action.created_at), today);
        waiting.push(Waiting {
            action,
            since,
            also_off,
        });
    }
    tx.rollback().await?;
    Ok(Some((views::reminder(&waiting, today), waiting.is_empty())))
}

fn key(approver: &SlackUserId) -> String {
    format!("reminder:{approver}")
}

/// Runs [`RemindApprover`]: always a new message, because an edited one rings no bell.
pub async fn send(services: &Services, job: &Job) -> Result<(), JobError> {
    let RemindApprover { approver } = job.work()?;
    let Some((message, empty)) = waiting(services, job, &approver).await? else {
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
    let Some((message, empty)) = waiting(services, job, &approver).await? else {
        return Ok(());
    };
    let messenger = Messenger::of(services, &job.workspace).await?;
    // Once all is decided it stays so: what is asked later is no part of it.
    messenger.update(&key(&approver), &message, empty).await
}

/// Snooze was pressed: no reminder before the next working day begins, and one then.
pub async fn snooze(cx: &mut Cx, pressed: BlockAction) -> Result<Ack, sqlx::Error> {
    let Some(person) = cx.person.clone() else {
        return Ok(Ack::Done);
    };
    let text = if store::waiting_for(&mut cx.tx, &person.user)
        .await?
        .is_empty()
    {
        "Nothing waits for you.".to_owned()
    } else {
        let now = cx.now();
        let calendar = calendar_around(&mut cx.tx, &person, &cx.workspace.settings, now).await?;
        let until = calendar.next_start_of_work(&person.zone, now);
        directory::snooze(&mut cx.tx, &person.user, until).await?;
        store::remind_of_all(&mut cx.tx, &person.user, until).await?;
        let day = words::day(person.today(until), person.today(now));
        format!("Fine. I will remind you on {day} of what still waits then.")
    };
    let place = match pressed.response_url {
        Some(url) => Privately::Respond {
            url,
            replace: false,
        },
        None => Privately::Dm,
    };
    let tell = TellPrivately {
        user: person.user,
        place,
        message: Message::plain(text),
    };
    cx.enqueue(&tell).await?;
    Ok(Ack::Done)
}

//! Leave that begins: its requester is reminded on their last working day before it, when their
//! work begins. Once, and not if they have just asked for it or just read that it was approved.

use jiff::civil::{Date, Time, time};
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::days::PersonCalendar;
use super::model::{ActionState, PendingAction, Portion};
use super::visibility::{Viewer, sight};
use super::{overview, status, store, views, words};
use crate::clients::blocks::{actions, context, section};
use crate::clients::slack::Message;
use crate::jobs::{self, Job, JobError, Policy, Work};
use crate::platform::db::TenantTx;
use crate::platform::ids::WorkspaceId;
use crate::services::Services;
use crate::tenant::store as directory;
use crate::tenant::{Messenger, Person, Settings};

const CORRELATION: &str = "schedule";

/// How many days before leave its reminder is looked for: longer than any row of days off.
const AHEAD: i64 = 14;

/// Nobody is rung at later than this, unless they work longer.
const LATEST: Time = time(21, 0, 0, 0);

/// Job: reminds a requester of leave that begins, or brings that reminder up to date.
#[derive(Debug, Serialize, Deserialize)]
pub struct RemindDayBefore {
    /// Which leave.
    pub action_id: i64,
    /// When it is too late to remind; `None`: what was said is brought up to date.
    pub until: Option<Timestamp>,
}

impl Work for RemindDayBefore {
    const KIND: &'static str = "leave.remind_day_before";
    // For as long as it is the day before: `until` ends it.
    const POLICY: Policy = Policy::UpTo(200);

    fn lane(&self) -> Option<String> {
        Some(key(self.action_id))
    }
}

fn key(action_id: i64) -> String {
    format!("action:{action_id}:day_before")
}

/// When somebody is reminded of leave, from and to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Moment {
    day: Date,
    from: Timestamp,
    until: Timestamp,
}

/// The last day of work before leave, from the beginning of work on. `away` are the person's days
/// of other leave. `None`: there is none within two weeks, or the leave has no day of work.
fn moment(
    action: &PendingAction,
    person: &Person,
    calendar: &PersonCalendar,
    away: &std::collections::HashSet<Date>,
) -> Option<Moment> {
    let first = action
        .span
        .dates()
        .find(|day| calendar.works_on(*day) && !action.given_back.contains(day))?;
    let mut day = first;
    for _ in 0..AHEAD {
        day = day.saturating_sub(1.day());
        let Some(work) = calendar.work_on(day).filter(|_| !away.contains(&day)) else {
            continue;
        };
        let week = calendar.week_on(day);
        let begins = match work {
            Portion::Full | Portion::HalfAm => week.starts_at,
            Portion::HalfPm => week.halves_meet_at,
        };
        let instant = |at: Time| {
            let zoned = day.to_datetime(at).to_zoned(person.zone.clone()).ok()?;
            Some(zoned.timestamp())
        };
        return Some(Moment {
            day,
            from: instant(begins)?,
            until: instant(week.ends_at.max(LATEST))?,
        });
    }
    None
}

/// One round of the schedule for a workspace. Returns how many people are reminded.
pub async fn remind(services: &Services, workspace: &WorkspaceId) -> Result<usize, sqlx::Error> {
    let now = services.clock.now();
    let mut tx = services.db.begin(workspace, now).await?;
    let Some(workspace) = directory::workspace(&mut tx).await? else {
        return Ok(0);
    };
    let settings = &workspace.settings;
    if !settings.remind_day_before {
        return Ok(0);
    }
    // Everybody's today lies within a day of the date in UTC.
    let utc = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let (yesterday, last) = (
        utc.saturating_sub(1.day()),
        utc.saturating_add((AHEAD + 1).days()),
    );
    let beginning = store::beginning(&mut tx, utc, last).await?;
    if beginning.is_empty() {
        return Ok(0);
    }
    let people = directory::active_people(&mut tx).await?;
    let calendars = store::calendars(&mut tx, settings, yesterday, last).await?;
    let mut absences = store::absences(&mut tx, yesterday, last, None).await?;
    absences.retain(|absence| absence.state != ActionState::Pending);
    let mut reminded = 0;
    for action in beginning {
        let Some(person) = people.iter().find(|person| person.user == action.user) else {
            continue;
        };
        let calendar = calendars.of(person);
        let away = overview::whole_days_away(&absences, &person.user);
        let Some(moment) = moment(&action, person, &calendar, &away) else {
            continue;
        };
        if now < moment.from || moment.until <= now {
            continue;
        }
        // Whoever asked on that day or later knows.
        let knows = person.today(action.created_at) >= moment.day;
        if !store::mark_day_before(&mut tx, action.id).await? || knows {
            continue;
        }
        let remind = RemindDayBefore {
            action_id: action.id,
            until: Some(moment.until),
        };
        jobs::enqueue(&mut tx, CORRELATION, &remind).await?;
        reminded += 1;
    }
    tx.commit().await?;
    Ok(reminded)
}

/// Has the reminder follow its leave. Whoever reads on the day before that it was approved needs
/// no reminder any more.
pub(super) async fn follow(
    tx: &mut TenantTx,
    correlation_id: &str,
    settings: &Settings,
    action: &PendingAction,
    approved: bool,
) -> Result<(), sqlx::Error> {
    if !approved {
        let refresh = RemindDayBefore {
            action_id: action.id,
            until: None,
        };
        if directory::posted_message(tx, &key(action.id))
            .await?
            .is_some()
            || jobs::is_promised(tx, &refresh).await?
        {
            jobs::enqueue(tx, correlation_id, &refresh).await?;
        }
        return Ok(());
    }
    let first = action.span.first();
    let from = first.saturating_sub((AHEAD + 1).days());
    let utc = tx.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    // Nobody's day before is longer before.
    if utc < from {
        return Ok(());
    }
    let Some(person) = directory::person(tx, &action.user).await? else {
        return Ok(());
    };
    let calendar = store::calendar(tx, &person, settings, from, action.span.last()).await?;
    let mut absences = store::absences(tx, from, first, person.team.as_deref()).await?;
    absences.retain(|absence| absence.state != ActionState::Pending);
    let away = overview::whole_days_away(&absences, &person.user);
    if moment(action, &person, &calendar, &away).is_none_or(|moment| moment.from <= tx.now()) {
        store::mark_day_before(tx, action.id).await?;
    }
    Ok(())
}

/// Runs [`RemindDayBefore`].
pub async fn run(services: &Services, job: &Job) -> Result<(), JobError> {
    let RemindDayBefore { action_id, until } = job.work()?;
    let now = services.clock.now();
    let mut tx = services.db.begin(&job.workspace, now).await?;
    let (Some(workspace), Some(action)) = (
        directory::workspace(&mut tx).await?,
        store::action(&mut tx, action_id).await?,
    ) else {
        return Ok(());
    };
    let Some(person) = directory::person(&mut tx, &action.user).await? else {
        return Ok(());
    };
    let (first, last) = (action.span.first(), action.span.last());
    let end = last.saturating_add(overview::AHEAD.days());
    let calendar = store::calendar(&mut tx, &person, &workspace.settings, first, end).await?;
    let mut absences = store::absences(&mut tx, first, end, person.team.as_deref()).await?;
    absences.retain(|absence| absence.state != ActionState::Pending);
    let away = overview::whole_days_away(&absences, &person.user);
    let status = status::note(&mut tx, &person.user).await?;
    tx.rollback().await?;

    let today = person.today(now);
    let back = back_at_work(&action, &calendar, &away);
    let message = message(&action, back, status, today);
    let messenger = Messenger::of(services, &job.workspace).await?;
    let stands = sight(Viewer::Colleague, action.state).is_some() && person.active;
    match until {
        Some(until) if stands && now < until => {
            let key = key(action_id);
            messenger
                .show(&key, &action.user, &message, job.is_repeat())
                .await
        }
        _ => messenger.update(&key(action_id), &message, false).await,
    }
}

/// The first day of work after the leave; `None` where the leave is made of half days, after which
/// one is back on the same day.
fn back_at_work(
    action: &PendingAction,
    calendar: &PersonCalendar,
    away: &std::collections::HashSet<Date>,
) -> Option<Date> {
    if action.span.portion() != Portion::Full || action.span.ends_midday() {
        return None;
    }
    let mut day = action.span.last();
    for _ in 0..overview::AHEAD {
        day = day.saturating_add(1.day());
        if calendar.works_on(day) && !away.contains(&day) {
            return Some(day);
        }
    }
    None
}

/// “Your leave begins tomorrow”, with what is good to know then.
fn message(
    action: &PendingAction,
    back: Option<Date>,
    status: Option<String>,
    today: Date,
) -> Message {
    let title = views::title(action, today);
    if action.state == ActionState::Cancelled {
        let text = format!("{title}: cancelled. You are expected at work.");
        return Message {
            blocks: vec![section(&text)],
            text,
        };
    }
    let first = action.span.first();
    let when = match (first - today).get_days() {
        ..=0 => format!("on {}", words::day(first, today)),
        1 => "tomorrow".to_owned(),
        _ => format!("on {}", words::day(first, today)),
    };
    let mut lines = vec![
        format!("Your leave begins {when}: *{title}*"),
        words::working_days(action.half_days),
    ];
    if let Some(back) = back {
        lines.push(format!("You are back on {}.", words::day(back, today)));
    }
    if let Some(by) = action.decided_by.as_ref().filter(|by| **by != action.user) {
        lines.push(format!("Approved by {}.", by.mention()));
    }
    let mut blocks = vec![section(&lines.join("\n"))];
    if let Some(status) = status {
        blocks.push(context(&status));
    }
    if views::can_be_taken_back(action, today) {
        let button = views::cancel_button(action, today);
        blocks.push(actions("day_before", vec![button]));
    }
    Message {
        text: format!("Your leave begins {when}: {title}"),
        blocks,
    }
}

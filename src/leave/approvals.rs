//! Deciding: whom to ask, the message with Approve and Deny, and what a press does.

use std::collections::{HashMap, HashSet};

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::approvers::{self, Candidates, Chosen, PassedOver, Tier};
use super::model::{ActionState, PendingAction};
use super::policy::REASON_LIMIT;
use super::store::{self, Change};
use super::visibility::Viewer;
use super::{overview, reminders, request, views, words};
use crate::clients::blocks;
use crate::clients::slack::Message;
use crate::gateway::{Ack, BlockAction, Cx, ViewSubmission};
use crate::jobs::{self, Job, JobError, Policy, Work};
use crate::platform::again::Again;
use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;
use crate::services::Services;
use crate::tenant::messages::{Privately, TellPrivately};
use crate::tenant::store::{self as directory, Actor};
use crate::tenant::{Messenger, Person};

/// Job: finds the approvers of a request and asks them; for leave that needs no approval it
/// only tells them.
#[derive(Debug, Serialize, Deserialize)]
pub struct AskApprovers {
    /// Which request.
    pub action_id: i64,
    /// Whether this was tried before and found nobody.
    pub again: bool,
}

impl Work for AskApprovers {
    const KIND: &'static str = "leave.ask_approvers";
    const POLICY: Policy = Policy::UpTo(20);

    fn lane(&self) -> Option<String> {
        Some(format!("action:{}:approvers", self.action_id))
    }
}

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
    let fyi = action.state == ActionState::Completed && !action.leave_type.needs_approval;
    if action.state != ActionState::Pending && !fyi {
        return Ok(());
    }
    let people = directory::active_people(&mut tx).await?;
    let Some(requester) = people.iter().find(|person| person.user == action.user) else {
        return Ok(());
    };
    let away_until = away_until(&mut tx, &people).await?;
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
            reminders::first_reminder(&mut tx, approver, &workspace.settings).await?
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
    // The requester's message names who decides.
    jobs::enqueue(
        &mut tx,
        &job.correlation_id,
        &request::ShowRequest { action_id },
    )
    .await?;
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
        let show = request::ShowRequest {
            action_id: action.id,
        };
        jobs::enqueue(tx, &job.correlation_id, &show).await?;
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
        reasons.push("the approvers' channel cannot be read (is the app still in it?)".to_owned());
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

/// Who is on approved leave for the whole of their today, and the last day of it.
pub(super) async fn away_until(
    tx: &mut TenantTx,
    people: &[Person],
) -> Result<HashMap<SlackUserId, Date>, sqlx::Error> {
    let now = tx.now();
    // Everybody's today lies within a day of the date in UTC.
    let utc = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let absences = store::absences(
        tx,
        utc.saturating_sub(1.day()),
        utc.saturating_add(60.days()),
        None,
    )
    .await?;
    let mut until = HashMap::new();
    for person in people {
        let days: HashSet<Date> = overview::whole_days_away(&absences, &person.user);
        let today = person.today(now);
        if days.contains(&today) {
            until.insert(person.user.clone(), overview::end_of_absence(&days, today));
        }
    }
    Ok(until)
}

/// Job: shows one approver a request as it stands, always in the same message.
#[derive(Debug, Serialize, Deserialize)]
pub struct ShowApproval {
    /// Which request.
    pub action_id: i64,
    /// To whom.
    pub approver: SlackUserId,
}

impl Work for ShowApproval {
    const KIND: &'static str = "leave.show_approval";
    // For an hour: nobody else knows that the request waits.
    const POLICY: Policy = Policy::UpTo(20);

    fn lane(&self) -> Option<String> {
        Some(format!(
            "action:{}:approver:{}",
            self.action_id, self.approver
        ))
    }
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
    let also_off = overview::also_off(
        &mut tx,
        &requester,
        &action.span,
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

/// Job: brings the last reminder of an approver up to date, if there is one.
#[derive(Debug, Serialize, Deserialize)]
pub struct RefreshReminder {
    /// Whose.
    pub approver: SlackUserId,
}

impl Work for RefreshReminder {
    const KIND: &'static str = "leave.refresh_reminder";
    const POLICY: Policy = Policy::UpTo(5);

    fn lane(&self) -> Option<String> {
        Some(format!("reminder:{}", self.approver))
    }
}

/// What a press is about: the action and the presser's right to decide on it.
enum Press {
    MayDecide(Box<PendingAction>),
    /// Nothing is changed; the person alone is told why.
    Refused(String),
}

async fn press(cx: &mut Cx, user: &SlackUserId, value: &str) -> Result<Press, sqlx::Error> {
    let action = match value.parse() {
        Ok(id) => store::action(&mut cx.tx, id).await?,
        Err(_) => None,
    };
    let Some(action) = action else {
        return Ok(Press::Refused(
            "This request does not exist any more.".to_owned(),
        ));
    };
    let asked = store::approvals(&mut cx.tx, action.id)
        .await?
        .iter()
        .any(|approval| approval.approver == *user);
    if !asked {
        let text = "You cannot decide on this request: somebody else approves it.";
        return Ok(Press::Refused(text.to_owned()));
    }
    if !cx.person.as_ref().is_some_and(|person| person.active) {
        let text = "Your account is switched off for time off, so you cannot decide. Please ask a workspace admin.";
        return Ok(Press::Refused(text.to_owned()));
    }
    if action.state != ActionState::Pending {
        let today = cx
            .person
            .as_ref()
            .map_or(action.span.first(), |person| person.today(cx.now()));
        return Ok(Press::Refused(views::already_decided(&action, user, today)));
    }
    Ok(Press::MayDecide(Box::new(action)))
}

/// Tells the presser alone, and has a stale message shown anew.
async fn refuse(cx: &mut Cx, pressed: &BlockAction, text: String) -> Result<Ack, sqlx::Error> {
    let place = match &pressed.response_url {
        Some(url) => Privately::Respond {
            url: url.clone(),
            replace: false,
        },
        None => Privately::Dm,
    };
    cx.enqueue(&TellPrivately {
        user: pressed.user.clone(),
        place,
        message: Message::plain(text),
    })
    .await?;
    if let Ok(id) = pressed.value.parse::<i64>()
        && store::approvals(&mut cx.tx, id)
            .await?
            .iter()
            .any(|approval| approval.approver == pressed.user)
    {
        cx.enqueue(&ShowApproval {
            action_id: id,
            approver: pressed.user.clone(),
        })
        .await?;
        cx.enqueue(&RefreshReminder {
            approver: pressed.user.clone(),
        })
        .await?;
    }
    Ok(Ack::Done)
}

/// Approve was pressed.
pub async fn approve(cx: &mut Cx, pressed: BlockAction) -> Result<Ack, sqlx::Error> {
    let action = match press(cx, &pressed.user, &pressed.value).await? {
        Press::MayDecide(action) => action,
        Press::Refused(text) => return refuse(cx, &pressed, text).await,
    };
    if request::complete(&mut cx.tx, action.id, Actor::Person(&pressed.user)).await? {
        request::refresh_messages(&mut cx.tx, &cx.correlation_id, action.id).await?;
        return Ok(Ack::Done);
    }
    // Somebody decided between the look and the change.
    match press(cx, &pressed.user, &pressed.value).await? {
        Press::Refused(text) => refuse(cx, &pressed, text).await,
        Press::MayDecide(_) => Ok(Ack::Done),
    }
}

/// Job: opens the dialog that asks for a note with a denial.
#[derive(Debug, Serialize, Deserialize)]
pub struct AskForNote {
    /// Which request.
    pub action_id: i64,
    /// Who denies.
    pub approver: SlackUserId,
    /// The press's trigger, good for 3 seconds.
    pub trigger_id: String,
    /// For the answer if the dialog cannot be opened.
    pub response_url: Option<url::Url>,
}

impl Work for AskForNote {
    const KIND: &'static str = "leave.ask_for_note";
    // The trigger is dead before a second attempt.
    const POLICY: Policy = Policy::NeverAgain;
}

/// Deny was pressed.
pub async fn deny(cx: &mut Cx, pressed: BlockAction) -> Result<Ack, sqlx::Error> {
    match press(cx, &pressed.user, &pressed.value).await? {
        Press::Refused(text) => refuse(cx, &pressed, text).await,
        Press::MayDecide(action) => {
            let ask = AskForNote {
                action_id: action.id,
                approver: pressed.user,
                trigger_id: pressed.trigger_id,
                response_url: pressed.response_url,
            };
            cx.enqueue(&ask).await?;
            Ok(Ack::Done)
        }
    }
}

/// Runs [`AskForNote`].
pub async fn ask_for_note(services: &Services, job: &Job) -> Result<(), JobError> {
    let ask: AskForNote = job.work()?;
    let mut tx = services
        .db
        .begin(&job.workspace, services.clock.now())
        .await?;
    let Some(action) = store::action(&mut tx, ask.action_id).await? else {
        return Ok(());
    };
    let today = directory::person(&mut tx, &ask.approver)
        .await?
        .map_or(action.span.first(), |person| {
            person.today(services.clock.now())
        });
    let name = directory::person(&mut tx, &action.user)
        .await?
        .map_or_else(|| action.user.to_string(), |person| person.name);
    tx.rollback().await?;
    let messenger = Messenger::of(services, &job.workspace).await?;
    services
        .slack
        .open_view(
            messenger.token(),
            &ask.trigger_id,
            &views::denial_form(&action, &name, today),
        )
        .await?;
    Ok(())
}

/// Tells the approver that the dialog did not open.
pub async fn note_gave_up(tx: &mut TenantTx, job: &Job) -> Result<(), JobError> {
    let ask: AskForNote = job.work()?;
    let text = "Slack did not open the dialog in time, and nothing was changed. Please press Deny once more.";
    views::tell_opener(tx, job, ask.approver, ask.response_url, text).await
}

/// The dialog with the note was submitted.
pub async fn denied(cx: &mut Cx, submission: ViewSubmission) -> Result<Ack, sqlx::Error> {
    let action = match press(cx, &submission.user, &submission.view.private_metadata).await? {
        Press::MayDecide(action) => action,
        Press::Refused(text) => return Ok(Ack::Show(Box::new(views::notice("Not denied", &text)))),
    };
    let note = submission.view.state.text(views::NOTE);
    let length = note.map_or(0, |note| note.chars().count());
    if length > REASON_LIMIT {
        let text = format!(
            "The note has {length} characters; up to {REASON_LIMIT} fit. Please shorten it."
        );
        return Ok(Ack::FieldErrors(vec![(views::NOTE.to_owned(), text)]));
    }
    let change = Change {
        from: ActionState::Pending,
        to: ActionState::Denied,
        actor: Actor::Person(&submission.user),
        note,
    };
    if store::change_state(&mut cx.tx, action.id, change).await? {
        request::refresh_messages(&mut cx.tx, &cx.correlation_id, action.id).await?;
        return Ok(Ack::Done);
    }
    match press(cx, &submission.user, &submission.view.private_metadata).await? {
        Press::Refused(text) => Ok(Ack::Show(Box::new(views::notice("Not denied", &text)))),
        Press::MayDecide(_) => Ok(Ack::Done),
    }
}

/// Tells the requester that nobody could be asked.
pub async fn ask_gave_up(tx: &mut TenantTx, job: &Job) -> Result<(), JobError> {
    let AskApprovers { action_id, .. } = job.work()?;
    let but = "could not be delivered to its approvers in Slack";
    tell_undelivered(tx, job, action_id, but).await
}

//! What a reply in the leave channel shows: everybody there can read it, so neither a reason nor
//! an approver's note is in it.

use jiff::civil::Date;

use super::giving_way::{GivesWay, gives_way, still_stands};
use super::{CANCEL, CONFIRM, EDIT, KEEP, YES};
use crate::clients::blocks::{
    SlackBlock, actions, button, context, danger, escape, primary, section, section_with_button,
};
use crate::clients::slack::{Message, Place};
use crate::jobs::{self, Job, JobError};
use crate::leave::entries::Service;
use crate::leave::model::{ActionState, PendingAction, ReplyKind, ReplyState};
use crate::leave::store::{self, Reply};
use crate::leave::work::{ShowReply, ShowRequest};
use crate::leave::{days, overview, request, sync, views, words};
use crate::platform::db::TenantTx;
use crate::services::Services;
use crate::tenant::messages::{Privately, TellPrivately};
use crate::tenant::{Integrations, Messenger, Person, Settings, store as directory};

const REPLACED: &str = ":arrow_down: Your later message was read instead of this.";

/// Runs [`ShowReply`].
pub async fn show(services: &Services, job: &Job) -> Result<(), JobError> {
    let ShowReply { reply_id } = job.work()?;
    let mut tx = services
        .db
        .begin(&job.workspace, services.clock.now())
        .await?;
    let Some(workspace) = directory::workspace(&mut tx).await? else {
        return Ok(());
    };
    let Some(reply) = store::reply(&mut tx, reply_id).await? else {
        return Ok(());
    };
    let Some(person) = directory::person(&mut tx, &reply.to.user).await? else {
        return Ok(());
    };
    let message = match reply.kind {
        ReplyKind::Proposal => {
            proposal(&mut tx, services, &reply, &person, &workspace.settings).await?
        }
        ReplyKind::Question => Message::plain(escape(&words::sentences(&reply.notes))),
        ReplyKind::Cancellation => cancellation(&reply, person.today(tx.now())),
        // The list went to its reader alone.
        ReplyKind::Choice => return Ok(()),
    };
    tx.rollback().await?;
    let messenger = Messenger::of(services, &job.workspace).await?;
    let thread = Place::Thread {
        channel: &reply.to.channel,
        thread_ts: &reply.to.thread_ts,
    };
    messenger
        .show_at(
            &format!("reply:{reply_id}"),
            thread,
            &message,
            job.is_repeat(),
        )
        .await
}

/// The channel cannot be written to: the person follows what they sent in their direct messages
/// from then on, as leave from the form.
pub async fn gave_up(tx: &mut TenantTx, job: &Job) -> Result<(), JobError> {
    let ShowReply { reply_id } = job.work()?;
    let Some(reply) = store::reply(tx, reply_id).await? else {
        return Ok(());
    };
    let mut proposed = store::proposed_in(tx, reply_id).await?;
    proposed.retain(PendingAction::was_sent);
    for action in &proposed {
        let show = ShowRequest {
            action_id: action.id,
        };
        jobs::enqueue(tx, &job.correlation_id, &show).await?;
    }
    if !proposed.is_empty() {
        return Ok(());
    }
    let text = format!(
        "I could not answer you in <#{}>. Please use `/timeoff` instead; `/timeoff list` shows what was asked for.",
        reply.to.channel
    );
    let tell = TellPrivately {
        user: reply.to.user,
        place: Privately::Dm,
        message: Message::plain(text),
    };
    jobs::enqueue(tx, &job.correlation_id, &tell).await?;
    Ok(())
}

/// The services that are told of leave.
async fn then_it_goes_to(tx: &mut TenantTx, services: &Services) -> Result<String, sqlx::Error> {
    let integrations = Integrations::of(tx, services).await?;
    let names: Vec<&str> = sync::switched_on(&integrations)
        .into_iter()
        .map(|service| match service {
            Service::Calendar => "the calendar",
            Service::Harvest => "Harvest",
        })
        .collect();
    Ok(words::list(&names))
}

async fn proposal(
    tx: &mut TenantTx,
    services: &Services,
    reply: &Reply,
    person: &Person,
    settings: &Settings,
) -> Result<Message, sqlx::Error> {
    let today = person.today(tx.now());
    let proposed = store::proposed_in(tx, reply.id).await?;
    let mut lines = Vec::new();
    for action in &proposed {
        lines.push(line(tx, action, person, settings, today).await?);
    }
    let replaced = store::replaced_by(tx, reply.id).await?;
    if reply.state == ReplyState::Open && proposed.iter().all(PendingAction::awaits_author) {
        let then = then_it_goes_to(tx, services).await?;
        let small = match gives_way(&replaced, &proposed, today) {
            GivesWay::Approved(why) => vec![why],
            GivesWay::Withdrawn(also) => [vec![what_confirm_does(&proposed, &then)], also].concat(),
            GivesWay::Nothing => vec![what_confirm_does(&proposed, &then)],
        };
        let written = person.today(reply.to.sent_at().unwrap_or_else(|| tx.now()));
        let small = [begins_in_the_past(&proposed, written), small].concat();
        return Ok(open_proposal(reply, &proposed, &lines, &small));
    }
    let followed = store::replies_in_thread(tx, &reply.to)
        .await?
        .iter()
        .any(|later| {
            // One that was dropped took the place of nothing.
            let dropped = matches!(later.state, ReplyState::Cancelled | ReplyState::Expired);
            later.id > reply.id && later.kind == ReplyKind::Proposal && !dropped
        });
    let people = directory::active_people(tx).await?;
    // Once a part of the proposal was sent, what it takes the place of is gone.
    let stands = if proposed.iter().any(PendingAction::was_sent) {
        String::new()
    } else {
        still_stands(tx, &replaced, &people, today).await?
    };
    let ended = ended(reply.state, !stands.is_empty());
    let away = overview::away_until(tx, settings, &people).await?;
    let mut blocks = Vec::new();
    for (action, line) in proposed.iter().zip(&lines) {
        let status = if action.awaits_author() {
            ":question: Waiting for your Confirm.".to_owned()
        } else if let (Some(ended), false) = (ended, action.was_sent()) {
            ended.to_owned()
        } else if action.state == ActionState::Cancelled && followed {
            REPLACED.to_owned()
        } else {
            let status = request::status(tx, services, action, &people, &away, today).await?;
            if action.kind_chosen_privately {
                // That nobody had to approve it says which kind it is.
                status.replacen(views::NOTED, ":white_check_mark: You are off then.", 1)
            } else {
                status
            }
        };
        let text = format!("{line}\n{status}");
        if action.awaits_author() {
            let edit = button(EDIT, "Edit", &action.id.to_string());
            blocks.push(section_with_button(&text, edit));
            continue;
        }
        blocks.push(section(&text));
        if action.was_sent() && views::can_be_taken_back(action, today) {
            // Below: beside a long text there is little room in a thread.
            let block = format!("sent:{}", action.id);
            let days = words::leave_days(action, today);
            let cancel = views::cancel_button_for(action, &days);
            blocks.push(actions(&block, vec![cancel]));
        }
    }
    let dropped = matches!(reply.state, ReplyState::Cancelled | ReplyState::Expired);
    if dropped && !stands.is_empty() {
        blocks.push(section(&stands));
    }
    if reply.state == ReplyState::Open {
        blocks.push(actions("answer", answers(reply)));
    }
    let text = proposed
        .iter()
        .map(|action| {
            let state = ended.map_or_else(
                || words::state(action.state),
                |_| words::reply_state(reply.state),
            );
            format!("{}: {state}", words::leave_days(action, today))
        })
        .collect::<Vec<_>>()
        .join("; ");
    Ok(Message { text, blocks })
}

/// What is said of leave that was proposed and not sent, once the reply is closed. `stands`: it
/// was to change leave that stands.
fn ended(state: ReplyState, stands: bool) -> Option<&'static str> {
    match (state, stands) {
        (ReplyState::Open | ReplyState::Confirmed, _) => None,
        (ReplyState::Replaced, _) => Some(REPLACED),
        (ReplyState::Cancelled, true) => Some(":leftwards_arrow_with_hook: Not changed."),
        (ReplyState::Cancelled, false) => {
            Some(":leftwards_arrow_with_hook: Cancelled; nothing was asked for.")
        }
        (ReplyState::Expired, true) => Some(
            ":zzz: Expired without an answer, so nothing was changed. Write again, or use `/timeoff`.",
        ),
        (ReplyState::Expired, false) => Some(
            ":zzz: Expired without an answer; nothing was asked for. Write again, or use `/timeoff`.",
        ),
    }
}

fn open_proposal(
    reply: &Reply,
    proposed: &[PendingAction],
    lines: &[String],
    small: &[String],
) -> Message {
    let who = reply.to.user.mention();
    let mut blocks = vec![section(&format!("{who}, did I read you right?"))];
    for (action, line) in proposed.iter().zip(lines) {
        blocks.push(if proposed.len() > 1 {
            section_with_button(line, button(EDIT, "Edit", &action.id.to_string()))
        } else {
            section(line)
        });
    }
    blocks.extend(warnings(&reply.notes));
    blocks.extend(small.iter().map(|line| context(line)));
    let mut buttons = answers(reply);
    if let [only] = proposed {
        buttons.insert(1, button(EDIT, "Edit", &only.id.to_string()));
    }
    blocks.push(actions("answer", buttons));
    Message {
        text: format!("{who}, did I read you right? {}", lines.join("; ")).replace('*', ""),
        blocks,
    }
}

/// Days that are over when they are asked for may be a slip of the month, or meant: `written` is
/// the person's date when they wrote.
fn begins_in_the_past(proposed: &[PendingAction], written: Date) -> Vec<String> {
    let first = proposed.iter().map(|action| action.span.first()).min();
    first
        .filter(|first| *first < written)
        .map(|first| format!("This begins in the past ({}).", words::day(first, written)))
        .into_iter()
        .collect()
}

fn answers(reply: &Reply) -> Vec<slack_morphism::prelude::SlackBlockButtonElement> {
    let id = reply.id.to_string();
    vec![
        primary(button(CONFIRM, "Confirm", &id)),
        button(CANCEL, "Cancel", &id),
    ]
}

fn warnings(notes: &[String]) -> Vec<SlackBlock> {
    if notes.is_empty() {
        return Vec::new();
    }
    let lines: Vec<String> = notes
        .iter()
        .map(|note| format!(":warning: {}", escape(note)))
        .collect();
    vec![section(&lines.join("\n"))]
}

/// “*Thu 5 – Fri 6 March* · Vacation · 2 working days”.
async fn line(
    tx: &mut TenantTx,
    action: &PendingAction,
    person: &Person,
    settings: &Settings,
    today: Date,
) -> Result<String, sqlx::Error> {
    // What was not sent takes no day yet, so its amount is what it would take.
    let half_days = if action.was_sent() {
        action.half_days
    } else {
        let (first, last) = (action.span.first(), action.span.last());
        let calendar = store::calendar(tx, person, settings, first, last).await?;
        days::total(&days::count(&calendar, &action.span)).half_days
    };
    let (days, amount) = (
        words::leave_days(action, today),
        words::working_days(half_days),
    );
    // What was chosen in the form was not said to the channel.
    if action.kind_chosen_privately {
        return Ok(format!("*{days}* · {amount}"));
    }
    let kind = escape(&action.leave_type.name);
    Ok(format!("*{days}* · {kind} · {amount}"))
}

fn what_confirm_does(proposed: &[PendingAction], then: &str) -> String {
    let names = |needs: bool| {
        let mut names: Vec<String> = proposed
            .iter()
            .filter(|action| action.leave_type.needs_approval == needs)
            .map(|action| escape(&action.leave_type.name))
            .collect();
        names.dedup();
        words::list(&names)
    };
    let (asked, noted) = (names(true), names(false));
    let does = match (asked.is_empty(), noted.is_empty()) {
        (false, true) => "Confirm asks your approver.".to_owned(),
        (true, _) => "Confirm records it; no approval is needed.".to_owned(),
        (false, false) => format!("Confirm asks your approver for {asked} and records {noted}."),
    };
    let then = match (then.is_empty(), asked.is_empty()) {
        (true, _) => String::new(),
        (false, true) => format!(" It goes into {then}."),
        (false, false) => format!(" Once approved, it goes into {then}."),
    };
    format!("{does}{then}")
}

fn cancellation(reply: &Reply, today: Date) -> Message {
    let days = words::whole_days(&reply.days, today);
    let text = match reply.state {
        ReplyState::Open => format!("{}, cancel your leave on {days}?", reply.to.user.mention()),
        ReplyState::Confirmed => format!(
            ":leftwards_arrow_with_hook: Cancelled: {days}. {} is at work then.",
            reply.to.user.mention()
        ),
        ReplyState::Cancelled => format!("Nothing was cancelled: leave on {days} stays."),
        ReplyState::Replaced => REPLACED.to_owned(),
        ReplyState::Expired => format!(
            ":zzz: Expired without an answer: leave on {days} stays. Write again, or use `/timeoff cancel`."
        ),
    };
    let mut blocks = vec![section(&text)];
    blocks.extend(warnings(&reply.notes));
    if reply.state == ReplyState::Open {
        let id = reply.id.to_string();
        blocks.push(actions(
            "answer",
            vec![
                danger(button(YES, "Yes, cancel", &id)),
                button(KEEP, "Keep it", &id),
            ],
        ));
    }
    Message { text, blocks }
}

//! What people see of a request: messages and small dialogs. The form is in `form.rs`.

use std::collections::HashMap;

use jiff::civil::Date;
use url::Url;

use super::entries::{Outcome, ServiceOutcome};
use super::model::{ActionState, PendingAction};
use super::outcome_words::{self, Reader};
use super::policy::REASON_LIMIT;
use super::store::Approval;
use super::words;
use crate::clients::blocks::{
    self, Input, SlackBlock, SlackModalView, actions, button, confirm, context, danger, escape,
    modal, primary, section,
};
use crate::clients::slack::Message;
use crate::jobs::{self, Job, JobError};
use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;
use crate::tenant::messages::{Privately, TellPrivately};

/// Leave of a kind that nobody has to approve.
pub(super) const NOTED: &str = ":white_check_mark: Noted; no approval needed.";

/// Buttons and dialogs of leave, as `routes.rs` knows them.
pub const APPROVE: &str = "leave.approve";
/// Opens the denial dialog.
pub const DENY: &str = "leave.deny";
/// Takes leave back.
pub const CANCEL: &str = "leave.cancel";
/// Opens the form.
pub const REQUEST: &str = "leave.request";
/// Tries again what failed at another service.
pub const RETRY: &str = "leave.retry";
/// Holds reminders back.
pub const SNOOZE: &str = "leave.snooze";
/// The denial dialog.
pub const DENIAL: &str = "leave.denial";
/// The note's field in it.
pub const NOTE: &str = "note";

/// “Vacation, Thu 5 March”.
pub fn title(action: &PendingAction, today: Date) -> String {
    format!(
        "{}, {}",
        escape(&action.leave_type.name),
        words::leave_days(action, today)
    )
}

pub(super) fn quote(reason: &str) -> String {
    escape(reason)
        .lines()
        .map(|line| format!("> {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Who else is off, for an approver.
fn others_off(also_off: &[String]) -> SlackBlock {
    if also_off.is_empty() {
        return context("Nobody else is off then.");
    }
    context(&format!(
        "Also off then: {}",
        words::few(also_off, 8).join("; ")
    ))
}

fn decision_buttons(block: &str, id: i64) -> SlackBlock {
    let id = id.to_string();
    let approve = primary(button(APPROVE, "Approve", &id));
    actions(block, vec![approve, danger(button(DENY, "Deny", &id))])
}

const FIRST_DAY_PASSED: &str = ":warning: The first day has passed. You can still decide.";

/// Whether something of it can still be cancelled.
pub(super) fn can_be_taken_back(action: &PendingAction, today: Date) -> bool {
    match action.state {
        // What nobody decided can be taken back however late it is.
        ActionState::Pending => true,
        ActionState::Confirmed | ActionState::Processing | ActionState::Completed => {
            action.span.last() >= today
        }
        _ => false,
    }
}

/// The button that takes leave back, after a question.
pub fn cancel_button(
    action: &PendingAction,
    today: Date,
) -> slack_morphism::prelude::SlackBlockButtonElement {
    cancel_button_for(action, &title(action, today))
}

/// The same where others can press it and read the question: `what` are the days alone.
pub(super) fn cancel_button_for(
    action: &PendingAction,
    what: &str,
) -> slack_morphism::prelude::SlackBlockButtonElement {
    let question = match action.state {
        ActionState::Pending => format!("The request for {what} will not be decided any more."),
        // True whenever it is pressed, before the leave or in the middle of it.
        _ => format!(
            "{what}: what is left of it becomes normal working time, and your approver is told."
        ),
    };
    let text = if action.state == ActionState::Pending {
        "Cancel request"
    } else {
        "Cancel leave"
    };
    confirm(
        danger(button(CANCEL, text, &action.id.to_string())),
        "Cancel this leave?",
        &question,
        "Yes, cancel",
        "Keep it",
    )
}

/// How a request stands, towards its requester. `away` are the approvers who are on leave, and
/// until when; `outcomes` says how it stands at other services.
pub(super) fn status(
    action: &PendingAction,
    approvals: &[Approval],
    away: &HashMap<SlackUserId, Date>,
    outcomes: &[ServiceOutcome],
    today: Date,
) -> String {
    let by = action.decided_by.as_ref().map(|user| {
        if *user == action.user {
            "you".to_owned()
        } else {
            user.mention()
        }
    });
    let status = match action.state {
        ActionState::Pending => {
            let asked: Vec<String> = approvals
                .iter()
                .map(|approval| match away.get(&approval.approver) {
                    Some(until) => {
                        let away = words::on_leave(*until, today);
                        format!("{} ({away})", approval.approver.mention())
                    }
                    None => approval.approver.mention(),
                })
                .collect();
            let who = if asked.is_empty() {
                "Waiting for approval.".to_owned()
            } else {
                format!("Waiting for {}.", words::list(&words::few(&asked, 5)))
            };
            let late = if action.overdue {
                " Its first day has passed; it can still be decided."
            } else {
                ""
            };
            format!(":hourglass_flowing_sand: {who}{late}")
        }
        ActionState::Confirmed | ActionState::Processing | ActionState::Completed => match &by {
            Some(by) => format!(":white_check_mark: Approved by {by}."),
            None => NOTED.to_owned(),
        },
        ActionState::Denied => format!(
            ":x: Denied by {}.",
            by.unwrap_or_else(|| "an approver".to_owned())
        ),
        ActionState::Cancelled => {
            ":leftwards_arrow_with_hook: Cancelled. You are expected at work.".to_owned()
        }
        ActionState::Expired => ":zzz: Expired without an answer.".to_owned(),
    };
    format!("{status}{}", at_services(outcomes, today))
}

/// The requester's message: one for each request, whatever happens to it. `status` is what
/// [`status`] says.
pub(super) fn requesters_message(
    action: &PendingAction,
    mut status: String,
    today: Date,
) -> Message {
    let title = title(action, today);
    let amount = words::working_days(action.half_days);
    if let (ActionState::Denied, Some(note)) = (action.state, &action.note) {
        status = format!("{status}\n{}", quote(note));
    }
    let mut shown: Vec<SlackBlock> = vec![section(&format!("*{title}*\n{amount}\n{status}"))];
    if let Some(reason) = &action.reason {
        shown.push(context(&format!(
            "Your reason, seen only by your approvers and people admins: {}",
            escape(reason)
        )));
    }
    if can_be_taken_back(action, today) {
        shown.push(actions("request", vec![cancel_button(action, today)]));
    }
    let text = match action.state {
        ActionState::Pending => format!("Your request: {title}, {}", words::state(action.state)),
        state => format!("{title}: {}", words::state(state)),
    };
    Message {
        text,
        blocks: shown,
    }
}

/// How it stands at other services, as the requester sees it: a line below the others.
fn at_services(outcomes: &[ServiceOutcome], today: Date) -> String {
    let lines = outcome_words::lines(outcomes, Reader::Requester, today);
    if lines.is_empty() {
        return String::new();
    }
    let failed = outcomes
        .iter()
        .any(|service| matches!(service.outcome, Outcome::Failed(_)));
    if failed {
        let lines = lines.join("\n");
        format!("\n{lines}\nA people admin can retry.")
    } else {
        format!("\n{}", lines.join(" · "))
    }
}

/// An approver's message about a request.
pub fn approvers_message(
    action: &PendingAction,
    approver: &SlackUserId,
    why: Option<&str>,
    also_off: &[String],
    today: Date,
) -> Message {
    let who = action.user.mention();
    let title = title(action, today);
    let amount = words::working_days(action.half_days);
    let by = action.decided_by.as_ref().map(|user| {
        if user == approver {
            "you".to_owned()
        } else {
            user.mention()
        }
    });
    let asks = if action.leave_type.needs_approval {
        "asks for"
    } else {
        "is away:"
    };
    let mut shown = vec![section(&format!("{who} {asks} *{title}*\n{amount}"))];
    if let Some(reason) = &action.reason {
        shown.push(section(&quote(reason)));
    }
    if action.state == ActionState::Pending {
        shown.push(others_off(also_off));
        if let Some(why) = why {
            shown.push(context(why));
        }
        if action.overdue {
            shown.push(context(FIRST_DAY_PASSED));
        }
        shown.push(decision_buttons("decision", action.id));
        return Message {
            text: format!("{who} asks for {title} ({amount})"),
            blocks: shown,
        };
    }
    let outcome = match action.state {
        ActionState::Denied => {
            let note = action
                .note
                .as_deref()
                .map(|note| format!("\n{}", quote(note)))
                .unwrap_or_default();
            format!(
                ":x: Denied by {}.{note}",
                by.unwrap_or_else(|| "an approver".to_owned())
            )
        }
        ActionState::Cancelled => format!(":leftwards_arrow_with_hook: {who} cancelled this."),
        ActionState::Expired => ":zzz: Expired without an answer.".to_owned(),
        _ => match by {
            Some(by) => format!(":white_check_mark: Approved by {by}."),
            None => ":information_source: No approval needed.".to_owned(),
        },
    };
    shown.push(section(&outcome));
    Message {
        text: format!("{who}: {title}, {}", words::state(action.state)),
        blocks: shown,
    }
}

/// What somebody is told who pressed after the decision.
pub fn already_decided(action: &PendingAction, presser: &SlackUserId, today: Date) -> String {
    let by = match &action.decided_by {
        Some(user) if user == presser => "you".to_owned(),
        Some(user) => user.mention(),
        None => "the system".to_owned(),
    };
    let what = title(action, today);
    match action.state {
        ActionState::Denied => format!("Nothing was changed: {what} was already denied by {by}."),
        ActionState::Cancelled => format!(
            "Nothing was changed: {} cancelled {what}.",
            action.user.mention()
        ),
        ActionState::Expired => format!("Nothing was changed: {what} has expired."),
        ActionState::Pending => format!("Nothing was changed: {what} still waits."),
        ActionState::Confirmed | ActionState::Processing | ActionState::Completed => {
            if action.decided_by.is_some() {
                format!("Nothing was changed: {what} was already approved by {by}.")
            } else {
                format!("Nothing was changed: {what} needs no approval.")
            }
        }
    }
}

/// The dialog that asks for a note with a denial.
pub fn denial_form(action: &PendingAction, name: &str, today: Date) -> SlackModalView {
    let blocks = vec![
        section(&format!("{} asks for *{}*, {}.", escape(name), title(action, today), words::working_days(action.half_days))),
        Input::text(NOTE, "Note", "What could work instead?", None)
            .optional()
            .hint(&format!("Only the requester and the other approvers see it. Up to {REASON_LIMIT} characters."))
            .block(),
    ];
    modal(
        DENIAL,
        "Deny this request?",
        Some("Deny"),
        &action.id.to_string(),
        blocks,
    )
}

/// A dialog that only says something.
pub fn notice(title: &str, text: &str) -> SlackModalView {
    modal("notice", title, None, "", vec![section(text)])
}

/// A request that waits for an approver, as a reminder shows it.
#[derive(Debug)]
pub struct Waiting {
    /// The request.
    pub action: PendingAction,
    /// Since when, in words.
    pub since: String,
    /// Who else is off then.
    pub also_off: Vec<String>,
}

/// A request that waits for an approver, with its buttons: three blocks.
pub fn waiting_blocks(waiting: &Waiting, today: Date) -> [SlackBlock; 3] {
    let Waiting {
        action,
        since,
        also_off,
    } = waiting;
    let late = if action.overdue {
        format!("\n{FIRST_DAY_PASSED}")
    } else {
        String::new()
    };
    let reason = action
        .reason
        .as_deref()
        .map(|reason| format!("\n{}", quote(reason)))
        .unwrap_or_default();
    [
        section(&format!(
            "{} asks for *{}*, {}. Waiting since {since}.{late}{reason}",
            action.user.mention(),
            title(action, today),
            words::working_days(action.half_days)
        )),
        others_off(also_off),
        decision_buttons(&format!("decision:{}", action.id), action.id),
    ]
}

/// The reminder of all that waits for an approver.
pub fn reminder(waiting: &[Waiting], today: Date) -> Message {
    // A message holds 50 blocks; each request takes three.
    const SHOWN: usize = 15;
    if waiting.is_empty() {
        let text = "All decided. Nothing waits for you.";
        return Message {
            text: text.to_owned(),
            blocks: vec![section(&format!(":white_check_mark: {text}"))],
        };
    }
    let wait = words::counted(waiting.len(), "request waits", "requests wait");
    let mut shown = vec![section(&format!(":bell: *{wait} for your decision*"))];
    for waiting in waiting.iter().take(SHOWN) {
        shown.extend(waiting_blocks(waiting, today));
    }
    if waiting.len() > SHOWN {
        shown.push(context(&format!(
            "…and {} more, each in its own message above.",
            waiting.len() - SHOWN
        )));
    }
    shown.push(actions(
        "snooze",
        vec![button(SNOOZE, "Snooze until my next working day", "next")],
    ));
    Message {
        text: format!("{wait} for your decision"),
        blocks: shown,
    }
}

/// Tells whoever wanted a dialog that it did not open: beside the command or press if that is
/// possible, else in their direct messages.
pub async fn tell_opener(
    tx: &mut TenantTx,
    job: &Job,
    user: SlackUserId,
    response_url: Option<Url>,
    text: &str,
) -> Result<(), JobError> {
    let place = response_url.map_or(Privately::Dm, |url| Privately::Respond {
        url,
        replace: false,
    });
    jobs::enqueue(
        tx,
        &job.correlation_id,
        &TellPrivately {
            user,
            place,
            message: Message::plain(text),
        },
    )
    .await?;
    Ok(())
}

/// The button that opens the form.
pub fn request_button() -> slack_morphism::prelude::SlackBlockButtonElement {
    primary(blocks::button(REQUEST, "Request time off", "home"))
}

//! Deciding: what a press on Approve or Deny does.

use serde::{Deserialize, Serialize};

use super::model::{ActionState, PendingAction};
use super::policy::REASON_LIMIT;
use super::store::{self, Change};
use super::work::{RefreshReminder, ShowApproval, refresh_messages};
use super::{request, views};
use crate::clients::slack::Message;
use crate::gateway::{Ack, BlockAction, Cx, ViewSubmission};
use crate::jobs::{Job, JobError, Policy, Work};
use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;
use crate::services::Services;
use crate::tenant::Messenger;
use crate::tenant::messages::{Privately, TellPrivately};
use crate::tenant::store::{self as directory, Actor};

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
    let actor = Actor::Person(&pressed.user);
    if request::confirm(&mut cx.tx, &cx.correlation_id, action.id, actor).await? {
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
            messenger.bot(),
            &ask.trigger_id,
            &views::denial_form(&action, &name, today),
        )
        .await?;
    Ok(())
}

/// Tells the approver that the dialog did not open.
pub async fn note_gave_up(tx: &mut TenantTx, job: &Job) -> Result<(), JobError> {
    let ask: AskForNote = job.work()?;
    let text = "Slack did not confirm that the dialog opened, and nothing was changed. If you do not see it, please press Deny once more.";
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
        refresh_messages(&mut cx.tx, &cx.correlation_id, action.id).await?;
        tell_note(cx, &action, note).await?;
        return Ok(Ack::Done);
    }
    match press(cx, &submission.user, &submission.view.private_metadata).await? {
        Press::Refused(text) => Ok(Ack::Show(Box::new(views::notice("Not denied", &text)))),
        Press::MayDecide(_) => Ok(Ack::Done),
    }
}

/// The whole leave channel reads how a request from there ended, so the note goes to the
/// requester alone.
async fn tell_note(
    cx: &mut Cx,
    action: &PendingAction,
    note: Option<&str>,
) -> Result<(), sqlx::Error> {
    let (Some(_), Some(note)) = (action.reply, note) else {
        return Ok(());
    };
    let today = directory::person(&mut cx.tx, &action.user)
        .await?
        .map_or(action.span.first(), |person| person.today(cx.now()));
    let text = format!(
        "Your request was denied: {}. The approver says:\n{}",
        views::title(action, today),
        views::quote(note)
    );
    let tell = TellPrivately {
        user: action.user.clone(),
        place: Privately::Dm,
        message: Message::plain(text),
    };
    cx.enqueue(&tell).await
}

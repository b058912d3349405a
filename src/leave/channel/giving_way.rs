//! What a proposal takes the place of, in words: before it is confirmed, what Confirm does to an
//! earlier request, and once it was dropped, what still stands. The channel reads it, so no kind
//! of leave is named.

use jiff::civil::Date;

use crate::leave::model::{ActionState, PendingAction};
use crate::leave::{store, words};
use crate::platform::db::TenantTx;
use crate::tenant::Person;

/// What Confirm does to the requests that give way to it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum GivesWay {
    /// There are none.
    Nothing,
    /// It withdraws them, in these sentences.
    Withdrawn(Vec<String>),
    /// One was approved in the meantime, so Confirm sends nothing.
    Approved(String),
}

/// What Confirm would do to what a proposal takes the place of.
pub(super) fn gives_way(
    replaced: &[PendingAction],
    proposed: &[PendingAction],
    today: Date,
) -> GivesWay {
    let named = |actions: &[&PendingAction]| {
        let days: Vec<String> = actions.iter().map(|action| bold(action, today)).collect();
        words::list(&days)
    };
    let in_state = |wanted: fn(ActionState) -> bool| {
        let actions = replaced.iter();
        actions.filter(move |action| wanted(action.state))
    };
    let approved: Vec<&PendingAction> = in_state(is_approved).collect();
    if !approved.is_empty() {
        return GivesWay::Approved(format!(
            "Your leave on {} was approved in the meantime, so Confirm sends nothing. Please cancel that first, or use `/timeoff`.",
            named(&approved)
        ));
    }
    let (changed, withdrawn): (Vec<_>, Vec<_>) = in_state(|state| state == ActionState::Pending)
        .partition(|action| {
            proposed.iter().any(|new| {
                new.span.first() <= action.span.last() && action.span.first() <= new.span.last()
            })
        });
    let mut sentences = Vec::new();
    match changed.as_slice() {
        [] => {}
        [_] => sentences.push(format!(
            "Confirm changes your request for {}.",
            named(&changed)
        )),
        _ => sentences.push(format!(
            "Confirm changes your requests for {}.",
            named(&changed)
        )),
    }
    match withdrawn.as_slice() {
        [] => {}
        [_] => sentences.push(format!(
            "Confirm also takes back your request for {}, which still waits.",
            named(&withdrawn)
        )),
        _ => sentences.push(format!(
            "Confirm also takes back your requests for {}, which still wait.",
            named(&withdrawn)
        )),
    }
    if sentences.is_empty() {
        GivesWay::Nothing
    } else {
        GivesWay::Withdrawn(sentences)
    }
}

/// What stands of the requests that would have given way to a proposal that was dropped. `people`
/// are those who are still there. Empty: nothing does.
pub(super) async fn still_stands(
    tx: &mut TenantTx,
    replaced: &[PendingAction],
    people: &[Person],
    today: Date,
) -> Result<String, sqlx::Error> {
    let mut sentences = Vec::new();
    for action in replaced {
        let days = bold(action, today);
        if action.state == ActionState::Pending {
            let mut approvals = store::approvals(tx, action.id).await?;
            approvals.retain(|asked| people.iter().any(|person| person.user == asked.approver));
            let asked: Vec<String> = approvals
                .iter()
                .map(|asked| asked.approver.mention())
                .collect();
            let whom = if asked.is_empty() {
                "approval".to_owned()
            } else {
                words::list(&words::few(&asked, 5))
            };
            sentences.push(format!("Your request for {days} still waits for {whom}."));
        } else if is_approved(action.state) {
            sentences.push(format!(
                "Your leave on {days} is approved and stays as it is."
            ));
        }
    }
    Ok(words::sentences(&sentences))
}

fn is_approved(state: ActionState) -> bool {
    matches!(
        state,
        ActionState::Confirmed | ActionState::Processing | ActionState::Completed
    )
}

fn bold(action: &PendingAction, today: Date) -> String {
    format!("*{}*", words::leave_days(action, today))
}

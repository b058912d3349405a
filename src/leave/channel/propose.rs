//! Proposing leave.

use super::reply::{Asked, Said, say};
use crate::leave::model::LeaveType;
use crate::leave::periods::{SortedOut, WantedDay, sort_out};
use crate::leave::store::{self, NewAction};
use crate::leave::{policy, words};
use crate::platform::db::TenantTx;

/// How many requests one message can make: each is a message to an approver and two blocks of the
/// reply, of which Slack shows fifty.
const MOST_REQUESTS: usize = 10;

/// Proposes days off, or says why there is nothing to propose. `wanted` is in order.
pub(super) async fn propose(
    tx: &mut TenantTx,
    asked: &Asked<'_>,
    wanted: &[WantedDay],
    mut notes: Vec<String>,
) -> Result<(), sqlx::Error> {
    let (Some(first), Some(last)) = (wanted.first(), wanted.last()) else {
        return Ok(());
    };
    let (person, today) = (asked.person, asked.today);
    let calendar = store::calendar(tx, person, asked.settings, first.date, last.date).await?;
    let mut own = store::own_days(tx, &person.user, first.date, last.date).await?;
    // What was asked for in this thread and is not decided gives way when this is confirmed.
    let gives_way = store::undecided_in_thread(tx, asked.heard).await?;
    own.retain(|day| !gives_way.contains(&day.action));
    let sorted = sort_out(wanted, &calendar, &own);
    if let Some(why) = words::all_off(&sorted.off, today)
        && sorted.periods.is_empty()
        && sorted.taken.is_empty()
    {
        notes.push(format!(
            "{why}, so there is nothing to ask for. Another day? Write it here."
        ));
        return say(tx, asked, Said::question(notes)).await.map(drop);
    }
    notes.extend(left_out(&sorted, asked));
    let types = store::leave_types(tx).await?;
    let mut requests = Vec::new();
    for period in &sorted.periods {
        let Some(leave_type) = types.iter().find(|known| known.key == period.leave_type) else {
            continue;
        };
        match policy::check(
            &calendar,
            &period.span,
            today,
            asked.settings.longest_leave_days,
        ) {
            Ok(days) => requests.push((leave_type, period.span, days)),
            Err(problem) => {
                notes.push(problem.message);
                return say(tx, asked, Said::question(notes)).await.map(drop);
            }
        }
    }
    if requests.is_empty() {
        notes.push("So there is nothing to ask for.".to_owned());
        return say(tx, asked, Said::question(notes)).await.map(drop);
    }
    if requests.len() > MOST_REQUESTS {
        notes.push(format!(
            "That makes {} separate requests, and one message can make up to {MOST_REQUESTS}. Please write them in several messages, or use `/timeoff`.",
            requests.len()
        ));
        return say(tx, asked, Said::question(notes)).await.map(drop);
    }
    let Some(reply) = say(tx, asked, Said::proposal(notes, gives_way)).await? else {
        return Ok(());
    };
    for (leave_type, span, days) in requests {
        let leave_type: &LeaveType = leave_type;
        let new = NewAction {
            user: &person.user,
            leave_type,
            span,
            reason: None,
            days: &days,
        };
        store::propose(tx, &new, reply).await?;
    }
    Ok(())
}

/// Names what was meant and is not asked for.
fn left_out(sorted: &SortedOut, asked: &Asked<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    let off = words::days_off(&sorted.off, asked.today);
    if !off.is_empty() {
        notes.push(format!(
            "No work then anyway, so not counted: {}.",
            words::list(&words::few(&off, 5))
        ));
    }
    if !sorted.taken.is_empty() {
        notes.push(format!(
            "You already have leave then, so left out: {}.",
            words::dates(&sorted.taken, asked.today)
        ));
    }
    notes
}

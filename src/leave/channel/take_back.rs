//! Somebody writes that they will be at work after all.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::propose::propose;
use super::reply::{Asked, Said, close, open_in_thread, replace_open, say, tell};
use crate::leave::days::{self, Counted};
use crate::leave::model::{PendingAction, ReplyState};
use crate::leave::periods::WantedDay;
use crate::leave::{overview, store, words};
use crate::platform::db::TenantTx;

/// Offers to take days back. Without days: whatever is proposed in the thread, else what was sent
/// from it, else a list to choose from.
pub(super) async fn offer(
    tx: &mut TenantTx,
    asked: &Asked<'_>,
    dates: &[Date],
    notes: Vec<String>,
) -> Result<(), sqlx::Error> {
    let mut proposed: Vec<PendingAction> = Vec::new();
    for (_, actions) in open_in_thread(tx, asked.heard).await? {
        proposed.extend(actions);
    }
    if !proposed.is_empty() {
        return take_from_proposal(tx, asked, &proposed, dates, notes).await;
    }
    replace_open(tx, asked).await?;
    if !dates.is_empty() {
        return offer_days(tx, asked, dates, notes).await;
    }
    let sent = store::leave_days_of_thread(tx, asked.heard).await?;
    if sent.is_empty() {
        return offer_choice(tx, asked).await;
    }
    offer_days(tx, asked, &sent, notes).await
}

/// What was not sent yet needs no question: the proposal goes, or becomes what remains of it.
/// Days that are not in it are other leave.
async fn take_from_proposal(
    tx: &mut TenantTx,
    asked: &Asked<'_>,
    proposed: &[PendingAction],
    dates: &[Date],
    mut notes: Vec<String>,
) -> Result<(), sqlx::Error> {
    let mut days = Vec::new();
    for action in proposed {
        let (first, last) = (action.span.first(), action.span.last());
        let calendar = store::calendar(tx, asked.person, asked.settings, first, last).await?;
        for day in days::count(&calendar, &action.span) {
            if let Counted::Leave { portion, .. } = day.counted {
                days.push(WantedDay {
                    date: day.date,
                    portion,
                    leave_type: action.leave_type.key.clone(),
                });
            }
        }
    }
    let other: BTreeSet<Date> = dates
        .iter()
        .copied()
        .filter(|date| days.iter().all(|day| day.date != *date))
        .collect();
    if !dates.is_empty() && other.len() == dates.len() {
        return offer_days(tx, asked, dates, notes).await;
    }
    days.retain(|day| !dates.is_empty() && !dates.contains(&day.date));
    if !days.is_empty() {
        if !other.is_empty() {
            notes.push(format!(
                "Not part of this: {}. To cancel leave then, please write that by itself.",
                words::whole_days(&other, asked.today)
            ));
        }
        replace_open(tx, asked).await?;
        days.sort_by_key(|day| day.date);
        return propose(tx, asked, &days, notes).await;
    }
    for (reply, _) in open_in_thread(tx, asked.heard).await? {
        let correlation_id = &asked.job.correlation_id;
        close(tx, correlation_id, &reply, ReplyState::Cancelled).await?;
    }
    if other.is_empty() {
        return Ok(());
    }
    let other: Vec<Date> = other.into_iter().collect();
    offer_days(tx, asked, &other, notes).await
}

/// A list that only the author sees: the others know that they are away, not how it stands.
async fn offer_choice(tx: &mut TenantTx, asked: &Asked<'_>) -> Result<(), sqlx::Error> {
    let list = overview::choose_what_to_cancel(tx, asked.person, asked.today).await?;
    tell(tx, asked.job, asked.heard, list).await?;
    say(tx, asked, Said::choice()).await.map(drop)
}

async fn offer_days(
    tx: &mut TenantTx,
    asked: &Asked<'_>,
    dates: &[Date],
    mut notes: Vec<String>,
) -> Result<(), sqlx::Error> {
    let (Some(first), Some(last)) = (dates.iter().min(), dates.iter().max()) else {
        return Ok(());
    };
    let own = store::own_days(tx, &asked.person.user, *first, *last).await?;
    let (mut to_cancel, mut over) = (BTreeSet::new(), BTreeSet::new());
    for day in own.iter().filter(|day| dates.contains(&day.day)) {
        if day.can_be_taken_back(asked.today) {
            to_cancel.insert(day.day);
        } else {
            over.insert(day.day);
        }
    }
    if !over.is_empty() {
        notes.push(format!(
            "Over already, so it stays: {}. If you did not take it, please ask a people admin.",
            words::whole_days(&over, asked.today)
        ));
    }
    if to_cancel.is_empty() {
        if over.is_empty() {
            let asked_for: BTreeSet<Date> = dates.iter().copied().collect();
            notes.push(format!(
                "You have no leave on {}, so there is nothing to cancel. `/timeoff list` shows what you have.",
                words::whole_days(&asked_for, asked.today)
            ));
        }
        return say(tx, asked, Said::question(notes)).await.map(drop);
    }
    let days = to_cancel.into_iter().collect();
    say(tx, asked, Said::cancellation(notes, days))
        .await
        .map(drop)
}

//! What approvers see: the requests that wait for them, with their buttons.

use jiff::civil::Date;

use super::paging::{List, Pages};
use crate::clients::blocks::{SlackBlock, header, section};
use crate::leave::model::PendingAction;
use crate::leave::store::{Absence, Calendars};
use crate::leave::views::{self, Waiting};
use crate::leave::visibility::Viewer;
use crate::leave::{overview, words};
use crate::tenant::Person;

/// The requests with all that their approver wants to know.
pub(super) fn waiting(
    undecided: Vec<PendingAction>,
    people: &[Person],
    absences: &[Absence],
    calendars: &Calendars,
    approver: &Person,
    today: Date,
) -> Vec<Waiting> {
    undecided
        .into_iter()
        .map(|action| {
            let requester = people.iter().find(|person| person.user == action.user);
            let also_off = overview::also_off_among(
                absences,
                calendars,
                &action.user,
                requester.and_then(|person| person.team.as_deref()),
                &action.span,
                Viewer::Approver,
                today,
            );
            Waiting {
                since: words::day(approver.today(action.created_at), today),
                action,
                also_off,
            }
        })
        .collect()
}

/// The requests, oldest first.
pub(super) fn blocks(waiting: &[Waiting], pages: &Pages, today: Date) -> Vec<SlackBlock> {
    let page = pages.of(List::Waiting, waiting);
    let mut blocks = vec![header(&format!("Waiting for you{}", page.position()))];
    if waiting.is_empty() {
        blocks.push(section("Nothing waits for your decision."));
    }
    for waiting in page.items {
        blocks.extend(views::waiting_blocks(waiting, today));
    }
    blocks.extend(page.buttons());
    blocks
}

//! All that a Home tab shows: what is read for it, and the view made of that.

use jiff::civil::Date;

use super::admin::{self, ForAdmins};
use super::paging::Pages;
use super::store::Look;
use super::{REFRESH, approver, everyone, only};
use crate::clients::blocks::{SlackBlock, actions, button, divider, header};
use crate::leave::balance::{self, Balance};
use crate::leave::model::PendingAction;
use crate::leave::store::{self, Absence, Calendars};
use crate::leave::views::Waiting;
use crate::leave::{overview, request, status, views};
use crate::platform::db::TenantTx;
use crate::services::Services;
use crate::tenant::store as directory;

/// What the tab of a person is made of.
pub(super) struct Content {
    /// Their date.
    pub today: Date,
    /// The month in which the leave year begins.
    pub leave_year_starts: i8,
    /// Whether their status in Slack follows their leave.
    pub status: Vec<SlackBlock>,
    /// How much leave is left.
    pub balances: Vec<Balance>,
    /// Their own leave.
    pub upcoming: Vec<PendingAction>,
    /// What waits for them; `None`: they decide on nobody's leave.
    pub waiting: Option<Vec<Waiting>>,
    /// Everybody's days from today until [`overview::horizon`].
    pub absences: Vec<Absence>,
    /// When those people work.
    pub calendars: Calendars,
    /// What admins see.
    pub admin: Option<ForAdmins>,
}

/// Reads what a view is made of, and makes it.
pub(super) async fn build(
    tx: &mut TenantTx,
    services: &Services,
    look: &Look,
    pages: &Pages,
) -> Result<Vec<SlackBlock>, sqlx::Error> {
    let person = match request::registered(look.person.clone()) {
        Ok(person) => person,
        Err(why) => return Ok(only(why)),
    };
    let today = person.today(tx.now());
    let leave_year_starts = look.settings.leave_year_starts;
    let upcoming = store::upcoming(tx, &person.user, today).await?;
    let allowed = store::allowed(tx, &person.user).await?;
    let balances = if allowed.is_empty() {
        Vec::new()
    } else {
        let year = balance::leave_year(today, leave_year_starts);
        let taken = store::taken(tx, &person.user, year).await?;
        balance::balances(&allowed, &taken, year)
    };
    let undecided = if look.waits {
        store::waiting_for(tx, &person.user).await?
    } else {
        Vec::new()
    };
    // One look at everybody's days serves all lists.
    let spans = || undecided.iter().map(|action| action.span);
    let first = spans().map(|span| span.first()).min();
    let last = spans().map(|span| span.last()).max();
    let horizon = overview::horizon(today);
    let first = first.unwrap_or(today).min(today);
    let last = last.unwrap_or(horizon).max(horizon);
    let absences = store::absences(tx, first, last, None).await?;
    let calendars = if absences.is_empty() {
        Calendars::default()
    } else {
        store::calendars(tx, &look.settings, first, last).await?
    };
    let people = if look.waits || person.is_admin {
        directory::active_people(tx).await?
    } else {
        Vec::new()
    };
    let waiting = (look.approves || look.waits)
        .then(|| approver::waiting(undecided, &people, &absences, &calendars, &person, today));
    let admin = if person.is_admin {
        Some(admin::load(tx, services, look, &people).await?)
    } else {
        None
    };
    let link = services.oauth.as_ref().map(|app| app.status_link());
    let status = status::blocks(look.status_is_on, link.as_deref());
    let content = Content {
        today,
        leave_year_starts,
        status,
        balances,
        upcoming,
        waiting,
        absences,
        calendars,
        admin,
    };
    Ok(view(&content, pages))
}

/// The view. Pure.
pub(super) fn view(content: &Content, pages: &Pages) -> Vec<SlackBlock> {
    let buttons = vec![views::request_button(), button(REFRESH, "Refresh", "")];
    let mut blocks = vec![header("Your time off"), actions("home", buttons)];
    blocks.extend(everyone::balances(content, pages));
    blocks.extend(everyone::upcoming(content, pages));
    blocks.extend(content.status.iter().cloned());
    if let Some(waiting) = &content.waiting {
        blocks.push(divider());
        blocks.extend(approver::blocks(waiting, pages, content.today));
    }
    blocks.push(divider());
    blocks.extend(everyone::off(content, pages));
    if let Some(admin) = &content.admin {
        blocks.extend(admin::blocks(admin, pages, content.today));
    }
    blocks
}

#[cfg(test)]
mod tests;

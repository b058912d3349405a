//! What everybody sees: how much leave they have left, their own leave, and who is off.

use jiff::ToSpan;

use super::content::Content;
use super::paging::{List, Pages, paragraphs};
use crate::clients::blocks::{SlackBlock, section};
use crate::leave::{overview, words};

/// How far ahead the tab shows who is off, in days.
const SOON: i64 = 14;

/// What is left of each allowance; nothing where there is none.
pub(super) fn balances(content: &Content, pages: &Pages) -> Vec<SlackBlock> {
    if content.balances.is_empty() {
        return Vec::new();
    }
    let page = pages.of(List::Balances, &content.balances);
    let starts = content.leave_year_starts;
    let lines = page.items.iter().map(|balance| balance.line(starts));
    let heading = format!("*How much you have left*{}", page.position());
    let mut blocks = paragraphs(&heading, lines);
    blocks.extend(page.buttons());
    blocks
}

/// Their own leave, each with its button.
pub(super) fn upcoming(content: &Content, pages: &Pages) -> Vec<SlackBlock> {
    if content.upcoming.is_empty() {
        return vec![section(overview::NOTHING_PLANNED)];
    }
    let page = pages.of(List::Upcoming, &content.upcoming);
    let mut blocks = Vec::new();
    if !page.position().is_empty() {
        blocks.push(section(&format!("*Your leave*{}", page.position())));
    }
    let today = content.today;
    let each = page.items.iter();
    blocks.extend(each.map(|action| overview::upcoming_block(action, today)));
    blocks.extend(page.buttons());
    blocks
}

/// Who is off today, and until two weeks from now.
pub(super) fn off(content: &Content, pages: &Pages) -> Vec<SlackBlock> {
    let today = content.today;
    let (first, last) = (
        today.saturating_add(1.day()),
        today.saturating_add(SOON.days()),
    );
    let now = overview::away_on(&content.absences, &content.calendars, today);
    let calendars = &content.calendars;
    let soon = overview::off_between(&content.absences, calendars, first, last, today);
    let mut blocks = list(
        pages,
        List::OffToday,
        &format!("Off today, {}", words::day(today, today)),
        &now,
        "Nobody.",
    );
    blocks.extend(list(
        pages,
        List::OffSoon,
        &format!(
            "Off in the next two weeks, until {}",
            words::day(last, today)
        ),
        &soon,
        "Nobody so far.",
    ));
    blocks
}

/// A list of lines, with what stands there when it is empty.
fn list(
    pages: &Pages,
    list: List,
    heading: &str,
    lines: &[String],
    nobody: &str,
) -> Vec<SlackBlock> {
    let page = pages.of(list, lines);
    let heading = format!("*{heading}*{}", page.position());
    if lines.is_empty() {
        return paragraphs(&heading, [nobody.to_owned()]);
    }
    let mut blocks = paragraphs(&heading, page.items.iter().map(|line| format!("• {line}")));
    blocks.extend(page.buttons());
    blocks
}

//! Looking at leave: one's own, and who is off.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::BuildHasher;

use jiff::ToSpan;
use jiff::civil::Date;

use super::model::{ActionState, LeaveSpan, PendingAction, Portion};
use super::store::{self, Absence};
use super::visibility::{Viewer, sight};
use super::{views, words};
use crate::clients::blocks::{
    SlackBlock, context, divider, escape, header, section, section_with_button, shorten,
};
use crate::clients::slack::Message;
use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;
use crate::tenant::Person;

/// How many requests with a button a list shows; a message holds 50 blocks.
const SHOWN: usize = 40;

/// How far ahead the end of an absence is looked for, in days.
pub(super) const AHEAD: i64 = 60;

/// The days on which a person is away from morning to evening.
pub fn whole_days_away(absences: &[Absence], user: &SlackUserId) -> HashSet<Date> {
    whole_days(absences.iter().filter(|absence| absence.user == *user))
}

fn whole_days<'a>(absences: impl Iterator<Item = &'a Absence>) -> HashSet<Date> {
    let mut halves: BTreeMap<Date, u32> = BTreeMap::new();
    for absence in absences.filter(|absence| absence.state != ActionState::Pending) {
        *halves.entry(absence.day).or_default() += absence.portion.half_days();
    }
    halves
        .into_iter()
        .filter(|(_, halves)| *halves >= 2)
        .map(|(day, _)| day)
        .collect()
}

/// The last day of an absence that holds on `from`, looking over weekends.
pub fn end_of_absence<S: BuildHasher>(days: &HashSet<Date, S>, from: Date) -> Date {
    let (mut last, mut day) = (from, from);
    for _ in 0..366 {
        day = day.saturating_add(1.day());
        if days.contains(&day) {
            last = day;
        } else if !super::model::is_weekend(day) {
            break;
        }
    }
    last
}

/// What stands in place of an empty list of one's own leave.
pub const NOTHING_PLANNED: &str = "Nothing planned. Type `/timeoff` to ask for time off.";

/// One person's days as stretches of the same part: first day, last day, part.
pub(super) fn stretches(absences: &[&Absence]) -> Vec<(Date, Date, Portion)> {
    let mut days: BTreeMap<Date, Portion> = BTreeMap::new();
    for absence in absences {
        // The other half of a day makes it whole.
        days.entry(absence.day)
            .and_modify(|portion| {
                if *portion != absence.portion {
                    *portion = Portion::Full;
                }
            })
            .or_insert(absence.portion);
    }
    let mut stretches: Vec<(Date, Date, Portion)> = Vec::new();
    for (day, portion) in days {
        match stretches.last_mut() {
            Some((_, last, same)) if *same == portion && joins(*last, day) => *last = day,
            _ => stretches.push((day, day, portion)),
        }
    }
    stretches
}

/// Stretches in words: “Mon 2 – Wed 4 March, Fri 6 March (morning)”.
pub(super) fn in_words(stretches: Vec<(Date, Date, Portion)>, today: Date) -> String {
    let words: Vec<String> = stretches
        .into_iter()
        .map(|(first, last, portion)| {
            let days = words::range(first, last, today);
            let plural = if first == last { "" } else { "s" };
            match portion {
                Portion::Full => days,
                Portion::HalfAm => format!("{days} (morning{plural})"),
                Portion::HalfPm => format!("{days} (afternoon{plural})"),
            }
        })
        .collect();
    words.join(", ")
}

/// One person's days as ranges: “Mon 2 – Wed 4 March, Fri 6 March (morning)”.
fn ranges(absences: &[&Absence], today: Date) -> String {
    in_words(stretches(absences), today)
}

/// The next day, or the next Monday after a Friday: one range for the reader.
fn joins(last: Date, next: Date) -> bool {
    let gap = (next - last).get_days();
    gap == 1
        || (gap <= 3
            && last
                .saturating_add(1.day())
                .series(1.day())
                .take_while(|day| *day < next)
                .all(super::model::is_weekend))
}

/// The absences of each person, in the order of the list.
pub(super) fn by_person<'a>(
    absences: impl IntoIterator<Item = &'a Absence>,
) -> Vec<(&'a Absence, Vec<&'a Absence>)> {
    let mut people: Vec<(&Absence, Vec<&Absence>)> = Vec::new();
    for absence in absences {
        match people.last_mut() {
            Some((person, days)) if person.user == absence.user => days.push(absence),
            _ => people.push((absence, vec![absence])),
        }
    }
    people
}

/// Who else of a person's team is off during a span, as `viewer` may know it: one line a person.
pub async fn also_off(
    tx: &mut TenantTx,
    person: &Person,
    span: &LeaveSpan,
    viewer: Viewer,
    today: Date,
) -> Result<Vec<String>, sqlx::Error> {
    let absences = store::absences(tx, span.first(), span.last(), person.team.as_deref()).await?;
    Ok(also_off_among(
        &absences,
        &person.user,
        person.team.as_deref(),
        span,
        viewer,
        today,
    ))
}

/// The same, from the absences of more people and days.
pub fn also_off_among(
    absences: &[Absence],
    user: &SlackUserId,
    team: Option<&str>,
    span: &LeaveSpan,
    viewer: Viewer,
    today: Date,
) -> Vec<String> {
    let (waiting, decided): (Vec<&Absence>, Vec<&Absence>) = absences
        .iter()
        .filter(|absence| {
            absence.user != *user
                && (span.first()..=span.last()).contains(&absence.day)
                && team.is_none_or(|team| absence.team.as_deref() == Some(team))
                && sight(viewer, absence.state).is_some()
        })
        .partition(|absence| absence.state == ActionState::Pending);
    let mut all = who_and_when(decided, today, " ");
    let undecided = who_and_when(waiting, today, " ");
    all.extend(
        undecided
            .into_iter()
            .map(|line| format!("{line} (not decided yet)")),
    );
    all
}

/// Who is off between two days, and when, a line each, as any colleague may know it.
pub fn off_between(absences: &[Absence], first: Date, last: Date, today: Date) -> Vec<String> {
    let known = absences.iter().filter(|absence| {
        (first..=last).contains(&absence.day) && sight(Viewer::Colleague, absence.state).is_some()
    });
    who_and_when(known, today, ": ")
}

fn who_and_when<'a>(
    absences: impl IntoIterator<Item = &'a Absence>,
    today: Date,
    between: &str,
) -> Vec<String> {
    by_person(absences)
        .into_iter()
        .map(|(person, days)| format!("{}{between}{}", name(person), ranges(&days, today)))
        .collect()
}

/// Slack's names have up to 80 characters.
fn name(person: &Absence) -> String {
    escape(&shorten(&person.name, 80))
}

/// `/timeoff who`: who is off today and this week.
pub async fn who(tx: &mut TenantTx, today: Date) -> Result<Message, sqlx::Error> {
    let monday = today.saturating_sub(i64::from(today.weekday().to_monday_zero_offset()).days());
    let sunday = monday.saturating_add(6.days());
    let week = store::absences(tx, monday, sunday, None).await?;
    let blocks = vec![
        off_today(tx, today).await?,
        section(&format!(
            "*Off this week, {}*\n{}",
            words::range(monday, sunday, today),
            lines(&off_between(&week, monday, sunday, today), "Nobody.")
        )),
    ];
    Ok(Message {
        text: "Who is off".to_owned(),
        blocks,
    })
}

fn lines(lines: &[String], nobody: &str) -> String {
    if lines.is_empty() {
        return nobody.to_owned();
    }
    // A section holds 3000 characters.
    let shown = lines
        .iter()
        .take(30)
        .map(|line| format!("• {line}"))
        .collect::<Vec<_>>()
        .join("\n");
    if lines.len() > 30 {
        format!("{shown}\n…and {} more", lines.len() - 30)
    } else {
        shown
    }
}

/// Who is away on `today` and until when, a line each, as any colleague may know it.
async fn off_today(tx: &mut TenantTx, today: Date) -> Result<SlackBlock, sqlx::Error> {
    let absences = store::absences(tx, today, horizon(today), None).await?;
    Ok(section(&format!(
        "*Off today, {}*\n{}",
        words::day(today, today),
        lines(&away_on(&absences, today), "Nobody.")
    )))
}

/// The last day on which the end of an absence of today is looked for.
pub fn horizon(today: Date) -> Date {
    today.saturating_add(AHEAD.days())
}

/// Who is away on `today` and until when, as any colleague may know it, from the absences until
/// [`horizon`].
pub fn away_on(absences: &[Absence], today: Date) -> Vec<String> {
    let known = absences.iter().filter(|absence| {
        absence.day >= today && sight(Viewer::Colleague, absence.state).is_some()
    });
    by_person(known)
        .into_iter()
        .filter_map(|(person, days)| {
            let now: Vec<Portion> = days
                .iter()
                .filter(|absence| absence.day == today)
                .map(|absence| absence.portion)
                .collect();
            let part = match now.as_slice() {
                [] => return None,
                [Portion::HalfAm] => ", in the morning".to_owned(),
                [Portion::HalfPm] => ", in the afternoon".to_owned(),
                _ => {
                    let last = end_of_absence(&whole_days(days.into_iter()), today);
                    if last == today {
                        String::new()
                    } else {
                        format!(", until {}", words::day(last, today))
                    }
                }
            };
            Some(format!("{}{part}", name(person)))
        })
        .collect()
}

fn line(action: &PendingAction, today: Date) -> String {
    format!(
        "*{}*\n{}, {}",
        views::title(action, today),
        words::working_days(action.half_days),
        words::state(action.state)
    )
}

/// Leave that is still to come, with its button, for the person whose it is.
pub fn upcoming_block(action: &PendingAction, today: Date) -> SlackBlock {
    section_with_button(&line(action, today), views::cancel_button(action, today))
}

/// A person's leave that is still to come, each with its button; empty: a hint.
pub async fn upcoming_blocks(
    tx: &mut TenantTx,
    person: &Person,
    today: Date,
) -> Result<Vec<SlackBlock>, sqlx::Error> {
    let upcoming = store::upcoming(tx, &person.user, today).await?;
    if upcoming.is_empty() {
        return Ok(vec![section(NOTHING_PLANNED)]);
    }
    let mut blocks: Vec<SlackBlock> = upcoming
        .iter()
        .take(SHOWN)
        .map(|action| upcoming_block(action, today))
        .collect();
    if upcoming.len() > SHOWN {
        blocks.push(context(&format!(
            "…and {} later. Each has its button in its own message from me.",
            upcoming.len() - SHOWN
        )));
    }
    Ok(blocks)
}

/// `/timeoff list`: one's own leave, upcoming and past.
pub async fn own_leave(
    tx: &mut TenantTx,
    person: &Person,
    today: Date,
) -> Result<Message, sqlx::Error> {
    let mut blocks = vec![header("Your upcoming leave")];
    blocks.extend(upcoming_blocks(tx, person, today).await?);
    let past = store::past(tx, &person.user, today, 11).await?;
    if !past.is_empty() {
        blocks.push(divider());
        blocks.push(header("Past, denied and cancelled"));
        let mut shown: Vec<String> = past
            .iter()
            .take(10)
            .map(|action| {
                format!(
                    "• {}, {}, {}",
                    views::title(action, today),
                    words::working_days(action.half_days),
                    words::state(action.state)
                )
            })
            .collect();
        if past.len() > 10 {
            shown.push("…and earlier ones.".to_owned());
        }
        blocks.push(section(&shown.join("\n")));
    }
    Ok(Message {
        text: "Your leave".to_owned(),
        blocks,
    })
}

/// `/timeoff cancel`: what can be taken back.
pub async fn choose_what_to_cancel(
    tx: &mut TenantTx,
    person: &Person,
    today: Date,
) -> Result<Message, sqlx::Error> {
    if store::upcoming(tx, &person.user, today).await?.is_empty() {
        return Ok(Message::plain(
            "You have no leave that could be cancelled. `/timeoff list` shows what you took.",
        ));
    }
    let mut blocks = vec![section("*Which leave do you want to cancel?*")];
    blocks.extend(upcoming_blocks(tx, person, today).await?);
    Ok(Message {
        text: "Which leave do you want to cancel?".to_owned(),
        blocks,
    })
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
        let days: HashSet<Date> = whole_days_away(&absences, &person.user);
        let today = person.today(now);
        if days.contains(&today) {
            until.insert(person.user.clone(), end_of_absence(&days, today));
        }
    }
    Ok(until)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn absence(day: i8, portion: Portion) -> Absence {
        Absence {
            user: SlackUserId::parse("U1").unwrap(),
            name: "Asha".into(),
            team: None,
            day: date(2026, 3, day),
            portion,
            state: ActionState::Completed,
        }
    }

    #[test]
    fn days_in_a_row_read_as_one_range_over_the_weekend() {
        let days = [
            absence(4, Portion::HalfPm),
            absence(5, Portion::Full),
            absence(6, Portion::Full),
            absence(9, Portion::Full),
            absence(12, Portion::HalfAm),
            absence(12, Portion::HalfPm),
        ];
        let days: Vec<&Absence> = days.iter().collect();
        assert_eq!(
            ranges(&days, date(2026, 3, 1)),
            "Wed 4 March (afternoon), Thu 5 – Mon 9 March, Thu 12 March"
        );
        let days = [
            absence(2, Portion::HalfAm),
            absence(3, Portion::HalfAm),
            absence(4, Portion::Full),
            absence(5, Portion::HalfAm),
            absence(5, Portion::HalfPm),
            absence(6, Portion::HalfPm),
        ];
        let days: Vec<&Absence> = days.iter().collect();
        assert_eq!(
            ranges(&days, date(2026, 3, 1)),
            "Mon 2 – Tue 3 March (mornings), Wed 4 – Thu 5 March, Fri 6 March (afternoon)"
        );
    }

    #[test]
    fn two_halves_of_a_day_are_a_day_away_and_a_weekend_is_no_end() {
        let days = [
            absence(5, Portion::HalfAm),
            absence(5, Portion::HalfPm),
            absence(6, Portion::Full),
            absence(9, Portion::Full),
            absence(20, Portion::Full),
        ];
        let away = whole_days_away(&days, &SlackUserId::parse("U1").unwrap());
        assert!(away.contains(&date(2026, 3, 5)));
        assert_eq!(end_of_absence(&away, date(2026, 3, 5)), date(2026, 3, 9));
    }

    #[test]
    fn work_between_two_absences_ends_the_first() {
        let days = [
            absence(2, Portion::Full),
            absence(5, Portion::Full),
            absence(6, Portion::Full),
        ];
        let away = whole_days_away(&days, &SlackUserId::parse("U1").unwrap());
        assert_eq!(end_of_absence(&away, date(2026, 3, 2)), date(2026, 3, 2));
        assert_eq!(end_of_absence(&away, date(2026, 3, 5)), date(2026, 3, 6));
    }
}

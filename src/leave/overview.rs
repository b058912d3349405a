//! Looking at leave: one's own, and who is off.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::BuildHasher;

use jiff::ToSpan;
use jiff::civil::Date;

use super::days::PersonCalendar;
use super::model::{ActionState, LeaveSpan, PendingAction, Portion};
use super::store::{self, Absence, Calendars};
use super::visibility::{Viewer, sight};
use super::{views, words};
use crate::clients::blocks::{
    SlackBlock, context, divider, escape, header, section, section_with_button, shorten,
};
use crate::clients::slack::Message;
use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;
use crate::tenant::{Person, Settings};

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

/// The last day of an absence that holds on `from`, looking over days on which the person does not
/// work anyway.
pub fn end_of_absence<S: BuildHasher>(
    days: &HashSet<Date, S>,
    calendar: &PersonCalendar,
    from: Date,
) -> Date {
    let (mut last, mut day) = (from, from);
    for _ in 0..366 {
        day = day.saturating_add(1.day());
        if days.contains(&day) {
            last = day;
        } else if calendar.works_on(day) {
            break;
        }
    }
    last
}

/// What stands in place of an empty list of one's own leave.
pub const NOTHING_PLANNED: &str = "Nothing planned. Type `/timeoff` to ask for time off.";

/// One person's days as stretches of the same part: first day, last day, part.
pub(super) fn stretches(
    absences: &[&Absence],
    calendar: &PersonCalendar,
) -> Vec<(Date, Date, Portion)> {
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
            Some((_, last, same)) if *same == portion && joins(calendar, *last, day) => {
                *last = day;
            }
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
fn ranges(absences: &[&Absence], calendar: &PersonCalendar, today: Date) -> String {
    in_words(stretches(absences, calendar), today)
}

/// Whether no work lies between two days: one range for the reader.
fn joins(calendar: &PersonCalendar, last: Date, next: Date) -> bool {
    let mut between = last
        .saturating_add(1.day())
        .series(1.day())
        .take_while(|day| *day < next);
    !between.any(|day| calendar.works_on(day))
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
/// `calendars` are those of the span's days.
pub async fn also_off(
    tx: &mut TenantTx,
    person: &Person,
    span: &LeaveSpan,
    calendars: &Calendars,
    viewer: Viewer,
    today: Date,
) -> Result<Vec<String>, sqlx::Error> {
    let absences = store::absences(tx, span.first(), span.last(), person.team.as_deref()).await?;
    Ok(also_off_among(
        &absences,
        calendars,
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
    calendars: &Calendars,
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
    let mut all = who_and_when(decided, calendars, today, " ");
    let undecided = who_and_when(waiting, calendars, today, " ");
    all.extend(
        undecided
            .into_iter()
            .map(|line| format!("{line} (not decided yet)")),
    );
    all
}

/// Who is off between two days, and when, a line each, as any colleague may know it.
pub fn off_between(
    absences: &[Absence],
    calendars: &Calendars,
    first: Date,
    last: Date,
    today: Date,
) -> Vec<String> {
    let known = absences.iter().filter(|absence| {
        (first..=last).contains(&absence.day) && sight(Viewer::Colleague, absence.state).is_some()
    });
    who_and_when(known, calendars, today, ": ")
}

fn who_and_when<'a>(
    absences: impl IntoIterator<Item = &'a Absence>,
    calendars: &Calendars,
    today: Date,
    between: &str,
) -> Vec<String> {
    by_person(absences)
        .into_iter()
        .map(|(person, days)| {
            let ranges = ranges(&days, &calendars.of_absent(person), today);
            format!("{}{between}{ranges}", name(person))
        })
        .collect()
}

/// Slack's names have up to 80 characters.
fn name(person: &Absence) -> String {
    escape(&shorten(&person.name, 80))
}

/// `/timeoff who`: who is off today and this week.
pub async fn who(
    tx: &mut TenantTx,
    settings: &Settings,
    today: Date,
) -> Result<Message, sqlx::Error> {
    // No week that holds today begins before or ends after.
    let begin = today.saturating_sub(6.days());
    let absences = store::absences(tx, begin, horizon(today), None).await?;
    let calendars = store::calendars(tx, settings, begin, horizon(today)).await?;
    let week = calendars.of_workspace().week_on(today);
    let first = week.first_day_of_week(today);
    let last = first.saturating_add(6.days());
    let off_today = away_on(&absences, &calendars, today);
    let off_this_week = off_between(&absences, &calendars, first, last, today);
    let blocks = vec![
        section(&format!(
            "*Off today, {}*\n{}",
            words::day(today, today),
            lines(&off_today, "Nobody.")
        )),
        section(&format!(
            "*Off this week, {}*\n{}",
            words::range(first, last, today),
            lines(&off_this_week, "Nobody.")
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

/// The last day on which the end of an absence of today is looked for.
pub fn horizon(today: Date) -> Date {
    today.saturating_add(AHEAD.days())
}

/// Who is away on `today` and until when, as any colleague may know it, from the absences until
/// [`horizon`].
pub fn away_on(absences: &[Absence], calendars: &Calendars, today: Date) -> Vec<String> {
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
                    let calendar = calendars.of_absent(person);
                    let last = end_of_absence(&whole_days(days.into_iter()), &calendar, today);
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
    settings: &Settings,
    people: &[Person],
) -> Result<HashMap<SlackUserId, Date>, sqlx::Error> {
    let now = tx.now();
    // Everybody's today lies within a day of the date in UTC.
    let utc = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let (first, last) = (utc.saturating_sub(1.day()), horizon(utc));
    let absences = store::absences(tx, first, last, None).await?;
    if absences.is_empty() {
        return Ok(HashMap::new());
    }
    let calendars = store::calendars(tx, settings, first, last).await?;
    let mut until = HashMap::new();
    for person in people {
        let days: HashSet<Date> = whole_days_away(&absences, &person.user);
        let today = person.today(now);
        if days.contains(&today) {
            let last = end_of_absence(&days, &calendars.of(person), today);
            until.insert(person.user.clone(), last);
        }
    }
    Ok(until)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::leave::days::{Holiday, WorkingWeek};

    fn absence(day: i8, portion: Portion) -> Absence {
        Absence {
            user: SlackUserId::parse("U1").unwrap(),
            name: "Asha".into(),
            team: None,
            location: None,
            day: date(2026, 3, day),
            portion,
            state: ActionState::Completed,
        }
    }

    fn usual() -> PersonCalendar {
        PersonCalendar::default()
    }

    fn working(days: &str) -> PersonCalendar {
        let week = WorkingWeek::parse(days, Date::MIN, 480, "09:00,13:00,17:00").unwrap();
        PersonCalendar {
            own_weeks: vec![week],
            ..usual()
        }
    }

    /// Whole days of March as ranges, and the end of the absence that the first begins.
    fn told(days: &[i8], calendar: &PersonCalendar) -> String {
        let days: Vec<Absence> = days
            .iter()
            .map(|day| absence(*day, Portion::Full))
            .collect();
        let each: Vec<&Absence> = days.iter().collect();
        let away = whole_days_away(&days, &days[0].user);
        let end = end_of_absence(&away, calendar, days[0].day);
        let ranges = ranges(&each, calendar, date(2026, 3, 1));
        format!("{ranges}; until {}", words::day(end, date(2026, 3, 1)))
    }

    #[test]
    fn work_on_a_saturday_or_sunday_parts_two_absences_and_a_free_friday_does_not() {
        insta::assert_snapshot!(told(&[6, 9], &working("FFFFFF-")), @"Fri 6 March, Mon 9 March; until Fri 6 March");
        insta::assert_snapshot!(told(&[7, 9], &working("FFFFFF-")), @"Sat 7 – Mon 9 March; until Mon 9 March");
        insta::assert_snapshot!(told(&[5, 8], &working("FFFF--F")), @"Thu 5 – Sun 8 March; until Sun 8 March");
        insta::assert_snapshot!(told(&[5, 9], &working("FFFF--F")), @"Thu 5 March, Mon 9 March; until Thu 5 March");
        insta::assert_snapshot!(told(&[2, 5], &working("F--F---")), @"Mon 2 – Thu 5 March; until Thu 5 March");
    }

    #[test]
    fn a_public_holiday_is_no_work_unless_half_of_the_day_is_worked() {
        for (portion, wanted) in [
            (Portion::Full, "Mon 9 – Wed 11 March; until Wed 11 March"),
            (
                Portion::HalfAm,
                "Mon 9 March, Wed 11 March; until Mon 9 March",
            ),
        ] {
            let fair = Holiday {
                portion,
                name: "Fair".to_owned(),
            };
            let calendar = PersonCalendar {
                holidays: [(date(2026, 3, 10), vec![fair])].into(),
                ..usual()
            };
            assert_eq!(told(&[9, 11], &calendar), wanted);
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
            ranges(&days, &usual(), date(2026, 3, 1)),
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
            ranges(&days, &usual(), date(2026, 3, 1)),
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
        assert_eq!(
            end_of_absence(&away, &usual(), date(2026, 3, 5)),
            date(2026, 3, 9)
        );
    }

    #[test]
    fn work_between_two_absences_ends_the_first() {
        let days = [
            absence(2, Portion::Full),
            absence(5, Portion::Full),
            absence(6, Portion::Full),
        ];
        let away = whole_days_away(&days, &SlackUserId::parse("U1").unwrap());
        assert_eq!(
            end_of_absence(&away, &usual(), date(2026, 3, 2)),
            date(2026, 3, 2)
        );
        assert_eq!(
            end_of_absence(&away, &usual(), date(2026, 3, 5)),
            date(2026, 3, 6)
        );
    }
}

//! From the days that somebody means to the requests that say them. Pure.

use jiff::ToSpan;
use jiff::civil::Date;

use super::days::{self, Counted, LeaveDay, PersonCalendar};
use super::model::{LeaveSpan, OwnDay, Portion};
use super::understanding::MeantDay;

/// A day that somebody wants off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WantedDay {
    pub date: Date,
    pub portion: Portion,
    /// The leave type's key.
    pub leave_type: String,
}

impl From<&MeantDay> for WantedDay {
    fn from(day: &MeantDay) -> Self {
        Self {
            date: day.date,
            portion: day.portion,
            leave_type: day.category.as_str().to_owned(),
        }
    }
}

/// Days of one leave type that make one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Period {
    pub leave_type: String,
    pub span: LeaveSpan,
}

/// What can be asked for, and what was left out.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SortedOut {
    pub periods: Vec<Period>,
    /// Days, or halves of them, that are no work anyway.
    pub off: Vec<LeaveDay>,
    /// Days, or halves of them, on which the person has leave already.
    pub taken: Vec<(Date, Portion)>,
}

/// Leaves out what is off or taken already, and puts what remains into as few requests as can
/// say it. `wanted` is in order and without doubles.
pub(super) fn sort_out(
    wanted: &[WantedDay],
    calendar: &PersonCalendar,
    own: &[OwnDay],
) -> SortedOut {
    let mut sorted = SortedOut::default();
    let mut kept = Vec::new();
    for day in wanted {
        let Ok(alone) = LeaveSpan::new(day.date, day.date, day.portion) else {
            continue;
        };
        let mut left = Some(day.portion);
        for other in own.iter().filter(|other| other.day == day.date) {
            if let Some(both) = left.and_then(|left| left.and(other.portion)) {
                sorted.taken.push((day.date, both));
                left = left.and_then(|left| left.without(both));
            }
        }
        let Some(portion) = left else { continue };
        let mut counted = days::count(calendar, &alone);
        let works = counted
            .iter()
            .any(|day| matches!(day.counted, Counted::Leave { .. }));
        sorted.off.append(&mut counted);
        if works {
            kept.push(WantedDay {
                portion,
                ..day.clone()
            });
        }
    }
    sorted.periods = periods(&kept, calendar);
    sorted
}

/// The fewest requests that say exactly these days. Days without work between them join.
pub(super) fn periods(days: &[WantedDay], calendar: &PersonCalendar) -> Vec<Period> {
    let mut runs: Vec<Vec<&WantedDay>> = Vec::new();
    for day in days {
        let joins = runs.last().is_some_and(|run| {
            run.last().is_some_and(|last| {
                last.leave_type == day.leave_type && nothing_between(calendar, last.date, day.date)
            }) && span_of(run.iter().copied().chain([day])).is_some()
        });
        match runs.last_mut() {
            Some(run) if joins => run.push(day),
            _ => runs.push(vec![day]),
        }
    }
    runs.into_iter()
        .filter_map(|run| {
            Some(Period {
                leave_type: run.first()?.leave_type.clone(),
                span: span_of(run.into_iter())?,
            })
        })
        .collect()
}

/// Whether no work lies between two days.
fn nothing_between(calendar: &PersonCalendar, last: Date, next: Date) -> bool {
    let (first, until) = (last.saturating_add(1.day()), next.saturating_sub(1.day()));
    match LeaveSpan::new(first, until, Portion::Full) {
        Ok(gap) => days::total(&days::count(calendar, &gap)).half_days == 0,
        // The days are neighbours.
        Err(_) => true,
    }
}

/// The span that has exactly these parts on these days, if one can say it: the same part each
/// day, or whole days of which the first may begin and the last may end at midday.
fn span_of<'a>(run: impl Iterator<Item = &'a WantedDay>) -> Option<LeaveSpan> {
    let run: Vec<&WantedDay> = run.collect();
    let (first, last) = (run.first()?, run.last()?);
    if run.iter().all(|day| day.portion == first.portion) {
        return LeaveSpan::new(first.date, last.date, first.portion).ok();
    }
    let span = LeaveSpan::new(first.date, last.date, Portion::Full)
        .ok()?
        .with_half_ends(
            first.portion == Portion::HalfPm,
            last.portion == Portion::HalfAm,
        );
    run.iter()
        .all(|day| span.on(day.date) == Some(day.portion))
        .then_some(span)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::leave::words;

    const VACATION: &str = "vacation";

    fn wanted(days: &[(i8, Portion, &str)]) -> Vec<WantedDay> {
        days.iter()
            .map(|(day, portion, leave_type)| WantedDay {
                date: date(2026, 3, *day),
                portion: *portion,
                leave_type: (*leave_type).to_owned(),
            })
            .collect()
    }

    fn told(sorted: &SortedOut) -> String {
        let today = date(2026, 3, 2);
        let mut lines: Vec<String> = sorted
            .periods
            .iter()
            .map(|period| {
                format!(
                    "{}: {}",
                    period.leave_type,
                    words::span(&period.span, today)
                )
            })
            .collect();
        lines.extend(
            words::days_off(&sorted.off, today)
                .into_iter()
                .map(|off| format!("off: {off}")),
        );
        if !sorted.taken.is_empty() {
            lines.push(format!("taken: {}", words::dates(&sorted.taken, today)));
        }
        lines.join("\n")
    }

    #[test]
    fn days_become_as_few_requests_as_can_say_them() {
        use Portion::{Full, HalfAm, HalfPm};
        let v = VACATION;
        let cases = [
            wanted(&[(5, Full, v), (6, Full, v), (9, Full, v), (10, HalfAm, v)]),
            wanted(&[(3, HalfPm, v), (4, Full, v), (6, Full, v)]),
            wanted(&[(3, HalfAm, v), (4, HalfAm, v), (5, Full, v)]),
            wanted(&[(2, Full, "sick"), (3, Full, "sick"), (4, Full, v)]),
            wanted(&[(7, Full, v), (9, Full, v)]),
            wanted(&[(7, Full, v)]),
        ];
        let calendar = PersonCalendar::default();
        let lines: Vec<String> = cases
            .iter()
            .map(|days| told(&sort_out(days, &calendar, &[])))
            .collect();
        insta::assert_snapshot!(lines.join("\n--\n"), @"
        vacation: Thu 5 – Tue 10 March (until midday)
        --
        vacation: Tue 3 (from midday) – Wed 4 March
        vacation: Fri 6 March
        --
        vacation: Tue 3 – Wed 4 March, mornings
        vacation: Thu 5 March
        --
        sick: Mon 2 – Tue 3 March
        vacation: Wed 4 March
        --
        vacation: Mon 9 March
        off: Sat 7 March (weekend)
        --
        off: Sat 7 March (weekend)
        ");
    }

    #[test]
    fn what_is_taken_already_is_left_out_by_halves() {
        let own = |day, portion| OwnDay {
            action: 1,
            day: date(2026, 3, day),
            portion,
            decided: true,
        };
        let days = wanted(&[
            (3, Portion::Full, VACATION),
            (4, Portion::Full, VACATION),
            (5, Portion::Full, VACATION),
        ]);
        let own = [own(3, Portion::HalfAm), own(4, Portion::Full)];
        let sorted = sort_out(&days, &PersonCalendar::default(), &own);
        insta::assert_snapshot!(told(&sorted), @"
        vacation: Tue 3 March, afternoon
        vacation: Thu 5 March
        taken: Tue 3 March, morning and Wed 4 March
        ");
    }

    proptest! {
        #[test]
        fn the_requests_take_what_is_wanted_and_nothing_else(
            choices in proptest::collection::vec((0u8..7, 0u8..2), 28),
        ) {
            let portions = [Portion::Full, Portion::HalfAm, Portion::HalfPm];
            let days: Vec<WantedDay> = choices
                .iter()
                .enumerate()
                .filter_map(|(index, (portion, kind))| {
                    Some(WantedDay {
                        date: date(2026, 3, i8::try_from(index).ok()? + 1),
                        portion: *portions.get(usize::from(*portion))?,
                        leave_type: ["vacation", "sick"][usize::from(*kind)].to_owned(),
                    })
                })
                .collect();
            let calendar = PersonCalendar::default();
            let sorted = sort_out(&days, &calendar, &[]);
            let mut asked = BTreeMap::new();
            for period in &sorted.periods {
                for day in days::count(&calendar, &period.span) {
                    if let Counted::Leave { portion, .. } = day.counted {
                        let before = asked.insert(day.date, (portion, period.leave_type.clone()));
                        prop_assert!(before.is_none(), "{} twice", day.date);
                    }
                }
            }
            let meant: BTreeMap<_, _> = days
                .into_iter()
                .filter(|day| !crate::leave::model::is_weekend(day.date))
                .map(|day| (day.date, (day.portion, day.leave_type)))
                .collect();
            prop_assert_eq!(asked, meant);
        }
    }
}

//! What somebody's status should say at an instant. Pure.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::leave::days::PersonCalendar;
use crate::leave::model::Portion;
use crate::leave::notified::StatusText;

/// How far back the beginning of leave over days off is looked for, and how far ahead its end.
pub(super) const BACK: i64 = 14;
pub(super) const AHEAD: i64 = 120;

/// What is seen at an instant: the stretch of leave that it lies in, over weekends and holidays, to
/// its end. Whole days begin and end at midnight where the person is, half days with their hours.
/// `days` are the days of approved leave, from [`BACK`] days before on.
pub(super) fn wanted(
    days: &BTreeMap<Date, Portion>,
    calendar: &PersonCalendar,
    zone: &TimeZone,
    now: Timestamp,
) -> Option<StatusText> {
    let today = now.to_zoned(zone.clone()).date();
    let leave = Leave {
        days,
        calendar,
        zone,
    };
    let begin = leave.begin(leave.day_of_leave(today)?);
    if begin == today && now < leave.begins(today)? {
        return None;
    }
    let (last, back) = leave.end(begin);
    let ends_at = leave.ends(last)?;
    // The weekend after leave is a weekend.
    if ends_at <= now {
        return None;
    }
    let text = match back {
        Some(back) => format!("Away, back on {}", back.strftime("%a %-d %B")),
        None if last == begin => "Away this morning".to_owned(),
        None => format!("Away, back on {} at midday", last.strftime("%a %-d %B")),
    };
    Some(StatusText { text, ends_at })
}

struct Leave<'a> {
    days: &'a BTreeMap<Date, Portion>,
    calendar: &'a PersonCalendar,
    zone: &'a TimeZone,
}

impl Leave<'_> {
    /// What would be worked on a day; leave that was booked on it counts, whatever the week says
    /// by now.
    fn work(&self, day: Date) -> Option<Portion> {
        let leave = self.days.get(&day).copied();
        match (self.calendar.work_on(day), leave) {
            (Some(work), Some(leave)) if work.and(leave).is_none() => Some(Portion::Full),
            (work, leave) => work.or(leave),
        }
    }

    /// Whether a day's leave is all of its work.
    fn is_whole(&self, day: Date) -> bool {
        let leave = self.days.get(&day).copied();
        self.work(day)
            .zip(leave)
            .is_some_and(|(work, leave)| work.without(leave).is_none())
    }

    /// Whether a day's work begins, or ends, with leave.
    fn at_its(&self, day: Date, half: Portion) -> bool {
        let Some(leave) = self.days.get(&day) else {
            return false;
        };
        self.is_whole(day) || leave.and(half) == Some(half)
    }

    /// Today, if it is one of leave; else, on a day without work, the last day of work, if that
    /// ended with leave.
    fn day_of_leave(&self, today: Date) -> Option<Date> {
        if self.days.contains_key(&today) {
            return Some(today);
        }
        let mut day = today;
        for _ in 0..BACK {
            if self.work(day).is_some() {
                return self.at_its(day, Portion::HalfPm).then_some(day);
            }
            day = day.saturating_sub(1.day());
        }
        None
    }

    /// The first day of the leave that holds on a day, as far back as is looked.
    fn begin(&self, day: Date) -> Date {
        let (mut begin, mut before) = (day, day);
        for _ in 0..BACK {
            if !self.at_its(begin, Portion::HalfAm) {
                break;
            }
            before = before.saturating_sub(1.day());
            if self.work(before).is_none() {
                continue;
            }
            if !self.at_its(before, Portion::HalfPm) {
                break;
            }
            begin = before;
        }
        begin
    }

    /// The last day of the leave that holds on a day, and the day of work after it; `None`: work
    /// begins on the last day at midday.
    fn end(&self, begin: Date) -> (Date, Option<Date>) {
        let mut last = begin;
        if !self.at_its(begin, Portion::HalfPm) {
            return (begin, None);
        }
        let mut day = begin;
        for _ in 0..AHEAD {
            day = day.saturating_add(1.day());
            if self.work(day).is_none() {
                continue;
            }
            if !self.at_its(day, Portion::HalfAm) {
                return (last, Some(day));
            }
            last = day;
            if !self.at_its(day, Portion::HalfPm) {
                return (last, None);
            }
        }
        (last, Some(day))
    }

    fn at(&self, day: Date, time: Time) -> Option<Timestamp> {
        let zoned = day.to_datetime(time).to_zoned(self.zone.clone()).ok()?;
        Some(zoned.timestamp())
    }

    fn begins(&self, day: Date) -> Option<Timestamp> {
        let week = self.calendar.week_on(day);
        if self.is_whole(day) {
            return self.at(day, Time::midnight());
        }
        match self.days.get(&day)? {
            Portion::Full => self.at(day, Time::midnight()),
            Portion::HalfAm => self.at(day, week.starts_at),
            Portion::HalfPm => self.at(day, week.halves_meet_at),
        }
    }

    fn ends(&self, day: Date) -> Option<Timestamp> {
        let week = self.calendar.week_on(day);
        if self.is_whole(day) {
            return self.at(day.saturating_add(1.day()), Time::midnight());
        }
        match self.days.get(&day)? {
            Portion::Full => self.at(day.saturating_add(1.day()), Time::midnight()),
            Portion::HalfAm => self.at(day, week.halves_meet_at),
            Portion::HalfPm => self.at(day, week.ends_at),
        }
    }
}

#[cfg(test)]
mod tests {
    use Portion::{Full, HalfAm, HalfPm};
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::leave::days::{Holiday, WorkingWeek};

    /// Every change of the status over a fortnight, looked at each quarter of an hour.
    fn told(days: &[(i8, Portion)], calendar: &PersonCalendar, zone: &str) -> String {
        let days: BTreeMap<Date, Portion> = days
            .iter()
            .map(|(day, portion)| (date(2026, 3, *day), *portion))
            .collect();
        let zone = TimeZone::get(zone).unwrap();
        let mut lines = Vec::new();
        let mut before = None;
        for quarter in 0..(20 * 96) {
            let now = date(2026, 3, 1).to_zoned(zone.clone()).unwrap().timestamp()
                + (quarter * 15).minutes();
            let status = wanted(&days, calendar, &zone, now);
            if status != before {
                let local = now
                    .to_zoned(zone.clone())
                    .strftime("%a %-d %H:%M")
                    .to_string();
                lines.push(match &status {
                    Some(status) => format!(
                        "{local} {}, to {}",
                        status.text,
                        status
                            .ends_at
                            .to_zoned(zone.clone())
                            .strftime("%a %-d %H:%M")
                    ),
                    None => format!("{local} nothing"),
                });
                before = status;
            }
        }
        lines.join("\n")
    }

    #[test]
    fn whole_days_are_shown_from_midnight_to_midnight_over_the_weekend() {
        let days = [(5, Full), (6, Full), (9, Full)];
        insta::assert_snapshot!(told(&days, &PersonCalendar::default(), "Asia/Kolkata"), @"
        Thu 5 00:00 Away, back on Tue 10 March, to Tue 10 00:00
        Tue 10 00:00 nothing
        ");
    }

    #[test]
    fn half_days_are_shown_for_their_hours() {
        let days = [
            (3, HalfAm),
            (4, HalfPm),
            (6, HalfPm),
            (9, HalfAm),
            (11, HalfPm),
            (12, Full),
            (13, HalfAm),
        ];
        insta::assert_snapshot!(told(&days, &PersonCalendar::default(), "Europe/London"), @"
        Tue 3 11:00 Away this morning, to Tue 3 15:00
        Tue 3 15:00 nothing
        Wed 4 15:00 Away, back on Thu 5 March, to Wed 4 19:00
        Wed 4 19:00 nothing
        Fri 6 15:00 Away, back on Mon 9 March at midday, to Mon 9 15:00
        Mon 9 15:00 nothing
        Wed 11 15:00 Away, back on Fri 13 March at midday, to Fri 13 15:00
        Fri 13 15:00 nothing
        ");
    }

    #[test]
    fn the_persons_own_week_and_holidays_count() {
        let mut calendar = PersonCalendar {
            own_weeks: vec![
                WorkingWeek::parse("FFaF---", Date::MIN, 480, "09:00,13:00,17:00").unwrap(),
            ],
            ..PersonCalendar::default()
        };
        let fair = Holiday {
            portion: Full,
            name: "Fair".to_owned(),
        };
        calendar.holidays.insert(date(2026, 3, 12), vec![fair]);
        // Wednesday's work is its morning; Friday to Sunday are free, and Thursday the 12th is.
        let days = [(4, HalfAm), (11, HalfAm)];
        insta::assert_snapshot!(told(&days, &calendar, "America/New_York"), @"
        Wed 4 00:00 Away, back on Thu 5 March, to Thu 5 00:00
        Thu 5 00:00 nothing
        Wed 11 00:00 Away, back on Mon 16 March, to Thu 12 00:00
        Thu 12 00:00 nothing
        ");
    }

    proptest! {
        /// A status never ends before it is seen, never changes in the middle of leave, and is
        /// never seen where there is no leave within reach.
        #[test]
        fn a_status_stands_still_until_it_ends(
            portions in proptest::collection::vec(prop::option::weighted(0.5, 0u8..3), 25),
            quarter in 0i64..(20 * 96),
        ) {
            let days: BTreeMap<Date, Portion> = portions.iter().enumerate().filter_map(|(index, portion)| {
                let day = date(2026, 3, i8::try_from(index).ok()? + 1);
                let portion = [Full, HalfAm, HalfPm][usize::from((*portion)?)];
                (!crate::leave::model::is_weekend(day)).then_some((day, portion))
            }).collect();
            let calendar = PersonCalendar::default();
            let zone = TimeZone::get("Europe/London").unwrap();
            let now = date(2026, 3, 1).to_zoned(zone.clone()).unwrap().timestamp() + (quarter * 15).minutes();
            if let Some(status) = wanted(&days, &calendar, &zone, now) {
                prop_assert!(status.ends_at > now);
                let mut later = now;
                while later + 1.hours() < status.ends_at {
                    later += 1.hours();
                    let then = wanted(&days, &calendar, &zone, later);
                    prop_assert_eq!(then.as_ref().map(|status| status.ends_at), Some(status.ends_at), "at {}", later);
                    prop_assert_eq!(then.map(|status| status.text), Some(status.text.clone()));
                }
            }
        }
    }
}

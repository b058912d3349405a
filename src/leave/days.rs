//! What a day is: the one function that everything which counts leave asks.
//!
//! Leave is a date in the person's own calendar, never an instant. The calendar is a working
//! week (the workspace's, or the person's own from a day on) and the public holidays of the
//! person's place.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time, Weekday, time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::model::{LeaveSpan, Portion, is_weekend};

/// A working week that holds from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingWeek {
    /// The first day on which it holds.
    pub from: Date,
    /// What is worked from Monday to Sunday.
    pub days: [Option<Portion>; 7],
    /// The work of a whole day in minutes; a half is half of it.
    pub full_day_minutes: u32,
    /// When work begins.
    pub starts_at: Time,
    /// Where the two halves meet.
    pub halves_meet_at: Time,
    /// When work ends.
    pub ends_at: Time,
}

impl Default for WorkingWeek {
    /// Monday to Friday, 8 hours, 11:00–15:00 and 15:00–19:00, for as long as there are days.
    fn default() -> Self {
        let full = Some(Portion::Full);
        Self {
            from: Date::MIN,
            days: [full, full, full, full, full, None, None],
            full_day_minutes: 8 * 60,
            starts_at: time(11, 0, 0, 0),
            halves_meet_at: time(15, 0, 0, 0),
            ends_at: time(19, 0, 0, 0),
        }
    }
}

/// Why a working week cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadWeek {
    /// Not seven letters of `F`, `a`, `p` and `-`.
    #[error(
        "a week is seven letters from Monday to Sunday: F full, a morning, p afternoon, - off; such as FFFFF--"
    )]
    Days,
    /// Minutes outside of a day.
    #[error("a whole day has 2 to 1440 minutes")]
    Minutes,
    /// Not three growing times.
    #[error("hours are three times in order, begin, middle and end; such as 11:00,15:00,19:00")]
    Hours,
}

impl WorkingWeek {
    /// Reads a week such as `FFFFa--` with hours such as `11:00,15:00,19:00`.
    pub fn parse(
        days: &str,
        from: Date,
        full_day_minutes: u32,
        hours: &str,
    ) -> Result<Self, BadWeek> {
        let parts: Vec<Option<Portion>> = days
            .chars()
            .map(|letter| match letter {
                'F' => Ok(Some(Portion::Full)),
                'a' => Ok(Some(Portion::HalfAm)),
                'p' => Ok(Some(Portion::HalfPm)),
                '-' => Ok(None),
                _ => Err(BadWeek::Days),
            })
            .collect::<Result<_, _>>()?;
        let days: [Option<Portion>; 7] = parts.try_into().map_err(|_| BadWeek::Days)?;
        if !(2..=1440).contains(&full_day_minutes) {
            return Err(BadWeek::Minutes);
        }
        let times: Vec<Time> = hours
            .split(',')
            .map(|text| text.trim().parse())
            .collect::<Result<_, _>>()
            .map_err(|_| BadWeek::Hours)?;
        match times.as_slice() {
            &[starts_at, halves_meet_at, ends_at]
                if starts_at < halves_meet_at && halves_meet_at < ends_at =>
            {
                Ok(Self {
                    from,
                    days,
                    full_day_minutes,
                    starts_at,
                    halves_meet_at,
                    ends_at,
                })
            }
            _ => Err(BadWeek::Hours),
        }
    }

    /// The part of a date that this week works, whatever the holidays say.
    pub fn works(&self, date: Date) -> Option<Portion> {
        // Monday is 0 and Sunday 6, so the index is always within the week.
        usize::try_from(date.weekday().to_monday_zero_offset())
            .ok()
            .and_then(|index| self.days.get(index).copied().flatten())
    }

    /// The day on which people say that their week begins: the first day of work after the longest
    /// time off in the week. Monday where there is none, or where Monday is as good.
    pub fn begins_on(&self) -> Weekday {
        let offs = |index: usize| {
            let before = (1..7).take_while(|back| self.days[(index + 7 - back) % 7].is_none());
            before.count()
        };
        let mut begin = (Weekday::Monday, 0);
        for (index, weekday) in Weekday::Monday.cycle_forward().take(7).enumerate() {
            let off = offs(index);
            if self.days[index].is_some() && off > begin.1 {
                begin = (weekday, off);
            }
        }
        begin.0
    }

    /// The first day of the week in which a date lies.
    pub fn first_day_of_week(&self, date: Date) -> Date {
        let since = date.weekday().since(self.begins_on());
        date.saturating_sub(i64::from(since).days())
    }

    fn minutes(&self, portion: Portion) -> u32 {
        match portion {
            Portion::Full => self.full_day_minutes,
            // The morning takes the odd minute, so that two halves are always the whole.
            Portion::HalfAm => self.full_day_minutes.div_ceil(2),
            Portion::HalfPm => self.full_day_minutes / 2,
        }
    }
}

/// A day, or half of one, on which a place does not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// Which part of the day.
    pub portion: Portion,
    /// What people call it.
    pub name: String,
}

/// All that decides which of a person's days count.
#[derive(Debug, Clone, Default)]
pub struct PersonCalendar {
    /// The person's own working weeks, in any order.
    pub own_weeks: Vec<WorkingWeek>,
    /// The workspace's, for the days before the person's first own one.
    pub workspace_weeks: Vec<WorkingWeek>,
    /// Public holidays of the person's place.
    pub holidays: BTreeMap<Date, Vec<Holiday>>,
    /// The month on whose first day the leave year begins; 0 counts as January.
    pub leave_year_starts: i8,
}

/// One day of a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaveDay {
    /// The date.
    pub date: Date,
    /// The year in which the leave year of this date began.
    pub leave_year: i16,
    /// What of it counts.
    pub counted: Counted,
}

/// Whether a day costs leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Counted {
    /// It does: this part of it, and its minutes of work.
    Leave {
        /// The part that would have been worked.
        portion: Portion,
        /// Its length in minutes.
        minutes: u32,
        /// Why the other half of the day does not count, if it was asked for too.
        other_half: Option<WhyOff>,
    },
    /// It does not: the person would not have worked.
    Off(WhyOff),
}

/// Why a day does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhyOff {
    /// Saturday or Sunday, not worked.
    Weekend,
    /// Another day, or part of a day, that the person's week leaves free.
    NotWorked,
    /// A public holiday, by name.
    Holiday(String),
}

/// What a span costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Total {
    /// In half days.
    pub half_days: u32,
    /// In minutes of work.
    pub minutes: u32,
}

impl PersonCalendar {
    /// The working week that holds on a date.
    pub fn week_on(&self, date: Date) -> WorkingWeek {
        let latest = |weeks: &[WorkingWeek]| {
            weeks
                .iter()
                .filter(|week| week.from <= date)
                .max_by_key(|week| week.from)
                .cloned()
        };
        latest(&self.own_weeks)
            .or_else(|| latest(&self.workspace_weeks))
            .unwrap_or_default()
    }

    /// The year in which the leave year of a date began.
    pub fn leave_year(&self, date: Date) -> i16 {
        if date.month() < self.leave_year_starts {
            date.year() - 1
        } else {
            date.year()
        }
    }

    fn count_day(&self, date: Date, asked: Portion) -> Counted {
        let week = self.week_on(date);
        let Some(works) = week.works(date) else {
            return Counted::Off(if is_weekend(date) {
                WhyOff::Weekend
            } else {
                WhyOff::NotWorked
            });
        };
        let Some(mut left) = works.and(asked) else {
            return Counted::Off(WhyOff::NotWorked);
        };
        let mut other_half = (left != asked).then_some(WhyOff::NotWorked);
        for holiday in self.holidays.get(&date).into_iter().flatten() {
            let why = || WhyOff::Holiday(holiday.name.clone());
            match left.without(holiday.portion) {
                Some(rest) if rest == left => {}
                Some(rest) => {
                    left = rest;
                    other_half = Some(why());
                }
                None => return Counted::Off(why()),
            }
        }
        Counted::Leave {
            portion: left,
            minutes: week.minutes(left),
            other_half,
        }
    }

    /// The part of a date on which the person works; `None`: not at all.
    pub fn work_on(&self, date: Date) -> Option<Portion> {
        match self.count_day(date, Portion::Full) {
            Counted::Leave { portion, .. } => Some(portion),
            Counted::Off(_) => None,
        }
    }

    /// Whether the person works on a date at all.
    pub fn works_on(&self, date: Date) -> bool {
        self.work_on(date).is_some()
    }

    /// The instant `days` working days after `since`, moved into the person's working hours:
    /// the same time of day where that is within them, else their beginning.
    pub fn working_days_after(&self, zone: &TimeZone, since: Timestamp, days: u8) -> Timestamp {
        let asked = since.to_zoned(zone.clone());
        let mut date = asked.date();
        let mut left = days;
        // A year of days off in a row ends the search; the reminder then comes late, not never.
        for _ in 0..366 {
            if left == 0 {
                break;
            }
            date = date.saturating_add(1.day());
            if self.works_on(date) {
                left -= 1;
            }
        }
        let week = self.week_on(date);
        let at = if asked.time() >= week.starts_at && asked.time() < week.ends_at {
            asked.time()
        } else {
            week.starts_at
        };
        date.to_datetime(at)
            .to_zoned(zone.clone())
            .map_or(since, |zoned| zoned.timestamp())
    }

    /// Whether an instant is within the person's working hours.
    pub fn is_working_time(&self, zone: &TimeZone, at: Timestamp) -> bool {
        let local = at.to_zoned(zone.clone());
        let week = self.week_on(local.date());
        self.works_on(local.date()) && local.time() >= week.starts_at && local.time() < week.ends_at
    }

    /// The beginning of work on the date of `since`, if that is a working day whose work has not
    /// begun; else on the next working day.
    pub fn next_working_time(&self, zone: &TimeZone, since: Timestamp) -> Timestamp {
        let date = since.to_zoned(zone.clone()).date();
        let begin = date
            .to_datetime(self.week_on(date).starts_at)
            .to_zoned(zone.clone());
        match begin {
            Ok(begin) if self.works_on(date) && since < begin.timestamp() => begin.timestamp(),
            _ => self.next_start_of_work(zone, since),
        }
    }

    /// The beginning of the next working day after the date of `since`.
    pub fn next_start_of_work(&self, zone: &TimeZone, since: Timestamp) -> Timestamp {
        let mut date = since.to_zoned(zone.clone()).date().saturating_add(1.day());
        for _ in 0..366 {
            if self.works_on(date) {
                break;
            }
            date = date.saturating_add(1.day());
        }
        date.to_datetime(self.week_on(date).starts_at)
            .to_zoned(zone.clone())
            .map_or(since, |zoned| zoned.timestamp())
    }
}

/// Which days of a span count, and why the others do not. Pure: the same calendar and span
/// always give the same days, one for each date of the span, in order.
pub fn count(calendar: &PersonCalendar, span: &LeaveSpan) -> Vec<LeaveDay> {
    span.dates()
        .filter_map(|date| {
            let asked = span.on(date)?;
            Some(LeaveDay {
                date,
                leave_year: calendar.leave_year(date),
                counted: calendar.count_day(date, asked),
            })
        })
        .collect()
}

/// What the days cost together.
pub fn total(days: &[LeaveDay]) -> Total {
    days.iter()
        .fold(Total::default(), |sum, day| match day.counted {
            Counted::Leave {
                portion, minutes, ..
            } => Total {
                half_days: sum.half_days + portion.half_days(),
                minutes: sum.minutes + minutes,
            },
            Counted::Off(_) => sum,
        })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn span(first: Date, last: Date) -> LeaveSpan {
        LeaveSpan::new(first, last, Portion::Full).unwrap()
    }

    fn week(from: Date, days: &str) -> WorkingWeek {
        WorkingWeek::parse(days, from, 480, "11:00,15:00,19:00").unwrap()
    }

    fn holiday(portion: Portion, name: &str) -> Vec<Holiday> {
        vec![Holiday {
            portion,
            name: name.to_owned(),
        }]
    }

    fn show(days: &[LeaveDay]) -> String {
        let lines: Vec<String> = days
            .iter()
            .map(|day| {
                let what = match &day.counted {
                    Counted::Leave {
                        portion,
                        minutes,
                        other_half,
                    } => {
                        let other = other_half.as_ref().map_or_else(String::new, |why| {
                            format!(", not the other half: {why:?}")
                        });
                        format!("{} {minutes} min{other}", portion.as_str())
                    }
                    Counted::Off(why) => format!("off: {why:?}"),
                };
                format!(
                    "{} {:?} {} {what}",
                    day.date,
                    day.date.weekday(),
                    day.leave_year
                )
            })
            .collect();
        lines.join("\n")
    }

    #[test]
    fn a_week_begins_after_its_longest_time_off() {
        let begins = |days: &str| {
            let week = WorkingWeek::parse(days, Date::MIN, 480, "09:00,13:00,17:00").unwrap();
            week.begins_on()
        };
        for usual in [
            "FFFFF--", "FFFFFF-", "FFFFFFF", "-------", "FF-FF--", "FFFFa--", "FF-FFF-", "FFFF---",
        ] {
            assert_eq!(begins(usual), Weekday::Monday, "{usual}");
        }
        assert_eq!(begins("FFFF--F"), Weekday::Sunday);
        assert_eq!(begins("FFFF-FF"), Weekday::Saturday);
        assert_eq!(begins("-FFFFF-"), Weekday::Tuesday);
        assert_eq!(begins("FFF--FF"), Weekday::Saturday);
        assert_eq!(begins("--F----"), Weekday::Wednesday);
    }

    #[test]
    fn weekends_and_holidays_inside_a_range_do_not_count() {
        let mut calendar = PersonCalendar::default();
        calendar
            .holidays
            .insert(date(2026, 4, 3), holiday(Portion::Full, "Good Friday"));
        calendar
            .holidays
            .insert(date(2026, 4, 7), holiday(Portion::HalfPm, "Town fair"));
        let days = count(
            &calendar,
            &span(date(2026, 4, 2), date(2026, 4, 7)).with_half_ends(true, false),
        );
        insta::assert_snapshot!(show(&days), @r#"
        2026-04-02 Thursday 2026 half_pm 240 min
        2026-04-03 Friday 2026 off: Holiday("Good Friday")
        2026-04-04 Saturday 2026 off: Weekend
        2026-04-05 Sunday 2026 off: Weekend
        2026-04-06 Monday 2026 full 480 min
        2026-04-07 Tuesday 2026 half_am 240 min, not the other half: Holiday("Town fair")
        "#);
        assert_eq!(
            total(&days),
            Total {
                half_days: 4,
                minutes: 960
            }
        );
    }

    #[test]
    fn a_part_timers_own_week_holds_from_its_day_on() {
        let calendar = PersonCalendar {
            own_weeks: vec![week(date(2026, 3, 4), "FF-aF--")],
            workspace_weeks: vec![week(Date::MIN, "FFFFF--")],
            leave_year_starts: 4,
            ..PersonCalendar::default()
        };
        let days = count(&calendar, &span(date(2026, 3, 3), date(2026, 3, 5)));
        insta::assert_snapshot!(show(&days), @"
        2026-03-03 Tuesday 2025 full 480 min
        2026-03-04 Wednesday 2025 off: NotWorked
        2026-03-05 Thursday 2025 half_am 240 min, not the other half: NotWorked
        ");
        let afternoon =
            LeaveSpan::new(date(2026, 3, 5), date(2026, 3, 5), Portion::HalfPm).unwrap();
        assert_eq!(
            count(&calendar, &afternoon)[0].counted,
            Counted::Off(WhyOff::NotWorked)
        );
    }

    #[test]
    fn a_span_over_new_year_belongs_to_two_leave_years() {
        let calendar = PersonCalendar {
            leave_year_starts: 1,
            ..PersonCalendar::default()
        };
        let years: Vec<i16> = count(&calendar, &span(date(2026, 12, 30), date(2027, 1, 4)))
            .iter()
            .map(|day| day.leave_year)
            .collect();
        assert_eq!(years, [2026, 2026, 2027, 2027, 2027, 2027]);
    }

    #[test]
    fn working_days_later_is_within_working_hours() {
        let calendar = PersonCalendar::default();
        let london = TimeZone::get("Europe/London").unwrap();
        let check = |asked: &str, days| {
            calendar
                .working_days_after(&london, asked.parse().unwrap(), days)
                .to_string()
        };
        assert_eq!(check("2026-03-02T12:30:00Z", 1), "2026-03-03T12:30:00Z");
        assert_eq!(check("2026-03-02T22:30:00Z", 1), "2026-03-03T11:00:00Z");
        assert_eq!(
            check("2026-03-06T12:30:00Z", 1),
            "2026-03-09T12:30:00Z",
            "over the weekend"
        );
        assert_eq!(
            check("2026-03-27T12:00:00Z", 1),
            "2026-03-30T11:00:00Z",
            "the same time of day when summer time begins"
        );
        assert_eq!(
            check("2026-03-07T12:00:00Z", 3),
            "2026-03-11T12:00:00Z",
            "asked on a Saturday"
        );
    }

    fn any_date() -> impl Strategy<Value = Date> {
        (0i64..2_000).prop_map(|days| date(2023, 1, 1).saturating_add(days.days()))
    }

    fn any_portion() -> impl Strategy<Value = Portion> {
        prop_oneof![
            Just(Portion::Full),
            Just(Portion::HalfAm),
            Just(Portion::HalfPm)
        ]
    }

    fn any_week() -> impl Strategy<Value = WorkingWeek> {
        (
            any_date(),
            prop::array::uniform7(prop::option::of(any_portion())),
            2u32..=1440,
        )
            .prop_map(|(from, days, full_day_minutes)| WorkingWeek {
                from,
                days,
                full_day_minutes,
                ..WorkingWeek::default()
            })
    }

    prop_compose! {
        fn any_calendar()(
            own_weeks in prop::collection::vec(any_week(), 0..3),
            workspace_weeks in prop::collection::vec(any_week(), 0..3),
            holidays in prop::collection::btree_map(any_date(), any_portion().prop_map(|p| holiday(p, "Holiday")), 0..60),
            leave_year_starts in 1i8..=12,
        ) -> PersonCalendar {
            PersonCalendar { own_weeks, workspace_weeks, holidays, leave_year_starts }
        }
    }

    prop_compose! {
        fn any_span()(first in any_date(), length in 0i64..400, portion in any_portion(), start in any::<bool>(), end in any::<bool>()) -> LeaveSpan {
            LeaveSpan::new(first, first.saturating_add(length.days()), portion).unwrap().with_half_ends(start, end)
        }
    }

    proptest! {
        #[test]
        fn each_date_of_the_span_is_there_once_and_no_other(calendar in any_calendar(), span in any_span()) {
            let dates: Vec<Date> = count(&calendar, &span).iter().map(|day| day.date).collect();
            prop_assert_eq!(dates, span.dates().collect::<Vec<_>>());
        }

        #[test]
        fn splitting_a_span_never_changes_its_cost(calendar in any_calendar(), span in any_span(), at in 0i64..400) {
            let cut = span.first().saturating_add(at.days());
            prop_assume!(cut < span.last());
            let one = |day: Date| LeaveSpan::new(day, day, span.on(day).unwrap()).unwrap();
            let whole = total(&count(&calendar, &span));
            let parts = span.dates().map(|day| total(&count(&calendar, &one(day)))).fold(Total::default(), |sum, part| Total {
                half_days: sum.half_days + part.half_days,
                minutes: sum.minutes + part.minutes,
            });
            prop_assert_eq!(whole, parts);
        }

        #[test]
        fn the_two_halves_of_a_day_cost_what_the_whole_costs(calendar in any_calendar(), day in any_date()) {
            let cost = |portion| total(&count(&calendar, &LeaveSpan::new(day, day, portion).unwrap()));
            let (full, am, pm) = (cost(Portion::Full), cost(Portion::HalfAm), cost(Portion::HalfPm));
            prop_assert_eq!(full.half_days, am.half_days + pm.half_days);
            prop_assert_eq!(full.minutes, am.minutes + pm.minutes);
        }

        #[test]
        fn never_more_than_was_asked_for(calendar in any_calendar(), span in any_span()) {
            for day in count(&calendar, &span) {
                if let Counted::Leave { portion, ref other_half, .. } = day.counted {
                    let asked = span.on(day.date);
                    prop_assert_eq!(asked.and_then(|asked| asked.and(portion)), Some(portion));
                    // Half of what was asked for goes missing only with a reason.
                    prop_assert_eq!(other_half.is_some(), asked != Some(portion));
                }
                prop_assert!(day.leave_year == day.date.year() || day.leave_year == day.date.year() - 1);
            }
        }

        #[test]
        fn a_reminder_is_due_in_working_time_in_every_zone(
            asked in 1_700_000_000i64..1_900_000_000, days in 1u8..10,
            zone in prop::sample::select(vec!["UTC", "Asia/Kolkata", "America/St_Johns", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/London", "Australia/Lord_Howe"]),
        ) {
            let calendar = PersonCalendar::default();
            let zone = TimeZone::get(zone).unwrap();
            let asked = Timestamp::from_second(asked).unwrap();
            let due = calendar.working_days_after(&zone, asked, days);
            prop_assert!(calendar.is_working_time(&zone, due));
            prop_assert!(due > asked);
        }
    }
}

//! When a digest is due. Pure: the settings and the hour go in.
//!
//! A digest belongs to a date, never to an instant: whatever the clocks do that night, a date has
//! one. What an outage kept back is sent on the same date while there is work to be planned, and
//! a weekly one on the day after too; an older one is nobody's news.

use jiff::civil::{Date, Time, Weekday, time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::leave::days::WorkingWeek;
use crate::leave::notified::{Digest, DigestKind};

/// However late its time is set, a digest may be this many hours late.
const LATE_BY: i64 = 2;

/// A digest whose time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Due {
    pub digest: Digest,
    /// The date in the workspace.
    pub today: Date,
    /// When it is too late for it.
    pub until: Timestamp,
}

/// The instants of `date` between which a digest of that time may be sent. A time that the clocks
/// skip is the one after the gap, and of one that they repeat the first counts.
fn window(
    date: Date,
    at: Time,
    work_ends: Time,
    zone: &TimeZone,
) -> Option<(Timestamp, Timestamp)> {
    let late = at.saturating_add(LATE_BY.hours()).min(time(23, 59, 59, 0));
    let instant = |time: Time| {
        let zoned = date.to_datetime(time).to_zoned(zone.clone()).ok()?;
        Some(zoned.timestamp())
    };
    Some((instant(at)?, instant(late.max(work_ends))?))
}

fn on(
    digest: Digest,
    today: Date,
    at: Time,
    work_ends: Time,
    zone: &TimeZone,
    now: Timestamp,
) -> Option<Due> {
    let (from, until) = window(today, at, work_ends, zone)?;
    (from <= now && now < until).then_some(Due {
        digest,
        today,
        until,
    })
}

/// The daily digest that is due at `now`.
pub(super) fn daily(now: Timestamp, zone: &TimeZone, at: Time, work_ends: Time) -> Option<Due> {
    let today = now.to_zoned(zone.clone()).date();
    let digest = Digest {
        kind: DigestKind::Daily,
        day: today,
    };
    on(digest, today, at, work_ends, zone, now)
}

/// The weekly digest that is due at `now`: on its day, or on the one after. `week` is that of the
/// workspace.
pub(super) fn weekly(
    now: Timestamp,
    zone: &TimeZone,
    at: Time,
    weekday: Weekday,
    week: &WorkingWeek,
) -> Option<Due> {
    let today = now.to_zoned(zone.clone()).date();
    let its_day = [today, today.saturating_sub(1.day())]
        .into_iter()
        .find(|day| day.weekday() == weekday)?;
    let digest = Digest {
        kind: DigestKind::Weekly,
        day: week_of(its_day, week),
    };
    on(digest, today, at, week.ends_at, zone, now)
}

/// The first day of the week that a digest of this day is about: its own week, or from its fifth
/// day on the one that comes.
fn week_of(day: Date, week: &WorkingWeek) -> Date {
    let first = week.first_day_of_week(day);
    if day >= first.saturating_add(4.days()) {
        first.saturating_add(7.days())
    } else {
        first
    }
}

/// Whether somebody took a digest on, or a weekly one of nearly the same days, from before the
/// workspace's weeks began on another day.
pub(super) fn is_taken(digest: Digest, taken: &[Digest]) -> bool {
    let near = match digest.kind {
        DigestKind::Daily => 0,
        DigestKind::Weekly => 3,
    };
    taken
        .iter()
        .any(|other| other.kind == digest.kind && (other.day - digest.day).get_days().abs() <= near)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const SEVEN_PM: Time = time(19, 0, 0, 0);

    /// Every quarter of an hour at which the digest is due, from and to.
    fn due_times(
        due: impl Fn(Timestamp) -> Option<Due>,
        from: &str,
        hours: i64,
    ) -> Vec<(Timestamp, Due)> {
        let from: Timestamp = from.parse().unwrap();
        (0..hours * 4)
            .map(|quarter| from + (quarter * 15).minutes())
            .filter_map(|now| due(now).map(|due| (now, due)))
            .collect()
    }

    #[test]
    fn a_daily_digest_is_sent_between_its_time_and_the_end_of_work() {
        let zone = TimeZone::get("Europe/Madrid").unwrap();
        let due = due_times(
            |now| daily(now, &zone, time(9, 0, 0, 0), SEVEN_PM),
            "2026-03-01T23:00:00Z",
            24,
        );
        assert_eq!(due.first().unwrap().0.to_string(), "2026-03-02T08:00:00Z");
        assert_eq!(due.last().unwrap().0.to_string(), "2026-03-02T17:45:00Z");
        assert!(
            due.iter()
                .all(|(_, due)| due.digest.day == date(2026, 3, 2))
        );
    }

    #[test]
    fn a_late_digest_has_two_hours_but_never_the_next_day() {
        let due = |at: Time, now: &str| {
            daily(now.parse().unwrap(), &TimeZone::UTC, at, SEVEN_PM).map(|due| due.digest.day)
        };
        let late = time(20, 30, 0, 0);
        assert_eq!(due(late, "2026-03-02T20:29:59Z"), None);
        assert_eq!(due(late, "2026-03-02T22:29:59Z"), Some(date(2026, 3, 2)));
        assert_eq!(due(late, "2026-03-02T22:30:00Z"), None);
        let last = time(23, 30, 0, 0);
        assert_eq!(due(last, "2026-03-02T23:59:58Z"), Some(date(2026, 3, 2)));
        assert_eq!(due(last, "2026-03-03T00:10:00Z"), None);
    }

    #[test]
    fn a_time_that_the_clocks_skip_comes_after_the_gap_and_one_that_they_repeat_once() {
        let zone = TimeZone::get("Europe/London").unwrap();
        // On 29 March 2026 there is no 1:30; on 25 October it is twice.
        let skipped = due_times(
            |now| daily(now, &zone, time(1, 30, 0, 0), SEVEN_PM),
            "2026-03-28T20:00:00Z",
            10,
        );
        assert_eq!(
            skipped
                .iter()
                .find(|(_, due)| due.today == date(2026, 3, 29))
                .unwrap()
                .0
                .to_string(),
            "2026-03-29T01:30:00Z"
        );
        let repeated = due_times(
            |now| daily(now, &zone, time(1, 30, 0, 0), SEVEN_PM),
            "2026-10-24T23:00:00Z",
            10,
        );
        assert_eq!(
            repeated.first().unwrap().0.to_string(),
            "2026-10-25T00:30:00Z"
        );
        assert!(
            repeated
                .iter()
                .all(|(_, due)| due.digest.day == date(2026, 10, 25))
        );
    }

    #[test]
    fn a_weekly_digest_is_sent_on_its_day_or_the_next() {
        let monday = due_times(
            |now| {
                weekly(
                    now,
                    &TimeZone::UTC,
                    time(9, 0, 0, 0),
                    Weekday::Monday,
                    &WorkingWeek::default(),
                )
            },
            "2026-03-01T00:00:00Z",
            24 * 7,
        );
        let mut days: Vec<Date> = monday.iter().map(|(_, due)| due.today).collect();
        days.dedup();
        assert_eq!(days, [date(2026, 3, 2), date(2026, 3, 3)]);
        assert!(
            monday
                .iter()
                .all(|(_, due)| due.digest.day == date(2026, 3, 2))
        );
    }

    #[test]
    fn from_friday_on_the_coming_week_is_of_interest() {
        let week = WorkingWeek::default();
        assert_eq!(week_of(date(2026, 3, 2), &week), date(2026, 3, 2));
        assert_eq!(week_of(date(2026, 3, 5), &week), date(2026, 3, 2));
        assert_eq!(week_of(date(2026, 3, 6), &week), date(2026, 3, 9));
        assert_eq!(week_of(date(2026, 3, 8), &week), date(2026, 3, 9));
    }

    #[test]
    fn where_sunday_is_worked_first_the_week_is_that_of_the_sunday() {
        let week = WorkingWeek::parse("FFFF--F", Date::MIN, 480, "09:00,13:00,17:00").unwrap();
        assert_eq!(week_of(date(2026, 3, 1), &week), date(2026, 3, 1));
        assert_eq!(week_of(date(2026, 3, 4), &week), date(2026, 3, 1));
        assert_eq!(week_of(date(2026, 3, 5), &week), date(2026, 3, 8));
        assert_eq!(week_of(date(2026, 3, 7), &week), date(2026, 3, 8));
        assert_eq!(week_of(date(2026, 3, 8), &week), date(2026, 3, 8));
    }

    #[test]
    fn a_week_that_was_told_is_not_told_again_when_weeks_begin_elsewhere() {
        let weekly = |day| Digest {
            kind: DigestKind::Weekly,
            day: date(2026, 3, day),
        };
        assert!(is_taken(weekly(1), &[weekly(2)]));
        assert!(is_taken(weekly(5), &[weekly(2)]));
        assert!(!is_taken(weekly(8), &[weekly(2)]));
        assert!(!is_taken(weekly(9), &[weekly(2)]));
        let daily = Digest {
            kind: DigestKind::Daily,
            day: date(2026, 3, 2),
        };
        assert!(!is_taken(daily, &[weekly(2)]));
    }

    proptest! {
        /// Wherever and whenever: a date has exactly one daily digest, at its time or after it.
        #[test]
        fn every_date_has_one_daily_digest(
            zone in prop::sample::select(vec!["Europe/London", "America/Sao_Paulo", "Africa/Cairo", "Australia/Lord_Howe", "Pacific/Apia", "America/New_York", "Asia/Kolkata"]),
            minute in 0i8..60, hour in 0i8..24, day in 0i64..3650,
        ) {
            let zone = TimeZone::get(zone).unwrap();
            let at = time(hour, minute, 0, 0);
            let date = date(2020, 1, 1).saturating_add(day.days());
            let Some((from, until)) = window(date, at, SEVEN_PM, &zone) else { return Ok(()) };
            prop_assert!(from < until || hour == 23);
            if from < until {
                let due = daily(from, &zone, at, SEVEN_PM).unwrap();
                prop_assert_eq!(due.digest.day, date);
                prop_assert_eq!(due.until, until);
            }
            let before = from - 1.second();
            prop_assert_ne!(daily(before, &zone, at, SEVEN_PM).map(|due| due.digest.day), Some(date));
            prop_assert_ne!(daily(until, &zone, at, SEVEN_PM).map(|due| due.digest.day), Some(date));
        }
    }
}

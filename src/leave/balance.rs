//! How much leave is left: a year's allowance, less the days that are written down. What a day
//! costs and in which leave year it falls was decided when it was asked for, by `days.rs`.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use super::days::PersonCalendar;
use super::model::Portion;
use super::words;
use crate::clients::blocks::escape;

/// The most that a year can have.
const MOST: u32 = 2 * 366;

/// How much leave of a kind a leave year has, in half days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance(u32);

/// A text that is no allowance.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” is no number of days. Please give 0 to 366 days a year, whole or half, such as 25 or 12.5."
)]
pub struct BadAllowance(String);

impl Allowance {
    /// From half days, as they are stored.
    pub fn of_half_days(half_days: u32) -> Option<Self> {
        (half_days <= MOST).then_some(Self(half_days))
    }

    /// In half days.
    pub fn half_days(self) -> u32 {
        self.0
    }
}

impl FromStr for Allowance {
    type Err = BadAllowance;

    /// Days: `25`, `12.5`, `12,5`, `12½`.
    fn from_str(text: &str) -> Result<Self, BadAllowance> {
        let bad = || BadAllowance(text.to_owned());
        let text = text.trim().replace(',', ".");
        let (whole, half) = match text.strip_suffix('½') {
            Some(whole) => (whole, 1),
            None => match text.split_once('.') {
                Some((whole, "5")) => (whole, 1),
                Some((whole, "0")) => (whole, 0),
                Some(_) => return Err(bad()),
                None => (text.as_str(), 0),
            },
        };
        if whole.is_empty() || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(bad());
        }
        let days: u32 = whole.parse().map_err(|_| bad())?;
        let half_days = days.checked_mul(2).and_then(|days| days.checked_add(half));
        half_days.and_then(Self::of_half_days).ok_or_else(bad)
    }
}

impl fmt::Display for Allowance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&number(self.0))
    }
}

/// A kind of leave of which a person has so much a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// The kind's key.
    pub leave_type: String,
    /// Its name.
    pub name: String,
    /// How much.
    pub allowance: Allowance,
}

/// Days of a person's leave that are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The kind's key.
    pub leave_type: String,
    /// The leave year that they count for.
    pub leave_year: i16,
    /// The part of each.
    pub portion: Portion,
    /// Whether they wait for a decision; else they are booked.
    pub waiting: bool,
    /// How many.
    pub days: u32,
}

/// How a kind of leave stands in a leave year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// The kind's name.
    pub name: String,
    /// What the year has.
    pub allowance: Allowance,
    /// The year in which the leave year begins.
    pub leave_year: i16,
    /// Half days that are booked: taken, or approved and still to come.
    pub booked: u32,
    /// Half days that wait for a decision.
    pub waiting: u32,
}

/// The leave year that a date is in.
pub fn leave_year(date: Date, starts_in: i8) -> i16 {
    let calendar = PersonCalendar {
        leave_year_starts: starts_in,
        ..PersonCalendar::default()
    };
    calendar.leave_year(date)
}

/// How each kind that has an allowance stands in the present leave year, and in each later one in
/// which something of it is booked or waits.
pub fn balances(allowed: &[Allowed], taken: &[Taken], year: i16) -> Vec<Balance> {
    let mut all = Vec::new();
    for kind in allowed {
        let own: Vec<&Taken> = taken
            .iter()
            .filter(|taken| taken.leave_type == kind.leave_type && taken.leave_year >= year)
            .collect();
        let mut years: Vec<i16> = own.iter().map(|taken| taken.leave_year).collect();
        years.push(year);
        years.sort_unstable();
        years.dedup();
        for leave_year in years {
            let half_days = |waiting: bool| -> u32 {
                own.iter()
                    .filter(|taken| taken.leave_year == leave_year && taken.waiting == waiting)
                    .map(|taken| taken.portion.half_days() * taken.days)
                    .sum()
            };
            all.push(Balance {
                name: kind.name.clone(),
                allowance: kind.allowance,
                leave_year,
                booked: half_days(false),
                waiting: half_days(true),
            });
        }
    }
    all
}

/// “12.5”, “3”, “0.5”.
fn number(half_days: u32) -> String {
    let half = if half_days % 2 == 1 { ".5" } else { "" };
    format!("{}{half}", half_days / 2)
}

fn days(half_days: u32) -> &'static str {
    if half_days == 2 { "day" } else { "days" }
}

impl Balance {
    /// “*Vacation*: 12.5 of 25 days left in 2026 (3 waiting)”.
    pub fn line(&self, leave_year_starts: i8) -> String {
        let year = words::leave_year(self.leave_year, leave_year_starts);
        let allowance = self.allowance.half_days();
        let stands = if let Some(left) = allowance.checked_sub(self.booked) {
            format!(
                "{} of {} {} left in {year}",
                number(left),
                number(allowance),
                days(allowance)
            )
        } else {
            let over = self.booked - allowance;
            format!(
                ":warning: {} {} more than the {} {} of {year}",
                number(over),
                days(over),
                number(allowance),
                days(allowance)
            )
        };
        let waiting = match self.waiting {
            0 => String::new(),
            waiting => format!(" ({} waiting)", number(waiting)),
        };
        format!("*{}*: {stands}{waiting}", escape(&self.name))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn allowed(half_days: u32) -> Allowed {
        Allowed {
            leave_type: "vacation".to_owned(),
            name: "Vacation".to_owned(),
            allowance: Allowance(half_days),
        }
    }

    fn taken(leave_year: i16, portion: Portion, waiting: bool, days: u32) -> Taken {
        Taken {
            leave_type: "vacation".to_owned(),
            leave_year,
            portion,
            waiting,
            days,
        }
    }

    #[test]
    fn a_balance_says_what_is_left_what_waits_and_what_is_too_much() {
        let line = |half_days, taken: &[Taken]| {
            balances(&[allowed(half_days)], taken, 2026)
                .iter()
                .map(|balance| balance.line(1))
                .collect::<Vec<_>>()
                .join(" | ")
        };
        let lines = [
            line(50, &[]),
            line(
                50,
                &[
                    taken(2026, Portion::Full, false, 12),
                    taken(2026, Portion::HalfPm, false, 1),
                    taken(2026, Portion::Full, true, 3),
                    taken(2025, Portion::Full, false, 20),
                ],
            ),
            line(2, &[]),
            line(1, &[]),
            line(0, &[taken(2026, Portion::HalfAm, true, 1)]),
            line(50, &[taken(2026, Portion::Full, false, 26)]),
            line(
                4,
                &[
                    taken(2026, Portion::Full, false, 2),
                    taken(2027, Portion::Full, false, 4),
                    taken(2028, Portion::HalfAm, true, 1),
                ],
            ),
        ];
        insta::assert_snapshot!(lines.join("\n"), @"
        *Vacation*: 25 of 25 days left in 2026
        *Vacation*: 12.5 of 25 days left in 2026 (3 waiting)
        *Vacation*: 1 of 1 day left in 2026
        *Vacation*: 0.5 of 0.5 days left in 2026
        *Vacation*: 0 of 0 days left in 2026 (0.5 waiting)
        *Vacation*: :warning: 1 day more than the 25 days of 2026
        *Vacation*: 0 of 2 days left in 2026 | *Vacation*: :warning: 2 days more than the 2 days of 2027 | *Vacation*: 2 of 2 days left in 2028 (0.5 waiting)
        ");
        assert_eq!(
            balances(&[allowed(50)], &[], 2026)[0].line(4),
            "*Vacation*: 25 of 25 days left in 2026/27"
        );
    }

    #[test]
    fn an_allowance_is_written_in_days() {
        let read = |text: &str| match text.parse::<Allowance>() {
            Ok(allowance) => format!("{} half days, {allowance}", allowance.half_days()),
            Err(error) => error.to_string(),
        };
        let lines = [
            "25", " 12.5", "12,5", "12½", "3.0", "0", "366", "366.5", "12.25", "", ".5", "-3",
            "+3", "many",
        ]
        .map(read);
        insta::assert_snapshot!(lines.join("\n"), @"
        50 half days, 25
        25 half days, 12.5
        25 half days, 12.5
        25 half days, 12.5
        6 half days, 3
        0 half days, 0
        732 half days, 366
        “366.5” is no number of days. Please give 0 to 366 days a year, whole or half, such as 25 or 12.5.
        “12.25” is no number of days. Please give 0 to 366 days a year, whole or half, such as 25 or 12.5.
        “” is no number of days. Please give 0 to 366 days a year, whole or half, such as 25 or 12.5.
        “.5” is no number of days. Please give 0 to 366 days a year, whole or half, such as 25 or 12.5.
        “-3” is no number of days. Please give 0 to 366 days a year, whole or half, such as 25 or 12.5.
        “+3” is no number of days. Please give 0 to 366 days a year, whole or half, such as 25 or 12.5.
        “many” is no number of days. Please give 0 to 366 days a year, whole or half, such as 25 or 12.5.
        ");
    }

    #[test]
    fn the_leave_year_of_a_date() {
        let date = jiff::civil::date(2026, 3, 31);
        assert_eq!(leave_year(date, 1), 2026);
        assert_eq!(leave_year(date, 4), 2025);
    }

    fn any_taken() -> impl Strategy<Value = Taken> {
        let portion = prop::sample::select(vec![Portion::Full, Portion::HalfAm, Portion::HalfPm]);
        (2024i16..2029, portion, any::<bool>(), 0u32..40)
            .prop_map(|(year, portion, waiting, days)| taken(year, portion, waiting, days))
    }

    proptest! {
        #[test]
        fn splitting_and_order_change_nothing(days in prop::collection::vec(any_taken(), 0..12), allowance in 0u32..100) {
            let whole = balances(&[allowed(allowance)], &days, 2026);
            let mut split: Vec<Taken> = days
                .iter()
                .flat_map(|taken| std::iter::repeat_n(Taken { days: 1, ..taken.clone() }, taken.days as usize))
                .collect();
            split.reverse();
            let single = balances(&[allowed(allowance)], &split, 2026);
            // A year in which nothing is taken is not shown, whoever says so.
            let shown = |all: Vec<Balance>| -> Vec<Balance> {
                all.into_iter().filter(|it| it.leave_year == 2026 || it.booked + it.waiting > 0).collect()
            };
            prop_assert_eq!(shown(whole.clone()), shown(single));
            let sum: u32 = whole.iter().map(|it| it.booked + it.waiting).sum();
            let expected: u32 = days.iter().filter(|it| it.leave_year >= 2026).map(|it| it.portion.half_days() * it.days).sum();
            prop_assert_eq!(sum, expected);
        }
    }
}

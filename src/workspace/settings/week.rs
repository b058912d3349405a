//! The workspace's working week in the dialog of working time.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};
use serde_json::Value;

use super::form::mark;
use crate::clients::blocks::{Input, SlackBlock, context};
use crate::gateway::ViewState;
use crate::leave::days::{BadWeek, WorkingWeek};
use crate::leave::model::Portion;
use crate::leave::words;
use crate::platform::db::TenantTx;

/// The names under which a dialog remembers the week that it showed, and those that were planned.
const WEEK: &str = "week";
const PLANNED: &str = "weeks_planned";
const DAYS: &str = "week_days";
const HALVES: &str = "week_halves";
const HOURS: &str = "week_hours";
const STARTS: &str = "week_starts_at";
const MIDDLE: &str = "week_halves_meet_at";
const ENDS: &str = "week_ends_at";
const FROM: &str = "week_from";

const NAMES: [(&str, &str); 7] = [
    ("0", "Mon"),
    ("1", "Tue"),
    ("2", "Wed"),
    ("3", "Thu"),
    ("4", "Fri"),
    ("5", "Sat"),
    ("6", "Sun"),
];

const HALF_DAYS: [(&str, &str); 14] = [
    ("0a", "Monday: mornings only"),
    ("0p", "Monday: afternoons only"),
    ("1a", "Tuesday: mornings only"),
    ("1p", "Tuesday: afternoons only"),
    ("2a", "Wednesday: mornings only"),
    ("2p", "Wednesday: afternoons only"),
    ("3a", "Thursday: mornings only"),
    ("3p", "Thursday: afternoons only"),
    ("4a", "Friday: mornings only"),
    ("4p", "Friday: afternoons only"),
    ("5a", "Saturday: mornings only"),
    ("5p", "Saturday: afternoons only"),
    ("6a", "Sunday: mornings only"),
    ("6p", "Sunday: afternoons only"),
];

/// The workspace's weeks, as far as a dialog shows them.
pub(super) struct Weeks {
    /// The one that holds on `today`.
    pub current: WorkingWeek,
    /// Those that begin later.
    pub later: Vec<WorkingWeek>,
    pub today: Date,
}

impl Weeks {
    pub async fn read(tx: &mut TenantTx, today: Date) -> Result<Self, sqlx::Error> {
        let weeks = crate::leave::store::workspace_weeks(tx).await?;
        let (before, later): (Vec<_>, Vec<_>) =
            weeks.into_iter().partition(|week| week.from <= today);
        Ok(Self {
            current: before
                .into_iter()
                .max_by_key(|week| week.from)
                .unwrap_or_default(),
            later,
            today,
        })
    }

    /// What the dialog remembers of the weeks that it showed.
    pub fn marks(&self) -> [(String, String); 2] {
        let planned: Value = self
            .later
            .iter()
            .map(|week| format!("{} {}", week.from, hours_and_days(week)))
            .collect();
        [
            (
                WEEK.to_owned(),
                mark(&Value::from(hours_and_days(&self.current))),
            ),
            (PLANNED.to_owned(), mark(&planned)),
        ]
    }

    /// The week that holds on a day; before today, the one that holds now.
    pub fn on(&self, day: Date) -> &WorkingWeek {
        let begun = self.later.iter().filter(|week| week.from <= day);
        begun.max_by_key(|week| week.from).unwrap_or(&self.current)
    }

    /// The fields, filled in.
    pub fn blocks(&self) -> Vec<SlackBlock> {
        let week = &self.current;
        let worked: Vec<&str> = NAMES
            .iter()
            .zip(week.days)
            .filter(|(_, day)| day.is_some())
            .map(|((value, _), _)| *value)
            .collect();
        let halves: Vec<&str> = HALF_DAYS
            .iter()
            .filter(|(value, _)| {
                NAMES.iter().zip(week.days).any(|((day, _), portion)| {
                    let half = match portion {
                        Some(Portion::HalfAm) => "a",
                        Some(Portion::HalfPm) => "p",
                        _ => return false,
                    };
                    format!("{day}{half}") == *value
                })
            })
            .map(|(value, _)| *value)
            .collect();
        let time = |time: Time| Some(time.strftime("%H:%M").to_string());
        let mut blocks = vec![
            Input::checkboxes(DAYS, "Days of work", &NAMES, &worked).block(),
            Input::several(HALVES, "Half days among them", &HALF_DAYS, &halves)
                .optional()
                .block(),
            Input::number(HOURS, "Hours of a whole day", true, Some(hours(week)))
                .hint("Half a day is half of them.")
                .block(),
            Input::time(STARTS, "Work begins at", time(week.starts_at)).block(),
            Input::time(
                MIDDLE,
                "The two halves of a day meet at",
                time(week.halves_meet_at),
            )
            .block(),
            Input::time(ENDS, "Work ends at", time(week.ends_at)).block(),
            Input::date(
                FROM,
                "A changed week holds from",
                Some(self.today.to_string()),
            )
            .block(),
            context(
                "Leave that is booked already keeps the days that it has: a changed week counts for what is asked for from now on. People with a week of their own keep it.",
            ),
        ];
        for week in &self.later {
            blocks.push(context(&format!(
                "From {} on another week is planned: {}.",
                words::day(week.from, self.today),
                in_words(week)
            )));
        }
        blocks
    }

    /// The week that is typed, if it is another than the one that the dialog showed, or comes in the
    /// place of one that is planned; or what is wrong, beside its field. `shown`: what the dialog
    /// remembers.
    pub fn typed(
        &self,
        state: &ViewState,
        shown: &BTreeMap<String, String>,
    ) -> Result<Option<WorkingWeek>, Vec<(String, String)>> {
        if !state.has(DAYS) {
            return Ok(None);
        }
        let wrong = |field: &str, why: &str| Err(vec![(field.to_owned(), why.to_owned())]);
        let worked = state.choices(DAYS);
        let halves = state.choices(HALVES);
        let mut letters = String::new();
        for (day, _) in NAMES {
            let half: Vec<&str> = halves
                .iter()
                .filter_map(|half| half.strip_prefix(day))
                .collect();
            letters.push_str(match (worked.contains(&day), half.as_slice()) {
                (true, []) => "F",
                (true, [half]) => half,
                (false, []) => "-",
                (false, _) => {
                    return wrong(HALVES, "A half day must be one of the days of work.");
                }
                (true, _) => {
                    return wrong(HALVES, "A day is either mornings only or afternoons only. For a whole day, choose neither.");
                }
            });
        }
        if worked.is_empty() {
            return wrong(
                DAYS,
                "Please tick at least one day, or nobody could ask for leave.",
            );
        }
        let Some(minutes) = state.text(HOURS).and_then(minutes) else {
            return wrong(
                HOURS,
                "Please give a number of hours, up to 24, such as 7.5.",
            );
        };
        let Some(from) = state.date(FROM).and_then(|text| text.parse().ok()) else {
            return wrong(FROM, "Please choose a day.");
        };
        let times = [STARTS, MIDDLE, ENDS].map(|field| state.time(field).unwrap_or_default());
        let week = match WorkingWeek::parse(&letters, from, minutes, &times.join(",")) {
            Ok(week) => week,
            Err(BadWeek::Hours) => {
                let field = if times[0] < times[1] { ENDS } else { MIDDLE };
                return wrong(field, "Please choose a later time than the one before.");
            }
            Err(BadWeek::Minutes) => {
                return wrong(
                    HOURS,
                    "Please give a number of hours, up to 24, such as 7.5.",
                );
            }
            Err(error @ BadWeek::Days) => return wrong(DAYS, &error.to_string()),
        };
        let typed = hours_and_days(&week);
        let untouched = shown.get(WEEK) == Some(&mark(&Value::from(typed.as_str())));
        if untouched && (from <= self.today || hours_and_days(self.on(from)) == typed) {
            return Ok(None);
        }
        for (name, now) in self.marks() {
            if shown.get(&name).is_some_and(|shown| *shown != now) {
                let field = if name == PLANNED { FROM } else { DAYS };
                return wrong(field, super::save::CHANGED_MEANWHILE);
            }
        }
        Ok(Some(week))
    }
}

/// Minutes from hours with a fraction.
fn minutes(typed: &str) -> Option<u32> {
    let hours: f64 = typed.replace(',', ".").parse().ok()?;
    let minutes = (hours * 60.0).round();
    if !(2.0..=1440.0).contains(&minutes) {
        return None;
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // within 2 to 1440
    Some(minutes as u32)
}

fn hours(week: &WorkingWeek) -> String {
    let text = format!("{:.2}", f64::from(week.full_day_minutes) / 60.0);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// All of a week but the day from which it holds.
pub(super) fn hours_and_days(week: &WorkingWeek) -> String {
    let letters: String = week
        .days
        .iter()
        .map(|day| match day {
            Some(Portion::Full) => 'F',
            Some(Portion::HalfAm) => 'a',
            Some(Portion::HalfPm) => 'p',
            None => '-',
        })
        .collect();
    format!(
        "{letters} {} {} {} {}",
        week.full_day_minutes, week.starts_at, week.halves_meet_at, week.ends_at
    )
}

/// “Mon to Fri (Fri mornings only), 8 hours a day, 11:00 to 15:00 and 15:00 to 19:00”.
pub(super) fn in_words(week: &WorkingWeek) -> String {
    let mut days: Vec<String> = Vec::new();
    let mut index = 0;
    while index < 7 {
        let mut last = index;
        while last < 6 && week.days[index].is_some() && week.days[last + 1] == week.days[index] {
            last += 1;
        }
        let part = match week.days[index] {
            Some(Portion::Full) => "",
            Some(Portion::HalfAm) => " in the morning",
            Some(Portion::HalfPm) => " in the afternoon",
            None => {
                index += 1;
                continue;
            }
        };
        let (first, until) = (NAMES[index].1, NAMES[last].1);
        days.push(if first == until {
            format!("{first}{part}")
        } else {
            format!("{first} to {until}{part}")
        });
        index = last + 1;
    }
    let time = |time: Time| time.strftime("%H:%M").to_string();
    format!(
        "{}, {} hours a day, {} to {}, halved at {}",
        words::list(&days),
        hours(week),
        time(week.starts_at),
        time(week.ends_at),
        time(week.halves_meet_at),
    )
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_week_is_told_in_words() {
        let weeks = ["FFFFF--", "FFFFa--", "-FFF-p-", "aaF-F--", "FFFFFFF"].map(|days| {
            let week = WorkingWeek::parse(days, date(2026, 1, 1), 450, "09:00,13:00,17:30");
            in_words(&week.unwrap())
        });
        insta::assert_snapshot!(weeks.join("\n"), @"
        Mon to Fri, 7.5 hours a day, 09:00 to 17:30, halved at 13:00
        Mon to Thu and Fri in the morning, 7.5 hours a day, 09:00 to 17:30, halved at 13:00
        Tue to Thu and Sat in the afternoon, 7.5 hours a day, 09:00 to 17:30, halved at 13:00
        Mon to Tue in the morning, Wed and Fri, 7.5 hours a day, 09:00 to 17:30, halved at 13:00
        Mon to Sun, 7.5 hours a day, 09:00 to 17:30, halved at 13:00
        ");
    }

    #[test]
    fn hours_are_minutes() {
        assert_eq!(minutes("8"), Some(480));
        assert_eq!(minutes("7.5"), Some(450));
        assert_eq!(minutes("7,7"), Some(462));
        for wrong in ["0", "25", "-1", "NaN", "inf", "x", ""] {
            assert_eq!(minutes(wrong), None, "{wrong}");
        }
    }
}

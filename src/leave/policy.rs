//! What may be asked for. Each refusal names its field.

use jiff::civil::{Date, date};

use super::days::{self, Counted, LeaveDay, PersonCalendar};
use super::model::{LeaveSpan, PendingAction};
use super::words;

/// The longest reason, in characters.
pub const REASON_LIMIT: usize = 500;
/// No request may reach further than this many days, or begin further ahead: a year is easily
/// mistyped.
const LONGEST_SPAN: i64 = 2 * 366;

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The kind of leave.
    LeaveType,
    /// The first day.
    FirstDay,
    /// The last day.
    LastDay,
    /// The part of the day.
    Portion,
    /// The reason.
    Reason,
}

/// Why a request is not accepted, for the person, beside a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub field: Field,
    /// What is wrong and what to do.
    pub message: String,
}

impl Problem {
    /// A problem beside a field.
    pub fn new(field: Field, message: impl Into<String>) -> Self {
        Self {
            field,
            message: message.into(),
        }
    }
}

/// The rules that need no database: which days count, or why none may be asked for.
pub fn check(
    calendar: &PersonCalendar,
    span: &LeaveSpan,
    today: Date,
    longest: u16,
) -> Result<Vec<LeaveDay>, Problem> {
    let first_allowed = date(today.year(), 1, 1);
    if span.first() < first_allowed {
        return Err(Problem::new(
            Field::FirstDay,
            format!(
                "Leave can be entered from {} on. For earlier days, please ask a people admin.",
                words::day_of_year(first_allowed)
            ),
        ));
    }
    if i64::from((span.first() - today).get_days()) > LONGEST_SPAN {
        return Err(Problem::new(
            Field::FirstDay,
            "That is more than two years ahead. Please check the year.",
        ));
    }
    if i64::from((span.last() - span.first()).get_days()) > LONGEST_SPAN {
        return Err(Problem::new(
            Field::LastDay,
            "That is more than two years. Please check the last day.",
        ));
    }
    let days = days::count(calendar, span);
    let half_days = days::total(&days).half_days;
    if half_days == 0 {
        return Err(nothing_to_take(span, &days, today));
    }
    if half_days > u32::from(longest) * 2 {
        return Err(Problem::new(
            Field::LastDay,
            format!(
                "That is {}; one request may take up to {longest}. Please split it, or ask a people admin.",
                words::working_days(half_days)
            ),
        ));
    }
    Ok(days)
}

fn nothing_to_take(span: &LeaveSpan, days: &[LeaveDay], today: Date) -> Problem {
    let off = words::days_off(days, today);
    let list = words::list(&words::few(&off, 4));
    let field = if span.first() == span.last() {
        Field::FirstDay
    } else {
        Field::LastDay
    };
    Problem::new(
        field,
        format!("You are off then anyway: {list}. Please choose a working day."),
    )
}

/// Says which leave is there already.
pub fn overlap(taken: &[PendingAction], today: Date) -> Problem {
    let taken: Vec<String> = taken
        .iter()
        .map(|other| {
            let (kind, state) = (&other.leave_type.name, words::state(other.state));
            format!("{kind}, {} ({state})", words::leave_days(other, today))
        })
        .collect();
    Problem::new(
        Field::FirstDay,
        format!(
            "You already have leave then: {}. Please choose other days, or cancel that first.",
            words::list(&words::few(&taken, 3))
        ),
    )
}

/// Whether a reason fits.
pub fn check_reason(reason: Option<&str>) -> Result<(), Problem> {
    let length = reason.map_or(0, |reason| reason.chars().count());
    if length > REASON_LIMIT {
        return Err(Problem::new(
            Field::Reason,
            format!(
                "The reason has {length} characters; up to {REASON_LIMIT} fit. Please shorten it."
            ),
        ));
    }
    Ok(())
}

/// The days that count, as they are written down.
pub fn leave_days(
    days: &[LeaveDay],
) -> impl Iterator<Item = (&LeaveDay, super::model::Portion, u32)> {
    days.iter().filter_map(|day| match day.counted {
        Counted::Leave {
            portion, minutes, ..
        } => Some((day, portion, minutes)),
        Counted::Off(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leave::days::Holiday;
    use crate::leave::model::Portion;

    fn refusal(first: Date, last: Date) -> String {
        let mut calendar = PersonCalendar::default();
        calendar.holidays.insert(
            date(2026, 3, 9),
            vec![Holiday {
                portion: Portion::Full,
                name: "Founders' Day".to_owned(),
            }],
        );
        let span = LeaveSpan::new(first, last, Portion::Full).unwrap();
        let problem = check(&calendar, &span, date(2026, 3, 2), 60).unwrap_err();
        format!("{:?}: {}", problem.field, problem.message)
    }

    #[test]
    fn each_refusal_says_what_is_wrong_and_where() {
        let lines = [
            refusal(date(2025, 12, 31), date(2026, 1, 2)),
            refusal(date(2026, 3, 7), date(2026, 3, 7)),
            refusal(date(2026, 3, 7), date(2026, 3, 9)),
            refusal(date(2026, 3, 9), date(2026, 3, 9)),
            refusal(date(2026, 3, 2), date(2026, 5, 29)),
            refusal(date(2026, 3, 2), date(9999, 12, 31)),
        ];
        insta::assert_snapshot!(lines.join("\n"), @"
        FirstDay: Leave can be entered from Thu 1 January 2026 on. For earlier days, please ask a people admin.
        FirstDay: You are off then anyway: Sat 7 March (weekend). Please choose a working day.
        LastDay: You are off then anyway: Sat 7 – Sun 8 March (weekend) and Mon 9 March (Founders' Day). Please choose a working day.
        FirstDay: You are off then anyway: Mon 9 March (Founders' Day). Please choose a working day.
        LastDay: That is 64 working days; one request may take up to 60. Please split it, or ask a people admin.
        LastDay: That is more than two years. Please check the last day.
        ");
    }

    #[test]
    fn a_reason_of_500_characters_fits_in_any_script() {
        assert!(check_reason(Some(&"ž".repeat(500))).is_ok());
        assert_eq!(
            check_reason(Some(&"ž".repeat(501))).unwrap_err().field,
            Field::Reason
        );
        assert!(check_reason(None).is_ok());
    }
}

//! Dates and amounts in words. Every date has its weekday.

use jiff::ToSpan;
use jiff::civil::Date;

use super::days::{Counted, LeaveDay, WhyOff};
use super::model::{ActionState, LeaveSpan, PendingAction, Portion, ReplyState};

/// “Thu 5 March”, with the year when it is not the reader's.
pub fn day(date: Date, today: Date) -> String {
    if date.year() == today.year() {
        date.strftime("%a %-d %B").to_string()
    } else {
        day_of_year(date)
    }
}

/// “Thu 1 January 2026”: where the year is what matters.
pub fn day_of_year(date: Date) -> String {
    date.strftime("%a %-d %B %Y").to_string()
}

/// “Thu 5 March”, “Mon 2 – Wed 4 March”, “Mon 30 March – Wed 1 April”.
pub fn range(first: Date, last: Date, today: Date) -> String {
    ends(first, "", last, "", today)
}

fn ends(first: Date, after_first: &str, last: Date, after_last: &str, today: Date) -> String {
    if first == last {
        return day(first, today);
    }
    let same_month = (first.year(), first.month()) == (last.year(), last.month());
    // The year of the last day serves both, unless they differ.
    let first = match (same_month, first.year() == last.year()) {
        (true, _) => first.strftime("%a %-d").to_string(),
        (false, true) => first.strftime("%a %-d %B").to_string(),
        (false, false) => first.strftime("%a %-d %B %Y").to_string(),
    };
    format!("{first}{after_first} – {}{after_last}", day(last, today))
}

/// The days of a span with their parts: “Thu 5 March, morning”.
pub fn span(span: &LeaveSpan, today: Date) -> String {
    let from = if span.starts_midday() {
        " (from midday)"
    } else {
        ""
    };
    let until = if span.ends_midday() {
        " (until midday)"
    } else {
        ""
    };
    let days = ends(span.first(), from, span.last(), until, today);
    let one = span.first() == span.last();
    match span.portion() {
        Portion::Full => days,
        Portion::HalfAm if one => format!("{days}, morning"),
        Portion::HalfPm if one => format!("{days}, afternoon"),
        Portion::HalfAm => format!("{days}, mornings"),
        Portion::HalfPm => format!("{days}, afternoons"),
    }
}

/// Days one by one, the neighbours among them as ranges: “Thu 5 – Fri 6 March and Tue 10 March,
/// morning”. The days must be in order.
pub fn dates(days: &[(Date, Portion)], today: Date) -> String {
    list(&runs(days, today))
}

/// The same for whole days.
pub fn whole_days<'a>(days: impl IntoIterator<Item = &'a Date>, today: Date) -> String {
    dates(&whole(days), today)
}

fn whole<'a>(days: impl IntoIterator<Item = &'a Date>) -> Vec<(Date, Portion)> {
    days.into_iter()
        .map(|date| (*date, Portion::Full))
        .collect()
}

/// The runs of neighbours among days.
fn runs(days: &[(Date, Portion)], today: Date) -> Vec<String> {
    let mut runs: Vec<LeaveSpan> = Vec::new();
    for (date, portion) in days {
        let first = match runs.last() {
            Some(run)
                if run.portion() == *portion && run.last().saturating_add(1.day()) == *date =>
            {
                let first = run.first();
                runs.pop();
                first
            }
            _ => *date,
        };
        runs.extend(LeaveSpan::new(first, *date, *portion));
    }
    runs.iter().map(|run| span(run, today)).collect()
}

/// The days of a leave: its span, without those that were given back: “Mon 5 – Fri 9 January,
/// without Wed 7 January”.
pub fn leave_days(action: &PendingAction, today: Date) -> String {
    let days = span(&action.span, today);
    if action.given_back.is_empty() {
        return days;
    }
    format!(
        "{days}, without {}",
        list(&few(&runs(&whole(&action.given_back), today), 3))
    )
}

/// “1 working day”, “2½ working days”, “half a working day”.
pub fn working_days(half_days: u32) -> String {
    let half = if half_days % 2 == 1 { "½" } else { "" };
    match half_days {
        0 => "no working day".to_owned(),
        1 => "half a working day".to_owned(),
        2 => "1 working day".to_owned(),
        _ => format!("{}{half} working days", half_days / 2),
    }
}

/// “1 request”, “3 requests”.
pub fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// “Asha”, “Asha and Ben”, “Asha, Ben and Carla”.
pub fn list<T: AsRef<str>>(items: &[T]) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [most @ .., last] => {
            let most: Vec<&str> = most.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", most.join(", "), last.as_ref())
        }
    }
}

/// The days and halves that were asked for and do not count, with the reason: “Sat 7 – Sun 8
/// March (weekend)”, “Tue 10 March, afternoon (Town fair)”, “5 weekends”. Empty when all count.
pub fn days_off(days: &[LeaveDay], today: Date) -> Vec<String> {
    let mut groups: Vec<(LeaveSpan, &WhyOff)> = Vec::new();
    for day in days {
        let (portion, why) = match &day.counted {
            Counted::Off(why) => (Portion::Full, why),
            Counted::Leave {
                portion,
                other_half: Some(why),
                ..
            } => {
                // Of a whole day one half counts, so the other is what is left of it.
                let Some(half) = Portion::Full.without(*portion) else {
                    continue;
                };
                (half, why)
            }
            Counted::Leave {
                other_half: None, ..
            } => continue,
        };
        let first = match groups.last() {
            Some((group, known))
                if *known == why
                    && group.portion() == portion
                    && group.last().saturating_add(1.day()) == day.date =>
            {
                let first = group.first();
                groups.pop();
                first
            }
            _ => day.date,
        };
        groups.extend(LeaveSpan::new(first, day.date, portion).map(|group| (group, why)));
    }
    // A weekend here and there is named; a row of them is counted, so that what is less plain,
    // such as a holiday, is not lost among them.
    let alike = |why: &WhyOff, portion: Portion| {
        let alike = groups
            .iter()
            .filter(move |(group, other)| *other == why && group.portion() == portion);
        (
            alike.clone().count(),
            alike.map(|(group, _)| group.dates().count()).sum::<usize>(),
        )
    };
    let (mut counted, mut named) = (Vec::new(), Vec::new());
    for (group, why) in &groups {
        let (times, days) = alike(why, group.portion());
        let text = match (why, group.portion()) {
            (WhyOff::Weekend, _) if times > 2 => format!("{times} weekends"),
            (WhyOff::NotWorked, Portion::Full) if times > 2 => {
                format!("{days} days on which you do not work")
            }
            (WhyOff::NotWorked, _) if times > 2 => {
                format!("{days} half days on which you do not work")
            }
            (WhyOff::Weekend, _) => format!("{} (weekend)", span(group, today)),
            (WhyOff::NotWorked, _) => format!("{} (you do not work then)", span(group, today)),
            (WhyOff::Holiday(name), _) => format!("{} ({name})", span(group, today)),
        };
        let several = times > 2 && !matches!(why, WhyOff::Holiday(_));
        let list = if several { &mut counted } else { &mut named };
        if !list.contains(&text) {
            list.push(text);
        }
    }
    counted.extend(named);
    counted
}

/// Why nobody works on these days, as the beginning of a sentence: “Sat 7 March is a weekend”,
/// “No work on Sat 7 – Sun 8 March (weekend) and Mon 9 March (Holi)”. `None` if one counts, or
/// there is none.
pub fn all_off(days: &[LeaveDay], today: Date) -> Option<String> {
    let why_off = |day: &LeaveDay| match &day.counted {
        Counted::Off(why) => Some(why.clone()),
        Counted::Leave { .. } => None,
    };
    let reasons: Vec<WhyOff> = days.iter().map(why_off).collect::<Option<_>>()?;
    let why = reasons.first()?;
    let dates: Vec<Date> = days.iter().map(|day| day.date).collect();
    let runs = runs(&whole(&dates), today);
    let [run] = runs.as_slice() else {
        return Some(no_work_on(days, today));
    };
    if reasons.iter().any(|other| other != why) {
        return Some(no_work_on(days, today));
    }
    Some(match why {
        WhyOff::Weekend => format!("{run} is a weekend"),
        WhyOff::Holiday(name) => format!("{run} is a public holiday ({name})"),
        WhyOff::NotWorked => format!("You do not work on {run}"),
    })
}

fn no_work_on(days: &[LeaveDay], today: Date) -> String {
    format!("No work on {}", list(&few(&days_off(days, today), 5)))
}

/// The first few of a list, and how many more there are.
pub fn few(items: &[String], shown: usize) -> Vec<String> {
    // “and 1 more” would take the room of the item itself.
    if items.len() <= shown + 1 {
        return items.to_vec();
    }
    let mut few = items[..shown].to_vec();
    few.push(format!("{} more", items.len() - shown));
    few
}

/// The name of a leave year by the year in which it begins: “2026”, or “2026/27” when it does
/// not begin in January.
pub fn leave_year(year: i16, starts_in: i8) -> String {
    if starts_in <= 1 {
        year.to_string()
    } else {
        format!("{year}/{:02}", (year + 1).rem_euclid(100))
    }
}

/// “on leave until Fri 6 March”, “on leave today”.
pub fn on_leave(until: Date, today: Date) -> String {
    if until <= today {
        return "on leave today".to_owned();
    }
    format!("on leave until {}", day(until, today))
}

/// Sentences, one after the other.
pub fn sentences<T: AsRef<str>>(sentences: &[T]) -> String {
    let all: Vec<&str> = sentences.iter().map(AsRef::as_ref).collect();
    all.join(" ")
}

/// What a state is called towards people.
pub fn state(state: ActionState) -> &'static str {
    match state {
        ActionState::Pending => "waiting for approval",
        ActionState::Confirmed | ActionState::Processing | ActionState::Completed => "approved",
        ActionState::Cancelled => "cancelled",
        ActionState::Expired => "expired",
        ActionState::Denied => "denied",
    }
}

/// What became of a reply in the leave channel, towards people.
pub fn reply_state(state: ReplyState) -> &'static str {
    match state {
        ReplyState::Open => "open",
        ReplyState::Confirmed => "confirmed",
        ReplyState::Cancelled => "cancelled",
        ReplyState::Replaced => "replaced by a later message",
        ReplyState::Expired => "expired",
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn dates_read_like_a_person_writes_them() {
        let today = date(2026, 3, 2);
        let one = |first, last, portion| LeaveSpan::new(first, last, portion).unwrap();
        let lines = [
            span(
                &one(date(2026, 3, 5), date(2026, 3, 5), Portion::Full),
                today,
            ),
            span(
                &one(date(2026, 3, 5), date(2026, 3, 5), Portion::HalfPm),
                today,
            ),
            span(
                &one(date(2026, 3, 2), date(2026, 3, 4), Portion::HalfAm),
                today,
            ),
            span(
                &one(date(2026, 3, 2), date(2026, 3, 4), Portion::Full).with_half_ends(true, true),
                today,
            ),
            span(
                &one(date(2026, 3, 30), date(2026, 4, 1), Portion::Full),
                today,
            ),
            span(
                &one(date(2026, 12, 30), date(2027, 1, 4), Portion::Full),
                today,
            ),
            span(
                &one(date(2027, 1, 4), date(2027, 1, 8), Portion::Full),
                today,
            ),
        ];
        insta::assert_snapshot!(lines.join("\n"), @r"
        Thu 5 March
        Thu 5 March, afternoon
        Mon 2 – Wed 4 March, mornings
        Mon 2 (from midday) – Wed 4 March (until midday)
        Mon 30 March – Wed 1 April
        Wed 30 December 2026 – Mon 4 January 2027
        Mon 4 – Fri 8 January 2027
        ");
    }

    #[test]
    fn amounts_have_the_right_plural() {
        let amounts: Vec<String> = [0, 1, 2, 3, 4, 5].map(working_days).to_vec();
        assert_eq!(
            amounts,
            [
                "no working day",
                "half a working day",
                "1 working day",
                "1½ working days",
                "2 working days",
                "2½ working days"
            ]
        );
        assert_eq!(list(&["Asha", "Ben", "Carla"]), "Asha, Ben and Carla");
        assert_eq!(list(&["Asha"]), "Asha");
    }

    #[test]
    fn a_list_is_cut_only_where_that_makes_it_shorter() {
        let items: Vec<String> = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        assert_eq!(list(&few(&items, 4)), "a, b, c and d");
        assert_eq!(list(&few(&items, 3)), "a, b, c and d");
        assert_eq!(list(&few(&items, 2)), "a, b and 2 more");
        assert!(few(&[], 3).is_empty());
    }

    #[test]
    fn a_leave_year_that_begins_later_has_two_numbers() {
        assert_eq!(leave_year(2026, 1), "2026");
        assert_eq!(leave_year(2026, 4), "2026/27");
        assert_eq!(leave_year(2099, 10), "2099/00");
    }
}

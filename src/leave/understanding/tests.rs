//! The labelled examples, and what must hold for any text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Example {
    text: String,
    today: Date,
    thread: Vec<String>,
    expect: Expect,
}

#[derive(Deserialize)]
struct Expect {
    intent: Intent,
    days: Vec<ExpectedDay>,
}

#[derive(Debug, Deserialize)]
struct ExpectedDay {
    date: Date,
    portion: String,
    category: Category,
}

/// What is compared of a day: of a cancellation, only the date.
fn compared(intent: Intent, date: Date, portion: &str, category: Category) -> String {
    if intent == Intent::Cancel {
        date.to_string()
    } else {
        format!("{date} {portion} {}", category.as_str())
    }
}

/// Reads every example; prints the accuracy by intent and every miss.
fn misses(examples: &str) -> (usize, usize) {
    let mut by_intent: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut report = String::new();
    let (mut missed, mut sure_and_wrong) = (0, 0);
    for (number, line) in examples.lines().enumerate() {
        let example: Example = serde_json::from_str(line).unwrap();
        let reading = read(&Message {
            text: &example.text,
            today: example.today,
            zone: &TimeZone::UTC,
            thread: &example.thread,
            about_leave: false,
        });
        let wanted: Vec<String> = example
            .expect
            .days
            .iter()
            .map(|day| compared(example.expect.intent, day.date, &day.portion, day.category))
            .collect();
        let found: Vec<String> = reading
            .days
            .iter()
            .map(|day| {
                compared(
                    example.expect.intent,
                    day.date,
                    day.portion.as_str(),
                    day.category,
                )
            })
            .collect();
        let right = reading.intent == example.expect.intent && found == wanted;
        let count = by_intent.entry(example.expect.intent.as_str()).or_default();
        count.1 += 1;
        if right {
            count.0 += 1;
            continue;
        }
        missed += 1;
        sure_and_wrong += usize::from(reading.confidence == Confidence::High);
        writeln!(
            report,
            "line {}, {}: {:?} {:?}\n  expected {} {wanted:?}\n  found    {} {found:?}, {}",
            number + 1,
            example.today,
            example.text,
            example.thread,
            example.expect.intent.as_str(),
            reading.intent.as_str(),
            reading.confidence.as_str(),
        )
        .unwrap();
    }
    for (intent, (right, all)) in &by_intent {
        println!("{intent}: {right} of {all}");
    }
    print!("{report}");
    (missed, sure_and_wrong)
}

#[test]
fn every_labelled_example_is_read_right() {
    let examples = include_str!("../../../tests/leave-language/dev.jsonl");
    assert_eq!(
        misses(examples),
        (0, 0),
        "missed, and of these with high confidence"
    );
}

#[test]
fn our_own_examples_are_read_right() {
    let examples = include_str!("../../../tests/leave-language/own.jsonl");
    assert_eq!(
        misses(examples),
        (0, 0),
        "missed, and of these with high confidence"
    );
}

fn reading(text: &str, today: Date, thread: &[&str]) -> Reading {
    let thread: Vec<String> = thread.iter().map(|text| (*text).to_owned()).collect();
    read(&Message {
        text,
        today,
        zone: &TimeZone::UTC,
        thread: &thread,
        about_leave: false,
    })
}

fn dates(text: &str, today: Date) -> String {
    reading(text, today, &[])
        .days
        .iter()
        .map(|day| day.date.to_string())
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn a_date_token_of_slack_is_the_authors_day() {
    // 2026-01-08 20:00 UTC.
    let text = "on leave <!date^1767902400^{date}|January 8th>";
    let today = date(2026, 1, 6);
    assert_eq!(dates(text, today), "2026-01-08");
    let kolkata = TimeZone::get("Asia/Kolkata").unwrap();
    let there = read(&Message {
        text,
        today,
        zone: &kolkata,
        thread: &[],
        about_leave: false,
    });
    assert_eq!(there.days[0].date, date(2026, 1, 9));
}

#[test]
fn quotes_struck_words_and_code_are_not_the_authors() {
    let today = date(2026, 1, 6);
    assert_eq!(
        dates("&gt; on leave tomorrow\nthanks for telling", today),
        ""
    );
    assert_eq!(dates("on leave ~tomorrow~ on Friday", today), "2026-01-09");
    assert_eq!(dates("`on leave tomorrow` is what you type", today), "");
}

#[test]
fn what_was_unclear_is_said() {
    let doubts = |text: &str| -> Vec<String> {
        reading(text, date(2026, 1, 6), &[])
            .doubts
            .iter()
            .map(ToString::to_string)
            .collect()
    };
    insta::assert_debug_snapshot!(
        [
            "need a few days off",
            "on leave 31 April",
            "on leave on Monday 8 January",
            "on leave from Monday",
            "need 3 days leave",
            "on leave next month",
            "on leave 30/12/2025 and tomorrow",
            "cancel my leave",
        ]
        .map(doubts),
        @r#"
    [
        [
            "“a few days” can be many days: which ones?",
        ],
        [
            "There is no 31 April 2026.",
        ],
        [
            "8 January 2026 is a Thursday, not a Monday.",
        ],
        [
            "I see that it starts on Monday, 12 January, but not when it ends.",
        ],
        [
            "I see how long, but not from which day.",
        ],
        [
            "“next month” can be many days: which ones?",
        ],
        [
            "Days before 1 January of this year cannot be added.",
        ],
        [
            "I could not see which leave you mean.",
        ],
    ]
    "#
    );
}

#[test]
fn days_are_sorted_and_halves_of_a_day_become_one() {
    let today = date(2026, 1, 6);
    let day = |date, portion| MeantDay {
        date,
        portion,
        category: Category::Vacation,
    };
    let accepted = accept(
        today,
        [
            day(date(2026, 1, 9), Portion::HalfAm),
            day(date(2026, 1, 8), Portion::HalfPm),
            day(date(2025, 12, 31), Portion::Full),
            day(date(2026, 1, 9), Portion::HalfPm),
        ],
    )
    .unwrap();
    assert_eq!(
        accepted.days,
        [
            day(date(2026, 1, 8), Portion::HalfPm),
            day(date(2026, 1, 9), Portion::Full)
        ]
    );
    assert_eq!(accepted.dropped, [date(2025, 12, 31)]);
    let year = (0..400).map(|at| {
        day(
            today.saturating_add(jiff::Span::new().days(at)),
            Portion::Full,
        )
    });
    assert_eq!(accept(today, year), Err(TooManyDays));
}

/// Words of leave messages in any order.
fn any_words() -> impl Strategy<Value = String> {
    const WORDS: &[&str] = &[
        "on",
        "leave",
        "off",
        "OOO",
        "I'm",
        "sick",
        "half",
        "day",
        "days",
        "from",
        "to",
        "till",
        "until",
        "next",
        "last",
        "this",
        "week",
        "Monday",
        "fri",
        "5th",
        "31",
        "Feb",
        "2026",
        "30/2",
        "5/1-7/1",
        "-",
        ",",
        "and",
        "except",
        "not",
        "cancel",
        "move",
        "my",
        "it",
        "back",
        "for",
        "3",
        "1.5",
        "weeks",
        "99999999999",
        "since",
        "rest of the week",
        "morning",
        "pm",
        "was",
        "too",
        "make it",
        "just",
        "instead",
        "4000000000 days",
        "(",
        ")",
        ":",
        "\n",
        "?",
        "~",
        "`",
        "<!date^99999999999999^x|y>",
        "<!date^0^x>",
        "tomorrow",
        "extend",
        "one more day",
        "the day after",
        "0",
        "29",
        "between",
        "9999-12-31",
        "1 Jan 0000",
        "🌴",
        "½",
        "the 31st",
    ];
    prop::collection::vec(prop::sample::select(WORDS), 0..30).prop_map(|words| words.join(" "))
}

fn any_today() -> impl Strategy<Value = Date> {
    prop_oneof![
        20 => (0i32..4000).prop_map(|days| date(2024, 1, 1).saturating_add(jiff::Span::new().days(days))),
        1 => Just(Date::MIN),
        1 => Just(Date::MAX),
    ]
}

fn check(reading: &Reading, today: Date) -> Result<(), TestCaseError> {
    for pair in reading.days.windows(2) {
        prop_assert!(pair[0].date < pair[1].date);
    }
    prop_assert!(
        reading
            .days
            .iter()
            .all(|day| day.date.year() >= today.year())
    );
    match reading.intent {
        Intent::Request => prop_assert!(!reading.days.is_empty()),
        Intent::Cancel => {}
        Intent::Unclear | Intent::None => prop_assert!(reading.days.is_empty()),
    }
    if reading.intent == Intent::Unclear {
        prop_assert!(!reading.doubts.is_empty());
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_text_is_read(text in "\\PC{0,200}", today in any_today()) {
        check(&reading(&text, today, &[]), today)?;
    }

    #[test]
    fn any_order_of_words_is_read(text in any_words(), earlier in any_words(), today in any_today()) {
        check(&reading(&text, today, &[]), today)?;
        check(&reading(&text, today, &[&earlier]), today)?;
    }

    #[test]
    fn a_date_means_itself(days in 0i32..300, today in (0i32..1500).prop_map(|days| date(2024, 1, 1).saturating_add(jiff::Span::new().days(days)))) {
        let day = today.saturating_add(jiff::Span::new().days(days));
        // Without a year it is this year's, which may have none.
        prop_assume!((day.month(), day.day()) != (2, 29));
        for format in ["%-d %B %Y", "%Y-%m-%d", "%d/%m/%Y", "%A %-d %B %Y", "%b %-d, %Y", "%-d-%b-%Y", "%-d %B", "%b %-d"] {
            let text = format!("on leave on {}", day.strftime(format));
            prop_assert_eq!(dates(&text, today), day.to_string(), "{}", text);
        }
    }

    #[test]
    fn a_range_has_the_working_days_between_its_ends(start in 1i32..200, length in 1i32..30, today in (0i32..1500).prop_map(|days| date(2024, 1, 1).saturating_add(jiff::Span::new().days(days)))) {
        let first = today.saturating_add(jiff::Span::new().days(start));
        let last = first.saturating_add(jiff::Span::new().days(length));
        let expected: Vec<String> = first
            .series(jiff::Span::new().days(1))
            .take_while(|day| *day <= last)
            .filter(|day| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday))
            .map(|day| day.to_string())
            .collect();
        prop_assume!(!expected.is_empty());
        // Without a year it is this year's, which may have none.
        prop_assume!(![first, last].iter().any(|day| (day.month(), day.day()) == (2, 29)));
        for text in [
            format!("on leave from {} to {}", first.strftime("%-d %b"), last.strftime("%-d %b")),
            format!("OOO {} - {}", first.strftime("%d/%m/%Y"), last.strftime("%d/%m/%Y")),
            format!("PTO {} thru {}", first.strftime("%B %-d"), last.strftime("%B %-d")),
        ] {
            prop_assert_eq!(dates(&text, today), expected.join(" "), "{}", text);
        }
    }
}

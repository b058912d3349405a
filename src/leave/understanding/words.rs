//! What words and phrases stand for. **The tables in `words/` are the place to add a phrase.**
//!
//! A phrase is written in lower case and without apostrophes ("wont be in"); contractions are
//! written out ("i am"), hyphens are spaces ("half day"), and `'s` is left out ("a day leave" for
//! "a day's leave"). The longest phrase that fits wins. Phrases are separated by `|`.

mod changes;
mod days;
mod illness;
mod leave;
mod not_leave;
mod people;
mod small;

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::civil::Weekday;

use super::Category;

/// How a leave word speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Voice {
    /// Of a state, such as "on leave": today, if no day is named.
    State,
    /// Of a thing, such as "a day off": it needs a day.
    Thing,
    /// "off", "out", "away": leave words in the right company only.
    Soft,
    /// "won't be in": says itself who and not.
    Absent,
}

/// Which part of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Morning,
    Afternoon,
    /// A half, without saying which.
    Half,
    Full,
}

/// A day without a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DayWord {
    /// Days from today.
    FromToday(i8),
    Weekday(Weekday),
}

/// Days that go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SpanWord {
    ThisWeek,
    RestOfWeek,
    NextWeek,
    LastWeek,
    /// Weeks from this one.
    Weekend(i8),
}

/// What a phrase stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    /// Leave, and the category that the phrase names.
    Leave(Voice, Option<Category>),
    /// "half day": a leave word that is also a part.
    HalfDay(Part),
    Part(Part),
    Day(DayWord),
    Month(i8),
    Span(SpanWord),
    /// Days that nobody can count: "next month", "few days", a holiday's name.
    Vague,
    /// A month or season before or after the number of which nothing is vague: "dates tbd".
    ToFollow,
    /// "days", after a number.
    DayUnit,
    WeekUnit,
    MonthUnit,
    HourUnit,
    /// A number in words.
    Number(u8),
    /// The fifth.
    Ordinal(u8),
    /// An absence of up to three hours, and other things that are not leave: "off to lunch".
    Short,
    /// The author is ill or hurt.
    Ill,
    /// An emoji that says so.
    IllEmoji,
    /// A medical appointment.
    Medical,
    /// Names vacation, without being a leave word.
    Works,
    /// "in", where it says that the author works.
    WorkHere,
    /// Arrives or can be reached.
    Arrives,
    /// Goes during the day.
    Leaves,
    /// Away, but for work.
    WorkTrip,
    /// Family and pets.
    Family,
    /// Another person, or people.
    Other,
    Me,
    You,
    /// "might", "thinking of".
    Undecided,
    /// Asks for something that is not leave: "how many".
    Question,
    /// A request in the form of a question: "can i".
    Ask,
    /// "can you": asks somebody else to do something.
    AskYou,
    /// What is asked about rules and balances: "policy".
    Policy,
    /// Words for somebody else: "ping".
    Contact,
    Cancel,
    /// Takes leave back and is itself about leave: "wont be taking".
    TakesBack,
    /// "after all", "anymore".
    AfterAll,
    PlansChanged,
    Move,
    Instead,
    InsteadOf,
    Except,
    Too,
    Only,
    MakeIt,
    Extend,
    /// "that day", "those days": days that were named before.
    ThatDay,
    /// "the second one": which of the days; -1 is the last.
    Nth(i8),
    /// "the other two": the days beside those just named.
    OtherDays,
    /// "it", "that": the leave of the thread.
    It,
    Back,
    Until,
    From,
    Since,
    To,
    Between,
    And,
    But,
    So,
    Because,
    /// Begins a clause that only sets a time: "when i was".
    While,
    If,
    Then,
    For,
    On,
    Of,
    The,
    In,
    At,
    By,
    Next,
    Last,
    This,
    /// Past tense.
    Past,
    Future,
    Not,
    Be,
    Want,
    Take,
    /// Puts leave into the books: "add", "mark".
    Report,
    /// Says that the leave is only mentioned: "catching up".
    Passing,
    /// Speaks of now: "emergency".
    Now,
    /// Yes, ok, thanks.
    Ack,
    /// What people build and repair, not when they are away.
    Topic,
    IncludingWeekend,
    /// Means nothing for us.
    Filler,
}

/// Every phrase. Of two equal ones, the first holds.
const TABLES: [&[(Tag, &str)]; 7] = [
    leave::TABLE,
    days::TABLE,
    not_leave::TABLE,
    illness::TABLE,
    people::TABLE,
    changes::TABLE,
    small::TABLE,
];

/// Spelled apart: written as one word, meant as two.
const CONTRACTIONS: &[(&str, &str, &str)] = &[
    ("im", "i", "am"),
    ("ive", "i", "have"),
    ("hes", "he", "is"),
    ("he's", "he", "is"),
    ("shes", "she", "is"),
    ("she's", "she", "is"),
    ("its", "it", "is"),
    ("it's", "it", "is"),
    ("thats", "that", "is"),
    ("that's", "that", "is"),
    ("there's", "there", "is"),
    ("theres", "there", "is"),
    ("theyre", "they", "are"),
    ("youre", "you", "are"),
    ("who's", "who", "is"),
    ("whos", "who", "is"),
    ("what's", "what", "is"),
    ("whats", "what", "is"),
    ("where's", "where", "is"),
    ("how's", "how", "is"),
    ("ima", "i", "will"),
    ("imma", "i", "will"),
    ("iam", "i", "am"),
    ("iwill", "i", "will"),
    ("illbe", "i", "will"),
    ("willbe", "will", "be"),
    ("id", "i", "would"),
    ("weve", "we", "have"),
    ("onleave", "on", "leave"),
    ("dayoff", "day", "off"),
    ("tmrwoff", "tomorrow", "off"),
];

/// A phrase of two words and more, and what it stands for.
type Phrase = (Vec<&'static str>, Tag);

/// What begins with one word.
#[derive(Default)]
struct Beginning {
    /// By their second word, longest first.
    phrases: HashMap<&'static str, Vec<Phrase>>,
    /// What the word stands for by itself.
    alone: Option<Tag>,
}

/// By their first word.
static PHRASES: LazyLock<HashMap<&'static str, Beginning>> = LazyLock::new(|| {
    let mut beginnings: HashMap<&'static str, Beginning> = HashMap::new();
    for (tag, text) in TABLES.into_iter().flatten() {
        for phrase in text.split('|') {
            let words: Vec<&str> = phrase.split_whitespace().collect();
            match words.as_slice() {
                [] => {}
                [only] => {
                    beginnings
                        .entry(only)
                        .or_default()
                        .alone
                        .get_or_insert(*tag);
                }
                [first, second, ..] => {
                    let beginning = beginnings.entry(first).or_default();
                    let list = beginning.phrases.entry(second).or_default();
                    list.push((words, *tag));
                }
            }
        }
    }
    for beginning in beginnings.values_mut() {
        for list in beginning.phrases.values_mut() {
            // Stable: of two equal phrases, the first in the table holds.
            list.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        }
    }
    beginnings
});

/// The phrases that begin with two words, longest first.
pub(super) fn phrases(first: &str, second: &str) -> &'static [Phrase] {
    if first.is_empty() || second.is_empty() {
        return &[];
    }
    PHRASES
        .get(first)
        .and_then(|beginning| beginning.phrases.get(second))
        .map_or(&[], Vec::as_slice)
}

/// What one word stands for by itself.
pub(super) fn word(word: &str) -> Option<Tag> {
    PHRASES.get(word)?.alone
}

pub(super) fn is_known(text: &str) -> bool {
    word(text).is_some()
}

pub(super) fn month(text: &str) -> Option<i8> {
    match word(text) {
        Some(Tag::Month(month)) => Some(month),
        _ => None,
    }
}

pub(super) fn weekday(text: &str) -> Option<Weekday> {
    match word(text) {
        Some(Tag::Day(DayWord::Weekday(weekday))) => Some(weekday),
        _ => None,
    }
}

/// Whether a number may stand tight before it: "3days".
pub(super) fn is_unit(text: &str) -> bool {
    matches!(
        word(text),
        Some(Tag::DayUnit | Tag::WeekUnit | Tag::MonthUnit | Tag::HourUnit)
    )
}

/// Whether a number after a hyphen can be a day: "leave-5th".
pub(super) fn takes_numbers(text: &str) -> bool {
    matches!(
        word(text),
        Some(Tag::Leave(..) | Tag::From | Tag::Until | Tag::On | Tag::HalfDay(_))
    )
}

pub(super) fn contraction(text: &str) -> Option<(&'static str, &'static str)> {
    CONTRACTIONS
        .iter()
        .find(|(whole, _, _)| *whole == text)
        .map(|(_, first, second)| (*first, *second))
}

/// Slips of the pen in words that begin phrases: written, and meant.
const SLIPS: &[(&str, &str)] = &[
    ("laeve", "leave"),
    ("leav", "leave"),
    ("leavee", "leave"),
    ("leeave", "leave"),
    ("leaev", "leave"),
    ("levae", "leave"),
    ("leaave", "leave"),
    ("vacatoin", "vacation"),
    ("vaccatoin", "vacation"),
    ("vacaton", "vacation"),
    ("vacaion", "vacation"),
    ("vaccation", "vacation"),
    ("vactaion", "vacation"),
    ("holliday", "holiday"),
    ("hoilday", "holiday"),
    ("holday", "holiday"),
    ("anual", "annual"),
    ("annaul", "annual"),
    ("sik", "sick"),
    ("scik", "sick"),
    ("offf", "off"),
    ("nxet", "next"),
    ("nexxt", "next"),
    ("weeek", "week"),
    ("wek", "week"),
    ("untill", "until"),
    ("cancle", "cancel"),
    ("cacnel", "cancel"),
    ("takign", "taking"),
    ("taknig", "taking"),
    ("tking", "taking"),
];

/// The word that was meant.
pub(super) fn corrected(word: &str) -> &str {
    SLIPS
        .iter()
        .find(|(written, _)| *written == word)
        .map_or(word, |(_, meant)| meant)
}

/// A day or month that is written almost like this. Only words of six letters and more are
/// forgiven a letter, so that no other word is taken for one.
pub(super) fn misspelled(text: &str) -> Option<Tag> {
    const NAMES: &[&str] = &[
        "tomorrow",
        "yesterday",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    const NOT_MISSPELLED: &[&str] = &["sundry", "mundane", "auguste"];
    let length = text.chars().count();
    if !(6..=11).contains(&length) || NOT_MISSPELLED.contains(&text) {
        return None;
    }
    let allowed = if length >= 8 { 2 } else { 1 };
    NAMES
        .iter()
        .filter(|name| {
            name.as_bytes().first() == text.as_bytes().first()
                && name.len().abs_diff(length) <= allowed
        })
        // "Sundar" is somebody's name.
        .filter(|name| !name.ends_with('y') || text.ends_with('y'))
        .find(|name| distance(name, text) <= allowed)
        .and_then(|name| word(name))
}

/// Letters to add, leave out, change or swap with their neighbour.
fn distance(one: &str, two: &str) -> usize {
    let (one, two): (Vec<char>, Vec<char>) = (one.chars().collect(), two.chars().collect());
    let mut rows = vec![vec![0; two.len() + 1]; one.len() + 1];
    for i in 0..=one.len() {
        for j in 0..=two.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let change = usize::from(one[i - 1] != two[j - 1]);
                let mut best = (rows[i - 1][j] + 1)
                    .min(rows[i][j - 1] + 1)
                    .min(rows[i - 1][j - 1] + change);
                if i > 1 && j > 1 && one[i - 1] == two[j - 2] && one[i - 2] == two[j - 1] {
                    best = best.min(rows[i - 2][j - 2] + 1);
                }
                best
            };
        }
    }
    rows[one.len()][two.len()]
}

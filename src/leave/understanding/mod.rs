//! What a message in the leave channel means: which days of leave, for whom, and how sure that is.
//!
//! The rules are `docs/leave-language.md`. Everything here but the second opinion is pure: no
//! network, no database, no clock; the same message always has the same reading.
//!
//! | what is known | file |
//! |---|---|
//! | Slack's markup, numbers, dates in digits | `tokens.rs` |
//! | what words and phrases stand for: **add a phrase in its tables** | `words.rs`, `words/` |
//! | phrases | `phrases.rs` |
//! | days, counts, lists and ranges as they are written | `points.rs`, `counts.rs`, `lists.rs`, `ranges.rs` |
//! | which date a day is | `dates.rs` |
//! | clauses | `clauses.rs` |
//! | what a clause speaks of, of whom, and whether it is leave at all | `roles.rs`, `subject.rs`, `meant.rs` |
//! | the days of a clause, each with its part | `portions.rs` |
//! | what the clauses mean together | `meaning.rs` |
//! | the dates of that, their category, work beside it | `composing.rs`, `category.rs`, `work.rs` |
//! | leave that is taken back, moved or replaced | `changes.rs` |
//! | how sure that is | `certainty.rs` |
//! | what is known from a thread, and what a follow-up changes of it | `thread.rs`, `follow_up.rs` |
//! | which days are accepted, whoever understood them | `accept.rs` |
//! | what a language model says where the rules are not sure | `second_opinion.rs` |
//! | what of a message leaves the workspace for that | `redacted.rs` |

mod accept;
mod category;
mod certainty;
mod changes;
mod clauses;
mod composing;
mod counts;
mod dates;
mod follow_up;
mod lists;
mod meaning;
mod meant;
mod phrases;
mod points;
mod portions;
mod ranges;
mod redacted;
mod roles;
pub mod second_opinion;
mod subject;
#[cfg(test)]
mod tests;
mod thread;
mod tokens;
mod words;
mod work;

use std::fmt;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize, Serializer};

use crate::leave::model::Portion;

pub use accept::{Accepted, TooManyDays, accept};

/// A message and what has to be known to read it.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// The text as Slack sends it, with its markup.
    pub text: &'a str,
    /// The author's date when it was sent.
    pub today: Date,
    /// The author's zone: Slack's `<!date^…>` tokens are instants.
    pub zone: &'a TimeZone,
    /// The author's earlier messages in the same thread, oldest first.
    pub thread: &'a [String],
    /// Whether the thread is about leave of the author's, even if none of these messages says so:
    /// what was said of its days was dropped.
    pub about_leave: bool,
}

/// What the author wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Asks for leave, announces it, or reports leave that was taken.
    Request,
    /// Takes leave back.
    Cancel,
    /// Wants leave, but no day can be worked out.
    Unclear,
    /// Anything else.
    None,
}

impl Intent {
    /// Every intent.
    pub const ALL: &[Self] = &[Self::Request, Self::Cancel, Self::Unclear, Self::None];

    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Cancel => "cancel",
            Self::Unclear => "unclear",
            Self::None => "none",
        }
    }

    /// Reads [`Intent::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|intent| intent.as_str() == text)
    }
}

/// The kinds of leave that a message can name. Both are leave types that every workspace has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Everything that is not sickness.
    Vacation,
    /// The author is ill, hurt or has a medical appointment.
    Sick,
}

impl Category {
    /// The key of the leave type.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Vacation => "vacation",
            Self::Sick => "sick",
        }
    }

    /// Reads [`Category::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Vacation, Self::Sick]
            .into_iter()
            .find(|category| category.as_str() == text)
    }
}

/// One day that the author means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct MeantDay {
    /// The author's date.
    pub date: Date,
    /// The part of it that the author is away.
    #[serde(serialize_with = "portion_word")]
    pub portion: Portion,
    /// Which kind of leave.
    pub category: Category,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands fields over by reference"
)]
fn portion_word<S: Serializer>(portion: &Portion, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(portion.as_str())
}

/// How sure a reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Much of the message was not understood.
    Low,
    /// Something was left over, or stood on a guess.
    Medium,
    /// Everything that matters was understood.
    High,
}

impl Confidence {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// What was unclear. Its text is a short sentence for the author.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Doubt {
    /// Leave is wanted, and no day is named.
    NoDay,
    /// The author says that the dates will follow.
    DatesToFollow,
    /// Words that can be many days, such as “next month”.
    VagueSpan(String),
    /// A date that no calendar has, such as 31 April, as it was understood.
    NoSuchDate(String),
    /// A weekday beside a date that falls on another.
    WeekdayDisagrees {
        /// The date.
        date: Date,
        /// The weekday that was written.
        written: Weekday,
    },
    /// “From Monday”, and no last day.
    NoEnd(Date),
    /// A number of days, and no first day.
    NoStart,
    /// “This week” on a weekend.
    WeekIsOver,
    /// Nothing is left once the excepted days are gone.
    NothingLeft,
    /// More days than one request can have.
    TooMany,
    /// Days before 1 January of this year were left out, or are all there is.
    BeforeThisYear,
    /// Leave is to be taken back, and it is not said which.
    WhichLeave,
    /// A part of the message about leave was not understood.
    NotAllUnderstood,
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDay => f.write_str("I could not find which day you mean."),
            Self::DatesToFollow => f.write_str("The dates are still open."),
            Self::VagueSpan(words) => write!(f, "“{words}” can be many days: which ones?"),
            Self::NoSuchDate(words) => write!(f, "There is no {words}."),
            Self::WeekdayDisagrees { date, written } => write!(
                f,
                "{} is a {}, not a {}.",
                date.strftime("%-d %B %Y"),
                date.strftime("%A"),
                weekday_name(*written),
            ),
            Self::NoEnd(date) => write!(
                f,
                "I see that it starts on {}, but not when it ends.",
                date.strftime("%A, %-d %B")
            ),
            Self::NoStart => f.write_str("I see how long, but not from which day."),
            Self::WeekIsOver => f.write_str("This week is over: do you mean next week?"),
            Self::NothingLeft => f.write_str("No day is left of those."),
            Self::TooMany => f.write_str("That is more than a year."),
            Self::BeforeThisYear => {
                f.write_str("Days before 1 January of this year cannot be added.")
            }
            Self::WhichLeave => f.write_str("I could not see which leave you mean."),
            Self::NotAllUnderstood => {
                f.write_str("I did not understand all of it: please look twice.")
            }
        }
    }
}

fn weekday_name(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

impl Serialize for Doubt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What a message means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// What the author wants.
    pub intent: Intent,
    /// The days, sorted, each date once. Empty for `unclear` and `none`, and for a `cancel` that
    /// does not name its days.
    pub days: Vec<MeantDay>,
    /// How sure that is.
    pub confidence: Confidence,
    /// What was unclear.
    pub doubts: Vec<Doubt>,
    /// Days that were named but lie before 1 January of today's year.
    pub dropped: Vec<Date>,
}

/// Reads a message by the rules of `docs/leave-language.md`.
pub fn read(message: &Message<'_>) -> Reading {
    let mut known = thread::Known::default();
    for earlier in message.thread {
        let meaning = understand(earlier, message, &known);
        let reading = meaning.clone().settle(message.today);
        known = known.after(&meaning, &reading.days, message.today);
    }
    known.wanted |= message.about_leave;
    understand(message.text, message, &known).settle(message.today)
}

fn understand(text: &str, message: &Message<'_>, known: &thread::Known) -> meaning::Meaning {
    let tokens = tokens::tokens(text, message.zone);
    let items = phrases::items(&tokens);
    let begins_with_and = items.first().is_some_and(|item| item.is(words::Tag::And));
    meaning::meaning(
        &clauses::clauses(items),
        begins_with_and,
        message.today,
        known,
    )
}

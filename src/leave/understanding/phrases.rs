//! Tokens → phrases: words that belong together become one item, numbers and names become days,
//! and days that belong together become ranges.

use std::borrow::Cow;

use jiff::civil::{Date, Weekday};

use super::lists::{head_months, name_bare_numbers, name_shifts, share_months, share_weeks};
use super::ranges::{join_ranges, refer_back};
use super::tokens::{Token, TokenKind};
use super::words::{self, DayWord, Part, SpanWord, Tag};

/// A day as it is written, before it is known which date that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Point {
    pub(super) base: Base,
    /// The same day said again: "Monday the 5th", "tomorrow (Friday)".
    pub(super) alias: Option<Box<Alias>>,
    pub(super) part: Option<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Alias {
    pub(super) base: Base,
    /// After a comma it may also be another day of a list.
    pub(super) maybe_another: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Base {
    FromToday(i8),
    Weekday(Weekday, Week),
    Date {
        day: u32,
        month: MonthOf,
        year: Option<i16>,
    },
    Exact(Date),
}

/// Which week a weekday is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Week {
    Nearest,
    /// "next Friday", "Friday next week".
    Next,
    /// "last Friday": the most recent one.
    Last,
    /// "Friday last week".
    Before,
    /// "Friday this week".
    This,
}

/// Which month a day is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MonthOf {
    Unsaid,
    Named(u32),
    This,
    Next,
    Last,
}

/// One item of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) kind: Kind,
    /// The words, for questions about them and for what the person is asked.
    pub(super) text: String,
    pub(super) capital: bool,
    pub(super) possessive: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Day(Point),
    Range(Point, Point),
    Span(SpanWord),
    /// Half days.
    Length(u32),
    /// "the next 2 days"; half days.
    NextDays(u32),
    /// "the last 2 days".
    LastDays(u32),
    From(Point),
    Until(Point),
    Since(Point),
    Back(Point),
    Number(u32),
    Clock(u16),
    Tag(Tag),
    Mention,
    /// A word that is not known.
    Word,
    Comma,
    Dash,
    Colon,
    Open,
    Close,
    Stop,
    Question,
    Line,
    Opaque,
}

impl Item {
    /// Takes it out of a list that is read only from there on.
    pub(super) fn take(&mut self) -> Self {
        Self {
            kind: std::mem::replace(&mut self.kind, Kind::Opaque),
            text: std::mem::take(&mut self.text),
            ..*self
        }
    }

    pub(super) fn is(&self, tag: Tag) -> bool {
        matches!(&self.kind, Kind::Tag(own) if *own == tag)
    }

    /// A part of a list of days.
    pub(super) fn is_dayish(&self) -> bool {
        matches!(
            self.kind,
            Kind::Day(_)
                | Kind::Range(..)
                | Kind::Span(_)
                | Kind::Length(_)
                | Kind::NextDays(_)
                | Kind::LastDays(_)
                | Kind::From(_)
                | Kind::Until(_)
                | Kind::Since(_)
                | Kind::Tag(Tag::Part(_) | Tag::HalfDay(_) | Tag::Vague | Tag::IncludingWeekend)
        )
    }
}

/// How far the items of one list are looked for.
pub(super) const LONGEST_LIST: usize = 16;

/// Reads tokens as items.
pub(super) fn items(tokens: &[Token]) -> Vec<Item> {
    let mut items = words_and_days(tokens);
    name_shifts(&mut items);
    head_months(&mut items);
    name_bare_numbers(&mut items);
    share_months(&mut items);
    share_weeks(&mut items);
    join_ranges(&mut items);
    refer_back(&mut items);
    items
}

fn text_of(token: &Token) -> Option<Cow<'_, str>> {
    match &token.kind {
        TokenKind::Word(word) => Some(Cow::Borrowed(words::corrected(word))),
        TokenKind::Number { value, ordinal } => Some(Cow::Owned(if *ordinal {
            let suffix = match (value % 10, value % 100) {
                (_, 11..=13) => "th",
                (1, _) => "st",
                (2, _) => "nd",
                (3, _) => "rd",
                _ => "th",
            };
            format!("{value}{suffix}")
        } else {
            value.to_string()
        })),
        _ => None,
    }
}

pub(super) struct Reader<'a> {
    pub(super) tokens: &'a [Token],
    pub(super) texts: Vec<Option<Cow<'a, str>>>,
    /// What each word stands for by itself: asked for often, and so looked up once.
    pub(super) tags: Vec<Option<Tag>>,
    pub(super) at: usize,
}

fn words_and_days(tokens: &[Token]) -> Vec<Item> {
    let texts: Vec<Option<Cow<'_, str>>> = tokens.iter().map(text_of).collect();
    let tags = texts
        .iter()
        .map(|text| {
            let text = text.as_deref()?;
            words::word(text).or_else(|| words::misspelled(text))
        })
        .collect();
    let mut reader = Reader {
        tokens,
        texts,
        tags,
        at: 0,
    };
    let mut items = Vec::with_capacity(tokens.len());
    while reader.at < tokens.len() {
        let item = match reader.day_after(&items) {
            Some((count, point)) => reader.take(count, Kind::Day(point)),
            None => reader.item(items.last()),
        };
        items.push(item);
    }
    items
}

impl Reader<'_> {
    pub(super) fn kind(&self, ahead: usize) -> Option<&TokenKind> {
        self.tokens.get(self.at + ahead).map(|token| &token.kind)
    }

    pub(super) fn text(&self, ahead: usize) -> &str {
        self.texts
            .get(self.at + ahead)
            .and_then(Option::as_deref)
            .unwrap_or("")
    }

    pub(super) fn tag(&self, ahead: usize) -> Option<Tag> {
        self.tags.get(self.at + ahead).copied().flatten()
    }

    /// The longest phrase of several words here: its tag and how many tokens it takes.
    fn phrase(&self) -> Option<(Tag, usize)> {
        // Hyphens and slashes inside of words are as good as spaces.
        let inside = |at: usize| {
            usize::from(
                matches!(self.kind(at), Some(TokenKind::Dash | TokenKind::Slash))
                    && self.tokens.get(self.at + at).is_some_and(|t| t.tight)
                    && self.tokens.get(self.at + at + 1).is_some_and(|t| t.tight),
            )
        };
        let second = 1 + inside(1);
        words::phrases(self.text(0), self.text(second))
            .iter()
            .find_map(|(phrase, tag)| {
                let mut at = second + 1;
                for word in &phrase[2..] {
                    at += inside(at);
                    if self.text(at) != *word {
                        return None;
                    }
                    at += 1;
                }
                // "off day after tomorrow": the day is that of what follows.
                let of_next = self.text(at - 1) == "day"
                    && self.text(at) == "after"
                    && self.tag(at + 1) == Some(Tag::Day(DayWord::FromToday(1)));
                // "need leave around Christmas": no time of leaving.
                let no_time = *tag == Tag::Leaves
                    && self.text(at - 1) == "around"
                    && matches!(self.tag(at), Some(Tag::Vague | Tag::Month(_)));
                (!of_next && !no_time).then_some((*tag, at))
            })
    }

    pub(super) fn take(&mut self, count: usize, kind: Kind) -> Item {
        let first = &self.tokens[self.at];
        let last = &self.tokens[(self.at + count).min(self.tokens.len()) - 1];
        let text = (0..count)
            .map(|ahead| self.text(ahead))
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        let item = Item {
            kind,
            text,
            capital: first.capital,
            possessive: last.possessive,
        };
        self.at += count;
        item
    }

    #[expect(
        clippy::match_same_arms,
        reason = "one arm is one rule, with its own comment"
    )]
    fn item(&mut self, before: Option<&Item>) -> Item {
        // "Friday afternoon off to pick up my parents"
        let phrase = self.phrase().filter(|(tag, _)| {
            !(*tag == Tag::Short
                && self.text(0) == "off"
                && self.text(1) == "to"
                && before.is_some_and(Item::is_dayish))
        });
        // "every Friday", "every other Friday"
        if matches!(self.text(0), "every" | "alternate" | "each") {
            let other = usize::from(matches!(
                self.text(1),
                "other" | "alternate" | "single" | "second" | "2nd" | "third"
            ));
            if let Some((width, _)) = self.weekday(1 + other) {
                return self.take(1 + other + width, Kind::Tag(Tag::Vague));
            }
        }
        // "on Fridays", "all Fridays of May"
        if self.text(0).ends_with("days")
            && matches!(self.tag(0), Some(Tag::Day(DayWord::Weekday(_))))
            && !self.tokens[self.at].possessive
            && before.is_some_and(|item| item.is(Tag::On) || item.text == "all")
        {
            return self.take(1, Kind::Tag(Tag::Vague));
        }
        if let Some((tag, count)) = phrase
            && count > 1
            && !matches!(tag, Tag::Ordinal(_) | Tag::Number(_))
            && !(tag == Tag::Except
                && matches!(self.text(0), "but" | "though")
                && !self.day_at(count))
        {
            return self.take(count, tagged(tag));
        }
        if let Some((count, week)) = self.week_of() {
            return self.take(count, week);
        }
        if let Some((count, days)) = self.days_of_span() {
            return self.take(count, days);
        }
        if let Some((count, length)) = self.labelled_length() {
            return self.take(count, length);
        }
        if let Some((count, length)) = self.length(before) {
            return self.take(count, length);
        }
        if let Some((count, point)) = self.point(before.is_some_and(|item| item.is(Tag::Not))) {
            return self.take(count, Kind::Day(point));
        }
        let kind = match self.tokens[self.at].kind.clone() {
            // "Tuesday AM", and not "I am".
            TokenKind::Word(word) if word == "am" && self.is_morning(before) => {
                Kind::Tag(Tag::Part(Part::Morning))
            }
            TokenKind::Word(word) => match self.tag(0) {
                Some(Tag::Month(_)) => Self::lone_month(&word, before),
                Some(Tag::Day(_)) => Kind::Word,
                Some(Tag::Ordinal(_)) => Kind::Word,
                Some(tag) => tagged(tag),
                None => Kind::Word,
            },
            TokenKind::Number { value, ordinal } => {
                if ordinal {
                    Kind::Word
                } else {
                    Kind::Number(value)
                }
            }
            TokenKind::Halves(_) | TokenKind::Digits { .. } | TokenKind::Exact(_) => Kind::Opaque,
            TokenKind::Clock(minutes) => Kind::Clock(minutes),
            TokenKind::Mention => Kind::Mention,
            TokenKind::Emoji(name) => emoji(&name),
            TokenKind::Dash => Kind::Dash,
            TokenKind::Comma => Kind::Comma,
            TokenKind::Stop => Kind::Stop,
            TokenKind::Question => Kind::Question,
            TokenKind::Line => Kind::Line,
            TokenKind::Slash | TokenKind::And => Kind::Tag(Tag::And),
            TokenKind::Colon => Kind::Colon,
            TokenKind::Open => Kind::Open,
            TokenKind::Close => Kind::Close,
            TokenKind::Opaque => Kind::Opaque,
        };
        self.take(1, kind)
    }

    /// "Tuesday AM", "taking AM off", "AM off on Thursday": no "am" of somebody who is.
    fn is_morning(&self, before: Option<&Item>) -> bool {
        let beside = before.is_some_and(|item| {
            item.is_dayish()
                || item.is(Tag::On)
                || item.is(Tag::The)
                || item.is(Tag::In)
                || item.is(Tag::Take)
                || item.is(Tag::Want)
        });
        let shouted = |ahead: usize| {
            self.tokens
                .get(self.at + ahead)
                .is_some_and(|token| token.shouted)
        };
        let author = before.is_some_and(|item| item.is(Tag::Me) && item.text != "my");
        beside || shouted(0) && !shouted(1) && !author
    }

    /// Whether a day, a week or a part of a day is here, after small words.
    fn day_at(&self, mut ahead: usize) -> bool {
        let last = ahead + 3;
        while ahead < last
            && matches!(
                self.tag(ahead),
                Some(Tag::The | Tag::On | Tag::For | Tag::Filler)
            )
        {
            ahead += 1;
        }
        self.base(ahead).is_some()
            || matches!(
                self.tag(ahead),
                Some(Tag::Part(_) | Tag::HalfDay(_) | Tag::Span(_))
            )
            || matches!(self.kind(ahead), Some(TokenKind::Number { .. }))
    }
}

fn tagged(tag: Tag) -> Kind {
    match tag {
        Tag::Span(span) => Kind::Span(span),
        Tag::Day(DayWord::FromToday(days)) => Kind::Day(Point {
            base: Base::FromToday(days),
            alias: None,
            part: None,
        }),
        tag => Kind::Tag(tag),
    }
}

/// What an emoji says; most only end a phrase.
fn emoji(name: &str) -> Kind {
    const ILL: &[&str] = &[
        "🤒",
        "🤕",
        "🤧",
        "🤢",
        "🤮",
        "😷",
        "face_with_thermometer",
        "sneezing_face",
        "face_with_head_bandage",
        "nauseated_face",
        "face_vomiting",
        "mask",
        "thermometer",
        "🌡",
    ];
    if ILL.contains(&name) {
        Kind::Tag(Tag::IllEmoji)
    } else {
        Kind::Comma
    }
}

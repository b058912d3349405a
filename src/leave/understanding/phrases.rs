//! Tokens → phrases: words that belong together become one item, numbers and names become days,
//! and days that belong together become ranges.

use std::borrow::Cow;

use jiff::civil::{Date, Weekday};

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
const LONGEST_LIST: usize = 16;

/// What follows "5th" when it is no day.
const COUNTED_THINGS: &[&str] = &[
    "floor",
    "anniversary",
    "birthday",
    "bday",
    "grade",
    "standard",
    "std",
    "round",
    "sprint",
    "time",
    "attempt",
    "dose",
    "class",
    "sem",
    "semester",
    "year",
    "place",
    "street",
    "st",
    "avenue",
    "edition",
    "party",
    "level",
    "draft",
    "version",
    "phase",
    "item",
    "point",
    "line",
    "quarter",
    "shift",
    "batch",
    "call",
    "person",
    "ticket",
    "issue",
    "one",
    "try",
    "wedding",
    "trimester",
    "slot",
    "interview",
];

/// Reads tokens as items.
pub(super) fn items(tokens: &[Token]) -> Vec<Item> {
    let mut items = words_and_days(tokens);
    head_months(&mut items);
    name_bare_numbers(&mut items);
    share_months(&mut items);
    share_weeks(&mut items);
    join_ranges(&mut items);
    refer_back(&mut items);
    items
}

/// "Leaves in May: 11, 12, 18": the numbers after a month that stands before its list.
fn head_months(items: &mut [Item]) {
    for at in 0..items.len() {
        let Some(month) = words::month(&items[at].text) else {
            continue;
        };
        let bare = matches!(
            items[at].kind,
            Kind::Word | Kind::Tag(Tag::Vague | Tag::Undecided)
        );
        let Ok(month) = u32::try_from(month) else {
            continue;
        };
        let leads = |item: &Item| {
            matches!(item.kind, Kind::Colon | Kind::Dash | Kind::Open)
                || matches!(
                    item.kind,
                    Kind::Tag(Tag::On | Tag::The | Tag::Leave(..) | Tag::Be)
                )
        };
        let first = skip(items, at + 1, leads, 3);
        if !bare || first == at + 1 {
            continue;
        }
        let day = |item: &Item| match item.kind {
            Kind::Number(number) if (1..=31).contains(&number) => Some(number),
            Kind::Day(Point {
                base:
                    Base::Date {
                        day,
                        month: MonthOf::Unsaid,
                        ..
                    },
                alias: None,
                ..
            }) => Some(day),
            _ => None,
        };
        if items.get(first).and_then(day).is_none() {
            continue;
        }
        let mut end = first;
        while let Some(item) = items.get_mut(end) {
            if let Some(day) = day(item) {
                item.kind = Kind::Day(Point {
                    base: Base::Date {
                        day,
                        month: MonthOf::Named(month),
                        year: None,
                    },
                    alias: None,
                    part: None,
                });
            } else if !between(item) {
                break;
            }
            end += 1;
        }
        items[at].kind = Kind::Tag(Tag::Filler);
    }
}

/// "surgery on the 15th, off that day": days that were named before are the days meant.
fn refer_back(items: &mut Vec<Item>) {
    let named = |item: &Item| {
        matches!(
            item.kind,
            Kind::Day(_) | Kind::Range(..) | Kind::Span(_) | Kind::From(_) | Kind::Tag(Tag::Vague)
        )
    };
    let mut at = 0;
    while at < items.len() {
        let ends = items.get(at + 1).is_none_or(|item| {
            matches!(
                item.kind,
                Kind::Stop | Kind::Comma | Kind::Line | Kind::Close | Kind::Question
            )
        });
        let before = at.checked_sub(1).map(|before| &items[before]);
        // "on leave then", "move it to that"
        let short = ends
            && (items[at].is(Tag::Then)
                && items[at].text == "then"
                && before.is_some_and(|item| matches!(item.kind, Kind::Tag(Tag::Leave(..))))
                || items[at].is(Tag::It)
                    && items[at].text == "that"
                    && before.is_some_and(|item| item.is(Tag::To)));
        if !items[at].is(Tag::ThatDay) && !short {
            at += 1;
            continue;
        }
        let text = items[at].text.clone();
        let Some(last) = items[..at].iter().rposition(named) else {
            at += 1;
            continue;
        };
        let several = text.contains("those") || text.contains("these") || text.ends_with("s");
        let mut first = last;
        if several && matches!(items[last].kind, Kind::Day(_)) {
            while let Some(earlier) = items[first.saturating_sub(LONGEST_LIST)..first]
                .iter()
                .rposition(|item| !between(item))
                .map(|earlier| earlier + first.saturating_sub(LONGEST_LIST))
                && matches!(items[earlier].kind, Kind::Day(_))
                && earlier + 1 < first
                && last - earlier <= LONGEST_LIST
            {
                first = earlier;
            }
        }
        let week = text.contains("week");
        let copies: Vec<Item> = items[first..=last]
            .iter()
            .map(|item| Item {
                kind: match &item.kind {
                    Kind::From(point) => Kind::Day(point.clone()),
                    Kind::Day(_) | Kind::Range(..) if week => Kind::Tag(Tag::Vague),
                    kind => kind.clone(),
                },
                ..item.clone()
            })
            .collect();
        let count = copies.len();
        items.splice(at..=at, copies);
        at += count;
    }
}

fn text_of(token: &Token) -> Option<Cow<'_, str>> {
    match &token.kind {
        TokenKind::Word(word) => Some(Cow::Borrowed(word)),
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

struct Reader<'a> {
    tokens: &'a [Token],
    texts: Vec<Option<Cow<'a, str>>>,
    /// What each word stands for by itself: asked for often, and so looked up once.
    tags: Vec<Option<Tag>>,
    at: usize,
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
    fn kind(&self, ahead: usize) -> Option<&TokenKind> {
        self.tokens.get(self.at + ahead).map(|token| &token.kind)
    }

    fn text(&self, ahead: usize) -> &str {
        self.texts
            .get(self.at + ahead)
            .and_then(Option::as_deref)
            .unwrap_or("")
    }

    fn tag(&self, ahead: usize) -> Option<Tag> {
        self.tags.get(self.at + ahead).copied().flatten()
    }

    /// The longest phrase here: its tag and how many tokens it takes.
    fn phrase(&self) -> Option<(Tag, usize)> {
        let first = self.text(0);
        words::phrases(first).iter().find_map(|(phrase, tag)| {
            let mut at = 1;
            for word in &phrase[1..] {
                // Hyphens and slashes inside of words are as good as spaces.
                if matches!(self.kind(at), Some(TokenKind::Dash | TokenKind::Slash))
                    && self.tokens.get(self.at + at).is_some_and(|t| t.tight)
                    && self.tokens.get(self.at + at + 1).is_some_and(|t| t.tight)
                {
                    at += 1;
                }
                if self.text(at) != *word {
                    return None;
                }
                at += 1;
            }
            Some((*tag, at))
        })
    }

    fn take(&mut self, count: usize, kind: Kind) -> Item {
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
        if let Some((count, point)) = self.point() {
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

    /// "the last two days of next week", "first day of this week".
    fn days_of_span(&self) -> Option<(usize, Kind)> {
        let mut at = usize::from(self.text(0) == "the");
        let last = match self.text(at) {
            "first" | "1st" => false,
            "last" | "final" => true,
            _ => return None,
        };
        at += 1;
        let count = match (self.kind(at), self.tag(at)) {
            (_, Some(Tag::DayUnit)) => 1,
            (Some(TokenKind::Number { value, .. }), _) => i8::try_from(*value).ok()?,
            (_, Some(Tag::Number(number))) => i8::try_from(number).ok()?,
            _ => return None,
        };
        if self.tag(at) != Some(Tag::DayUnit) {
            at += 1;
        }
        if !(1..=5).contains(&count)
            || self.tag(at) != Some(Tag::DayUnit)
            || !matches!(self.text(at + 1), "of" | "in")
        {
            return None;
        }
        at += 2;
        at += usize::from(self.text(at) == "the");
        let week = match self.tag(at) {
            Some(Tag::Next) => Week::Next,
            Some(Tag::Last) => Week::Before,
            Some(Tag::This) if self.text(at) == "this" => Week::This,
            Some(Tag::WeekUnit) if self.text(at) == "week" => Week::This,
            // "of the month", "of my stay": nobody can count those here.
            _ => return Some((at, Kind::Tag(Tag::Vague))),
        };
        if self.tag(at) != Some(Tag::WeekUnit) {
            at += 1;
        }
        if self.text(at) != "week" {
            return Some((at, Kind::Tag(Tag::Vague)));
        }
        let weekday = |offset: i8| Weekday::from_monday_zero_offset(offset).ok();
        let (start, end) = if last {
            (weekday(5 - count)?, Weekday::Friday)
        } else {
            (Weekday::Monday, weekday(count - 1)?)
        };
        let point = |day| Point {
            base: Base::Weekday(day, week),
            alias: None,
            part: None,
        };
        let kind = if start == end {
            Kind::Day(point(start))
        } else {
            Kind::Range(point(start), point(end))
        };
        Some((at + 1, kind))
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

    /// "the day after" a day that was just named.
    fn day_after(&self, before: &[Item]) -> Option<(usize, Point)> {
        let the = usize::from(self.text(0) == "the");
        let after = self.text(the) == "day" && self.text(the + 1) == "after"
            || matches!(self.text(the), "next" | "following") && self.text(the + 1) == "day";
        // "that day and the next"
        let bare = the == 1
            && self.text(1) == "next"
            && before.last().is_some_and(|item| item.is(Tag::And))
            && !matches!(
                self.kind(2),
                Some(TokenKind::Word(_) | TokenKind::Number { .. })
            );
        if !after && !bare {
            return None;
        }
        let refers = before
            .iter()
            .rev()
            .take(3)
            .any(|item| item.is(Tag::ThatDay));
        let named = before
            .iter()
            .rev()
            .take(if refers { LONGEST_LIST } else { 3 })
            .find_map(|item| match &item.kind {
                Kind::Day(point) => Some(point),
                _ => None,
            })?;
        let base = match &named.base {
            Base::FromToday(days) => Base::FromToday(days.saturating_add(1)),
            Base::Weekday(weekday, week) => Base::Weekday(weekday.next(), *week),
            Base::Date { day, month, year } if *day < 28 => Base::Date {
                day: day + 1,
                month: *month,
                year: *year,
            },
            _ => return None,
        };
        Some((
            if after { the + 2 } else { 2 },
            Point {
                base,
                alias: None,
                part: None,
            },
        ))
    }

    /// "w/c 11 May", "the week of 11 May": from that day to Friday.
    fn week_of(&self) -> Option<(usize, Kind)> {
        let slash = usize::from(matches!(self.kind(1), Some(TokenKind::Slash)));
        let mut at = match (self.text(0), self.text(1), self.text(1 + slash)) {
            ("w", _, "c" | "b") => 2 + slash,
            ("week", "of" | "commencing" | "beginning" | "starting", _) => 2,
            ("wc", _, _) => 1,
            _ => return None,
        };
        if self.text(at) == "the" {
            at += 1;
        }
        let (width, base) = self.date(at)?;
        let point = |base| Point {
            base,
            alias: None,
            part: None,
        };
        let friday = Base::Weekday(Weekday::Friday, Week::Nearest);
        Some((at + width, Kind::Range(point(base), point(friday))))
    }

    /// "Days: 3" of a form.
    fn labelled_length(&self) -> Option<(usize, Kind)> {
        if self.tag(0) != Some(Tag::DayUnit) || self.kind(1) != Some(&TokenKind::Colon) {
            return None;
        }
        let halves = match self.kind(2)? {
            TokenKind::Number {
                value,
                ordinal: false,
            } if *value <= 60 => value * 2,
            TokenKind::Halves(halves) => *halves,
            _ => return None,
        };
        let alone = self.kind(3).is_none_or(|kind| {
            matches!(kind, TokenKind::Line | TokenKind::Stop | TokenKind::Comma)
        });
        alone.then_some((3, Kind::Length(halves)))
    }

    /// A month with no day beside it is many days; "may" and "march" are also other words.
    fn lone_month(word: &str, before: Option<&Item>) -> Kind {
        let of_time = before.is_some_and(|item| {
            matches!(
                item.kind,
                Kind::Tag(
                    Tag::In | Tag::Of | Tag::Until | Tag::From | Tag::Next | Tag::This | Tag::Last
                )
            ) || matches!(item.text.as_str(), "mid" | "early" | "late" | "during")
        });
        if word == "may" && !of_time {
            Kind::Tag(Tag::Undecided)
        } else if matches!(word, "march" | "mar" | "jan") && !of_time {
            Kind::Word
        } else {
            Kind::Tag(Tag::Vague)
        }
    }

    /// "3 days", "1.5 days", "a week", "two and a half days", "next 2 days", "2 hours".
    fn length(&self, before: Option<&Item>) -> Option<(usize, Kind)> {
        let mut at = 0;
        let lead = match self.tag(0) {
            Some(Tag::The) => {
                at = 1;
                self.tag(1)
            }
            other => other,
        };
        let lead = match lead {
            Some(Tag::Next) => Some(Tag::Next),
            Some(Tag::This) if matches!(self.text(at), "coming" | "following" | "upcoming") => {
                Some(Tag::Next)
            }
            Some(Tag::Last) => Some(Tag::Last),
            _ => None,
        };
        if lead.is_some() {
            at += 1;
        } else {
            at = 0;
        }
        if self.text(at) == "fortnight"
            || (self.text(at) == "a" && self.text(at + 1) == "fortnight")
        {
            let taken = if self.text(at) == "a" { 2 } else { 1 };
            return Some((at + taken, Kind::Length(20)));
        }
        let (mut halves, mut next) = match self.kind(at)? {
            TokenKind::Number {
                value,
                ordinal: false,
            } => (value.saturating_mul(2), at + 1),
            TokenKind::Halves(halves) => (*halves, at + 1),
            TokenKind::Word(word) => match self.tag(at) {
                Some(Tag::Number(number)) => {
                    let taken = if self.text(at + 1) == "of" { 2 } else { 1 };
                    (u32::from(number) * 2, at + taken)
                }
                _ if matches!(word.as_str(), "a" | "an" | "another")
                    && !matches!(before, Some(item) if item.is(Tag::Of)) =>
                {
                    let full = usize::from(matches!(
                        self.text(at + 1),
                        "full" | "whole" | "couple" | "single"
                    ));
                    let full = if self.text(at + 1) == "couple" && self.text(at + 2) == "of" {
                        2
                    } else {
                        full
                    };
                    let number = if self.text(at + 1) == "couple" { 4 } else { 2 };
                    (number, at + 1 + full)
                }
                _ => return None,
            },
            _ => return None,
        };
        // "2 and a half days", "one and half day"
        if self.text(next) == "and" || matches!(self.kind(next), Some(TokenKind::And)) {
            let article = usize::from(self.text(next + 1) == "a");
            if self.text(next + 1 + article) == "half" {
                halves = halves.saturating_add(1);
                next += 2 + article;
            }
        }
        if matches!(self.kind(next), Some(TokenKind::Dash)) {
            next += 1;
        }
        if matches!(
            self.text(next),
            "full"
                | "working"
                | "business"
                | "whole"
                | "more"
                | "straight"
                | "consecutive"
                | "continuous"
                | "calendar"
                | "additional"
                | "extra"
        ) && matches!(self.tag(next + 1), Some(Tag::DayUnit | Tag::WeekUnit))
        {
            next += 1;
        }
        let unit = self.tag(next)?;
        // "make it a full day", "a whole day off": how much of it, and not how many.
        if halves == 2
            && lead.is_none()
            && self.text(at) == "a"
            && matches!(self.text(at + 1), "full" | "whole")
            && self.text(next) == "day"
        {
            return Some((next + 1, Kind::Tag(Tag::Part(Part::Full))));
        }
        let kind = match unit {
            Tag::DayUnit => match lead {
                Some(Tag::Next) => Kind::NextDays(halves),
                Some(_) => Kind::LastDays(halves),
                None => Kind::Length(halves),
            },
            Tag::WeekUnit => {
                let halves = halves.saturating_mul(5);
                match lead {
                    Some(_) => Kind::Tag(Tag::Vague),
                    None => Kind::Length(halves),
                }
            }
            Tag::MonthUnit => Kind::Tag(Tag::Vague),
            Tag::HourUnit => Kind::Tag(Tag::Short),
            _ => return None,
        };
        next += 1;
        // "3 days of next week" stays apart; "days'" is part of it.
        Some((next, kind))
    }

    fn year(&self, ahead: usize) -> Option<(usize, i16)> {
        let comma = usize::from(matches!(self.kind(ahead), Some(TokenKind::Comma)));
        match self.kind(ahead + comma) {
            Some(TokenKind::Number {
                value,
                ordinal: false,
            }) if (1990..=2200).contains(value) => Some((comma + 1, i16::try_from(*value).ok()?)),
            _ => None,
        }
    }

    fn month_at(&self, ahead: usize) -> Option<u32> {
        match self.tag(ahead) {
            Some(Tag::Month(month)) => u32::try_from(month).ok(),
            _ => None,
        }
    }

    /// "5th", "5 Jan 2026", "5th of next month", "Jan 5", "the fifth", 5/1, 2026-01-05.
    fn date(&self, ahead: usize) -> Option<(usize, Base)> {
        let date = |day, month, year| Base::Date { day, month, year };
        match self.kind(ahead)? {
            TokenKind::Exact(exact) => return Some((1, Base::Exact(*exact))),
            TokenKind::Digits { year, month, day } => {
                return Some((1, date(*day, MonthOf::Named(*month), *year)));
            }
            _ => {}
        }
        let number = |ahead: usize| match self.kind(ahead) {
            Some(TokenKind::Number { value, ordinal }) if *value <= 31 && *value > 0 => {
                Some((*value, *ordinal))
            }
            _ => None,
        };
        if let Some(month) = self.month_at(ahead) {
            let dash = usize::from(
                matches!(self.kind(ahead + 1), Some(TokenKind::Dash))
                    && self
                        .tokens
                        .get(self.at + ahead + 1)
                        .is_some_and(|t| t.tight),
            );
            let the = usize::from(self.text(ahead + 1 + dash) == "the");
            let at = ahead + 1 + dash + the;
            let (day, _) = number(at)?;
            // "Jan 5 Feb": the number belongs to what follows only if it is so written.
            if self.is_counted_thing(at + 1) {
                return None;
            }
            let (width, year) = self.year(at + 1).unzip();
            return Some((
                at + 1 - ahead + width.unwrap_or(0),
                date(day, MonthOf::Named(month), year),
            ));
        }
        let (day, ordinal, mut at) = match (number(ahead), self.tag(ahead)) {
            (Some((day, ordinal)), _) => (day, ordinal, ahead + 1),
            (None, Some(Tag::Ordinal(day))) => {
                let tens = self.text(ahead + 1);
                match (self.text(ahead), words::word(tens)) {
                    ("twenty" | "thirty", Some(Tag::Ordinal(_))) => return None,
                    _ => (u32::from(day), false, ahead + 1),
                }
            }
            _ => return None,
        };
        let in_words = number(ahead).is_none();
        // "5 th"
        let mut ordinal = ordinal;
        if !in_words && !ordinal && matches!(self.text(at), "th" | "st" | "nd" | "rd") {
            ordinal = true;
            at += 1;
        }
        let of = usize::from(self.text(at) == "of");
        let dash = usize::from(
            of == 0
                && matches!(self.kind(at), Some(TokenKind::Dash | TokenKind::Slash))
                && self.tokens.get(self.at + at).is_some_and(|t| t.tight),
        );
        let beside = at + of + dash;
        if let Some(month) = self.month_at(beside) {
            let dash = usize::from(
                dash == 1
                    && matches!(self.kind(beside + 1), Some(TokenKind::Dash))
                    && self.year(beside + 2).is_some(),
            );
            let (width, year) = self.year(beside + 1 + dash).unzip();
            let dash = if year.is_some() { dash } else { 0 };
            return Some((
                beside + 1 + dash + width.unwrap_or(0) - ahead,
                date(day, MonthOf::Named(month), year),
            ));
        }
        let the = usize::from(self.text(beside) == "the");
        if self.text(beside + the + 1) == "month" && dash == 0 {
            let month = match self.tag(beside + the) {
                Some(Tag::Next) => Some(MonthOf::Next),
                Some(Tag::This) if self.text(beside + the) == "this" => Some(MonthOf::This),
                Some(Tag::This) => Some(MonthOf::Next),
                Some(Tag::Last) => Some(MonthOf::Last),
                _ => None,
            };
            if let Some(month) = month {
                return Some((beside + the + 2 - ahead, date(day, month, None)));
            }
        }
        if (ordinal || in_words && self.the_before(ahead)) && !self.is_counted_thing(at) {
            return Some((at - ahead, date(day, MonthOf::Unsaid, None)));
        }
        None
    }

    /// A number in words alone is a day only as "the fifth", and never "the first" or "second".
    fn the_before(&self, ahead: usize) -> bool {
        let at = self.at + ahead;
        at > 0
            && self.texts[at - 1].as_deref() == Some("the")
            && !matches!(self.text(ahead), "first" | "second" | "third")
    }

    fn is_counted_thing(&self, ahead: usize) -> bool {
        let text = self.text(ahead);
        COUNTED_THINGS.contains(&text)
            || self.tag(ahead) == Some(Tag::HourUnit)
            || matches!(text, "half" | "week" | "day" | "month")
    }

    fn weekday(&self, ahead: usize) -> Option<(usize, Base)> {
        let mut at = ahead;
        let mut week = Week::Nearest;
        if self.text(at) == "the"
            && matches!(self.tag(at + 1), Some(Tag::Next | Tag::Last | Tag::This))
        {
            at += 1;
        }
        match self.tag(at) {
            Some(Tag::Next) => {
                week = Week::Next;
                at += 1;
            }
            Some(Tag::Last) => {
                week = Week::Last;
                at += 1;
            }
            Some(Tag::This) => at += 1,
            _ => {}
        }
        if at > ahead && matches!(self.tag(at), Some(Tag::This)) {
            at += 1;
        }
        let Some(Tag::Day(DayWord::Weekday(weekday))) = self.tag(at) else {
            return None;
        };
        // "sat with the doctor", "the sun is out", "wed in Goa"
        let ambiguous = matches!(self.text(at), "sat" | "sun" | "wed" | "mon" | "thr");
        if ambiguous
            && week == Week::Nearest
            && matches!(
                self.text(at + 1),
                "with" | "down" | "through" | "in" | "is" | "at" | "near" | "beside"
            )
        {
            return None;
        }
        Some((at + 1 - ahead, Base::Weekday(weekday, week)))
    }

    fn base(&self, ahead: usize) -> Option<(usize, Base)> {
        if let Some(found) = self.weekday(ahead) {
            return Some(found);
        }
        if let Some(Tag::Day(DayWord::FromToday(days))) = self.tag(ahead) {
            return Some((1, Base::FromToday(days)));
        }
        self.date(ahead)
    }

    fn point(&self) -> Option<(usize, Point)> {
        let (mut taken, base) = self.base(0)?;
        let mut point = Point {
            base,
            alias: None,
            part: None,
        };
        // The same day again, written another way.
        let mut at = taken;
        let mut maybe_another = false;
        let mut bracket = false;
        match self.kind(at) {
            Some(TokenKind::Open) => {
                bracket = true;
                at += 1;
            }
            Some(TokenKind::Comma) => {
                maybe_another = true;
                at += 1;
            }
            _ => {}
        }
        while matches!(
            self.text(at),
            "the" | "ie" | "i" | "e" | "that" | "is" | "on"
        ) && at < taken + 4
        {
            at += 1;
        }
        if let Some((width, other)) = self.base(at)
            && std::mem::discriminant(&other) != std::mem::discriminant(&point.base)
            && !matches!((&point.base, &other), (Base::FromToday(_), Base::FromToday(_)))
            && (!bracket || matches!(self.kind(at + width), Some(TokenKind::Close)))
            // A number that is the beginning of a range of its own; "Thu, 7 May to" is one day.
            && !(maybe_another
                && self.connects(at + width)
                && !matches!(point.base, Base::Weekday(..)))
        {
            point.alias = Some(Box::new(Alias {
                base: other,
                maybe_another,
            }));
            taken = at + width;
            if bracket && matches!(self.kind(taken), Some(TokenKind::Close)) {
                taken += 1;
            }
        }
        Some((taken, point))
    }

    fn connects(&self, ahead: usize) -> bool {
        matches!(self.kind(ahead), Some(TokenKind::Dash | TokenKind::And))
            || matches!(self.tag(ahead), Some(Tag::To | Tag::And | Tag::Until))
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

/// Whether items may stand between two days of one list.
fn between(item: &Item) -> bool {
    matches!(
        item.kind,
        Kind::Comma | Kind::Dash | Kind::Tag(Tag::And | Tag::To | Tag::Until | Tag::The | Tag::On)
    ) || item.text == "both"
}

/// "20, 21 and 23 Oct", "on 20", "leave 5-7": numbers that are days of a month.
fn name_bare_numbers(items: &mut [Item]) {
    let strong = items.iter().any(|item| {
        matches!(item.kind, Kind::Tag(Tag::Leave(voice, _)) if voice != words::Voice::Soft)
            || matches!(item.kind, Kind::Tag(Tag::HalfDay(_) | Tag::Cancel))
    });
    let hours_likely = items.iter().any(|item| {
        matches!(
            item.kind,
            Kind::Day(_) | Kind::Tag(Tag::Works | Tag::Leaves | Tag::Arrives)
        )
    });
    let mut at = 0;
    while at < items.len() {
        let numberish = |item: &Item| match &item.kind {
            Kind::Number(number) => (1..=31).contains(number),
            Kind::Day(point) => matches!(point.base, Base::Date { .. }),
            _ => false,
        };
        if !numberish(&items[at]) {
            at += 1;
            continue;
        }
        // The run of numbers from here.
        let start = at;
        let mut end = at + 1;
        loop {
            let mut next = end;
            while next < items.len() && next < end + 3 && between(&items[next]) {
                next += 1;
            }
            if next > end && next < items.len() && numberish(&items[next]) {
                end = next + 1;
            } else {
                break;
            }
        }
        let has_date = items[start..end]
            .iter()
            .any(|item| matches!(item.kind, Kind::Day(_)));
        let before = start.checked_sub(1).map(|before| &items[before]);
        let before = match before {
            Some(item) if matches!(item.kind, Kind::Colon) || item.is(Tag::The) => {
                start.checked_sub(2).map_or(before, |before| {
                    Some(&items[before]).filter(|item| !matches!(item.kind, Kind::Word))
                })
            }
            other => other,
        };
        let the = start > 0 && items[start - 1].is(Tag::The);
        let led = before.is_some_and(|item| match item.kind {
            Kind::Tag(Tag::On) => true,
            // "till 1" is an hour when there is a day, or work, beside it.
            Kind::Tag(Tag::From | Tag::Until | Tag::Between | Tag::Since) => {
                strong && (end - start > 1 || !hours_likely)
            }
            Kind::Tag(Tag::Leave(voice, _)) => voice != words::Voice::Soft,
            Kind::Tag(Tag::HalfDay(_)) => true,
            _ => false,
        }) || the;
        let several = end - start > 1;
        // "off 15, 18 and 20"
        let led = led
            || several
                && !hours_likely
                && before.is_some_and(|item| item.is(Tag::Leave(words::Voice::Soft, None)))
                && items[start..end]
                    .iter()
                    .any(|item| item.kind == Kind::Comma);
        // "the 5 of us", "on 3 devices": a lone number before an unknown word counts things.
        let counts = !several
            && items
                .get(end)
                .is_some_and(|item| matches!(item.kind, Kind::Word | Kind::Clock(_)));
        if has_date || led && !counts {
            for item in &mut items[start..end] {
                if let Kind::Number(day) = item.kind {
                    item.kind = Kind::Day(Point {
                        base: Base::Date {
                            day,
                            month: MonthOf::Unsaid,
                            year: None,
                        },
                        alias: None,
                        part: None,
                    });
                }
            }
        }
        at = end;
    }
}

/// Numbers without a month take that of the list that they stand in.
fn share_months(items: &mut [Item]) {
    // Backwards: "20, 21 and 23 Oct".
    let mut known: Option<(u32, u32, Option<i16>)> = None;
    for item in items.iter_mut().rev() {
        let separates = !between(item)
            && !matches!(
                item.kind,
                Kind::Tag(Tag::Part(_) | Tag::From | Tag::Between | Tag::HalfDay(_) | Tag::Of)
            );
        match &mut item.kind {
            Kind::Day(point) => match &mut point.base {
                Base::Date {
                    day,
                    month: MonthOf::Named(named),
                    year,
                } => known = Some((*day, *named, *year)),
                Base::Date { day, month, year } if *month == MonthOf::Unsaid => {
                    if let Some((later, named, its_year)) = known {
                        // "30, 31 and 1 June": those are of May.
                        let (of, of_year) = if *day <= later {
                            (named, its_year)
                        } else if named == 1 {
                            (12, its_year.map(|year| year.saturating_sub(1)))
                        } else {
                            (named.saturating_sub(1), its_year)
                        };
                        *month = MonthOf::Named(of);
                        *year = of_year;
                        known = Some((*day, of, of_year));
                    }
                }
                _ => {}
            },
            _ if separates => known = None,
            _ => {}
        }
    }
    // "3rd to 7th next month"
    let mut known: Option<(u32, MonthOf)> = None;
    for item in items.iter_mut().rev() {
        let joins = between(item) || item.is(Tag::From) || item.is(Tag::Between);
        match &mut item.kind {
            Kind::Day(Point {
                base: Base::Date { day, month, .. },
                ..
            }) => match (*month, known) {
                (MonthOf::This | MonthOf::Next | MonthOf::Last, _) => {
                    known = Some((*day, *month));
                }
                (MonthOf::Unsaid, Some((later, of))) if *day <= later => {
                    *month = of;
                    known = Some((*day, of));
                }
                _ => known = None,
            },
            _ if joins => {}
            _ => known = None,
        }
    }
    // Forwards: "Dec 30, 31 and 1".
    let mut known: Option<(u32, u32, Option<i16>)> = None;
    for item in items.iter_mut() {
        // What is excepted is looked for among the days that are there.
        let ends = matches!(
            item.kind,
            Kind::Stop | Kind::Question | Kind::Line | Kind::Word
        ) || item.is(Tag::Except);
        if ends {
            known = None;
            continue;
        }
        if let Kind::Day(point) = &mut item.kind
            && let Base::Date { day, month, year } = &mut point.base
        {
            match (*month, known) {
                (MonthOf::Named(named), _) => known = Some((*day, named, *year)),
                (MonthOf::Unsaid, Some((earlier, named, its_year))) => {
                    let (of, of_year) = if *day > earlier {
                        (named, its_year)
                    } else if named == 12 {
                        (1, its_year.map(|year| year.saturating_add(1)))
                    } else {
                        (named + 1, its_year)
                    };
                    *month = MonthOf::Named(of);
                    *year = of_year;
                    known = Some((*day, of, of_year));
                }
                _ => {}
            }
        }
    }
}

/// "next Thursday and Friday", "Mon-Wed next week", "next week Monday": the week of a list.
fn share_weeks(items: &mut [Item]) {
    // Forwards along lists.
    let mut of = Week::Nearest;
    for item in items.iter_mut() {
        let joins = between(item);
        if let Kind::Day(point) = &mut item.kind
            && let Base::Weekday(_, week) = &mut point.base
        {
            if *week == Week::Nearest && item.text.contains("this") {
                of = Week::Nearest;
            } else if *week == Week::Nearest {
                *week = of;
            } else {
                of = *week;
            }
        } else if !joins {
            of = Week::Nearest;
        }
    }
    // A week beside weekdays says which.
    let mut at = 0;
    while at < items.len() {
        let week = match items[at].kind {
            Kind::Span(SpanWord::NextWeek) => Week::Next,
            Kind::Span(SpanWord::LastWeek) => Week::Before,
            Kind::Span(SpanWord::ThisWeek) => Week::This,
            _ => {
                at += 1;
                continue;
            }
        };
        // Before it: "Mon, Tue and Wed (of) next week".
        let mut start = at;
        while start > at.saturating_sub(LONGEST_LIST) {
            let item = &items[start - 1];
            let of = start == at && (item.is(Tag::Of) || item.is(Tag::In));
            if is_weekday(item) || of || start < at && between(item) || is_part(item) {
                start -= 1;
            } else {
                break;
            }
        }
        let before = items[start..at].iter().any(is_weekday)
            && at.checked_sub(1).is_some_and(|last| !between(&items[last]));
        // After it: "next week Monday", "next week: Mon and Tue", "next week (Mon)".
        let mut end = at + 1;
        while end < items.len()
            && end <= at + 2
            && (matches!(items[end].kind, Kind::Colon | Kind::Open | Kind::Dash)
                || items[end].is(Tag::On)
                || matches!(items[end].kind, Kind::Comma)
                    && items.get(end + 1).is_some_and(is_weekday)
                    && !items[at.saturating_sub(LONGEST_LIST)..at]
                        .iter()
                        .any(is_weekday))
        {
            end += 1;
        }
        let first = end;
        while end < items.len().min(first + LONGEST_LIST)
            && (is_weekday(&items[end]) || between(&items[end]))
        {
            end += 1;
        }
        let after = items.get(first).is_some_and(is_weekday);
        let (from, to) = if before {
            (start, at)
        } else if after {
            (first, end)
        } else if let Some(apart) = weekdays_apart(items, at) {
            apart
        } else {
            at += 1;
            continue;
        };
        for item in &mut items[from..to] {
            if let Kind::Day(point) = &mut item.kind
                && let Base::Weekday(_, of) = &mut point.base
            {
                *of = week;
            }
        }
        // It is said with the weekdays now.
        items[at].kind = Kind::Tag(Tag::Filler);
        at += 1;
    }
}

/// "next week I'm on leave from Tuesday to Thursday": the weekdays that a week says more of.
fn weekdays_apart(items: &[Item], week: usize) -> Option<(usize, usize)> {
    let leave = |item: &Item| matches!(item.kind, Kind::Tag(Tag::Leave(..) | Tag::HalfDay(_)));
    let led = items[..week]
        .iter()
        .rev()
        .take(LONGEST_LIST)
        .take_while(|item| !matches!(item.kind, Kind::Stop | Kind::Line | Kind::Comma))
        .any(leave);
    let comma = usize::from(
        items
            .get(week + 1)
            .is_some_and(|item| item.kind == Kind::Comma),
    );
    let speaks = |item: &Item| {
        matches!(
            item.kind,
            Kind::Tag(
                Tag::Me
                    | Tag::Be
                    | Tag::Future
                    | Tag::Take
                    | Tag::Want
                    | Tag::Past
                    | Tag::Filler
                    | Tag::Ask
                    | Tag::On
                    | Tag::The
                    | Tag::From
                    | Tag::Between
                    | Tag::Of
                    | Tag::For
                    | Tag::It
                    | Tag::Only
                    | Tag::Ill
                    | Tag::Part(_)
            )
        ) || !led && leave(item)
    };
    let first = skip(items, week + 1 + comma, speaks, 9);
    if first == week + 1 + comma || !items.get(first).is_some_and(is_weekday) {
        return None;
    }
    // After a comma, only a clause that speaks of the author goes on.
    if comma == 1 && !items[week + 2..first].iter().any(|item| item.is(Tag::Me)) {
        return None;
    }
    let end = items[first..]
        .iter()
        .take(LONGEST_LIST)
        .take_while(|item| is_weekday(item) || between(item))
        .count();
    Some((first, first + end))
}

fn is_weekday(item: &Item) -> bool {
    matches!(&item.kind, Kind::Day(point) if matches!(point.base, Base::Weekday(..)))
}

fn is_part(item: &Item) -> bool {
    matches!(item.kind, Kind::Tag(Tag::Part(_)))
}

/// Puts ranges, beginnings, ends and returns together.
fn join_ranges(items: &mut Vec<Item>) {
    let mut joined: Vec<Item> = Vec::with_capacity(items.len());
    let mut at = 0;
    let mut moving = false;
    while at < items.len() {
        match items[at].kind {
            Kind::Tag(Tag::Move) => moving = true,
            Kind::Stop | Kind::Line | Kind::Question | Kind::Comma => moving = false,
            _ => {}
        }
        if let Some((end, kind)) = range_at(items, at, &mut moving) {
            let mut item = items[at].clone();
            item.text = items[at..end]
                .iter()
                .map(|item| item.text.as_str())
                .filter(|text| !text.is_empty())
                .collect::<Vec<_>>()
                .join(" ");
            item.kind = kind;
            joined.push(item);
            at = end;
        } else {
            joined.push(items[at].clone());
            at += 1;
        }
    }
    *items = joined;
}

fn day_at(items: &[Item], at: usize) -> Option<(usize, Point)> {
    let Kind::Day(point) = &items.get(at)?.kind else {
        return None;
    };
    Some((at + 1, point.clone()))
}

/// A day with the part beside it, as the end of a range has it.
fn end_at(items: &[Item], mut at: usize) -> Option<(usize, Point)> {
    while items
        .get(at)
        .is_some_and(|item| item.is(Tag::The) || item.is(Tag::On) || item.is(Tag::Of))
    {
        at += 1;
    }
    let (next, mut point) = day_at(items, at)?;
    if let Some(Kind::Tag(Tag::Part(part @ (Part::Morning | Part::Afternoon)))) =
        items.get(next).map(|item| &item.kind)
    {
        point.part = Some(*part);
        return Some((next + 1, point));
    }
    Some((next, point))
}

fn skip(items: &[Item], mut at: usize, wanted: impl Fn(&Item) -> bool, most: usize) -> usize {
    let last = at + most;
    while at < last && items.get(at).is_some_and(&wanted) {
        at += 1;
    }
    at
}

fn range_at(items: &[Item], at: usize, moving: &mut bool) -> Option<(usize, Kind)> {
    let small = |item: &Item| {
        matches!(
            item.kind,
            Kind::Tag(Tag::On | Tag::The | Tag::For | Tag::Filler | Tag::At)
                | Kind::Colon
                | Kind::Dash
        )
    };
    match &items[at].kind {
        Kind::Tag(Tag::Between) => {
            let (next, first) = end_at(items, at + 1)?;
            if !items.get(next)?.is(Tag::And)
                && !items.get(next)?.is(Tag::To)
                && items.get(next)?.kind != Kind::Dash
            {
                return None;
            }
            let (next, last) = end_at(items, next + 1)?;
            Some((next, Kind::Range(first, last)))
        }
        Kind::Tag(Tag::From) => {
            let start = skip(items, at + 1, small, 3);
            let (next, first) = end_at(items, start)?;
            match range_end(items, next, *moving) {
                Some((next, last)) => Some((next, Kind::Range(first, last))),
                None if *moving => None,
                None => Some((next, Kind::From(first))),
            }
        }
        Kind::Day(_) => {
            let (next, first) = end_at(items, at)?;
            // A part that is not followed by the other end stands with the day as a part does.
            let (next, last) = range_end(items, next, *moving)?;
            Some((next, Kind::Range(first, last)))
        }
        Kind::Tag(Tag::Until) => {
            let start = skip(items, at + 1, small, 3);
            let (next, last) = day_at(items, start)?;
            Some((next, Kind::Until(last)))
        }
        Kind::Tag(Tag::To) if !*moving => {
            let (next, last) = day_at(items, skip(items, at + 1, small, 2))?;
            Some((next, Kind::Until(last)))
        }
        Kind::Tag(Tag::To) => {
            // Whatever comes after the first "to" of a move is the new place.
            *moving = false;
            None
        }
        Kind::Tag(Tag::Since) => {
            let (next, first) = day_at(items, skip(items, at + 1, small, 2))?;
            Some((next, Kind::Since(first)))
        }
        Kind::Tag(Tag::Back | Tag::Arrives) => {
            let arrives = items[at].is(Tag::Arrives);
            if arrives
                && !["back", "rejoin", "return", "resume"]
                    .iter()
                    .any(|word| items[at].text.contains(word))
            {
                return None;
            }
            let start = skip(
                items,
                at + 1,
                |item| {
                    small(item)
                        || matches!(
                            item.kind,
                            Kind::Tag(
                                Tag::In
                                    | Tag::By
                                    | Tag::Only
                                    | Tag::Works
                                    | Tag::Arrives
                                    | Tag::Me
                                    | Tag::Back
                                    | Tag::From
                                    | Tag::To
                            )
                        )
                },
                5,
            );
            let (next, day) = day_at(items, start)?;
            Some((next, Kind::Back(day)))
        }
        _ => None,
    }
}

/// "– 7th", "to Friday", "till the 9th" after a day.
fn range_end(items: &[Item], at: usize, moving: bool) -> Option<(usize, Point)> {
    let mut at = skip(
        items,
        at,
        |item| matches!(item.kind, Kind::Line | Kind::Close),
        1,
    );
    match items.get(at)?.kind {
        Kind::Dash | Kind::Tag(Tag::Until) => at += 1,
        Kind::Tag(Tag::To) if !moving => at += 1,
        // "from 5th, until 7th", "5th and until 7th"
        Kind::Comma | Kind::Tag(Tag::And) if items.get(at + 1)?.is(Tag::Until) => at += 2,
        _ => return None,
    }
    at = skip(
        items,
        at,
        |item| item.kind == Kind::Colon || item.is(Tag::Until) || item.is(Tag::For),
        2,
    );
    end_at(items, at)
}

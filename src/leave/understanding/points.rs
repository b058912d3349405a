//! Days as they are written: dates in words and digits, weekdays, and the same day said twice.

use jiff::civil::Weekday;

use super::phrases::{Alias, Base, Item, Kind, LONGEST_LIST, MonthOf, Point, Reader, Week};
use super::tokens::TokenKind;
use super::words::{self, DayWord, Tag};

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

impl Reader<'_> {
    /// "the day after" a day that was just named.
    pub(super) fn day_after(&self, before: &[Item]) -> Option<(usize, Point)> {
        let the = usize::from(self.text(0) == "the");
        let after = self.text(the) == "day" && self.text(the + 1) == "after"
            || matches!(self.text(the), "next" | "following") && self.text(the + 1) == "day";
        // "that day and the next"
        let next_alone = the == 1
            && self.text(1) == "next"
            && before.last().is_some_and(|item| item.is(Tag::And))
            && !matches!(
                self.kind(2),
                Some(TokenKind::Word(_) | TokenKind::Number { .. })
            );
        if !after && !next_alone {
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
    pub(super) fn week_of(&self) -> Option<(usize, Kind)> {
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

    /// A month with no day beside it is many days; "may" and "march" are also other words.
    pub(super) fn lone_month(word: &str, before: Option<&Item>) -> Kind {
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
    #[expect(
        clippy::match_same_arms,
        reason = "one arm is one rule, with its own comment"
    )]
    pub(super) fn date(&self, ahead: usize) -> Option<(usize, Base)> {
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

    pub(super) fn weekday(&self, ahead: usize) -> Option<(usize, Base)> {
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

    pub(super) fn base(&self, ahead: usize) -> Option<(usize, Base)> {
        if let Some(found) = self.weekday(ahead) {
            return Some(found);
        }
        if ahead == 0 && self.is_tom() {
            return None;
        }
        if let Some(Tag::Day(DayWord::FromToday(days))) = self.tag(ahead) {
            return Some((1, Base::FromToday(days)));
        }
        self.date(ahead)
    }

    /// "Invoices: Tom": somebody's name.
    fn is_tom(&self) -> bool {
        let token = &self.tokens[self.at];
        self.text(0) == "tom"
            && token.capital
            && !token.shouted
            && self.at >= 2
            && matches!(self.tokens[self.at - 1].kind, TokenKind::Colon)
            && matches!(self.tags[self.at - 2], None | Some(Tag::Contact))
    }

    pub(super) fn point(&self, negated: bool) -> Option<(usize, Point)> {
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
            // "not tomorrow, Friday" are two days.
            Some(TokenKind::Comma) if !negated => {
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

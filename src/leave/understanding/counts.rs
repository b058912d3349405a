//! Lengths and counts of days: "3 days", "a week", "the last two days of next week".

use jiff::civil::Weekday;

use super::phrases::{Base, Item, Kind, Point, Reader, Week};
use super::tokens::TokenKind;
use super::words::{Part, Tag};

impl Reader<'_> {
    /// "the last two days of next week", "first day of this week".
    pub(super) fn days_of_span(&self) -> Option<(usize, Kind)> {
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

    /// "Days: 3" of a form.
    pub(super) fn labelled_length(&self) -> Option<(usize, Kind)> {
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

    /// "3 days", "1.5 days", "a week", "two and a half days", "next 2 days", "2 hours".
    pub(super) fn length(&self, before: Option<&Item>) -> Option<(usize, Kind)> {
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
}

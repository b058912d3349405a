//! Which part of which day: what is written beside the days of one clause.

use jiff::civil::Date;

use super::clauses::Clause;
use super::dates::{Calendar, days, is_weekend, working_days, working_days_before};
use super::phrases::{Base, Item, Kind, Point};
use super::words::{Part, SpanWord, Tag, Voice};
use super::{Category, Doubt};

/// A date with the part that is written beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dated {
    pub(super) date: Date,
    pub(super) part: Option<Part>,
    /// The category that its clause names.
    pub(super) category: Option<Category>,
}

/// A day that is taken out again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Without {
    pub(super) point: Point,
    pub(super) dates: Vec<Date>,
    pub(super) part: Option<Part>,
}

/// What one clause says of days.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts about one clause"
)]
pub(super) struct Named {
    pub(super) days: Vec<Dated>,
    pub(super) without: Vec<Without>,
    pub(super) from: Option<Dated>,
    /// The day since which the author has been away.
    pub(super) since: Option<Date>,
    pub(super) until: Option<Point>,
    pub(super) back: Option<Point>,
    /// Half days.
    pub(super) length: Option<u32>,
    pub(super) rest_of_week: bool,
    /// The category that goes with the rest of the week.
    pub(super) rest_category: Option<Category>,
    pub(super) vague: Option<String>,
    pub(super) doubts: Vec<Doubt>,
    /// "make the second one a half day": which of the days, from 1, and its part; -1 is the last.
    pub(super) nth: Vec<(i8, Part)>,
    /// "full on the other two".
    pub(super) others: Option<Part>,
    /// A part with no day beside it.
    pub(super) part: Option<Part>,
    /// How many things name days: one day is not a range.
    pub(super) groups: usize,
    pub(super) span: bool,
    /// A weekday or a week was said, and not a date.
    pub(super) by_week: bool,
    /// Something could well be meant otherwise.
    pub(super) guessed: bool,
}

impl Named {
    pub(super) fn is_empty(&self) -> bool {
        self.days.is_empty()
            && self.from.is_none()
            && self.until.is_none()
            && self.length.is_none()
            && !self.rest_of_week
            && self.vague.is_none()
            && self.doubts.is_empty()
    }

    /// Gives each day that was pointed at by its place its part; `false` if there is no such day.
    pub(super) fn place_parts(&self, days: &mut [Dated]) -> bool {
        let mut placed = Vec::new();
        for (nth, part) in &self.nth {
            let at = if *nth < 0 {
                days.len().checked_sub(1)
            } else {
                usize::try_from(*nth)
                    .ok()
                    .and_then(|nth| nth.checked_sub(1))
            };
            let Some((at, day)) = at.and_then(|at| days.get_mut(at).map(|day| (at, day))) else {
                return false;
            };
            day.part = Some(*part);
            placed.push(at);
        }
        if let Some(part) = self.others {
            for (at, day) in days.iter_mut().enumerate() {
                let said = self.days.iter().any(|said| said.date == day.date);
                if !placed.contains(&at) && !said {
                    day.part = Some(part);
                }
            }
        }
        true
    }

    /// Tells no day: at most how many there are.
    pub(super) fn has_no_start(&self) -> bool {
        let counted = Self {
            length: None,
            ..self.clone()
        };
        counted.is_empty() && self.back.is_none()
    }

    /// The only day, if it is one day and no more.
    pub(super) fn single(&self) -> Option<Dated> {
        match self.days.as_slice() {
            [only] if self.groups == 1 && !self.span => Some(*only),
            _ => None,
        }
    }

    /// Adds what another clause says of the same leave.
    pub(super) fn join(&mut self, other: Self) {
        if !self.days.is_empty() && other.days.is_empty() && other.is_empty() {
            // "on leave tomorrow, second half"
            if let Some(part) = other.part {
                for day in self
                    .days
                    .iter_mut()
                    .filter(|day| day.part.is_none() || day.part == Some(Part::Half))
                {
                    day.part = Some(part);
                }
            }
        } else if self.days.is_empty()
            && other.days.iter().all(|day| day.part.is_none())
            && self.part.is_some()
            && !other.days.is_empty()
        {
            let part = self.part;
            self.days = other
                .days
                .iter()
                .map(|day| Dated { part, ..*day })
                .collect();
            self.part = None;
        } else {
            self.days.extend(&other.days);
        }
        self.without.extend(other.without);
        self.from = self.from.or(other.from);
        self.until = self.until.take().or(other.until);
        self.since = self.since.or(other.since);
        self.back = self.back.take().or(other.back);
        self.length = self.length.or(other.length);
        self.rest_of_week |= other.rest_of_week;
        self.rest_category = self.rest_category.or(other.rest_category);
        self.vague = self.vague.take().or(other.vague);
        self.doubts.extend(other.doubts);
        self.part = combine(self.part, other.part);
        self.nth.extend(other.nth);
        self.others = self.others.or(other.others);
        self.groups += other.groups;
        self.span |= other.span;
        self.by_week |= other.by_week;
        self.guessed |= other.guessed;
    }
}

/// Two parts of one day.
#[expect(
    clippy::match_same_arms,
    reason = "one arm is one rule, with its own comment"
)]
pub(super) fn combine(one: Option<Part>, two: Option<Part>) -> Option<Part> {
    match (one, two) {
        (None, other) | (other, None) => other,
        (Some(Part::Half), other) | (other, Some(Part::Half)) => other,
        (Some(one), Some(two)) if one == two => Some(one),
        _ => Some(Part::Full),
    }
}

/// Reads the days of one clause.
pub(super) fn named(clause: &Clause, calendar: Calendar) -> Named {
    let calendar = Calendar {
        past: clause.past,
        ..calendar
    };
    let mut reader = Reader {
        calendar,
        weekends: clause.has(Tag::IncludingWeekend),
        found: Named::default(),
        prefix: None,
        prefix_used: false,
        after_day: None,
        without: false,
        not: false,
        open: None,
    };
    for (at, item) in clause.items.iter().enumerate() {
        let next_is_day = clause.items[at + 1..]
            .iter()
            .find(|item| {
                !matches!(
                    item.kind,
                    Kind::Tag(Tag::On | Tag::The | Tag::Of | Tag::For | Tag::Filler)
                )
            })
            .is_some_and(|item| matches!(item.kind, Kind::Day(_) | Kind::Range(..)));
        let all_days = clause.items.get(at + 1).is_some_and(|next| {
            matches!(
                next.text.as_str(),
                "both days" | "both" | "each" | "each day" | "all days"
            )
        });
        // "Thursday or Friday": one of them, and nobody knows which.
        // Who won't be in Monday or Tuesday is away on both.
        if item.text == "or"
            && next_is_day
            && !clause
                .leave()
                .is_some_and(|(_, voice)| voice == Voice::Absent)
            && let Some(before) = at.checked_sub(1).map(|before| &clause.items[before])
            && (before.is_dayish() || matches!(before.kind, Kind::Number(_)))
        {
            let after = clause.items[at + 1..]
                .iter()
                .find(|item| matches!(item.kind, Kind::Day(_) | Kind::Range(..)))
                .map_or("", |item| item.text.as_str());
            reader
                .found
                .doubts
                .push(Doubt::VagueSpan(format!("{} or {after}", before.text)));
            continue;
        }
        // "not Friday, only the Thursday"
        if item.is(Tag::Not) && next_is_day {
            reader.without = true;
            reader.not = true;
            continue;
        }
        // "will join post lunch tomorrow, half day": the part that is worked.
        if let Kind::Tag(Tag::Part(part @ (Part::Morning | Part::Afternoon))) = item.kind
            && clause.half_day()
            && at.checked_sub(1).is_some_and(|before| {
                matches!(
                    clause.items[before].kind,
                    Kind::Tag(Tag::Arrives | Tag::Works)
                )
            })
        {
            let away = if part == Part::Morning {
                Part::Afternoon
            } else {
                Part::Morning
            };
            reader.part(away, "", next_is_day, all_days);
            continue;
        }
        // "against last Saturday's work"
        if item.possessive
            && matches!(item.kind, Kind::Day(_))
            && clause
                .items
                .get(at + 1)
                .is_some_and(|next| next.kind == Kind::Word || next.is(Tag::Works))
        {
            continue;
        }
        // "leave till 1 pm", "leave from 2 pm", "leave after 1"
        let hour = match item.kind {
            Kind::Clock(minutes @ ..420) => Some(u32::from(minutes) + 12 * 60),
            Kind::Clock(minutes) => Some(u32::from(minutes)),
            Kind::Number(hour @ 11..=12) => Some(hour * 60),
            Kind::Number(hour @ 1..=5) => Some((hour + 12) * 60),
            _ => None,
        };
        if let Some(minutes) = hour
            && at > 0
        {
            let before = &clause.items[at - 1];
            if before.is(Tag::Until) && (10 * 60..=15 * 60).contains(&minutes) {
                reader.part(Part::Morning, "", false, false);
            } else if (before.is(Tag::From) || before.text == "after" || before.text == "post")
                && minutes >= 11 * 60
            {
                reader.part(Part::Afternoon, "", false, false);
            }
            continue;
        }
        reader.item(item, next_is_day, all_days);
    }
    reader.finish()
}

/// Days that are pointed at by their place.
#[derive(Debug, Clone, Copy)]
enum Pointed {
    Nth(i8),
    Others,
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts about one clause"
)]
struct Reader {
    calendar: Calendar,
    weekends: bool,
    found: Named,
    prefix: Option<Part>,
    prefix_used: bool,
    /// Where the days begin that were just named, if nothing has separated since.
    after_day: Option<usize>,
    without: bool,
    /// The days that come are taken out by a "not", which ends at a comma.
    not: bool,
    /// Which of the days was just pointed at, until its part is said.
    open: Option<Pointed>,
}

impl Reader {
    #[expect(
        clippy::match_same_arms,
        reason = "one arm is one rule, with its own comment"
    )]
    fn item(&mut self, item: &Item, next_is_day: bool, all_days: bool) {
        match &item.kind {
            Kind::Day(point) => self.day(point),
            Kind::Range(first, last) => self.range(first, last),
            Kind::Span(span) => self.span(*span),
            Kind::From(point) => match self.calendar.one(point) {
                Ok(date) => {
                    let part = point.part.or(self.prefix);
                    self.prefix_used |= self.prefix.is_some();
                    self.found.from = Some(Dated {
                        date,
                        part,
                        category: None,
                    });
                }
                Err(doubt) => self.found.doubts.push(doubt),
            },
            Kind::Until(point) => self.found.until = Some(point.clone()),
            Kind::Back(point) => self.found.back = Some(point.clone()),
            Kind::Since(point) => {
                let past = Calendar {
                    past: true,
                    ..self.calendar
                };
                match past.one(point) {
                    Ok(since) => {
                        let yesterday = super::dates::plus(self.calendar.today, -1);
                        let dates = days(since, yesterday)
                            .filter(|day| !is_weekend(*day) || *day == since)
                            .collect();
                        self.found.span = true;
                        self.found.since = Some(since);
                        self.add(dates, None);
                    }
                    Err(doubt) => self.found.doubts.push(doubt),
                }
            }
            Kind::Length(halves) => self.found.length = self.found.length.or(Some(*halves)),
            Kind::NextDays(halves) => {
                let tomorrow = super::dates::plus(self.calendar.today, 1);
                self.found.span = true;
                self.add(working_days(tomorrow, halves.div_ceil(2), false), None);
                self.last_half(*halves);
            }
            Kind::LastDays(halves) => {
                self.found.span = true;
                self.add(
                    working_days_before(self.calendar.today, halves.div_ceil(2)),
                    None,
                );
            }
            Kind::Tag(Tag::Vague) => self.found.vague = Some(item.text.clone()),
            Kind::Tag(Tag::Except | Tag::InsteadOf) => {
                self.without = true;
                // "instead of Friday, Monday": a comma ends it.
                self.not = item.is(Tag::InsteadOf);
                self.after_day = None;
                self.prefix = None;
            }
            Kind::Tag(Tag::Nth(nth)) => self.point_at(Pointed::Nth(*nth)),
            Kind::Tag(Tag::From) if item.text == "first day" => self.point_at(Pointed::Nth(1)),
            Kind::Tag(Tag::Until) if item.text == "last day" => self.point_at(Pointed::Nth(-1)),
            Kind::Tag(Tag::OtherDays) => self.point_at(Pointed::Others),
            Kind::Tag(Tag::Part(part)) => self.part(*part, &item.text, next_is_day, all_days),
            Kind::Tag(Tag::HalfDay(part)) => self.part(*part, &item.text, next_is_day, all_days),
            Kind::Tag(Tag::Me | Tag::Take | Tag::Want | Tag::Future)
                if self.not && !self.found.without.is_empty() =>
            {
                self.without = false;
                self.not = false;
            }
            Kind::Comma | Kind::Tag(Tag::And) => {
                self.after_day = None;
                if self.not && item.kind == Kind::Comma {
                    self.without = false;
                    self.not = false;
                }
            }
            _ => {}
        }
    }

    /// The part that was said before it, or the one that comes, is that day's.
    fn point_at(&mut self, pointed: Pointed) {
        match self.prefix.take().filter(|_| !self.prefix_used) {
            Some(part) => self.pointed(pointed, part),
            None => self.open = Some(pointed),
        }
        self.prefix_used = false;
    }

    fn pointed(&mut self, pointed: Pointed, part: Part) {
        match pointed {
            Pointed::Nth(nth) => self.found.nth.push((nth, part)),
            Pointed::Others => self.found.others = Some(part),
        }
    }

    fn add(&mut self, dates: Vec<Date>, part: Option<Part>) {
        let part = part.or(self.prefix);
        self.prefix_used |= self.prefix.is_some();
        self.after_day = Some(self.found.days.len());
        self.found.groups += 1;
        self.found.days.extend(dates.into_iter().map(|date| Dated {
            date,
            part,
            category: None,
        }));
    }

    fn last_half(&mut self, halves: u32) {
        if halves % 2 == 1
            && let Some(last) = self.found.days.last_mut()
        {
            last.part = Some(Part::Morning);
        }
    }

    fn day(&mut self, point: &Point) {
        self.found.by_week |= matches!(point.base, Base::Weekday(..));
        if self.without {
            let dates = self.calendar.date(point).unwrap_or_default();
            self.found.without.push(Without {
                point: point.clone(),
                dates,
                part: point.part.or(self.prefix),
            });
            return;
        }
        match self.calendar.date(point) {
            // "Thursday and Friday" on a Friday: who means today says so.
            Ok(dates)
                if dates == [self.calendar.today]
                    && matches!(point.base, Base::Weekday(_, super::phrases::Week::Nearest))
                    && self
                        .found
                        .days
                        .last()
                        .is_some_and(|last| last.date > dates[0])
                    && self.found.by_week =>
            {
                self.found.guessed = true;
                self.add(vec![super::dates::plus(dates[0], 7)], point.part);
            }
            Ok(dates) => {
                // "Mon and Thu" on a Tuesday: which Thursday?
                self.found.guessed |=
                    matches!(point.base, Base::Weekday(..))
                        && self.found.days.last().is_some_and(|last| {
                            dates.first().is_some_and(|first| *first < last.date)
                        });
                self.add(dates, point.part);
            }
            Err(doubt) => self.found.doubts.push(doubt),
        }
    }

    fn range(&mut self, first: &Point, last: &Point) {
        self.found.by_week |= matches!(first.base, Base::Weekday(..));
        match self.calendar.range(first, last) {
            Ok((start, end)) if self.without => {
                for date in days(start, end) {
                    self.found.without.push(Without {
                        point: Point {
                            base: Base::Exact(date),
                            alias: None,
                            part: None,
                        },
                        dates: vec![date],
                        part: None,
                    });
                }
            }
            Ok((start, end)) => {
                let dates: Vec<Date> = days(start, end)
                    .filter(|date| {
                        self.weekends
                            || !is_weekend(*date)
                            || *date == start && names_weekday(first)
                            || *date == end && names_weekday(last)
                    })
                    .collect();
                self.found.span |= start != end;
                self.add(dates, None);
                let count = self.found.days.len();
                let from = self.after_day.unwrap_or(count);
                // "from Monday afternoon till Wednesday morning"
                if let Some(day) = self.found.days.get_mut(from)
                    && first.part.is_some()
                {
                    day.part = first.part;
                }
                if let Some(day) = self.found.days[from..].last_mut()
                    && last.part.is_some()
                {
                    day.part = last.part;
                }
            }
            Err(doubt) => self.found.doubts.push(doubt),
        }
    }

    fn span(&mut self, span: SpanWord) {
        self.found.by_week = true;
        if span == SpanWord::RestOfWeek && !self.without {
            self.found.rest_of_week = true;
            self.found.span = true;
            return;
        }
        match self.calendar.span(span) {
            Ok((first, last)) if self.without => {
                for date in days(first, last) {
                    self.found.without.push(Without {
                        point: Point {
                            base: Base::Exact(date),
                            alias: None,
                            part: None,
                        },
                        dates: vec![date],
                        part: None,
                    });
                }
            }
            Ok((first, last)) => {
                self.found.span = true;
                self.add(days(first, last).collect(), None);
            }
            Err(doubt) => self.found.doubts.push(doubt),
        }
    }

    /// A part stands with the day just before it, or with the days that follow.
    fn part(&mut self, part: Part, text: &str, next_is_day: bool, all_days: bool) {
        if self.without {
            if let Some(last) = self.found.without.last_mut() {
                last.part = Some(part);
            } else {
                self.prefix = Some(part);
            }
            return;
        }
        if all_days && !self.found.days.is_empty() {
            for day in &mut self.found.days {
                day.part = Some(part);
            }
            return;
        }
        if let Some(pointed) = self.open.take() {
            self.pointed(pointed, part);
            return;
        }
        let of = text == "half of" || text == "half";
        match self.after_day {
            Some(start) if !(of && next_is_day) => {
                let all = text.ends_with("mornings")
                    || text.ends_with("afternoons")
                    || text.ends_with("evenings")
                    || text == "half days";
                let start = if all { 0 } else { start };
                for day in &mut self.found.days[start..] {
                    let from_prefix = self.prefix.is_some()
                        && day.part == self.prefix
                        && self.prefix != Some(Part::Half);
                    // "second half today, tomorrow full"
                    day.part = if part == Part::Full || from_prefix && part != Part::Half {
                        Some(part)
                    } else {
                        combine(day.part, Some(part))
                    };
                }
                if let Some(from) = &mut self.found.from
                    && self.found.days.is_empty()
                {
                    from.part = combine(from.part, Some(part));
                }
            }
            _ => {
                let before = if self.prefix_used { None } else { self.prefix };
                self.prefix = combine(before, Some(part));
                self.prefix_used = false;
            }
        }
    }

    fn finish(mut self) -> Named {
        if let Some(part) = self.prefix
            && !self.prefix_used
        {
            let mut free = self
                .found
                .days
                .iter_mut()
                .filter(|day| day.part.is_none())
                .peekable();
            if free.peek().is_some() {
                for day in free {
                    day.part = Some(part);
                }
            } else if let [only] = self.found.days.as_mut_slice() {
                only.part = combine(only.part, Some(part));
            } else {
                self.found.part = Some(part);
            }
        }
        self.found
    }
}

fn names_weekday(point: &Point) -> bool {
    matches!(point.base, Base::Weekday(..))
        || point
            .alias
            .as_ref()
            .is_some_and(|alias| matches!(alias.base, Base::Weekday(..)))
}

//! The dates of leave, from everything that a message says of days.

use jiff::civil::Date;

use super::clauses::{Clause, Link, Role};
use super::dates::{days, is_weekend, plus, working_days};
use super::meaning::{Meaning, Speech, portion};
use super::phrases::{Base, Kind, MonthOf};
use super::portions::{Dated, Named, combine, named};
use super::roles::part_away;
use super::words::{Part, Tag, Voice};
use super::{Category, Doubt, Intent, MeantDay};

impl Speech<'_> {
    /// The dates of leave, from everything that is said of them.
    pub(super) fn compose(
        &self,
        total: &mut Named,
        ill: bool,
        leaves: &[usize],
        worked: &mut Vec<Date>,
    ) -> Result<Vec<Dated>, Doubt> {
        let today = self.calendar.today;
        let mut found = total.days.clone();
        let working = |first: Date, last: Date| {
            days(first, last)
                .filter(|date| !is_weekend(*date) || *date == first && first == last)
                .collect::<Vec<_>>()
        };
        let single = total.single();
        let part = total.part;
        let plain = |dates: Vec<Date>, first_part: Option<Part>| {
            dates
                .into_iter()
                .enumerate()
                .map(|(at, date)| Dated {
                    date,
                    part: if at == 0 { first_part } else { None },
                    category: None,
                })
                .collect::<Vec<_>>()
        };
        if total.rest_of_week {
            let (first, last) = self.calendar.span(super::words::SpanWord::RestOfWeek)?;
            worked.extend(found.iter().map(|day| day.date));
            let start = worked
                .iter()
                .filter(|date| **date >= today && **date <= last)
                .max()
                .map_or(first, |date| plus(*date, 1));
            found.extend(days(start, last).map(|date| Dated {
                date,
                part,
                category: total.rest_category,
            }));
        }
        // "down with flu since Monday, back on Friday"
        if let Some(since) = total.since
            && (total.back.is_some() || total.until.is_some())
            && total.groups == 1
        {
            let end = match (&total.until, &total.back) {
                (Some(until), _) => self.calendar.on_or_after(today, until)?,
                (None, Some(back)) => self.day_before(plus(today, -1), back)?,
                (None, None) => today,
            };
            if end >= since && end.since(since).is_ok_and(|span| span.get_days() < 120) {
                return Ok(plain(working(since, end), None));
            }
        }
        if let Some(until) = &total.until {
            let start = total.from.or(single).map_or(today, |day| day.date);
            let end = self.calendar.on_or_after(start, until)?;
            if end < start {
                return Err(Doubt::NothingLeft);
            }
            if end.since(start).is_ok_and(|span| span.get_days() > 366) {
                return Err(Doubt::TooMany);
            }
            let mut dates = working(start, end);
            if matches!(until.base, Base::Weekday(..)) && is_weekend(end) && !dates.contains(&end) {
                dates.push(end);
            }
            if single.is_some() || total.from.is_some() || found.is_empty() {
                let first = total.from.or(single).and_then(|day| day.part);
                found = plain(dates, first);
                if let Some(part) = part {
                    for day in &mut found {
                        day.part = Some(part);
                    }
                }
                if let (Some(last), Some(part)) = (found.last_mut(), until.part) {
                    last.part = Some(part);
                }
                return Self::leave_out(total, found);
            }
        }
        if let Some(from) = total.from {
            if let Some(length) = total.length {
                found.extend(Self::count(from.date, length, from.part));
                return Self::leave_out(total, found);
            }
            if let Some(back) = &total.back {
                let end = self.day_before(from.date, back)?;
                found.extend(plain(working(from.date, end), from.part));
                return Self::leave_out(total, found);
            }
            if found.is_empty() {
                return Err(Doubt::NoEnd(from.date));
            }
            found.push(from);
            return Err(Doubt::NoEnd(from.date));
        }
        if let Some(length) = total.length
            && total.span
            && total.groups == 1
            && found.len() == 5
            && length != 10
            && length > 1
        {
            // "2 days next week"
            return Err(Doubt::VagueSpan("a few days of that week".to_owned()));
        }
        if let Some(vague) = &total.vague
            && total.by_week
            && total.groups == 1
            && found.len() == 5
            && ["day", "some", "few"]
                .iter()
                .any(|word| vague.contains(word))
            && !vague.contains("holiday")
        {
            // "a day or two next week"
            return Err(Doubt::VagueSpan(vague.clone()));
        }
        if let (Some(day), Some(length)) = (single, total.length) {
            if length > 2 {
                found = Self::count(day.date, length, day.part);
                return Self::leave_out(total, found);
            }
            if length == 1 {
                found[0].part = combine(Some(Part::Half), day.part);
            }
        }
        if let Some(back) = &total.back {
            if let Some(day) = single
                && day.part.is_none()
            {
                if let Ok(end) = self.day_before(day.date, back)
                    && end > day.date
                {
                    found = plain(working(day.date, end), None);
                    if found.first().is_none_or(|first| first.date != day.date) {
                        found.insert(0, day);
                    }
                }
            } else if found.is_empty() && total.length.is_none() {
                let end = self.day_before(today, back)?;
                let mut dates = working(today, end);
                if dates.is_empty() {
                    dates.push(today);
                }
                found = plain(dates, None);
                if let Some(part) = part {
                    for day in &mut found {
                        day.part = Some(part);
                    }
                }
            }
        }
        if !found.is_empty() {
            if let Some(part) = part
                && found.iter().all(|day| day.part.is_none())
                && single.is_some()
            {
                found[0].part = Some(part);
            }
            return Self::leave_out(total, found);
        }
        if !total.doubts.is_empty() {
            return Ok(Vec::new());
        }
        self.without_days(total, ill, leaves)
    }

    /// Leave with no day: a count, something vague, now, or nobody knows.
    fn without_days(
        &self,
        total: &Named,
        ill: bool,
        leaves: &[usize],
    ) -> Result<Vec<Dated>, Doubt> {
        let today = self.calendar.today;
        if self.clauses.iter().any(|clause| clause.has(Tag::ToFollow)) {
            return Err(Doubt::DatesToFollow);
        }
        if let Some(words) = &total.vague {
            return Err(Doubt::VagueSpan(words.clone()));
        }
        if let Some(item) = self
            .clauses
            .iter()
            .filter(|clause| {
                matches!(clause.role, Role::Medical | Role::Ill)
                    || clause.link == Link::Reason && clause.role == Role::Days
            })
            .flat_map(|clause| &clause.items)
            .find(|item| item.is(Tag::Vague))
        {
            return Err(Doubt::VagueSpan(item.text.clone()));
        }
        let now = self.speaks_of_now(leaves, ill);
        if let Some(length) = total.length {
            if ill {
                return Ok(Self::count(today, length, None));
            }
            if !(length <= 2 && now) {
                return Err(Doubt::NoStart);
            }
        }
        if now {
            return Ok(vec![Dated {
                date: today,
                part: total.part,
                category: None,
            }]);
        }
        Err(Doubt::NoDay)
    }

    /// Whether leave without a day is today's.
    fn speaks_of_now(&self, leaves: &[usize], ill: bool) -> bool {
        if self.clauses.iter().any(|clause| clause.has(Tag::Now)) || ill {
            return true;
        }
        leaves.iter().any(|at| {
            let clause = &self.clauses[*at];
            let wants = clause.has(Tag::Want) || clause.has(Tag::Ask);
            let planning = clause.any(|item| item.is(Tag::Future) && item.text.starts_with("pl"));
            match clause.leave() {
                Some((place, Voice::State | Voice::Absent)) => {
                    let definite = clause.items[place].text.contains("the");
                    (!wants || definite) && !planning && !clause.past
                }
                // "PTO": the word and nothing else.
                Some((_, Voice::Thing)) => {
                    clause
                        .items
                        .iter()
                        .all(|item| matches!(item.kind, Kind::Tag(Tag::Leave(..) | Tag::Filler)))
                        && clause.items.len() <= 2
                        && !clause
                            .any(|item| matches!(item.text.as_str(), "some" | "any" | "a" | "an"))
                        && clause.link == Link::Sentence
                        && (self.clauses.len() <= 2
                            || self.clauses.iter().all(|other| {
                                let aside = other.leave().is_none()
                                    && !other.has_days()
                                    && matches!(
                                        other.role,
                                        Role::Other | Role::NotLeave | Role::Undecided
                                    );
                                !other.has(Tag::Vague) && (aside || other.role == Role::Leave)
                            }))
                        || clause.any(|item| item.text.contains("the day"))
                }
                Some((_, Voice::Soft)) => {
                    !wants
                        && !clause.past
                        && !clause.any(|item| matches!(item.kind, Kind::Length(_)))
                        || clause.any(|item| matches!(item.kind, Kind::Tag(Tag::Part(_))))
                }
                None => false,
            }
        })
    }

    fn count(first: Date, halves: u32, part: Option<Part>) -> Vec<Dated> {
        let mut found: Vec<Dated> = working_days(first, halves.div_ceil(2), false)
            .into_iter()
            .map(|date| Dated {
                date,
                part: None,
                category: None,
            })
            .collect();
        if halves % 2 == 1
            && let Some(last) = found.last_mut()
        {
            last.part = Some(Part::Morning);
        }
        if let (Some(day), Some(part)) = (found.first_mut(), part) {
            day.part = Some(part);
        }
        found
    }

    /// The day before the author is back, counted from the first day.
    fn day_before(&self, first: Date, back: &super::phrases::Point) -> Result<Date, Doubt> {
        let day = self.calendar.on_or_after(plus(first, 1), back)?;
        Ok(plus(day, -1))
    }

    /// Takes the excepted days out.
    pub(super) fn leave_out(total: &Named, mut found: Vec<Dated>) -> Result<Vec<Dated>, Doubt> {
        for without in &total.without {
            let hit = |day: &Dated| match without.point.base {
                Base::Weekday(weekday, _) => day.date.weekday() == weekday,
                Base::Date {
                    day: number,
                    month: MonthOf::Unsaid,
                    ..
                } => u32::from(day.date.day().unsigned_abs()) == number,
                _ => without.dates.contains(&day.date),
            };
            match without.part {
                Some(part @ (Part::Morning | Part::Afternoon | Part::Half)) => {
                    for day in found.iter_mut().filter(|day| hit(day)) {
                        day.part = Some(if part == Part::Afternoon {
                            Part::Morning
                        } else {
                            Part::Afternoon
                        });
                    }
                }
                _ => found.retain(|day| !hit(day)),
            }
        }
        if found.is_empty() {
            return Err(Doubt::NothingLeft);
        }
        Ok(found)
    }

    /// The day of the reason beside leave that has none: "MRI tomorrow so taking the day off".
    pub(super) fn reason_days(&self, leaves: &[usize], past: bool) -> Option<(usize, Named)> {
        if self.clauses.iter().any(|clause| clause.has(Tag::ToFollow)) {
            return None;
        }
        let strong =
            |clause: &Clause| matches!(clause.role, Role::Medical | Role::Ill | Role::Others);
        let candidate = |at: usize, tied: bool| {
            let clause = &self.clauses[at];
            let reason = strong(clause)
                || clause.role == Role::Other
                    && (tied || clause.link == Link::Reason || clause.has(Tag::Family))
                    && !clause.has(Tag::Contact);
            let since = clause.any(|item| matches!(item.kind, Kind::Since(_)));
            if !reason
                || since
                || clause.question
                || clause.link == Link::While
                || leaves.contains(&at)
            {
                return None;
            }
            let mut clause = clause.clone();
            clause.past |= past;
            let mut named = named(&clause, self.calendar);
            // Only the day is taken over, and with it the part only for a half day.
            for day in &mut named.days {
                day.part = None;
            }
            named.part = None;
            let told = !named.days.is_empty() || named.from.is_some() && named.length.is_some();
            told.then_some((at, named))
        };
        for leave in leaves {
            let tied = matches!(self.clauses[*leave].link, Link::So | Link::And);
            let before = leave.checked_sub(1).and_then(|at| candidate(at, tied));
            let after = (leave + 1 < self.clauses.len())
                .then(|| candidate(leave + 1, self.clauses[leave + 1].link == Link::Reason))
                .flatten();
            if let Some(found) = before.or(after) {
                return Some(found);
            }
        }
        // "working the morning on Friday and taking a half day after that"
        if leaves.iter().any(|at| {
            self.after_work(*at).is_some()
                || self.clauses[*at].half_day()
                || self.clauses[*at].any(|item| matches!(item.kind, Kind::Tag(Tag::Part(_))))
        }) {
            let found = self.with_role(Role::Work).into_iter().find_map(|at| {
                let mut named = named(&self.clauses[at], self.calendar);
                for day in &mut named.days {
                    day.part = None;
                }
                named.part = None;
                (!named.days.is_empty() && part_away(&self.clauses[at]).is_some())
                    .then_some((at, named))
            });
            if found.is_some() {
                return found;
            }
        }
        (0..self.clauses.len())
            .filter(|at| strong(&self.clauses[*at]) || self.clauses[*at].link == Link::Reason)
            .find_map(|at| candidate(at, false))
    }

    /// The reading of days that were gathered elsewhere, in a thread.
    pub(super) fn composed(
        &self,
        total: &mut Named,
        own: &[usize],
        category: Category,
        part: Option<Part>,
    ) -> Meaning {
        let ill = category == Category::Sick;
        let mut meaning = Meaning::new(Intent::Request, self.confidence(own));
        match self.compose(total, ill, own, &mut Vec::new()) {
            Ok(found) if !found.is_empty() => {
                meaning.days = found
                    .into_iter()
                    .map(|day| MeantDay {
                        date: day.date,
                        portion: portion(day.part.or(part), None),
                        category,
                    })
                    .collect();
            }
            Ok(_) => meaning.intent = Intent::Unclear,
            Err(doubt) => {
                meaning.intent = Intent::Unclear;
                meaning.doubts.push(doubt);
            }
        }
        meaning
    }
}

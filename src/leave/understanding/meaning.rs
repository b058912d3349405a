//! Clauses → what one message means, given what is known from the thread.

use jiff::civil::Date;

use super::clauses::{Clause, Link, Role, is_day, part_away};
use super::dates::{Calendar, days, is_weekend, plus, working_days};
use super::phrases::{Base, Kind, MonthOf};
use super::portions::{Dated, Named, combine, named};
use super::thread::{Known, follow_up};
use super::words::{Part, Tag, Voice};
use super::{Category, Confidence, Doubt, Intent, MeantDay, Reading, accept};
use crate::leave::model::Portion;

/// What a message means by itself, before the rules of dates are applied.
#[derive(Debug, Clone)]
pub(super) struct Meaning {
    pub(super) intent: Intent,
    pub(super) days: Vec<MeantDay>,
    pub(super) doubts: Vec<Doubt>,
    pub(super) confidence: Confidence,
    /// What was said, for the thread's next message.
    pub(super) named: Named,
    pub(super) category: Option<Category>,
    pub(super) voice_known: bool,
}

impl Meaning {
    pub(super) fn new(intent: Intent, confidence: Confidence) -> Self {
        Self {
            intent,
            days: Vec::new(),
            doubts: Vec::new(),
            confidence,
            named: Named::default(),
            category: None,
            voice_known: false,
        }
    }

    /// The reading, by the rules of dates.
    pub(super) fn settle(self, today: Date) -> Reading {
        let mut reading = Reading {
            intent: self.intent,
            days: Vec::new(),
            confidence: self.confidence,
            doubts: self.doubts,
            dropped: Vec::new(),
        };
        match accept(today, self.days) {
            Ok(accepted) => {
                reading.days = accepted.days;
                reading.dropped = accepted.dropped;
            }
            Err(_) => reading.doubts.push(Doubt::TooMany),
        }
        if !reading.dropped.is_empty() {
            reading.doubts.push(Doubt::BeforeThisYear);
        }
        match reading.intent {
            Intent::Request if reading.days.is_empty() => reading.intent = Intent::Unclear,
            Intent::Cancel if reading.days.is_empty() => reading.doubts.push(Doubt::WhichLeave),
            Intent::Unclear | Intent::None => reading.days.clear(),
            Intent::Request | Intent::Cancel => {}
        }
        if reading.intent == Intent::Unclear && reading.doubts.is_empty() {
            reading.doubts.push(Doubt::NoDay);
        }
        reading
    }
}

/// Everything about one message.
pub(super) struct Speech<'a> {
    pub(super) clauses: &'a [Clause],
    pub(super) calendar: Calendar,
    pub(super) known: &'a Known,
    /// The message goes on where another ended: "plus the Friday".
    pub(super) begins_with_and: bool,
}

/// What a message means.
pub(super) fn meaning(
    clauses: &[Clause],
    begins_with_and: bool,
    today: Date,
    known: &Known,
) -> Meaning {
    let speech = Speech {
        clauses,
        calendar: Calendar {
            today,
            past: false,
            month_from: known.month_from(today),
            week_of: known.week_of,
        },
        known,
        begins_with_and,
    };
    if known.is_about_leave()
        && let Some(meaning) = follow_up(&speech)
    {
        return meaning;
    }
    let cancels = speech.with_role(Role::Cancel);
    let leaves = speech.leaves();
    // "roll back", with nothing that could be leave.
    let empty = cancels.iter().all(|at| {
        let clause = &clauses[*at];
        clause.leave().is_none() && !clause.has_days()
    }) && !clauses.iter().any(|clause| clause.leave().is_some());
    if !cancels.is_empty() && empty {
        return speech.nothing();
    }
    if !cancels.is_empty() {
        let mut taken = speech.cancelled(&cancels);
        // "cancel Monday, take Tuesday instead" is a request for Tuesday.
        let instead = speech.instead();
        if let Some(instead) = instead {
            taken = instead;
        }
        return taken;
    }
    if let Some(moved) = speech.moved() {
        return moved;
    }
    if leaves.is_empty()
        && let Some(meaning) = speech.works_instead()
    {
        return meaning;
    }
    if leaves.is_empty() {
        return speech.nothing();
    }
    speech.request(&leaves)
}

impl Speech<'_> {
    pub(super) fn with_role(&self, role: Role) -> Vec<usize> {
        (0..self.clauses.len())
            .filter(|at| self.clauses[*at].role == role)
            .collect()
    }

    /// "migraine, logging off for the day"
    fn stops_work(&self, at: usize) -> bool {
        let clause = &self.clauses[at];
        let off = clause.any(|item| {
            [
                "logging off",
                "signing off",
                "log off",
                "sign off",
                "going offline",
            ]
            .iter()
            .any(|word| item.text.contains(word))
        });
        let now = clause.any(|item| item.text.contains("for the day") || item.text == "now")
            || self.clauses.get(at + 1).is_some_and(|next| {
                next.link == Link::Reason
                    && next.items.iter().all(|item| {
                        matches!(item.kind, Kind::Tag(Tag::The | Tag::DayUnit | Tag::Day(_)))
                            || matches!(item.kind, Kind::Day(_))
                    })
            });
        off && now
    }

    fn works(&self) -> bool {
        self.clauses.iter().any(|clause| {
            clause.role == Role::Work
                // Away for an hour, or late: the rest of the day is worked.
                || clause.role == Role::NotLeave
                    && clause.any(|item| {
                        item.is(Tag::Short)
                            && ["hour", "min", "late", "back", "brb", "early", "bit"]
                                .iter()
                                .any(|word| item.text.contains(word))
                    })
                || clause.any(|item| {
                    item.is(Tag::WorkHere) || item.is(Tag::Works) || item.is(Tag::Except)
                })
                    && matches!(clause.role, Role::Ill | Role::Medical)
        })
    }

    /// The clauses that ask for leave or announce it: those with a leave word, and the author's
    /// illness on a day when nothing says that they work.
    fn leaves(&self) -> Vec<usize> {
        let leaves = self.with_role(Role::Leave);
        let ill = self.with_role(Role::Ill);
        let works = self.works();
        let soft_only = leaves.iter().all(|at| {
            self.clauses[*at]
                .leave()
                .is_some_and(|(_, voice)| voice == Voice::Soft)
        });
        let days_anywhere = self.clauses.iter().any(|clause| {
            matches!(
                clause.role,
                Role::Leave
                    | Role::Days
                    | Role::Back
                    | Role::Ill
                    | Role::Medical
                    | Role::Other
                    | Role::Others
            ) && clause.any(|item| item.is_dayish() || matches!(item.kind, Kind::Back(_)))
        });
        // "in till 1, then off"
        let rest_of_day = leaves.iter().any(|at| self.after_work(*at).is_some());
        if leaves.is_empty()
            && !works
            && !ill.is_empty()
            && (0..self.clauses.len()).any(|at| self.stops_work(at))
        {
            return ill;
        }
        if !leaves.is_empty() && soft_only && !days_anywhere && ill.is_empty() && !rest_of_day {
            // "out" or "off" with no day or length is not leave; but all by itself it is.
            let bare = self.clauses.iter().all(|clause| {
                clause.unknown == 0 && matches!(clause.role, Role::Leave | Role::Other)
            }) && self
                .clauses
                .iter()
                .map(|clause| clause.items.len())
                .sum::<usize>()
                <= 4;
            if !bare {
                return Vec::new();
            }
        }
        let mut found: Vec<usize> = leaves;
        if found.is_empty() && works {
            // "WFH today, sick tomorrow": the work is of another day.
            let mut worked = self.worked();
            if worked.is_empty() {
                worked.push(self.calendar.today);
            }
            let said = self.clauses.iter().all(|clause| {
                !matches!(clause.role, Role::Ill | Role::Medical)
                    || !clause.any(|item| item.is(Tag::WorkHere) || item.is(Tag::Works))
            });
            return ill
                .into_iter()
                .filter(|at| {
                    let days = named(&self.clauses[*at], self.calendar).days;
                    said && !self.clauses[*at].past
                        && !days.is_empty()
                        && days.iter().all(|day| {
                            day.date >= self.calendar.today && !worked.contains(&day.date)
                        })
                })
                .collect();
        }
        // "recovered from fever, back at work today"
        let is_back = self.clauses.iter().any(|clause| {
            clause.any(
                |item| matches!(&item.kind, Kind::Back(point) if point.base == Base::FromToday(0)),
            )
        });
        if found.is_empty() && is_back {
            return found;
        }
        let days_beside = self
            .clauses
            .iter()
            .any(|clause| matches!(clause.role, Role::Days | Role::Back));
        for at in ill {
            let clause = &self.clauses[at];
            let since = clause.any(|item| matches!(item.kind, Kind::Since(_)));
            let own_days = clause.has_days() && !since
                || clause.any(|item| matches!(item.kind, Kind::Length(_)));
            // "I was sick on Friday too, please add that"
            let told = clause.has(Tag::Too)
                || self
                    .clauses
                    .get(at + 1)
                    .is_some_and(|next| next.has(Tag::Report) || next.has(Tag::Too));
            let reports = !found.is_empty() && clause.past && !told;
            if (own_days || found.is_empty() && (days_beside || since)) && !reports {
                found.push(at);
            }
        }
        found.sort_unstable();
        found
    }

    /// The part of the day that is left after the work before a clause: "working till 1, then off".
    fn after_work(&self, at: usize) -> Option<Part> {
        let work = &self.clauses[at.checked_sub(1)?];
        let clause = &self.clauses[at];
        let until = work.any(|item| {
            item.is(Tag::Until) || matches!(item.kind, Kind::Tag(Tag::Part(Part::Morning)))
        });
        let late = work.any(|item| match item.kind {
            Kind::Clock(minutes) => !(10 * 60..=15 * 60).contains(&minutes),
            Kind::Number(hour) => !matches!(hour, 10..=12 | 1..=3),
            _ => false,
        });
        let away = part_away(work)?;
        (work.role == Role::Work
            && until
            && !late
            && away == Part::Afternoon
            && clause.role == Role::Leave
            && clause.link != Link::Sentence
            && !clause.has_days())
        .then_some(away)
    }

    fn nothing(&self) -> Meaning {
        let cue = self.clauses.iter().any(|clause| {
            clause.leave().is_some()
                || matches!(
                    clause.role,
                    Role::Ill | Role::Undecided | Role::Cancel | Role::Passing
                )
        });
        let unknown: usize = self
            .clauses
            .iter()
            .filter(|clause| clause.leave().is_some())
            .map(|clause| clause.unknown)
            .sum();
        // A day in a thread about leave is likely to be about that leave.
        let follows = self.known.is_about_leave()
            && self
                .clauses
                .iter()
                .any(|clause| !clause.question && clause.any(super::phrases::Item::is_dayish));
        let confidence = if !cue && follows {
            Confidence::Medium
        } else if !cue {
            Confidence::High
        } else if unknown == 0 {
            Confidence::Medium
        } else {
            Confidence::Low
        };
        Meaning::new(Intent::None, confidence)
    }

    /// Days of the clauses that belong to one thing: those given, and the bare days beside them.
    pub(super) fn gather(&self, own: &[usize], past: bool) -> Vec<(usize, Named)> {
        let mut found = Vec::new();
        for (at, clause) in self.clauses.iter().enumerate() {
            let beside = matches!(clause.role, Role::Days | Role::Back) && self.belongs(at);
            if own.contains(&at) || beside {
                let mut clause = clause.clone();
                clause.past |= past && !clause.has(Tag::Future);
                found.push((at, named(&clause, self.calendar)));
            }
        }
        found
    }

    /// Whether bare days belong to the leave, and not to work or somebody else.
    fn belongs(&self, at: usize) -> bool {
        if self.clauses[at].link == Link::Sentence || self.clauses[at].role == Role::Back {
            return true;
        }
        let before = at.checked_sub(1).map(|before| self.clauses[before].role);
        !matches!(
            before,
            Some(Role::Work | Role::Others | Role::NotLeave | Role::Undecided | Role::Passing)
        )
    }

    /// Whether the message only reports: its days have been.
    fn reports(&self) -> bool {
        let report = self
            .clauses
            .iter()
            .any(|clause| clause.has(Tag::Report) || clause.has(Tag::Want));
        let booked = self.clauses.iter().any(|clause| {
            clause.role == Role::Leave
                && clause.any(|item| {
                    (item.is(Tag::Report) || item.is(Tag::Want))
                        && ["appl", "mark", "add", "log", "regular", "record", "updat"]
                            .iter()
                            .any(|word| item.text.starts_with(word))
                })
        });
        let past = self.clauses.iter().any(|clause| {
            clause.past
                && (matches!(clause.role, Role::Leave | Role::Ill | Role::Medical)
                    || booked && clause.role == Role::Other && clause.has(Tag::Me))
        });
        let future = self.clauses.iter().any(|clause| {
            clause.role == Role::Leave
                && !clause.past
                && (clause.has(Tag::Future)
                    || clause.has(Tag::Be)
                    || clause.any(|item| item.is(Tag::Take)))
        });
        report && past && !future
    }

    fn request(&self, leaves: &[usize]) -> Meaning {
        let past = self.reports();
        let mut parts = self.gather(leaves, past);
        let mut confidence = self.confidence(leaves);
        // "I was off on Friday, can somebody update me?" may only be said in passing.
        let asked = self.clauses.iter().any(|clause| {
            clause.role == Role::NotLeave && (clause.has(Tag::AskYou) || clause.has(Tag::Question))
        });
        if asked && leaves.iter().any(|at| self.clauses[*at].past) {
            confidence = confidence.min(Confidence::Medium);
        }
        let mut total = Named::default();
        let categories = self.categories(&parts);
        let category = categories
            .first()
            .filter(|(from, _)| *from == 0)
            .map_or(Category::Vacation, |(_, category)| *category);
        let ill = self.clauses.iter().any(|clause| clause.role == Role::Ill) || self.named_sick();
        let hint = self.hint();
        // Reasons tell the day when the leave itself does not.
        if parts.iter().all(|(_, named)| named.has_no_start())
            && let Some((at, reason)) = self.reason_days(leaves, past)
        {
            confidence = confidence.min(
                if matches!(self.clauses[at].role, Role::Medical | Role::Ill) {
                    Confidence::High
                } else {
                    Confidence::Medium
                },
            );
            parts.push((at, reason));
        }
        // "PTO Monday, doctor's appointment Tuesday so sick leave": a day for each leave.
        for leave in leaves {
            let Some(at) = leave.checked_sub(1) else {
                continue;
            };
            let tied = self.clauses[*leave].link == Link::So
                && matches!(self.clauses[at].role, Role::Medical | Role::Ill)
                && parts.len() > 1
                && parts
                    .iter()
                    .all(|(part, named)| *part != *leave || named.has_no_start());
            if tied
                && !parts.iter().any(|(part, _)| *part == at)
                && let Some(reason) = self.reason_days(&[*leave], past)
            {
                parts.push(reason);
            }
        }
        parts.sort_by_key(|(at, _)| *at);
        for (at, mut named) in parts {
            let own = categories
                .iter()
                .rev()
                .find(|(from, _)| *from <= at)
                .map(|(_, category)| *category);
            for day in &mut named.days {
                day.category = own;
            }
            if let Some(from) = &mut named.from {
                from.category = own;
            }
            if named.rest_of_week {
                named.rest_category = own;
            }
            total.join(named);
        }
        let mut worked = self.worked();
        let outcome = self.compose(&mut total, ill, leaves, &mut worked);
        let mut doubts = total.doubts.clone();
        let composed = match outcome {
            Ok(composed) => composed,
            Err(doubt) => {
                doubts.push(doubt);
                Vec::new()
            }
        };
        if total.guessed {
            confidence = confidence.min(Confidence::Medium);
        }
        // "leave from 11th to 15th, working on 13th"
        let kept = self.worked_whole_days();
        let composed: Vec<Dated> = if total.span {
            composed
                .into_iter()
                .filter(|day| !kept.contains(&day.date))
                .collect()
        } else {
            composed
        };
        // "Wed to Fri, Friday only first half": what is said later of a day is more exact.
        let mut composed: Vec<Dated> = composed;
        for at in (0..composed.len()).rev() {
            let (day, rest) = (composed[at], &mut composed[..at]);
            if matches!(day.part, Some(Part::Morning | Part::Afternoon | Part::Half)) {
                for earlier in rest
                    .iter_mut()
                    .filter(|earlier| earlier.date == day.date && earlier.part.is_none())
                {
                    earlier.part = day.part;
                }
            }
        }
        let mut in_order = composed;
        in_order.sort_by_key(|day| day.date);
        let mut composed = in_order;
        if !total.place_parts(&mut composed) {
            confidence = confidence.min(Confidence::Medium);
        }
        for at in leaves {
            if let (Some(away), Some(day)) = (self.after_work(*at), composed.last_mut())
                && day.part.is_none()
            {
                day.part = Some(away);
            }
        }
        let mut meaning = Meaning::new(
            Intent::Request,
            confidence.min(self.leftovers(&total, &composed)),
        );
        meaning.category = categories.first().map(|(_, category)| *category);
        meaning.voice_known = true;
        if composed.is_empty() || !total.doubts.is_empty() {
            meaning.intent = Intent::Unclear;
            meaning.doubts = doubts;
            meaning.named = total;
            return meaning;
        }
        meaning.days = composed
            .iter()
            .map(|day| MeantDay {
                date: day.date,
                portion: portion(day.part, hint),
                category: day.category.unwrap_or(category),
            })
            .collect();
        meaning.named = total;
        meaning
    }

    /// How sure a reading can be with what of the message it leaves unused.
    fn leftovers(&self, total: &Named, composed: &[Dated]) -> Confidence {
        // Something vague beside days: it is not known which of them it speaks of. A holiday's name
        // is only what the days are for.
        let vague = self.clauses.iter().any(|clause| {
            matches!(clause.role, Role::Leave | Role::Days)
                && clause.any(|item| {
                    item.is(Tag::Vague)
                        && [
                            "week", "month", "every", "few", "some", "soon", "quarter", "days",
                        ]
                        .iter()
                        .any(|word| item.text.contains(word))
                        && !item.text.contains("weekend")
                })
        });
        // "3 days: 5th and 6th"
        let halves: usize = composed
            .iter()
            .map(|day| match day.part {
                Some(Part::Morning | Part::Afternoon | Part::Half) => 1,
                _ => 2,
            })
            .sum();
        let miscounted = total.length.is_some_and(|length| {
            length > 2 && usize::try_from(length).is_ok_and(|length| length != halves)
        });
        // The day of a reason that is none of the leave's.
        let elsewhere = self.clauses.iter().any(|clause| {
            matches!(clause.role, Role::Medical | Role::Ill)
                && !clause.past
                && named(clause, self.calendar).days.iter().any(|day| {
                    day.date >= self.calendar.today
                        && !composed.iter().any(|taken| taken.date == day.date)
                })
        });
        let unplaced = self.clauses.iter().any(|clause| {
            clause.guessed
                || clause.has(Tag::Extend) && !clause.has_days()
                || clause.role == Role::Leave && clause.has(Tag::ThatDay)
        });
        // A week and days of it: one of them says more.
        let twice = total.span
            && composed.iter().enumerate().any(|(at, day)| {
                day.part.is_none()
                    && composed[..at]
                        .iter()
                        .any(|other| other.date == day.date && other.part.is_none())
            });
        // "Monday and Tuesday off, Wednesday only morning" on a Wednesday
        let out_of_order = total.by_week
            && composed
                .iter()
                .any(|day| day.date == self.calendar.today)
            && total.days.first().is_some_and(|first| first.date > self.calendar.today)
            && !self.clauses.iter().any(|clause| {
                clause.any(|item| {
                    matches!(&item.kind, Kind::Day(point) if matches!(point.base, Base::FromToday(0)))
                })
            });
        if vague || out_of_order || miscounted || elsewhere || unplaced || twice {
            Confidence::Medium
        } else {
            Confidence::High
        }
    }

    /// The dates of leave, from everything that is said of them.
    fn compose(
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

    /// The days on which the author says that they work.
    fn worked(&self) -> Vec<Date> {
        self.clauses
            .iter()
            .enumerate()
            .filter(|(at, clause)| {
                clause.role == Role::Work
                    || clause.role == Role::Days
                        && at
                            .checked_sub(1)
                            .is_some_and(|at| self.clauses[at].role == Role::Work)
            })
            .flat_map(|(_, clause)| named(clause, self.calendar).days)
            .map(|day| day.date)
            .collect()
    }

    /// The days that the author says are worked, with no part of them away.
    fn worked_whole_days(&self) -> Vec<Date> {
        self.with_role(Role::Work)
            .into_iter()
            .filter(|at| self.clauses[*at].unknown == 0)
            .map(|at| named(&self.clauses[at], self.calendar))
            .filter(|named| named.part.is_none() && !named.span)
            .flat_map(|named| named.days)
            .filter(|day| day.part.is_none())
            .map(|day| day.date)
            .collect()
    }

    fn named_sick(&self) -> bool {
        self.clauses.iter().any(|clause| {
            clause.role == Role::Leave
                && clause
                    .any(|item| matches!(item.kind, Kind::Tag(Tag::Leave(_, Some(Category::Sick)))))
        })
    }

    /// From which clause on which category holds.
    fn categories(&self, parts: &[(usize, Named)]) -> Vec<(usize, Category)> {
        let mut found: Vec<(usize, Category)> = Vec::new();
        for (at, clause) in self.clauses.iter().enumerate() {
            let sick_word = clause
                .any(|item| matches!(item.kind, Kind::Tag(Tag::Leave(_, Some(Category::Sick)))));
            let own = matches!(clause.role, Role::Leave | Role::Days | Role::Cancel);
            let sick = sick_word && own
                || matches!(clause.role, Role::Ill | Role::Medical)
                || matches!(
                    clause.role,
                    Role::Leave | Role::Days | Role::Work | Role::NotLeave
                ) && (clause.has(Tag::Ill)
                    || clause.has(Tag::Medical)
                    || clause.has(Tag::IllEmoji))
                    && !others(clause);
            let vacation = clause.any(|item| {
                matches!(
                    item.kind,
                    Kind::Tag(Tag::Leave(_, Some(Category::Vacation)))
                )
            }) && own;
            let has_days = parts
                .iter()
                .any(|(part, named)| *part == at && !named.is_empty());
            if sick {
                found.push((at, Category::Sick));
            } else if vacation && has_days {
                found.push((at, Category::Vacation));
            }
        }
        // One that is named without days of its own is the category of the message.
        if found
            .iter()
            .any(|(_, category)| *category == Category::Sick)
        {
            let only_one_with_days =
                parts.iter().filter(|(_, named)| !named.is_empty()).count() <= 1;
            if only_one_with_days {
                return vec![(0, Category::Sick)];
            }
        }
        // A part that names sickness for days of its own says nothing of those before it.
        if let Some((at, category)) = found.first_mut() {
            let dates = |at: usize| {
                parts
                    .iter()
                    .filter(move |(part, _)| *part == at)
                    .flat_map(|(_, named)| named.days.iter().map(|day| day.date))
            };
            let own: Vec<Date> = dates(*at)
                .chain(
                    named(&self.clauses[*at], self.calendar)
                        .days
                        .iter()
                        .map(|day| day.date),
                )
                .collect();
            // "PTO Monday, doctor Tuesday so sick leave that day"
            let leads_on = matches!(self.clauses[*at].role, Role::Medical | Role::Ill)
                && self
                    .clauses
                    .get(*at + 1)
                    .is_some_and(|next| next.link == Link::So && next.role == Role::Leave);
            let before = (0..*at).flat_map(dates).collect::<Vec<_>>();
            let apart = !own.is_empty()
                && !before.is_empty()
                && !own.iter().any(|day| before.contains(day))
                && (self.clauses[*at].role == Role::Leave
                    || leads_on
                    || self.clauses[*at].role == Role::Ill && self.clauses[*at].past);
            if !(apart && *category == Category::Sick) {
                *at = 0;
            }
        }
        found
    }

    /// Which half a bare half day is.
    fn hint(&self) -> Option<Part> {
        let mut part = None;
        for clause in self.clauses {
            let found = match clause.role {
                Role::Work | Role::Back => part_away(clause),
                Role::NotLeave if clause.has(Tag::Leaves) || clause.has(Tag::Arrives) => {
                    part_away(clause)
                }
                _ => None,
            };
            part = part.or(found);
        }
        for clause in self.clauses {
            let found = match clause.role {
                Role::Leave if clause.has(Tag::Leaves) || clause.has(Tag::Arrives) => {
                    part_away(clause)
                }
                Role::Ill | Role::Medical | Role::Other | Role::Others => {
                    clause.items.iter().find_map(|item| match item.kind {
                        Kind::Tag(Tag::Part(part @ (Part::Morning | Part::Afternoon))) => {
                            Some(part)
                        }
                        Kind::Clock(minutes)
                            if clause.role == Role::Medical
                                || matches!(clause.role, Role::Other | Role::Others)
                                    && !clause.has(Tag::Contact) =>
                        {
                            Some(if minutes < 12 * 60 {
                                Part::Morning
                            } else {
                                Part::Afternoon
                            })
                        }
                        _ => None,
                    })
                }
                _ => None,
            };
            part = part.or(found);
        }
        part
    }

    /// The day of the reason beside leave that has none: "MRI tomorrow so taking the day off".
    fn reason_days(&self, leaves: &[usize], past: bool) -> Option<(usize, Named)> {
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
            (!named.days.is_empty()).then_some((at, named))
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

    pub(super) fn confidence(&self, own: &[usize]) -> Confidence {
        let unknown: usize = own.iter().map(|at| self.clauses[*at].unknown).sum();
        let shaky = self.clauses.iter().enumerate().any(|(at, clause)| {
            !own.contains(&at)
                && (matches!(
                    clause.role,
                    Role::Undecided | Role::NotLeave | Role::Passing | Role::Others
                ) && (clause.leave().is_some() || clause.has_days())
                    || clause.role == Role::Other && clause.has_days())
        });
        match unknown {
            0 if !shaky => Confidence::High,
            0..=2 => Confidence::Medium,
            _ => Confidence::Low,
        }
    }

    /// Leave that is taken back.
    pub(super) fn cancelled(&self, cancels: &[usize]) -> Meaning {
        let mut total = Named::default();
        for (at, named) in self.gather(cancels, false) {
            // What stays or replaces is not taken back.
            if cancels.contains(&at) || self.clauses[at].role == Role::Days {
                total.join(named);
            }
        }
        let mut meaning = Meaning::new(Intent::Cancel, self.confidence(cancels));
        if total.days.is_empty()
            && total.from.is_none()
            && !total.rest_of_week
            && total.until.is_none()
        {
            // "not taking leave anymore, will be working on Friday"
            for at in self.with_role(Role::Work) {
                let clause = &self.clauses[at];
                let changed = self
                    .clauses
                    .iter()
                    .any(|clause| clause.has(Tag::TakesBack) || clause.has(Tag::PlansChanged));
                // "will work today so cancel my leave"
                let so = cancels.contains(&(at + 1)) && self.clauses[at + 1].link == Link::So;
                if (changed || so) && clause.has_days() {
                    total.join(named(clause, self.calendar));
                }
            }
        }
        let mut worked = Vec::new();
        let vague = total.doubts.clone();
        let found = if total.days.is_empty()
            && total.from.is_none()
            && total.until.is_none()
            && !total.rest_of_week
        {
            Ok(Vec::new())
        } else {
            self.compose(&mut total, false, cancels, &mut worked)
        };
        let category = if self.named_sick() {
            Category::Sick
        } else {
            Category::Vacation
        };
        match found {
            Ok(found) if vague.is_empty() => {
                meaning.days = found
                    .into_iter()
                    .map(|day| MeantDay {
                        date: day.date,
                        portion: portion(day.part, None),
                        category,
                    })
                    .collect();
            }
            Ok(_) => meaning.doubts = vague,
            Err(doubt) => meaning.doubts.push(doubt),
        }
        meaning.named = total;
        meaning
    }

    /// "changed my plans, will be working on Friday"
    fn works_instead(&self) -> Option<Meaning> {
        let changed = self
            .clauses
            .iter()
            .find(|clause| clause.has(Tag::PlansChanged))?;
        let about_plans =
            changed.any(|item| item.is(Tag::PlansChanged) && item.text.contains("plan"));
        let works: Vec<usize> = self
            .with_role(Role::Work)
            .into_iter()
            .filter(|at| {
                let clause = &self.clauses[*at];
                clause.has_days()
                    && clause.unknown == 0
                    && clause.any(|item| {
                        item.is(Tag::Works) && !item.text.starts_with('w')
                            || item.is(Tag::WorkHere)
                            || item.text.starts_with("will be")
                            || item.text.starts_with("work")
                    })
            })
            .collect();
        if works.is_empty() {
            return None;
        }
        let mut meaning = self.cancelled(&works);
        if !about_plans {
            meaning.confidence = meaning.confidence.min(Confidence::Medium);
        }
        Some(meaning)
    }

    /// "cancel Monday, take Tuesday instead": the request for what is taken instead.
    pub(super) fn instead(&self) -> Option<Meaning> {
        let said = self.clauses.iter().any(|clause| {
            clause.has(Tag::Instead)
                || clause.role == Role::Days
                    && clause.any(|item| item.is(Tag::Take) || item.is(Tag::Only))
        });
        let after_cancel = self
            .clauses
            .iter()
            .position(|clause| clause.role == Role::Cancel)?;
        let taking: Vec<usize> = (0..self.clauses.len())
            .filter(|at| {
                let clause = &self.clauses[*at];
                matches!(clause.role, Role::Leave | Role::Days)
                    && (clause.has(Tag::Take)
                        || clause.has(Tag::Only)
                        || clause.has(Tag::Instead)
                        || clause.has(Tag::Want)
                        || clause.role == Role::Leave
                        || *at > after_cancel && clause.has(Tag::Move))
                    && clause.has_days()
            })
            .collect();
        if taking.is_empty()
            || !said
                && !taking
                    .iter()
                    .any(|at| self.clauses[*at].role == Role::Leave)
        {
            return None;
        }
        let kept: Vec<Clause> = taking
            .iter()
            .map(|at| Clause {
                role: Role::Leave,
                ..self.clauses[*at].clone()
            })
            .collect();
        let speech = Speech {
            clauses: &kept,
            calendar: self.calendar,
            known: self.known,
            begins_with_and: false,
        };
        let all: Vec<usize> = (0..kept.len()).collect();
        Some(speech.request(&all))
    }

    /// "move my leave from Monday to Tuesday": the new days.
    pub(super) fn moved(&self) -> Option<Meaning> {
        let at = self.clauses.iter().position(|clause| {
            clause.has(Tag::Move)
                && (clause.leave().is_some() || clause.has(Tag::It) || clause.has_days())
                && !matches!(clause.role, Role::Others | Role::NotLeave)
                && (clause.unknown == 0 || clause.leave().is_some())
        })?;
        let clause = &self.clauses[at];
        let moves = clause.items.iter().position(|item| item.is(Tag::Move))?;
        let target = clause.items[moves..].iter().position(|item| {
            matches!(item.kind, Kind::Tag(Tag::To | Tag::MakeIt | Tag::Until))
                || matches!(item.kind, Kind::Until(_))
                || item.is(Tag::For)
                    && matches!(
                        clause.items[moves].text.as_str(),
                        "swap" | "swapping" | "exchange" | "switch" | "swop"
                    )
        })? + moves;
        let days_to = clause.items[target..]
            .iter()
            .any(super::phrases::Item::is_dayish);
        if !days_to {
            return None;
        }
        // "change my half day on Friday to full day": the days stay.
        let same_days =
            !clause.items[target..].iter().any(is_day) && clause.items[..target].iter().any(is_day);
        if same_days {
            let part = clause.items[target..]
                .iter()
                .find_map(|item| match item.kind {
                    Kind::Tag(Tag::Part(part) | Tag::HalfDay(part)) => Some(part),
                    _ => None,
                })?;
            let mut old = clause.clone();
            old.items.truncate(target);
            old.role = Role::Leave;
            let rest = [old];
            let speech = Speech {
                clauses: &rest,
                calendar: self.calendar,
                known: self.known,
                begins_with_and: false,
            };
            let mut meaning = speech.request(&[0]);
            for day in &mut meaning.days {
                day.portion = portion(Some(part), None);
            }
            return Some(meaning);
        }
        let mut new = clause.clone();
        let old_items = new.items[..target].to_vec();
        new.items.drain(..target);
        for item in &mut new.items {
            if let Kind::Until(point) = &item.kind {
                item.kind = Kind::Day(point.clone());
            }
        }
        new.role = Role::Leave;
        let mut rest = vec![new];
        rest.extend(
            self.clauses[at + 1..]
                .iter()
                .filter(|clause| clause.role == Role::Days)
                .cloned(),
        );
        let speech = Speech {
            clauses: &rest,
            calendar: self.calendar,
            known: self.known,
            begins_with_and: false,
        };
        let mut meaning = speech.request(&[0]);
        meaning.confidence = meaning.confidence.min(self.confidence(&[at]));
        // The part and the category move along.
        let old = Clause {
            items: old_items,
            ..clause.clone()
        };
        let old_named = named(&old, self.calendar);
        let old_part = old_named
            .part
            .or_else(|| old_named.days.first().and_then(|day| day.part));
        let sick =
            old.any(|item| matches!(item.kind, Kind::Tag(Tag::Leave(_, Some(Category::Sick)))));
        for day in &mut meaning.days {
            if let Some(part) = old_part
                && day.portion == Portion::Full
            {
                day.portion = portion(Some(part), None);
            }
            if sick {
                day.category = Category::Sick;
            }
        }
        Some(meaning)
    }
}

fn others(clause: &Clause) -> bool {
    clause.has(Tag::Family) || clause.has(Tag::Other)
}

/// The portion that a part stands for.
pub(super) fn portion(part: Option<Part>, hint: Option<Part>) -> Portion {
    match part {
        None | Some(Part::Full) => Portion::Full,
        Some(Part::Morning) => Portion::HalfAm,
        Some(Part::Afternoon) => Portion::HalfPm,
        Some(Part::Half) => match hint {
            Some(Part::Afternoon) => Portion::HalfPm,
            _ => Portion::HalfAm,
        },
    }
}

/// The first day that a vague span can be, so that a later message can choose from it.
pub(super) fn begins(vague: &str, today: Date) -> Option<Date> {
    let next_month = today
        .first_of_month()
        .saturating_add(jiff::Span::new().months(1));
    if vague.contains("next month") || vague.contains("coming month") {
        return Some(next_month);
    }
    let month = vague.split_whitespace().find_map(super::words::month)?;
    let first = Date::new(today.year(), month, 1).ok()?;
    if first.last_of_month() < today {
        Date::new(today.year().saturating_add(1), month, 1).ok()
    } else {
        Some(first.max(today))
    }
}

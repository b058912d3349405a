//! Clauses → what one message means, given what is known from the thread.

use jiff::civil::Date;

use super::clauses::{Clause, Link, Role};
use super::dates::Calendar;
use super::phrases::{Base, Kind};
use super::portions::{Dated, Named, named};
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
    }) && !clauses.iter().any(|clause| {
        clause.leave().is_some()
            || clause.any(|item| item.is(Tag::It) && item.text.contains("leave"))
    });
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

    pub(super) fn request(&self, leaves: &[usize]) -> Meaning {
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
        // "surgery on the 18th and will be out until the 25th": from that day.
        let until_only = parts.iter().all(|(_, named)| {
            named.days.is_empty() && named.from.is_none() && named.since.is_none()
        }) && parts.iter().any(|(_, named)| named.until.is_some());
        if until_only
            && let Some((at, reason)) = self.reason_days(leaves, past)
            && matches!(self.clauses[at].role, Role::Medical | Role::Ill)
            && let [day] = reason.days.as_slice()
            && day.date > self.calendar.today
        {
            confidence = confidence.min(Confidence::Medium);
            parts.push((
                at,
                Named {
                    from: Some(*day),
                    ..Named::default()
                },
            ));
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

//! What a thread's earlier messages leave behind, and how a follow-up changes it.

use jiff::civil::Date;

use super::clauses::{Clause, Role};
use super::dates::{days, is_weekend, monday_of, plus, working_days};
use super::meaning::{Meaning, Speech, begins, portion};
use super::phrases::{Base, Kind, MonthOf, Point};
use super::portions::{Dated, Named, named};
use super::words::{Part, Tag};
use super::{Category, Confidence, Doubt, Intent, MeantDay};
use crate::leave::model::Portion;

/// What is known from earlier messages.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    /// The leave so far.
    days: Vec<MeantDay>,
    /// Leave is wanted, but its days are not known yet.
    wanted: bool,
    category: Option<Category>,
    part: Option<Part>,
    length: Option<u32>,
    from: Option<Date>,
    /// The first day of a vague span: "need a day off next month".
    begins: Option<Date>,
    /// The leave was named by weekdays: a weekday later is of the same week.
    pub(super) week_of: Option<Date>,
}

impl Known {
    pub(super) fn is_about_leave(&self) -> bool {
        self.wanted || !self.days.is_empty()
    }

    /// From which day on a bare day of the month is looked for.
    pub(super) fn month_from(&self, today: Date) -> Option<Date> {
        match self.days.first() {
            Some(first) if first.date > today => Some(plus(first.date, -15)),
            Some(_) => None,
            None => self.begins,
        }
    }

    /// What is known after another message.
    pub(super) fn after(self, meaning: &Meaning, kept: &[MeantDay], today: Date) -> Self {
        match meaning.intent {
            Intent::None => self,
            Intent::Cancel => {
                let days = if kept.is_empty() {
                    Vec::new()
                } else {
                    self.days
                        .into_iter()
                        .filter(|day| !kept.iter().any(|gone| gone.date == day.date))
                        .collect()
                };
                Self {
                    days,
                    ..Self::default()
                }
            }
            Intent::Request | Intent::Unclear => {
                let begins_at = meaning
                    .named
                    .vague
                    .as_deref()
                    .and_then(|vague| begins(vague, today));
                let next_week = meaning.intent == Intent::Unclear && meaning.named.span;
                let week = (meaning.named.by_week && !meaning.named.days.is_empty())
                    .then(|| {
                        if next_week {
                            meaning.named.days.first().map(|day| monday_of(day.date))
                        } else {
                            kept.first().map(|day| monday_of(day.date))
                        }
                    })
                    .flatten();
                Self {
                    days: if meaning.intent == Intent::Request {
                        kept.to_vec()
                    } else {
                        Vec::new()
                    },
                    wanted: true,
                    category: meaning.category.or(self.category),
                    part: meaning.named.part.or(self.part),
                    length: meaning.named.length.or(self.length),
                    from: meaning.named.from.map(|day| day.date).or(self.from),
                    begins: begins_at.or(self.begins),
                    week_of: week.or(self.week_of),
                }
            }
        }
    }
}

/// Reads a message as a change to the thread's leave; `None` if it is a message of its own.
pub(super) fn follow_up(speech: &Speech<'_>) -> Option<Meaning> {
    let known = speech.known;
    let clauses = speech.clauses;
    let has = |tag: Tag| clauses.iter().any(|clause| clause.has(tag));
    if let Some(meaning) = cancelled(speech) {
        return Some(meaning);
    }
    let leaves = speech.with_role(Role::Leave);
    // "plus the Friday"
    let begins_with_and = speech.begins_with_and;
    let adds = has(Tag::Too) || has(Tag::Extend) || begins_with_and;
    let corrects = has(Tag::Only)
        || has(Tag::Instead)
        || has(Tag::MakeIt)
        || has(Tag::PlansChanged)
        || has(Tag::Move)
        || has(Tag::InsteadOf);
    let spoken: Vec<usize> = (0..clauses.len())
        .filter(|at| speaks(&clauses[*at], known))
        .collect();
    let more = clauses.iter().any(|clause| {
        clause.any(|item| {
            matches!(item.kind, Kind::Length(_))
                && ["more", "extra", "additional", "another"]
                    .iter()
                    .any(|word| item.text.contains(word))
        })
    });
    let adds = adds || more;
    // "half day on the 13th", of leave that has the 13th: a change, and not another request.
    let same_days = leaves.iter().all(|at| {
        let days = named(&clauses[*at], speech.calendar).days;
        !days.is_empty()
            && days.len() < known.days.len()
            && days.iter().all(|day| {
                day.part.is_some() && known.days.iter().any(|known| known.date == day.date)
            })
    });
    let own_days = !same_days && leaves.iter().any(|at| clauses[*at].has_days());
    if own_days && !adds && !corrects {
        return None;
    }
    if let Some(meaning) = shifted(speech) {
        return Some(meaning);
    }
    if spoken.is_empty() {
        return None;
    }
    let past = !known.days.is_empty()
        && known
            .days
            .iter()
            .all(|day| day.date < speech.calendar.today);
    let mut total = Named::default();
    for at in &spoken {
        let mut clause = clauses[*at].clone();
        clause.past |= past;
        if clause.has(Tag::Move) {
            keep_new(&mut clause);
        } else {
            // A weekday or a number that the thread's leave has is that day.
            for item in &mut clause.items {
                match &mut item.kind {
                    Kind::Day(point) => the_same(point, &known.days),
                    Kind::Range(first, last) => {
                        the_same(first, &known.days);
                        the_same(last, &known.days);
                    }
                    _ => {}
                }
            }
        }
        total.join(named(&clause, speech.calendar));
    }
    let words = Words {
        only_days: clauses.iter().any(|clause| {
            clause.items.windows(2).any(|two| {
                two[0].is(Tag::Only) && two[1].is_dayish() && !matches!(two[1].kind, Kind::Tag(_))
            }) || clause.items.windows(3).any(|three| {
                three[0].is(Tag::Only)
                    && three[1].is(Tag::The)
                    && matches!(three[2].kind, Kind::Day(_))
            })
        }),
        adds,
        extends: has(Tag::Extend),
        corrects,
        category: category(clauses, &spoken),
    };
    change(speech, total, &words, &spoken)
}

/// "push it by a day", "a week later": every day so many working days later.
fn shifted(speech: &Speech<'_>) -> Option<Meaning> {
    let clause = speech
        .clauses
        .iter()
        .find(|clause| clause.has(Tag::Move) && !clause.has_days())?;
    let halves = clause.items.iter().find_map(|item| match item.kind {
        Kind::Length(halves) => Some(halves),
        _ => None,
    })?;
    let earlier = clause.any(|item| {
        matches!(item.text.as_str(), "earlier" | "forward" | "before")
            || item.text.starts_with("prepon")
            || item.text.contains("forward")
    });
    let others = speech.clauses.iter().any(Clause::has_days);
    if earlier || others || speech.known.days.is_empty() {
        return None;
    }
    let mut meaning = Meaning::new(Intent::Request, Confidence::Medium);
    meaning.category = speech.known.category;
    meaning.days = speech
        .known
        .days
        .iter()
        .map(|day| MeantDay {
            date: working_days(plus(day.date, 1), halves.div_ceil(2), false)
                .last()
                .copied()
                .unwrap_or(day.date),
            ..*day
        })
        .collect();
    Some(meaning)
}

/// What the words of a follow-up ask for.
struct Words {
    only_days: bool,
    adds: bool,
    extends: bool,
    corrects: bool,
    category: Option<Category>,
}

/// Leaves only the new days of "move it from Monday to Tuesday".
fn keep_new(clause: &mut Clause) {
    let target = clause
        .items
        .iter()
        .position(|item| item.is(Tag::To) || matches!(item.kind, Kind::Until(_)));
    if let Some(at) = target {
        clause.items.drain(..at);
        if let Some(item) = clause.items.first_mut()
            && let Kind::Until(point) = &item.kind
        {
            item.kind = Kind::Day(point.clone());
        }
    }
}

/// The category that a follow-up names.
fn category(clauses: &[Clause], spoken: &[usize]) -> Option<Category> {
    spoken.iter().find_map(|at| {
        clauses[*at].items.iter().find_map(|item| match item.kind {
            Kind::Tag(Tag::Leave(_, category)) => category,
            Kind::Tag(Tag::Ill | Tag::Medical) if !clauses[*at].has(Tag::Family) => {
                Some(Category::Sick)
            }
            _ => None,
        })
    })
}

/// Whether a clause can be a part of a follow-up.
fn speaks(clause: &Clause, known: &Known) -> bool {
    let tells = clause.any(|item| {
        item.is_dayish()
            || matches!(item.kind, Kind::Back(_) | Kind::Number(_))
            || matches!(item.kind, Kind::Tag(Tag::Leave(..)))
    });
    let changes = [
        Tag::Only,
        Tag::Instead,
        Tag::MakeIt,
        Tag::Too,
        Tag::Extend,
        Tag::Move,
        Tag::InsteadOf,
        Tag::Except,
    ]
    .iter()
    .any(|tag| clause.has(*tag));
    if clause.question && !clause.has(Tag::Ask) && !changes {
        return false;
    }
    match clause.role {
        Role::Leave | Role::Days | Role::Back => tells,
        Role::Ill | Role::Medical => tells && (changes || known.days.is_empty()),
        Role::NotLeave | Role::Cancel | Role::Undecided | Role::Others | Role::Passing => false,
        Role::Work => false,
        // Something more is said: good enough where a day was asked for, or with a word of change.
        Role::Other => {
            tells
                && !clause.has(Tag::Contact)
                && (known.days.is_empty() && clause.unknown <= 2 || changes && clause.unknown <= 1)
        }
    }
}

fn cancelled(speech: &Speech<'_>) -> Option<Meaning> {
    let known = speech.known;
    let mut cancels = speech.with_role(Role::Cancel);
    // "I'll be working on the 10th": that day of the leave is taken back.
    if cancels.is_empty() && !known.days.is_empty() {
        let works: Vec<usize> = speech
            .with_role(Role::Work)
            .into_iter()
            .filter(|at| {
                let clause = &speech.clauses[*at];
                let taken_back = clause.has_days()
                    && named(clause, speech.calendar)
                        .days
                        .iter()
                        .all(|day| known.days.iter().any(|known| known.date == day.date));
                taken_back
                    && clause.unknown == 0
                    && !clause.any(|item| matches!(item.kind, Kind::Tag(Tag::Part(_))))
            })
            .collect();
        let others = speech
            .clauses
            .iter()
            .any(|clause| clause.role == Role::Leave || clause.role == Role::Days);
        if !works.is_empty() && !others {
            cancels = works;
        }
    }
    // "plans changed, will be working": all of it.
    if cancels.is_empty()
        && !known.days.is_empty()
        && speech
            .clauses
            .iter()
            .any(|clause| clause.has(Tag::PlansChanged))
        && !speech.with_role(Role::Work).is_empty()
        && !speech.clauses.iter().any(Clause::has_days)
    {
        let mut meaning = Meaning::new(Intent::Cancel, Confidence::Medium);
        meaning.days.clone_from(&known.days);
        return Some(meaning);
    }
    if cancels.is_empty() {
        return None;
    }
    let mut meaning = speech.cancelled(&cancels);
    if let Some(instead) = speech.instead() {
        let mut kept: Vec<MeantDay> = known.days.clone();
        let gone: Vec<Date> = meaning.days.iter().map(|day| day.date).collect();
        if gone.is_empty() {
            kept.clear();
        }
        kept.retain(|day| !gone.contains(&day.date));
        let mut instead = instead;
        kept.extend(instead.days.iter().copied());
        instead.days = kept;
        return Some(instead);
    }
    let unnamed = meaning.named.is_empty() && meaning.doubts.is_empty();
    if unnamed {
        meaning.days.clone_from(&known.days);
    } else {
        // A weekday or a number that the thread's leave has is that day.
        let mut found = Vec::new();
        for at in &cancels {
            for item in &speech.clauses[*at].items {
                if let Kind::Day(point) = &item.kind {
                    found.push(in_thread(point, &known.days));
                }
            }
        }
        if !found.is_empty()
            && found.iter().all(Option::is_some)
            && found.len() == meaning.days.len()
        {
            meaning.days = found.into_iter().flatten().collect();
        }
    }
    Some(meaning)
}

/// The day of the thread's leave that is meant.
fn in_thread(point: &Point, known: &[MeantDay]) -> Option<MeantDay> {
    let mut hits = known.iter().filter(|day| match point.base {
        Base::Weekday(weekday, _) => day.date.weekday() == weekday,
        Base::Date {
            day: number,
            month: MonthOf::Unsaid,
            ..
        } => u32::from(day.date.day().unsigned_abs()) == number,
        _ => false,
    });
    let first = hits.next()?;
    hits.next().is_none().then_some(*first)
}

fn the_same(point: &mut Point, known: &[MeantDay]) {
    if let Some(day) = in_thread(point, known) {
        point.base = Base::Exact(day.date);
        point.alias = None;
    }
}

/// Applies a follow-up.
fn change(
    speech: &Speech<'_>,
    mut total: Named,
    words: &Words,
    spoken: &[usize],
) -> Option<Meaning> {
    let known = speech.known;
    let before = known.days.clone();
    let part = total.part;
    let mut meaning = Meaning::new(Intent::Request, speech.confidence(spoken));
    meaning.category = words.category.or(known.category);
    let category = words
        .category
        .or(before.first().map(|day| day.category))
        .or(known.category)
        .unwrap_or(Category::Vacation);
    let new = |dates: Vec<Dated>, part: Option<Part>| -> Vec<MeantDay> {
        dates
            .into_iter()
            .map(|day| MeantDay {
                date: day.date,
                portion: portion(day.part.or(part), None),
                category,
            })
            .collect()
    };
    if !total.doubts.is_empty() {
        meaning.intent = Intent::Unclear;
        meaning.doubts.clone_from(&total.doubts);
        return Some(meaning);
    }
    // "make the second one a half day", "half day on the 18th, full on the other two"
    if (!total.nth.is_empty() || total.others.is_some()) && !before.is_empty() {
        let mut dated: Vec<Dated> = before
            .iter()
            .map(|day| Dated {
                date: day.date,
                part: total
                    .days
                    .iter()
                    .find(|said| said.date == day.date)
                    .and_then(|said| said.part),
                category: None,
            })
            .collect();
        if !total.place_parts(&mut dated) {
            meaning.confidence = Confidence::Low;
        }
        meaning.days = before
            .into_iter()
            .zip(dated)
            .map(|(day, said)| MeantDay {
                portion: said
                    .part
                    .map_or(day.portion, |part| portion(Some(part), None)),
                ..day
            })
            .collect();
        return Some(meaning);
    }
    // "not the 6th", "except Friday"
    if total.days.is_empty() && !total.without.is_empty() && !before.is_empty() {
        let dated = before
            .iter()
            .map(|day| Dated {
                date: day.date,
                part: None,
                category: None,
            })
            .collect();
        let left = Speech::leave_out(&total, dated).unwrap_or_default();
        meaning.days = before
            .into_iter()
            .filter(|day| left.iter().any(|left| left.date == day.date))
            .collect();
        return Some(meaning);
    }
    // "extend till Friday", "one more day", "till Friday", "back on Monday"
    if let (Some(first), Some(last)) = (before.first().copied(), before.last().copied()) {
        let end = total.until.as_ref().or(if words.extends {
            single_point(speech, spoken)
        } else {
            None
        });
        if let Some(until) = end {
            let end = speech
                .calendar
                .on_or_after(
                    if words.extends || words.adds {
                        last.date
                    } else {
                        first.date
                    },
                    until,
                )
                .ok()?;
            let start = if words.extends || words.adds {
                last.date
            } else {
                first.date
            };
            let mut found = if words.extends || words.adds {
                before.clone()
            } else {
                Vec::new()
            };
            let have: Vec<Date> = found.iter().map(|day| day.date).collect();
            found.extend(
                days(start, end)
                    .filter(|date| {
                        !is_weekend(*date)
                            || *date == end && matches!(until.base, Base::Weekday(..))
                    })
                    .filter(|date| !have.contains(date))
                    .map(|date| MeantDay {
                        date,
                        portion: Portion::Full,
                        category,
                    }),
            );
            meaning.days = found;
            meaning.named = total;
            return Some(meaning);
        }
        if let (Some(length), true, true) = (
            total.length,
            words.adds || words.extends,
            total.days.is_empty(),
        ) {
            let mut found = before;
            found.extend(
                working_days(plus(last.date, 1), length.div_ceil(2), false)
                    .into_iter()
                    .map(|date| MeantDay {
                        date,
                        portion: Portion::Full,
                        category,
                    }),
            );
            if length % 2 == 1
                && let Some(last) = found.last_mut()
            {
                last.portion = Portion::HalfAm;
            }
            meaning.days = found;
            return Some(meaning);
        }
        // "make it two days"
        if let (Some(length), true, true) = (
            total.length.filter(|length| *length >= 2),
            words.corrects,
            total.days.is_empty() && total.from.is_none(),
        ) {
            meaning.days = working_days(first.date, length.div_ceil(2), true)
                .into_iter()
                .map(|date| MeantDay { date, ..first })
                .collect();
            if length % 2 == 1
                && let Some(last) = meaning.days.last_mut()
            {
                last.portion = Portion::HalfAm;
            }
            return Some(meaning);
        }
        if let (Some(back), true) = (&total.back, total.days.is_empty()) {
            let back = speech
                .calendar
                .on_or_after(plus(first.date, 1), back)
                .ok()?;
            meaning.days = days(first.date, plus(back, -1))
                .filter(|date| !is_weekend(*date))
                .map(|date| MeantDay {
                    date,
                    portion: first.portion,
                    category,
                })
                .collect();
            return Some(meaning);
        }
        if total.days.is_empty() && total.from.is_none() {
            // Only a part or a category: the same days.
            if part.is_none() && words.category.is_none() {
                return None;
            }
            meaning.days = before
                .into_iter()
                .map(|day| MeantDay {
                    portion: part.map_or(day.portion, |part| portion(Some(part), None)),
                    category,
                    ..day
                })
                .collect();
            return Some(meaning);
        }
    }
    if before.is_empty() {
        return fill(speech, total, words, spoken, category);
    }
    let from = total.from.take();
    if let Some(from) = from {
        let count = total.length.or(known.length).filter(|length| *length > 2);
        let length = count.map_or(before.len(), |halves| {
            usize::try_from(halves.div_ceil(2)).unwrap_or(1)
        });
        total.days = working_days(from.date, u32::try_from(length).unwrap_or(1), true)
            .into_iter()
            .map(|date| Dated {
                date,
                part: None,
                category: None,
            })
            .collect();
    }
    let named_before = total
        .days
        .iter()
        .all(|day| before.iter().any(|known| known.date == day.date));
    let has_part = total.days.iter().any(|day| day.part.is_some());
    if words.adds && !(has_part && named_before) {
        let mut found = before;
        found.extend(new(total.days.clone(), None));
        meaning.days = found;
    } else if has_part && named_before && !words.only_days && total.days.len() < before.len() {
        // "half day on the 11th": that day of several.
        meaning.days = before
            .into_iter()
            .map(|day| {
                let changed = total.days.iter().find(|changed| changed.date == day.date);
                MeantDay {
                    portion: changed.map_or(day.portion, |changed| portion(changed.part, None)),
                    ..day
                }
            })
            .collect();
    } else {
        // The portion moves along, if every day had the same.
        let same = before.iter().all(|day| day.portion == before[0].portion);
        let kept = if same && !has_part {
            before[0].portion
        } else {
            Portion::Full
        };
        meaning.days = new(total.days.clone(), None)
            .into_iter()
            .map(|mut day| {
                if !has_part {
                    day.portion = if named_before {
                        before
                            .iter()
                            .find(|old| old.date == day.date)
                            .map_or(kept, |old| old.portion)
                    } else {
                        kept
                    };
                }
                day
            })
            .collect();
        if let Ok(left) = Speech::leave_out(&total, total.days.clone()) {
            meaning
                .days
                .retain(|day| left.iter().any(|left| left.date == day.date));
        }
        if !words.corrects {
            meaning.confidence = meaning.confidence.min(Confidence::Medium);
        }
    }
    meaning.named = total;
    Some(meaning)
}

/// The one day that an extension goes to.
fn single_point<'a>(speech: &'a Speech<'_>, spoken: &[usize]) -> Option<&'a Point> {
    spoken
        .iter()
        .flat_map(|at| &speech.clauses[*at].items)
        .find_map(|item| match &item.kind {
            Kind::Day(point) | Kind::Until(point) => Some(point),
            _ => None,
        })
}

/// The days of leave that was wanted without any.
fn fill(
    speech: &Speech<'_>,
    mut total: Named,
    words: &Words,
    spoken: &[usize],
    category: Category,
) -> Option<Meaning> {
    let known = speech.known;
    total.length = total.length.or(known.length);
    let by_itself = total.days.is_empty() && total.until.is_none() && total.back.is_none();
    if total.from.is_none() && (by_itself || total.until.is_some() || total.back.is_some()) {
        total.from = known.from.map(|date| Dated {
            date,
            part: None,
            category: None,
        });
    }
    if total.from.is_none() && by_itself && total.length.is_none() && !total.rest_of_week {
        if total.part.is_some() || total.vague.is_some() {
            let mut meaning = Meaning::new(Intent::Unclear, Confidence::Medium);
            meaning.doubts.push(Doubt::NoDay);
            meaning.named = total;
            meaning.category = words.category.or(known.category);
            return Some(meaning);
        }
        return None;
    }
    let mut meaning = speech.composed(&mut total, spoken, category, known.part);
    meaning.category = words.category.or(known.category);
    meaning.named = total;
    Some(meaning)
}

//! What a thread's earlier messages leave behind, and how a follow-up changes it.

use jiff::civil::Date;

use super::clauses::{Clause, Role};
use super::dates::{monday_of, plus, working_days};
use super::follow_up::change;
use super::meaning::{Meaning, Speech, begins};
use super::phrases::{Base, Kind, MonthOf, Point};
use super::portions::{Named, named};
use super::words::{Part, Tag};
use super::{Category, Confidence, Doubt, Intent, MeantDay};

/// What is known from earlier messages.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    /// The leave so far.
    pub(super) days: Vec<MeantDay>,
    /// Leave is wanted, but its days are not known yet.
    pub(super) wanted: bool,
    pub(super) category: Option<Category>,
    pub(super) part: Option<Part>,
    pub(super) length: Option<u32>,
    pub(super) from: Option<Date>,
    /// The first day of a vague span: "need a day off next month".
    pub(super) begins: Option<Date>,
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
    // "4 or 5 days, dates once the tickets are confirmed"
    if known.days.is_empty() && leaves.is_empty() && has(Tag::ToFollow) {
        let mut meaning = Meaning::new(Intent::Unclear, Confidence::Medium);
        meaning.doubts.push(Doubt::DatesToFollow);
        return Some(meaning);
    }
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
    if let Some(meaning) = next_week(speech) {
        return Some(meaning);
    }
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

/// "shift it to the following week": the same weekdays, a week later or of next week.
fn next_week(speech: &Speech<'_>) -> Option<Meaning> {
    let clause = speech.clauses.iter().find(|clause| clause.has(Tag::Move))?;
    let other_days = clause.any(|item| {
        matches!(
            item.kind,
            Kind::Day(_) | Kind::Range(..) | Kind::Length(_) | Kind::From(_) | Kind::Until(_)
        )
    });
    let week = clause.items.iter().find(|item| {
        matches!(item.kind, Kind::Span(super::words::SpanWord::NextWeek))
            || item.is(Tag::Vague) && item.text.ends_with("week after")
    })?;
    if other_days || speech.known.days.is_empty() {
        return None;
    }
    let later = week.text.contains("following") || week.text.contains("after");
    let monday = plus(monday_of(speech.calendar.today), 7);
    let mut meaning = Meaning::new(Intent::Request, Confidence::Medium);
    meaning.category = speech.known.category;
    meaning.days = speech
        .known
        .days
        .iter()
        .map(|day| MeantDay {
            date: if later {
                plus(day.date, 7)
            } else {
                plus(
                    monday,
                    i32::from(day.date.weekday().to_monday_zero_offset()),
                )
            },
            ..*day
        })
        .collect();
    Some(meaning)
}

/// What the words of a follow-up ask for.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts about one message"
)]
pub(super) struct Words {
    pub(super) only_days: bool,
    pub(super) adds: bool,
    pub(super) extends: bool,
    pub(super) corrects: bool,
    pub(super) category: Option<Category>,
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
#[expect(
    clippy::match_same_arms,
    reason = "one arm is one rule, with its own comment"
)]
fn speaks(clause: &Clause, known: &Known) -> bool {
    let tells = clause.any(|item| {
        item.is_dayish()
            || matches!(item.kind, Kind::Back(_) | Kind::Number(_))
            || matches!(item.kind, Kind::Tag(Tag::Leave(..)))
    }) || clause.has(Tag::MakeIt) && (clause.has(Tag::Ill) || clause.has(Tag::Medical));
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

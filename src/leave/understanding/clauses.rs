//! Items → clauses, and what each clause speaks of: the author's leave, work, illness, somebody
//! else, or nothing that matters here.

use super::phrases::{Item, Kind};
use super::words::{Part, Tag, Voice};

/// Nobody writes longer ones; a limit keeps the work in proportion to the text.
const LONGEST_CLAUSE: usize = 48;

/// How a clause is tied to what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    /// Begins a sentence or a line.
    Sentence,
    /// After a comma or "and".
    And,
    But,
    So,
    /// "because", "for my", "to attend".
    Reason,
    /// "when I was".
    While,
    If,
}

/// What a clause says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The author's leave.
    Leave,
    /// Takes the author's leave back.
    Cancel,
    /// Only days, and words that change what was said.
    Days,
    /// The author works.
    Work,
    /// When the author is there again.
    Back,
    /// The author is ill.
    Ill,
    /// The author has a medical appointment.
    Medical,
    /// Leave that is not decided.
    Undecided,
    /// Somebody else's leave or illness.
    Others,
    /// A question, rules, something that only sounds like leave.
    NotLeave,
    /// Past leave, mentioned in passing.
    Passing,
    /// Anything else.
    Other,
}

/// A clause and what is known of it.
#[derive(Debug, Clone)]
pub(super) struct Clause {
    pub(super) items: Vec<Item>,
    pub(super) link: Link,
    pub(super) question: bool,
    pub(super) role: Role,
    pub(super) past: bool,
    /// It is only likely that this is leave.
    pub(super) guessed: bool,
    /// Words that are not known.
    pub(super) unknown: usize,
}

impl Clause {
    pub(super) fn has(&self, tag: Tag) -> bool {
        self.items.iter().any(|item| item.is(tag))
    }

    pub(super) fn any(&self, found: impl Fn(&Item) -> bool) -> bool {
        self.items.iter().any(found)
    }

    /// Names days, in whatever way.
    pub(super) fn has_days(&self) -> bool {
        self.any(is_day)
    }

    /// The first leave word.
    pub(super) fn leave(&self) -> Option<(usize, Voice)> {
        self.items
            .iter()
            .enumerate()
            .find_map(|(at, item)| voice(item).map(|voice| (at, voice)))
    }

    pub(super) fn half_day(&self) -> bool {
        self.any(|item| matches!(item.kind, Kind::Tag(Tag::HalfDay(_))))
    }
}

/// An item that tells days.
pub(super) fn is_day(item: &Item) -> bool {
    matches!(
        item.kind,
        Kind::Day(_)
            | Kind::Range(..)
            | Kind::Span(_)
            | Kind::From(_)
            | Kind::Until(_)
            | Kind::Since(_)
            | Kind::NextDays(_)
            | Kind::LastDays(_)
    )
}

fn voice(item: &Item) -> Option<Voice> {
    match item.kind {
        Kind::Tag(Tag::Leave(voice, _)) => Some(voice),
        Kind::Tag(Tag::HalfDay(_)) => Some(Voice::State),
        _ => None,
    }
}

fn is_filler(item: &Item) -> bool {
    matches!(
        item.kind,
        Kind::Tag(
            Tag::Filler
                | Tag::The
                | Tag::On
                | Tag::Of
                | Tag::For
                | Tag::Then
                | Tag::Too
                | Tag::Only
                | Tag::And
                | Tag::Number(2)
        )
    )
}

/// Cuts a message into clauses.
pub(super) fn clauses(items: &[Item]) -> Vec<Clause> {
    let mut clauses: Vec<Clause> = Vec::new();
    let mut current: Vec<Item> = Vec::new();
    let mut link = Link::Sentence;
    let mut at = 0;
    while at < items.len() {
        let item = &items[at];
        if current.len() >= LONGEST_CLAUSE {
            finish(&mut clauses, &mut current, &mut link, false, Link::And);
        }
        match boundary(items, at, &current) {
            None => {
                current.push(item.clone());
                at += 1;
            }
            Some(cut) => {
                let question = item.kind == Kind::Question;
                finish(&mut clauses, &mut current, &mut link, question, cut.link);
                if cut.keeps {
                    current.push(item.clone());
                }
                at += 1;
            }
        }
    }
    finish(&mut clauses, &mut current, &mut link, false, Link::Sentence);
    let clauses = clauses.into_iter().flat_map(split_work).collect::<Vec<_>>();
    judge(clauses)
}

struct Cut {
    link: Link,
    /// The item at the cut belongs to what follows.
    keeps: bool,
}

fn cut(link: Link) -> Cut {
    Cut { link, keeps: false }
}

fn keep(link: Link) -> Cut {
    Cut { link, keeps: true }
}

fn finish(
    clauses: &mut Vec<Clause>,
    current: &mut Vec<Item>,
    link: &mut Link,
    question: bool,
    next: Link,
) {
    if question {
        // The mark holds for the whole sentence.
        for clause in clauses.iter_mut().rev() {
            clause.question = true;
            if clause.link == Link::Sentence {
                break;
            }
        }
    }
    if current.is_empty() {
        // A comma after "so" or at the start ties nothing.
        if next != Link::And {
            *link = next;
        }
        return;
    }
    clauses.push(Clause {
        items: std::mem::take(current),
        link: *link,
        question,
        role: Role::Other,
        past: false,
        guessed: false,
        unknown: 0,
    });
    *link = next;
}

/// Whether a clause ends before this item.
fn boundary(items: &[Item], at: usize, current: &[Item]) -> Option<Cut> {
    let item = &items[at];
    let after = items[at + 1..].iter().take(8).find(|item| !is_filler(item));
    let dayish_after = after.is_some_and(|item| item.is_dayish() && !item.is(Tag::Vague));
    let dayish_before = current
        .iter()
        .rev()
        .find(|item| !is_filler(item))
        .is_some_and(Item::is_dayish);
    match item.kind {
        Kind::Stop | Kind::Question => Some(cut(Link::Sentence)),
        Kind::Line => Some(cut(Link::Sentence)),
        Kind::Back(_) => Some(keep(Link::And)),
        Kind::Comma | Kind::Open | Kind::Close | Kind::Dash | Kind::Colon => {
            // "Mon - OOO, Tue - WFH"
            let pair = matches!(item.kind, Kind::Dash | Kind::Colon)
                && current.len() == 1
                && dayish_before
                && after.is_some_and(|item| {
                    voice(item).is_some()
                        || item.is(Tag::Works)
                        || item.is(Tag::Ill)
                        || item.is(Tag::Back)
                });
            let hours = item.kind == Kind::Dash
                && current
                    .last()
                    .is_some_and(|item| matches!(item.kind, Kind::Number(_)))
                && after.is_some_and(|item| matches!(item.kind, Kind::Number(_)));
            let corrects = item.kind == Kind::Comma
                && items.get(at + 1).is_some_and(|item| item.is(Tag::Only));
            let aside = item.kind == Kind::Open
                && after.is_some_and(|item| matches!(item.kind, Kind::Span(_)));
            if corrects || aside {
                Some(cut(Link::And))
            } else if pair
                || hours
                || dayish_before && dayish_after
                || after.is_some_and(|item| item.is(Tag::Except))
            {
                None
            } else {
                Some(cut(Link::And))
            }
        }
        Kind::Tag(Tag::But) => {
            if after.is_some_and(|item| item.is(Tag::Not)) {
                None
            } else {
                Some(cut(Link::But))
            }
        }
        Kind::Tag(Tag::So) => Some(cut(Link::So)),
        // "as annual leave"
        Kind::Tag(Tag::Because)
            if item.text == "as" && items.get(at + 1).is_some_and(|next| voice(next).is_some()) =>
        {
            None
        }
        Kind::Tag(Tag::Because) => Some(cut(Link::Reason)),
        Kind::Tag(Tag::Since) => Some(cut(Link::Reason)),
        Kind::Tag(Tag::While) => Some(cut(Link::While)),
        Kind::Tag(Tag::If) => Some(cut(Link::If)),
        Kind::Tag(Tag::Then) if !dayish_after || !dayish_before => Some(cut(Link::And)),
        Kind::Tag(Tag::AskYou | Tag::Contact) | Kind::Mention
            if current.iter().any(|item| voice(item).is_some())
                || current.last().is_some_and(|item| item.is(Tag::IllEmoji)) =>
        {
            Some(keep(Link::And))
        }
        Kind::Tag(Tag::Passing) if !current.is_empty() => Some(keep(Link::And)),
        Kind::Tag(Tag::Undecided)
            if current
                .iter()
                .any(|item| item.is_dayish() || voice(item).is_some()) =>
        {
            Some(keep(Link::And))
        }
        Kind::Tag(Tag::And) => {
            let me = current.last().is_some_and(|item| item.is(Tag::Me)) && current.len() <= 2
                || items.get(at + 1).is_some_and(|next| {
                    next.is(Tag::Me) && matches!(next.text.as_str(), "i" | "me" | "myself")
                }) && current.last().is_some_and(|item| {
                    item.kind == Kind::Word
                        || item.is(Tag::Family)
                        || item.kind == Kind::Mention
                        || item.is(Tag::Other)
                }) && current.len() <= 2;
            let days = dayish_after
                && (dayish_before || !current.iter().any(|item| voice(item).is_some()));
            if me || days {
                None
            } else {
                Some(cut(Link::And))
            }
        }
        Kind::Tag(Tag::For) => {
            let next = items[at + 1..]
                .iter()
                .take(3)
                .find(|item| !matches!(item.kind, Kind::Tag(Tag::The | Tag::Filler | Tag::On)))?;
            // "for the weekend release", "for Friday's party"
            let of_thing = matches!(next.kind, Kind::Span(_) | Kind::Day(_))
                && items[at + 1..]
                    .iter()
                    .take(5)
                    .skip_while(|item| !item.is_dayish())
                    .nth(1)
                    .is_some_and(|after| {
                        (next.possessive || matches!(next.kind, Kind::Span(_)))
                            && (after.kind == Kind::Word || after.is(Tag::Works))
                    });
            let of_leave = !of_thing && next.is_dayish()
                || voice(next).is_some()
                || next.is(Tag::This)
                || matches!(next.kind, Kind::Tag(Tag::Me))
                    && !matches!(next.text.as_str(), "my" | "our");
            if of_leave || current.is_empty() {
                None
            } else {
                Some(cut(Link::Reason))
            }
        }
        Kind::Tag(Tag::To) => {
            let next = items.get(at + 1)?;
            let before = current.last();
            // "unable to come to office"
            let place = matches!(next.text.as_str(), "office" | "work" | "the" | "ofc")
                && before.is_some_and(|item| voice(item) == Some(Voice::Absent));
            let of_leave = place
                || voice(next).is_some()
                || matches!(
                    next.kind,
                    Kind::Tag(
                        Tag::Take
                            | Tag::Want
                            | Tag::Be
                            | Tag::Cancel
                            | Tag::Move
                            | Tag::Report
                            | Tag::Works
                            | Tag::Leaves
                            | Tag::Extend
                            | Tag::Contact
                            | Tag::Leave(..)
                    )
                )
                || next.is_dayish()
                || matches!(next.kind, Kind::Clock(_) | Kind::Number(_));
            if of_leave || before.is_none() || current.iter().any(|item| item.is(Tag::Move)) {
                None
            } else {
                Some(cut(Link::Reason))
            }
        }
        _ => None,
    }
}

/// "WFH today and leave tomorrow", "in today off tomorrow": two things in one clause.
fn split_work(clause: Clause) -> Vec<Clause> {
    let works = |item: &Item| item.is(Tag::Works) || item.is(Tag::WorkHere);
    let items = &clause.items;
    // "off from on-call" is no work.
    let work = (0..items.len()).find(|at| {
        works(&items[*at])
            && !at
                .checked_sub(1)
                .is_some_and(|before| items[before].is(Tag::From))
    });
    let leave = items.iter().position(|item| voice(item).is_some());
    let (Some(work), Some(leave)) = (work, leave) else {
        return vec![clause];
    };
    let (first, second) = (work.min(leave), work.max(leave));
    let day_between = items[first..second].iter().any(Item::is_dayish);
    if !day_between {
        return vec![clause];
    }
    let days_after = items[second..].iter().any(Item::is_dayish);
    let days_before = items[..first].iter().any(Item::is_dayish);
    let conjunction = items[first..second]
        .iter()
        .rposition(|item| item.is(Tag::And) || item.is(Tag::Then) || item.kind == Kind::Comma)
        .map(|at| at + first);
    let cut = match (days_before, days_after, conjunction) {
        (false, true, None) => second,
        (false, true, Some(at)) if !items[at..second].iter().any(Item::is_dayish) => at,
        (false, true, Some(_)) => second,
        (_, _, Some(at)) => at,
        (true, _, None) => items[first..second]
            .iter()
            .position(Item::is_dayish)
            .map_or(second, |at| at + first),
        (false, false, None) => items[first..second]
            .iter()
            .position(Item::is_dayish)
            .map_or(second, |at| at + first),
    };
    let mut left = clause.clone();
    let mut right = clause;
    right.items = left.items.split_off(cut);
    right.link = Link::And;
    let mut both = vec![left];
    // Each part has one leave word or one work word fewer: this ends.
    both.extend(split_work(right));
    both
}

/// Tells what each clause speaks of.
fn judge(mut clauses: Vec<Clause>) -> Vec<Clause> {
    for clause in &mut clauses {
        mark_work(clause);
        clause.unknown = clause
            .items
            .iter()
            .filter(|item| matches!(item.kind, Kind::Word | Kind::Number(_)))
            .count();
        clause.past = is_past(clause);
        books_days(clause);
    }
    let passing = clauses.iter().any(|clause| clause.has(Tag::Passing))
        && !clauses.iter().any(|clause| clause.has(Tag::Report));
    for at in 0..clauses.len() {
        let before = at.checked_sub(1).map(|at| &clauses[at]);
        let role = role(&clauses[at], before, passing);
        clauses[at].role = role;
    }
    for at in 1..clauses.len() {
        let (before, clause) = (&clauses[at - 1], &clauses[at]);
        // "not coming to office today, working from home"
        let place = before.leave().is_some_and(|(at, voice)| {
            let text = before.items[at].text.as_str();
            voice == Voice::Absent
                && ["office", "come", "coming", "be in", "make it", "not in"]
                    .iter()
                    .any(|word| text.contains(word))
        });
        let works = |clause: &Clause| {
            clause.role == Role::Work
                && clause.has(Tag::Works)
                && matches!(clause.link, Link::And | Link::But | Link::So)
                && !clause.has_days()
                && clause.unknown <= 2
        };
        let reason = clause.link == Link::Reason && !clause.has_days();
        let from_home = before.role == Role::Leave
            && place
            && (works(clause) || reason && clauses.get(at + 1).is_some_and(works));
        // "I said Thursday but I meant Friday off"
        let corrected = before.any(|item| item.is(Tag::Only) && item.text == "i said")
            && before.leave().is_none()
            && clause.has(Tag::Only);
        if from_home {
            clauses[at - 1].role = Role::Work;
        } else if corrected {
            clauses[at - 1].role = Role::Passing;
        }
    }
    // "Jane is off Monday and so am I"
    for at in 1..clauses.len() {
        let (before, clause) = (&clauses[at - 1], &clauses[at]);
        let too = before.role == Role::Others
            && before.has_days()
            && before.leave().is_some()
            && matches!(clause.link, Link::So | Link::And)
            && clause.items.len() <= 3
            && clause.any(|item| item.is(Tag::Me) && matches!(item.text.as_str(), "i" | "me"))
            && (clause.link == Link::So && clause.has(Tag::Be)
                || clause.has(Tag::Too)
                || clause.any(|item| item.text == "i too"))
            && clause.unknown == 0;
        if too {
            clauses[at - 1].role = Role::Leave;
            clauses[at - 1].guessed = true;
        }
    }
    let reports = clauses.iter().any(|clause| clause.has(Tag::Report));
    for at in 1..clauses.len() {
        let (before, clause) = (&clauses[at - 1], &clauses[at]);
        // "dentist for my daughter"
        let for_family = matches!(before.role, Role::Medical | Role::Ill)
            && clause.link == Link::Reason
            && clause.role == Role::Other
            && !before.has(Tag::Me)
            && before.leave().is_none()
            && clause.items.iter().take(3).any(|item| item.is(Tag::Family));
        // "I was out on Tuesday when this got merged"
        let aside = before.role == Role::Leave
            && before.past
            && clause.link == Link::While
            && !reports
            && !clause.has(Tag::Ill)
            && !clause.has_days();
        if for_family {
            clauses[at - 1].role = Role::Others;
        } else if aside {
            clauses[at - 1].role = Role::Passing;
        }
    }
    // "out Friday, conference in Berlin"
    for at in 1..clauses.len() {
        let trip = &clauses[at];
        let for_work = trip.role == Role::Work
            && trip.has(Tag::WorkTrip)
            && matches!(trip.link, Link::And | Link::Reason)
            && !trip.has_days()
            && !trip.has(Tag::Contact)
            && !trip.has(Tag::Other)
            && trip.unknown <= 2;
        let before = &clauses[at - 1];
        let elsewhere = before.role == Role::Leave
            && before
                .leave()
                .is_some_and(|(place, voice)| away(before, place, voice));
        if for_work && elsewhere {
            clauses[at - 1].role = Role::NotLeave;
        }
    }
    clauses
}

/// "in" before a day, after a subject or at the start, says that the author works.
fn mark_work(clause: &mut Clause) {
    for at in 0..clause.items.len() {
        if !clause.items[at].is(Tag::In) {
            continue;
        }
        let after = clause.items.get(at + 1);
        let day_after = after.is_none_or(|item| {
            matches!(item.kind, Kind::Day(_) | Kind::Span(_) | Kind::Range(..))
                || item.is(Tag::On)
                || item.is(Tag::AfterAll)
                // "in till 1 pm"
                || matches!(item.kind, Kind::Until(_))
                || item.is(Tag::Until)
                || matches!(item.kind, Kind::Tag(Tag::Part(_))) && part_away(clause).is_some()
        });
        let before = clause.items[..at]
            .iter()
            .rev()
            .find(|item| !item.is(Tag::Filler));
        let subject = before.is_none_or(|item| {
            item.is(Tag::Me) || item.is(Tag::Be) || item.is(Tag::Future) || item.is(Tag::And)
        });
        if day_after && subject {
            clause.items[at].kind = Kind::Tag(Tag::WorkHere);
        }
    }
}

/// "I've booked a fortnight from 30 March": what is taken is leave, though no word says so.
fn books_days(clause: &mut Clause) {
    let taken = clause.items.iter().position(|item| {
        matches!(item.kind, Kind::Tag(Tag::Want | Tag::Take))
            && ["book", "taking", "take", "took"]
                .iter()
                .any(|word| item.text.starts_with(word))
    });
    let Some(at) = taken else {
        return;
    };
    let days = clause.items[at + 1..].iter().all(|item| {
        is_day(item)
            || is_filler(item)
            || matches!(item.kind, Kind::Length(_) | Kind::Comma | Kind::Dash)
    }) && clause.items[at + 1..].iter().any(is_day);
    let author = clause.items[..at].iter().all(|item| {
        matches!(
            item.kind,
            Kind::Tag(
                Tag::Me | Tag::Be | Tag::Take | Tag::Future | Tag::Filler | Tag::Past | Tag::Want
            )
        )
    });
    if days && author && clause.leave().is_none() && !clause.question && clause.has(Tag::Me) {
        clause.items[at].kind = Kind::Tag(Tag::Leave(Voice::Thing, None));
        clause.guessed = true;
    }
}

fn is_past(clause: &Clause) -> bool {
    let asked = clause.has(Tag::Ask);
    let future = clause.has(Tag::Future);
    // "my leave was approved" is no past leave.
    let approved = clause
        .items
        .windows(2)
        .any(|two| two[0].is(Tag::Past) && two[1].is(Tag::Ack));
    let past = !approved
        && clause.any(|item| {
            item.is(Tag::Past)
                || item.text.starts_with("couldnt")
                || item.text.starts_with("could not")
                || item.text.starts_with("didnt")
                || item.text.starts_with("did not")
                || item.text.starts_with("wasnt")
                || item.text.starts_with("was ")
                || item.text == "took off"
                || item.text == "called in sick"
        });
    // "forgot to apply leave for Monday", and not "forgot to mention I'm on leave on Friday"
    let forgot = clause
        .any(|item| item.text.starts_with("forgot") || item.text.starts_with("missed"))
        && !clause.has(Tag::Be)
        && matches!(clause.leave(), Some((_, Voice::Thing)));
    // "sick leave taken on the 4th"
    let taken = clause.items.windows(2).any(|two| {
        voice(&two[0]).is_some() && matches!(two[1].text.as_str(), "taken" | "availed" | "took")
    }) && !clause.has(Tag::Be);
    (past || forgot || taken) && !asked && !future
}

fn role(clause: &Clause, before: Option<&Clause>, passing: bool) -> Role {
    let leave = clause.leave();
    if clause.any(|item| matches!(item.kind, Kind::Back(_))) {
        return Role::Back;
    }
    let whose = subject(clause);
    let policy = clause.has(Tag::Policy);
    let changes = clause.has(Tag::Move)
        || clause.has(Tag::Extend)
        || clause.has(Tag::MakeIt)
        || clause.has(Tag::Cancel);
    let asks = clause.has(Tag::Ask)
        || clause.has(Tag::AskYou) && changes
        || clause.has(Tag::AskYou)
            && clause.has(Tag::Me)
            && leave.is_some()
            && !clause.has(Tag::Contact);
    let first = clause
        .items
        .iter()
        .position(|item| !item.is(Tag::Filler))
        .unwrap_or(0);
    let next_is_thing = clause.items.get(first + 1).is_some_and(|item| {
        matches!(
            item.kind,
            Kind::Tag(Tag::It | Tag::The | Tag::Topic | Tag::Leave(..))
        ) || matches!(item.text.as_str(), "my" | "our" | "this" | "that" | "it")
    });
    // "is my leave approved?", "did my leave get approved?", "will it count?"
    let begins_asking = clause.question
        && clause.items.get(first).is_some_and(|item| {
            item.is(Tag::Be)
                || matches!(
                    item.text.as_str(),
                    "has" | "have" | "did" | "was" | "were" | "do" | "does" | "will" | "would"
                ) && next_is_thing
        });
    let asked_before = before.is_some_and(|before| {
        before.role == Role::NotLeave
            && (before.has(Tag::Question) || clause.link == Link::Reason)
            && before.question
            && clause.question
            && matches!(clause.link, Link::Reason | Link::And | Link::If)
    }) || before.is_some_and(|before| {
        before.role == Role::NotLeave
            && before.has(Tag::Topic)
            && clause.link == Link::Reason
            && !clause.has(Tag::Me)
    });
    let topic = clause.items.iter().position(|item| item.is(Tag::Topic));
    let about_topic = topic.is_some()
        && leave.is_some()
        && !clause.any(|item| {
            item.is(Tag::Me) && !matches!(item.text.as_str(), "my" | "our")
                || item.is(Tag::Take)
                || item.is(Tag::Want)
                || item.is(Tag::Past)
        });
    // "the vacation module": says which module, and not that anybody is away.
    let of_topic = leave.is_some_and(|(at, voice)| {
        voice == Voice::Thing
            && clause
                .items
                .get(at + 1)
                .is_some_and(|next| next.is(Tag::Topic))
            && clause.items[at + 1..]
                .iter()
                .all(|item| self::voice(item).is_none())
    });
    let coded = leave.is_some_and(|(at, _)| {
        matches!(clause.items.get(at + 1).map(|item| &item.kind), Some(Kind::Number(number)) if *number > 31)
    });
    if asks_something(clause) && !clause.has(Tag::Ask)
        || (begins_asking || asked_before) && !asks
        || about_topic
        || topic.is_some() && leave.is_some() && clause.has(Tag::Cancel)
        || coded
        || of_topic
        || policy
        || clause.question && whose != Whose::Author && !asks
    {
        return Role::NotLeave;
    }
    if let Some(role) = cancels(clause, whose) {
        return role;
    }
    // "withdraw my CL of 16th and EL of 19th"
    if before.is_some_and(|before| before.role == Role::Cancel)
        && clause.link == Link::And
        && matches!(leave, Some((0..=1, Voice::Thing | Voice::State)))
        && !clause.any(|item| {
            matches!(
                item.kind,
                Kind::Tag(Tag::Me | Tag::Take | Tag::Want | Tag::Instead | Tag::Future)
            )
        })
    {
        return Role::Cancel;
    }
    if clause.has(Tag::AskYou) && !asks {
        return Role::NotLeave;
    }
    let undecided = clause.has(Tag::Undecided)
        || clause.link == Link::If && !clause.has(Tag::Ask)
        || before.is_some_and(|before| {
            before.link == Link::If && clause.link == Link::And && !before.has(Tag::Ask)
        });
    if let Some((at, voice)) = leave {
        if passing && clause.past || clause.link == Link::While || passing_words(clause) {
            return Role::Passing;
        }
        if whose == Whose::Other {
            return Role::Others;
        }
        if !is_meant(clause, at, voice) {
            return Role::NotLeave;
        }
        // "Take the day off!" is said to somebody.
        let said_to = clause.has(Tag::You)
            || before.is_some_and(|before| before.has(Tag::You) && before.leave().is_none());
        let told = (clause.link == Link::Sentence || said_to)
            && clause
                .items
                .iter()
                .find(|item| !item.is(Tag::Filler))
                .is_some_and(|item| {
                    item.is(Tag::Take) && item.text == "take" || item.text.starts_with("take the")
                });
        // "client visit tomorrow, out of office"
        let at_work = before
            .is_some_and(|before| before.has(Tag::WorkTrip) && before.leave().is_none())
            && matches!(clause.link, Link::And | Link::So)
            && away(clause, at, voice)
            && !clause.has_days();
        if told || at_work {
            return Role::NotLeave;
        }
        if undecided {
            return Role::Undecided;
        }
        let negated = clause.items[..at]
            .iter()
            .rev()
            .take(4)
            .any(|item| item.is(Tag::Not))
            && voice != Voice::Absent;
        if negated {
            return Role::Work;
        }
        return Role::Leave;
    }
    if clause.has(Tag::Short) {
        return Role::NotLeave;
    }
    let ill = clause.has(Tag::Ill) || clause.has(Tag::IllEmoji);
    let medical = clause.has(Tag::Medical);
    if (ill || medical) && !clause.has(Tag::Contact) {
        // "taking mom to the doctor"
        let taken_there =
            clause.link == Link::Reason && before.is_some_and(|before| before.has(Tag::Family));
        if whose == Whose::Other || others_illness(clause) || taken_there {
            return Role::Others;
        }
        if passing && clause.past || clause.link == Link::While {
            return Role::Passing;
        }
        return if ill { Role::Ill } else { Role::Medical };
    }
    if clause.has(Tag::WorkTrip) {
        return Role::Work;
    }
    if clause.any(|item| {
        matches!(
            item.kind,
            Kind::Tag(Tag::Works | Tag::WorkHere | Tag::Arrives | Tag::Leaves)
        )
    }) {
        return if whose == Whose::Other {
            Role::Others
        } else {
            Role::Work
        };
    }
    if undecided {
        return Role::Undecided;
    }
    if whose == Whose::Other
        || clause.has(Tag::Contact)
        || clause.any(|item| item.kind == Kind::Mention)
    {
        return Role::Other;
    }
    // "Morning!" is a greeting.
    if before.is_none()
        && matches!(clause.items.as_slice(), [only] if matches!(only.text.as_str(), "morning" | "afternoon" | "evening" | "mrng" | "morn"))
    {
        return Role::Other;
    }
    let part = clause.any(|item| matches!(item.kind, Kind::Tag(Tag::Part(_)) | Kind::Clock(_)));
    if clause.has(Tag::Back) && (clause.has_days() || part) {
        return Role::Work;
    }
    let bare_part = clause.link == Link::Sentence
        && clause.any(|item| {
            matches!(item.kind, Kind::Tag(Tag::Part(_))) && !item.text.contains("half")
        })
        && !clause.has_days();
    if bare_part && before.is_some() {
        return Role::Other;
    }
    let days = clause.any(|item| item.is_dayish() || is_day(item));
    let counted = clause.any(|item| matches!(item.kind, Kind::Length(_))) && !clause.has_days();
    if days
        && clause.unknown == 0
        && (clause.link != Link::Reason || counted)
        && !clause.has(Tag::Family)
    {
        return Role::Days;
    }
    Role::Other
}

/// Begins with a question word, or is asked with one.
fn asks_something(clause: &Clause) -> bool {
    let Some(at) = clause.items.iter().position(|item| item.is(Tag::Question)) else {
        return false;
    };
    clause.question
        || clause.items[..at].iter().all(|item| {
            matches!(
                item.kind,
                Kind::Tag(Tag::Filler | Tag::And | Tag::So | Tag::Ack | Tag::Only | Tag::Too)
                    | Kind::Mention
            )
        })
}

/// "back from leave", "when on leave".
fn passing_words(clause: &Clause) -> bool {
    clause.items.windows(2).any(|two| {
        (two[0].is(Tag::Back) || two[0].is(Tag::Arrives) || two[0].is(Tag::Passing))
            && (two[1].is(Tag::From) || voice(&two[1]).is_some())
    }) || clause.has(Tag::Passing)
        && clause.leave().is_some()
        && !clause.has_days()
        && clause.items.iter().any(|item| item.is(Tag::From))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Author,
    Other,
}

/// Whom a clause speaks of: the nearest subject before its leave, illness or work.
fn subject(clause: &Clause) -> Whose {
    let items = &clause.items;
    let cue = items
        .iter()
        .position(|item| voice(item).is_some())
        .or_else(|| {
            items.iter().position(|item| {
                matches!(item.kind, Kind::Tag(Tag::Ill | Tag::Medical | Tag::Works))
            })
        })
        .unwrap_or(items.len());
    let me = |item: &Item| {
        item.is(Tag::Me) && !matches!(item.text.as_str(), "my" | "our" | "mine" | "us")
    };
    // "me and Rohit", "Rohit and I"
    let together = items
        .windows(2)
        .any(|two| two[0].is(Tag::And) && me(&two[1]) || two[1].is(Tag::And) && me(&two[0]));
    if together {
        return Whose::Author;
    }
    let state = items
        .get(cue)
        .is_some_and(|item| !matches!(voice(item), Some(Voice::Thing) | None));
    for at in (0..cue).rev() {
        let item = &items[at];
        let next = items[at + 1..].iter().find(|item| {
            !matches!(
                item.kind,
                Kind::Tag(Tag::Filler | Tag::Not | Tag::Then | Tag::Too | Tag::Number(2))
            )
        });
        let verb = next.is_some_and(|item| {
            matches!(
                item.kind,
                Kind::Tag(Tag::Be | Tag::Past | Tag::Future | Tag::Take | Tag::Want)
            ) || matches!(voice(item), Some(Voice::Absent))
                // "Rohit, who is off"
                || item.text.starts_with("who")
        });
        match item.kind {
            _ if me(item) => return Whose::Author,
            // "telling the team that I", "for the team": an object, unless it acts.
            Kind::Tag(Tag::Other | Tag::You) | Kind::Mention
                if verb || at + 1 == cue || item.possessive =>
            {
                return Whose::Other;
            }
            Kind::Tag(Tag::Family)
                if verb
                    || at + 1 == cue && state
                    || item.possessive
                        && items.get(cue).is_some_and(|item| voice(item).is_some()) =>
            {
                return Whose::Other;
            }
            Kind::Tag(Tag::Topic | Tag::WorkTrip | Tag::Policy) if verb => {
                return Whose::Other;
            }
            // "April is on leave"
            Kind::Tag(Tag::Vague) if item.capital && next.is_some_and(|next| next.is(Tag::Be)) => {
                return Whose::Other;
            }
            Kind::Word | Kind::Opaque => {
                let name = item.capital && at + 1 == cue && state;
                if verb
                    && next.is_some_and(|next| {
                        !next.is(Tag::Take) && !next.is(Tag::Want) || item.capital
                    })
                    || name
                    || item.possessive && item.capital && cue < items.len() && !state
                {
                    return Whose::Other;
                }
            }
            _ => {}
        }
    }
    Whose::Author
}

/// Whether the illness in a clause is that of family or others.
fn others_illness(clause: &Clause) -> bool {
    let items = &clause.items;
    let person = items
        .iter()
        .position(|item| matches!(item.kind, Kind::Tag(Tag::Family)) || item.is(Tag::Other));
    let Some(person) = person else {
        return false;
    };
    // "caught the flu from my son"
    let caught = items[..person].iter().any(|item| item.is(Tag::From));
    let mine = items
        .iter()
        .any(|item| item.is(Tag::Me) && matches!(item.text.as_str(), "me" | "myself"));
    !caught && !mine
}

/// Words that also say that somebody is elsewhere for work.
fn away(clause: &Clause, at: usize, voice: Voice) -> bool {
    voice == Voice::Soft
        || voice == Voice::Absent
        || matches!(
            clause.items[at].text.as_str(),
            "ooo"
                | "oof"
                | "out of office"
                | "out of the office"
                | "out of town"
                | "out of station"
        )
}

/// Whether a leave word means leave here.
fn is_meant(clause: &Clause, at: usize, voice: Voice) -> bool {
    let items = &clause.items;
    let item = &items[at];
    let others = items.iter().enumerate().any(|(other, item)| {
        other != at && self::voice(item).is_some_and(|voice| voice != Voice::Soft)
    });
    if others && voice == Voice::Soft {
        return true;
    }
    let plain_leave = matches!(item.text.as_str(), "leave" | "leaves");
    // "Monday is a holiday"
    if matches!(item.text.as_str(), "holiday" | "a holiday" | "hol") {
        let before = items[..at].iter().rev().find(|item| !item.is(Tag::Filler));
        if before
            .is_some_and(|item| item.is(Tag::Be) || item.is(Tag::The) || item.kind == Kind::Word)
        {
            return false;
        }
    }
    if plain_leave
        && items
            .get(at + 1)
            .is_some_and(|item| item.possessive && is_day(item))
    {
        return false;
    }
    if plain_leave && is_verb_leave(items, at) {
        return false;
    }
    let half_day = matches!(item.kind, Kind::Tag(Tag::HalfDay(_)));
    if clause.has(Tag::Short) && voice != Voice::Thing && !half_day {
        return false;
    }
    let soft = away(clause, at, voice);
    if soft && clause.has(Tag::WorkTrip) {
        return false;
    }
    if voice == Voice::Absent
        && items
            .get(at + 1)
            .is_some_and(|next| next.kind == Kind::Word && !next.capital)
    {
        return false;
    }
    if voice == Voice::Soft {
        let before = items[..at]
            .iter()
            .rev()
            .find(|item| !matches!(item.kind, Kind::Tag(Tag::Filler | Tag::Number(2))));
        let good_before = before.is_none_or(|item| {
            !matches!(
                item.kind,
                Kind::Word | Kind::Opaque | Kind::Number(_) | Kind::Clock(_)
            ) || item.kind == Kind::Word && item.capital
        });
        let good_after = items
            .get(at + 1)
            .is_none_or(|item| item.kind != Kind::Word || item.capital);
        let of_thing = at.checked_sub(1).is_some_and(|before| {
            items[before].is(Tag::The)
                || items[before].is(Tag::Be)
                    && matches!(items[before].text.as_str(), "is" | "are")
                    && !clause.has(Tag::Me)
        });
        let numbers = items
            .iter()
            .filter(|item| matches!(item.kind, Kind::Number(_)))
            .count();
        let between = items.windows(2).any(|two| {
            two[0].is(Tag::Between) && matches!(two[1].kind, Kind::Number(_) | Kind::Clock(_))
        });
        if of_thing || between || numbers > 1 {
            return false;
        }
        // A time of day beside it is a short absence, unless the day is halved as well.
        // From noon on, with no end, it is the second half.
        let clocks = items
            .iter()
            .filter(|item| matches!(item.kind, Kind::Clock(_)))
            .count();
        let second_half = clocks == 1
            && items.windows(2).any(|two| {
                (two[0].is(Tag::From) || two[0].text == "after")
                    && matches!(two[1].kind, Kind::Clock(minutes) if (12 * 60..=15 * 60).contains(&minutes))
            })
            && !clause.has(Tag::Until)
            && !clause.has(Tag::To);
        let hours = clocks > 0 && !second_half;
        return good_before && (good_after || clause.any(Item::is_dayish)) && !hours;
    }
    true
}

/// "leave the PR open", "I have to leave at 5", and not "on leave".
fn is_verb_leave(items: &[Item], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| &items[before]);
    let after = items.get(at + 1);
    let verb_before = before.is_some_and(|item| {
        item.is(Tag::To)
            || item.is(Tag::Future)
                && matches!(
                    item.text.as_str(),
                    "will" | "gonna" | "shall" | "need to" | "want to" | "going to" | "would"
                )
            || matches!(
                item.text.as_str(),
                "have to"
                    | "has to"
                    | "must"
                    | "should"
                    | "could"
                    | "had to"
                    | "gotta"
                    | "i"
                    | "we"
                    | "lets"
                    | "cant"
                    | "dont"
                    | "not"
            )
            || item.is(Tag::Ask)
    });
    let object_after = after.is_some_and(|item| {
        item.is(Tag::The)
            || item.is(Tag::It)
            || item.is(Tag::You)
            || item.is(Tag::Other)
            || item.is(Tag::Me)
            || item.is(Tag::At)
            || matches!(
                item.kind,
                Kind::Clock(_) | Kind::Mention | Kind::Number(_) | Kind::Opaque
            )
            || matches!(
                item.text.as_str(),
                "a" | "an"
                    | "home"
                    | "behind"
                    | "open"
                    | "it"
                    | "this"
                    | "that"
                    | "comments"
                    | "feedback"
                    | "early"
                    | "now"
                    | "some"
                    | "any"
            )
            || item.is(Tag::By)
    });
    let noun_before = before.is_some_and(|item| {
        item.is(Tag::On)
            || item.is(Tag::Want)
            || item.is(Tag::Take)
            || item.is(Tag::Me) && item.text == "my"
            || matches!(item.kind, Kind::Length(_) | Kind::Day(_) | Kind::Span(_))
    });
    verb_before
        && !matches!(before.map(|item| item.text.as_str()), Some("i" | "we"))
        && !noun_before
        && !after.is_some_and(|item| item.is(Tag::For) || matches!(item.kind, Kind::Length(_)))
        || object_after && !noun_before
        || matches!(before.map(|item| item.text.as_str()), Some("i" | "we"))
            && !after.is_some_and(is_day)
}

/// Whether a clause takes leave back.
fn cancels(clause: &Clause, whose: Whose) -> Option<Role> {
    let leave = clause.leave().is_some();
    let strong = clause
        .leave()
        .is_some_and(|(_, voice)| voice != Voice::Soft);
    let days = clause.has_days();
    if clause.has(Tag::TakesBack) && (leave || days) && !asks_something(clause) {
        let unknown_first = clause
            .items
            .iter()
            .skip_while(|item| !item.is(Tag::TakesBack))
            .nth(1)
            .is_some_and(|item| item.kind == Kind::Word);
        if (!unknown_first || strong) && !clause.has(Tag::Topic) {
            return Some(Role::Cancel);
        }
    }
    if let Some(at) = clause.items.iter().position(|item| item.is(Tag::Cancel)) {
        let about_leave = clause.items.iter().enumerate().all(|(other, item)| {
            other < at
                || !matches!(
                    item.kind,
                    Kind::Word | Kind::Opaque | Kind::Clock(_) | Kind::Mention
                ) && !item.is(Tag::Family)
                    && !item.is(Tag::Works)
                    && !item.is(Tag::WorkTrip)
                    && !item.is(Tag::Short)
        });
        let asked = clause.question && clause.has(Tag::Question);
        // "the meeting is cancelled"
        let of_other = clause.items[..at]
            .iter()
            .any(|item| item.kind == Kind::Word)
            && !leave;
        if whose == Whose::Author
            && (strong || about_leave && !of_other)
            && !asked
            && !clause.has(Tag::Topic)
        {
            return Some(Role::Cancel);
        }
        if !leave {
            return Some(Role::Other);
        }
    }
    // "my leave got cancelled, working tomorrow"
    let gone = clause.items.windows(2).any(|two| {
        voice(&two[0]) == Some(Voice::Thing)
            && two[1].is(Tag::PlansChanged)
            && ["cancel", "called off", "not happening"]
                .iter()
                .any(|word| two[1].text.contains(word))
    });
    if gone && whose == Whose::Author && !clause.question {
        return Some(Role::Cancel);
    }
    if clause.has(Tag::AfterAll)
        && clause.any(|item| {
            matches!(
                item.kind,
                Kind::Tag(Tag::Works | Tag::WorkHere | Tag::Arrives)
            )
        })
        && !leave
    {
        return Some(Role::Cancel);
    }
    None
}

/// The part of the day that a clause of work or coming and going leaves free.
pub(super) fn part_away(clause: &Clause) -> Option<Part> {
    let part = clause.items.iter().find_map(|item| match item.kind {
        Kind::Tag(Tag::Part(part @ (Part::Morning | Part::Afternoon))) => Some(part),
        Kind::Clock(minutes) => Some(if minutes < 12 * 60 - 30 {
            Part::Morning
        } else {
            Part::Afternoon
        }),
        // "leaving at 1", "in by 2"
        Kind::Number(1..=6 | 12) => Some(Part::Afternoon),
        Kind::Number(7..=11) => Some(Part::Morning),
        _ => None,
    })?;
    let until = clause.any(|item| {
        matches!(item.kind, Kind::Tag(Tag::Part(_)))
            && (item.text.starts_with("till")
                || item.text.starts_with("until")
                || item.text.starts_with("before")
                || item.text.starts_with("up"))
    });
    // "working till 1": away after that.
    let works_until = clause.items.windows(2).any(|two| {
        two[0].is(Tag::Until) && matches!(two[1].kind, Kind::Clock(_) | Kind::Number(_))
    });
    if works_until {
        return Some(Part::Afternoon);
    }
    let (leaves, arrives) = (
        clause.has(Tag::Leaves),
        clause.has(Tag::Arrives)
            || clause.any(|item| matches!(item.kind, Kind::Back(_)) || item.is(Tag::Back)),
    );
    if leaves && !until {
        return Some(Part::Afternoon);
    }
    if arrives && !leaves && part == Part::Afternoon {
        return Some(Part::Morning);
    }
    Some(match part {
        Part::Morning => Part::Afternoon,
        _ => Part::Morning,
    })
}

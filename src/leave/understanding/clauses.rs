//! Items → clauses.

use super::phrases::{Item, Kind};
use super::roles::judge;
use super::words::{Tag, Voice};

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

pub(super) fn voice(item: &Item) -> Option<Voice> {
    match item.kind {
        Kind::Tag(Tag::Leave(voice, _)) => Some(voice),
        Kind::Tag(Tag::HalfDay(_)) => Some(Voice::State),
        _ => None,
    }
}

pub(super) fn is_filler(item: &Item) -> bool {
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
pub(super) fn clauses(mut items: Vec<Item>) -> Vec<Clause> {
    let mut clauses: Vec<Clause> = Vec::new();
    let mut current: Vec<Item> = Vec::new();
    let mut link = Link::Sentence;
    let mut at = 0;
    while at < items.len() {
        if current.len() >= LONGEST_CLAUSE {
            finish(&mut clauses, &mut current, &mut link, false, Link::And);
        }
        let cut = boundary(&items, at, &current);
        let item = items[at].take();
        match cut {
            None => current.push(item),
            Some(cut) => {
                let question = item.kind == Kind::Question;
                finish(&mut clauses, &mut current, &mut link, question, cut.link);
                if cut.keeps {
                    current.push(item);
                }
            }
        }
        at += 1;
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
#[expect(
    clippy::match_same_arms,
    reason = "one arm is one rule, with its own comment"
)]
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
#[expect(
    clippy::match_same_arms,
    reason = "one arm is one rule, with its own comment"
)]
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

//! Whether a leave word means leave.

use super::clauses::{Clause, is_day};
use super::phrases::{Item, Kind};
use super::words::{Tag, Voice};

/// Words that also say that somebody is elsewhere for work.
pub(super) fn away(clause: &Clause, at: usize, voice: Voice) -> bool {
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

/// "2:30" of a working day.
fn afternoon(minutes: u16) -> u16 {
    if minutes < 7 * 60 {
        minutes + 12 * 60
    } else {
        minutes
    }
}

/// Whether a leave word means leave here.
pub(super) fn is_meant(clause: &Clause, at: usize, voice: Voice) -> bool {
    let items = &clause.items;
    let item = &items[at];
    let others = items.iter().enumerate().any(|(other, item)| {
        other != at && super::clauses::voice(item).is_some_and(|voice| voice != Voice::Soft)
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
    // "taking off my headphones"
    let takes_off =
        voice == Voice::Absent && item.text.starts_with("ta") && item.text.ends_with(" off");
    let thing = items.get(at + 2).is_some_and(|thing| {
        thing.kind == Kind::Word || items[at + 1].text == "my" && !thing.is_dayish()
    });
    if takes_off && thing && (items[at + 1].text == "my" || items[at + 1].is(Tag::The)) {
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
                    && matches!(two[1].kind, Kind::Clock(minutes) if (12 * 60..=15 * 60).contains(&afternoon(minutes)))
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

/// "moved my 1:1s to next week": what is moved is no leave.
pub(super) fn moves_other(clause: &Clause) -> bool {
    clause.leave().is_none()
        && !clause.has(Tag::It)
        && clause.any(|item| {
            matches!(
                item.kind,
                Kind::Opaque
                    | Kind::Tag(
                        Tag::Works | Tag::WorkTrip | Tag::Topic | Tag::Short | Tag::Contact
                    )
            )
        })
}

//! Whom a clause speaks of.

use super::clauses::{Clause, voice};
use super::phrases::{Item, Kind};
use super::words::{Tag, Voice};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    Author,
    Other,
}

/// Whom a clause speaks of: the nearest subject before its leave, illness or work.
pub(super) fn subject(clause: &Clause) -> Whose {
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
        let next = items[at + 1..].iter().take(8).find(|item| {
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
pub(super) fn others_illness(clause: &Clause) -> bool {
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
    // "hello team I have fever"
    let author = items[..person].iter().all(|item| item.is(Tag::Filler))
        && items[person].is(Tag::Other)
        && items[person + 1..]
            .iter()
            .position(|item| item.is(Tag::Me) && item.text == "i")
            .is_some_and(|at| {
                !items[person + 1..person + 1 + at].iter().any(|item| {
                    matches!(item.kind, Kind::Tag(Tag::Ill | Tag::Medical | Tag::Family))
                }) && items.get(person + at + 2).is_some_and(|item| {
                    matches!(item.kind, Kind::Tag(Tag::Be | Tag::Take | Tag::Past))
                })
            })
        && !items[person + 1..].iter().any(|item| item.is(Tag::Family));
    !caught && !mine && !author
}

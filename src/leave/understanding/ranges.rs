//! Ranges, beginnings, ends and returns, and days that are pointed back at.

use super::lists::between;
use super::phrases::{Item, Kind, LONGEST_LIST, Point};
use super::words::{Part, Tag};

/// "surgery on the 15th, off that day": days that were named before are the days meant.
pub(super) fn refer_back(items: &mut Vec<Item>) {
    let named = |item: &Item| {
        matches!(
            item.kind,
            Kind::Day(_) | Kind::Range(..) | Kind::Span(_) | Kind::From(_) | Kind::Tag(Tag::Vague)
        )
    };
    let mut at = 0;
    while at < items.len() {
        let ends = items.get(at + 1).is_none_or(|item| {
            matches!(
                item.kind,
                Kind::Stop | Kind::Comma | Kind::Line | Kind::Close | Kind::Question
            )
        });
        let before = at.checked_sub(1).map(|before| &items[before]);
        // "on leave then", "move it to that"
        let short = ends
            && (items[at].is(Tag::Then)
                && items[at].text == "then"
                && before.is_some_and(|item| {
                    matches!(item.kind, Kind::Tag(Tag::Leave(..) | Tag::From))
                })
                || items[at].is(Tag::It)
                    && items[at].text == "that"
                    && before.is_some_and(|item| item.is(Tag::To)));
        if !items[at].is(Tag::ThatDay) && !short {
            at += 1;
            continue;
        }
        let text = items[at].text.clone();
        let Some(last) = items[..at].iter().rposition(named) else {
            at += 1;
            continue;
        };
        let several = text.contains("those") || text.contains("these") || text.ends_with('s');
        let mut first = last;
        if several && matches!(items[last].kind, Kind::Day(_)) {
            while let Some(earlier) = items[first.saturating_sub(LONGEST_LIST)..first]
                .iter()
                .rposition(|item| !between(item))
                .map(|earlier| earlier + first.saturating_sub(LONGEST_LIST))
                && matches!(items[earlier].kind, Kind::Day(_))
                && earlier + 1 < first
                && last - earlier <= LONGEST_LIST
            {
                first = earlier;
            }
        }
        let week = text.contains("week");
        let copies: Vec<Item> = items[first..=last]
            .iter()
            .map(|item| Item {
                kind: match &item.kind {
                    Kind::From(point) => Kind::Day(point.clone()),
                    Kind::Day(_) | Kind::Range(..) if week => Kind::Tag(Tag::Vague),
                    kind => kind.clone(),
                },
                ..item.clone()
            })
            .collect();
        let count = copies.len();
        items.splice(at..=at, copies);
        at += count;
    }
}

/// Puts ranges, beginnings, ends and returns together.
pub(super) fn join_ranges(items: &mut Vec<Item>) {
    let mut joined: Vec<Item> = Vec::with_capacity(items.len());
    let mut at = 0;
    let mut moving = false;
    while at < items.len() {
        match items[at].kind {
            Kind::Tag(Tag::Move) => moving = true,
            Kind::Stop | Kind::Line | Kind::Question | Kind::Comma => moving = false,
            _ => {}
        }
        if let Some((end, kind)) = range_at(items, at, &mut moving) {
            let mut item = items[at].clone();
            item.text = items[at..end]
                .iter()
                .map(|item| item.text.as_str())
                .filter(|text| !text.is_empty())
                .collect::<Vec<_>>()
                .join(" ");
            item.kind = kind;
            joined.push(item);
            at = end;
        } else {
            joined.push(items[at].take());
            at += 1;
        }
    }
    *items = joined;
}

fn day_at(items: &[Item], at: usize) -> Option<(usize, Point)> {
    let Kind::Day(point) = &items.get(at)?.kind else {
        return None;
    };
    Some((at + 1, point.clone()))
}

/// A day with the part beside it, as the end of a range has it.
fn end_at(items: &[Item], mut at: usize) -> Option<(usize, Point)> {
    while items
        .get(at)
        .is_some_and(|item| item.is(Tag::The) || item.is(Tag::On) || item.is(Tag::Of))
    {
        at += 1;
    }
    let (next, mut point) = day_at(items, at)?;
    if let Some(Kind::Tag(Tag::Part(part @ (Part::Morning | Part::Afternoon)))) =
        items.get(next).map(|item| &item.kind)
    {
        point.part = Some(*part);
        return Some((next + 1, point));
    }
    Some((next, point))
}

pub(super) fn skip(
    items: &[Item],
    mut at: usize,
    wanted: impl Fn(&Item) -> bool,
    most: usize,
) -> usize {
    let last = at + most;
    while at < last && items.get(at).is_some_and(&wanted) {
        at += 1;
    }
    at
}

fn range_at(items: &[Item], at: usize, moving: &mut bool) -> Option<(usize, Kind)> {
    let small = |item: &Item| {
        matches!(
            item.kind,
            Kind::Tag(Tag::On | Tag::The | Tag::For | Tag::Filler | Tag::At)
                | Kind::Colon
                | Kind::Dash
        )
    };
    match &items[at].kind {
        Kind::Tag(Tag::Between) => {
            let (next, first) = end_at(items, at + 1)?;
            if !items.get(next)?.is(Tag::And)
                && !items.get(next)?.is(Tag::To)
                && items.get(next)?.kind != Kind::Dash
            {
                return None;
            }
            let (next, last) = end_at(items, next + 1)?;
            Some((next, Kind::Range(first, last)))
        }
        Kind::Tag(Tag::From) => {
            let start = skip(items, at + 1, small, 3);
            let (next, first) = end_at(items, start)?;
            match range_end(items, next, *moving) {
                Some((next, last)) => Some((next, Kind::Range(first, last))),
                None if *moving => None,
                None => Some((next, Kind::From(first))),
            }
        }
        Kind::Day(_) => {
            let (next, first) = end_at(items, at)?;
            // A part that is not followed by the other end stands with the day as a part does.
            let (next, last) = range_end(items, next, *moving)?;
            Some((next, Kind::Range(first, last)))
        }
        Kind::Tag(Tag::Until) => {
            let start = skip(items, at + 1, small, 3);
            let (next, last) = day_at(items, start)?;
            Some((next, Kind::Until(last)))
        }
        Kind::Tag(Tag::To) if !*moving => {
            let (next, last) = day_at(items, skip(items, at + 1, small, 2))?;
            Some((next, Kind::Until(last)))
        }
        Kind::Tag(Tag::To) => {
            // Whatever comes after the first "to" of a move is the new place.
            *moving = false;
            None
        }
        Kind::Tag(Tag::Since) => {
            let (next, first) = day_at(items, skip(items, at + 1, small, 2))?;
            Some((next, Kind::Since(first)))
        }
        Kind::Tag(Tag::Back | Tag::Arrives) => {
            let arrives = items[at].is(Tag::Arrives);
            if arrives
                && !["back", "rejoin", "return", "resume"]
                    .iter()
                    .any(|word| items[at].text.contains(word))
            {
                return None;
            }
            let start = skip(
                items,
                at + 1,
                |item| {
                    small(item)
                        || matches!(
                            item.kind,
                            Kind::Tag(
                                Tag::In
                                    | Tag::By
                                    | Tag::Only
                                    | Tag::Works
                                    | Tag::Arrives
                                    | Tag::Me
                                    | Tag::Back
                                    | Tag::From
                                    | Tag::To
                            )
                        )
                },
                5,
            );
            let (next, day) = day_at(items, start)?;
            Some((next, Kind::Back(day)))
        }
        _ => None,
    }
}

/// "– 7th", "to Friday", "till the 9th" after a day.
fn range_end(items: &[Item], at: usize, moving: bool) -> Option<(usize, Point)> {
    let mut at = skip(
        items,
        at,
        |item| matches!(item.kind, Kind::Line | Kind::Close),
        1,
    );
    match items.get(at)?.kind {
        Kind::Dash | Kind::Tag(Tag::Until) => at += 1,
        Kind::Tag(Tag::To) if !moving => at += 1,
        // "from 5th, until 7th", "5th and until 7th"
        Kind::Comma | Kind::Tag(Tag::And) if items.get(at + 1)?.is(Tag::Until) => at += 2,
        _ => return None,
    }
    at = skip(
        items,
        at,
        |item| item.kind == Kind::Colon || item.is(Tag::Until) || item.is(Tag::For),
        2,
    );
    end_at(items, at)
}

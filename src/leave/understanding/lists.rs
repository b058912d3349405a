//! Lists of days: numbers that are days, and the month or week that a list shares.

use super::phrases::{Base, Item, Kind, LONGEST_LIST, MonthOf, Point, Week};
use super::ranges::skip;
use super::words::{self, SpanWord, Tag};

/// "Leaves in May: 11, 12, 18": the numbers after a month that stands before its list.
pub(super) fn head_months(items: &mut [Item]) {
    for at in 0..items.len() {
        let Some(month) = words::month(&items[at].text) else {
            continue;
        };
        let bare = matches!(
            items[at].kind,
            Kind::Word | Kind::Tag(Tag::Vague | Tag::Undecided)
        );
        let Ok(month) = u32::try_from(month) else {
            continue;
        };
        let leads = |item: &Item| {
            matches!(item.kind, Kind::Colon | Kind::Dash | Kind::Open)
                || matches!(
                    item.kind,
                    Kind::Tag(Tag::On | Tag::The | Tag::Leave(..) | Tag::Be)
                )
        };
        let first = skip(items, at + 1, leads, 3);
        if !bare || first == at + 1 {
            continue;
        }
        let day = |item: &Item| match item.kind {
            Kind::Number(number) if (1..=31).contains(&number) => Some(number),
            Kind::Day(Point {
                base:
                    Base::Date {
                        day,
                        month: MonthOf::Unsaid,
                        ..
                    },
                alias: None,
                ..
            }) => Some(day),
            _ => None,
        };
        if items.get(first).and_then(day).is_none() {
            continue;
        }
        let mut end = first;
        while let Some(item) = items.get_mut(end) {
            if let Some(day) = day(item) {
                item.kind = Kind::Day(Point {
                    base: Base::Date {
                        day,
                        month: MonthOf::Named(month),
                        year: None,
                    },
                    alias: None,
                    part: None,
                });
            } else if !between(item) {
                break;
            }
            end += 1;
        }
        items[at].kind = Kind::Tag(Tag::Filler);
    }
}

/// Whether items may stand between two days of one list.
pub(super) fn between(item: &Item) -> bool {
    matches!(
        item.kind,
        Kind::Comma | Kind::Dash | Kind::Tag(Tag::And | Tag::To | Tag::Until | Tag::The | Tag::On)
    ) || item.text == "both"
}

/// "20, 21 and 23 Oct", "on 20", "leave 5-7": numbers that are days of a month.
#[expect(
    clippy::match_same_arms,
    reason = "one arm is one rule, with its own comment"
)]
pub(super) fn name_bare_numbers(items: &mut [Item]) {
    let strong = items.iter().any(|item| {
        matches!(item.kind, Kind::Tag(Tag::Leave(voice, _)) if voice != words::Voice::Soft)
            || matches!(item.kind, Kind::Tag(Tag::HalfDay(_) | Tag::Cancel))
    });
    let hours_likely = items.iter().any(|item| {
        matches!(
            item.kind,
            Kind::Day(_) | Kind::Tag(Tag::Works | Tag::Leaves | Tag::Arrives)
        )
    });
    let mut at = 0;
    while at < items.len() {
        let numberish = |item: &Item| match &item.kind {
            Kind::Number(number) => (1..=31).contains(number),
            Kind::Day(point) => matches!(point.base, Base::Date { .. }),
            _ => false,
        };
        if !numberish(&items[at]) {
            at += 1;
            continue;
        }
        // The run of numbers from here.
        let start = at;
        let mut end = at + 1;
        loop {
            let mut next = end;
            while next < items.len() && next < end + 3 && between(&items[next]) {
                next += 1;
            }
            if next > end && next < items.len() && numberish(&items[next]) {
                end = next + 1;
            } else {
                break;
            }
        }
        let has_date = items[start..end]
            .iter()
            .any(|item| matches!(item.kind, Kind::Day(_)));
        let before = start.checked_sub(1).map(|before| &items[before]);
        let before = match before {
            Some(item) if matches!(item.kind, Kind::Colon) || item.is(Tag::The) => {
                start.checked_sub(2).map_or(before, |before| {
                    Some(&items[before]).filter(|item| !matches!(item.kind, Kind::Word))
                })
            }
            other => other,
        };
        let the = start > 0 && items[start - 1].is(Tag::The);
        let led = before.is_some_and(|item| match item.kind {
            Kind::Tag(Tag::On) => true,
            // "till 1" is an hour when there is a day, or work, beside it.
            Kind::Tag(Tag::From | Tag::Until | Tag::Between | Tag::Since) => {
                strong && (end - start > 1 || !hours_likely)
            }
            Kind::Tag(Tag::Leave(voice, _)) => voice != words::Voice::Soft,
            Kind::Tag(Tag::HalfDay(_)) => true,
            // "make it 18-22"
            Kind::Tag(Tag::MakeIt) => {
                end - start > 1
                    && items[start..end]
                        .iter()
                        .any(|item| matches!(item.kind, Kind::Number(13..=31)))
            }
            _ => false,
        }) || the;
        let several = end - start > 1;
        // "off 15, 18 and 20"
        let led = led
            || several
                && !hours_likely
                && before.is_some_and(|item| item.is(Tag::Leave(words::Voice::Soft, None)))
                && items[start..end].iter().any(|item| {
                    // "out 20-22": no hours.
                    matches!(item.kind, Kind::Comma | Kind::Number(13..=31))
                });
        // "18-19 it is", "10 to 12 works", "10-12": all of a message, or of what it begins with.
        let stops = |at: usize| {
            items
                .get(at)
                .is_none_or(|item| matches!(item.kind, Kind::Comma | Kind::Stop))
        };
        let chosen = items.get(end).is_some_and(|item| item.is(Tag::It))
            && items.get(end + 1).is_some_and(|item| item.is(Tag::Be))
            && stops(end + 2)
            || items.get(end).is_some_and(|item| item.text == "works") && stops(end + 1)
            || stops(end) && !hours_likely;
        let led = led || several && start == 0 && chosen;
        // "the 5 of us", "on 3 devices": a lone number before an unknown word counts things.
        let counts = !several
            && items
                .get(end)
                .is_some_and(|item| matches!(item.kind, Kind::Word | Kind::Clock(_)));
        if has_date || led && !counts {
            for item in &mut items[start..end] {
                if let Kind::Number(day) = item.kind {
                    item.kind = Kind::Day(Point {
                        base: Base::Date {
                            day,
                            month: MonthOf::Unsaid,
                            year: None,
                        },
                        alias: None,
                        part: None,
                    });
                }
            }
        }
        at = end;
    }
}

/// "doing the Saturday shift" is work; in "Thursday off, for the Saturday desk call Bea" Saturday only
/// says which desk.
pub(super) fn name_shifts(items: &mut [Item]) {
    const THINGS: &[&str] = &["desk", "shift", "shifts", "rota", "roster", "crew", "duty"];
    for at in 1..items.len() {
        let weekly = match &items[at - 1].kind {
            Kind::Day(point) => matches!(point.base, Base::Weekday(..)) && point.alias.is_none(),
            Kind::Span(SpanWord::Weekend(_)) => true,
            _ => false,
        };
        if !weekly || !THINGS.contains(&items[at].text.as_str()) {
            continue;
        }
        let before = items[..at - 1].iter().rev().find(|item| !item.is(Tag::The));
        let does = before.is_some_and(|item| {
            ["doing", "did", "do", "covering", "worked", "working", "on"]
                .contains(&item.text.as_str())
        });
        let beside = before.is_some_and(|item| item.is(Tag::For) || item.is(Tag::Filler))
            && items[..at - 1].iter().any(Item::is_dayish);
        if does || beside {
            items[at - 1].kind = Kind::Tag(Tag::Filler);
        }
        if does {
            items[at].kind = Kind::Tag(Tag::Works);
        } else if beside {
            items[at].kind = Kind::Tag(Tag::Filler);
        }
    }
}

/// Numbers without a month take that of the list that they stand in.
pub(super) fn share_months(items: &mut [Item]) {
    // Backwards: "20, 21 and 23 Oct".
    let mut known: Option<(u32, u32, Option<i16>)> = None;
    for item in items.iter_mut().rev() {
        let separates = !between(item)
            && !matches!(
                item.kind,
                Kind::Tag(Tag::Part(_) | Tag::From | Tag::Between | Tag::HalfDay(_) | Tag::Of)
            );
        match &mut item.kind {
            Kind::Day(point) => match &mut point.base {
                Base::Date {
                    day,
                    month: MonthOf::Named(named),
                    year,
                } => known = Some((*day, *named, *year)),
                Base::Date { day, month, year } if *month == MonthOf::Unsaid => {
                    if let Some((later, named, its_year)) = known {
                        // "30, 31 and 1 June": those are of May.
                        let (of, of_year) = if *day <= later {
                            (named, its_year)
                        } else if named == 1 {
                            (12, its_year.map(|year| year.saturating_sub(1)))
                        } else {
                            (named.saturating_sub(1), its_year)
                        };
                        *month = MonthOf::Named(of);
                        *year = of_year;
                        known = Some((*day, of, of_year));
                    }
                }
                _ => {}
            },
            _ if separates => known = None,
            _ => {}
        }
    }
    // "3rd to 7th next month"
    let mut known: Option<(u32, MonthOf)> = None;
    for item in items.iter_mut().rev() {
        let joins = between(item) || item.is(Tag::From) || item.is(Tag::Between);
        match &mut item.kind {
            Kind::Day(Point {
                base: Base::Date { day, month, .. },
                ..
            }) => match (*month, known) {
                (MonthOf::This | MonthOf::Next | MonthOf::Last, _) => {
                    known = Some((*day, *month));
                }
                (MonthOf::Unsaid, Some((later, of))) if *day <= later => {
                    *month = of;
                    known = Some((*day, of));
                }
                _ => known = None,
            },
            _ if joins => {}
            _ => known = None,
        }
    }
    // Forwards: "Dec 30, 31 and 1".
    let mut known: Option<(u32, u32, Option<i16>)> = None;
    for item in items.iter_mut() {
        // What is excepted is looked for among the days that are there.
        let ends = matches!(
            item.kind,
            Kind::Stop | Kind::Question | Kind::Line | Kind::Word
        ) || item.is(Tag::Except);
        if ends {
            known = None;
            continue;
        }
        if let Kind::Day(point) = &mut item.kind
            && let Base::Date { day, month, year } = &mut point.base
        {
            match (*month, known) {
                (MonthOf::Named(named), _) => known = Some((*day, named, *year)),
                (MonthOf::Unsaid, Some((earlier, named, its_year))) => {
                    let (of, of_year) = if *day > earlier {
                        (named, its_year)
                    } else if named == 12 {
                        (1, its_year.map(|year| year.saturating_add(1)))
                    } else {
                        (named + 1, its_year)
                    };
                    *month = MonthOf::Named(of);
                    *year = of_year;
                    known = Some((*day, of, of_year));
                }
                _ => {}
            }
        }
    }
}

/// "next Thursday and Friday", "Mon-Wed next week", "next week Monday": the week of a list.
pub(super) fn share_weeks(items: &mut [Item]) {
    // Forwards along lists.
    let mut of = Week::Nearest;
    for item in items.iter_mut() {
        let joins = between(item);
        if let Kind::Day(point) = &mut item.kind
            && let Base::Weekday(_, week) = &mut point.base
        {
            if *week == Week::Nearest && item.text.contains("this") {
                of = Week::Nearest;
            } else if *week == Week::Nearest {
                *week = of;
            } else {
                of = *week;
            }
        } else if !joins {
            of = Week::Nearest;
        }
    }
    // A week beside weekdays says which.
    let mut at = 0;
    while at < items.len() {
        let week = match items[at].kind {
            Kind::Span(SpanWord::NextWeek) => Week::Next,
            Kind::Span(SpanWord::LastWeek) => Week::Before,
            Kind::Span(SpanWord::ThisWeek) => Week::This,
            _ => {
                at += 1;
                continue;
            }
        };
        // Before it: "Mon, Tue and Wed (of) next week".
        let mut start = at;
        while start > at.saturating_sub(LONGEST_LIST) {
            let item = &items[start - 1];
            let of = start == at && (item.is(Tag::Of) || item.is(Tag::In));
            if is_weekday(item) || of || start < at && between(item) || is_part(item) {
                start -= 1;
            } else {
                break;
            }
        }
        let before = items[start..at].iter().any(is_weekday)
            && at.checked_sub(1).is_some_and(|last| !between(&items[last]));
        // After it: "next week Monday", "next week: Mon and Tue", "next week (Mon)".
        let mut end = at + 1;
        while end < items.len()
            && end <= at + 2
            && (matches!(items[end].kind, Kind::Colon | Kind::Open | Kind::Dash)
                || items[end].is(Tag::On)
                || matches!(items[end].kind, Kind::Comma)
                    && items.get(end + 1).is_some_and(is_weekday)
                    && !items[at.saturating_sub(LONGEST_LIST)..at]
                        .iter()
                        .any(is_weekday))
        {
            end += 1;
        }
        let first = end;
        while end < items.len().min(first + LONGEST_LIST)
            && (is_weekday(&items[end]) || between(&items[end]))
        {
            end += 1;
        }
        let after = items.get(first).is_some_and(is_weekday);
        let (from, to) = if before {
            (start, at)
        } else if after {
            (first, end)
        } else if let Some(apart) = weekdays_apart(items, at) {
            apart
        } else {
            at += 1;
            continue;
        };
        for item in &mut items[from..to] {
            if let Kind::Day(point) = &mut item.kind
                && let Base::Weekday(_, of) = &mut point.base
            {
                *of = week;
            }
        }
        // It is said with the weekdays now.
        items[at].kind = Kind::Tag(Tag::Filler);
        at += 1;
    }
}

/// "next week I'm on leave from Tuesday to Thursday": the weekdays that a week says more of.
fn weekdays_apart(items: &[Item], week: usize) -> Option<(usize, usize)> {
    let leave = |item: &Item| matches!(item.kind, Kind::Tag(Tag::Leave(..) | Tag::HalfDay(_)));
    let led = items[..week]
        .iter()
        .rev()
        .take(LONGEST_LIST)
        .take_while(|item| !matches!(item.kind, Kind::Stop | Kind::Line | Kind::Comma))
        .any(leave);
    let comma = usize::from(
        items
            .get(week + 1)
            .is_some_and(|item| item.kind == Kind::Comma),
    );
    let speaks = |item: &Item| {
        matches!(
            item.kind,
            Kind::Tag(
                Tag::Me
                    | Tag::Be
                    | Tag::Future
                    | Tag::Take
                    | Tag::Want
                    | Tag::Past
                    | Tag::Filler
                    | Tag::Ask
                    | Tag::On
                    | Tag::The
                    | Tag::From
                    | Tag::Between
                    | Tag::Of
                    | Tag::For
                    | Tag::It
                    | Tag::Only
                    | Tag::Ill
                    | Tag::Part(_)
            )
        ) || !led && leave(item)
    };
    let first = skip(items, week + 1 + comma, speaks, 9);
    if first == week + 1 + comma || !items.get(first).is_some_and(is_weekday) {
        return None;
    }
    // After a comma, only a clause that speaks of the author goes on.
    if comma == 1 && !items[week + 2..first].iter().any(|item| item.is(Tag::Me)) {
        return None;
    }
    let end = items[first..]
        .iter()
        .take(LONGEST_LIST)
        .take_while(|item| is_weekday(item) || between(item))
        .count();
    Some((first, first + end))
}

fn is_weekday(item: &Item) -> bool {
    matches!(&item.kind, Kind::Day(point) if matches!(point.base, Base::Weekday(..)))
}

fn is_part(item: &Item) -> bool {
    matches!(item.kind, Kind::Tag(Tag::Part(_)))
}

//! Applies a follow-up to the leave of its thread.

use jiff::civil::Date;

use super::dates::{days, is_weekend, plus, working_days};
use super::meaning::{Meaning, Speech, portion};
use super::phrases::{Base, Kind, Point};
use super::portions::{Dated, Named};
use super::thread::Words;
use super::words::Part;
use super::{Category, Confidence, Doubt, Intent, MeantDay};
use crate::leave::model::Portion;

/// Applies a follow-up.
pub(super) fn change(
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

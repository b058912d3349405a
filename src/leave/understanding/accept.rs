//! Which of the days that somebody, or a model, understood may be asked for at all.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::MeantDay;
use crate::leave::model::Portion;

/// The most days that one message can ask for: a year.
const MOST_DAYS: usize = 366;

/// Days that may be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Accepted {
    /// Sorted, each date once.
    pub days: Vec<MeantDay>,
    /// Dates before 1 January of today's year, sorted, each once.
    pub dropped: Vec<Date>,
}

/// More days than one message can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more than {MOST_DAYS} days")]
pub struct TooManyDays;

/// Brings candidate days into order by the date rules: sorted, each date once (two halves make a
/// day, and what is said later names the category), none before 1 January of today's year.
///
/// Every reading goes through this, whoever made it. A day that does not exist cannot come here:
/// `Date` has none.
pub fn accept(
    today: Date,
    candidates: impl IntoIterator<Item = MeantDay>,
) -> Result<Accepted, TooManyDays> {
    let mut kept: BTreeMap<Date, MeantDay> = BTreeMap::new();
    let mut dropped = std::collections::BTreeSet::new();
    for day in candidates {
        if day.date.year() < today.year() {
            dropped.insert(day.date);
        } else {
            kept.entry(day.date)
                .and_modify(|before| {
                    before.portion = both(before.portion, day.portion);
                    before.category = day.category;
                })
                .or_insert(day);
        }
        if kept.len() + dropped.len() > MOST_DAYS {
            return Err(TooManyDays);
        }
    }
    Ok(Accepted {
        days: kept.into_values().collect(),
        dropped: dropped.into_iter().collect(),
    })
}

/// The part of a day that is away when both parts are.
pub(super) fn both(one: Portion, two: Portion) -> Portion {
    if one == two { one } else { Portion::Full }
}

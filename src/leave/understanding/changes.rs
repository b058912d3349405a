//! Leave that is taken back, moved or replaced.

use super::clauses::{Clause, Link, Role, is_day};
use super::meaning::{Meaning, Speech, portion};
use super::meant::moves_other;
use super::phrases::Kind;
use super::portions::{Named, named};
use super::words::Tag;
use super::{Category, Confidence, Intent, MeantDay};
use crate::leave::model::Portion;

impl Speech<'_> {
    /// Leave that is taken back.
    pub(super) fn cancelled(&self, cancels: &[usize]) -> Meaning {
        let mut total = Named::default();
        for (at, named) in self.gather(cancels, false) {
            // What stays or replaces is not taken back.
            if cancels.contains(&at) || self.clauses[at].role == Role::Days {
                total.join(named);
            }
        }
        let mut meaning = Meaning::new(Intent::Cancel, self.confidence(cancels));
        if total.days.is_empty()
            && total.from.is_none()
            && !total.rest_of_week
            && total.until.is_none()
        {
            // "not taking leave anymore, will be working on Friday"
            for at in self.with_role(Role::Work) {
                let clause = &self.clauses[at];
                let changed = self
                    .clauses
                    .iter()
                    .any(|clause| clause.has(Tag::TakesBack) || clause.has(Tag::PlansChanged));
                // "will work today so cancel my leave"
                let so = cancels.contains(&(at + 1)) && self.clauses[at + 1].link == Link::So;
                if (changed || so) && clause.has_days() {
                    total.join(named(clause, self.calendar));
                }
            }
        }
        let mut worked = Vec::new();
        let vague = total.doubts.clone();
        let found = if total.days.is_empty()
            && total.from.is_none()
            && total.until.is_none()
            && !total.rest_of_week
        {
            Ok(Vec::new())
        } else {
            self.compose(&mut total, false, cancels, &mut worked)
        };
        let category = if self.named_sick() {
            Category::Sick
        } else {
            Category::Vacation
        };
        match found {
            Ok(found) if vague.is_empty() => {
                meaning.days = found
                    .into_iter()
                    .map(|day| MeantDay {
                        date: day.date,
                        portion: portion(day.part, None),
                        category,
                    })
                    .collect();
            }
            Ok(_) => meaning.doubts = vague,
            Err(doubt) => meaning.doubts.push(doubt),
        }
        meaning.named = total;
        meaning
    }

    /// "changed my plans, will be working on Friday"
    pub(super) fn works_instead(&self) -> Option<Meaning> {
        let changed = self
            .clauses
            .iter()
            .find(|clause| clause.has(Tag::PlansChanged))?;
        let about_plans =
            changed.any(|item| item.is(Tag::PlansChanged) && item.text.contains("plan"));
        let works: Vec<usize> = self
            .with_role(Role::Work)
            .into_iter()
            .filter(|at| {
                let clause = &self.clauses[*at];
                clause.has_days()
                    && clause.unknown == 0
                    && clause.any(|item| {
                        item.is(Tag::Works) && !item.text.starts_with('w')
                            || item.is(Tag::WorkHere)
                            || item.text.starts_with("will be")
                            || item.text.starts_with("work")
                    })
            })
            .collect();
        if works.is_empty() {
            return None;
        }
        let mut meaning = self.cancelled(&works);
        if !about_plans {
            meaning.confidence = meaning.confidence.min(Confidence::Medium);
        }
        Some(meaning)
    }

    /// "cancel Monday, take Tuesday instead": the request for what is taken instead.
    pub(super) fn instead(&self) -> Option<Meaning> {
        let said = self.clauses.iter().any(|clause| {
            clause.has(Tag::Instead)
                || clause.role == Role::Days
                    && clause.any(|item| item.is(Tag::Take) || item.is(Tag::Only))
        });
        let after_cancel = self
            .clauses
            .iter()
            .position(|clause| clause.role == Role::Cancel)?;
        let taking: Vec<usize> = (0..self.clauses.len())
            .filter(|at| {
                let clause = &self.clauses[*at];
                matches!(clause.role, Role::Leave | Role::Days)
                    && (clause.has(Tag::Take)
                        || clause.has(Tag::Only)
                        || clause.has(Tag::Instead)
                        || clause.has(Tag::Want)
                        || clause.role == Role::Leave
                        || *at > after_cancel && clause.has(Tag::Move))
                    && clause.has_days()
            })
            .collect();
        if taking.is_empty()
            || !said
                && !taking
                    .iter()
                    .any(|at| self.clauses[*at].role == Role::Leave)
        {
            return None;
        }
        let kept: Vec<Clause> = taking
            .iter()
            .map(|at| Clause {
                role: Role::Leave,
                ..self.clauses[*at].clone()
            })
            .collect();
        let speech = Speech {
            clauses: &kept,
            calendar: self.calendar,
            known: self.known,
            begins_with_and: false,
        };
        let all: Vec<usize> = (0..kept.len()).collect();
        Some(speech.request(&all))
    }

    /// "move my leave from Monday to Tuesday": the new days.
    pub(super) fn moved(&self) -> Option<Meaning> {
        let at = self.clauses.iter().position(|clause| {
            (clause.has(Tag::Move) && !moves_other(clause) || corrected(clause).is_some())
                && (clause.leave().is_some() || clause.has(Tag::It) || clause.has_days())
                && !matches!(clause.role, Role::Others | Role::NotLeave)
                && (clause.unknown == 0 || clause.leave().is_some())
        })?;
        let clause = &self.clauses[at];
        let corrected = corrected(clause);
        let moves =
            corrected.or_else(|| clause.items.iter().position(|item| item.is(Tag::Move)))?;
        let target = clause.items[moves..].iter().position(|item| {
            matches!(item.kind, Kind::Tag(Tag::To | Tag::MakeIt | Tag::Until))
                || matches!(item.kind, Kind::Until(_))
                || corrected.is_some()
                || item.is(Tag::For)
                    && matches!(
                        clause.items[moves].text.as_str(),
                        "swap" | "swapping" | "exchange" | "switch" | "swop"
                    )
        })? + moves;
        let days_to = clause.items[target..]
            .iter()
            .any(super::phrases::Item::is_dayish);
        if !days_to {
            return None;
        }
        // "change my half day on Friday to full day": the days stay.
        let same_days =
            !clause.items[target..].iter().any(is_day) && clause.items[..target].iter().any(is_day);
        if same_days {
            let part = clause.items[target..]
                .iter()
                .find_map(|item| match item.kind {
                    Kind::Tag(Tag::Part(part) | Tag::HalfDay(part)) => Some(part),
                    _ => None,
                })?;
            let mut old = clause.clone();
            old.items.truncate(target);
            old.role = Role::Leave;
            let rest = [old];
            let speech = Speech {
                clauses: &rest,
                calendar: self.calendar,
                known: self.known,
                begins_with_and: false,
            };
            let mut meaning = speech.request(&[0]);
            for day in &mut meaning.days {
                day.portion = portion(Some(part), None);
            }
            return Some(meaning);
        }
        let mut new = clause.clone();
        let old_items = new.items[..target].to_vec();
        new.items.drain(..target);
        for item in &mut new.items {
            if let Kind::Until(point) = &item.kind {
                item.kind = Kind::Day(point.clone());
            }
        }
        new.role = Role::Leave;
        let mut rest = vec![new];
        rest.extend(
            self.clauses[at + 1..]
                .iter()
                .filter(|clause| clause.role == Role::Days)
                .cloned(),
        );
        let speech = Speech {
            clauses: &rest,
            calendar: self.calendar,
            known: self.known,
            begins_with_and: false,
        };
        let mut meaning = speech.request(&[0]);
        meaning.confidence = meaning.confidence.min(self.confidence(&[at]));
        // The part and the category move along.
        let old = Clause {
            items: old_items,
            ..clause.clone()
        };
        let old_named = named(&old, self.calendar);
        let old_part = old_named
            .part
            .or_else(|| old_named.days.first().and_then(|day| day.part));
        let sick =
            old.any(|item| matches!(item.kind, Kind::Tag(Tag::Leave(_, Some(Category::Sick)))));
        for day in &mut meaning.days {
            if let Some(part) = old_part
                && day.portion == Portion::Full
            {
                day.portion = portion(Some(part), None);
            }
            if sick {
                day.category = Category::Sick;
            }
        }
        Some(meaning)
    }
}

/// "my leave on the 19th should be on the 20th": where the new day begins.
fn corrected(clause: &Clause) -> Option<usize> {
    let at = clause.items.iter().position(|item| {
        item.is(Tag::Only) && (item.text.starts_with("should") || item.text.contains(" now "))
    })?;
    let old = clause.items[..at].iter().any(is_day);
    let new = clause.items[at + 1..]
        .iter()
        .find(|item| {
            !matches!(
                item.kind,
                Kind::Tag(Tag::On | Tag::For | Tag::The | Tag::Filler | Tag::Now)
            )
        })
        .is_some_and(is_day);
    (old && new && clause.leave().is_some()).then_some(at)
}

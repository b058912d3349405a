//! Which category the days have.

use jiff::civil::Date;

use super::Category;
use super::clauses::{Clause, Link, Role};
use super::meaning::Speech;
use super::phrases::Kind;
use super::portions::{Named, named};
use super::words::Tag;

impl Speech<'_> {
    pub(super) fn named_sick(&self) -> bool {
        self.clauses.iter().any(|clause| {
            clause.role == Role::Leave
                && clause
                    .any(|item| matches!(item.kind, Kind::Tag(Tag::Leave(_, Some(Category::Sick)))))
        })
    }

    /// From which clause on which category holds.
    pub(super) fn categories(&self, parts: &[(usize, Named)]) -> Vec<(usize, Category)> {
        let mut found: Vec<(usize, Category)> = Vec::new();
        for (at, clause) in self.clauses.iter().enumerate() {
            let sick_word = clause
                .any(|item| matches!(item.kind, Kind::Tag(Tag::Leave(_, Some(Category::Sick)))));
            let own = matches!(clause.role, Role::Leave | Role::Days | Role::Cancel);
            let sick = sick_word && own
                || matches!(clause.role, Role::Ill | Role::Medical)
                || matches!(
                    clause.role,
                    Role::Leave | Role::Days | Role::Work | Role::NotLeave
                ) && (clause.has(Tag::Ill)
                    || clause.has(Tag::Medical)
                    || clause.has(Tag::IllEmoji))
                    && !others(clause);
            let vacation = clause.any(|item| {
                matches!(
                    item.kind,
                    Kind::Tag(Tag::Leave(_, Some(Category::Vacation)))
                )
            }) && own;
            let has_days = parts
                .iter()
                .any(|(part, named)| *part == at && !named.is_empty());
            if sick {
                found.push((at, Category::Sick));
            } else if vacation && has_days {
                found.push((at, Category::Vacation));
            }
        }
        // One that is named without days of its own is the category of the message.
        if found
            .iter()
            .any(|(_, category)| *category == Category::Sick)
        {
            let only_one_with_days =
                parts.iter().filter(|(_, named)| !named.is_empty()).count() <= 1;
            if only_one_with_days {
                return vec![(0, Category::Sick)];
            }
        }
        // A part that names sickness for days of its own says nothing of those before it.
        if let Some((at, category)) = found.first_mut() {
            let dates = |at: usize| {
                parts
                    .iter()
                    .filter(move |(part, _)| *part == at)
                    .flat_map(|(_, named)| named.days.iter().map(|day| day.date))
            };
            let own: Vec<Date> = dates(*at)
                .chain(
                    named(&self.clauses[*at], self.calendar)
                        .days
                        .iter()
                        .map(|day| day.date),
                )
                .collect();
            // "PTO Monday, doctor Tuesday so sick leave that day"
            let leads_on = matches!(self.clauses[*at].role, Role::Medical | Role::Ill)
                && self
                    .clauses
                    .get(*at + 1)
                    .is_some_and(|next| next.link == Link::So && next.role == Role::Leave);
            let before = (0..*at).flat_map(dates).collect::<Vec<_>>();
            let apart = !own.is_empty()
                && !before.is_empty()
                && !own.iter().any(|day| before.contains(day))
                && (self.clauses[*at].role == Role::Leave
                    || leads_on
                    || self.clauses[*at].role == Role::Ill && self.clauses[*at].past);
            if !(apart && *category == Category::Sick) {
                *at = 0;
            }
        }
        found
    }
}

fn others(clause: &Clause) -> bool {
    clause.has(Tag::Family) || clause.has(Tag::Other)
}

//! Work that is told beside leave: on which days, and what it leaves of them.

use jiff::civil::Date;

use super::clauses::{Link, Role};
use super::meaning::Speech;
use super::phrases::Kind;
use super::portions::named;
use super::roles::part_away;
use super::words::{Part, Tag};

impl Speech<'_> {
    /// "migraine, logging off for the day"
    pub(super) fn stops_work(&self, at: usize) -> bool {
        let clause = &self.clauses[at];
        let off = clause.any(|item| {
            [
                "logging off",
                "signing off",
                "log off",
                "sign off",
                "going offline",
            ]
            .iter()
            .any(|word| item.text.contains(word))
        });
        let now = clause.any(|item| item.text.contains("for the day") || item.text == "now")
            || self.clauses.get(at + 1).is_some_and(|next| {
                next.link == Link::Reason
                    && next.items.iter().all(|item| {
                        matches!(item.kind, Kind::Tag(Tag::The | Tag::DayUnit | Tag::Day(_)))
                            || matches!(item.kind, Kind::Day(_))
                    })
            });
        off && now
    }

    pub(super) fn works(&self) -> bool {
        self.clauses.iter().any(|clause| {
            clause.role == Role::Work
                // Away for an hour, or late: the rest of the day is worked.
                || clause.role == Role::NotLeave
                    && clause.any(|item| {
                        item.is(Tag::Short)
                            && ["hour", "min", "late", "back", "brb", "early", "bit"]
                                .iter()
                                .any(|word| item.text.contains(word))
                    })
                || clause.any(|item| {
                    item.is(Tag::WorkHere) || item.is(Tag::Works) || item.is(Tag::Except)
                })
                    && matches!(clause.role, Role::Ill | Role::Medical)
        })
    }

    /// The part of the day that is left after the work before a clause: "working till 1, then off".
    pub(super) fn after_work(&self, at: usize) -> Option<Part> {
        let work = &self.clauses[at.checked_sub(1)?];
        let clause = &self.clauses[at];
        let until = work.any(|item| {
            item.is(Tag::Until) || matches!(item.kind, Kind::Tag(Tag::Part(Part::Morning)))
        });
        let late = work.any(|item| match item.kind {
            Kind::Clock(minutes) => !(10 * 60..=15 * 60).contains(&minutes),
            Kind::Number(hour) => !matches!(hour, 10..=12 | 1..=3),
            _ => false,
        });
        let away = part_away(work)?;
        (work.role == Role::Work
            && until
            && !late
            && away == Part::Afternoon
            && clause.role == Role::Leave
            && clause.link != Link::Sentence
            && !clause.has_days())
        .then_some(away)
    }

    /// The days on which the author says that they work.
    pub(super) fn worked(&self) -> Vec<Date> {
        self.clauses
            .iter()
            .enumerate()
            .filter(|(at, clause)| {
                clause.role == Role::Work
                    || clause.role == Role::Days
                        && at
                            .checked_sub(1)
                            .is_some_and(|at| self.clauses[at].role == Role::Work)
            })
            .flat_map(|(_, clause)| named(clause, self.calendar).days)
            .map(|day| day.date)
            .collect()
    }

    /// The days that the author says are worked, with no part of them away.
    pub(super) fn worked_whole_days(&self) -> Vec<Date> {
        self.with_role(Role::Work)
            .into_iter()
            .filter(|at| self.clauses[*at].unknown == 0)
            .map(|at| named(&self.clauses[at], self.calendar))
            .filter(|named| named.part.is_none() && !named.span)
            .flat_map(|named| named.days)
            .filter(|day| day.part.is_none())
            .map(|day| day.date)
            .collect()
    }

    /// Which half a bare half day is.
    pub(super) fn hint(&self) -> Option<Part> {
        let mut part = None;
        for clause in self.clauses {
            let found = match clause.role {
                Role::Work | Role::Back => part_away(clause),
                Role::NotLeave if clause.has(Tag::Leaves) || clause.has(Tag::Arrives) => {
                    part_away(clause)
                }
                _ => None,
            };
            part = part.or(found);
        }
        for clause in self.clauses {
            let found = match clause.role {
                Role::Leave if clause.has(Tag::Leaves) || clause.has(Tag::Arrives) => {
                    part_away(clause)
                }
                Role::Ill | Role::Medical | Role::Other | Role::Others => {
                    clause.items.iter().find_map(|item| match item.kind {
                        Kind::Tag(Tag::Part(part @ (Part::Morning | Part::Afternoon))) => {
                            Some(part)
                        }
                        Kind::Clock(minutes)
                            if clause.role == Role::Medical
                                || matches!(clause.role, Role::Other | Role::Others)
                                    && !clause.has(Tag::Contact) =>
                        {
                            Some(if minutes < 12 * 60 {
                                Part::Morning
                            } else {
                                Part::Afternoon
                            })
                        }
                        _ => None,
                    })
                }
                _ => None,
            };
            part = part.or(found);
        }
        part
    }
}

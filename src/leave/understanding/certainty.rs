//! How sure a reading can be with what of the message it leaves unused.

use super::Confidence;
use super::clauses::Role;
use super::meaning::Speech;
use super::phrases::{Base, Kind};
use super::portions::{Dated, Named, named};
use super::words::{Part, Tag};

impl Speech<'_> {
    /// How sure a reading can be with what of the message it leaves unused.
    pub(super) fn leftovers(&self, total: &Named, composed: &[Dated]) -> Confidence {
        // Something vague beside days: it is not known which of them it speaks of. A holiday's name
        // is only what the days are for.
        let vague = self.clauses.iter().any(|clause| {
            matches!(clause.role, Role::Leave | Role::Days)
                && clause.any(|item| {
                    item.is(Tag::Vague)
                        && [
                            "week", "month", "every", "few", "some", "soon", "quarter", "days",
                        ]
                        .iter()
                        .any(|word| item.text.contains(word))
                        && !item.text.contains("weekend")
                })
        });
        // "3 days: 5th and 6th"
        let halves: usize = composed
            .iter()
            .map(|day| match day.part {
                Some(Part::Morning | Part::Afternoon | Part::Half) => 1,
                _ => 2,
            })
            .sum();
        let miscounted = total.length.is_some_and(|length| {
            length > 2 && usize::try_from(length).is_ok_and(|length| length != halves)
        });
        // The day of a reason that is none of the leave's.
        let elsewhere = self.clauses.iter().any(|clause| {
            matches!(clause.role, Role::Medical | Role::Ill)
                && !clause.past
                && named(clause, self.calendar).days.iter().any(|day| {
                    day.date >= self.calendar.today
                        && !composed.iter().any(|taken| taken.date == day.date)
                })
        });
        // "been sick all week": from today on, by the rules, but hardly meant so.
        let been = self.clauses.iter().any(|clause| {
            clause.past
                && clause
                    .any(|item| matches!(item.kind, Kind::Span(super::words::SpanWord::ThisWeek)))
        });
        // "leave 11-15 May, will be available on 13th for the release"
        let worked_too = self.clauses.iter().any(|clause| {
            clause.role == Role::Work
                && named(clause, self.calendar).days.iter().any(|day| {
                    day.part.is_none()
                        && composed
                            .iter()
                            .any(|taken| taken.date == day.date && taken.part.is_none())
                })
        });
        let unplaced = self.clauses.iter().any(|clause| {
            clause.guessed
                || clause.has(Tag::Extend) && !clause.has_days()
                || clause.role == Role::Leave && clause.has(Tag::ThatDay)
        });
        // A week and days of it: one of them says more.
        let twice = total.span
            && composed.iter().enumerate().any(|(at, day)| {
                day.part.is_none()
                    && composed[..at]
                        .iter()
                        .any(|other| other.date == day.date && other.part.is_none())
            });
        // "Monday and Tuesday off, Wednesday only morning" on a Wednesday
        let out_of_order = total.by_week
            && composed
                .iter()
                .any(|day| day.date == self.calendar.today)
            && total.days.first().is_some_and(|first| first.date > self.calendar.today)
            && !self.clauses.iter().any(|clause| {
                clause.any(|item| {
                    matches!(&item.kind, Kind::Day(point) if matches!(point.base, Base::FromToday(0)))
                })
            });
        if vague
            || been
            || worked_too
            || out_of_order
            || miscounted
            || elsewhere
            || unplaced
            || twice
        {
            Confidence::Medium
        } else {
            Confidence::High
        }
    }

    pub(super) fn confidence(&self, own: &[usize]) -> Confidence {
        let unknown: usize = own.iter().map(|at| self.clauses[*at].unknown).sum();
        let shaky = self.clauses.iter().enumerate().any(|(at, clause)| {
            !own.contains(&at)
                && (matches!(
                    clause.role,
                    Role::Undecided | Role::NotLeave | Role::Passing | Role::Others
                ) && (clause.leave().is_some() || clause.has_days())
                    || clause.role == Role::Other && clause.has_days())
        });
        match unknown {
            0 if !shaky => Confidence::High,
            0..=2 => Confidence::Medium,
            _ => Confidence::Low,
        }
    }
}

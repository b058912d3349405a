//! How leave stands at other services, in words.

use jiff::ToSpan;
use jiff::civil::Date;

use super::entries::{Failure, Outcome, ServiceOutcome, SkipReason};
use super::model::is_weekend;
use super::words;
use crate::clients::blocks::escape;

/// Who reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// The person whose leave it is.
    Requester,
    /// A people admin.
    Admin,
}

/// One line for each service that has a say: “✓ Calendar”, “✗ Harvest, Tue 6 January not
/// entered: …”. Empty when there is none.
pub fn lines(outcomes: &[ServiceOutcome], reader: Reader, today: Date) -> Vec<String> {
    outcomes
        .iter()
        .map(|ServiceOutcome { service, outcome }| {
            let name = service.name();
            match outcome {
                Outcome::UnderWay => format!("{name}: under way"),
                Outcome::Done => format!("✓ {name}"),
                Outcome::Removed => format!("✓ {name}: removed"),
                Outcome::Failed(failure) => format!("✗ {name}{}", failed(failure, today)),
                Outcome::Skipped(SkipReason::NoHarvestId) => {
                    let whose = match reader {
                        Reader::Requester => "you have",
                        Reader::Admin => "the person has",
                    };
                    format!("{name}: skipped, {whose} no Harvest id")
                }
            }
        })
        .collect()
}

fn failed(failure: &Failure, today: Date) -> String {
    let mut what = Vec::new();
    for (days, how) in [
        (&failure.missing, "not entered"),
        (&failure.left_over, "not removed"),
    ] {
        if !days.is_empty() {
            let ranges = words::few(&ranges(days, today), 3);
            what.push(format!("{} {how}", words::list(&ranges)));
        }
    }
    format!(", {}: {}", what.join("; "), escape(&failure.reason))
}

/// First and last days as ranges: neighbours, also over a weekend, are one.
fn ranges(days: &[(Date, Date)], today: Date) -> Vec<String> {
    let mut ranges: Vec<(Date, Date)> = Vec::new();
    for &(first, last) in days {
        let joins = |end: Date| {
            end.saturating_add(1.day())
                .series(1.day())
                .take_while(|date| *date < first)
                .all(is_weekend)
        };
        match ranges.last_mut() {
            Some((_, end)) if joins(*end) => *end = last.max(*end),
            _ => ranges.push((first, last)),
        }
    }
    ranges
        .into_iter()
        .map(|(first, last)| words::range(first, last, today))
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::leave::entries::Service;

    #[test]
    fn each_outcome_has_its_words() {
        let day = |number| (date(2026, 1, number), date(2026, 1, number));
        let outcomes = [
            Outcome::UnderWay,
            Outcome::Done,
            Outcome::Removed,
            Outcome::Skipped(SkipReason::NoHarvestId),
            Outcome::Failed(Failure {
                reason: "Harvest answered 503: <down>".to_owned(),
                missing: vec![day(8), day(9), day(12), day(14)],
                left_over: vec![],
            }),
            Outcome::Failed(Failure {
                reason: "interrupted, may have happened".to_owned(),
                missing: vec![day(5)],
                left_over: vec![(date(2026, 1, 5), date(2026, 1, 9))],
            }),
        ]
        .map(|outcome| ServiceOutcome {
            service: Service::Harvest,
            outcome,
        });
        insta::assert_snapshot!(lines(&outcomes, Reader::Requester, date(2026, 1, 2)).join("\n"), @r"
        Harvest: under way
        ✓ Harvest
        ✓ Harvest: removed
        Harvest: skipped, you have no Harvest id
        ✗ Harvest, Thu 8 – Mon 12 January and Wed 14 January not entered: Harvest answered 503: &lt;down&gt;
        ✗ Harvest, Mon 5 January not entered; Mon 5 – Fri 9 January not removed: interrupted, may have happened
        ");
        assert_eq!(
            lines(&outcomes[3..4], Reader::Admin, date(2026, 1, 2)),
            ["Harvest: skipped, the person has no Harvest id"]
        );
    }
}

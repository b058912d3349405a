//! Leave at other services: what is there or should be, and the states that it goes through.

use jiff::civil::Date;

use super::model::{Portion, states};

states! {
    /// Another service that holds leave.
    Service {
        /// Google Calendar, where colleagues see who is away.
        Calendar = "calendar",
        /// Harvest, where the time sheet has the hours.
        Harvest = "harvest",
    }
}

impl Service {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Calendar => "Calendar",
            Self::Harvest => "Harvest",
        }
    }
}

states! {
    /// The state of one entry at a service.
    EntryState {
        /// Should be there, and its call is yet to be made: the first one, or that of a retry.
        Waiting = "waiting",
        /// It is being created: until the answer is here it may be there or not.
        Calling = "calling",
        /// It is there.
        Done = "done",
        /// It should be there and the service refused, or nobody knows. A person may retry.
        Failed = "failed",
        /// It should go; nothing was sent.
        Unwanted = "unwanted",
        /// It is being removed.
        Removing = "removing",
        /// It is gone.
        Removed = "removed",
        /// It should be gone and the service refused, or nobody knows. A person may retry.
        RemoveFailed = "remove_failed",
    }
}

impl EntryState {
    /// Whether the state may follow this one.
    pub fn may_become(self, next: Self) -> bool {
        use EntryState::{
            Calling, Done, Failed, RemoveFailed, Removed, Removing, Unwanted, Waiting,
        };
        match self {
            // When nobody wants it any more, what no call was ever made for is gone, and what is
            // retried is to be removed: it may be there.
            Waiting => matches!(next, Calling | Failed | Unwanted | Removed),
            // Waiting again: its id is used up, and it gets the next one; or it is not in the
            // calendar of before, and goes to the one of now.
            Calling => matches!(next, Done | Failed | Waiting),
            // Only by a person; it may be there although the call failed.
            Failed => matches!(next, Waiting | Unwanted),
            Unwanted => matches!(next, Removing | RemoveFailed),
            Removing => matches!(next, Removed | RemoveFailed),
            // Wanted again, under the next id.
            Removed => matches!(next, Waiting),
            Done | RemoveFailed => matches!(next, Unwanted),
        }
    }

    /// Whether it waits for a person.
    pub fn is_failed(self) -> bool {
        matches!(self, Self::Failed | Self::RemoveFailed)
    }

    /// Whether work on it is promised or going on.
    pub fn is_under_way(self) -> bool {
        matches!(
            self,
            Self::Waiting | Self::Calling | Self::Unwanted | Self::Removing
        )
    }
}

/// Which entry: a service, and the days and the part of them that the entry stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Slot {
    /// Where.
    pub service: Service,
    /// Its first day.
    pub first: Date,
    /// Its last day, included.
    pub last: Date,
    /// Which part of them; a half is of one day only.
    pub portion: Portion,
}

impl Slot {
    /// Whether a date is in it.
    pub fn covers(&self, date: Date) -> bool {
        self.first <= date && date <= self.last
    }

    /// Whether both stand for the same service and have a day in common.
    pub fn meets(&self, other: &Self) -> bool {
        self.service == other.service && self.first <= other.last && other.first <= self.last
    }
}

/// An entry as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Which.
    pub slot: Slot,
    /// The id by which it is found at the service.
    pub key: String,
    /// How many ids of it were used up before.
    pub generation: i32,
    /// The service's own id, if it gave one.
    pub remote_id: Option<String>,
    /// In which calendar or account it is or may be, once it was sent.
    pub place: Option<String>,
    /// How it stands.
    pub state: EntryState,
    /// How often it was tried to create it.
    pub calls: i32,
    /// Why it failed, in words for people.
    pub error: Option<String>,
}

/// Why a service is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum SkipReason {
    /// The person has no Harvest id.
    NoHarvestId,
}

impl SkipReason {
    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoHarvestId => "no_harvest_id",
        }
    }
}

/// How a leave stands at a service as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Being entered or removed.
    UnderWay,
    /// All of it is there.
    Done,
    /// All of it is gone, as it should be.
    Removed,
    /// Something is not as it should be.
    Failed(Failure),
    /// Left out.
    Skipped(SkipReason),
}

impl Outcome {
    /// The word in the API.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::UnderWay => "under_way",
            Self::Done => "done",
            Self::Removed => "removed",
            Self::Failed(_) => "failed",
            Self::Skipped(_) => "skipped",
        }
    }
}

/// What is not as it should be at a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Why, in words for people: the first reason.
    pub reason: String,
    /// First and last day of each entry that should be there.
    pub missing: Vec<(Date, Date)>,
    /// First and last day of each entry that should be gone.
    pub left_over: Vec<(Date, Date)>,
}

/// How a leave stands at one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceOutcome {
    /// Where.
    pub service: Service,
    /// How.
    pub outcome: Outcome,
}

/// How a leave stands at each service that knows of it or was left out. Services that are off
/// are not among them.
pub fn outcomes(entries: &[Entry], skips: &[(Service, SkipReason)]) -> Vec<ServiceOutcome> {
    Service::ALL
        .iter()
        .filter_map(|&service| {
            let own: Vec<&Entry> = entries
                .iter()
                .filter(|entry| entry.slot.service == service)
                .collect();
            let skip = skips.iter().find(|(skipped, _)| *skipped == service);
            let outcome = match skip {
                Some((_, why)) if own.is_empty() => Outcome::Skipped(*why),
                _ => of_service(&own)?,
            };
            Some(ServiceOutcome { service, outcome })
        })
        .collect()
}

fn of_service(entries: &[&Entry]) -> Option<Outcome> {
    let days = |state| {
        entries
            .iter()
            .filter(|entry| entry.state == state)
            .map(|entry| (entry.slot.first, entry.slot.last))
            .collect::<Vec<_>>()
    };
    if entries.iter().any(|entry| entry.state.is_under_way()) {
        return Some(Outcome::UnderWay);
    }
    // What is missing first: what is left over may only wait for that.
    let error_of = |state| {
        let failed = entries.iter().find(|entry| entry.state == state);
        failed.map(|entry| entry.error.clone().unwrap_or_default())
    };
    let reason = error_of(EntryState::Failed).or_else(|| error_of(EntryState::RemoveFailed));
    if let Some(reason) = reason {
        return Some(Outcome::Failed(Failure {
            reason,
            missing: days(EntryState::Failed),
            left_over: days(EntryState::RemoveFailed),
        }));
    }
    if entries.iter().any(|entry| entry.state == EntryState::Done) {
        return Some(Outcome::Done);
    }
    (!entries.is_empty()).then_some(Outcome::Removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_of_an_entry_is_either_allowed_or_not() {
        let table: Vec<String> = EntryState::ALL
            .iter()
            .map(|from| {
                let next: Vec<&str> = EntryState::ALL
                    .iter()
                    .filter(|to| from.may_become(**to))
                    .map(|to| to.as_str())
                    .collect();
                format!("{} → {}", from.as_str(), next.join(", "))
            })
            .collect();
        insta::assert_snapshot!(table.join("\n"), @r"
        waiting → calling, failed, unwanted, removed
        calling → waiting, done, failed
        done → unwanted
        failed → waiting, unwanted
        unwanted → removing, remove_failed
        removing → removed, remove_failed
        removed → waiting
        remove_failed → unwanted
        ");
    }

    #[test]
    fn a_service_is_as_good_as_its_worst_entry() {
        use EntryState::{Done, Failed, RemoveFailed, Removed, Waiting};
        let day = |number| jiff::civil::date(2026, 3, number);
        let entry = |number, state: EntryState| Entry {
            slot: Slot {
                service: Service::Harvest,
                first: day(number),
                last: day(number),
                portion: Portion::Full,
            },
            key: format!("key{number}"),
            generation: 0,
            remote_id: None,
            place: None,
            state,
            calls: 1,
            error: state.is_failed().then(|| "Harvest is down".to_owned()),
        };
        let show = |entries: &[Entry], skips: &[(Service, SkipReason)]| {
            format!("{:?}", outcomes(entries, skips))
        };
        let lines = [
            show(&[], &[]),
            show(&[], &[(Service::Harvest, SkipReason::NoHarvestId)]),
            show(&[entry(2, Done), entry(3, Removed)], &[]),
            show(&[entry(2, Removed)], &[]),
            show(&[entry(2, Failed), entry(3, Waiting)], &[]),
            show(
                &[entry(2, Done), entry(3, Failed), entry(4, RemoveFailed)],
                &[],
            ),
        ];
        insta::assert_snapshot!(lines.join("\n"), @r#"
        []
        [ServiceOutcome { service: Harvest, outcome: Skipped(NoHarvestId) }]
        [ServiceOutcome { service: Harvest, outcome: Done }]
        [ServiceOutcome { service: Harvest, outcome: Removed }]
        [ServiceOutcome { service: Harvest, outcome: UnderWay }]
        [ServiceOutcome { service: Harvest, outcome: Failed(Failure { reason: "Harvest is down", missing: [(2026-03-03, 2026-03-03)], left_over: [(2026-03-04, 2026-03-04)] }) }]
        "#);
    }
}

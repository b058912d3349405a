//! Leave as JSON. One function writes it, for lists, single leave and retries alike; the
//! command line reads the same types.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::leave::entries::{Outcome, ServiceOutcome, SkipReason};
use crate::leave::listing::{Leave, LeavePage};
use crate::leave::visibility::{self, Viewer};

/// One leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveJson {
    /// Its id.
    pub id: i64,
    /// Whose.
    pub user: UserJson,
    /// The key of its type.
    pub leave_type: Option<String>,
    /// All in all.
    pub state: String,
    /// The first day.
    pub first_day: Date,
    /// The last day, included.
    pub last_day: Date,
    /// The days that count.
    pub days: Vec<DayJson>,
    /// How it stands at each other service that has it, had it or was left out.
    pub services: BTreeMap<String, ServiceJson>,
    /// What the person wrote.
    pub reason: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// The user id of who decided or cancelled, if a person did.
    pub decided_by: Option<String>,
    /// What the approver said with a denial.
    pub note: Option<String>,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserJson {
    /// Slack's id.
    pub id: String,
    /// The name.
    pub name: String,
}

/// One day of leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayJson {
    /// The date.
    pub date: Date,
    /// `full`, `half_am` or `half_pm`.
    pub portion: String,
    /// How much work that is.
    pub minutes: u32,
    /// Where it stands.
    pub state: String,
}

/// How leave stands at another service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceJson {
    /// `under_way`, `done`, `removed`, `failed` or `skipped`.
    pub state: String,
    /// Why, in words, if it is `failed` or `skipped`.
    pub reason: Option<String>,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageJson {
    /// Newest first.
    pub leaves: Vec<LeaveJson>,
    /// The `cursor` of the next page, if there is one.
    pub next_cursor: Option<String>,
}

impl LeaveJson {
    /// Leave as a people admin may see it.
    pub fn of(leave: &Leave) -> Self {
        let action = &leave.action;
        let sight = visibility::sight(Viewer::Admin, action.state);
        let shows_kind = sight.is_some_and(|sight| sight.kind);
        let shows_reason = sight.is_some_and(|sight| sight.reason);
        Self {
            id: action.id,
            user: UserJson {
                id: action.user.to_string(),
                name: leave.name.clone(),
            },
            leave_type: shows_kind.then(|| action.leave_type.key.clone()),
            state: leave.state.as_str().to_owned(),
            first_day: action.span.first(),
            last_day: action.span.last(),
            days: leave
                .days
                .iter()
                .map(|record| DayJson {
                    date: record.day,
                    portion: record.portion.as_str().to_owned(),
                    minutes: record.minutes,
                    state: record.state.as_str().to_owned(),
                })
                .collect(),
            services: leave.services.iter().map(service).collect(),
            reason: action.reason.clone().filter(|_| shows_reason),
            created_at: action.created_at,
            decided_by: action.decided_by.as_ref().map(ToString::to_string),
            note: action.note.clone().filter(|_| shows_reason),
        }
    }
}

/// A service by its key, and how leave stands there.
fn service(found: &ServiceOutcome) -> (String, ServiceJson) {
    let reason = match &found.outcome {
        Outcome::Failed(failure) => Some(failure.reason.clone()),
        Outcome::Skipped(SkipReason::NoHarvestId) => {
            Some("The person has no Harvest id.".to_owned())
        }
        Outcome::UnderWay | Outcome::Done | Outcome::Removed => None,
    };
    let state = found.outcome.as_str().to_owned();
    (
        found.service.as_str().to_owned(),
        ServiceJson { state, reason },
    )
}

impl PageJson {
    /// A page as a people admin may see it.
    pub fn of(page: &LeavePage) -> Self {
        Self {
            leaves: page.leaves.iter().map(LeaveJson::of).collect(),
            next_cursor: page.next.map(|id| id.to_string()),
        }
    }
}

//! Leave in Google Calendar and Harvest.
//!
//! `plan.rs` says what should be there; `run.rs` is the job that makes it so, one call after the
//! other, through `calls.rs`. Nothing is ever tried again by itself: people delete leave outside,
//! and the app must not bring it back. What failed waits for a person (`retry.rs`), and the
//! admins are told (`notice.rs`).

mod calls;
mod notice;
mod plan;
mod retry;
mod run;

pub use notice::{show_failed, tell_admins};
pub use retry::{Retry, retry, retry_pressed};
pub use run::{gave_up, recover, run};

use super::entries::{Outcome, Service, ServiceOutcome};
use super::model::{ActionState, LeaveRecord, PendingAction, RecordState};
use super::store;
use super::work::{SyncLeave, refresh_messages};
use crate::jobs;
use crate::leave::days::PersonCalendar;
use crate::platform::db::TenantTx;
use crate::services::Services;
use crate::tenant::store as directory;
use crate::tenant::{Integrations, Person};

/// The services that are switched on in a workspace.
pub fn switched_on(integrations: &Integrations) -> Vec<Service> {
    let on = [
        (Service::Calendar, integrations.calendar.is_some()),
        (Service::Harvest, integrations.harvest.is_some()),
    ];
    on.into_iter()
        .filter(|(_, on)| *on)
        .map(|(service, _)| service)
        .collect()
}

/// Promises that the other services follow a leave that was approved or changed, and that every
/// message shows it.
pub async fn follow(
    tx: &mut TenantTx,
    correlation_id: &str,
    action_id: i64,
) -> Result<(), sqlx::Error> {
    // First the words: they must not wait for the services.
    refresh_messages(tx, correlation_id, action_id).await?;
    jobs::enqueue(tx, correlation_id, &SyncLeave { action_id }).await
}

/// How a leave stands at other services, also while it has yet to be sent there: for messages.
pub async fn standing(
    tx: &mut TenantTx,
    services: &Services,
    action: &PendingAction,
) -> Result<Vec<ServiceOutcome>, sqlx::Error> {
    let outcomes = store::service_outcomes(tx, action.id).await?;
    if !outcomes.is_empty() || action.state != ActionState::Confirmed {
        return Ok(outcomes);
    }
    let integrations = Integrations::of(tx, services).await?;
    Ok(switched_on(&integrations)
        .into_iter()
        .map(|service| ServiceOutcome {
            service,
            outcome: Outcome::UnderWay,
        })
        .collect())
}

/// A leave with all that decides what it has at other services.
struct Leave {
    action: PendingAction,
    person: Person,
    records: Vec<LeaveRecord>,
    calendar: PersonCalendar,
}

impl Leave {
    async fn load(tx: &mut TenantTx, action_id: i64) -> Result<Option<Self>, sqlx::Error> {
        let Some(action) = store::action(tx, action_id).await? else {
            return Ok(None);
        };
        let person = directory::person(tx, &action.user).await?;
        let workspace = directory::workspace(tx).await?;
        let (Some(person), Some(workspace)) = (person, workspace) else {
            return Ok(None);
        };
        let records = store::records(tx, action_id).await?;
        let (first, last) = (action.span.first(), action.span.last());
        let calendar = store::calendar(tx, &person, &workspace.settings, first, last).await?;
        Ok(Some(Self {
            action,
            person,
            records,
            calendar,
        }))
    }

    /// The work of a day that is still leave, in minutes.
    fn minutes_on(&self, day: jiff::civil::Date) -> Option<u32> {
        self.records
            .iter()
            .find(|record| record.day == day && record.state != RecordState::Cancelled)
            .map(|record| record.minutes)
    }
}

//! When a reminder is due.

use jiff::{Timestamp, ToSpan};

use super::days::PersonCalendar;
use super::store;
use crate::platform::db::TenantTx;
use crate::tenant::{Person, Settings};

/// The instant `days` of the approver's working days after `since`, in their working hours.
pub(super) async fn due_after(
    tx: &mut TenantTx,
    approver: &Person,
    settings: &Settings,
    since: Timestamp,
    days: u8,
) -> Result<Timestamp, sqlx::Error> {
    let calendar = calendar_around(tx, approver, settings, since).await?;
    Ok(calendar.working_days_after(&approver.zone, since, days))
}

/// When somebody who is asked now is reminded; `None`: never, by the workspace's settings.
pub(super) async fn first_reminder(
    tx: &mut TenantTx,
    approver: &Person,
    settings: &Settings,
) -> Result<Option<Timestamp>, sqlx::Error> {
    let Some(days) = settings.remind_after_days.first() else {
        return Ok(None);
    };
    let now = tx.now();
    due_after(tx, approver, settings, now, *days)
        .await
        .map(Some)
}

/// The person's calendar from the day of an instant on, far enough for any reminder.
pub(super) async fn calendar_around(
    tx: &mut TenantTx,
    person: &Person,
    settings: &Settings,
    at: Timestamp,
) -> Result<PersonCalendar, sqlx::Error> {
    let day = person.today(at);
    store::calendar(tx, person, settings, day, day.saturating_add(120.days())).await
}

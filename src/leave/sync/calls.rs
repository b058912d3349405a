//! One entry, one service: the calls that create and remove it.

use jiff::ToSpan;

use super::Leave;
use crate::clients::google_calendar::{Event, EventId, GoogleCalendar, Inserted, When};
use crate::clients::harvest::{ExternalReference, Harvest, NewEntry};
use crate::clients::http::ServiceError;
use crate::leave::entries::{Entry, Service};
use crate::leave::model::Portion;
use crate::tenant::Integrations;

/// The key of the leave type that has a task of its own in Harvest.
const SICK: &str = "sick";

/// What became of a creation.
pub(super) enum Created {
    /// It is there, with the service's own id if it gives one.
    There(Option<String>),
    /// Somebody deleted it by hand, and the service lets nobody use its id again.
    IdUsedUp,
    /// It is not where it was sent before; this is where it belongs now.
    BelongsIn(String),
}

/// A call that did not do what it should.
pub(super) struct CallFailed {
    /// Why, in words for people.
    pub why: String,
    /// Whether the service itself is the trouble, so that it need not be asked for more.
    pub service_down: bool,
}

impl From<ServiceError> for CallFailed {
    fn from(error: ServiceError) -> Self {
        let may_have = if error.may_have_happened() {
            "; it may have happened nevertheless"
        } else {
            ""
        };
        // A refusal of this entry says nothing about the next one.
        let about_this_entry =
            |status: u16| (400..500).contains(&status) && ![401, 403, 429].contains(&status);
        Self {
            why: format!("{error}{may_have}"),
            service_down: !error.status.is_some_and(about_this_entry),
        }
    }
}

impl CallFailed {
    fn here(why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            service_down: false,
        }
    }

    /// The service cannot be asked at all.
    fn no_way(why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            service_down: true,
        }
    }
}

/// The calendar or account that leave goes to now; an error says why there is none.
pub(super) fn place_of(
    integrations: &Integrations,
    service: Service,
) -> Result<String, CallFailed> {
    let place = match service {
        Service::Calendar => integrations
            .calendar
            .as_ref()
            .map(|calendar| calendar.id().to_owned()),
        Service::Harvest => integrations
            .harvest
            .as_ref()
            .map(|link| link.account_id.to_string()),
    };
    place.ok_or_else(|| CallFailed::no_way(format!("{} is switched off", service.name())))
}

/// Where an entry is or may be, if it was sent: what was sent before that was noted is where the
/// whole installation sent it.
pub(super) fn place_before(integrations: &Integrations, entry: &Entry) -> Option<String> {
    if entry.calls == 0 || entry.place.is_some() {
        return entry.place.clone();
    }
    match entry.slot.service {
        Service::Calendar => integrations.environment_calendar().map(str::to_owned),
        Service::Harvest => integrations
            .environment_harvest()
            .map(|harvest| harvest.account_id().to_string()),
    }
}

/// Creates an entry in its place. From the second time on it is looked for first, so that nothing
/// doubles; and where leave does not go any more it is only looked for.
pub(super) async fn create(
    integrations: &Integrations,
    leave: &Leave,
    entry: &Entry,
) -> Result<Created, CallFailed> {
    let now = place_of(integrations, entry.slot.service)?;
    let elsewhere = entry.place.as_ref().filter(|place| **place != now);
    match (entry.slot.service, elsewhere) {
        (Service::Calendar, Some(place)) => {
            let there = match integrations.calendar_at(place) {
                Some(calendar) => look_up(&calendar, &event_id(entry)?).await?,
                None => None,
            };
            Ok(match there {
                Some(Created::There(id)) => Created::There(id),
                _ => Created::BelongsIn(now),
            })
        }
        (Service::Calendar, None) => {
            let calendar = integrations.calendar.as_ref().ok_or_else(gone)?;
            create_event(calendar, leave, entry).await
        }
        (Service::Harvest, Some(place)) => {
            let there = match integrations.harvest_at(place) {
                Some(harvest) => harvest.find_by_reference(&entry.key).await?,
                // Nobody can look there any more, and a person wants it booked.
                None => Vec::new(),
            };
            Ok(match there.first() {
                Some(found) => Created::There(Some(found.id.to_string())),
                None => Created::BelongsIn(now),
            })
        }
        (Service::Harvest, None) => {
            let link = integrations.harvest.as_ref().ok_or_else(gone)?;
            let harvest = link
                .client
                .as_ref()
                .map_err(|error| CallFailed::no_way(format!("{error}: connect Harvest again")))?;
            create_time_entry(harvest, leave, entry).await
        }
    }
}

fn gone() -> CallFailed {
    CallFailed::no_way("it is switched off")
}

async fn create_event(
    calendar: &GoogleCalendar,
    leave: &Leave,
    entry: &Entry,
) -> Result<Created, CallFailed> {
    let id = event_id(entry)?;
    if entry.calls > 1
        && let Some(there) = look_up(calendar, &id).await?
    {
        return Ok(there);
    }
    match calendar.insert(&event(leave, entry, id.clone())).await? {
        Inserted::New => Ok(Created::There(None)),
        // Its id is derived from this leave alone, so it is this leave's event.
        Inserted::Exists => look_up(calendar, &id).await?.ok_or_else(|| {
            CallFailed::here("Google Calendar says that the event exists, and does not show it")
        }),
    }
}

async fn look_up(calendar: &GoogleCalendar, id: &EventId) -> Result<Option<Created>, CallFailed> {
    let found = calendar.get(id).await?;
    Ok(found.map(|found| {
        if found.cancelled {
            Created::IdUsedUp
        } else {
            Created::There(None)
        }
    }))
}

fn event_id(entry: &Entry) -> Result<EventId, CallFailed> {
    EventId::parse(entry.key.as_str()).map_err(|error| CallFailed::here(error.to_string()))
}

/// The event as everybody sees it: who is away, and neither why nor on what kind of leave.
fn event(leave: &Leave, entry: &Entry, id: EventId) -> Event {
    let slot = entry.slot;
    let week = leave.calendar.week_on(slot.first);
    let timed = |start, end| When::Timed {
        start: slot.first.to_datetime(start),
        end: slot.first.to_datetime(end),
        zone: leave.person.zone.iana_name().unwrap_or("UTC").to_owned(),
    };
    let (when, half) = match slot.portion {
        Portion::Full => {
            let end = slot.last.saturating_add(1.day());
            let first = slot.first;
            (When::AllDay { first, end }, "")
        }
        Portion::HalfAm => (timed(week.starts_at, week.halves_meet_at), " (AM)"),
        Portion::HalfPm => (timed(week.halves_meet_at, week.ends_at), " (PM)"),
    };
    Event {
        id,
        summary: format!("Leave - {}{half}", leave.person.name),
        when,
    }
}

async fn create_time_entry(
    harvest: &Harvest,
    leave: &Leave,
    entry: &Entry,
) -> Result<Created, CallFailed> {
    if entry.calls > 1 {
        let found = harvest.find_by_reference(&entry.key).await?;
        if let Some(found) = found.first() {
            return Ok(Created::There(Some(found.id.to_string())));
        }
    }
    let user_id = leave
        .person
        .harvest_user
        .ok_or_else(|| CallFailed::here("the person has no Harvest id any more"))?;
    let minutes = leave
        .minutes_on(entry.slot.first)
        .ok_or_else(|| CallFailed::here("the day is not leave any more"))?;
    let tasks = harvest.time_off_tasks();
    let new = NewEntry {
        user_id,
        project_id: tasks.project,
        task_id: if leave.action.leave_type.key == SICK {
            tasks.sick
        } else {
            tasks.vacation
        },
        spent_date: entry.slot.first,
        hours: f64::from(minutes) / 60.0,
        notes: None,
        external_reference: ExternalReference {
            id: entry.key.clone(),
            group_id: Some(format!("timeoff-{}", leave.action.id)),
            permalink: None,
        },
    };
    let created = harvest.create(&new).await?;
    Ok(Created::There(Some(created.id.to_string())))
}

/// Removes an entry from where it is, or finds it gone.
pub(super) async fn remove(integrations: &Integrations, entry: &Entry) -> Result<(), CallFailed> {
    // It was never sent.
    if entry.calls == 0 {
        return Ok(());
    }
    let service = entry.slot.service;
    let place = match place_before(integrations, entry) {
        Some(place) => place,
        None => place_of(integrations, service)?,
    };
    match service {
        Service::Calendar => {
            let calendar = integrations
                .calendar_at(&place)
                .ok_or_else(|| CallFailed::no_way("Calendar is switched off"))?;
            calendar.delete(&event_id(entry)?).await?;
        }
        Service::Harvest => {
            let harvest = integrations
                .harvest_at(&place)
                .ok_or_else(|| no_account(integrations, &place))?;
            let ids = match &entry.remote_id {
                Some(id) => vec![
                    id.parse()
                        .map_err(|_| CallFailed::here("the id of the entry is unreadable"))?,
                ],
                // Nobody knows whether it was created.
                None => harvest
                    .find_by_reference(&entry.key)
                    .await?
                    .iter()
                    .map(|found| found.id)
                    .collect(),
            };
            for id in ids {
                harvest.delete(id).await?;
            }
        }
    }
    Ok(())
}

/// Why an account of Harvest cannot be reached.
fn no_account(integrations: &Integrations, account: &str) -> CallFailed {
    let unreadable = integrations
        .harvest
        .as_ref()
        .and_then(|link| link.client.as_ref().err());
    CallFailed::no_way(match unreadable {
        Some(error) => format!("{error}: connect Harvest again"),
        None => format!(
            "it is in Harvest's account {account}, which is not connected any more; please delete it there by hand"
        ),
    })
}

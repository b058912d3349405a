//! What the simulated Google Calendar knows.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;
use super::event::{CalendarEvent, Event};
use super::{AccessRole, GoogleCalendarConfig};
use crate::service::Kept;

pub(super) struct State {
    pub config: GoogleCalendarConfig,
    pub calendars: BTreeMap<String, Calendar>,
    /// Tokens and when they expire.
    pub tokens: BTreeMap<String, Timestamp>,
    pub tokens_made: u64,
    pub key_revoked: bool,
}

/// One calendar.
#[derive(Default)]
pub(super) struct Calendar {
    /// What the service account may do there; none: it is not shared with it.
    pub role: Option<AccessRole>,
    /// By id, the deleted ones too.
    pub events: BTreeMap<String, Event>,
}

impl State {
    pub fn new(config: GoogleCalendarConfig) -> Self {
        let first = Calendar {
            role: Some(AccessRole::Writer),
            ..Calendar::default()
        };
        Self {
            calendars: BTreeMap::from([(config.calendar_id.clone(), first)]),
            config,
            tokens: BTreeMap::new(),
            tokens_made: 0,
            key_revoked: false,
        }
    }

    /// The calendar as the service account sees it. Google does not tell whether one exists that
    /// is not shared with it, and writes addresses in any case.
    pub fn calendar(&mut self, id: &str) -> Result<(&mut Calendar, AccessRole), ApiError> {
        let id = id.to_lowercase();
        self.calendars
            .iter_mut()
            .find(|(known, _)| known.to_lowercase() == id)
            .and_then(|(_, calendar)| calendar.role.map(|role| (calendar, role)))
            .ok_or_else(ApiError::not_found)
    }

    /// The same for who writes.
    pub fn writable(&mut self, id: &str) -> Result<&mut Calendar, ApiError> {
        match self.calendar(id)? {
            (calendar, AccessRole::Writer) => Ok(calendar),
            _ => Err(ApiError::no_writer()),
        }
    }

    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.calendars
            .values()
            .flat_map(|calendar| calendar.events.values())
    }

    pub fn visible(&self) -> Vec<CalendarEvent> {
        let mut events: Vec<_> = self
            .events()
            .filter(|event| !event.cancelled)
            .map(Event::visible)
            .collect();
        events.sort();
        events
    }

    /// Somebody takes an event out by hand, wherever it is.
    pub fn cancel(&mut self, id: &str, now: Timestamp) -> Result<(), ApiError> {
        let calendar = self
            .calendars
            .values_mut()
            .find(|calendar| calendar.events.contains_key(id));
        calendar.ok_or_else(ApiError::not_found)?.cancel(id, now)
    }

    pub fn shown(&self) -> Value {
        let events: Vec<Value> = self
            .visible()
            .into_iter()
            .map(|event| {
                json!({
                    "id": event.id, "summary": event.summary, "start": event.start, "end": event.end,
                    "all_day": event.all_day, "zone": event.zone, "free": event.free,
                })
            })
            .collect();
        json!({"calendar": self.config.calendar_id, "events": events})
    }
}

impl Calendar {
    pub fn insert(&mut self, event: Event) -> Result<&Event, ApiError> {
        if self.events.contains_key(&event.id) {
            return Err(ApiError::duplicate());
        }
        let id = event.id.clone();
        Ok(self.events.entry(id).or_insert(event))
    }

    pub fn event(&self, id: &str) -> Result<&Event, ApiError> {
        self.events.get(id).ok_or_else(ApiError::not_found)
    }

    pub fn cancel(&mut self, id: &str, now: Timestamp) -> Result<(), ApiError> {
        let event = self.events.get_mut(id).ok_or_else(ApiError::not_found)?;
        if event.cancelled {
            return Err(ApiError::deleted());
        }
        event.cancelled = true;
        event.updated = now;
        event.sequence += 1;
        Ok(())
    }

    pub fn visible(&self) -> Vec<CalendarEvent> {
        let alive = self.events.values().filter(|event| !event.cancelled);
        let mut events: Vec<_> = alive.map(Event::visible).collect();
        events.sort();
        events
    }
}

/// What a file keeps: the events of each calendar. One of before, which knew one calendar, holds
/// its events alone.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum File {
    One(Vec<Event>),
    All(BTreeMap<String, Vec<Event>>),
}

impl Kept for State {
    fn save(&self) -> serde_json::Result<Value> {
        let events = |calendar: &Calendar| calendar.events.values().cloned().collect();
        let calendars = self.calendars.iter();
        let all = calendars.map(|(id, calendar)| (id.clone(), events(calendar)));
        serde_json::to_value(File::All(all.collect()))
    }

    fn load(&mut self, kept: Value) -> serde_json::Result<()> {
        let kept = match serde_json::from_value(kept)? {
            File::One(events) => BTreeMap::from([(self.config.calendar_id.clone(), events)]),
            File::All(all) => all,
        };
        for (id, events) in kept {
            let calendar = self.calendars.entry(id).or_default();
            calendar.events = events.into_iter().map(|it| (it.id.clone(), it)).collect();
        }
        Ok(())
    }
}

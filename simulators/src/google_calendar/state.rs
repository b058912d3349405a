//! What the simulated Google Calendar knows.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::GoogleCalendarConfig;
use super::error::ApiError;
use super::event::{CalendarEvent, Event};
use crate::service::Kept;

pub(super) struct State {
    pub config: GoogleCalendarConfig,
    /// By id, the deleted ones too.
    pub events: BTreeMap<String, Event>,
    /// Tokens and when they expire.
    pub tokens: BTreeMap<String, Timestamp>,
    pub tokens_made: u64,
    pub key_revoked: bool,
}

impl State {
    pub fn new(config: GoogleCalendarConfig) -> Self {
        Self {
            config,
            events: BTreeMap::new(),
            tokens: BTreeMap::new(),
            tokens_made: 0,
            key_revoked: false,
        }
    }

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
        let mut events: Vec<_> = self
            .events
            .values()
            .filter(|event| !event.cancelled)
            .map(Event::visible)
            .collect();
        events.sort();
        events
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

impl Kept for State {
    fn save(&self) -> serde_json::Result<Value> {
        serde_json::to_value(self.events.values().collect::<Vec<_>>())
    }

    fn load(&mut self, kept: Value) -> serde_json::Result<()> {
        let events: Vec<Event> = serde_json::from_value(kept)?;
        self.events = events.into_iter().map(|it| (it.id.clone(), it)).collect();
        Ok(())
    }
}

//! A simulated Google Calendar: calendars, shared with one service account or not.
//!
//! The app signs in at [`GoogleCalendarSim::service_account_base64`]'s `token_uri` and calls
//! [`GoogleCalendarSim::api_url`]; people look at the page that [`GoogleCalendarSim::serve`] shows
//! at `/`.

mod api;
mod error;
mod event;
mod sign_in;
mod state;

use axum::response::Response;
use data_encoding::{BASE64, BASE64_MIME};
use serde_json::{Value, json};

use crate::clock::Clock;
use crate::service::{Core, Service, Shown, common_methods};
pub use event::CalendarEvent;
use state::State;

/// The account's key, in PKCS #8. It opens nothing but this simulator.
const KEY: &[u8] = include_bytes!("key.p8");
const KEY_ID: &str = "5ca1ab1e";

/// How the simulated calendar is set up.
#[derive(Clone, Debug)]
pub struct GoogleCalendarConfig {
    /// The calendar's id.
    pub calendar_id: String,
    /// The calendar's zone, an IANA name.
    pub zone: String,
    /// The service account's address.
    pub account: String,
    /// The time: tokens expire by it.
    pub clock: Clock,
}

impl Default for GoogleCalendarConfig {
    fn default() -> Self {
        Self {
            calendar_id: "time-off@group.calendar.google.com".to_owned(),
            zone: "Etc/UTC".to_owned(),
            account: "timeoff@pretend-project.iam.gserviceaccount.com".to_owned(),
            clock: Clock::system(),
        }
    }
}

/// What somebody may do in a calendar that is shared with them.
///
/// <https://developers.google.com/workspace/calendar/api/v3/reference/acl>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessRole {
    /// “See only free/busy”.
    FreeBusyReader,
    /// “See all event details”.
    Reader,
    /// “Make changes to events”.
    Writer,
}

impl AccessRole {
    fn as_str(self) -> &'static str {
        match self {
            Self::FreeBusyReader => "freeBusyReader",
            Self::Reader => "reader",
            Self::Writer => "writer",
        }
    }
}

/// The simulated Google Calendar. Clones share their state.
#[derive(Clone)]
pub struct GoogleCalendarSim {
    core: Core<GoogleCalendar>,
}

struct GoogleCalendar;

impl Service for GoogleCalendar {
    const NAME: &'static str = "Google Calendar";
    type State = State;

    fn trouble(status: axum::http::StatusCode) -> Response {
        error::trouble(status)
    }
}

impl Shown for GoogleCalendar {
    const PAGE: &'static str = "calendar.html";

    fn shown(state: &State) -> Value {
        state.shown()
    }

    fn delete_by_hand(state: &mut State, id: &str, clock: &Clock) -> bool {
        state.cancel(id, clock.now()).is_ok()
    }
}

common_methods!(GoogleCalendarSim);

impl GoogleCalendarSim {
    /// An empty calendar.
    pub fn new(config: GoogleCalendarConfig) -> Self {
        let clock = config.clock.clone();
        Self {
            core: Core::new(State::new(config), clock),
        }
    }

    /// The API and the page as a router. [`Self::serve`] adds to it what a router alone cannot
    /// do: closing a connection without an answer.
    pub fn router(&self) -> axum::Router {
        api::router(self.core.clone()).merge(self.core.page())
    }

    /// The base URL of the API, what `https://www.googleapis.com/calendar/v3` is for the real one.
    pub fn api_url(&self) -> String {
        format!("{}/calendar/v3", self.core.base_url())
    }

    /// The calendar's id.
    pub fn calendar_id(&self) -> String {
        self.core.look(|state| state.config.calendar_id.clone())
    }

    /// The account's key file as Google hands it out. Its `token_uri` is right once the
    /// simulator is served.
    pub fn service_account(&self) -> Value {
        let key = BASE64_MIME.encode(KEY).replace('\r', "");
        let label = "PRIVATE KEY";
        json!({
            "type": "service_account",
            "project_id": "pretend-project",
            "private_key_id": KEY_ID,
            "private_key": format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", key.trim_end()),
            "client_email": self.core.look(|state| state.config.account.clone()),
            "client_id": "100000000000000000001",
            "token_uri": self.token_uri(),
        })
    }

    /// The key file for `GOOGLE_SERVICE_ACCOUNT_JSON_BASE64`.
    pub fn service_account_base64(&self) -> String {
        BASE64.encode(self.service_account().to_string().as_bytes())
    }

    /// The environment variables that make the app use this calendar.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            (
                "GOOGLE_SERVICE_ACCOUNT_JSON_BASE64",
                self.service_account_base64(),
            ),
            ("GOOGLE_CALENDAR_ID", self.calendar_id()),
            ("GOOGLE_API_URL", self.api_url()),
        ]
    }

    /// Shares a calendar with the service account, or no longer; it is made if there is none.
    pub fn share(&self, calendar: &str, role: Option<AccessRole>) {
        self.core.change(|state| {
            let calendar = state.calendars.entry(calendar.to_owned());
            calendar.or_default().role = role;
        });
    }

    /// Somebody makes a whole-day event by hand, in a calendar of theirs. `guest`: whose calendar
    /// shows it too, because they are invited.
    pub fn make_by_hand(&self, person: &str, calendar: &str, title: &str, guest: Option<&str>) {
        let now = self.core.clock().now();
        let body = json!({
            "summary": title, "start": {"date": "2026-03-02"}, "end": {"date": "2026-03-03"},
        });
        self.core.change(|state| {
            let Ok(mut event) = event::Event::parse(&body, &state.config.zone, now) else {
                return;
            };
            event.creator = Some(person.to_owned());
            if let Some(guest) = guest {
                let copy = event::Event {
                    organizer: Some(calendar.to_owned()),
                    ..event.clone()
                };
                let guest = state.calendars.entry(guest.to_owned()).or_default();
                guest.events.insert(copy.id.clone(), copy);
            }
            let own = state.calendars.entry(calendar.to_owned()).or_default();
            own.events.insert(event.id.clone(), event);
        });
    }

    /// The events that people see, in their order, of all calendars.
    pub fn events(&self) -> Vec<CalendarEvent> {
        self.core.look(State::visible)
    }

    /// The events that people see in one calendar, in their order.
    pub fn events_in(&self, calendar: &str) -> Vec<CalendarEvent> {
        self.core.look(|state| {
            let calendar = state.calendars.get(calendar);
            calendar.map(state::Calendar::visible).unwrap_or_default()
        })
    }

    /// How many events there have ever been, those deleted since among them.
    pub fn ids_taken(&self) -> usize {
        self.core.look(|state| state.events().count())
    }

    /// Somebody deletes an event in Google Calendar. `false`: there is none with that id.
    pub fn delete_by_hand(&self, id: &str) -> bool {
        let now = self.core.clock().now();
        self.core.change(|state| state.cancel(id, now).is_ok())
    }

    /// All tokens given out so far are refused from now on.
    pub fn revoke_tokens(&self) {
        self.core.change(|state| state.tokens.clear());
    }

    /// The account's key no longer works: somebody has revoked it.
    pub fn revoke_key(&self) {
        self.core.change(|state| state.key_revoked = true);
    }

    fn token_uri(&self) -> String {
        format!("{}/token", self.core.base_url())
    }
}

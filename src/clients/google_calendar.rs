//! Google Calendar, as a service account: one calendar that is shared with it.
//!
//! <https://developers.google.com/workspace/calendar/api/v3/reference/events>

use std::fmt;
use std::sync::Arc;

use data_encoding::BASE32HEX_NOPAD;
use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};
use reqwest::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;
use url::Url;

use super::http::{Answer, Deleted, Http, Service, ServiceError};
use crate::platform::clock::Clock;
use crate::platform::config::{GoogleCalendarConfig, Secret};
use crate::platform::service_account::ServiceAccount;

/// May write events, and nothing else. <https://developers.google.com/workspace/calendar/api/auth>
const SCOPE: &str = "https://www.googleapis.com/auth/calendar.events";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// A token is not used in its last minute: it could expire on the way.
const SPARE: SignedDuration = SignedDuration::from_mins(1);

/// The calendar. Cheap to clone; clones share the token.
#[derive(Clone)]
pub struct GoogleCalendar {
    inner: Arc<Inner>,
}

struct Inner {
    http: Http,
    clock: Clock,
    account: ServiceAccount,
    events: Url,
    token: Mutex<Option<Token>>,
}

#[derive(Clone)]
struct Token {
    value: Secret,
    expires: Timestamp,
}

/// An event's id, chosen by us: Google takes base32hex (`0`–`9`, `a`–`v`), 5 to 1024 characters.
///
/// <https://developers.google.com/workspace/calendar/api/v3/reference/events#id>
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EventId(String);

/// A text that Google takes for no event id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an event id: 5 to 1024 characters, each 0 to 9 or a to v")]
pub struct InvalidEventId;

impl EventId {
    /// Accepts what Google accepts.
    pub fn parse(text: impl Into<String>) -> Result<Self, InvalidEventId> {
        let text = text.into();
        let fits = (5..=1024).contains(&text.len())
            && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'v'));
        fits.then_some(Self(text)).ok_or(InvalidEventId)
    }

    /// The id that belongs to `bytes`: always the same, and another one for other bytes.
    pub fn derived_from(bytes: impl AsRef<[u8]>) -> Self {
        let digest = Sha256::digest(bytes.as_ref());
        Self(BASE32HEX_NOPAD.encode(&digest).to_ascii_lowercase())
    }

    /// The id as Google writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for EventId {
    type Error = InvalidEventId;
    fn try_from(text: String) -> Result<Self, InvalidEventId> {
        Self::parse(text)
    }
}

impl From<EventId> for String {
    fn from(id: EventId) -> Self {
        id.0
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An event to insert. It is shown as free, has no guests, reminds nobody and says nothing but
/// its summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// Its title.
    pub summary: String,
    /// When it is.
    pub when: When,
}

/// When an event is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// Whole days.
    AllDay {
        /// The first day.
        first: Date,
        /// The day after the last one.
        end: Date,
    },
    /// A part of a day.
    Timed {
        /// When it begins, on the clocks of `zone`.
        start: DateTime,
        /// When it is over, on the clocks of `zone`.
        end: DateTime,
        /// IANA name.
        zone: String,
    },
}

/// What became of an insert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inserted {
    /// The event is new.
    New,
    /// The id was taken: by an earlier insert, whose event may have been deleted since.
    Exists,
}

/// An event that Google knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// It was deleted; Google keeps its id.
    pub cancelled: bool,
}

impl GoogleCalendar {
    /// The configured calendar. Nothing is connected yet.
    pub fn new(config: GoogleCalendarConfig, http: Http, clock: Clock) -> Self {
        let mut events = config.api_url;
        if let Ok(mut path) = events.path_segments_mut() {
            path.pop_if_empty()
                .extend(["calendars", &config.calendar_id, "events"]);
        }
        Self {
            inner: Arc::new(Inner {
                http,
                clock,
                account: config.account,
                events,
                token: Mutex::new(None),
            }),
        }
    }

    /// Puts an event into the calendar; nobody is notified.
    /// <https://developers.google.com/workspace/calendar/api/v3/reference/events/insert>
    pub async fn insert(&self, event: &Event) -> Result<Inserted, ServiceError> {
        let (start, end) = match &event.when {
            When::AllDay { first, end } => (json!({"date": first}), json!({"date": end})),
            When::Timed { start, end, zone } => (
                json!({"dateTime": start, "timeZone": zone}),
                json!({"dateTime": end, "timeZone": zone}),
            ),
        };
        let body = json!({
            "id": event.id,
            "summary": event.summary,
            "start": start,
            "end": end,
            "transparency": "transparent",
            "reminders": {"useDefault": false},
        });
        let mut url = self.inner.events.clone();
        url.query_pairs_mut().append_pair("sendUpdates", "none");
        let answer = self.call(&Method::POST, &url, Some(&body)).await?;
        match answer.status {
            StatusCode::CONFLICT => Ok(Inserted::Exists),
            status if status.is_success() => Ok(Inserted::New),
            _ => Err(answer.refused()),
        }
    }

    /// Looks an event up. `None`: Google has never known this id.
    /// <https://developers.google.com/workspace/calendar/api/v3/reference/events/get>
    pub async fn get(&self, id: &EventId) -> Result<Option<Found>, ServiceError> {
        #[derive(Deserialize)]
        struct Body {
            status: String,
        }
        let answer = self.call(&Method::GET, &self.url(id), None).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let body: Body = answer.read()?;
        Ok(Some(Found {
            cancelled: body.status == "cancelled",
        }))
    }

    /// Takes an event out of the calendar; nobody is notified. Its id stays taken.
    /// <https://developers.google.com/workspace/calendar/api/v3/reference/events/delete>
    pub async fn delete(&self, id: &EventId) -> Result<Deleted, ServiceError> {
        let mut url = self.url(id);
        url.query_pairs_mut().append_pair("sendUpdates", "none");
        let answer = self.call(&Method::DELETE, &url, None).await?;
        answer.deleted()
    }

    fn url(&self, id: &EventId) -> Url {
        let mut url = self.inner.events.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.push(id.as_str());
        }
        url
    }

    /// Calls with the token; once more with a new one when Google no longer takes it, which is
    /// safe because Google has done nothing then.
    async fn call(
        &self,
        method: &Method,
        url: &Url,
        body: Option<&Value>,
    ) -> Result<Answer, ServiceError> {
        let token = self.token(None).await?;
        let answer = self.send(method, url, body, &token).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let token = self.token(Some(&token)).await?;
        self.send(method, url, body, &token).await
    }

    async fn send(
        &self,
        method: &Method,
        url: &Url,
        body: Option<&Value>,
        token: &Secret,
    ) -> Result<Answer, ServiceError> {
        let complete = |request: reqwest::RequestBuilder| {
            let request = request.bearer_auth(token.expose());
            match body {
                Some(body) => request.json(body),
                None => request,
            }
        };
        let route = match *method {
            Method::POST => "/calendars/{calendar}/events",
            _ => "/calendars/{calendar}/events/{event}",
        };
        self.inner
            .http
            .send(
                Service::GoogleCalendar,
                method.clone(),
                url.clone(),
                route,
                complete,
            )
            .await
    }

    /// The token, a new one when it is about to expire or is the `refused` one. Whoever comes
    /// meanwhile waits for it.
    async fn token(&self, refused: Option<&Secret>) -> Result<Secret, ServiceError> {
        let mut kept = self.inner.token.lock().await;
        let now = self.inner.clock.now();
        if let Some(token) = &*kept
            && token.expires > now + SPARE
            && refused.is_none_or(|refused| refused.expose() != token.value.expose())
        {
            return Ok(token.value.clone());
        }
        *kept = None;
        let token = self
            .new_token(now)
            .await
            .map_err(ServiceError::before_asking)?;
        let value = token.value.clone();
        *kept = Some(token);
        Ok(value)
    }

    /// <https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests>
    async fn new_token(&self, now: Timestamp) -> Result<Token, ServiceError> {
        #[derive(Deserialize)]
        struct Granted {
            access_token: String,
            expires_in: i64,
        }
        let account = &self.inner.account;
        let assertion = account
            .assertion(SCOPE, now)
            .map_err(|error| ServiceError::not_sent(Service::GoogleCalendar, error.to_string()))?;
        let form = [("grant_type", GRANT), ("assertion", &assertion)];
        let answer = self
            .inner
            .http
            .send(
                Service::GoogleCalendar,
                Method::POST,
                account.token_uri().clone(),
                "/token",
                |request| request.form(&form),
            )
            .await?;
        let granted: Granted = answer.read()?;
        Ok(Token {
            value: Secret::new(granted.access_token),
            expires: now + SignedDuration::from_secs(granted.expires_in.clamp(0, 86_400)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_google_refuses_are_refused() {
        for good in ["00000", "abcduv0189", &"v".repeat(1024)] {
            assert_eq!(EventId::parse(good).unwrap().as_str(), good);
        }
        for wrong in [
            "",
            "abcd",
            "ABCDE",
            "abcdw",
            "abc-de",
            "äbcde",
            &"a".repeat(1025),
        ] {
            assert_eq!(EventId::parse(wrong), Err(InvalidEventId), "{wrong}");
        }
    }

    #[test]
    fn a_derived_id_is_stable_and_one_that_google_takes() {
        let id = EventId::derived_from("a leave");
        assert_eq!(EventId::parse(id.as_str()).unwrap(), id);
        assert_eq!(id, EventId::derived_from(b"a leave"));
        assert_ne!(id, EventId::derived_from("another leave"));
        // Events are in calendars under this id: it may never change.
        assert_eq!(
            id.as_str(),
            "3hhr0i0lks6dv8cvca7530gs77rcr4s13bi5ro40e7d5rbegceh0"
        );
    }
}

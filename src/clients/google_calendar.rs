//! Google Calendar, as a service account: any calendar that is shared with it.
//!
//! <https://developers.google.com/workspace/calendar/api/v3/reference/events>

mod account;

use std::fmt;

use data_encoding::BASE32HEX_NOPAD;
use jiff::civil::{Date, DateTime};
use reqwest::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use url::Url;

pub use account::GoogleAccount;

use super::http::{Deleted, ServiceError};

/// A calendar. Cheap to clone.
#[derive(Clone)]
pub struct GoogleCalendar {
    account: GoogleAccount,
    id: String,
    events: Url,
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

/// How a calendar is shared with the account, and events with a title that was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Whether events may be made in it.
    pub writable: bool,
    /// The events with the title that people made in this very calendar: no invitation from
    /// elsewhere, nothing that the account made.
    pub titled: Vec<String>,
}

impl GoogleCalendar {
    /// Its id, as it was named.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How the calendar is shared with the account, and what has a title in it. `None`: Google
    /// knows no such calendar, or it is not shared.
    /// <https://developers.google.com/workspace/calendar/api/v3/reference/events/list>
    pub async fn look(&self, title: &str) -> Result<Option<Look>, ServiceError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Body {
            access_role: String,
            #[serde(default)]
            items: Vec<Item>,
        }
        #[derive(Deserialize)]
        struct Item {
            id: String,
            #[serde(default)]
            summary: String,
            #[serde(default)]
            organizer: Who,
            #[serde(default)]
            creator: Who,
        }
        #[derive(Default, Deserialize)]
        struct Who {
            #[serde(default)]
            email: String,
            // The calendar in which the event appears.
            #[serde(default, rename = "self")]
            is_this: bool,
        }
        let mut url = self.events.clone();
        url.query_pairs_mut()
            .append_pair("q", title)
            .append_pair("maxResults", "100")
            .append_pair(
                "fields",
                "accessRole,items(id,summary,organizer(self),creator(email))",
            );
        let answer = self.account.call(&Method::GET, &url, None).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let body: Body = answer.read()?;
        let made_here = |item: &Item| {
            item.organizer.is_this
                && !item
                    .creator
                    .email
                    .eq_ignore_ascii_case(self.account.email())
        };
        let titled = body
            .items
            .into_iter()
            .filter(|item| item.summary.trim().eq_ignore_ascii_case(title) && made_here(item))
            .map(|item| item.id)
            .collect();
        Ok(Some(Look {
            writable: ["owner", "writer"].contains(&body.access_role.as_str()),
            titled,
        }))
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
        let mut url = self.events.clone();
        url.query_pairs_mut().append_pair("sendUpdates", "none");
        let answer = self.account.call(&Method::POST, &url, Some(&body)).await?;
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
        let answer = self.account.call(&Method::GET, &self.url(id), None).await?;
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
        let answer = self.account.call(&Method::DELETE, &url, None).await?;
        answer.deleted()
    }

    fn url(&self, id: &EventId) -> Url {
        let mut url = self.events.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.push(id.as_str());
        }
        url
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

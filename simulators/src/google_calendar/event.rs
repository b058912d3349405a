//! An event: what may be inserted, what is stored, what is answered.
//!
//! <https://developers.google.com/workspace/calendar/api/v3/reference/events#resource>

use std::fmt;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;

/// What Google makes titles of at most, and then cuts.
const TITLE: usize = 1024;

/// An event as people see it in the calendar.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CalendarEvent {
    /// When it begins: a date, or local time.
    pub start: String,
    /// When it ends: for whole days the day after the last one.
    pub end: String,
    /// Whether it is whole days.
    pub all_day: bool,
    /// Its title.
    pub summary: String,
    /// The zone of a timed event.
    pub zone: Option<String>,
    /// Whether people are shown as free meanwhile.
    pub free: bool,
    /// Its id.
    pub id: String,
}

/// Without the id, fit for a snapshot.
impl fmt::Display for CalendarEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.start, self.end)?;
        if let Some(zone) = &self.zone {
            write!(f, " {zone}")?;
        }
        write!(f, ": {}", self.summary)?;
        if !self.free {
            f.write_str(" (busy)")?;
        }
        Ok(())
    }
}

/// An event as it is stored; a deleted one stays.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Event {
    pub id: String,
    pub summary: String,
    pub start: Point,
    pub end: Point,
    pub free: bool,
    pub cancelled: bool,
    pub created: Timestamp,
    pub updated: Timestamp,
    pub sequence: u32,
    /// What else was said about it.
    pub description: Option<String>,
    /// Who made it, if it was not the service account.
    #[serde(default)]
    pub creator: Option<String>,
    /// In whose calendar it was made, if that is another: then this is the copy of a guest.
    #[serde(default)]
    pub organizer: Option<String>,
}

/// When an event begins or ends.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Point {
    Day {
        date: Date,
    },
    Time {
        local: DateTime,
        zone: String,
        at: Timestamp,
    },
}

impl Point {
    /// Reads `start` or `end` (`which`) of the request.
    fn parse(body: &Value, which: &str, calendar_zone: &str) -> Result<Self, ApiError> {
        let point = body
            .get(which)
            .filter(|it| it.is_object())
            .ok_or_else(|| ApiError::required(format!("Missing {which} time.")))?;
        let invalid = || ApiError::invalid(format!("Invalid {which} time."));
        match (point.get("date"), point.get("dateTime")) {
            (Some(_), Some(_)) => Err(invalid()),
            (Some(date), None) => {
                let date = date.as_str().ok_or_else(invalid)?;
                // Ten characters: jiff also reads a date out of longer texts.
                let date = (date.len() == 10)
                    .then(|| date.parse().ok())
                    .flatten()
                    .ok_or_else(invalid)?;
                Ok(Self::Day { date })
            }
            (None, Some(time)) => {
                let time = time.as_str().ok_or_else(invalid)?;
                let zone = point.get("timeZone").and_then(Value::as_str);
                Self::parse_time(time, zone, which, calendar_zone)
            }
            (None, None) => Err(ApiError::required(format!("Missing {which} time."))),
        }
    }

    fn parse_time(
        time: &str,
        zone: Option<&str>,
        which: &str,
        calendar_zone: &str,
    ) -> Result<Self, ApiError> {
        let invalid = || ApiError::invalid(format!("Invalid {which} time."));
        let known = |name: &str| {
            TimeZone::get(name).map_err(|_| {
                ApiError::invalid(format!("Invalid time zone definition for {which} time."))
            })
        };
        if let Ok(at) = time.parse::<Timestamp>() {
            let name = zone.unwrap_or(calendar_zone);
            let local = at.to_zoned(known(name)?).datetime();
            return Ok(Self::time(local, name, at));
        }
        let local: DateTime = time.parse().map_err(|_| invalid())?;
        let name = zone.ok_or_else(|| {
            ApiError::required(format!("Missing time zone definition for {which} time."))
        })?;
        let zoned: Zoned = local.to_zoned(known(name)?).map_err(|_| invalid())?;
        Ok(Self::time(zoned.datetime(), name, zoned.timestamp()))
    }

    fn time(local: DateTime, zone: &str, at: Timestamp) -> Self {
        Self::Time {
            local,
            zone: zone.to_owned(),
            at,
        }
    }

    fn to_json(&self) -> Value {
        match self {
            Self::Day { date } => json!({"date": date}),
            Self::Time { zone, at, .. } => {
                let shown = at.in_tz(zone).map_or_else(
                    |_| at.to_string(),
                    |at| at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
                );
                json!({"dateTime": shown, "timeZone": zone})
            }
        }
    }

    /// The instant, days counted in the calendar's zone.
    pub fn instant(&self, calendar_zone: &str) -> Timestamp {
        match self {
            Self::Day { date } => date
                .in_tz(calendar_zone)
                .map_or(Timestamp::UNIX_EPOCH, |at| at.timestamp()),
            Self::Time { at, .. } => *at,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Day { date } => date.to_string(),
            Self::Time { local, .. } => local.strftime("%Y-%m-%d %H:%M").to_string(),
        }
    }
}

impl Event {
    /// Reads the body of `events.insert`, as strict as Google.
    pub fn parse(body: &Value, calendar_zone: &str, now: Timestamp) -> Result<Self, ApiError> {
        if !body.is_object() {
            return Err(ApiError::parse_error());
        }
        let text = |name: &str| match body.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(ApiError::parse_error()),
        };
        let id = match text("id")? {
            None => new_id(now, body),
            Some(id) if is_event_id(&id) => id,
            Some(_) => return Err(ApiError::invalid("Invalid resource id value.")),
        };
        let guests = body.get("attendees").and_then(Value::as_array);
        if guests.is_some_and(|guests| !guests.is_empty()) {
            return Err(ApiError::guests());
        }
        let free = match text("transparency")?.as_deref() {
            None | Some("opaque") => false,
            Some("transparent") => true,
            Some(_) => return Err(ApiError::invalid("Invalid value for transparency.")),
        };
        let start = Point::parse(body, "start", calendar_zone)?;
        let end = Point::parse(body, "end", calendar_zone)?;
        let in_order = match (&start, &end) {
            (Point::Day { date: first }, Point::Day { date: end }) => first < end,
            (Point::Time { at: start, .. }, Point::Time { at: end, .. }) => start < end,
            _ => {
                return Err(ApiError::invalid(
                    "Start and end times must either both be date or both be dateTime.",
                ));
            }
        };
        if !in_order {
            return Err(ApiError::empty_range());
        }
        Ok(Self {
            id,
            summary: text("summary")?
                .unwrap_or_default()
                .chars()
                .take(TITLE)
                .collect(),
            start,
            end,
            free,
            cancelled: false,
            created: now,
            updated: now,
            sequence: 0,
            description: text("description")?,
            creator: None,
            organizer: None,
        })
    }

    pub fn to_json(&self, calendar_id: &str, account: &str) -> Value {
        let organizer = match &self.organizer {
            None => json!({"email": calendar_id, "self": true}),
            Some(elsewhere) => json!({"email": elsewhere}),
        };
        let mut json = json!({
            "kind": "calendar#event",
            "etag": format!("\"{}\"", self.updated.as_microsecond()),
            "id": self.id,
            "status": if self.cancelled { "cancelled" } else { "confirmed" },
            "htmlLink": format!("https://www.google.com/calendar/event?eid={}", self.id),
            "created": self.created,
            "updated": self.updated,
            "summary": self.summary,
            "creator": {"email": self.creator.as_deref().unwrap_or(account)},
            "organizer": organizer,
            "start": self.start.to_json(),
            "end": self.end.to_json(),
            "iCalUID": format!("{}@google.com", self.id),
            "sequence": self.sequence,
            "reminders": {"useDefault": false},
            "eventType": "default",
        });
        if self.free {
            json["transparency"] = json!("transparent");
        }
        if let Some(description) = &self.description {
            json["description"] = json!(description);
        }
        json
    }

    pub fn visible(&self) -> CalendarEvent {
        CalendarEvent {
            start: self.start.text(),
            end: self.end.text(),
            all_day: matches!(self.start, Point::Day { .. }),
            summary: self.summary.clone(),
            zone: match &self.start {
                Point::Day { .. } => None,
                Point::Time { zone, .. } => Some(zone.clone()),
            },
            free: self.free,
            id: self.id.clone(),
        }
    }
}

/// <https://developers.google.com/workspace/calendar/api/v3/reference/events#id>
fn is_event_id(id: &str) -> bool {
    (5..=1024).contains(&id.len()) && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'v'))
}

/// What Google does when no id is given.
fn new_id(now: Timestamp, body: &Value) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(format!("{}{body}", now.as_nanosecond()));
    data_encoding::BASE32HEX_NOPAD
        .encode(&digest[..16])
        .to_ascii_lowercase()
}

//! Google Calendar.

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use simulators::google_calendar::{GoogleCalendarConfig, GoogleCalendarSim};
use simulators::service::Fault;
use simulators::slack::Clock as SimClock;
use timeoff::clients::google_calendar::{
    Event, EventId, GoogleAccount, GoogleCalendar, Inserted, When,
};
use timeoff::clients::{Deleted, Service, ServiceError};
use timeoff::platform::clock::Clock;
use timeoff::platform::service_account::{ServiceAccount, ServiceAccountError};

use super::{LIMITS, SLOW, configured, http};

struct Setup {
    sim: GoogleCalendarSim,
    calendar: GoogleCalendar,
    clock: Clock,
}

impl Setup {
    async fn new() -> Self {
        let now: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        let sim = GoogleCalendarSim::new(GoogleCalendarConfig {
            clock: SimClock::manual(now),
            ..GoogleCalendarConfig::default()
        });
        sim.start().await.unwrap();
        let clock = Clock::manual(now);
        let config = configured(sim.environment()).unwrap();
        let config = config.google_calendar.unwrap();
        let account = GoogleAccount::new(config, http(), clock.clone());
        let calendar = account.calendar(&sim.calendar_id());
        Self {
            sim,
            calendar,
            clock,
        }
    }

    fn pass(&self, time: SignedDuration) {
        self.sim.clock().advance(time);
        self.clock.set(self.clock.now() + time);
    }

    fn visible(&self) -> String {
        let events: Vec<String> = self.sim.events().iter().map(ToString::to_string).collect();
        events.join("\n")
    }
}

fn id(of: &str) -> EventId {
    EventId::derived_from(of)
}

fn all_day(of: &str) -> Event {
    Event {
        id: id(of),
        summary: format!("Asha away: {of}"),
        when: When::AllDay {
            first: "2026-03-05".parse().unwrap(),
            end: "2026-03-10".parse().unwrap(),
        },
    }
}

fn timed(of: &str, zone: &str) -> Event {
    Event {
        id: id(of),
        summary: "Asha away".to_owned(),
        when: When::Timed {
            start: "2026-03-05T11:00".parse().unwrap(),
            end: "2026-03-05T15:00".parse().unwrap(),
            zone: zone.to_owned(),
        },
    }
}

#[tokio::test]
async fn whole_days_and_parts_of_a_day_appear_as_free_and_say_nothing_else() {
    let it = Setup::new().await;
    for event in [all_day("Thursday to Monday"), timed("part", "Asia/Kolkata")] {
        assert_eq!(it.calendar.insert(&event).await, Ok(Inserted::New));
    }
    insta::assert_snapshot!(it.visible(), @"
    2026-03-05 to 2026-03-10: Asha away: Thursday to Monday
    2026-03-05 11:00 to 2026-03-05 15:00 Asia/Kolkata: Asha away
    ");
    let inserts = it.sim.calls("events.insert");
    assert_eq!(
        inserts[1].body,
        json!({
            "id": id("part"),
            "summary": "Asha away",
            "start": {"dateTime": "2026-03-05T11:00:00", "timeZone": "Asia/Kolkata"},
            "end": {"dateTime": "2026-03-05T15:00:00", "timeZone": "Asia/Kolkata"},
            "transparency": "transparent",
            "reminders": {"useDefault": false},
        })
    );
    assert!(
        inserts
            .iter()
            .all(|call| call.query["sendUpdates"] == "none")
    );
}

#[tokio::test]
async fn an_id_is_used_once_even_when_its_event_was_deleted() {
    let it = Setup::new().await;
    let event = all_day("a week");
    assert_eq!(it.calendar.get(&event.id).await, Ok(None));
    assert_eq!(it.calendar.insert(&event).await, Ok(Inserted::New));
    assert_eq!(it.calendar.insert(&event).await, Ok(Inserted::Exists));
    let found = it.calendar.get(&event.id).await.unwrap().unwrap();
    assert!(!found.cancelled);
    assert_eq!(it.sim.events().len(), 1);

    assert!(it.sim.delete_by_hand(event.id.as_str()));
    assert_eq!(it.calendar.insert(&event).await, Ok(Inserted::Exists));
    assert!(it.calendar.get(&event.id).await.unwrap().unwrap().cancelled);
    assert_eq!(it.sim.events().len(), 0);
}

#[tokio::test]
async fn what_is_gone_counts_as_deleted() {
    let it = Setup::new().await;
    let event = all_day("a week");
    it.calendar.insert(&event).await.unwrap();
    assert_eq!(it.calendar.delete(&event.id).await, Ok(Deleted::Now));
    assert_eq!(it.calendar.delete(&event.id).await, Ok(Deleted::Before));
    assert_eq!(
        it.calendar.delete(&id("unknown")).await,
        Ok(Deleted::Before)
    );
    let statuses: Vec<_> = it
        .sim
        .calls("events.delete")
        .iter()
        .map(|it| it.status)
        .collect();
    assert_eq!(statuses, [Some(204), Some(410), Some(404)]);
}

#[tokio::test]
async fn a_token_is_used_until_shortly_before_it_expires() {
    let it = Setup::new().await;
    let signed_in = || it.sim.calls("token").len();
    let many: Vec<Event> = (0..8).map(|n| all_day(&n.to_string())).collect();
    for inserted in join_all(many.iter().map(|event| it.calendar.insert(event))).await {
        assert_eq!(inserted, Ok(Inserted::New));
    }
    assert_eq!(signed_in(), 1);

    it.pass(SignedDuration::from_mins(58));
    it.calendar.get(&id("0")).await.unwrap();
    assert_eq!(signed_in(), 1);

    it.pass(SignedDuration::from_secs(61));
    it.calendar.get(&id("0")).await.unwrap();
    assert_eq!(signed_in(), 2);
    assert!(
        it.sim
            .calls("events.get")
            .iter()
            .all(|call| call.status == Some(200))
    );
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    let it = Setup::new().await;
    it.calendar.insert(&all_day("one")).await.unwrap();
    it.sim.revoke_tokens();
    assert_eq!(it.calendar.insert(&all_day("two")).await, Ok(Inserted::New));
    let statuses: Vec<_> = it
        .sim
        .calls("events.insert")
        .iter()
        .map(|it| it.status)
        .collect();
    assert_eq!(statuses, [Some(200), Some(401), Some(200)]);
    assert_eq!(it.sim.calls("token").len(), 2);

    // A clock that is wrong by hours: every token is refused, and it ends there.
    it.sim.clear_calls();
    it.sim.revoke_tokens();
    it.sim.revoke_key();
    let error = it.calendar.insert(&all_day("three")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Google Calendar answered 400: Invalid JWT Signature."
    );
    assert!(!error.may_have_happened());
    assert_eq!(it.sim.calls("*").len(), 2);
}

#[tokio::test]
async fn a_clock_that_is_hours_off_is_named_in_googles_words() {
    let it = Setup::new().await;
    it.clock.set(it.clock.now() - SignedDuration::from_hours(3));
    let error = it.calendar.get(&id("one")).await.unwrap_err();
    assert!(
        error
            .message
            .starts_with("Invalid JWT: Token must be a short-lived token"),
        "{error}"
    );
}

#[tokio::test]
async fn each_trouble_is_told_and_whether_it_may_have_happened() {
    let it = Setup::new().await;
    it.calendar.get(&id("sign in")).await.unwrap();
    let mut told = Vec::new();
    for (method, fault) in [
        ("events.insert", Fault::ServerError),
        ("events.insert", Fault::RateLimited(7)),
        ("events.insert", Fault::Slow(SLOW)),
        ("events.insert", Fault::Down),
        ("events.insert", Fault::LoseAnswer),
    ] {
        it.sim.fault(method, fault, Some(1));
        let event = all_day(&format!("{fault:?}"));
        let error = it.calendar.insert(&event).await.unwrap_err();
        let happened = it.sim.events().iter().any(|it| it.id == event.id.as_str());
        assert!(!happened || error.may_have_happened(), "{fault:?}");
        told.push(format!(
            "{error} (may have happened: {})",
            error.may_have_happened()
        ));
        let again = it.calendar.insert(&event).await.unwrap();
        assert_eq!(again == Inserted::Exists, happened, "{fault:?}");
    }
    insta::assert_snapshot!(told.join("\n"), @"
    Google Calendar answered 500: Backend Error (may have happened: false)
    Google Calendar answered 429: Rate Limit Exceeded (may have happened: false)
    Google Calendar did not answer within 1 s (may have happened: true)
    Google Calendar closed the connection before it answered (may have happened: true)
    Google Calendar closed the connection before it answered (may have happened: true)
    ");
    assert_eq!(it.sim.events().len(), 5);
}

#[tokio::test]
async fn trouble_while_signing_in_means_that_nothing_happened() {
    for (fault, told) in [
        (
            Fault::ServerError,
            "Google Calendar answered 500: Backend Error",
        ),
        (
            Fault::Slow(SLOW),
            "Google Calendar did not answer within 1 s",
        ),
        (
            Fault::Down,
            "Google Calendar closed the connection before it answered",
        ),
    ] {
        let it = Setup::new().await;
        it.sim.fault("token", fault, Some(1));
        let error = it.calendar.insert(&all_day("one")).await.unwrap_err();
        assert_eq!(error.to_string(), told);
        assert!(!error.may_have_happened());
        assert_eq!(it.sim.calls("events.insert").len(), 0);
        assert_eq!(it.calendar.insert(&all_day("one")).await, Ok(Inserted::New));
    }
}

#[tokio::test]
async fn an_address_where_nobody_listens_is_said_to_be_out_of_reach() {
    let it = Setup::new().await;
    let mut variables = it.sim.environment();
    variables[2].1 = "http://127.0.0.1:9/calendar/v3".to_owned();
    let config = configured(variables).unwrap().google_calendar.unwrap();
    let account = GoogleAccount::new(config, http(), it.clock.clone());
    let calendar = account.calendar(&it.sim.calendar_id());
    let error: ServiceError = calendar.insert(&all_day("one")).await.unwrap_err();
    assert_eq!(error.service, Service::GoogleCalendar);
    assert_eq!(
        error.to_string(),
        "Google Calendar could not be reached: Connection refused"
    );
    assert!(!error.may_have_happened());
}

#[tokio::test]
async fn what_google_refuses_is_told_in_its_own_words() {
    let it = Setup::new().await;
    let mut empty = all_day("empty");
    empty.when = When::AllDay {
        first: "2026-03-05".parse().unwrap(),
        end: "2026-03-05".parse().unwrap(),
    };
    let error = it.calendar.insert(&empty).await.unwrap_err();
    assert_eq!(error.status, Some(400));
    assert_eq!(
        error.to_string(),
        "Google Calendar answered 400: The specified time range is empty."
    );
    let error = it
        .calendar
        .insert(&timed("one", "Mars/Base"))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "Google Calendar answered 400: Invalid time zone definition for start time."
    );

    let config = configured(it.sim.environment()).unwrap();
    let config = config.google_calendar.unwrap();
    let account = GoogleAccount::new(config, http(), it.clock.clone());
    let other = account.calendar("somebody else's calendar/ä?");
    let error = other.insert(&all_day("one")).await.unwrap_err();
    assert_eq!(error.to_string(), "Google Calendar answered 404: Not Found");
    let path = it.sim.calls("events.insert").pop().unwrap().path;
    assert_eq!(
        path,
        "/calendar/v3/calendars/somebody%20else's%20calendar%2F%C3%A4%3F/events"
    );
    assert_eq!(it.sim.events().len(), 0);
}

#[tokio::test]
async fn the_key_file_is_checked_at_the_start_and_never_shown() {
    let sim = GoogleCalendarSim::new(GoogleCalendarConfig::default());
    sim.start().await.unwrap();
    let encode = |file: &serde_json::Value| {
        let mut base64 = data_encoding::BASE64.encode(file.to_string().as_bytes());
        base64.insert(60, '\n'); // as `base64` wraps it
        base64
    };
    let file = sim.service_account();
    ServiceAccount::parse(&encode(&file)).unwrap();
    for (field, value, wrong) in [
        (
            "client_email",
            json!(""),
            ServiceAccountError::Missing("client_email"),
        ),
        (
            "private_key",
            json!(""),
            ServiceAccountError::Missing("private_key"),
        ),
        (
            "token_uri",
            json!(""),
            ServiceAccountError::Missing("token_uri"),
        ),
        (
            "token_uri",
            json!("file:///etc"),
            ServiceAccountError::BadTokenUri,
        ),
        ("private_key", json!("a key"), ServiceAccountError::BadKey),
        (
            "private_key",
            json!("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
            ServiceAccountError::BadKey,
        ),
        ("client_email", json!(7), ServiceAccountError::NotAKeyFile),
    ] {
        let mut file = file.clone();
        file[field] = value;
        assert_eq!(ServiceAccount::parse(&encode(&file)).unwrap_err(), wrong);
    }
    assert_eq!(
        ServiceAccount::parse("{no base64}").unwrap_err(),
        ServiceAccountError::NotBase64
    );

    let config = configured(sim.environment()).unwrap();
    let shown = format!("{config:?}");
    let key = file["private_key"].as_str().unwrap();
    assert!(
        !shown.contains(&key[40..80]) && shown.contains("ServiceAccount("),
        "{shown}"
    );
    let limits = config.service_time_limits;
    assert!(limits.whole > LIMITS.whole && limits.whole.as_secs() <= 10);
}

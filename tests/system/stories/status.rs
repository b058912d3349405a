//! Leave as Slack status, for those who let the app set it.

use std::time::Duration;

use insta::assert_snapshot;
use simulators::slack::{Fault, Person};
use timeoff::leave::status;
use timeoff::schedule;
use timeoff::tenant::store as tenant;

use crate::invariants::payloads;
use crate::support::{House, OTHER, Plan, TEAM, id, latest, logs, messages};

const SCOPES: [&str; 2] = ["users.profile:read", "users.profile:write"];

/// `person` has been to Slack's page and back.
async fn consents(house: &House, team: &str, person: &Person) {
    let token = person.grants(&SCOPES);
    logs::plant_secret(&token);
    let encrypted = house.app.services.keyring.encrypt(&token);
    let mut tx = house.tx_in(team).await;
    tenant::save_user_token(
        &mut tx,
        &id(person.id()),
        &encrypted,
        &SCOPES.map(str::to_owned),
    )
    .await
    .expect("saved");
    tx.commit().await.expect("committed");
}

/// The person's status after each of these moments.
async fn seen(house: &House, person: &Person, moments: &[&str]) -> String {
    let mut seen = Vec::new();
    for moment in moments {
        house.at(moment).await;
        seen.push(format!("{moment} {}", person.status()));
    }
    seen.join("\n")
}

fn writes(house: &House) -> usize {
    house.slack.calls("users.profile.set").len()
}

async fn tokens(house: &House) -> i64 {
    house.value("SELECT count(*) FROM user_token").await
}

#[tokio::test]
async fn leave_is_shown_from_midnight_where_the_person_is() {
    let house = House::with_neighbours().await;
    let (asha, dev) = (house.asha(), house.dev());
    consents(&house, TEAM, &asha).await;
    // Without consent nothing happens, here and next door.
    let other_asha = house.slack.person(OTHER, "U_ASHA");
    house
        .is_away_in(OTHER, &other_asha, "2026-03-05", "2026-03-09")
        .await;
    house.is_away(&dev, "2026-03-05", "2026-03-06").await;
    house
        .takes(&asha, "/timeoff 2026-03-05 to 2026-03-09", &[])
        .await;
    let seen = seen(
        &house,
        &asha,
        &[
            "2026-03-04T18:29:00Z",
            "2026-03-04T18:30:00Z",
            "2026-03-07T12:00:00Z",
            "2026-03-09T18:29:00Z",
            "2026-03-09T18:30:00Z",
            "2026-03-10T09:00:00Z",
        ],
    )
    .await;
    assert_snapshot!(seen, @"
    2026-03-04T18:29:00Z 
    2026-03-04T18:30:00Z :wave: Away, back on Tue 10 March (until 2026-03-09T18:30:00Z)
    2026-03-07T12:00:00Z :wave: Away, back on Tue 10 March (until 2026-03-09T18:30:00Z)
    2026-03-09T18:29:00Z :wave: Away, back on Tue 10 March (until 2026-03-09T18:30:00Z)
    2026-03-09T18:30:00Z 
    2026-03-10T09:00:00Z
    ");
    assert_eq!(
        (other_asha.status().as_str(), dev.status().as_str()),
        ("", "")
    );
    assert_eq!(writes(&house), 1, "Slack took it down by itself");
}

#[tokio::test]
async fn half_days_are_shown_for_their_hours_and_sick_leave_like_any_other() {
    let house = House::open().await;
    let dev = house.dev();
    consents(&house, TEAM, &dev).await;
    house
        .takes(
            &dev,
            "/timeoff 2026-03-03",
            &[("Part of the day", "Morning")],
        )
        .await;
    house.types(&dev, "/timeoff sick 2026-03-04").await;
    assert_eq!(house.submits(&dev).await, "");
    let seen = seen(
        &house,
        &dev,
        &[
            "2026-03-03T10:59:00Z",
            "2026-03-03T11:00:00Z",
            "2026-03-03T15:00:00Z",
            "2026-03-04T00:00:00Z",
            "2026-03-05T00:00:00Z",
        ],
    )
    .await;
    assert_snapshot!(seen, @"
    2026-03-03T10:59:00Z 
    2026-03-03T11:00:00Z :wave: Away this morning (until 2026-03-03T15:00:00Z)
    2026-03-03T15:00:00Z 
    2026-03-04T00:00:00Z :wave: Away, back on Thu 5 March (until 2026-03-05T00:00:00Z)
    2026-03-05T00:00:00Z
    ");
}

#[tokio::test]
async fn a_status_of_ones_own_is_left_alone() {
    let house = House::open().await;
    let (asha, dev) = (house.asha(), house.dev());
    for person in [&asha, &dev] {
        consents(&house, TEAM, person).await;
        house.is_away(person, "2026-03-04", "2026-03-06").await;
    }
    let noon = "2026-03-04T12:00:00Z".parse().unwrap();
    dev.sets_status(":headphones:", "In the studio", Some(noon))
        .await;
    asha.sets_status(":house:", "From home, as ever", None)
        .await;
    let devs = seen(
        &house,
        &dev,
        &[
            "2026-03-04T00:00:00Z",
            "2026-03-04T11:59:00Z",
            "2026-03-04T12:00:00Z",
        ],
    )
    .await;
    assert_snapshot!(devs, @"
    2026-03-04T00:00:00Z :headphones: In the studio (until 2026-03-04T12:00:00Z)
    2026-03-04T11:59:00Z :headphones: In the studio (until 2026-03-04T12:00:00Z)
    2026-03-04T12:00:00Z :wave: Away, back on Mon 9 March (until 2026-03-07T00:00:00Z)
    ");
    assert_eq!(asha.status(), ":house: From home, as ever");

    // Dev sets another in the middle of the leave, and Asha takes hers down.
    dev.sets_status(":surfer:", "On the beach", None).await;
    asha.sets_status("", "", None).await;
    house.at("2026-03-05T12:00:00Z").await;
    assert_snapshot!(asha.status(), @":wave: Away, back on Mon 9 March (until 2026-03-06T18:30:00Z)");
    house.at("2026-03-07T12:00:00Z").await;
    assert_eq!(dev.status(), ":surfer: On the beach");
    assert_eq!(asha.status(), "");
}

#[tokio::test]
async fn cancelled_leave_takes_the_status_down_at_once() {
    let house = House::open().await;
    let asha = house.asha();
    consents(&house, TEAM, &asha).await;
    house
        .takes(&asha, "/timeoff 2026-03-03 to 2026-03-06", &[])
        .await;
    house.at("2026-03-03T06:00:00Z").await;
    assert_snapshot!(asha.status(), @":wave: Away, back on Mon 9 March (until 2026-03-06T18:30:00Z)");
    house.at("2026-03-04T06:00:00Z").await;
    house.presses(&asha, "Cancel leave").await;
    assert_eq!(asha.status(), "");
    house.at("2026-03-04T06:01:00Z").await;
    assert_eq!((asha.status().as_str(), writes(&house)), ("", 2));
}

#[tokio::test]
async fn leave_that_was_booked_before_is_picked_up() {
    let house = House::open().await;
    let dev = house.dev();
    house.is_away(&dev, "2026-03-02", "2026-03-03").await;
    house.round().await;
    assert_eq!(dev.status(), "");
    consents(&house, TEAM, &dev).await;
    house.at("2026-03-02T09:01:00Z").await;
    assert_snapshot!(dev.status(), @":wave: Away, back on Wed 4 March (until 2026-03-04T00:00:00Z)");
}

#[tokio::test]
async fn a_revoked_token_is_forgotten_and_told_once() {
    let house = House::open().await;
    let dev = house.dev();
    consents(&house, TEAM, &dev).await;
    house.is_away(&dev, "2026-03-03", "2026-03-04").await;
    let refused = Fault::Error("token_revoked".to_owned());
    house.slack.fault("users.profile.get", refused, None);
    for moment in [
        "2026-03-03T00:00:00Z",
        "2026-03-03T00:01:00Z",
        "2026-03-04T00:00:00Z",
    ] {
        house.at(moment).await;
    }
    assert_snapshot!(latest(&dev), @"timeoff: Slack does not let me set your status any more, so I stopped showing your leave there. My Home tab has the link to switch it on again.");
    assert_eq!((messages(&dev), tokens(&house).await), (1, 0));
}

#[tokio::test]
async fn stop_takes_the_status_down_and_gives_the_right_back() {
    let house = House::open().await;
    let (asha, dev) = (house.asha(), house.dev());
    for person in [&asha, &dev] {
        consents(&house, TEAM, person).await;
        house.is_away(person, "2026-03-02", "2026-03-04").await;
    }
    house.round().await;
    assert_ne!(dev.status(), "");
    let stop = payloads::interaction(&payloads::press(
        "U_DEV",
        "leave.status_stop",
        "stop",
        "1.1",
    ));
    house
        .sends(&payloads::signed(
            &house.slack,
            "/slack/interactivity",
            stop,
        ))
        .await;
    house.at("2026-03-03T12:00:00Z").await;
    assert_eq!(dev.status(), "");
    assert_snapshot!(dev.dm(), @"timeoff: Your leave is not shown as your Slack status any more.");
    assert_ne!(asha.status(), "", "hers stays");
    assert_eq!(house.slack.calls("auth.revoke").len(), 1);
    assert_eq!(tokens(&house).await, 1);
    let left: i64 = house.value("SELECT count(*) FROM leave_status").await;
    assert_eq!(left, 1);
}

/// What the Home tab has about it.
async fn offered(house: &House, team: &str, link: Option<&str>) -> String {
    let mut tx = house.tx_in(team).await;
    let is_on = status::is_on(&mut tx, &id("U_DEV"))
        .await
        .expect("readable");
    let blocks = status::blocks(is_on, link);
    let texts = |block: &serde_json::Value| {
        let button = block["accessory"]["text"]["text"]
            .as_str()
            .unwrap_or_default();
        let text = block["text"]["text"].as_str().unwrap_or_default();
        format!("{text} [{button}]")
    };
    let blocks = serde_json::to_value(blocks).expect("JSON");
    let lines: Vec<String> = blocks
        .as_array()
        .expect("blocks")
        .iter()
        .map(texts)
        .collect();
    lines.join("\n")
}

#[tokio::test]
async fn it_is_off_until_somebody_wants_it_and_offered_only_where_it_can_be() {
    let house = House::with_neighbours().await;
    let link = Some("https://timeoff.example.com/slack/status");
    assert_eq!(offered(&house, TEAM, None).await, "");
    assert_snapshot!(offered(&house, TEAM, link).await, @"<https://timeoff.example.com/slack/status|Show my leave as my Slack status>: “Away, back on …”, for as long as you are on leave; never the kind of leave, and never over a status that you set. []");
    consents(&house, TEAM, &house.dev()).await;
    assert_snapshot!(offered(&house, TEAM, link).await, @"*Slack status*: while you are on leave, yours says that you are away. [Stop]");
    assert_eq!(offered(&house, OTHER, None).await, "");
}

#[tokio::test]
async fn two_schedules_and_repeats_never_flap() {
    let house = House::build(Plan {
        connections: 8,
        workers: 4,
        ..Plan::default()
    })
    .await;
    let dev = house.dev();
    consents(&house, TEAM, &dev).await;
    house.is_away(&dev, "2026-03-03", "2026-03-04").await;
    for moment in [
        "2026-03-03T00:00:00Z",
        "2026-03-03T00:01:00Z",
        "2026-03-03T10:00:00Z",
    ] {
        house.clocks(moment);
        let round = || {
            schedule::round(
                &house.app.services,
                &house.app.runner,
                Duration::from_mins(1),
            )
        };
        futures_util::future::join_all((0..6).map(|_| round())).await;
        house.settle().await;
    }
    assert_eq!(writes(&house), 1);
}

#[tokio::test]
async fn a_rate_limit_and_a_lost_answer_are_waited_out() {
    let house = House::open().await;
    let (asha, dev) = (house.asha(), house.dev());
    for person in [&asha, &dev] {
        consents(&house, TEAM, person).await;
    }
    house.is_away(&dev, "2026-03-03", "2026-03-04").await;
    house
        .slack
        .fault("users.profile.get", Fault::RateLimited(30), Some(1));
    house
        .slack
        .fault("users.profile.set", Fault::LoseAnswer, Some(1));
    let devs = seen(
        &house,
        &dev,
        &[
            "2026-03-03T00:00:00Z",
            "2026-03-03T00:00:29Z",
            "2026-03-03T00:00:31Z",
        ],
    )
    .await;
    assert_snapshot!(devs, @"
    2026-03-03T00:00:00Z 
    2026-03-03T00:00:29Z 
    2026-03-03T00:00:31Z :wave: Away, back on Thu 5 March (until 2026-03-05T00:00:00Z)
    ");
    house.at("2026-03-03T00:02:00Z").await;
    house.at("2026-03-03T00:03:00Z").await;
    let state: String = house.value("SELECT state FROM leave_status").await;
    assert_eq!(state, "set");
    // The app knows its own status again, and takes it down when the leave ends early.
    house
        .execute("UPDATE leave_record SET state = 'cancelled'")
        .await;
    house.at("2026-03-03T09:00:00Z").await;
    assert_eq!(dev.status(), "");
}

#[tokio::test]
async fn a_slack_that_is_away_for_long_is_asked_again_later() {
    let house = House::open().await;
    let dev = house.dev();
    consents(&house, TEAM, &dev).await;
    house.is_away(&dev, "2026-03-03", "2026-03-04").await;
    house
        .slack
        .fault("users.profile.get", Fault::ServerError, None);
    for minute in 0..100 {
        house
            .at(&format!(
                "2026-03-03T{:02}:{:02}:00Z",
                minute / 60,
                minute % 60
            ))
            .await;
    }
    assert_eq!(dev.status(), "");
    house.slack.clear_faults();
    house.at("2026-03-03T03:00:00Z").await;
    assert_snapshot!(dev.status(), @":wave: Away, back on Thu 5 March (until 2026-03-05T00:00:00Z)");
}

#[tokio::test]
async fn the_reminder_of_the_day_before_says_so() {
    let house = House::open().await;
    let dev = house.dev();
    consents(&house, TEAM, &dev).await;
    house.takes(&dev, "/timeoff 2026-03-05", &[]).await;
    house.at("2026-03-04T11:00:00Z").await;
    assert_snapshot!(latest(&dev), @"
    timeoff: Your leave begins tomorrow: *Vacation, Thu 5 March*
      1 working day
      You are back on Fri 6 March.
      Approved by @ben.
      ~ Your Slack status will say that you are away, unless you set one yourself.
      [Cancel leave]
    ");
}

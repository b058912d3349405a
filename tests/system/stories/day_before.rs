//! Leave that begins: its requester is reminded on their last working day before it.

use std::time::Duration;

use insta::assert_snapshot;
use simulators::slack::Fault;
use timeoff::schedule;

use crate::support::{House, OTHER, Plan, latest, messages};

/// How many messages Dev has after each of these moments.
async fn counts(house: &House, moments: &[&str]) -> String {
    let mut seen = Vec::new();
    for moment in moments {
        house.at(moment).await;
        seen.push(messages(&house.dev()).to_string());
    }
    seen.join(" ")
}

#[tokio::test]
async fn a_reminder_comes_when_work_begins_on_the_day_before() {
    let house = House::with_neighbours().await;
    house
        .settings_in(OTHER, |settings| settings.remind_day_before = false)
        .await;
    let (asha, other_asha) = (house.asha(), house.slack.person(OTHER, "U_ASHA"));
    house
        .takes(&asha, "/timeoff 2026-03-05 to 2026-03-06", &[])
        .await;
    house.asks(&other_asha, "2026-03-05", "2026-03-06").await;
    house
        .presses(&house.slack.person(OTHER, "U_BEN"), "Approve")
        .await;
    // 11:00 in Kolkata.
    house.at("2026-03-04T05:29:00Z").await;
    assert_eq!(messages(&asha), 1);
    house.at("2026-03-04T05:30:00Z").await;
    assert_snapshot!(latest(&asha), @"
    timeoff: Your leave begins tomorrow: *Vacation, Thu 5 – Fri 6 March*
      2 working days
      You are back on Mon 9 March.
      Approved by @ben.
      [Cancel leave]
    ");
    for minute in 31..40 {
        house.at(&format!("2026-03-04T05:{minute}:00Z")).await;
    }
    house.at("2026-03-04T12:00:00Z").await;
    assert_eq!((messages(&asha), messages(&other_asha)), (2, 1));
}

#[tokio::test]
async fn before_a_monday_it_comes_on_friday() {
    let house = House::open().await;
    house
        .takes(&house.dev(), "/timeoff 2026-03-09 to 2026-03-10", &[])
        .await;
    let seen = counts(
        &house,
        &[
            "2026-03-05T12:00:00Z",
            "2026-03-06T10:59:00Z",
            "2026-03-06T11:00:00Z",
            "2026-03-08T12:00:00Z",
        ],
    )
    .await;
    assert_eq!(seen, "1 1 2 2");
    assert_snapshot!(latest(&house.dev()), @"
    timeoff: Your leave begins on Mon 9 March: *Vacation, Mon 9 – Tue 10 March*
      2 working days
      You are back on Wed 11 March.
      Approved by @ben.
      [Cancel leave]
    ");
}

#[tokio::test]
async fn whoever_is_away_on_the_day_before_is_reminded_on_their_last_day_of_work() {
    let house = House::open().await;
    house.takes(&house.dev(), "/timeoff 2026-03-11", &[]).await;
    house
        .is_away(&house.dev(), "2026-03-09", "2026-03-10")
        .await;
    house
        .execute("UPDATE pending_action SET day_before_at = now() WHERE first_day = '2026-03-09'")
        .await;
    let seen = counts(
        &house,
        &[
            "2026-03-06T11:00:00Z",
            "2026-03-09T12:00:00Z",
            "2026-03-10T12:00:00Z",
        ],
    )
    .await;
    assert_eq!(seen, "2 2 2");
}

#[tokio::test]
async fn half_days_say_no_day_of_return() {
    let house = House::open().await;
    house
        .takes(
            &house.dev(),
            "/timeoff 2026-03-05",
            &[("Part of the day", "Afternoon")],
        )
        .await;
    house.at("2026-03-04T11:00:00Z").await;
    assert_snapshot!(latest(&house.dev()), @"
    timeoff: Your leave begins tomorrow: *Vacation, Thu 5 March, afternoon*
      half a working day
      Approved by @ben.
      [Cancel leave]
    ");
}

#[tokio::test]
async fn who_has_just_asked_or_just_been_answered_knows() {
    let house = House::open().await;
    let (ben, dev) = (house.ben(), house.dev());
    // Asked on Tuesday morning for Wednesday, before work.
    house.at("2026-03-03T08:00:00Z").await;
    house.takes(&dev, "/timeoff 2026-03-04", &[]).await;
    // Asked on Monday for Friday, approved on Thursday at noon.
    house.asks(&dev, "2026-03-06", "2026-03-06").await;
    let before = counts(&house, &["2026-03-03T11:00:00Z", "2026-03-05T11:00:00Z"]).await;
    house.at("2026-03-05T12:00:00Z").await;
    house.presses(&ben, "Approve").await;
    let after = counts(&house, &["2026-03-05T12:01:00Z", "2026-03-05T18:00:00Z"]).await;
    assert_eq!((before.as_str(), after.as_str()), ("2 2", "2 2"));
}

#[tokio::test]
async fn after_an_outage_it_comes_on_the_same_day_or_not_at_all() {
    let house = House::open().await;
    house.takes(&house.dev(), "/timeoff 2026-03-04", &[]).await;
    house.takes(&house.dev(), "/timeoff 2026-03-06", &[]).await;
    let seen = counts(
        &house,
        &[
            "2026-03-03T20:00:00Z",
            "2026-03-05T21:00:00Z",
            "2026-03-06T00:10:00Z",
            "2026-03-06T12:00:00Z",
        ],
    )
    .await;
    assert_eq!(seen, "3 3 3 3");
}

#[tokio::test]
async fn a_slack_that_is_away_all_day_ends_it() {
    let house = House::open().await;
    house.takes(&house.dev(), "/timeoff 2026-03-04", &[]).await;
    house
        .slack
        .fault("chat.postMessage", Fault::ServerError, None);
    house.at("2026-03-03T11:00:00Z").await;
    house.slack.clear_faults();
    house.at("2026-03-03T21:30:00Z").await;
    assert_eq!(messages(&house.dev()), 1);
}

#[tokio::test]
async fn cancelled_leave_is_not_reminded_of_and_a_reminder_follows_its_leave() {
    let house = House::open().await;
    let (asha, dev) = (house.asha(), house.dev());
    house.takes(&asha, "/timeoff 2026-03-05", &[]).await;
    house.presses(&asha, "Cancel leave").await;
    house
        .takes(&dev, "/timeoff 2026-03-05 to 2026-03-06", &[])
        .await;
    house.at("2026-03-04T12:00:00Z").await;
    assert_eq!(messages(&asha), 1);
    let reminder = dev.last_message("@app").unwrap();
    house.presses(&dev, "Cancel leave").await;
    assert_snapshot!(dev.text_of(&reminder), @"timeoff: Vacation, Thu 5 – Fri 6 March: cancelled. You are expected at work.");
}

#[tokio::test]
async fn two_schedules_at_once_remind_once() {
    let house = House::build(Plan {
        connections: 8,
        workers: 4,
        ..Plan::default()
    })
    .await;
    house.takes(&house.dev(), "/timeoff 2026-03-04", &[]).await;
    house.clocks("2026-03-03T11:00:00Z");
    let round = || {
        schedule::round(
            &house.app.services,
            &house.app.runner,
            Duration::from_mins(1),
        )
    };
    let rounds = futures_util::future::join_all((0..6).map(|_| round())).await;
    house.settle().await;
    let reminded: usize = rounds.iter().map(|round| round.days_before).sum();
    assert_eq!((reminded, messages(&house.dev())), (1, 2));
}

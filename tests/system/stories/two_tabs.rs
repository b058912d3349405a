//! The same person asks twice at the same moment.

use insta::assert_snapshot;
use simulators::slack::SignedRequest;

use crate::support::{House, Plan};

async fn a_tab(house: &House, days: &str) -> SignedRequest {
    let asha = house.asha();
    house.types(&asha, &format!("/timeoff {days}")).await;
    asha.modal().submit_request()
}

async fn two_tabs(plan: Plan, rounds: i64) {
    let house = House::build(plan).await;
    house
        .settings(|settings| settings.requests_per_minute = 10_000)
        .await;
    let monday: jiff::civil::Date = "2026-03-09".parse().unwrap();
    for round in 0..rounds {
        let day = |offset: i64| {
            monday
                .checked_add(jiff::Span::new().days(7 * round + offset))
                .unwrap()
        };
        let one = a_tab(&house, &format!("{} to {}", day(0), day(2))).await;
        let other = a_tab(&house, &format!("{} to {}", day(2), day(4))).await;
        let (one, other) = tokio::join!(house.slack.send(&one), house.slack.send(&other));
        let (one, other) = (one.unwrap(), other.unwrap());
        assert_eq!((one.status, other.status), (200, 200));
        let refused = match (one.body.as_str(), other.body.as_str()) {
            ("", refused) | (refused, "") => refused,
            both => panic!("one of the two should win: {both:?}"),
        };
        assert!(
            refused.contains("You already have leave then: Vacation, Mon")
                || refused.contains("You already have leave then: Vacation, Wed"),
            "{refused}"
        );
        house.settle().await;
    }
    assert_eq!(
        house
            .value::<i64>("SELECT count(*) FROM pending_action")
            .await,
        rounds
    );
    assert_eq!(
        house
            .value::<i64>("SELECT count(*) FROM leave_record")
            .await,
        3 * rounds
    );
}

#[tokio::test]
async fn of_two_tabs_one_wins_each_time_and_the_other_sees_the_message() {
    let plan = Plan {
        connections: 4,
        ..Plan::default()
    };
    two_tabs(plan, 40).await;
}

#[tokio::test]
async fn of_two_tabs_one_wins_with_a_single_connection_too() {
    two_tabs(Plan::default(), 10).await;
}

#[tokio::test]
async fn the_same_days_twice_at_the_same_instant_name_the_first() {
    let house = House::open().await;
    let one = a_tab(&house, "2026-03-05 to 2026-03-06").await;
    let other = a_tab(&house, "2026-03-05 to 2026-03-06").await;
    assert_eq!(house.sends(&one).await.body, "");
    assert_snapshot!(house.sends(&other).await.body, @r#"{"errors":{"first_day":"You already have leave then: Vacation, Thu 5 – Fri 6 March (waiting for approval). Please choose other days, or cancel that first."},"response_action":"errors"}"#);
}

#[tokio::test]
async fn two_halves_in_two_tabs_both_fit_and_a_whole_day_does_not() {
    let house = House::build(Plan {
        connections: 4,
        ..Plan::default()
    })
    .await;
    house
        .settings(|settings| settings.requests_per_minute = 10_000)
        .await;
    let asha = house.asha();
    let mut tabs = Vec::new();
    for (day, part) in [
        ("2026-03-05", "Morning"),
        ("2026-03-05", "Afternoon"),
        ("2026-03-06", "Whole day"),
        ("2026-03-06", "Afternoon"),
    ] {
        let (command, fields) = (format!("/timeoff {day}"), [("Part of the day", part)]);
        house.sees_form(&asha, &command, &fields).await;
        tabs.push(asha.modal().submit_request());
    }
    let (one, two, three, four) = tokio::join!(
        house.slack.send(&tabs[0]),
        house.slack.send(&tabs[1]),
        house.slack.send(&tabs[2]),
        house.slack.send(&tabs[3])
    );
    let refused = [one, two, three, four]
        .map(|answer| answer.unwrap().body.contains("You already have leave then"));
    assert!(!refused[0] && !refused[1], "two halves share a date");
    assert!(refused[2] != refused[3], "one of the two wins: {refused:?}");
    house.settle().await;
}

#[tokio::test]
async fn the_same_form_sent_twice_asks_once() {
    let house = House::open().await;
    let form = a_tab(&house, "2026-03-05").await;
    let (one, other) = tokio::join!(house.slack.send(&form), house.slack.send(&form));
    assert_eq!(
        (one.unwrap().body, other.unwrap().body),
        (String::new(), String::new())
    );
    house.settle().await;
    assert_eq!(
        house
            .value::<i64>("SELECT count(*) FROM pending_action")
            .await,
        1
    );
    assert_snapshot!(house.asha().dm(), @"
    timeoff: *Vacation, Thu 5 March*
      1 working day
      :hourglass_flowing_sand: Waiting for @ben.
      [Cancel request]
    ");
}

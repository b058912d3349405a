//! When digests are sent: once, whatever the schedule, the clocks or Slack do.

use jiff::civil::time;
use jiff::{Timestamp, ToSpan};
use simulators::slack::Fault;
use timeoff::leave::model::Portion;
use timeoff::tenant::Day;

use super::digest::{general, house, in_general, posted};
use crate::support::{House, OTHER, Plan, TEAM};

/// How many digests there are after each of these moments.
async fn counts(house: &House, moments: &[&str]) -> String {
    let mut seen = Vec::new();
    for moment in moments {
        house.at(moment).await;
        seen.push(posted(house).to_string());
    }
    seen.join(" ")
}

/// Everybody has somebody off all month.
async fn asha_is_away(house: &House) {
    house
        .is_away(&house.asha(), "2026-03-03", "2026-03-31")
        .await;
}

#[tokio::test]
async fn two_schedules_at_once_send_one_digest() {
    let house = House::build(Plan {
        connections: 8,
        workers: 4,
        ..Plan::default()
    })
    .await;
    in_general(&house, TEAM).await;
    asha_is_away(&house).await;
    for day in ["03", "04", "05", "06", "09", "10", "11", "12", "13", "16"] {
        house.clocks(&format!("2026-03-{day}T09:00:00Z"));
        let rounds = house.rounds_at_once().await;
        let sent: usize = rounds.iter().map(|round| round.digests).sum();
        assert_eq!(sent, 1, "on the {day}");
    }
    assert_eq!(posted(&house), 10);
}

#[tokio::test]
async fn two_schedules_at_once_send_one_weekly_digest() {
    let house = House::build(Plan {
        connections: 8,
        workers: 4,
        ..Plan::default()
    })
    .await;
    in_general(&house, TEAM).await;
    house
        .settings(|settings| {
            settings.daily_digest_at = None;
            settings.weekly_digest_at = Some(time(9, 0, 0, 0));
            settings.weekly_digest_on = Day::Monday;
        })
        .await;
    asha_is_away(&house).await;
    for day in ["09", "16", "23"] {
        house.clocks(&format!("2026-03-{day}T09:00:00Z"));
        let rounds = house.rounds_at_once().await;
        let sent: usize = rounds.iter().map(|round| round.digests).sum();
        assert_eq!(sent, 1, "on the {day}");
    }
    assert_eq!(posted(&house), 3);
}

#[tokio::test]
async fn a_changed_time_does_not_send_it_twice() {
    let house = house().await;
    asha_is_away(&house).await;
    house.at("2026-03-03T09:00:00Z").await;
    house
        .settings(|settings| settings.daily_digest_at = Some(time(11, 0, 0, 0)))
        .await;
    let seen = counts(
        &house,
        &[
            "2026-03-03T11:00:00Z",
            "2026-03-03T16:00:00Z",
            "2026-03-04T09:00:00Z",
            "2026-03-04T11:00:00Z",
        ],
    )
    .await;
    assert_eq!(seen, "1 1 1 2");
}

#[tokio::test]
async fn after_an_outage_only_what_is_still_news_is_sent() {
    let house = house().await;
    asha_is_away(&house).await;
    house.at("2026-03-02T18:00:00Z").await;
    // Nobody looks on Tuesday and Wednesday, and on Thursday not before the afternoon.
    let seen = counts(
        &house,
        &[
            "2026-03-05T15:00:00Z",
            "2026-03-05T15:01:00Z",
            // On Friday work is over, and on Saturday nobody works.
            "2026-03-06T19:00:00Z",
            "2026-03-07T00:10:00Z",
            "2026-03-07T09:00:00Z",
            "2026-03-09T09:00:00Z",
        ],
    )
    .await;
    // Monday's said that Asha is off on Tuesday.
    assert_eq!(seen, "2 2 2 2 2 3");
    assert!(general(&house, TEAM).contains("Off today, Thu 5 March"));
}

#[tokio::test]
async fn a_slack_that_is_away_gets_the_digest_when_it_is_back_but_not_at_night() {
    let house = house().await;
    asha_is_away(&house).await;
    house
        .slack
        .fault("chat.postMessage", Fault::ServerError, None);
    let from: Timestamp = "2026-03-03T09:00:00Z".parse().unwrap();
    for quarter in 0..16 {
        house
            .at(&(from + (quarter * 15).minutes()).to_string())
            .await;
    }
    house.slack.clear_faults();
    house.at("2026-03-03T13:30:00Z").await;
    assert_eq!(general(&house, TEAM).matches("Off today").count(), 1);

    house
        .slack
        .fault("chat.postMessage", Fault::ServerError, None);
    house.at("2026-03-04T09:00:00Z").await;
    house.slack.clear_faults();
    house.at("2026-03-04T22:00:00Z").await;
    assert_eq!(general(&house, TEAM).matches("Off today").count(), 1);
    house.at("2026-03-05T09:00:00Z").await;
    assert_eq!(general(&house, TEAM).matches("Off today").count(), 2);
}

#[tokio::test]
async fn an_answer_that_was_lost_does_not_double_the_digest() {
    let house = house().await;
    asha_is_away(&house).await;
    house
        .slack
        .fault("chat.postMessage", Fault::LoseAnswer, Some(1));
    house.at("2026-03-03T09:00:00Z").await;
    house.at("2026-03-03T09:01:00Z").await;
    house.at("2026-03-03T09:02:00Z").await;
    assert_eq!(general(&house, TEAM).matches("Off today").count(), 1);
    assert_eq!(posted(&house), 1, "it was found, not posted again");
    // And it still follows.
    house.writes(&house.dev(), "sick today").await;
    house.presses_in_leave(&house.dev(), "Confirm").await;
    assert!(
        general(&house, TEAM).contains("Dev Patel"),
        "{}",
        general(&house, TEAM)
    );
}

#[tokio::test]
async fn everybody_comes_back_while_an_interrupted_digest_waits() {
    let house = house().await;
    let asha = house.asha();
    house.takes(&asha, "/timeoff 2026-03-03", &[]).await;
    // Slack has it, the app does not know.
    house
        .slack
        .fault("chat.postMessage", Fault::LoseAnswer, Some(1));
    house.at("2026-03-03T09:00:00Z").await;
    house.presses(&asha, "Cancel leave").await;
    house.at("2026-03-03T09:01:00Z").await;
    house.at("2026-03-03T09:02:00Z").await;
    assert!(
        general(&house, TEAM).contains("Nobody."),
        "{}",
        general(&house, TEAM)
    );
}

#[tokio::test]
async fn the_night_in_which_the_clocks_change_has_one_digest() {
    let house = House::with_neighbours().await;
    // In Cairo there is no 0:30 on Friday, 24 April, and 23:30 is twice on Thursday, 29 October.
    for (team, hour) in [(TEAM, 0), (OTHER, 23)] {
        in_general(&house, team).await;
        house
            .settings_in(team, |settings| {
                settings.zone = "Africa/Cairo".to_owned();
                settings.daily_digest_at = Some(time(hour, 30, 0, 0));
                settings.longest_leave_days = 366;
            })
            .await;
        let dev = house.slack.person(team, "U_DEV");
        house
            .is_away_in(team, &dev, "2026-04-24", "2026-04-24")
            .await;
        house
            .is_away_in(team, &dev, "2026-10-29", "2026-10-29")
            .await;
    }
    let quarters = |from: &str| {
        let from: Timestamp = from.parse().unwrap();
        (0..16).map(move |quarter| (from + (quarter * 15).minutes()).to_string())
    };
    for moment in quarters("2026-04-23T21:00:00Z") {
        house.at(&moment).await;
    }
    assert_eq!(
        general(&house, TEAM)
            .matches("Off today, Fri 24 April")
            .count(),
        1
    );
    assert_eq!(
        posted(&house),
        2,
        "and Thursday evening's next door, that names Friday"
    );
    for moment in quarters("2026-10-29T19:00:00Z") {
        house.at(&moment).await;
    }
    assert_eq!(
        general(&house, OTHER)
            .matches("Off today, Thu 29 October")
            .count(),
        1
    );
}

#[tokio::test]
async fn a_weekly_digest_waits_for_the_first_day_of_work_but_not_longer() {
    let house = house().await;
    house
        .settings(|settings| {
            settings.daily_digest_at = None;
            settings.weekly_digest_at = Some(time(9, 0, 0, 0));
        })
        .await;
    house
        .holiday("default", "2026-03-09", Portion::Full, "Spring")
        .await;
    let seen = counts(
        &house,
        &[
            "2026-03-09T09:00:00Z",
            "2026-03-10T00:10:00Z",
            "2026-03-10T09:00:00Z",
            "2026-03-11T09:00:00Z",
            // An outage until Wednesday: it is no news any more.
            "2026-03-18T09:00:00Z",
            // And one until Monday afternoon.
            "2026-03-23T16:00:00Z",
        ],
    )
    .await;
    assert_eq!(seen, "0 0 1 1 1 2");
    // Whoever wants it on a Sunday has it on a Sunday.
    house
        .settings(|settings| settings.weekly_digest_on = Day::Sunday)
        .await;
    house.at("2026-03-29T08:00:00Z").await;
    assert!(
        general(&house, TEAM).contains("week of Mon 30 March"),
        "{}",
        general(&house, TEAM)
    );
    assert_eq!(posted(&house), 3);
}

//! The channel of digests and announcements cannot be posted to: the admins hear of it once.

use insta::assert_snapshot;
use simulators::slack::Fault;

use super::digest::{general, in_general, posted};
use crate::support::{House, OTHER, TEAM, messages};

/// Both digests go to #general, of which the app is a member next door alone.
async fn house() -> House {
    let house = House::with_neighbours().await;
    in_general(&house, OTHER).await;
    house
        .settings(|settings| {
            "Europe/London".clone_into(&mut settings.zone);
            settings.digest_channel = "C_GENERAL".to_owned().try_into().ok();
        })
        .await;
    house
        .is_away(&house.asha(), "2026-03-03", "2026-03-31")
        .await;
    house
        .is_away_in(
            OTHER,
            &house.slack.person(OTHER, "U_ASHA"),
            "2026-03-03",
            "2026-03-31",
        )
        .await;
    house
}

#[tokio::test]
async fn a_channel_without_the_app_is_told_once_until_it_works_again() {
    let house = house().await;
    let carla = house.carla();
    for day in ["03", "04", "05"] {
        house.at(&format!("2026-03-{day}T09:00:00Z")).await;
    }
    assert_snapshot!(carla.dm(), @"timeoff: :warning: I cannot post who is off in #general: I am not a member of that channel. Please invite me with `/invite` there, or choose another channel in my settings.");
    assert_eq!(general(&house, TEAM), "");
    assert_eq!(messages(&house.slack.person(OTHER, "U_CARLA")), 0);
    assert_eq!(general(&house, OTHER).matches("Off today").count(), 3);

    house.slack.add_app_to_channel(TEAM, "C_GENERAL");
    house.at("2026-03-06T09:00:00Z").await;
    assert_eq!(general(&house, TEAM).matches("Off today").count(), 1);
    assert_eq!(messages(&carla), 1);

    // It is archived later: that is another thing.
    house.slack.fault(
        "chat.postMessage",
        Fault::Error("is_archived".to_owned()),
        Some(1),
    );
    house
        .settings_in(OTHER, |settings| settings.digest_channel = None)
        .await;
    house.at("2026-03-09T09:00:00Z").await;
    assert_eq!(messages(&carla), 2);
    assert!(
        carla.dm().contains("the channel is archived"),
        "{}",
        carla.dm()
    );
}

#[tokio::test]
async fn another_channel_that_does_not_work_is_told_anew() {
    let house = house().await;
    house.at("2026-03-03T09:00:00Z").await;
    house
        .settings(|settings| settings.digest_channel = "C_NOWHERE".to_owned().try_into().ok())
        .await;
    house.at("2026-03-04T09:00:00Z").await;
    house.at("2026-03-05T09:00:00Z").await;
    assert_eq!(messages(&house.carla()), 2);
    assert!(
        house
            .carla()
            .dm()
            .contains("the channel is gone, or it is private"),
        "{}",
        house.carla().dm()
    );
    assert_eq!(posted(&house), 6, "tried each day, and next door");
}

#[tokio::test]
async fn an_announcement_that_cannot_be_posted_is_told_once_too() {
    let house = House::open().await;
    house
        .settings(|settings| settings.announcement_channel = "C_GENERAL".to_owned().try_into().ok())
        .await;
    for day in ["2026-03-11", "2026-03-12"] {
        house
            .takes(&house.asha(), &format!("/timeoff {day}"), &[])
            .await;
    }
    assert_snapshot!(house.carla().dm(), @"timeoff: :warning: I cannot post approved leave in #general: I am not a member of that channel. Please invite me with `/invite` there, or choose another channel in my settings.");
}

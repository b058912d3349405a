//! Approved leave is announced to a channel: who and when, and nothing more.

use insta::assert_snapshot;
use simulators::slack::Fault;

use super::digest::general;
use crate::support::{House, OTHER, TEAM};

/// Announcements go to #general here; next door there are none.
async fn house() -> House {
    let house = House::with_neighbours().await;
    for team in [TEAM, OTHER] {
        house.slack.add_app_to_channel(team, "C_GENERAL");
    }
    house
        .settings(|settings| settings.announcement_channel = "C_GENERAL".to_owned().try_into().ok())
        .await;
    house
}

#[tokio::test]
async fn leave_is_announced_when_it_is_approved() {
    let house = house().await;
    let (asha, ben) = (house.asha(), house.ben());
    house
        .types(&asha, "/timeoff 2026-03-05 to 2026-03-06")
        .await;
    house.fills(&asha, "Reason", "A wedding").await;
    assert_eq!(house.submits(&asha).await, "");
    assert_eq!(general(&house, TEAM), "", "nobody has decided yet");
    house.presses(&ben, "Approve").await;
    house
        .takes(
            &asha,
            "/timeoff 2026-03-10",
            &[("Part of the day", "Morning")],
        )
        .await;
    assert_snapshot!(general(&house, TEAM), @"
    timeoff: Asha Rao is away Thu 5 – Fri 6 March (2 working days)
    timeoff: Asha Rao is away Tue 10 March, morning (half a working day)
    ");
    let said = serde_json::Value::from(house.slack.calls("chat.postMessage")).to_string();
    assert_eq!(
        said.matches("Asha Rao is away").count(),
        4,
        "text and block of each: {said}"
    );

    // Next door everybody has the same names, and no such channel.
    let (other_asha, other_ben) = (
        house.slack.person(OTHER, "U_ASHA"),
        house.slack.person(OTHER, "U_BEN"),
    );
    house.asks(&other_asha, "2026-03-05", "2026-03-06").await;
    house.presses(&other_ben, "Approve").await;
    assert_eq!(general(&house, OTHER), "");
}

#[tokio::test]
async fn leave_without_approval_is_announced_as_away() {
    let house = house().await;
    house.types(&house.asha(), "/timeoff sick today").await;
    assert_eq!(house.submits(&house.asha()).await, "");
    assert_snapshot!(general(&house, TEAM).lines().last().unwrap(), @"timeoff: Asha Rao is away Mon 2 March (1 working day)");
}

#[tokio::test]
async fn leave_that_is_over_is_not_announced() {
    let house = house().await;
    let dev = house.dev();
    house.at("2026-03-04T10:00:00Z").await;
    house.types(&dev, "/timeoff sick yesterday").await;
    assert_eq!(house.submits(&dev).await, "");
    assert!(
        !general(&house, TEAM).contains("is away"),
        "{}",
        general(&house, TEAM)
    );
    house.types(&dev, "/timeoff 2026-03-02").await;
    house.fills(&dev, "Last day", "2026-03-02").await;
    assert_eq!(house.submits(&dev).await, "");
    house.presses(&house.ben(), "Approve").await;
    assert!(
        !general(&house, TEAM).contains("is away"),
        "{}",
        general(&house, TEAM)
    );
}

#[tokio::test]
async fn an_announcement_follows_its_leave() {
    let house = house().await;
    let (asha, dev) = (house.asha(), house.dev());
    house
        .takes(&asha, "/timeoff 2026-03-05 to 2026-03-06", &[])
        .await;
    house
        .takes(&dev, "/timeoff 2026-03-03 to 2026-03-06", &[])
        .await;
    let posts = house.slack.calls("chat.postMessage").len();
    house.presses(&asha, "Cancel leave").await;
    house.at("2026-03-05T09:00:00Z").await;
    // Back early: what is left is told.
    house.presses(&dev, "Cancel leave").await;
    assert_snapshot!(general(&house, TEAM), @"
    timeoff: ~Asha Rao is away Thu 5 – Fri 6 March~
      Cancelled: Asha Rao will be at work.
    timeoff: Dev Patel is away Tue 3 – Wed 4 March (2 working days)
      ~ Changed since it was announced.
    ");
    let to_channel = house.slack.calls("chat.postMessage")[posts..]
        .iter()
        .filter(|post| post["channel"] == "C_GENERAL")
        .count();
    assert_eq!(to_channel, 0);
}

#[tokio::test]
async fn what_was_never_announced_is_not_announced_when_it_changes() {
    let house = house().await;
    house
        .settings(|settings| settings.announcement_channel = None)
        .await;
    let asha = house.asha();
    house
        .takes(&asha, "/timeoff 2026-03-03 to 2026-03-06", &[])
        .await;
    house
        .settings(|settings| settings.announcement_channel = "C_GENERAL".to_owned().try_into().ok())
        .await;
    house.at("2026-03-05T09:00:00Z").await;
    house.presses(&asha, "Cancel leave").await;
    assert!(
        !general(&house, TEAM).contains("away"),
        "{}",
        general(&house, TEAM)
    );
}

#[tokio::test]
async fn cancelled_before_it_could_be_announced_is_not_announced() {
    let house = house().await;
    let asha = house.asha();
    house.asks(&asha, "2026-03-05", "2026-03-06").await;
    house
        .slack
        .fault("chat.postMessage", Fault::ServerError, None);
    house.presses(&house.ben(), "Approve").await;
    house.presses(&asha, "Cancel leave").await;
    house.slack.clear_faults();
    for minute in 1..6 {
        house.at(&format!("2026-03-02T09:0{minute}:00Z")).await;
    }
    assert!(
        !general(&house, TEAM).contains("away"),
        "{}",
        general(&house, TEAM)
    );
}

#[tokio::test]
async fn an_answer_that_was_lost_does_not_double_the_announcement() {
    let house = house().await;
    let asha = house.asha();
    house.asks(&asha, "2026-03-05", "2026-03-06").await;
    house
        .slack
        .fault("chat.postMessage", Fault::LoseAnswer, Some(1));
    house.presses(&house.ben(), "Approve").await;
    house.presses(&asha, "Cancel leave").await;
    for minute in 1..4 {
        house.at(&format!("2026-03-02T09:0{minute}:00Z")).await;
    }
    assert_snapshot!(general(&house, TEAM), @"
    timeoff: ~Asha Rao is away Thu 5 – Fri 6 March~
      Cancelled: Asha Rao will be at work.
    ");
}

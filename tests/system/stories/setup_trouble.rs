//! The set-up when something is in the way.

use insta::assert_snapshot;
use simulators::slack::Fault;

use crate::support::{House, Plan, TEAM};

#[tokio::test]
async fn who_is_no_admin_any_more_changes_nothing() {
    let house = House::unset().await;
    let carla = house.carla();
    house.installed_by(TEAM, "U_CARLA", false).await;
    house
        .execute("UPDATE person SET is_admin = false WHERE user_id = 'U_CARLA'")
        .await;
    carla.picks("Leave channel", "#leave").await;
    house.settle().await;
    assert_snapshot!(carla.dm(), @"
    timeoff: Here was the set-up of timeoff. It is for admins of this workspace, and you are none any more.
    timeoff (only you can see this): Only admins of this workspace can change how timeoff works here. Nothing was changed.
    ");
    assert_eq!(house.changes_noted().await, "");
}

#[tokio::test]
async fn each_control_asks_for_the_right() {
    for press in ["Use Europe/Madrid", "Skip", "Another time zone"] {
        let house = House::unset().await;
        let carla = house.carla();
        house.installed_by(TEAM, "U_CARLA", false).await;
        house
            .execute("UPDATE person SET is_admin = false WHERE user_id = 'U_CARLA'")
            .await;
        house.presses(&carla, press).await;
        assert!(carla.find_modal().is_none(), "{press}");
        assert!(
            carla.dm().contains("Only admins of this workspace"),
            "{press}: {}",
            carla.dm()
        );
        let answers: i64 = house.value("SELECT count(*) FROM setup_step").await;
        assert_eq!(answers, 0, "{press}");
    }
}

#[tokio::test]
async fn an_approver_who_cannot_decide_is_refused() {
    let house = House::unset().await;
    let carla = house.carla();
    house
        .execute("UPDATE person SET switched_off = true WHERE user_id = 'U_DEV'")
        .await;
    house.installed_by(TEAM, "U_CARLA", false).await;
    carla.picks("Approvers", "@ben, @dev").await;
    house.settle().await;
    let said: Vec<String> = carla.dm().lines().map(str::to_owned).collect();
    assert_snapshot!(said.last().cloned().unwrap_or_default(), @"timeoff (only you can see this): Not saved: Dev Patel is not active any more. Please choose somebody else.");
    assert_eq!(house.changes_noted().await, "");
}

#[tokio::test]
async fn approvers_who_were_not_read_from_slack_yet_are_refused_with_what_helps() {
    let house = House::unset().await;
    let carla = house.carla();
    house
        .execute("DELETE FROM person WHERE user_id IN ('U_BEN', 'U_DEV')")
        .await;
    house.installed_by(TEAM, "U_CARLA", false).await;
    carla.picks("Approvers", "@ben, @dev").await;
    house.settle().await;
    let said: Vec<String> = carla.dm().lines().map(str::to_owned).collect();
    assert_snapshot!(said.last().cloned().unwrap_or_default(), @"timeoff (only you can see this): Not saved: I do not know 2 of them: an app, somebody from another workspace, or somebody whom I have not read from Slack yet. “Read people from Slack again” in my Home tab does that.");
    assert_eq!(house.changes_noted().await, "");
}

#[tokio::test]
async fn a_greeting_that_slack_refused_once_comes_later() {
    let house = House::unset().await;
    house.slack.fault(
        "chat.postMessage",
        Fault::Error("internal_error".to_owned()),
        Some(1),
    );
    house.installed_by(TEAM, "U_CARLA", false).await;
    assert_eq!(house.carla().dm(), "");
    house.at("2026-03-02T09:01:00Z").await;
    let said = house.carla().dm();
    assert_eq!(said.matches("Welcome to timeoff").count(), 1, "{said}");
}

#[tokio::test]
async fn a_choice_is_kept_although_the_message_cannot_follow() {
    let house = House::unset().await;
    let carla = house.carla();
    house.installed_by(TEAM, "U_CARLA", false).await;
    house.slack.fault(
        "chat.update",
        Fault::Error("internal_error".to_owned()),
        Some(1),
    );
    carla.picks("Leave channel", "#leave").await;
    house.settle().await;
    assert!(!carla.dm().contains("1 of 3 done"));
    house.at("2026-03-02T09:01:00Z").await;
    assert!(carla.dm().contains("1 of 3 done"), "{}", carla.dm());
}

#[tokio::test]
async fn a_message_that_was_deleted_is_posted_anew_by_continue() {
    let house = House::unset().await;
    let carla = house.carla();
    house.installed_by(TEAM, "U_CARLA", false).await;
    house.slack.fault(
        "chat.update",
        Fault::Error("message_not_found".to_owned()),
        Some(1),
    );
    house.presses(&carla, "Skip").await;
    assert!(carla.dm().contains("1 of 3 done"), "{}", carla.dm());
}

#[tokio::test]
async fn a_second_press_of_skip_is_no_second_answer() {
    let house = House::unset().await;
    let carla = house.carla();
    house.installed_by(TEAM, "U_CARLA", false).await;
    let request = carla.press_request("Skip");
    let replies = house.post_at_once(&[request.clone(), request]).await;
    assert!(replies.iter().all(|reply| reply.status == 200));
    house.settle().await;
    assert!(carla.dm().contains("1 of 3 done"), "{}", carla.dm());
}

#[tokio::test]
async fn a_private_leave_channel_is_told_in_the_set_up_too() {
    let house = House::unset().await;
    let carla = house.carla();
    house.slack.add_channel(
        TEAM,
        simulators::slack::Channel::new("C_AWAY", "away")
            .private()
            .members(["U_CARLA"]),
    );
    house.installed_by(TEAM, "U_CARLA", false).await;
    carla.picks("Leave channel", "#away").await;
    house.settle().await;
    assert!(carla.dm().contains("`/invite @timeoff`"), "{}", carla.dm());
    assert!(carla.dm().contains("1 of 3 done"));
}

#[tokio::test]
async fn two_schedules_at_once_greet_an_admin_once() {
    let house = House::build(Plan {
        is_new: true,
        connections: 8,
        workers: 4,
        ..Plan::default()
    })
    .await;
    let rounds = house.rounds_at_once().await;
    let greeted: usize = rounds.iter().map(|round| round.greetings).sum();
    assert_eq!(greeted, 1);
    assert_eq!(house.slack.calls("chat.postMessage").len(), 1);
    assert!(house.carla().dm().contains("Welcome to timeoff"));
    assert_eq!(house.asha().dm(), "");
}

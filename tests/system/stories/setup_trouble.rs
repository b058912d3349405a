//! The set-up when something is in the way.

use insta::assert_snapshot;
use simulators::slack::Fault;
use sqlx::Executor as _;
use timeoff::platform::ids::WorkspaceId;
use timeoff::workspace::setup;

use crate::support::{House, OTHER, Plan, TEAM};

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

#[tokio::test]
async fn what_an_operator_chose_last_finishes_the_set_up_of_admins_who_were_asked() {
    let house = House::unset().await;
    let carla = house.carla();
    house.round().await;
    carla.picks("Leave channel", "#leave").await;
    house.settle().await;
    house.presses(&carla, "Skip").await;
    house
        .settings(|settings| settings.zone = "Europe/Madrid".to_owned())
        .await;
    // In between Home asks for nothing.
    let home = house.opens_home(&carla).await;
    assert!(!home.contains("Finish setting up"), "{home}");
    assert!(!house.is_set_up(TEAM).await);
    house.round().await;
    assert!(house.is_set_up(TEAM).await);
    assert_snapshot!(carla.dm(), @"
    timeoff: == Welcome to timeoff ==
      Hello Carla Mendes! I take requests for time off to the people who approve them, and show who is away. Three short choices and your team can begin. Each is saved as you make it. You can stop at any time and go on later, here or in my Home tab.
      ---
      :white_check_mark: *1. Leave channel*
      #leave
      :fast_forward: *2. Approvers*
      The admins of this workspace decide.
      :white_check_mark: *3. Time zone*
      Europe/Madrid
      ~ The set-up is finished. My Home tab has all settings.
    ");
    let calls = house.slack.calls("*").len();
    house.round().await;
    assert_eq!(house.slack.calls("*").len(), calls, "once is enough");
}

#[tokio::test]
async fn the_set_up_is_finished_when_the_only_open_step_goes_with_the_google_account() {
    let house = House::with_services_and_neighbours().await;
    house
        .execute("UPDATE workspace SET setup_done_at = NULL, setup_asked_at = NULL WHERE workspace_id = 'T2'")
        .await;
    house
        .settings_in(OTHER, |settings| settings.zone = "Europe/Berlin".to_owned())
        .await;
    house.round().await;
    let carla = house.slack.person(OTHER, "U_CARLA");
    assert!(carla.dm().contains("3 of 4 done"), "{}", carla.dm());
    house.round().await;
    assert!(!house.is_set_up(OTHER).await);
    // Started again without the account.
    let mut services = house.app.services.clone();
    services.outside.google = None;
    let other = WorkspaceId::parse(OTHER).unwrap();
    let greeted = setup::greet_admins(&services, &other).await.unwrap();
    assert_eq!(greeted, 0);
    house.settle().await;
    assert!(house.is_set_up(OTHER).await);
    assert!(carla.dm().contains("is finished"), "{}", carla.dm());
    assert_eq!(house.carla().dm(), "");
}

#[tokio::test]
async fn two_admins_who_deal_with_the_last_two_steps_at_once_finish_the_set_up() {
    let house = House::build(Plan {
        is_new: true,
        connections: 4,
        ..Plan::default()
    })
    .await;
    let (ben, carla) = (house.ben(), house.carla());
    house
        .execute("UPDATE person SET is_admin = true WHERE user_id = 'U_BEN'")
        .await;
    house.round().await;
    carla.picks("Leave channel", "#leave").await;
    house.settle().await;
    // Neither gets further than the jobs that follow from it until both are there.
    house.stop_workers();
    let mut held = house.database.owner.begin().await.unwrap();
    held.execute("LOCK TABLE job IN SHARE MODE").await.unwrap();
    let presses = [
        carla.press_request("Skip"),
        ben.press_request("Use Europe/London"),
    ];
    let both = house.post_at_once(&presses);
    let release = async {
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while house.value::<i64>(waiting).await < 2 {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        held.commit().await.unwrap();
    };
    let (replies, ()) = tokio::join!(both, release);
    assert!(replies.iter().all(|reply| reply.status == 200));
    house.start_workers();
    house.settle().await;
    assert!(house.is_set_up(TEAM).await);
    for admin in [ben, carla] {
        assert!(admin.dm().contains("is finished"), "{}", admin.dm());
    }
}

#[tokio::test]
async fn a_calendar_that_is_taken_away_again_is_open_in_the_message_too() {
    let house = House::with_services_and_neighbours().await;
    house
        .execute("UPDATE workspace SET setup_done_at = NULL, setup_asked_at = NULL, settings = settings || '{\"calendar_id\": \"c_second@group.calendar.google.com\"}' WHERE workspace_id = 'T2'")
        .await;
    house.round().await;
    let carla = house.slack.person(OTHER, "U_CARLA");
    assert!(carla.dm().contains("3 of 4 done"), "{}", carla.dm());
    house.presses(&carla, "Change the calendar").await;
    assert_eq!(house.saves(&carla, &[("Calendar id", "")]).await, "");
    assert!(carla.dm().contains("2 of 4 done"), "{}", carla.dm());
}
